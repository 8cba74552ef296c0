"""Each sample drop, through the real commands into a fresh SQLite database, gives the booking and the letter that lie beside it.

The expected booking was written by the samples' generator from what it planted, not by the program. The letters alone are
written from what the program says: ``pytest tests/golden --update-golden``, and read the difference before you commit it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from nightclerk.demo.copying import copy_configuration
from nightclerk.demo.mailbox import Arrived, Mailbox
from nightclerk.targets.tables import create_tables
from nightclerk.wiring import load_configuration

PROJECT = Path(__file__).parents[2]
SAMPLES = sorted(PROJECT.glob("sample_drops/*/night-1/expected/*.json"))
PROTECTED = ("credit_limit", "insurer_guarantee", "other_guarantees")


@dataclass(frozen=True)
class Outcome:
    """What one sample became: what was told beforehand, the command's answer, the database, the letters."""

    expected: dict[str, Any]
    beside: Path
    run: dict[str, Any]
    database: Path
    letters: tuple[Arrived, ...]


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda path: f"{path.parents[2].name}-{path.stem}")
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    expected = json.loads(request.param.read_text(encoding="utf-8"))
    folder = tmp_path_factory.mktemp("golden")
    mailbox = Mailbox(folder / "letters")
    try:
        copy_configuration(PROJECT, folder / "config", [expected["tenant"]], mailbox.port)
        configuration, problems = load_configuration(folder / "config")
        assert problems == []
        create_tables(configuration.daemon.database, configuration.entities.values())
        file = request.param.parent.parent / expected["file"]
        run = json.loads(_nightclerk(folder, "import", expected["tenant"], str(file), "--json"))
        letters = tuple(mailbox.letters())
    finally:
        mailbox.close()
    return Outcome(expected, request.param.parent, run, folder / "var" / "app.db", letters)


def test_ending_and_counts(outcome: Outcome) -> None:
    assert (
        outcome.run["tenant"],
        outcome.run["feed"],
        outcome.run["file"],
        outcome.run["ending"],
        outcome.run["counts"],
    ) == tuple(outcome.expected[name] for name in ("tenant", "feed", "file", "ending", "counts"))


def test_control_totals(outcome: Outcome) -> None:
    def exact(totals: dict[str, dict[str, dict[str, str]]]) -> dict[tuple[str, str, str], Decimal]:
        return {
            (field, currency, part): Decimal(amount)
            for field, currencies in totals.items()
            for currency, parts in currencies.items()
            for part, amount in parts.items()
        }

    assert exact(outcome.run["totals"]) == exact(outcome.expected["totals"])


def test_every_planted_fault_is_found_and_nothing_else(outcome: Outcome) -> None:
    found = [(issue["line"], issue["code"], issue["field"]) for issue in outcome.run["issues"]]
    planted = [(issue["line"], issue["code"], issue["field"]) for issue in outcome.expected["issues"]]
    assert sorted(found, key=str) == sorted(planted, key=str)


def test_the_table_holds_exactly_the_good_rows(outcome: Outcome) -> None:
    expected = outcome.expected
    shown = (outcome.beside / f"{expected['file']}.rows.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    header = next(csv.reader(shown))
    lines = [_line(header), *(_line(row) for row in _table(outcome.database, expected, header))]
    text = "".join(lines)
    assert text.startswith("".join(shown))
    assert len(lines) - 1 == expected["table_rows"]
    assert hashlib.sha256(text.encode()).hexdigest() == expected["table_sha256"]


def test_what_the_application_owns_stays_empty(outcome: Outcome) -> None:
    with closing(sqlite3.connect(outcome.database)) as database:
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({outcome.expected['table']})")]
        owned = [name for name in PROTECTED if name in columns]
        assert owned or outcome.expected["table"] != "customers"
        for name in owned:
            kept = database.execute(f"SELECT count(*) FROM {outcome.expected['table']} WHERE {name} IS NOT NULL").fetchone()
            assert kept == (0,), name


def test_the_letter(outcome: Outcome, request: pytest.FixtureRequest) -> None:
    (letter,) = outcome.letters
    text = _letter(letter)
    golden = outcome.beside / f"{outcome.expected['file']}.letter.txt"
    if request.config.getoption("--update-golden"):
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8")


def _nightclerk(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "nightclerk", "--config", str(folder / "config"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _table(database: Path, expected: dict[str, Any], fields: list[str]) -> list[list[str]]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            f"SELECT {', '.join(fields)} FROM {expected['table']} WHERE tenant = ?", [expected["tenant"]]
        ).fetchall()
    booleans = [field == "active" for field in fields]
    return sorted([_spelt(cell, boolean) for cell, boolean in zip(row, booleans, strict=True)] for row in rows)


def _spelt(cell: Any, boolean: bool) -> str:
    if cell is None:
        return ""
    return ("false", "true")[int(cell)] if boolean else str(cell)


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _letter(letter: Arrived) -> str:
    """The letter as a reader gets it, without what differs from one night to the next."""
    message = message_from_bytes(letter.files[0].read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    attached = [part.get_filename() for part in message.iter_attachments()]
    text = f"To: {', '.join(letter.recipients)}\nSubject: {letter.subject}\nAttached: {', '.join(map(str, attached))}\n\n"
    return _undated(text + body.get_content().replace("\r\n", "\n"))


def _undated(text: str) -> str:
    text = re.sub(r"\d{8}T\d{6}Z", "<moment>", text)
    text = re.sub(r"(?m)^(  Taken +).*$", r"\1<time>", text)
    return re.sub(r"(?m)^(  Where it lies now +)(.*\n(?= {4}))*.*$", r"\1<place>", text)
