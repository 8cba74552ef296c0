"""Tenants with databases of their own: each is booked where it belongs, one that is away costs the others nothing, and a drop
whose tenant moves ends where it was begun."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.e2e.daemon import Site
from tests.flow.houses import Desk, HandClock

from nightclerk.channels.memory import Memory as Mailbox
from nightclerk.cli.tables import command as tables
from nightclerk.config.configuration import Configuration
from nightclerk.config.load import load
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.desk.doctor import Visit, visit
from nightclerk.desk.reach import reach
from nightclerk.ledger.runs import Runs
from nightclerk.sources.memory import Memory
from nightclerk.wiring import open_doors, open_house
from nightclerk.work.recover import recover
from nightclerk.work.undo import undo

HEAD = "Code;Nom\n"
FILE = f"{HEAD}A;Anna\nB;Bert\n"


class Yard:
    """An installation whose tenants may be given databases. The sources stay as they are from one opening to the next."""

    def __init__(self, root: Path, *tenants: str) -> None:
        self.root = root
        self.site = Site(root)
        self.clock = HandClock()
        self.sources = {name: Memory() for name in tenants}
        for name in tenants:
            self.site.tenant(name, unchanged_for="30s")

    def move(self, tenant: str, file: str | None) -> None:
        """Gives the tenant a database of its own, or none."""
        path = self.site.config / "tenants" / f"{tenant}.yaml"
        kept = [line for line in path.read_text().splitlines() if not line.startswith("database:")]
        path.write_text("\n".join([*kept, *([f"database: sqlite:///var/{file}"] if file else [])]) + "\n")

    def tables(self) -> None:
        tables.main(["create", "--config", str(self.site.config)], standalone_mode=False)

    def configuration(self) -> Configuration:
        configuration, problems = load(self.site.config)
        assert configuration is not None
        assert problems == []
        return configuration

    @contextmanager
    def open(self) -> Iterator[Desk]:
        with capture_logs(), open_house(self.configuration()) as house:
            house.clock, house.source_of, house.channel = self.clock, self.sources.__getitem__, Mailbox()
            yield Desk(house, self.clock, self.sources)

    def names(self, file: str) -> dict[str, str]:
        return dict(self.asked(file, "SELECT code, name FROM customers ORDER BY code"))

    def receipts(self, file: str) -> int:
        return int(self.asked(file, "SELECT count(*) FROM nightclerk_receipts")[0][0])

    def asked(self, file: str, question: str) -> list[Any]:
        with closing(sqlite3.connect(self.root / "var" / file)) as database:
            return database.execute(question).fetchall()

    def findings(self) -> list[tuple[str, str]]:
        found = visit(Visit(self.configuration(), 0, self.clock.now(), lambda things, _: nullcontext(iter(things))))
        return [(one.level, one.sentence) for one in found if one.system == "receipts"]


class DyingRuns:
    """The runs, until one is to be recorded: then the process is gone for the rest of its work."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._runs, name)

    def record(self, *_: Any) -> None:
        raise WeatherError("The ledger is locked.")


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    made = Yard(tmp_path, "acme", "beta")
    made.move("beta", "beta.db")
    made.tables()
    return made


def test_each_tenant_is_booked_where_it_belongs(yard: Yard) -> None:
    with yard.open() as at:
        for name, rows in (("acme", FILE), ("beta", f"{HEAD}Z;Zoe\n")):
            at.sources[name].put("clients_1.csv", rows.encode())
            assert [run.ending for run in at.take(name).runs] == ["imported"]
    assert (yard.names("app.db"), yard.names("beta.db")) == ({"A": "Anna", "B": "Bert"}, {"Z": "Zoe"})
    assert (yard.receipts("app.db"), yard.receipts("beta.db")) == (1, 1)
    assert yard.findings() == [("fine", "2 in the database, all known to the ledger, none missing")]


def test_where_all_tenants_share_a_database_nothing_more_is_asked_of_anybody(tmp_path: Path) -> None:
    class Never:
        """The notes of where drops were begun; nobody is to ask for them or to keep any."""

    yard = Yard(tmp_path, "acme")
    yard.tables()
    with yard.open() as at:
        at.house.beginnings = Never()  # type: ignore[assignment]
        at.house.target_at = None  # type: ignore[assignment]  # another target is not asked for either
        at.sources["acme"].put("clients_1.csv", FILE.encode())
        assert [run.ending for run in at.take().runs] == ["imported"]


def test_each_database_is_reached_once_and_each_fault_stands_in_the_file_that_names_it(yard: Yard) -> None:
    yard.move("acme", "acme.db")
    configuration = yard.configuration()
    with open_doors(configuration) as doors:
        found = [one for one in reach(configuration, doors, ["acme", "beta"]) if one.system.startswith("database")]
        assert [(Path(one.system).name, one.level, one.file) for one in found] == [
            ("acme.db", "wrong", "tenants/acme.yaml"),
            ("beta.db", "fine", "tenants/beta.yaml"),
        ]
        assert found[0].command == "nightclerk tables create"
        [only] = [one for one in reach(configuration, doors, ["beta"]) if one.system.startswith("database")]
        assert only.file == "tenants/beta.yaml"


def test_a_database_that_is_away_costs_the_others_nothing(yard: Yard) -> None:
    (yard.root / "var/beta.db").unlink()
    (yard.root / "var/beta.db").mkdir()
    with yard.open() as at:
        for name in ("beta", "acme"):
            at.sources[name].put("clients_1.csv", FILE.encode())
        beta, acme = at.take("beta"), at.take("acme")
        assert (beta.runs, acme.trouble) == ((), None)
        assert beta.trouble is not None
        assert "beta.db" in beta.trouble
        assert [run.ending for run in acme.runs] == ["imported"]
        (yard.root / "var/beta.db").rmdir()
        yard.tables()
        runs = [*at.round("beta", hours=2).runs, *at.round("beta", minutes=1).runs]
        assert [run.ending for run in runs] == ["imported"]
    assert yard.names("beta.db") == {"A": "Anna", "B": "Bert"}


@pytest.mark.parametrize(("before", "after"), [("beta.db", "new.db"), ("beta.db", None), (None, "beta.db")])
def test_what_was_booked_before_the_tenant_moved_is_not_booked_again(yard: Yard, before: str | None, after: str | None) -> None:
    yard.move("beta", before)
    with yard.open() as at:
        at.house.runs = DyingRuns(at.house.runs)  # type: ignore[assignment]  # as in a crash after the commit point
        at.sources["beta"].put("clients_1.csv", FILE.encode())
        assert at.take("beta").runs == ()
    yard.move("beta", after)
    yard.tables()
    with yard.open() as at:
        (run,) = recover(at.house)
        assert (run.ending, run.counts.created, run.attempt) == ("imported", 2, 1)
        assert len(at.letters("report")) == 1
    assert yard.names(before or "app.db") == {"A": "Anna", "B": "Bert"}
    assert (yard.names(after or "app.db"), yard.receipts(after or "app.db")) == ({}, 0)
    assert [level for level, _ in yard.findings()] == ["fine"]


def test_what_was_not_booked_before_the_tenant_moved_is_booked_where_it_is_now(yard: Yard) -> None:
    with yard.open() as at, closing(sqlite3.connect(yard.root / "var/beta.db")) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("ALTER TABLE customers RENAME TO elsewhere")
        at.sources["beta"].put("clients_1.csv", FILE.encode())
        assert at.take("beta").trouble is not None
    yard.move("beta", "new.db")
    yard.tables()
    with yard.open() as at:
        at.house.runs = DyingRuns(at.house.runs)  # type: ignore[assignment]  # and once more, after the commit point
        assert recover(at.house) == ()
    yard.move("beta", None)
    with yard.open() as at:
        (run,) = recover(at.house)
        assert (run.ending, run.counts.created) == ("imported", 2)
    assert (yard.names("new.db"), yard.receipts("new.db")) == ({"A": "Anna", "B": "Bert"}, 1)
    assert (yard.receipts("beta.db"), yard.receipts("app.db"), yard.names("app.db")) == (0, 0, {})


def test_a_former_database_that_cannot_be_asked_keeps_the_drop_waiting(yard: Yard) -> None:
    with yard.open() as at:
        at.house.runs = DyingRuns(at.house.runs)  # type: ignore[assignment]
        at.sources["beta"].put("clients_1.csv", FILE.encode())
        at.take("beta")
    yard.move("beta", None)
    (yard.root / "var/beta.db").rename(yard.root / "var/kept")
    (yard.root / "var/beta.db").mkdir()
    with yard.open() as at:
        assert recover(at.house) == ()
        trouble = at.round("beta", hurry=True).trouble
        assert trouble is not None
        assert "beta.db" in trouble
        (yard.root / "var/beta.db").rmdir()
        (yard.root / "var/kept").rename(yard.root / "var/beta.db")
        (run,) = at.round("beta", hours=2).runs
        assert run.ending == "imported"
    assert yard.names("app.db") == {}


def test_a_drop_under_way_ends_where_it_began_and_the_next_goes_where_the_tenant_is_now(yard: Yard) -> None:
    class Moving:
        """The target; as it is asked for rows, the configuration is taken up in which the tenant has moved."""

        def __init__(self, at: Desk, target: Any) -> None:
            self._at = at
            self._target = target

        def __getattr__(self, name: str) -> Any:
            return getattr(self._target, name)

        def begin(self, *what: Any) -> Any:
            yard.move("acme", "new.db")
            yard.tables()
            self._at.house.take(yard.configuration())
            self._at.house.source_of = yard.sources.__getitem__
            return self._target.begin(*what)

    with yard.open() as at:
        at.house.target = Moving(at, at.house.target)
        at.sources["acme"].put("clients_1.csv", FILE.encode())
        (run,) = at.take("acme").runs
        assert run.ending == "imported"
        assert (yard.names("app.db"), yard.names("new.db")) == ({"A": "Anna", "B": "Bert"}, {})
        at.sources["acme"].put("clients_2.csv", FILE.encode())
        (again,) = at.take("acme").runs
        assert (again.ending, again.counts.created) == ("imported", 2)  # there it is no duplicate
        assert yard.names("new.db") == {"A": "Anna", "B": "Bert"}


def test_a_run_is_undone_where_its_tenant_is_and_refused_where_it_is_not(yard: Yard) -> None:
    with yard.open() as at:
        at.sources["beta"].put("clients_1.csv", FILE.encode())
        (run,) = at.take("beta").runs
    yard.move("beta", "new.db")
    yard.tables()
    with yard.open() as at, pytest.raises(OperatorError, match="receipt"):
        undo(at.house, run.id, lambda rows: None)
    yard.move("beta", "beta.db")
    with yard.open() as at:
        assert undo(at.house, run.id, lambda rows: None).tally.reverted == {"deleted": 2}
    assert yard.names("beta.db") == {}


def test_an_undo_that_was_booked_before_the_tenant_moved_is_recorded(yard: Yard) -> None:
    with yard.open() as at:
        at.sources["beta"].put("clients_1.csv", FILE.encode())
        (run,) = at.take("beta").runs
    with yard.open() as at:
        undos = at.house.undos

        class DyingUndos:
            def __getattr__(self, name: str) -> Any:
                return getattr(undos, name)

            def record(self, *_: Any) -> None:
                raise WeatherError("The ledger is locked.")

        at.house.undos = DyingUndos()  # type: ignore[assignment]
        with pytest.raises(WeatherError):
            undo(at.house, run.id, lambda rows: None)
    assert yard.names("beta.db") == {}
    yard.move("beta", "new.db")
    yard.tables()
    with yard.open() as at:
        recover(at.house)
        stands = at.house.runs.get(run.id)
        assert stands is not None
        assert stands.undone_by is not None


def test_a_wrong_password_of_one_tenants_database_is_that_tenants_trouble(yard: Yard) -> None:
    path = yard.site.config / "tenants" / "beta.yaml"
    yard.move("beta", None)
    own = "database: {url: postgresql://app@127.0.0.1:9/app, password: {file: nowhere}}\n"
    path.write_text(path.read_text() + own)
    with yard.open() as at:
        for name in ("beta", "acme"):
            at.sources[name].put("clients_1.csv", FILE.encode())
        beta, acme = at.take("beta"), at.take("acme")
        assert beta.trouble is not None
        assert "nowhere" in beta.trouble
        assert [run.ending for run in acme.runs] == ["imported"]
