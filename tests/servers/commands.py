"""The commands of the product as processes of their own, without the second that each would load its libraries.

A server that has loaded what ``nightclerk`` loads, and has run none of it, forks a process for each command: with its own folder,
environment, descriptors and exit status, to be killed like any other. That the program starts by itself is proven where that
is the question (``tests/unit/cli``, ``tests/drift/test_help.py``, ``tests/e2e/daemon.py``); everything else asks ``run``.

One server for each process that runs tests, started when the first command is asked for. ``python -m tests.servers.commands`` is
the server, with its control socket as standard input.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Lock
from typing import IO, NoReturn

ROOT = Path(__file__).parents[2]
PRODUCT = "nightclerk.cli"
#: What is loaded beforehand: most of what commands load, nothing that has threads of its own.
LOADED = (
    *("nightclerk.cli.terminal", "nightclerk.wiring", "nightclerk.desk.output", "nightclerk.desk.standing"),
    *("nightclerk.work.recover", "nightclerk.work.round", "nightclerk.work.undo", "nightclerk.work.decide"),
    *("nightclerk.sources.folder", "nightclerk.sources.sftp", "nightclerk.channels.email", "tests.flow.corridor"),
)
#: Request, standard input, output, errors, and where the answer goes.
_DESCRIPTORS = 5


class Commands:
    """One server. For several threads at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def run(
        self,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str] | None = None,
        timeout: float = 60,
        program: str = PRODUCT,
    ) -> subprocess.CompletedProcess[str]:
        """Given a command's arguments, and the folder and environment (ours by default) to run it in; runs it to its end and
        returns its status and what it wrote. program: the module whose ``main`` is run.

        Raises subprocess.TimeoutExpired, after it has killed the command.
        """
        asked = {
            "program": program,
            "arguments": [*arguments],
            "folder": str(folder),
            "environment": {**(environment or os.environ)},
        }
        with ExitStack() as files:
            request, output, errors = (files.enter_context(tempfile.TemporaryFile()) for _ in range(3))
            request.write(json.dumps(asked).encode())
            request.flush()
            nothing = files.enter_context(Path(os.devnull).open("rb"))
            status = self._ended([request, nothing, output, errors], arguments, timeout)
            return subprocess.CompletedProcess([program, *arguments], status, _text(output), _text(errors))

    def _ended(self, files: list[IO[bytes]], arguments: Sequence[str], timeout: float) -> int:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            with theirs, self._lock:
                socket.send_fds(self._running(), [b"run"], [*(file.fileno() for file in files), theirs.fileno()])
            ours.settimeout(timeout)
            process = int(ours.recv(32))
            try:
                return int(ours.recv(32))
            except TimeoutError:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
                raise subprocess.TimeoutExpired([*arguments], timeout) from None

    def _running(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._server = subprocess.Popen([sys.executable, "-m", __name__], cwd=ROOT, stdin=theirs.fileno())
        return self._control

    def stop(self) -> None:
        """Ends the server, if there is one."""
        if self._control is not None and self._server is not None:
            self._control.close()
            self._server.wait(10)
        self._control = self._server = None


_SHARED = Commands()


def run(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    timeout: float = 60,
    program: str = PRODUCT,
) -> subprocess.CompletedProcess[str]:
    """As ``Commands.run``, of the server that all tests of this process share."""
    return _SHARED.run(arguments, folder, environment, timeout, program)


def stop_shared() -> None:
    """Ends the server that all tests of this process share."""
    _SHARED.stop()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode().replace("\r\n", "\n")


def _serve() -> None:
    """The server: forks a watcher for each request, which forks the command and tells its process id and its status."""
    control = socket.socket(fileno=os.dup(0))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for watchers
    for module in LOADED:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    while True:
        request, descriptors, _, _ = socket.recv_fds(control, 16, _DESCRIPTORS)
        if not request:
            return
        if os.fork() == 0:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _watch(descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _watch(descriptors: list[int]) -> NoReturn:
    asked, nothing, output, errors, answer = descriptors
    command = os.fork()
    if command == 0:
        for stream, descriptor in enumerate((nothing, output, errors)):
            os.dup2(descriptor, stream)
        request = json.loads(os.pread(asked, os.fstat(asked).st_size, 0))
        os.closerange(3, max(descriptors) + 1)
        _live(**request)
    os.write(answer, str(command).encode())
    status = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
    with suppress(OSError):  # who asked has given up
        os.write(answer, str(status).encode())
    os._exit(0)


def _live(program: str, arguments: list[str], folder: str, environment: dict[str, str]) -> NoReturn:
    """The command from its first moment: everything as a new process would find it. Ends as the program ends."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [program, *arguments]
    sys.exit(importlib.import_module(program).main())


if __name__ == "__main__":
    _serve()
