"""A night to go back to, and what the target holds: for crash tests that tell all from nothing."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.flow.stage import Stage
from tests.flow.test_crashes import SEED
from tests.flow.witness import Upload, asked

#: Nightclerk's own tables; the numbers of receipts, which may have gaps, are their ranks.
OWN = {
    "changes": "SELECT DENSE_RANK() OVER (ORDER BY receipt), line, tenant, entity, kind, key, fields FROM nightclerk_changes",
    "parked": "SELECT tenant, entity, feed, line, key, fields, source, missing FROM nightclerk_parked",
    "receipts": "SELECT tenant, entity, table_name FROM nightclerk_receipts",
}
#: All rows of a target by the table they are in, in an order of their own.
Holding = dict[str, list[tuple[Any, ...]]]


def holding(database: Path, tables: Iterable[str]) -> Holding:
    """Given an SQLite target and the tables of its entities and lists; returns what it holds, but for times and numbers."""
    questions = {table: f"SELECT {', '.join(columns(database, table))} FROM {table}" for table in tables}
    return {name: sorted(asked(database, question), key=repr) for name, question in (questions | OWN).items()}


def columns(database: Path, table: str) -> list[str]:
    """Returns the names of a table's columns, but for the database's own number."""
    with closing(sqlite3.connect(database)) as connection:
        return [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})") if name != "id"]


def kept(scene: Stage, folder: Path, *uploads: Upload) -> Callable[[], None]:
    """Given a stage and a folder; keeps the state and the letters as they are, and returns what brings them back and drops these
    files anew."""
    places = {"var": scene.folder / "var", "mails": scene.witness.mails}
    for name, place in places.items():
        shutil.copytree(place, folder / name)

    def restore() -> None:
        for place in (*places.values(), scene.server.drop):
            for path in place.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name, place in places.items():
            shutil.copytree(folder / name, place, dirs_exist_ok=True)
        for upload in uploads:
            scene.upload(upload)

    return restore


def differences(found: Holding, *wanted: Holding) -> list[str]:
    """Returns nothing if all of it is as one of those wanted; else what differs from each of them."""
    if found in wanted:
        return []
    return [
        f"{name}: {sorted(set(rows) - set(one[name]))} too much, {sorted(set(one[name]) - set(rows))} missing"
        for one in wanted
        for name, rows in found.items()
        if rows != one[name]
    ] or ["rows stand there more than once"]


def second_kill(number: int, moments: list[str]) -> int:
    """Given where it was killed; returns at which moment of the recovery it is killed again, by the seed."""
    return random.Random(f"{SEED} {number}").randrange(0, max(len(moments) - number, 1) + 8)
