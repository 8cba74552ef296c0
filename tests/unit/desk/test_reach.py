"""``check --connect``: each system is reached at once, and what is wrong has its place in the configuration."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.e2e.offices import DAEMON, ENTITY, TENANT, office

from nightclerk.config.configuration import Configuration
from nightclerk.config.load import load
from nightclerk.config.reaching import driver_url
from nightclerk.config.secrets import resolve
from nightclerk.core.errors import NightclerkError, OperatorError, RefusedError, WeatherError
from nightclerk.desk.finding import Finding, Pages
from nightclerk.desk.reach import Doors, reach
from nightclerk.filing.openpgp.decryption import Decryption
from nightclerk.sources.folder import Folder
from nightclerk.sources.memory import Memory
from nightclerk.targets.tables import create_tables

MAIL = "mail:\n  host: smtp.example.com\n  from: n@example.com\n"
SFTP = f"{{kind: sftp, host: sftp.example.com, username: night, password: {{file: secret}}, host_keys: ['SHA256:{'a' * 43}']}}"
KEYS = Decryption(resolve, threading.Event())


class Postbox:
    """A mail server that answers as it is told."""

    def __init__(self, error: NightclerkError | None = None) -> None:
        self.error = error

    def reach(self) -> None:
        if self.error is not None:
            raise self.error


def configured(folder: Path, daemon: str = DAEMON, *, sftp: bool = False, tables: bool = True) -> Configuration:
    tenant = TENANT.replace("{kind: folder, path: drops/acme}", SFTP) if sftp else TENANT
    for name, text in {"nightclerk.yaml": daemon, "entities/customer.yaml": ENTITY, "tenants/acme.yaml": tenant}.items():
        path = folder / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "drops/acme").mkdir(parents=True)
    (folder / "secret").write_text("x")
    (folder / "secret").chmod(0o600)
    configuration, problems = load(folder / "config")
    assert configuration is not None
    assert problems == []
    if tables:
        create_tables(driver_url(configuration.daemon.database), configuration.entities.values())
    return configuration


def reached(configuration: Configuration, source: Memory | Folder | None = None, postbox: Postbox | None = None) -> list[Finding]:
    doors = Doors(lambda name: source or Folder(configuration.tenants[name].source), postbox, KEYS)  # type: ignore[arg-type]
    return reach(configuration, doors, list(configuration.tenants), patience=5)


def fine(findings: list[Finding]) -> list[str]:
    return [f"{one.system}: {one.sentence}" for one in findings if one.level == "fine"]


def wrong(configuration: Configuration, findings: list[Finding]) -> list[str]:
    folder = f"{configuration.folder}/"
    return [str(problem).removeprefix(folder) for problem in Pages(configuration.folder).problems(findings)]


def test_what_is_fine_is_told_in_a_line_for_each_system(tmp_path: Path) -> None:
    configuration = configured(tmp_path, DAEMON + MAIL, sftp=True)
    source = Memory()
    for name in ("a.csv", "b.csv", "c.csv.part"):
        source.put(name, b"x")
    found = reached(configuration, source, Postbox())
    assert wrong(configuration, found) == []
    database, ledger, state, mail, sftp = fine(found)
    assert database == f"database {tmp_path}/var/app.db: the tables of all entities are there and fit (1)"
    assert ledger == f"ledger {tmp_path}/var/ledger.db: not there yet; it is made when the first file is taken"
    assert state.startswith(f"folder {tmp_path}/var: can be used, ")
    assert mail == "mail smtp.example.com:587: reached over STARTTLS, no login wanted"
    assert sftp == "sftp sftp.example.com: acme: logged in as night, 2 files wait in ."
    assert source.closings == 1


def test_each_fault_stands_at_its_line(tmp_path: Path) -> None:
    configuration = configured(tmp_path, DAEMON + MAIL, sftp=True, tables=False)
    source = Memory()
    source.faults.append(OperatorError("The drop folder /x does not exist. Create it, or correct source.folder."))
    postbox = Postbox(WeatherError("The mail server smtp.example.com:587 cannot be reached: refused. It is tried again later."))
    found = reached(configuration, source, postbox)
    assert wrong(configuration, found) == [
        "nightclerk.yaml:2:11  database: The tables nightclerk_receipts, nightclerk_changes, nightclerk_imported and customers "
        f"do not exist in {tmp_path}/var/app.db. Run: nightclerk tables create.",
        "nightclerk.yaml:6:9  mail.host: The mail server smtp.example.com:587 cannot be reached: refused.",
        "tenants/acme.yaml:5:9  source.folder: The drop folder /x does not exist. Create it, or correct source.folder.",
    ]
    assert [one.level for one in found if one.level != "fine"] == ["wrong", "away", "wrong"]
    assert list((tmp_path / "var").glob("*") if (tmp_path / "var").exists() else []) == []  # nothing was made


def test_a_column_that_does_not_fit_stands_at_its_field(tmp_path: Path) -> None:
    configuration = configured(tmp_path)
    with closing(sqlite3.connect(tmp_path / "var/app.db")) as app, app:
        app.execute("ALTER TABLE customers DROP COLUMN email")
    (fault,) = wrong(configuration, reached(configuration))
    assert fault.startswith("entities/customer.yaml:8:10  fields.email: The table customers in ")
    assert "has no column email" in fault


def test_a_secret_that_is_missing_is_told_once_and_its_system_is_not_tried(tmp_path: Path) -> None:
    configuration = configured(tmp_path, sftp=True)
    (tmp_path / "secret").unlink()
    source = Memory()
    found = reached(configuration, source)
    (fault,) = wrong(configuration, found)
    assert fault.startswith(f"tenants/acme.yaml:5:73  source.password: The secret's file {tmp_path}/secret cannot be read: ")
    assert source.closings == 0
    assert not any("sftp" in line for line in fine(found))


def test_what_is_no_plain_file_is_named(tmp_path: Path) -> None:
    configuration = configured(tmp_path, sftp=True)
    source = Memory()
    source.strange = {"link\n": "it is a symbolic link, which is never followed"}
    (fault,) = wrong(configuration, reached(configuration, source))
    assert "link? (it is a symbolic link, which is never followed). Take it out." in fault


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda drops: (drops / "processed").write_text(""), "Files cannot be moved into "),
        (lambda drops: drops.rmdir(), "does not exist. Create it, or correct source.path."),
    ],
)
def test_a_folder_that_files_cannot_be_filed_in(tmp_path: Path, spoil: Callable[[Path], object], sentence: str) -> None:
    configuration = configured(tmp_path)
    spoil(tmp_path / "drops/acme")
    (fault,) = wrong(configuration, reached(configuration))
    assert sentence in fault


class Silent(Memory):
    """A source whose server never answers; closing it wakes up who waits."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    def look(self):  # type: ignore[no-untyped-def]
        while not self.closed:
            time.sleep(0.01)
        raise WeatherError("The connection was given up.")

    def close(self) -> None:
        self.closed = True


class Refusing(Memory):
    """A source whose server does not let us in."""

    def look(self):  # type: ignore[no-untyped-def]
        raise RefusedError("It refused the login.", "nightclerk check acme --connect")


def test_a_refused_login_does_not_send_back_to_the_check_that_found_it(tmp_path: Path) -> None:
    configuration = configured(tmp_path, sftp=True)
    (fault,) = wrong(configuration, reached(configuration, Refusing()))
    assert fault.endswith("It refused the login.")


def test_a_system_that_is_silent_is_given_up(tmp_path: Path) -> None:
    configuration = configured(tmp_path, sftp=True)
    found = reach(configuration, Doors(lambda _: Silent(), None, KEYS), ["acme"], patience=0.4)
    (fault,) = wrong(configuration, found)
    assert fault == "tenants/acme.yaml:5:28  source.host: The sftp sftp.example.com gave no answer within 0.4 s."
    assert [one.level for one in found if one.level != "fine"] == ["away"]


def test_the_command_shows_both_and_ends_with_the_gravest(tmp_path: Path) -> None:
    daemon = DAEMON + "mail: {host: 127.0.0.1, port: 1, security: none, from: n@a.example}\n"
    acme = office(tmp_path, daemon)
    told = acme.run("check", "--connect")
    assert told.returncode == 3
    assert told.stdout.splitlines()[-1].startswith("config/nightclerk.yaml:5:14  mail.host: The mail server 127.0.0.1:1 ")
    assert f"folder {tmp_path}/drops/acme: acme: 0 files wait" in told.stdout
    (tmp_path / "drops/acme").rmdir()
    problems = acme.data("check", "--connect", status=2)["problems"]
    assert [problem["path"] for problem in problems] == ["mail.host", "source.path"]
