"""``Undoing`` in SQL: the open transaction around a run that is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from nightclerk.core.reading import Block
from nightclerk.core.undo import RowUndone
from nightclerk.targets.undo import UndoWork


class SqlUndoing:
    """``Undoing``: used by one thread. explained: turns what the driver raises into our errors; commit, let_go: end the
    transaction, and the connection."""

    def __init__(
        self,
        work: UndoWork,
        explained: Callable[[], AbstractContextManager[None]],
        commit: Callable[[], None],
        let_go: Callable[[], None],
    ) -> None:
        self._work = work
        self._explained = explained
        self._commit = commit
        self._let_go = let_go

    def needs_file(self) -> bool:
        with self._explained():
            return self._work.needs_file()

    def made(self, block: Block) -> list[RowUndone]:
        with self._explained():
            return self._work.made(block)

    def others(self) -> Iterator[list[RowUndone]]:
        with self._explained():
            yield from self._work.others()

    def book(self, receipt: dict[str, Any]) -> None:
        with self._explained():
            self._work.finish(receipt)
        self._commit()
        self._let_go()

    def abandon(self) -> None:
        self._let_go()
