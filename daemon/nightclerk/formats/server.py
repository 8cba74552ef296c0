"""The fork server: a process without secrets that has polars loaded and never runs it, and forks a child for each file.

Started as ``python -m nightclerk.formats.server`` with its control socket as standard input. What passes
through it stands in ``formats.wire``.
"""

from __future__ import annotations

import ctypes
import fcntl
import gc
import os
import resource
import signal
import socket
from contextlib import suppress

from nightclerk.formats.child import serve
from nightclerk.formats.pipe import Pipe
from nightclerk.formats.warming import warm
from nightclerk.formats.wire import ANSWER, DESCRIPTORS, REQUEST

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_FIRST = 3
_OPEN_FILES = 64
#: This process opens only a handful of files, so none has a higher number.
_MOST_OPEN = 1 << 16


def main() -> None:
    """Answers requests until the control socket is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the daemon, which ends us in its own time
    signal.signal(signal.SIGCHLD, _clear_away)
    libc = ctypes.CDLL(None, use_errno=True)
    control = socket.socket(fileno=os.dup(0))
    _silence()
    warm()
    gc.collect()
    gc.freeze()
    while True:
        request, descriptors, _, _ = socket.recv_fds(control, REQUEST.size, DESCRIPTORS)
        if len(request) != REQUEST.size or len(descriptors) != DESCRIPTORS:
            return
        server = os.getpid()
        # One that is killed at its birth must not be cleared away before its descriptor is there to tell of it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        child = os.fork()
        if child == 0:
            _live(descriptors, REQUEST.unpack(request)[0], server, libc)
        process = os.pidfd_open(child)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        for descriptor in descriptors:
            os.close(descriptor)
        socket.send_fds(control, [ANSWER.pack(child)], [process])
        os.close(process)


def _clear_away(_number: int, _frame: object) -> None:
    """Clears ended children away."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _silence() -> None:
    """Turns the standard streams to nowhere: what a library prints when it breaks may hold cells."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(_FIRST):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _live(descriptors: list[int], scratch_limit: int, server: int, libc: ctypes.CDLL) -> None:
    """The child from its first moment to its end; never returns."""
    code = 1
    try:
        _fence(scratch_limit, server, libc)
        pipe, file, *scratch = _only(descriptors)
        serve(Pipe(socket.socket(fileno=pipe)), file, scratch)
        code = 0
    finally:
        os._exit(code)


def _only(descriptors: list[int]) -> range:
    """Moves the descriptors to the first free places and closes all others."""
    kept = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, _OPEN_FILES * 2) for descriptor in descriptors]
    places = range(_FIRST, _FIRST + len(kept))
    for place, descriptor in zip(places, kept, strict=True):
        os.dup2(descriptor, place, inheritable=False)
    os.closerange(places.stop, min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], _MOST_OPEN))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    return places


def _fence(scratch_limit: int, server: int, libc: ctypes.CDLL) -> None:
    """Ties the child down: it ends with its server, gains no rights, leaves no core, and writes no more than its scratch."""
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != server:
        raise SystemExit(1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (scratch_limit, scratch_limit))


if __name__ == "__main__":
    main()
