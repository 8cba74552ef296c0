"""Where the demonstration books: what stands in its configuration, what it refuses, and what is left of a server of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from tests.servers.postgres import postgres_url

from nightclerk.config.load import load
from nightclerk.core.database import address
from nightclerk.core.entity import Entity
from nightclerk.core.errors import OperatorError
from nightclerk.demo.application import Application
from nightclerk.demo.copying import Secrets
from nightclerk.demo.database import open_place
from nightclerk.demo.postgresql import postgresql
from nightclerk.targets.tables import create_tables

CONFIG = Path(__file__).parents[2] / "config"
ROWS = [
    {
        "code": "00417",
        "name": "Ünda",
        "active": "true",
        "payment_days": "30",
        "balance": "-12.5000",
        "since": "2020-02-29",
        "notes": "",
    },
    {"code": "00418", "name": "B", "active": "", "payment_days": "", "balance": "", "since": "", "notes": "x, y"},
]


@pytest.fixture
def customer() -> Entity:
    configuration, _ = load(CONFIG)
    return configuration.entities["customer"]


@pytest.fixture
def kept(tmp_path: Path) -> Secrets:
    return Secrets(tmp_path / "credentials")


def test_files_of_the_stage_by_default(tmp_path: Path, kept: Secrets) -> None:
    with open_place("sqlite", tmp_path, kept) as place:
        assert place.given == ""
        assert (place.setting, place.ledger) == ("sqlite:///var/app.db", "sqlite:///var/ledger.db")
        assert place.url == f"sqlite:///{tmp_path}/var/app.db"
    assert kept.environment == {}


def test_a_server_of_its_own_wants_its_password_and_leaves_nothing(tmp_path: Path, kept: Secrets) -> None:
    with open_place("postgresql", tmp_path, kept) as place:
        (password,) = kept.environment.values()
        assert password not in place.setting
        assert place.given == f"NIGHTCLERK_DEMO_DATABASE_PASSWORD={password} "
        with Application(place.url) as application:
            assert application.tables() == []
        with Application(place.url.replace(password, "wrong")) as application, pytest.raises(Exception, match="password"):
            application.tables()
        engine = create_engine(place.url)
        with engine.connect() as connection:
            folder = Path(str(connection.execute(text("SHOW data_directory")).scalar_one())).parent
        engine.dispose()
        assert folder.name.startswith("nightclerk-demo-postgresql-")
    assert not folder.exists()


def test_a_server_that_does_not_start_says_why_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with pytest.raises(OperatorError, match="initdb said"), postgresql(""):
        pytest.fail("a server without a password")


@pytest.mark.parametrize("running", [True, False])
def test_a_start_that_fails_says_why_and_leaves_no_server_running(tmp_path: Path, running: bool) -> None:
    with postgresql("x") as real:
        programs = tmp_path / "package" / "installed" / "bin"
        programs.mkdir(parents=True)
        for program in real.programs.iterdir():
            (programs / program.name).symlink_to(program)
        controls = programs / "pg_ctl"
        controls.unlink()
        starts = f'"{real.programs}/pg_ctl" "$@"; ' if running else ""
        script = f'if [ "$1" = start ]; then {starts}echo "tired in $PWD."; exit 1; fi; exec "{real.programs}/pg_ctl" "$@"'
        controls.write_text(f"#!/bin/sh\n{script}\n")
        controls.chmod(0o755)
        with pytest.raises(OperatorError, match="pg_ctl said 'tired in") as failed, postgresql("x", programs):
            pytest.fail("it said that it did not start")
        (folder,) = re.findall(r"tired in (/\S+)\.'", str(failed.value))
        assert not Path(folder).exists()
        assert [process for process in Path("/proc").glob("[0-9]*") if _works_in(process, folder)] == []


def _works_in(process: Path, folder: str) -> bool:
    try:
        return str((process / "cwd").readlink()).startswith(folder)
    except OSError:  # it is gone, or its folder is
        return False


def test_an_empty_database_that_is_named(tmp_path: Path, kept: Secrets, customer: Entity) -> None:
    url = str(replace(address(postgres_url()), password=None))
    with open_place(url.replace("nightclerk@", "nightclerk:s%40cret@"), tmp_path, kept) as place:
        assert place.setting == f'{{url: "{url}", password: {{env: NIGHTCLERK_DEMO_DATABASE_PASSWORD}}}}'
        assert kept.environment == {"NIGHTCLERK_DEMO_DATABASE_PASSWORD": "s@cret"}
        assert place.given == "NIGHTCLERK_DEMO_DATABASE_PASSWORD=*** "
        create_tables(place.url, [customer])
    with pytest.raises(OperatorError, match="is not empty"), open_place(url, tmp_path, kept):
        pytest.fail("it would write into somebody's database")


@pytest.mark.parametrize("chosen", ["mysql", "sqlite:///x.db", "mysql://db/app", "postgresql://db"])
def test_what_cannot_be_used_is_told(tmp_path: Path, kept: Secrets, chosen: str) -> None:
    with pytest.raises(OperatorError, match="takes sqlite, postgresql, or the address"), open_place(chosen, tmp_path, kept):
        pytest.fail("no such database")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_rows_come_back_as_they_were_entered(tmp_path: Path, kept: Secrets, customer: Entity, kind: str) -> None:
    (tmp_path / "var").mkdir()
    with open_place(kind if kind == "sqlite" else postgres_url(), tmp_path, kept) as place:
        create_tables(place.url, [customer])
        with Application(place.url) as application:
            application.enter("acme", customer, ROWS)
            application.enter("other", customer, ROWS[:1])
            assert application.rows("acme", customer, list(ROWS[0])) == [tuple(row.values()) for row in ROWS]
            assert application.rows("acme", customer, ["code"], 1) == [("00417",)]
            assert (application.count("acme", customer), application.count("other", customer)) == (2, 1)
