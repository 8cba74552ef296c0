"""The fence: each file is read in a child of its own, whose memory and time are watched from outside.

The parent's side. It loads neither polars nor numpy, and believes nothing a child says beyond its type.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any, BinaryIO

from nightclerk.core.errors import NightclerkError, ReaderDiedError, SenderError, WeatherError
from nightclerk.core.reading import Block, Finished, Job, LateRow, Opened, Refused
from nightclerk.core.sentence import Sentence, joined
from nightclerk.formats.fork_server import Child, ForkServer
from nightclerk.formats.pipe import Ask, Failed, LateRows, Message, Nonsense, PackedBlock, Pipe, PipeClosed, unpacked
from nightclerk.formats.watch import MemoryWatch
from nightclerk.formats.wire import SCRATCH_FILES

#: How many late rows are asked for at once.
_ASKED_AT_ONCE = 10_000
#: Room that the scratch files get beyond what they need for the largest number of rows a file can hold.
_SPARE = 64 << 20
_ADVICE = Sentence("It may be damaged, or far larger than usual: look at it, and send it in smaller parts if it is right.")


class Fence:
    """A ``ports.Format`` for delimited text. Several threads may read at once, each its own file.

    memory: the most bytes a child may have resident. unpacked: the most that a file may have once it is unpacked from an archive.
    time: the longest that the parent may wait for a child over one file;
    the time in which the child waits for the parent does not count. scratch: the folder for scratch files, which are never
    seen in it; the system's temporary folder by default. server: a fork server that was started before, which is then closed
    with the fence. Limits are read for each new file, so a reload needs no restart.
    """

    def __init__(
        self,
        memory: int,
        time: timedelta,
        scratch: Path | None = None,
        server: ForkServer | None = None,
        unpacked: int = 512 * 10**6,
    ) -> None:
        self._time = time.total_seconds()
        self._unpacked = unpacked
        self._memory = memory
        self._scratch = scratch
        self._server = server or ForkServer()
        self._watch = MemoryWatch(memory)

    def start(self) -> None:
        """Loads the libraries now, so that the first file need not wait for them."""
        self._server.start()

    def read(self, file: BinaryIO, job: Job) -> FencedReading:
        """Given an open file and a job; returns the reading, which the caller closes. The file may be closed at once.

        Raises OperatorError when no child can be had, WeatherError when the fork server is killed or there is no room for
        scratch files.
        """
        with ExitStack() as kept:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            kept.callback(ours.close)
            with theirs, ExitStack() as handed:
                descriptor = _read_only(file, handed)
                scratch = [handed.enter_context(_scratch_file(self._scratch)).fileno() for _ in range(SCRATCH_FILES)]
                size = os.fstat(descriptor).st_size
                # What an archive holds is not known out here: it gets the room of the largest table that may be in one.
                room = (max(size, self._unpacked) if _may_be_packed(descriptor) else size) * 16 + _SPARE
                child = self._server.child([theirs.fileno(), descriptor, *scratch], room)
            kept.callback(os.close, child.descriptor)
            reading = FencedReading(Pipe(ours), child, self._time, self._memory, self._watch)
            kept.pop_all()
        reading.begin(replace(job, unpacked_bytes=self._unpacked))
        return reading

    @property
    def server_process(self) -> int | None:
        """The fork server's process id, or None while there is none."""
        return self._server.process

    def close(self) -> None:
        """Ends the fork server and all children. The fence may be used again; it then starts a new one."""
        self._server.close()


class FencedReading:
    """A ``ports.Reading``: one child. Used by one thread at a time; ``close`` may come from any."""

    def __init__(self, pipe: Pipe, child: Child, seconds: float, memory: int, watch: MemoryWatch) -> None:
        self._pipe = pipe
        self._child = child
        self._seconds = self._left = seconds
        self._memory = memory
        self._watch = watch
        self._watched: Any = None
        self._lock = threading.Lock()
        self._busy = threading.RLock()
        self._closed = False
        self._failure: NightclerkError | None = None
        self._opened: Opened | None = None
        self._finished: Finished | None = None

    def __enter__(self) -> FencedReading:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, job: Job) -> None:
        """Puts the child under watch and gives it its job."""
        with suppress(ProcessLookupError):  # it died at once; whatever is asked of it will say so
            self._watched = self._watch.add(self._child.process, self._over_memory)
        with suppress(ReaderDiedError, SenderError):  # remembered, and raised by what is asked first
            self._dealing(lambda: self._pipe.send(job, self._left))

    @property
    def process(self) -> int:
        """The child's process id."""
        return self._child.process

    @property
    def opened(self) -> Opened:
        if self._opened is None:
            self._opened = self._receive(Opened)
        return self._opened

    def blocks(self) -> Iterator[Block]:
        """Yields the blocks that were not taken yet."""
        _ = self.opened
        while self._finished is None:
            message = self._receive(PackedBlock, Finished)
            if isinstance(message, Finished):
                self._finished = message
            else:
                yield self._dealing(partial(unpacked, message))

    def finished(self) -> Finished:
        """Returns the last word of the first pass. Blocks that were not taken yet are passed over."""
        for _ in self.blocks():
            pass
        assert self._finished is not None  # noqa: S101 - blocks() ends with it or raises
        return self._finished

    def rows(self, lines: Iterable[int]) -> Iterator[LateRow]:
        self.finished()
        asked = iter(lines)
        while some := list(islice(asked, _ASKED_AT_ONCE)):
            self._send(Ask(some))
            found: list[LateRow] = []
            while not (answer := self._receive(LateRows)).last:
                found += answer.rows
            yield from found

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            _kill(self._child)
        self._pipe.wake()
        with self._busy:  # a descriptor must not vanish under a thread that still waits on it
            self._let_go()

    def _let_go(self) -> None:
        if self._watched is not None:
            self._watch.remove(self._watched)
        self._pipe.close()
        os.close(self._child.descriptor)

    def _send(self, message: Message) -> None:
        self._dealing(lambda: self._pipe.send(message, self._left))

    def _receive(self, *kinds: type[Any]) -> Any:
        message = self._dealing(lambda: self._pipe.receive(*kinds, Refused, Failed, seconds=self._left))
        if isinstance(message, Refused):
            raise self._failed(SenderError(message.code, message.message, message.line))
        if isinstance(message, Failed) and message.full:
            raise self._failed(WeatherError("The disk is full, so there is no room for the scratch files of reading."))
        if isinstance(message, Failed):
            raise self._failed(ReaderDiedError(f"The reader of the file failed: {message.what}."))
        return message

    def _dealing(self, step: Callable[[], Any]) -> Any:
        """Takes one step with the child; what goes wrong there becomes the one failure that all later calls raise too."""
        with self._busy:
            if self._failure is not None:
                raise self._failure
            if self._closed:
                raise self._failed(ReaderDiedError("The reading of the file has been closed."))
            return self._timed(step)

    def _timed(self, step: Callable[[], Any]) -> Any:
        began = time.monotonic()
        try:
            return step()
        except TimeoutError:
            raise self._failed(SenderError("reader_time", _too_slow(self._seconds))) from None
        except PipeClosed:
            told = "The reading of the file has been closed." if self._closed else "The reader of the file ended without a word."
            raise self._failed(ReaderDiedError(told)) from None
        except Nonsense as error:
            raise self._failed(ReaderDiedError(f"The reader of the file sent what is no answer: {error}.")) from None
        finally:
            self._left = max(0.001, self._left - (time.monotonic() - began))

    def _failed(self, failure: NightclerkError) -> NightclerkError:
        """Ends the child and returns why: the first reason that was found."""
        with self._lock:
            self._failure = self._failure or failure
            if not self._closed:
                _kill(self._child)
            return self._failure

    def _over_memory(self) -> None:
        most = self._memory
        told = Sentence("Reading the file needs more than the %(most_bytes)s of memory that are allowed.", most_bytes=most)
        self._failed(SenderError("reader_memory", joined(told, _ADVICE)))


def _kill(child: Child) -> None:
    with suppress(ProcessLookupError):  # it has ended by itself
        signal.pidfd_send_signal(child.descriptor, signal.SIGKILL)


def _scratch_file(folder: Path | None) -> IO[bytes]:
    """Returns an empty file without a name."""
    try:
        return tempfile.TemporaryFile(dir=folder)
    except OSError as error:
        where = folder or Path(tempfile.gettempdir())
        raise WeatherError(f"No scratch file can be made in {where}: {error.strerror}.") from error


def _may_be_packed(descriptor: int) -> bool:
    return os.pread(descriptor, 2, 0) in {b"PK", b"\x1f\x8b"}


def _read_only(file: BinaryIO, handed: ExitStack) -> int:
    """Returns a descriptor of the file through which nothing can be written."""
    descriptor = file.fileno()
    if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
        return descriptor
    again = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)
    handed.callback(os.close, again)
    return again


def _too_slow(seconds: float) -> Sentence:
    if seconds < 120:
        told = Sentence(
            "Reading the file took longer than the %(seconds)s seconds that are allowed.", seconds=Decimal(f"{seconds:.4g}")
        )
    else:
        told = Sentence(
            "Reading the file took longer than the %(minutes)s minutes that are allowed.", minutes=Decimal(f"{seconds / 60:.4g}")
        )
    return joined(told, _ADVICE)
