"""The ledger on PostgreSQL: all that it does on SQLite, and what only a server can do to it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.servers.postgres import PostgresServer, postgres, shared_server
from tests.servers.toxic import toxic
from tests.unit.ledger.test_claims import *  # noqa: F403 - the same tests, with the fixture ``ledger`` below
from tests.unit.ledger.test_outbox import *  # noqa: F403
from tests.unit.ledger.test_runs import *  # noqa: F403

from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.ledger.engine import Ledger, Resident, open_ledger
from nightclerk.ledger.postgresql import Postgresql
from nightclerk.ledger.tables import installation, metadata
from nightclerk.ledger.upgrade import VERSION_TABLE

pytestmark = pytest.mark.server("postgres")


@pytest.fixture(scope="module")
def server() -> PostgresServer:
    return shared_server()


@pytest.fixture(scope="module")
def standing(server: PostgresServer) -> Iterator[Ledger]:
    """On a database whose owner chose other ways than most."""
    name = server.create_database()
    for setting in ("default_transaction_isolation = 'serializable'", "synchronous_commit = off"):
        server.execute(f"ALTER DATABASE {name} SET {setting}")
    opened = open_ledger(server.url(name))
    yield opened
    opened.close()


@pytest.fixture
def ledger(standing: Ledger) -> Ledger:
    """One ledger for all, emptied before each test: that is ten times as fast as a new one."""
    names = ", ".join(table.name for table in metadata.sorted_tables)
    with standing.writing() as connection:
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY")
    return standing


@pytest.fixture
def url(server: PostgresServer) -> str:
    return server.url(server.create_database())


def asked(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement).fetchall()  # type: ignore[arg-type]


def hasty(url: str, wait: float = 0.3, limit: float = 1.0) -> Ledger:
    store = Postgresql(sa.make_url(url), wait, limit=limit)
    opened = Ledger(store, store.engines())
    opened.open()
    return opened


def test_migrations_and_tables_agree(ledger: Ledger) -> None:
    with ledger.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert [d for d in differences if VERSION_TABLE not in str(d)] == []


def test_it_lives_beside_an_application_with_tables_of_the_same_names(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as theirs:
        for table in ("runs", "issues", "alembic_version"):
            theirs.execute(f"CREATE TABLE {table} (version_num text)")  # type: ignore[arg-type]
            theirs.execute(f"INSERT INTO {table} VALUES ('theirs')")  # type: ignore[arg-type]
    for _ in range(2):
        opened = open_ledger(url)
        opened.installation()
        opened.close()
    assert asked(url, "SELECT * FROM public.alembic_version UNION ALL SELECT * FROM public.runs") == [("theirs",)] * 2
    assert asked(url, "SELECT count(*) FROM nightclerk.installation") == [(1,)]


def test_the_address_may_name_another_schema(url: str) -> None:
    elsewhere = f"{url}?options=-csearch_path%3Dnight"
    with pytest.raises(OperatorError, match="has no schema night"):
        open_ledger(elsewhere)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA night")
    open_ledger(elsewhere).close()
    assert asked(url, "SELECT count(*) FROM night.runs") == [(0,)]


def test_several_that_start_at_once_make_one_ledger(url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        ledgers = list(pool.map(lambda _: open_ledger(url), range(4)))
        names = set(pool.map(lambda one: one.installation(), ledgers))
    for one in ledgers:
        one.close()
    assert len(names) == 1


def test_writers_wait_for_one_another_and_see_what_was_committed(ledger: Ledger) -> None:
    """A hundred decisions made on what was read: none on stale rows."""
    name = ledger.installation()

    def add(_: int) -> None:
        with ledger.writing() as connection:
            seen = connection.execute(sa.select(installation.c.resident_words)).scalar() or "0"
            connection.execute(installation.update().values(resident_words=str(int(seen) + 1)))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(add, range(100)))
    with ledger.reading() as connection:
        assert connection.execute(sa.select(installation.c.id, installation.c.resident_words)).one() == (name, "100")
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        sessions = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'nightclerk' AND datname = current_database()"
        ).scalar_one()
    assert sessions <= 10


def test_who_does_not_get_the_lock_in_time_meets_weather(url: str) -> None:
    first, second = open_ledger(url), hasty(url)
    with first.writing():
        began = time.monotonic()
        with pytest.raises(WeatherError, match=r"cannot be used at the moment \(canceling statement due to lock timeout\)"):
            second.installation()
        assert time.monotonic() - began < 2
        with second.reading() as connection:
            assert connection.execute(sa.select(installation)).all() == []
    second.installation()
    first.close()
    second.close()


def test_a_reading_sees_one_state_and_cannot_write(ledger: Ledger) -> None:
    with ledger.reading() as connection:
        assert connection.execute(sa.select(installation)).all() == []
        ledger.installation()
        assert connection.execute(sa.select(installation)).all() == []
    with pytest.raises(WeatherError, match="read-only"), ledger.reading() as connection:
        connection.execute(installation.delete())


def test_a_frozen_writer_loses_the_lock_and_what_it_wrote(url: str) -> None:
    frozen, other = hasty(url), open_ledger(url)
    name = other.installation()

    def write() -> None:
        with frozen.writing() as connection:
            connection.execute(installation.delete())
            time.sleep(1.3)
            other.installation()
            connection.execute(sa.select(installation))

    with pytest.raises(WeatherError):
        write()
    assert frozen.installation() == name
    frozen.close()
    other.close()


def test_a_server_that_was_restarted_costs_nothing_and_one_that_is_away_is_weather(server: PostgresServer) -> None:
    with postgres(server.programs) as own:
        opened = open_ledger(own.url())
        name = opened.installation()
        for end in (own.stop, own.kill):
            end()
            with pytest.raises(WeatherError, match="check that its server runs"):
                opened.installation()
            own.start()
            assert opened.installation() == name
        opened.close()


def test_a_server_that_falls_silent_is_weather(url: str, server: PostgresServer) -> None:
    with toxic("127.0.0.1", server.port) as way:
        opened = hasty(url.replace(f":{server.port}/", f":{way.port}/"))

        def write() -> None:
            with opened.writing() as connection:
                way.hole_after = way.passed
                connection.execute(sa.select(installation))

        began = time.monotonic()
        with pytest.raises(WeatherError, match="does not answer"):
            write()
        assert time.monotonic() - began < 5
        way.heal()
        opened.installation()
        opened.close()


def test_what_ops_must_mend_is_told_so_without_any_password(url: str, server: PostgresServer) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN")
    guest = url.replace("//nightclerk@", "//guest:hunter2@")
    with pytest.raises(OperatorError, match="CREATE SCHEMA nightclerk AUTHORIZATION guest;"):
        open_ledger(guest)
    with pytest.raises(OperatorError, match=r"does not let us in: .*database \"nowhere\" does not exist"):
        open_ledger(server.url("nowhere", password="hunter2"))
    with pytest.raises(OperatorError, match=r"does not let us in: .*SSL"):
        open_ledger(f"{url}?sslmode=require")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(WeatherError) as away:
        open_ledger(server.url("books", port=port, password="hunter2"))
    shown: BaseException | None = away.value
    while shown is not None:
        assert "hunter2" not in f"{shown} {shown!r}"
        shown = shown.__cause__


HERE, THERE = Resident("a", "desk, state folder /a"), Resident("b", "shelf, state folder /b")


def test_one_machine_at_a_time_works_with_a_ledger(url: str) -> None:
    first = open_ledger(url, resident=HERE)
    beside = open_ledger(url, resident=HERE)
    onlooker = open_ledger(url)
    with pytest.raises(OperatorError, match="is in use by the Nightclerk on desk, state folder /a"):
        open_ledger(url, resident=THERE)
    first.close()
    with pytest.raises(OperatorError, match="is in use"):
        open_ledger(url, resident=THERE)
    beside.close()
    open_ledger(url, resident=THERE).close()
    onlooker.close()


def test_a_machine_that_lost_the_ledger_meanwhile_writes_nothing_more(url: str) -> None:
    """The server was restarted, or the network was cut: nobody holds the first one's lock for a moment."""
    cut_off = open_ledger(url, resident=HERE)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'nightclerk'")
        moved = open_ledger(url, resident=THERE)
    with pytest.raises(OperatorError, match="was taken over by the Nightclerk on shelf"):
        cut_off.installation()
    cut_off.close()
    moved.installation()
    moved.close()
