"""A stage for the crash harness: a real SFTP server, a real mail server, a configuration, and the corridor as a process."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from aiosmtpd.controller import Controller
from tests.flow.witness import Upload, Witness
from tests.servers import commands
from tests.servers.sshd import SshServer, sshd

from nightclerk.config.load import load
from nightclerk.config.reaching import driver_url
from nightclerk.targets.tables import create_tables

DAEMON = """
database: {database}
ledger: {ledger}
state: var
mail:
  host: 127.0.0.1
  port: {port}
  security: none
  from: Nightclerk <nightclerk@example.com>
  operators: [ops@example.com]
"""
ENTITY = """
entity: customer
table: customers
key: [code]
fields:
  code: {type: text, max_length: 50}
  name: {type: text, required: true}
  balance: {type: money}
"""
TENANT = """
tenant: acme
name: Acme SARL
timezone: Europe/Paris
source:
  kind: sftp
  host: 127.0.0.1
  port: {port}
  username: {user}
  key: {{file: {key}}}
  host_keys: ["{fingerprint}"]
  folder: {folder}
ready: {{unchanged_for: {unchanged_for}}}
feeds:
  - feed: clients
    files: "clients*.csv"
    entity: customer
    decimal: ","
    mapping: {{code: Code, name: Nom, balance: Solde}}
report:
  to: compta@acme.example
"""


class Mailbox:
    """Keeps every letter it accepts as a file, named in order of arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        self.count += 1
        (self.folder / f"{self.count:04}.eml").write_bytes(envelope.original_content)
        return "250 kept"


@dataclass
class Stage:
    """One installation of Nightclerk with a server to fetch from and a mailbox to write to."""

    folder: Path
    server: SshServer
    witness: Witness

    @property
    def acts(self) -> Path:
        return self.folder / "acts"

    def run(
        self,
        kill_at: int | None = None,
        mistake: str = "none",
        timeout: float = 60,
        approve: bool = False,
        undo: int | None = None,
        statements: bool = False,
    ) -> int:
        """Runs the corridor in a process until all is quiet or it is killed; returns its exit status. approve: what is held.
        undo: the run that is taken back then. statements: each one that writes is a moment."""
        self.acts.unlink(missing_ok=True)
        command = [str(self.folder / "config"), str(self.acts)]
        command += ["--mistake", mistake] + ([] if kill_at is None else ["--kill-at", str(kill_at)])
        command += ["--approve"] if approve else []
        command += [] if undo is None else ["--undo", str(undo)]
        command += ["--statements"] if statements else []
        environment = {**os.environ, "NIGHTCLERK_TEST_DROP": str(self.server.drop)}
        done = commands.run(command, Path(__file__).parents[2], environment, timeout, program="tests.flow.corridor")
        # A planted mistake may well never come to rest: the witness then says what it left behind.
        if done.returncode not in {0, -9} and mistake in {"none", "torn_upload", "poison"}:
            raise AssertionError(f"the corridor ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done.returncode

    def moments(self) -> list[str]:
        """Returns the moments of the last run, in order."""
        return self.acts.read_text().splitlines()

    def upload(self, upload: Upload) -> None:
        """Uploads a file whole."""
        self.server.put(upload.name, upload.content)

    def reset(self) -> None:
        """Empties the server, the state, both databases and the mailbox."""
        for path in self.server.drop.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.rmtree(self.folder / "var", ignore_errors=True)
        shutil.rmtree(self.server.drop.parent / "torn", ignore_errors=True)
        for path in self.witness.mails.iterdir():
            path.unlink()
        for place in {self.witness.database, self.witness.ledger}:
            if isinstance(place, str):
                empty(place)
        configuration, problems = load(self.folder / "config")
        assert configuration is not None, problems
        assert not problems, [str(problem) for problem in problems]
        (self.folder / "var").mkdir()
        create_tables(driver_url(configuration.daemon.database), configuration.entities.values())


def empty(address: str) -> None:
    """Given the address of a database on a PostgreSQL server; takes everything out of it."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS nightclerk CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public")


@contextmanager
def stage(folder: Path, unchanged_for: str = "0.05s", database: str | None = None, ledger: str | None = None) -> Iterator[Stage]:
    """Given an empty folder; yields the stage with its servers running. database, ledger: addresses on a PostgreSQL server,
    where they are not to be SQLite files."""
    mails = folder / "mails"
    (folder / "config" / "tenants").mkdir(parents=True)
    (folder / "config" / "entities").mkdir()
    mails.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    controller = Controller(Mailbox(mails), hostname="127.0.0.1", port=port)
    with sshd() as server:
        controller.start()
        try:
            (folder / "config" / "nightclerk.yaml").write_text(
                DAEMON.format(port=port, database=database or "sqlite:///var/app.db", ledger=ledger or "sqlite:///var/ledger.db")
            )
            (folder / "config" / "entities" / "customer.yaml").write_text(ENTITY)
            (folder / "config" / "tenants" / "acme.yaml").write_text(
                TENANT.format(
                    port=server.port,
                    user=server.user,
                    key=server.key,
                    fingerprint=server.fingerprint,
                    folder=server.folder,
                    unchanged_for=unchanged_for,
                )
            )
            state = folder / "var"
            witness = Witness(server.drop, state, database or state / "app.db", ledger or state / "ledger.db", mails)
            made = Stage(folder, server, witness)
            made.reset()
            yield made
        finally:
            controller.stop()
