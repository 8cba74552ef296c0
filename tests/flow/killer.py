"""What kills: chooses by chance whom, finds them from outside, and does it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.flow.ground import Ground, backends

#: Whom to strike, how often compared with the others, and whether by ``kill -9`` (not those that are frozen or cut off).
KINDS = {
    "daemon": (30, True),
    "reader": (24, True),
    "fork server": (8, True),
    "backend": (14, True),
    "postmaster": (7, True),
    "command": (6, True),
    "connection": (9, False),
    "frozen daemon": (4, False),
    "frozen reader": (4, False),
}
_OF_POSTGRESQL = {"backend", "postmaster"}
#: How long to look for one to strike, in seconds: a daemon has to start, and a reader lives for as long as its file is read.
_PATIENCE = 5.0
#: A drop whose readers die three times is put aside, as it should be: one must have time to end between two strikes.
_READERS_APART = 1.0


class Killer:
    """Strikes the ground, one blow after the other. counts: how often each kind hit."""

    def __init__(self, ground: Ground, chance: random.Random) -> None:
        self.counts: Counter[str] = Counter()
        self._ground = ground
        self._chance = chance
        self._kinds = [kind for kind in KINDS if ground.books is not None or kind not in _OF_POSTGRESQL]
        self._reader_struck = 0.0

    @property
    def kills(self) -> int:
        """How many processes got SIGKILL."""
        return sum(count for kind, count in self.counts.items() if KINDS[kind][1])

    def pause(self) -> float:
        """Returns how long to wait before the next blow, in seconds: now hardly at all, now long enough for work to be done."""
        return self._chance.choice([self._chance.uniform(0, 0.5), self._chance.uniform(0.5, 3.0)])

    def strike(self) -> None:
        """Strikes once, whatever is hit; one who is not there is not counted."""
        kind = self._chance.choices(self._kinds, [KINDS[kind][0] for kind in self._kinds])[0]
        hit = {
            "daemon": self._daemon,
            "reader": lambda: self._reader(frozen=False),
            "fork server": self._fork_server,
            "backend": self._backend,
            "postmaster": self._postmaster,
            "command": self._command,
            "connection": self._connection,
            "frozen daemon": self._frozen_daemon,
            "frozen reader": lambda: self._reader(frozen=True),
        }[kind]()
        self.counts[kind] += hit

    def _daemon(self) -> bool:
        """Now and then while it starts or begins; otherwise it is to have done some work, however slow the machine is."""
        told = self._chance.choices([None, "serving", "put_away"], [20, 25, 55])[0]
        if told is not None:
            self._ground.wait_until_told(told)
            time.sleep(self._chance.uniform(0, 2))
        self._ground.kill()
        return True

    def _frozen_daemon(self) -> bool:
        process = self._ground.serve()
        with _frozen(process.pid):
            time.sleep(self._chance.uniform(0.3, 3.0))
            if self._ground.books is not None and self._chance.random() < 0.5:  # it wakes up to connections that broke
                self._postmaster()
        return True

    def _reader(self, frozen: bool) -> bool:
        time.sleep(max(0.0, self._reader_struck + _READERS_APART - time.monotonic()))
        reader = _found(lambda: [child for server in self._fork_servers() for child in _children(server)])
        if reader is None:
            return False
        if frozen:
            with _frozen(reader):
                time.sleep(self._chance.uniform(0.3, 3.0))
            return True
        self._reader_struck = time.monotonic()
        return _kill(reader)

    def _fork_server(self) -> bool:
        server = _found(self._fork_servers)
        return server is not None and _kill(server)

    def _backend(self) -> bool:
        books = self._ground.books
        assert books is not None
        backend = _found(lambda: self._chance.sample(serving := backends(books), len(serving)))
        return backend is not None and _kill(backend)

    def _postmaster(self) -> bool:
        assert self._ground.books is not None
        self._ground.books.kill()
        time.sleep(self._chance.uniform(0.2, 2.0))
        self._ground.books.start()
        return True

    def _command(self) -> bool:
        """A person takes files by hand, beside the daemon."""
        with (self._ground.site.root / "logs" / f"command{self.counts.total():05}").open("wb") as log:
            line = [sys.executable, "-m", "nightclerk", "--config", str(self._ground.site.config), "round"]
            process = subprocess.Popen(line, stdout=log, stderr=log)
        with suppress(subprocess.TimeoutExpired):
            process.wait(self._chance.uniform(1.0, 5.0))
        process.kill()
        return process.wait() == -signal.SIGKILL

    def _connection(self) -> bool:
        way = self._ground.ways[self._chance.choice(sorted(self._ground.ways))]
        way.cut_after = way.passed
        way.refuse = self._chance.random() < 0.5
        time.sleep(self._chance.uniform(0.05, 1.0))
        way.heal()
        return True

    def _fork_servers(self) -> list[int]:
        return [child for child in _children(self._ground.serve().pid) if b"nightclerk.formats.server" in _command(child)]


def _found(processes: Callable[[], list[int]]) -> int | None:
    """Returns the first one as soon as there is any, or None when there is none for too long."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        for process in processes():
            return process
        time.sleep(0.001)
    return None


@contextmanager
def _frozen(process: int) -> Iterator[None]:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGCONT)


def _kill(process: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
        return True
    return False


def _children(process: int) -> list[int]:
    found: list[int] = []
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{process}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def _command(process: int) -> bytes:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ")
    return b""
