"""Where the databases are: addresses taken apart and put together again, and passwords that are shown nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.unit.config.configurations import loaded, write

from nightclerk.cli import main
from nightclerk.config.reaching import driver_url
from nightclerk.core.database import Address, Database, address
from nightclerk.core.errors import OperatorError

CA = "/etc/ssl/ca.pem"


@pytest.mark.parametrize(
    ("written", "whole", "place"),
    [
        ("postgresql://u@localhost/app", "postgresql+psycopg://u:s%2Fe%40c@localhost/app", "app on localhost"),
        ("postgresql+psycopg://u@[::1]:5433/app", "postgresql+psycopg://u:s%2Fe%40c@[::1]:5433/app", "app on ::1:5433"),
        (
            "postgresql:///app?host=/run/postgresql&port=5433",
            "postgresql+psycopg://:s%2Fe%40c@/app?host=/run/postgresql&port=5433",
            "app on /run/postgresql:5433",
        ),
        (
            "postgresql://u%40x@db.example.com/my%20app",
            f"postgresql+psycopg://u%40x:s%2Fe%40c@db.example.com/my%20app?sslmode=verify-full&sslrootcert={CA}",
            "my app on db.example.com",
        ),
        (
            "postgresql://u@db/app?sslmode=require",
            "postgresql+psycopg://u:s%2Fe%40c@db/app?sslmode=require",
            "app on db",
        ),
        (
            "postgresql://u@db/app?sslmode=verify-ca&sslrootcert=/own.pem&options=-csearch_path%3Dnight",
            "postgresql+psycopg://u:s%2Fe%40c@db/app?sslmode=verify-ca&sslrootcert=/own.pem&options=-csearch_path%3Dnight",
            "app on db",
        ),
        ("sqlite:///var/a%25b.db", "sqlite:///var/a%25b.db", "var/a%b.db"),
    ],
)
def test_an_address_is_what_the_driver_is_given(written: str, whole: str, place: str) -> None:
    read = address(written)
    assert read.for_driver("s/e@c", CA) == whole
    assert read.place == place
    assert address(str(read)) == read
    assert sa.make_url(whole).database == read.database


@pytest.mark.parametrize("written", ["postgresql://u:hunter2@h/app", "postgresql://u@h/app?password=hunter2"])
def test_a_password_in_an_address_works_and_is_a_warning_that_does_not_repeat_it(tmp_path: Path, written: str) -> None:
    daemon = f"database: {{url: '{written}'}}\nledger: {written}\n"
    configuration, lines = loaded(tmp_path, {}, daemon)
    assert configuration is not None
    sentence = (
        "warning: a password stands in this address, where everyone who reads the file sees it; take it out, and say where it is "
        "kept, as in {url: ADDRESS, password: {env: DB_PASSWORD}}, or {file: PATH}, or {credential: NAME}."
    )
    assert lines == [f"nightclerk.yaml:1:17  database.url: {sentence}", f"nightclerk.yaml:2:9  ledger: {sentence}"]
    assert sa.make_url(driver_url(configuration.daemon.database)).password == "hunter2"
    for shown in (repr(configuration), configuration.daemon.model_dump_json(), str(configuration.daemon.database.url)):
        assert "hunter2" not in shown


def test_check_prints_the_warning_and_succeeds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = write(tmp_path, {}, "database: postgresql://u:hunter2@h/app\n")
    assert main(["--config", str(config), "check"]) == 0
    told = capsys.readouterr().out
    assert "database: warning: a password stands in this address" in told
    assert main(["--config", str(config), "check", "--json"]) == 0
    as_json = capsys.readouterr().out
    assert [sorted(problem) for problem in json.loads(as_json)["problems"]] == [["column", "file", "line", "message", "path"]]
    assert "hunter2" not in told + as_json


def test_the_password_is_looked_up_where_it_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("p/w\n")
    (tmp_path / "secret").chmod(0o600)
    daemon = (
        "database: {url: 'postgresql://u@h/app?sslrootcert=ca.pem', password: {file: secret}, lock_wait: 5s}\n"
        "ledger: {url: 'postgresql://u@127.0.0.1/app', password: {env: DB_PASSWORD}}\n"
    )
    configuration, lines = loaded(tmp_path, {}, daemon)
    assert lines == []
    assert configuration is not None
    assert driver_url(configuration.daemon.database) == (
        f"postgresql+psycopg://u:p%2Fw@h/app?sslrootcert={tmp_path}/ca.pem&sslmode=verify-full"
    )
    assert configuration.daemon.database.lock_wait.total_seconds() == 5
    with pytest.raises(OperatorError, match="DB_PASSWORD is not set"):
        driver_url(configuration.daemon.ledger)
    monkeypatch.setenv("DB_PASSWORD", "x")
    assert driver_url(configuration.daemon.ledger) == "postgresql+psycopg://u:x@127.0.0.1/app"


def test_a_plain_database_is_written_as_plain_text_again() -> None:
    assert Database(url=Address("sqlite", "var/app.db")).model_dump() == "sqlite:///var/app.db"
    whole = Database.model_validate({"url": "postgresql://u@h/app", "lock_wait": "1m"})
    assert Database.model_validate(whole.model_dump()) == whole


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("mysql://app@localhost/app", "mysql+pymysql://app@localhost/app"),
        ("mysql+pymysql://app@127.0.0.1:3307/app", "mysql+pymysql://app@127.0.0.1:3307/app"),
        ("mariadb://app@db/app", "mariadb+pymysql://app@db/app?ssl_ca=ca.pem&ssl_verify_identity=true"),
        ("mariadb://app@db/app?ssl_verify_cert=true", "mariadb+pymysql://app@db/app?ssl_verify_cert=true&ssl_ca=ca.pem"),
        ("mariadb://app@db/app?ssl_disabled=true", "mariadb+pymysql://app@db/app?ssl_disabled=true"),
        ("mariadb:///app?unix_socket=/run/mysqld/mysqld.sock", "mariadb+pymysql:///app?unix_socket=/run/mysqld/mysqld.sock"),
    ],
)
def test_a_mariadb_server_on_another_machine_proves_who_it_is(written: str, whole: str) -> None:
    assert address(written).for_driver(None, "ca.pem") == whole


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("mysql+mysqldb://app@db/app", "by its own driver; write mysql://"),
        ("mariadb://app@db", "the database's name is missing"),
        ("mariadb://app@db/app?sslmode=require", "no setting .*sslmode.* for MariaDB"),
        ("mysql://app@db/app?ssl_disabled=maybe", "ssl_disabled must be true or false"),
    ],
)
def test_what_is_no_mariadb_address_is_told(written: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        address(written)


def test_the_ledger_is_never_kept_on_mariadb(tmp_path: Path) -> None:
    _, problems = loaded(tmp_path, {}, "database: mariadb://app@localhost/app\nledger: mariadb://app@localhost/app\n")
    assert any("the ledger is kept in an SQLite file or on PostgreSQL" in problem for problem in problems)
