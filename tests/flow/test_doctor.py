"""``desk.doctor``: what does not agree is named, with what to do; and a visit changes nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.e2e.offices import TENANT, office
from tests.flow.houses import desk as house_desk

from nightclerk.cli import doctor as doctor_command
from nightclerk.config.load import load
from nightclerk.config.yaml_positions import read
from nightclerk.core.tenant import Tenant
from nightclerk.desk.doctor import Visit, visit
from nightclerk.desk.finding import Finding
from nightclerk.desk.machine import zones
from nightclerk.filing.holder import Holder

SINCE = "2026-11-20 00:00:00.000000"
ALL_FINE = [
    "libraries",
    "time zones",
    "folder",
    "database",
    "ledger",
    "drops",
    "holds",
    "letters",
    "receipts",
    "parked rows",
    "spool",
    "archive",
]


@contextmanager
def unwatched(items: Sequence[Any], _label: str) -> Iterator[Iterator[Any]]:
    yield iter(items)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation in which two files were booked, one after the other, and the letters wait."""
    root = tmp_path_factory.mktemp("doctor")
    with house_desk(root) as desk:
        for number in range(2):
            desk.sources["acme"].put(f"clients_{number}.csv", f"Code;Nom;Solde\n000{number};Dupont;1,50\n".encode())
            assert [run.ending for run in desk.take().runs] == ["imported"]
    (root / "var").chmod(0o750)
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return Path(shutil.copytree(made, tmp_path / "root"))


def visited(root: Path, files: int | None = None, later: timedelta = timedelta()) -> list[Finding]:
    configuration, problems = load(root / "config")
    assert configuration is not None
    assert problems == []
    now = datetime(2026, 11, 21, 3, 0, tzinfo=UTC) + later
    before = picture(root)
    found = list(visit(Visit(configuration, files, now, unwatched)))
    assert picture(root) == before
    return found


def picture(root: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in root.rglob("*")}


def wrong(found: list[Finding]) -> list[tuple[str, str]]:
    return [(one.system, one.sentence) for one in found if one.level != "fine"]


def test_what_agrees_is_fine(root: Path) -> None:
    found = visited(root)
    assert wrong(found) == []
    assert [one.system.split(" /")[0] for one in found] == ALL_FINE
    told = {one.system: one.sentence for one in found}
    assert told["receipts"] == "2 in the database, all known to the ledger, none missing"
    assert told["archive"] == "2 files read, each is what was taken"
    assert told["drops"] == "Nightclerk is not running, 0 drops under way"


def archived(root: Path) -> list[Path]:
    return sorted(path for path in (root / "var/archive").rglob("*") if path.suffix == ".csv")


def test_an_archived_file_that_is_gone_or_was_changed(root: Path) -> None:
    first, second = archived(root)
    first.unlink()
    second.write_bytes(b"something else")
    gone, changed = wrong(visited(root))
    assert gone == ("archive", f"{first} cannot be read in the archive. Restore from the backup what is still wanted.")
    assert changed[1].startswith(f"{second} no longer hold")
    assert wrong(visited(root, files=1)) == [changed]  # the newest alone


def on(root: Path, name: str, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(root / "var" / name)) as connection, connection:
        connection.execute(statement, values)


@pytest.mark.parametrize(
    ("spoil", "part", "sentence", "command"),
    [
        (
            lambda root: on(root, "app.db", "DELETE FROM nightclerk_receipts WHERE id = 1"),
            "receipts",
            "The database has no receipt of run 1, although",
            "nightclerk run 1",
        ),
        (
            lambda root: on(root, "app.db", "INSERT INTO nightclerk_receipts (run_key, attempt, tenant, entity, table_name) "
                            "SELECT substr(run_key, 1, 13) || 'x', 1, tenant, entity, 'x' FROM nightclerk_receipts LIMIT 1"),
            "receipts",
            "The database has 1 receipt of runs that the ledger does not know.",
            None,
        ),
        (
            lambda root: on(root, "ledger.db", "UPDATE drops SET state = 'open', holder = 'dead' WHERE id = 2"),
            "drops",
            "Drop 2 of acme, clients_1.csv, was left by a process that ended. The next round goes on with it.",
            "nightclerk round acme",
        ),
        (
            lambda root: (root / "var/spool/77").mkdir(),
            "spool",
            "what belongs to no drop that is under way (77).",
            "nightclerk round",
        ),
        (lambda root: (root / "var").chmod(0o755), "folder", "Everyone on this machine may look into", "chmod o-rwx "),
        (
            lambda root: on(root, "app.db", "ALTER TABLE customers DROP COLUMN name"),
            "database",
            "has no column name. Add it, or name the right one",
            None,
        ),
        (
            lambda root: on(root, "ledger.db", "UPDATE runs SET ended_at = '2027-01-01 00:00:00.000000' WHERE id = 2"),
            "clock",
            "The last run ended at 2027-01-01 00:00 UTC, which is yet to come",
            "timedatectl status",
        ),
        (
            lambda root: on(root, "ledger.db", "INSERT INTO troubles VALUES ('acme', 'It is away.', ?, ?, 0)", SINCE, SINCE),
            "source",
            "acme, since 2026-11-20 00:00 UTC: It is away.",
            "nightclerk check --connect acme",
        ),
    ],
    ids=["receipt gone", "receipt unknown", "drop left", "spool", "rights", "column", "clock", "trouble"],
)  # fmt: skip
def test_what_does_not_agree_is_named_with_what_to_do(
    root: Path, spoil: Callable[[Path], None], part: str, sentence: str, command: str | None
) -> None:
    spoil(root)
    bad = next(one for one in visited(root) if one.level != "fine")
    assert bad.system.startswith(part)
    assert sentence in bad.sentence
    assert bad.sentence.endswith(".")
    assert (bad.command or "").startswith(command or "")
    assert (bad.command is None) == (command is None)


def test_a_letter_that_waits_for_long(root: Path) -> None:
    assert wrong(visited(root, later=timedelta(hours=22))) == []
    letters = wrong(visited(root, later=timedelta(hours=24)))
    assert len(letters) == 2
    assert letters[0][1].endswith("waits for compta@acme.example since 2026-11-21 02:01 UTC, after 0 tries.")


def test_a_damaged_ledger_is_told_and_the_rest_goes_on(root: Path) -> None:
    file = root / "var/ledger.db"
    data = bytearray(file.read_bytes())
    data[4096 * 3 : 4096 * 3 + 200] = b"\xff" * 200  # the middle of a page
    file.write_bytes(data)
    found = wrong(visited(root))
    assert found
    assert all("ledger" in part or "damaged" in sentence or "cannot" in sentence for part, sentence in found)


def test_a_database_that_is_away_is_one_finding(root: Path) -> None:
    (root / "var/app.db").write_bytes(b"this is no database, whatever its name says" * 100)
    found = visited(root)
    assert {part for part, _ in wrong(found)} == {"database", "receipts", "parked rows"}
    assert "archive" in {one.system for one in found if one.level == "fine"}


def test_before_the_first_run_there_is_little_to_look_at(tmp_path: Path) -> None:
    office(tmp_path)
    assert [one.system.split(" /")[0] for one in visited(tmp_path)] == ALL_FINE[:5]


def test_a_ledger_that_was_lost_is_no_ledger_to_come(root: Path) -> None:
    for path in (root / "var").glob("ledger.db*"):
        path.unlink()
    (lost,) = [one for one in visited(root) if one.level == "wrong"]
    assert lost.system == "ledger"
    assert f"files lie in {root / 'var' / 'archive'}" in lost.sentence
    assert f"there are receipts in {root / 'var' / 'app.db'}" in lost.sentence


def test_a_process_at_work_is_seen(root: Path) -> None:
    holder = Holder(root / "var")
    told = {one.system: one.sentence for one in visited(root)}
    holder.close()
    assert told["drops"] == "1 process of Nightclerk at work, 0 drops under way"


def test_an_unknown_time_zone() -> None:
    tenant = Tenant.model_validate(read(TENANT.encode()).data, by_alias=True, by_name=False)
    assert [one.level for one in zones([tenant])] == ["fine"]
    (bad,) = zones([tenant.model_copy(update={"timezone": "Mars/Olympus"})])
    assert bad.sentence == "The machine has no data for the time zone Mars/Olympus. Install its time zone data."


def test_the_command_ends_with_what_it_found(root: Path) -> None:
    def run(*more: str) -> Any:
        return CliRunner().invoke(doctor_command.command, ["--config", str(root / "config"), *more], standalone_mode=False)

    on(root, "ledger.db", "UPDATE recipients SET state = 'accepted'")  # by our real clock they would wait too long
    good = run()
    assert (good.return_value, good.exception) == (0, None)
    assert "receipts: 2 in the database" in good.output
    (root / "var/spool/77").mkdir()
    bad = run("--all-files")
    assert bad.return_value == 1
    assert "\n  nightclerk round\n" in bad.output
    assert [one["level"] for one in json.loads(run("--json").output)["findings"]].count("wrong") == 1
