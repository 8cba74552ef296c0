"""An outside checker of many tenants: every upload in one place, booked once, told once. Shares no code with the product.

It reads SQLite files and PostgreSQL servers, CSV files and workbooks, folders and mails by itself.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tests.flow.books import Receipt, Row, rebooked, rows_of
from tests.flow.witness import asked

#: What the contract allows beside a booking: a file that took the daemon or its readers down too often is put aside.
PUT_ASIDE = {"tried_too_often", "reader_died"}
#: The names that senders use, which begin with the tenant's, so that a letter tells whose file it is about.
FILE_NAME = re.compile(r"\bt\d+_\w+\.(?:csv|xlsx)\b")


@dataclass
class Upload:
    """One finished upload. replaced: the sender put a newer version over it, maybe before anybody saw it."""

    name: str
    content: bytes
    replaced: bool = False

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass
class Sent:
    """A tenant's drop folder on disk, how its files are filed (move, delete or leave), and every finished upload."""

    folder: Path
    filing: str = "move"
    uploads: list[Upload] = field(default_factory=list)


@dataclass(frozen=True)
class Installation:
    """Where to look: the state folder, both databases (an SQLite file, or an address on a PostgreSQL server), the letters."""

    state: Path
    database: Path | str
    ledger: Path | str
    mails: Path


@dataclass(frozen=True)
class Run:
    """A run as it stands in the ledger."""

    key: str
    tenant: str
    feed: str
    sha256: str
    ending: str
    detail: dict[str, object]

    @property
    def imported(self) -> bool:
        return self.ending in {"imported", "imported_with_rejects"}

    @property
    def put_aside(self) -> bool:
        return self.ending == "refused" and self.detail["code"] in PUT_ASIDE


@dataclass
class Findings:
    """wrong: all that is not as it must be. put_aside: files that were refused because they were killed too often."""

    wrong: list[str] = field(default_factory=list)
    runs: int = 0
    put_aside: int = 0
    letters: int = 0
    posted_twice: int = 0
    to_operators: list[str] = field(default_factory=list)


def standing(tenants: dict[str, Sent]) -> list[str]:
    """Returns the files that still stand in a drop folder and should not, done files and hidden ones included."""
    return [
        f"{name}/{path.name}"
        for name, sent in tenants.items()
        if sent.filing != "leave"
        for path in sent.folder.iterdir()
        if path.is_file()
    ]


def left_to_do(at: Installation, tenants: dict[str, Sent]) -> tuple[int, int, int, int]:
    """Returns, as far as a quick look tells, how many files stand, drops are begun, letters wait and runs are missing."""
    uploads = sum(not upload.replaced for sent in tenants.values() for upload in sent.uploads)
    return (
        len(standing(tenants)),
        asked(at.ledger, "SELECT count(*) FROM drops WHERE state IN ('open', 'recorded')")[0][0],
        asked(at.ledger, "SELECT count(*) FROM recipients WHERE state = 'waiting'")[0][0],
        max(0, uploads - asked(at.ledger, "SELECT count(*) FROM runs")[0][0]),
    )


def examine(at: Installation, tenants: dict[str, Sent]) -> Findings:
    """Given who sent what, each file a table of ``Code;Nom``; returns what is to be said once everything is quiet."""
    found = Findings(wrong=[f"still standing: {path}" for path in standing(tenants)])
    spool = at.state / "spool"
    found.wrong += [f"left in the spool: {path.relative_to(spool)}" for path in spool.rglob("*") if path.is_file()]
    found.wrong += [
        f"a drop is {state}: {bytes(name).decode()}"
        for name, state in asked(at.ledger, "SELECT name, state FROM drops WHERE state NOT IN ('closed', 'put_back')")
    ]
    found.wrong += [
        f"a letter to {address} is {state}"
        for address, state in asked(at.ledger, "SELECT address, state FROM recipients WHERE state <> 'accepted'")
    ]
    runs = [
        Run(key, tenant, feed, sha256, ending, json.loads(detail or "{}"))
        for key, tenant, feed, sha256, ending, detail in asked(
            at.ledger, "SELECT key, tenant, feed, sha256, ending, CAST(detail AS text) FROM runs ORDER BY id"
        )
    ]
    found.runs = len(runs)
    found.put_aside = sum(run.put_aside for run in runs)
    _endings(runs, found)
    _receipts(at, tenants, runs, found)
    for name, sent in tenants.items():
        _uploads(name, sent, Counter(run.sha256 for run in runs if run.tenant == name), at.state / "archive" / name, found)
    _letters(at.mails, Counter(str(run.detail.get("file")) for run in runs), found)
    return found


def _endings(runs: list[Run], found: Findings) -> None:
    """A file is imported unless its bytes are those of the feed's last import, all rows of which were good."""
    last: dict[tuple[str, str], Run] = {}
    for run in runs:
        before = last.get((run.tenant, run.feed))
        again = before is not None and before.ending == "imported" and before.sha256 == run.sha256
        if run.ending not in ({"duplicate"} if again else {"imported", "imported_with_rejects"}) and not run.put_aside:
            found.wrong.append(f"{run.tenant} {run.detail.get('file')}: its run ended as {run.ending}, the same again: {again}")
        if run.imported:
            last[run.tenant, run.feed] = run


def _uploads(name: str, sent: Sent, runs: Counter[str], archive: Path, found: Findings) -> None:
    """Each upload of a tenant has one run, one copy in the archive and one place at the source."""
    kept = Counter(_hash(path) for path in archive.rglob("*") if path.is_file() and not path.name.endswith(".issues.jsonl"))
    there = Counter(_hash(path) for path in sent.folder.rglob("*") if path.is_file() and path.suffix in {".csv", ".xlsx"})
    of_hash: dict[str, list[Upload]] = {}
    for upload in sent.uploads:
        of_hash.setdefault(upload.sha256, []).append(upload)
    for sha256, uploads in of_hash.items():
        who = f"{name} {uploads[0].name}"
        certain, most = sum(not upload.replaced for upload in uploads), len(uploads)
        if not certain <= runs[sha256] <= most:
            found.wrong.append(f"{who}: {runs[sha256]} runs for {certain} to {most} uploads")
        if kept[sha256] != runs[sha256]:
            found.wrong.append(f"{who}: {kept[sha256]} times in the archive, for {runs[sha256]} runs")
        least, limit = (0, 0) if sent.filing == "delete" else (certain, most)
        if not least <= there[sha256] <= limit:
            found.wrong.append(f"{who}: {there[sha256]} times at the source, for {certain} to {most} uploads")
    for place, hashes in (("the archive", kept), ("the source", there), ("the ledger", runs)):
        found.wrong += [f"{name}: bytes that nobody sent are in {place}: {sha256}" for sha256 in hashes if sha256 not in of_hash]


def _receipts(at: Installation, tenants: dict[str, Sent], runs: list[Run], found: Findings) -> None:
    """Every import has its receipt and the reverse, and all that is in the tables comes from them."""
    run_of = {run.key: (run.tenant, run.sha256) for run in runs if run.imported}
    receipts = asked(at.database, "SELECT id, run_key, receipt FROM nightclerk_receipts ORDER BY id")
    keys, recorded = Counter(key for _, key, _ in receipts), Counter(list(run_of))
    found.wrong += [f"a receipt without a run: {key}" for key in keys - recorded]
    found.wrong += [f"a run without a receipt: {run_of[key]}" for key in recorded - keys]
    found.wrong += [f"a receipt is empty: {key}" for _, key, receipt in receipts if not receipt]
    content = {(name, upload.sha256): upload for name, sent in tenants.items() for upload in sent.uploads}
    booked = [
        Receipt(number, run_of[key][0], rows_of(content[run_of[key]].name, content[run_of[key]].content))
        for number, key, _ in receipts
        if run_of.get(key) in content
    ]
    logged = asked(at.database, "SELECT receipt, tenant, kind, key, fields FROM nightclerk_changes ORDER BY receipt, line")
    table: list[Row] = asked(at.database, "SELECT tenant, code, name FROM customers")  # type: ignore[assignment]
    found.wrong += rebooked(booked, logged, table)


def _letters(mails: Path, wanted: Counter[str], found: Findings) -> None:
    """Each run has one letter. One that was handed in twice has the same Message-ID and the same bytes."""
    letters: dict[str, bytes] = {}
    for path in sorted(mails.glob("*.eml")):
        content = path.read_bytes()
        message_id = str(email.message_from_bytes(content, policy=email.policy.default)["Message-ID"])
        found.posted_twice += message_id in letters
        if letters.setdefault(message_id, content) != content:
            found.wrong.append(f"two different letters are {message_id}")
    found.letters = len(letters)
    about: Counter[str] = Counter()
    for content in letters.values():
        letter = email.message_from_bytes(content, policy=email.policy.default)
        body = letter.get_body(("plain",))
        text = "" if body is None else body.get_content()
        if "ops@" in str(letter["To"]):
            found.to_operators.append(text)
        else:
            about.update(FILE_NAME.findall(f"{letter['Subject']} {text}")[:1])
    for name in wanted | about:
        if wanted[name] != about[name]:
            found.wrong.append(f"{about[name]} letters about {name}, for {wanted[name]} runs")


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
