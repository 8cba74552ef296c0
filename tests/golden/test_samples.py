"""Each sample drop, through the real commands into a fresh database, gives the bookings and the letter that lie beside it: on
SQLite and on PostgreSQL the same.

The expected booking was written by the samples' generator from what it planted, not by the program. The letters alone are
written from what the program says: ``pytest tests/golden --update-golden``, and read the difference before you commit it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from tests.servers import commands
from tests.servers.postgres import postgres_url

from nightclerk.config.reaching import driver_url
from nightclerk.core.entity import Entity
from nightclerk.demo.application import Application, rows_before
from nightclerk.demo.copying import copy_configuration
from nightclerk.demo.mailbox import Arrived, Mailbox
from nightclerk.demo.samples import Sample, before, samples
from nightclerk.targets.tables import create_tables
from nightclerk.wiring import load_configuration

PROJECT = Path(__file__).parents[2]
SAMPLES = samples(PROJECT)
#: What letters call these two in every language that samples are written in.
TAKEN, PLACE = "Taken|Pris en charge|Recogido", "Where it lies now|Où il se trouve|Dónde está ahora"


@dataclass(frozen=True)
class Made:
    """One run: what was told beforehand (expected; rows: the first lines of the table), and what the command answered."""

    expected: dict[str, Any]
    rows: str
    run: dict[str, Any]
    entity: Entity
    stood: list[dict[str, str]]


@dataclass(frozen=True)
class Outcome:
    """What one sample became. application: looks into the tables."""

    sample: Sample
    made: list[Made]
    application: Application
    letters: tuple[Arrived, ...]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    with ExitStack() as stack:
        yield Nights(tmp_path_factory, stack)


@pytest.fixture(
    scope="module",
    params=[(database, sample) for database in ("sqlite", "postgresql") for sample in SAMPLES],
    ids=lambda one: f"{one[0]}-{one[1].tenant}-{one[1].file.name}",
)
def outcome(request: pytest.FixtureRequest, nights: Nights) -> Outcome:
    database, sample = request.param
    return nights.of(database, sample.tenant)[sample.file]


class Nights:
    """Each tenant's first night, played once on each kind of database: all its files in the order they are dropped in, one
    database for each tenant."""

    def __init__(self, folders: pytest.TempPathFactory, stack: ExitStack) -> None:
        self._folders = folders
        self._stack = stack
        self._played: dict[tuple[str, str], dict[Path, Outcome]] = {}

    def of(self, database: str, tenant: str) -> dict[Path, Outcome]:
        if (database, tenant) not in self._played:
            self._played[database, tenant] = self._play(database, tenant)
        return self._played[database, tenant]

    def _play(self, database: str, tenant: str) -> dict[Path, Outcome]:
        folder = self._folders.mktemp("golden")
        where = {"database": url, "ledger": url} if database == "postgresql" and (url := postgres_url()) else {}
        mailbox = Mailbox(folder / "letters")
        self._stack.callback(mailbox.close)
        copy_configuration(PROJECT, folder / "config", [tenant], mailbox.port, **where)
        configuration, problems = load_configuration(folder / "config")
        assert problems == []
        url = driver_url(configuration.daemon.database)
        create_tables(url, configuration.entities.values())
        application = self._stack.enter_context(Application(url))
        stood = {one.entity: rows_before(one.file) for one in before(PROJECT) if one.tenant == tenant}
        for name, rows in stood.items():
            application.enter(tenant, configuration.entities[name], rows)
        played: dict[Path, Outcome] = {}
        read = 0
        for sample in (one for one in SAMPLES if one.tenant == tenant):
            answer = json.loads(_nightclerk(folder, "import", tenant, str(sample.file), "--json"))
            runs = {run["feed"]: run for run in (answer if isinstance(answer, list) else [answer])}
            made = []
            for file in _expectations(sample):
                expected = json.loads(file.read_text(encoding="utf-8"))
                rows_told = file.with_suffix(".rows.csv").read_text(encoding="utf-8")
                entity = configuration.entities[expected["entity"]]
                made.append(Made(expected, rows_told, runs.pop(expected["feed"]), entity, stood.get(entity.entity, [])))
            assert runs == {}, "runs that nobody expects"
            letters = mailbox.letters()
            played[sample.file] = Outcome(sample, made, application, tuple(letters[read:]))
            read = len(letters)
        return played


def test_ending_and_counts(outcome: Outcome) -> None:
    names = ("tenant", "feed", "file", "ending", "counts")
    for made in outcome.made:
        assert [made.run[name] for name in names] == [made.expected[name] for name in names]


def test_control_totals(outcome: Outcome) -> None:
    def exact(totals: dict[str, dict[str, dict[str, str]]]) -> dict[tuple[str, str, str], Decimal]:
        return {
            (field, currency, part): Decimal(amount)
            for field, currencies in totals.items()
            for currency, parts in currencies.items()
            for part, amount in parts.items()
        }

    for made in outcome.made:
        assert exact(made.run["totals"]) == exact(made.expected["totals"])


def test_every_planted_fault_is_found_and_nothing_else(outcome: Outcome) -> None:
    for made in outcome.made:
        found = [(issue["line"], issue["code"], issue["field"]) for issue in made.run["issues"]]
        planted = [(issue["line"], issue["code"], issue["field"]) for issue in made.expected["issues"]]
        assert sorted(found, key=str) == sorted(planted, key=str)


def test_the_table_holds_exactly_the_good_rows(outcome: Outcome) -> None:
    for made in outcome.made:
        fields = next(csv.reader([made.rows.splitlines()[0]]))
        rows = outcome.application.rows(outcome.sample.tenant, made.entity, fields)
        text = "".join([_line(fields), *map(_line, sorted(rows))])
        assert text.startswith(made.rows)
        assert len(rows) == made.expected["table_rows"]
        assert hashlib.sha256(text.encode()).hexdigest() == made.expected["table_sha256"]


def test_what_the_application_owns_stays_as_it_was(outcome: Outcome) -> None:
    for made in outcome.made:
        owned = [name for name, field in made.entity.fields.items() if field.owner == "application"]
        assert owned or made.entity.entity != "customer"
        (key,) = made.entity.key
        stood = {row[key]: [row.get(name, "") for name in owned] for row in made.stood}
        stands = {code: values for code, *values in outcome.application.rows(outcome.sample.tenant, made.entity, [key, *owned])}
        assert stands == {code: stood.get(code, [""] * len(owned)) for code in stands}
        assert set(stood) <= set(stands), "rows that are not in the file stay"


def test_the_letter(outcome: Outcome, request: pytest.FixtureRequest) -> None:
    (letter,) = outcome.letters
    text = _letter(letter)
    golden = outcome.sample.file.parent / "expected" / f"{outcome.sample.file.name}.letter.txt"
    if request.config.getoption("--update-golden"):
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8")


def _expectations(sample: Sample) -> list[Path]:
    """The files that tell what must become of it: one for each feed that reads it."""
    return sorted((sample.file.parent / "expected").glob(f"{sample.file.name}*.json"))


def _nightclerk(folder: Path, *arguments: str) -> str:
    done = commands.run(["--config", str(folder / "config"), *arguments], PROJECT, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _line(cells: Sequence[str]) -> str:
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
    text = re.sub(rf"(?m)^(  ({TAKEN}) +).*$", r"\1<time>", text)
    return re.sub(rf"(?m)^(  ({PLACE}) +)(.*\n(?= {{4}}))*.*$", r"\1<place>", text)
