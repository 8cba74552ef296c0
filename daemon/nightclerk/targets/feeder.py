"""Pieces of work that one thread does in their order, so that a file is read on while the server takes in what was read."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Piece = TypeVar("Piece")
#: So many pieces may wait. One is enough to keep the server busy; more would only take memory.
_WAITING = 1


class Feeder(Generic[Piece]):
    """work: does one piece. While pieces are under way nobody else may use what it uses; ``finish`` waits for all of them."""

    def __init__(self, work: Callable[[Piece], None]) -> None:
        self._work = work
        self._pieces: queue.Queue[Piece | None] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    def put(self, piece: Piece) -> None:
        """Hands on a piece; waits while enough are waiting. Raises what an earlier piece raised."""
        if self._failure is not None:
            self.finish()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="nightclerk-feeder", daemon=True)
            self._thread.start()
        self._pieces.put(piece)

    def finish(self) -> None:
        """Waits until all pieces are done. Raises what one of them raised, once."""
        if self._thread is not None:
            self._pieces.put(None)
            self._thread.join()
            self._thread = None
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def stop(self, interrupt: Callable[[], None]) -> None:
        """Given what breaks a piece off that is under way; ends without doing those that wait. Raises nothing of theirs."""
        if self._thread is None:
            return
        self._failure = self._failure or InterruptedError()
        interrupt()
        self._pieces.put(None)
        self._thread.join()
        self._thread = None

    def _run(self) -> None:
        while (piece := self._pieces.get()) is not None:
            if self._failure is None:
                try:
                    self._work(piece)
                except BaseException as error:  # noqa: BLE001 - whatever it is: it is raised to the one who hands on the next piece
                    self._failure = error
