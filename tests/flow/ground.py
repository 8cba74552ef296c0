"""Where the kill loop happens: five tenants on four kinds of servers, each behind a proxy, a mailbox, a daemon, and senders."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from aiosmtpd.controller import Controller
from tests.e2e.daemon import Site, eventually
from tests.flow.checking import Installation, Sent
from tests.flow.senders import Sender
from tests.flow.stage import Mailbox
from tests.servers.certificates import authority
from tests.servers.ftpd import PlainFtpServer, ftpd
from tests.servers.postgres import PostgresServer
from tests.servers.sshd import SshServer, sshd
from tests.servers.toxic import Toxic, toxic
from tests.servers.vsftpd import FtpServer, vsftpd

DAEMON = """\
database: {database}
ledger: {ledger}
state: var
workers: 2
mail: {{host: 127.0.0.1, port: {mail}, security: none, from: n@example.com, operators: [ops@example.com]}}
"""
TENANT = """\
tenant: {name}
name: {name}
timezone: Europe/Paris
source: {{{source}, archive: {archive}}}
ready: {{unchanged_for: 0.1s{done}}}
schedule: {{every: 1s}}
feeds:
  - feed: clients
    files: "{name}_*.csv"
    entity: customer
    format: {{kind: delimited, delimiter: ";", encoding: utf-8}}
    mapping: {{code: Code, name: Nom, print_as: Nom}}
  - feed: workbooks
    files: "{name}_*.xlsx"
    entity: customer
    format: {{kind: xlsx}}
    mapping: {{code: Code, name: Nom, print_as: Nom}}
report: {{to: compta@acme.example}}
"""
FILED = {"move": "{processed: processed, failed: failed}", "delete": "delete", "leave": "leave"}
#: In a line of the log: that something happened which is nobody's weather.
_FAULTY = ('"exception"', '"level": "error"', "Traceback")
AnyServer = SshServer | FtpServer | PlainFtpServer


@dataclass
class Ground:
    """An installation, its senders, and the ways to its servers by name. books: the PostgreSQL server, if it is on one.

    exits: how daemons ended that we did not kill.
    """

    site: Site
    installation: Installation
    ways: dict[str, Toxic]
    books: PostgresServer | None
    senders: list[Sender] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    exits: list[int] = field(default_factory=list)

    @property
    def tenants(self) -> dict[str, Sent]:
        return {sender.name: sender.sent for sender in self.senders}

    def serve(self) -> subprocess.Popen[bytes]:
        """Returns the daemon's process; starts it if it does not run, as a service manager would."""
        if self.process is not None:
            status = self.process.poll()
            if status is None:
                return self.process
            self.exits.append(status)
        self.starts += 1
        with (self.site.root / "logs" / f"{self.starts:05}").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "nightclerk", "serve", "--config", str(self.site.config)], stdout=log, stderr=log
            )
        return self.process

    def wait_until_told(self, event: str) -> None:
        """Waits until the daemon has told this since its last start, or has ended, but not for long."""
        process, log = self.serve(), self.site.root / "logs" / f"{self.starts:05}"
        eventually(lambda: process.poll() is not None or f'"{event}"'.encode() in log.read_bytes(), within=60)

    def kill(self) -> None:
        """Kills the daemon, wherever it is."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            status = self.process.wait()
            if status != -signal.SIGKILL:  # it had ended by itself
                self.exits.append(status)
            self.process = None

    def faults(self) -> list[str]:
        """Returns what the daemons' logs say that only a fault of the program can be."""
        found = [f"the daemon ended with {status}" for status in self.exits if status != 3]
        for path in sorted((self.site.root / "logs").iterdir()):
            wrong = [line for line in path.read_text().splitlines() if any(word in line for word in _FAULTY)]
            found += [f"in the log {path.name}: {line[:2000]}" for line in wrong]
        return found

    @contextmanager
    def loaded(self) -> Iterator[None]:
        """Files drop as long as this lasts."""
        stop = threading.Event()
        threads = [threading.Thread(target=sender.drop_until, args=(stop,)) for sender in self.senders]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()


@contextmanager
def ground(folder: Path, seed: int, books: PostgresServer | None) -> Iterator[Ground]:
    """Given an empty folder, the seed of the senders, and the PostgreSQL server that is to hold database and ledger, if they are
    not to be SQLite files; yields the installation with its servers running, the daemon not yet."""
    site = Site(folder)
    for name in ("logs", "mails", "authority", "drops"):
        (folder / name).mkdir()
    (folder / "var").chmod(0o700)
    with ExitStack() as stack:
        ways: dict[str, Toxic] = {}

        def way(name: str, port: int) -> int:
            ways[name] = stack.enter_context(toxic("127.0.0.1", port))
            return ways[name].port

        state = folder / "var"
        database, ledger = f"sqlite:///{state}/app.db", f"sqlite:///{state}/ledger.db"
        installation = Installation(state, state / "app.db", state / "ledger.db", folder / "mails")
        if books is not None:
            name = books.create_database()
            database = ledger = books.url(name, port=way("books", books.port))
            installation = Installation(state, books.url(name), books.url(name), folder / "mails")
        made = Ground(site, installation, ways, books)
        mail = way("mail", _mailbox(stack, folder / "mails"))
        (site.config / "nightclerk.yaml").write_text(DAEMON.format(database=database, ledger=ledger, mail=mail))
        trusted = authority(folder / "authority")
        certificate = trusted.sign("127.0.0.1")
        ssh = stack.enter_context(sshd())
        plain = stack.enter_context(ftpd())
        # vsftpd lists in another way and insists on reused sessions, but only root can start it.
        secure = stack.enter_context(vsftpd(certificate) if os.getuid() == 0 else ftpd(certificate))
        keyed = f'username: {ssh.user}, key: {{file: {ssh.key}}}, host_keys: ["{ssh.fingerprint}"]'
        sftp = f"kind: sftp, host: 127.0.0.1, port: {way('sftp', ssh.port)}, {keyed}"
        ftp = f"kind: ftp, insecure: true, {_login(plain, way('ftp', plain.port), folder)}"
        ftps = f"kind: ftps, ca_file: {trusted.ca_file}, {_login(secure, way('ftps', secure.port), folder)}"
        _tenant(made, seed, folder / "drops", None, "kind: folder", "leave")
        _tenant(made, seed, ssh.drop, ssh, sftp, "move", done_files=True, workbooks=True)
        _tenant(made, seed, ssh.drop, ssh, sftp, "delete")
        _tenant(made, seed, plain.drop, plain, ftp, "move", workbooks=True)
        _tenant(made, seed, secure.drop, secure, ftps, "move")
        try:
            yield made
        finally:
            made.kill()


def _tenant(
    made: Ground, seed: int, below: Path, server: AnyServer | None, source: str, filing: str, *,
    done_files: bool = False, workbooks: bool = False,
) -> None:  # fmt: skip
    name = f"t{len(made.senders)}"
    drop = below / name
    drop.mkdir()
    own: Callable[[Path], None] = (lambda path: None) if server is None else server.hand_over
    own(drop)
    place = f"path: {drop}" if server is None else f"folder: {server.folder}/{name}"
    done = ', done_file: "{stem}.ok"' if done_files else ""
    text = TENANT.format(name=name, source=f"{source}, {place}", archive=FILED[filing], done=done)
    (made.site.config / "tenants" / f"{name}.yaml").write_text(text)
    chance = random.Random(f"{seed} {name}")
    made.senders.append(
        Sender(name, Sent(drop, filing), chance, own, made.installation.state / "archive" / name, done_files, workbooks)
    )


def _login(server: FtpServer | PlainFtpServer, port: int, folder: Path) -> str:
    password = folder / f"password-{port}"
    password.write_text(server.password)
    password.chmod(0o600)
    return f"host: 127.0.0.1, port: {port}, username: {server.user}, password: {{file: {password}}}"


def _mailbox(stack: ExitStack, mails: Path) -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    controller = Controller(Mailbox(mails), hostname="127.0.0.1", port=port)
    controller.start()
    stack.callback(controller.stop)
    return port


def backends(server: PostgresServer) -> list[int]:
    """Returns the processes of the server that serve others than us, or none while it is away."""
    try:
        with psycopg.connect(server.url(), connect_timeout=2) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid"
            )
            return [pid for (pid,) in found]
    except psycopg.OperationalError:
        return []
