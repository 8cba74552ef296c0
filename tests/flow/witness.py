"""An outside witness: looks at tables, folders and the mailbox, and says what is not as it must be.

It shares no code with the product: it reads SQLite, PostgreSQL, files and mails by itself.
"""

from __future__ import annotations

import csv
import email
import email.policy
import hashlib
import io
import json
import re
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg


@dataclass(frozen=True)
class Upload:
    """One version of one file as the sender finished it, and what must become of it. letters: how many name it."""

    name: str
    content: bytes
    ending: str
    place: str  # processed | failed | here
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    skipped: int = 0
    letters: int = 1

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def asked(place: Path | str, question: str) -> list[tuple[Any, ...]]:
    """Given a database and a query; returns the rows. The ledger's tables on a server are in the schema ``nightclerk``."""
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as connection:
            return connection.execute(question).fetchall()
    until = time.monotonic() + 30
    while True:
        try:
            with psycopg.connect(place, options="-csearch_path=nightclerk,public") as server:
                return server.execute(question).fetchall()  # type: ignore[arg-type]  # tests write their questions themselves
        except psycopg.OperationalError:  # it was killed just now and recovers; what it says then is the truth
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@dataclass
class Witness:
    """Where to look: the server's drop folder on disk, the state folder, both databases, the folder of received mails.

    A database is an SQLite file, or the address of one on a PostgreSQL server.
    """

    drop: Path
    state: Path
    database: Path | str
    ledger: Path | str
    mails: Path
    complaints: list[str] = field(default_factory=list)

    def complain(self, text: str) -> None:
        self.complaints.append(text)

    def testify(self, uploads: list[Upload], table: dict[str, tuple[str, ...]]) -> list[str]:
        """Given every finished upload and the rows that must stand in the table (key → values); returns what is wrong."""
        self.complaints = []
        self._server(uploads)
        self._archive(uploads)
        self._leftovers()
        self._runs(uploads)
        self._table(table)
        self._receipts(uploads)
        self._letters(uploads)
        return self.complaints

    def _server(self, uploads: list[Upload]) -> None:
        found = Counter()
        for path in self.drop.rglob("*"):
            if path.is_file():
                place = "here" if path.parent == self.drop else path.parent.name
                found[place, hashlib.sha256(path.read_bytes()).hexdigest()] += 1
        wanted = Counter((upload.place, upload.sha256) for upload in uploads)
        for key in found | wanted:
            if found[key] != wanted[key]:
                names = [u.name for u in uploads if (u.place, u.sha256) == key] or ["bytes nobody uploaded"]
                self.complain(f"server: {names[0]} is {found[key]} times in {key[0]}, not {wanted[key]} times")

    def _archive(self, uploads: list[Upload]) -> None:
        files = [p for p in (self.state / "archive").rglob("*") if p.is_file() and not p.name.endswith(".issues.jsonl")]
        found = Counter(hashlib.sha256(path.read_bytes()).hexdigest() for path in files)
        wanted = Counter(upload.sha256 for upload in uploads if upload.ending != "unrecognised")
        for key in found | wanted:
            if found[key] != wanted[key]:
                names = [u.name for u in uploads if u.sha256 == key] or ["bytes nobody uploaded"]
                self.complain(f"archive: {names[0]} is there {found[key]} times, not {wanted[key]} times")
        for path in files:
            if not re.search(r"\.\d{8}T\d{6}Z\.run\d+(\.\w+)*$", path.name):
                self.complain(f"archive: the name {path.name} can collide")

    def _leftovers(self) -> None:
        for path in (self.state / "spool").rglob("*"):
            if path.is_file():
                self.complain(f"spool: {path.relative_to(self.state)} was left behind")

    def _runs(self, uploads: list[Upload]) -> None:
        rows = asked(self.ledger, "SELECT ending, sha256, CAST(detail AS text) FROM runs")
        states = asked(self.ledger, "SELECT state, count(*) FROM drops GROUP BY state")
        for state, count in states:
            if state not in {"closed", "put_back"}:
                self.complain(f"ledger: {count} drops are {state}")
        found: Counter[tuple[object, ...]] = Counter()
        for ending, sha256, detail in rows:
            if ending is None:
                self.complain("ledger: a run has no ending")
                continue
            data = json.loads(detail)
            counts = data["counts"]
            parts = sum(value for name, value in counts.items() if name != "rows")
            if parts != counts["rows"]:
                self.complain(f"ledger: the counts of run {data['id']} do not add up")
            names = ("rows", "created", "updated", "unchanged", "rejected", "skipped")
            found[data["file"], ending, sha256, *(counts[name] for name in names)] += 1
        wanted: Counter[tuple[object, ...]] = Counter()
        for u in uploads:
            sha256 = None if u.ending == "unrecognised" else u.sha256
            wanted[u.name, u.ending, sha256, u.rows, u.created, u.updated, u.unchanged, u.rejected, u.skipped] += 1
        for key in found | wanted:
            if found[key] != wanted[key]:
                self.complain(f"ledger: {found[key]} runs are {key}, not {wanted[key]}")

    def _table(self, table: dict[str, tuple[str, ...]]) -> None:
        rows = asked(self.database, "SELECT tenant, code, name, CAST(balance AS text) FROM customers")
        found = Counter((code, name, balance) for _, code, name, balance in rows)
        wanted = Counter((code, *values) for code, values in table.items())
        if found != wanted:
            self.complain(
                f"table: {sorted((found - wanted).items())[:3]} too much, {sorted((wanted - found).items())[:3]} missing"
            )

    def _receipts(self, uploads: list[Upload]) -> None:
        receipts = asked(self.database, "SELECT count(*) FROM nightclerk_receipts")[0][0]
        created = asked(self.database, "SELECT count(*) FROM nightclerk_changes WHERE kind = 'created'")[0][0]
        updated = asked(self.database, "SELECT count(*) FROM nightclerk_changes WHERE kind = 'updated'")[0][0]
        imports = [u for u in uploads if u.ending in {"imported", "imported_with_rejects"}]
        for name, found, wanted in (
            ("receipts", receipts, len(imports)),
            ("created changes", created, sum(u.created for u in imports)),
            ("updated changes", updated, sum(u.updated for u in imports)),
        ):
            if found != wanted:
                self.complain(f"target: {found} {name}, not {wanted}")

    def _letters(self, uploads: list[Upload]) -> None:
        letters: dict[str, bytes] = {}
        for path in sorted(self.mails.glob("*.eml")):
            content = path.read_bytes()
            letter = email.message_from_bytes(content, policy=email.policy.default)
            message_id = letter["Message-ID"]
            if letters.setdefault(message_id, content) != content:
                self.complain(f"mailbox: two different letters share {message_id}")
        if len(letters) != sum(upload.letters for upload in uploads):
            self.complain(f"mailbox: {len(letters)} letters for {len(uploads)} files")
        named = Counter()
        for content in letters.values():
            letter = email.message_from_bytes(content, policy=email.policy.default)
            text = letter.get_body(("plain",)).get_content()
            named.update(name for name in {upload.name for upload in uploads} if name in text)
            for part in letter.iter_attachments():
                if part.get_filename("").endswith(".csv"):
                    self._attachment(part.get_content(), uploads)
        for name, count in Counter(upload.name for upload in uploads for _ in range(upload.letters)).items():
            if named[name] != count:
                self.complain(f"mailbox: {named[name]} letters name {name}, not {count}")

    def _attachment(self, content: bytes | str, uploads: list[Upload]) -> None:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        if not any(len(rows) == upload.rejected for upload in uploads if upload.rejected):
            self.complain(f"mailbox: a reject file has {len(rows)} rows")
        for row in rows:
            if not row["_code"] or not row["_line"].split(" ")[0].isdigit():
                self.complain(f"mailbox: a rejected row without reason: {row}")
