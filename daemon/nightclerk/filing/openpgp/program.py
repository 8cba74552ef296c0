"""Runs GnuPG: fixed arguments, secrets through nameless memory, an agent of its own that never outlives it, a deadline."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nightclerk.core.decrypted import Said
from nightclerk.core.errors import OperatorError, StoppingError

_PROGRAMS = ("gpg", "gpg-agent")
_FIXED = (
    "--no-options", "--batch", "--no-tty", "--no-autostart", "--disable-dirmngr", "--no-auto-key-locate",
    "--no-auto-check-trustdb", "--trust-model", "always", "--pinentry-mode", "loopback",
)  # fmt: skip
#: The agent holds the private key while the program runs. It is started around it, so that it ends with it even if we are killed.
#: It would measure at each start how slow it can make the guessing of passphrases; this home is gone within seconds.
_AGENT = (
    "--no-options", "--quiet", "--disable-scdaemon", "--allow-loopback-pinentry", "--s2k-count", "65536",
    "--no-detach", "--daemon",
)  # fmt: skip
#: Bytes of words for programs that no honest file brings forth.
_MOST_WORDS = 4 * 1024 * 1024
_STATUS = "[GNUPG:] "
#: Seconds that processes which were killed may take to be gone.
_GONE = 2.0


class TooSlowError(Exception):
    """The time that the program was given is over."""


class TooMuchSaidError(TooSlowError):
    """It said, or wrote, more than any honest file makes it."""


@dataclass(frozen=True, slots=True)
class Gpg:
    """GnuPG with a home of its own. home: its folder, by a path of at most 80 bytes, or its sockets would have no room.

    seconds: what each run may take. stop: set when the house is to close; a run under way is then given up.
    """

    home: Path
    seconds: float
    stop: threading.Event

    def run(self, arguments: Sequence[str], given: bytes = b"", into: BinaryIO | None = None, most: int | None = None) -> Said:
        """Given arguments and what stands on its standard input; runs it to its end and returns what it said.

        into: takes what it writes, at most ``most`` bytes and a little. Raises OperatorError when the program is not installed,
        StoppingError, TooSlowError and TooMuchSaidError.
        """
        programs = [_program(name) for name in _PROGRAMS]
        home = ("--homedir", str(self.home))
        with ExitStack() as kept:
            standard, status, errors = (kept.enter_context(_nameless(name)) for name in ("given", "status", "errors"))
            standard.write(given)
            standard.seek(0)
            alive, theirs = os.pipe()
            kept.callback(os.close, alive)
            process = subprocess.Popen(
                [programs[1], *home, *_AGENT, programs[0], *home, *_FIXED, "--status-fd", str(status.fileno()), *arguments],
                stdin=standard,
                stdout=into if into is not None else subprocess.DEVNULL,
                stderr=errors,
                pass_fds=(status.fileno(), theirs),
                env={"PATH": os.defpath, "LC_ALL": "C", "HOME": str(self.home)},
                cwd=self.home,
                start_new_session=True,
            )
            os.close(theirs)
            try:
                self._wait(process, [(status, _MOST_WORDS), (errors, _MOST_WORDS)], into, most)
            finally:
                _end(process, alive)
                for socket in self.home.glob("S.*"):
                    socket.unlink()  # the next agent would ask there whether another one runs
            return Said(process.returncode, _words(status), _read(errors).decode("utf-8", "replace"))

    def _wait(
        self, process: subprocess.Popen[bytes], talk: list[tuple[BinaryIO, int]], into: BinaryIO | None, most: int | None
    ) -> None:
        until = time.monotonic() + self.seconds
        bounded = talk + ([(into, most + _MOST_WORDS)] if into is not None and most is not None else [])
        while True:
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                if self.stop.is_set():
                    raise StoppingError from None
                if time.monotonic() > until:
                    raise TooSlowError from None
                if any(os.fstat(file.fileno()).st_size > bound for file, bound in bounded):
                    raise TooMuchSaidError from None
            else:
                return


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise OperatorError(
            f"Files that are encrypted with OpenPGP need GnuPG, and there is no program {name} on this machine; install it.",
            "apt-get install gnupg",
        )
    return found


@contextmanager
def _nameless(name: str) -> Iterator[BinaryIO]:
    """A file in memory that no other process can find, and that is never written to a disk by us."""
    with os.fdopen(os.memfd_create(name), "w+b", buffering=0) as file:
        yield file


def _read(file: BinaryIO) -> bytes:
    return os.pread(file.fileno(), _MOST_WORDS, 0)


def _words(status: BinaryIO) -> tuple[tuple[str, ...], ...]:
    lines = _read(status).decode("utf-8", "replace").split("\n")
    return tuple(tuple(line.removeprefix(_STATUS).split(" ")) for line in lines if line.startswith(_STATUS))


def _end(process: subprocess.Popen[bytes], alive: int) -> None:
    """Kills what still runs of the program and its agent, which have a group for themselves, and waits until they are gone.

    alive: a pipe whose other end they hold, all of them.
    """
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    select.select([alive], [], [], _GONE)
    # Whose parent has ended becomes the child of the machine's first process, which may be us in a container.
    with suppress(ChildProcessError):
        os.waitpid(-process.pid, os.WNOHANG)
