"""Real MariaDB servers on the loopback, for tests and trials; needs no pytest.

``mariadb_url()`` is what most tests want: a fresh database on a server that this process starts once and shares. The programs are
the system's (``mariadb-server``); the server is our own child, listens on 127.0.0.1 and in a folder of its own, reads no
configuration but what stands here, runs as an ordinary user when we are root, and ends with this process, however it ends.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymysql

USER = "nightclerk"
PROGRAM = "/usr/sbin/mariadbd"
_SCRIPTS = Path("/usr/share/mysql")
_SETTINGS = {
    "innodb-flush-log-at-trx-commit": "0",  # only a power cut would need it; what kill -9 leaves is in the kernel's hands
    "innodb-buffer-pool-size": "128M",
    "innodb-log-file-size": "96M",
    "default-time-zone": "+10:30",  # nothing may lean on the server's own zone,
    "sql-mode": "ANSI_QUOTES,PIPES_AS_CONCAT,PAD_CHAR_TO_FULL_LENGTH",  # nor on its own ways with SQL
    "transaction-isolation": "SERIALIZABLE",
    "character-set-server": "latin1",
    "performance-schema": "off",
}


@dataclass
class MariadbServer:
    """A running server. base: where its data, socket and log are."""

    base: Path
    port: int
    settings: Mapping[str, str]
    host: str = "127.0.0.1"
    _process: subprocess.Popen[bytes] | None = None
    _databases: int = field(default=0)

    def url(self, database: str = "mysql", port: int | None = None, user: str = USER, password: str = "") -> str:
        """Returns an address over TCP; with ``port`` that of a proxy in front of the server."""
        login = f"{user}:{password}" if password else user
        return f"mariadb://{login}@{self.host}:{port or self.port}/{database}"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("MariaDB is not running")
        return self._process.pid

    def create_database(self) -> str:
        """Makes an empty database and returns its name."""
        self._databases += 1
        name = f"books{self._databases}"
        self.execute(f"CREATE DATABASE {name} CHARACTER SET latin1")  # no table may lean on that either
        return name

    def connection(self, database: str | None = None, **more: Any) -> pymysql.Connection[Any]:
        """Returns a connection as an application has it, which commits each statement by itself."""
        given = {"autocommit": True, "ssl_disabled": True, "connect_timeout": 10, "read_timeout": 60, "charset": "utf8mb4"} | more
        return pymysql.connect(
            host=self.host, port=self.port, user=USER, database=database,
            init_command="SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES'", **given,
        )  # fmt: skip

    def execute(self, statement: str, database: str | None = None) -> None:
        with self.connection(database) as connection, connection.cursor() as cursor:
            cursor.execute(statement)

    def dump(self, database: str) -> str:
        """Returns all of a database as SQL, the numbers that come next included. Two dumps of the same contents are equal."""
        where = ["--host", self.host, "--port", str(self.port), "--user", USER]
        command = ["mariadb-dump", "--no-defaults", *where, "--skip-comments", "--skip-dump-date", "--routines", database]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=_plain_environment(), timeout=60).stdout

    def start(self) -> None:
        """Starts the server (again) on its port and waits until it answers."""
        with (self.base / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_as_ordinary_user(), "--pdeathsig=KILL", *self._command()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.base, start_new_session=True, env=_plain_environment(),
            )  # fmt: skip
        until = time.monotonic() + 30
        while True:
            with contextlib.suppress(pymysql.MySQLError), self.connection():
                return
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"MariaDB does not start: {(self.base / 'log').read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """Kills the server with no chance to tidy up; ``start`` brings it back."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait(30)
            self._process = None

    stop = kill

    def install(self) -> None:
        """Makes the server's own tables, as ``mariadb-install-db`` does, without its help texts."""
        (self.base / "data").mkdir()
        if os.getuid() == 0:
            os.chown(self.base / "data", *_ordinary_user())
        scripts = ["mysql_system_tables.sql", "mysql_system_tables_data.sql"]
        lines = ["create database mysql;", "use mysql;", "SET @auth_root_socket=NULL;"]
        told = "\n".join([*lines, *((_SCRIPTS / name).read_text(encoding="utf-8") for name in scripts), ""])
        done = subprocess.run(
            [*_as_ordinary_user(), *self._command(), "--bootstrap"],
            input=told, text=True, capture_output=True, check=False, cwd=self.base, env=_plain_environment(), timeout=60,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"MariaDB cannot make its tables: {done.stderr[-2000:]}")
        users = [f"CREATE USER IF NOT EXISTS {USER}@'127.0.0.1';", f"GRANT ALL ON *.* TO {USER}@'127.0.0.1' WITH GRANT OPTION;"]
        (self.base / "users.sql").write_text("\n".join(users) + "\n", encoding="utf-8")

    def _command(self) -> list[str]:
        told = {
            "tmpdir": f"{self.base}/data",  # a server that starts sweeps this folder: it is nobody else's
            "datadir": f"{self.base}/data", "socket": f"{self.base}/socket", "pid-file": f"{self.base}/pid",
            "port": f"{self.port}", "bind-address": self.host, "init-file": f"{self.base}/users.sql",
        }  # fmt: skip
        installing = {"init-file"} if not (self.base / "users.sql").exists() else set()
        options = [f"--{name}={value}" for name, value in (told | dict(self.settings)).items() if name not in installing]
        return [PROGRAM, "--no-defaults", "--skip-name-resolve", *options]


@contextlib.contextmanager
def mariadb(settings: Mapping[str, str] | None = None) -> Iterator[MariadbServer]:
    """Given more settings; yields a fresh server. Nothing of it is left afterwards."""
    if not Path(PROGRAM).exists():
        raise RuntimeError("MariaDB is not here: apt-get install mariadb-server.")
    base = Path(tempfile.mkdtemp(prefix="nightclerk-maria-"))
    try:
        if os.getuid() == 0:
            os.chown(base, *_ordinary_user())
        server = MariadbServer(base, _free_port(), _SETTINGS | dict(settings or {}))
        server.install()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(base, ignore_errors=True)


_started: list[MariadbServer] = []
_shared = contextlib.ExitStack()
atexit.register(_shared.close)


def shared_mariadb() -> MariadbServer:
    """Returns this process's own server, started at its first use; ``stop_shared`` ends it, at the latest when we exit."""
    if not _started:
        _started.append(_shared.enter_context(mariadb()))
    return _started[0]


def stop_shared() -> None:
    """Ends the shared server, if there is one."""
    _shared.close()
    _started.clear()


def mariadb_url() -> str:
    """Returns the address of a fresh, empty database on the shared server."""
    server = shared_mariadb()
    return server.url(server.create_database())


def _as_ordinary_user() -> list[str]:
    if os.getuid() != 0:
        return ["setpriv"]
    user, group = _ordinary_user()
    return ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]


def _ordinary_user() -> tuple[int, int]:
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
