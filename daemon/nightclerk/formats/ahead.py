"""Sends on a thread of its own, so that a reader child works on while its last blocks still go through the pipe."""

from __future__ import annotations

import queue
import threading
from types import TracebackType

from nightclerk.formats.pipe import Message, Pipe, encoded

#: How many messages wait at most; with the one on its way and the one being made they bound the child's memory.
_WAITING = 2


class Ahead:
    """Sends messages through a pipe, in the order they are given. To be left before the pipe is used by anyone else.

    Leaving waits until everything is sent, also when it is left by an error: what was said before is heard before.
    """

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._waiting: queue.Queue[bytearray | None] = queue.Queue(_WAITING)
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="sending ahead", daemon=True)

    def __enter__(self) -> Ahead:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._waiting.put(None)
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def send(self, message: Message) -> None:
        """Hands over a message. Raises what sending an earlier one raised: PipeClosed when the other end is gone."""
        if self._failure is not None:
            raise self._failure
        self._waiting.put(encoded(message))

    def _run(self) -> None:
        while (frame := self._waiting.get()) is not None:
            if self._failure is not None:
                continue  # nobody hears it any more; who hands over must not be left waiting
            try:
                self._pipe.send_encoded(frame)
            except BaseException as failure:  # noqa: BLE001 - raised again in the thread that hands over
                self._failure = failure
