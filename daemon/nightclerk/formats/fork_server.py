"""The parent's side of the fork server: starts it with a scrubbed environment, asks it for children, replaces it when it dies."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import nightclerk
from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError
from nightclerk.formats.wire import ANSWER, REQUEST

#: A server that is up answers in a few milliseconds; one that starts needs a second for its libraries.
_ANSWER_SECONDS = 60.0
#: One whose control socket is closed has ended, or is about to.
_ENDING_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Child:
    """A reader child: its process id, and an open descriptor of its process, which the holder closes."""

    process: int
    descriptor: int


def scrubbed_environment() -> dict[str, str]:
    """Returns the whole environment of the fork server and its children: nothing of ours but where the program lies, and
    whether polars may look at the processor, which it does by code that a sandbox may forbid (MemoryDenyWriteExecute)."""
    handed_on = {name: os.environ[name] for name in ("POLARS_SKIP_CPU_CHECK",) if name in os.environ}
    return handed_on | {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(nightclerk.__file__).parent.parent),
        "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "POLARS_MAX_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


class ForkServer:
    """One fork server, started with the first child it is asked for. For several threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._last_words: IO[bytes] | None = None

    def child(self, descriptors: list[int], scratch_limit: int) -> Child:
        """Given the descriptors of a pipe's end, the file and the scratch files; returns a new child that holds copies of them.

        Raises OperatorError when the server cannot be started, WeatherError when it is killed again and again.
        """
        with self._lock:
            for attempt in (1, 2):
                try:
                    return self._ask(descriptors, scratch_limit)
                except (OSError, EOFError) as error:
                    killed = self._was_killed()
                    words = self._stop()
                    if attempt == 2:
                        raise _explained(words, killed) from error
            raise AssertionError("unreachable")

    @property
    def process(self) -> int | None:
        """The server's process id, or None while there is none."""
        running = self._process
        return running.pid if running is not None else None

    def start(self) -> None:
        """Starts the server now and does not wait for it, so that it loads its libraries while the caller goes on. May be called
        at any time."""
        with self._lock:
            self._running()

    def close(self) -> None:
        """Ends the server and with it all its children. The next child starts a new one."""
        with self._lock:
            self._stop()

    def _ask(self, descriptors: list[int], scratch_limit: int) -> Child:
        control = self._running()
        socket.send_fds(control, [REQUEST.pack(scratch_limit)], descriptors)
        answer, passed, _, _ = socket.recv_fds(control, ANSWER.size, 1)
        if len(answer) != ANSWER.size or len(passed) != 1:
            for descriptor in passed:
                os.close(descriptor)
            raise EOFError
        return Child(ANSWER.unpack(answer)[0], passed[0])

    def _running(self) -> socket.socket:
        if self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        self._stop()
        with ExitStack() as undo:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            undo.callback(ours.close)
            words = undo.enter_context(tempfile.TemporaryFile())
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "nightclerk.formats.server"],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=words.fileno(),
                    env=scrubbed_environment(),
                    cwd="/",
                    close_fds=True,
                    start_new_session=True,
                )
            undo.pop_all()
        ours.settimeout(_ANSWER_SECONDS)
        self._control, self._last_words = ours, words
        return ours

    def _was_killed(self) -> bool:
        """Given that the server does not answer any more; returns whether somebody else killed it."""
        if self._process is None:
            return False
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_ENDING_SECONDS)
        return self._process.returncode == -signal.SIGKILL

    def _stop(self) -> str:
        """Ends the server; returns what it had said last."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            # It keeps nothing, its children end with it, and one that is still loading its libraries would not listen yet.
            self._process.kill()
            self._process.wait()
            self._process = None
        words = ""
        if self._last_words is not None:
            self._last_words.seek(0)
            words = self._last_words.read().decode("utf-8", "backslashreplace").strip()
            self._last_words.close()
            self._last_words = None
        return words


def _explained(words: str, killed: bool) -> NightclerkError:
    if killed:
        return WeatherError(
            "The process that reads files was killed from outside before it could begin, as the kernel does when memory is "
            "short. If it stays so, see what else runs on this machine."
        )
    said = f" It said: {words.splitlines()[-1][:200]}" if words else ""
    return OperatorError(
        f"The process that reads files cannot be started, so no file can be read; the installation may be damaged.{said}"
    )
