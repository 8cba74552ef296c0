"""Unpacks a part on a thread of its own, while what was unpacked before is read: unpacking holds no lock of Python's."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from itertools import islice

#: How many chunks come without a thread: who only looks at the beginning needs no more.
_ALONE = 2


def unpacked_ahead(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Given chunks that take time to make; yields them, each made while the one before is in use.

    Raises what making them raises.
    """
    yield from islice(chunks, _ALONE)
    ahead = _Ahead(chunks)
    try:
        yield from ahead
    finally:
        ahead.close()


class _Ahead:
    """One chunk waits at most, so that memory stays that of three."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._waiting: queue.Queue[bytes | BaseException | None] = queue.Queue(1)
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="unpacking ahead", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[bytes]:
        while (made := self._waiting.get()) is not None:
            if isinstance(made, BaseException):
                raise made
            yield made

    def close(self) -> None:
        """Ends the thread, whatever it is doing."""
        self._closed = True
        while self._thread.is_alive():
            try:
                self._waiting.get(timeout=0.01)
            except queue.Empty:
                continue
        self._thread.join()

    def _run(self) -> None:
        try:
            for chunk in self._chunks:
                self._waiting.put(chunk)
                if self._closed:
                    return
        except BaseException as failure:  # noqa: BLE001 - raised again where the chunks are used
            self._waiting.put(failure)
            return
        self._waiting.put(None)
