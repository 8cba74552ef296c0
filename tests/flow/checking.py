"""An outside checker of many tenants: every upload in one place, booked once, told once. Shares no code with the product."""

from __future__ import annotations

import email
import email.policy
import hashlib
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Sent:
    """A tenant's drop folder on disk, how its files are filed (move, delete or leave), and the bytes of every finished upload."""

    folder: Path
    filing: str = "move"
    uploads: list[bytes] = field(default_factory=list)


def standing(tenants: dict[str, Sent]) -> list[str]:
    """Returns the files that still stand in a drop folder and should not, done files and hidden ones included."""
    return [
        f"{name}/{path.name}"
        for name, sent in tenants.items()
        if sent.filing != "leave"
        for path in sent.folder.iterdir()
        if path.is_file()
    ]


def complaints(state: Path, mails: Path, tenants: dict[str, Sent]) -> list[str]:
    """Given the state folder (with ``app.db`` and ``ledger.db``), the folder of received letters, and who sent what, each file a
    table of ``Code;Nom`` with codes of its own; returns all that is not as it must be once everything is quiet."""
    wrong = [f"still standing: {path}" for path in standing(tenants)]
    wrong += [f"left in the spool: {path.name}" for path in (state / "spool").rglob("*") if path.is_file()]
    with closing(sqlite3.connect(state / "ledger.db")) as ledger:
        wrong += [
            f"a drop is {row}" for row in ledger.execute("SELECT name, state FROM drops WHERE state IN ('open', 'recorded')")
        ]
        runs = Counter(ledger.execute("SELECT tenant, sha256, ending FROM runs").fetchall())
    with closing(sqlite3.connect(state / "app.db")) as database:
        booked = Counter(database.execute("SELECT tenant, code FROM customers").fetchall())
        receipts = database.execute("SELECT count(*) FROM nightclerk_receipts").fetchone()[0]
    for name, sent in tenants.items():
        wrong += _of_tenant(name, sent, runs, booked, state / "archive" / name)
    uploads = sum(len(sent.uploads) for sent in tenants.values())
    wrong += [] if sum(runs.values()) == uploads else [f"{sum(runs.values())} runs for {uploads} uploads"]
    wrong += [] if receipts == uploads else [f"{receipts} receipts for {uploads} uploads"]
    letters: dict[str, bytes] = {}
    for path in mails.glob("*.eml"):
        content = path.read_bytes()
        message_id = email.message_from_bytes(content, policy=email.policy.default)["Message-ID"]
        if letters.setdefault(message_id, content) != content:
            wrong.append(f"two different letters are {message_id}")
    wrong += [] if len(letters) == uploads else [f"{len(letters)} letters for {uploads} uploads"]
    return wrong


def _of_tenant(
    name: str, sent: Sent, runs: Counter[tuple[str, str, str]], booked: Counter[tuple[str, str]], archive: Path
) -> list[str]:
    wrong: list[str] = []
    kept = Counter(_hash(path) for path in archive.rglob("*") if path.is_file() and not path.name.endswith(".issues.jsonl"))
    moved = Counter(_hash(path) for path in sent.folder.rglob("*") if path.is_file() and path.suffix == ".csv")
    rows: Counter[tuple[str, str]] = Counter()
    for content in sent.uploads:
        key = hashlib.sha256(content).hexdigest()
        text = content.decode().splitlines()
        if runs[name, key, "imported"] != 1:
            wrong.append(f"{name} {text[1]}: {runs[name, key, 'imported']} runs")
        if kept[key] != 1:
            wrong.append(f"{name} {text[1]}: {kept[key]} times in the archive")
        if moved[key] != (0 if sent.filing == "delete" else 1):
            wrong.append(f"{name} {text[1]}: {moved[key]} times at the source")
        rows.update((name, line.split(";")[0]) for line in text[1:])
    found = Counter({key: count for key, count in booked.items() if key[0] == name})
    if found != rows:
        wrong.append(f"{name}: {len(found - rows)} rows too much, {len(rows - found)} missing, such as {[*(rows - found)][:3]}")
    return wrong


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
