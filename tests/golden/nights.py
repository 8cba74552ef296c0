"""Plays the nights of a sample tenant, one after another into one database: what was told beforehand beside what became of it."""

from __future__ import annotations

import csv
import email
import email.policy
import hashlib
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs
from tests.flow.houses import HandClock

from nightclerk.channels.memory import Memory as Mailbox
from nightclerk.config.reaching import driver_url
from nightclerk.core.rows_wanted import RowsWanted
from nightclerk.core.run import Run, of_the_file
from nightclerk.demo.application import Application, rows_before
from nightclerk.demo.copying import copy_configuration
from nightclerk.demo.samples import dropped
from nightclerk.desk.output import run_data
from nightclerk.targets.tables import create_tables
from nightclerk.wiring import load_configuration, open_house
from nightclerk.work.decide import decide
from nightclerk.work.hand_in import hand_in
from nightclerk.work.house import House
from nightclerk.work.replay import replay
from nightclerk.work.undo import undo

PROJECT = Path(__file__).parents[2]
DROPS = PROJECT / "sample_drops"
#: What letters call these two in every language that samples are written in.
TAKEN, PLACE = "Taken|Pris en charge|Recogido", "Where it lies now|Où il se trouve|Dónde está ahora"


@dataclass
class Told:
    """One thing that must have become so: where it was foretold, what that says, what became of it."""

    where: str
    expected: Any
    found: Any

    def difference(self) -> tuple[str, Any, Any]:
        """Returns where it is, and what only the foretold and only the found have; of tables the first rows."""
        if isinstance(self.expected, list):
            gone = [one for one in self.expected if one not in self.found]
            new = [one for one in self.found if one not in self.expected]
            return self.where, gone[:3], new[:3]
        return self.where, self.expected, self.found


@dataclass
class Play:
    """A tenant's nights as they went. told: in order; letters: the golden file of each, and its text now."""

    told: list[Told] = field(default_factory=list)
    letters: list[tuple[Path, str]] = field(default_factory=list)


def nights_of(tenant: str) -> list[Path]:
    """Returns the folders of the tenant's nights after the first one, in order."""
    return sorted(path.parent for path in DROPS.glob(f"{tenant}/night-*/story.json"))[1:]


def play(tenant: str, folder: Path, **where: str) -> Play:
    """Given a tenant, an empty folder and where database and ledger are; plays all its nights, the first one too."""
    played = Play()
    with _house(tenant, folder, where) as (house, clock):
        stage = _Stage(tenant, house, played)
        for entity, rows in _before(tenant):
            stage.application.enter(tenant, house.configuration.entities[entity], rows)
        first = DROPS / tenant / "night-1"
        for name in dropped(first):
            stage.drop(first / name, first=True)
        for night in nights_of(tenant):
            story = json.loads((night / "story.json").read_text(encoding="utf-8"))
            clock.moment = datetime.fromisoformat(story["at"])
            for number, act in enumerate(story["acts"], 1):
                clock.forward(minutes=5)
                stage.carry_out(act, night, number)
            stage.look_into_tables(night)
        stage.application.__exit__(None, None, None)
    return played


@contextmanager
def _house(tenant: str, folder: Path, where: dict[str, str]) -> Iterator[tuple[House, HandClock]]:
    copy_configuration(PROJECT, folder / "config", [tenant], 9, **where)
    configuration, problems = load_configuration(folder / "config")
    assert problems == []
    create_tables(driver_url(configuration.daemon.database), configuration.entities.values())
    with capture_logs(), open_house(configuration) as house:
        clock = HandClock()
        clock.moment = datetime.fromisoformat("2026-11-20T23:30:00Z")
        house.clock, house.channel = clock, Mailbox()
        yield house, clock


def _before(tenant: str) -> Iterator[tuple[str, list[dict[str, str]]]]:
    for file in sorted(DROPS.glob(f"{tenant}/night-1/before/*.csv")):
        yield file.stem, rows_before(file)


class _Stage:
    def __init__(self, tenant: str, house: House, played: Play) -> None:
        self._tenant = tenant
        self._house = house
        self._played = played
        self._seen: set[int] = set()
        self._read: set[int] = set()
        self.application = Application(driver_url(house.configuration.daemon.database))

    def drop(self, file: Path, *, first: bool = False) -> None:
        runs = of_the_file(hand_in(self._house, self._tenant, file, None, None))
        letters = self._new_letters()
        if first:
            return  # what becomes of the first night is told and tested file by file
        for run in runs:
            name = file.name if len(runs) == 1 else f"{file.name}.{run.feed}"
            self._compare(file.parent / "expected" / f"{name}.json", run)
        self._note_letters(file.parent / "expected" / file.name, letters)

    def carry_out(self, act: dict[str, Any], night: Path, number: int) -> None:
        what = act["act"]
        if what == "edit":
            entity = self._house.configuration.entities[act["entity"]]
            self.application.edit(self._tenant, entity, act["key"], act["values"])
        elif what == "enter":
            self.application.enter(self._tenant, self._house.configuration.entities[act["entity"]], [act["row"]])
        elif what == "drop":
            self.drop(night / act["file"])
        else:
            run = self._decided(what, act)
            self._told(f"{night.name} act {number}: {what}", act["expected"], self._data(run))
            self._note_letters(night / "expected" / f"{act.get('file') or act['feed']}.{what}", self._new_letters())

    def _decided(self, what: str, act: dict[str, Any]) -> Run:
        house = self._house
        if what == "follows":
            return next(run for run in self._runs() if run.feed == act["feed"] and run.id not in self._seen)
        number = next(run.id for run in self._runs() if (run.file, run.feed) == (act["file"], act["feed"]))
        if what in ("approve", "refuse"):
            return decide(house, number, what, "ops", None)[0]
        if what == "undo":
            undone = undo(house, number, lambda *_: None).by
            assert undone is not None
            return undone
        (run,) = replay(house, number, as_it_was=False)
        return run

    def look_into_tables(self, night: Path) -> None:
        """Compares every table that is foretold, whole: what is not told is blank."""
        entities = self._house.configuration.entities_of(self._tenant) | self._house.configuration.entities
        for file in sorted((night / "expected" / "tables").glob("*.csv")):
            expected = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
            fields = tuple(expected[0])
            entity = self._entity(file.stem, entities[file.stem])
            found: list[list[str]] = []
            for portion in self._house.target.rows(RowsWanted(self._tenant, entity, fields)):
                found += [[_shown(cell) for cell in row] for row in zip(*portion, strict=True)]
            where = f"{night.name} tables {file.stem}"
            found.sort()
            whole = file.with_suffix(".json")
            if whole.exists():
                text = "".join(csv_line(row) for row in [list(fields), *found])
                told = {"rows": len(found), "sha256": hashlib.sha256(text.encode()).hexdigest()}
                self._played.told.append(Told(f"{where}, all", json.loads(whole.read_text(encoding="utf-8")), told))
                found = found[: len(expected) - 1]
            self._played.told.append(Told(where, sorted(expected[1:]), found))

    def _entity(self, name: str, plain: Any) -> Any:
        """The entity with the custom fields of the feed that fills it, where one does."""
        configuration = self._house.configuration
        feeds = [one.feed for one in configuration.tenants[self._tenant].feeds if one.entity == name]
        return configuration.entity_of(self._tenant, feeds[0]) if feeds else plain

    def _runs(self) -> tuple[Run, ...]:
        return self._house.runs.history([self._tenant], 1000)  # the newest first

    def _data(self, run: Run) -> dict[str, Any]:
        self._seen.add(run.id)
        return run_data(run, self._house.runs.issues(run.id))

    def _compare(self, file: Path, run: Run) -> None:
        expected = json.loads(file.read_text(encoding="utf-8"))
        names = ("tenant", "feed", "file", "ending", "counts", "totals", "effects")
        wanted = {name: expected[name] for name in names if name in expected}
        found = self._data(run)
        issues = sorted((one["line"], one["code"], one["field"] or "") for one in found["issues"])
        planted = sorted((one["line"], one["code"], one["field"] or "") for one in expected["issues"])
        self._told(str(file.relative_to(DROPS)), wanted, found)
        self._played.told.append(Told(f"{file.relative_to(DROPS)} issues", planted, issues))

    def _told(self, where: str, expected: dict[str, Any], found: dict[str, Any]) -> None:
        """Of the run only the keys that are foretold are compared, each of them whole."""
        self._played.told.append(Told(where, expected, {name: found.get(name) for name in expected}))

    def _new_letters(self) -> list[EmailMessage]:
        due = self._house.outbox.due(self._house.clock.now() + timedelta(days=999), most=10_000)
        new = [one for one in due if one.id not in self._read]
        self._read |= {one.id for one in new}
        return [email.message_from_bytes(one.message, policy=email.policy.default) for one in new]  # type: ignore[misc]

    def _note_letters(self, place: Path, letters: list[EmailMessage]) -> None:
        golden = place.with_name(f"{place.name}.letter.txt")
        if letters or golden.exists():
            self._played.letters.append((golden, "\n-- next letter --\n\n".join(_text(one) for one in letters)))


def csv_line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _shown(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell).replace("\x1f", ", ")


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    attached = [str(part.get_filename()) for part in message.iter_attachments()]
    head = f"To: {message['To']}\nSubject: {message['Subject']}\nAttached: {', '.join(attached)}\n\n"
    if message["To"] == "ops@nightclerk.example":
        return head  # the rest has the place of the configuration in it
    text = re.sub(r"\d{8}T\d{6}Z", "<moment>", head + body.get_content().replace("\r\n", "\n"))
    text = re.sub(rf"(?m)^(  ({TAKEN}) +).*$", r"\1<time>", text)
    return re.sub(rf"(?m)^(  ({PLACE}) +)(.*\n(?= {{4}}))*.*$", r"\1<place>", text)
