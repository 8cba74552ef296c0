"""Which processes are alive: each holds a lock on a file of its own, and the kernel lets go of it when the process ends."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from nightclerk.filing.durable import make_folder

#: Seconds after which a file that never got its name was left by a process that died in that instant.
_ABANDONED = 3600.0


class Holder:
    """This process, as a claim names it. ``close`` (or the end of the process, however it ends) lets go of all its claims."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "holders"
        make_folder(self._folder)
        self.name = secrets.token_hex(8)
        self._path = self._folder / f"{self.name}.lock"
        # Locked before it has its name: whoever sees the name and no lock may say that the process is dead.
        unnamed = self._folder / f".{self.name}"
        self._descriptor = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        unnamed.rename(self._path)
        self._sweep()

    def alive(self, name: str) -> bool:
        """Given a holder's name from a claim; returns whether that process still runs. The file of a dead one is removed."""
        if name == self.name:
            return True
        path = self._folder / f"{Path(name).name}.lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            path.unlink(missing_ok=True)
            return False
        finally:
            os.close(descriptor)

    def _sweep(self) -> None:
        """Removes what dead processes left: their files, and those of processes that died before they had a name."""
        for path in self._folder.iterdir():
            if path.suffix == ".lock":
                self.alive(path.stem)
                continue
            with suppress(FileNotFoundError):  # it got its name meanwhile
                if time.time() - path.lstat().st_mtime > _ABANDONED:
                    path.unlink()

    def close(self) -> None:
        """Lets go. May be called twice."""
        if self._descriptor >= 0:
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = -1


def residence(state: Path) -> str:
    """Given the state folder; returns what is equal for just those processes that see each other's holders alive: the machine and
    the folder on it, however it is spelled. Raises OSError."""
    try:
        machine = Path("/etc/machine-id").read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        machine = ""  # a container has none, and a name of its own
    folder = state.stat()
    return f"{os.uname().nodename} {machine} {folder.st_dev}:{folder.st_ino}"


def holders(state: Path) -> dict[str, bool]:
    """Given the state folder; returns the processes that have a file there, each with whether it still runs. Changes nothing."""
    found = {}
    for path in sorted((state / "holders").glob("*.lock")):
        with suppress(FileNotFoundError):  # it ended meanwhile, in order
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
                found[path.stem] = False
            except BlockingIOError:
                found[path.stem] = True
            finally:
                os.close(descriptor)
    return found


class OnlyOne:
    """A lock that one process (and one thread in it) can have at a time, such as that of the one who posts letters."""

    def __init__(self, state: Path, name: str) -> None:
        make_folder(state)
        self._path = state / f"{name}.lock"
        self._descriptor: int | None = None

    def try_take(self) -> bool:
        """Returns whether it was free and is ours now."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def let_go(self) -> None:
        """Frees it again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
