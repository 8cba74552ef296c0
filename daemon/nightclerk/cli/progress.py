"""How far long work is: a bar on the terminal's standard error, and nothing where that is no terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import click

if TYPE_CHECKING:
    from nightclerk.core.reading import Block, Finished, Job, LateRow, Opened
    from nightclerk.ports import Format, Reading

_WIDTH = 24
#: Seconds between two pictures of a bar, and before the first one: what is done by then needs none.
_STEP = 0.2
_PIECE = 1 << 20


class Bar:
    """One line of standard error, drawn anew now and then and wiped at the end, so that what follows begins on a clean line."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._next = time.monotonic() + _STEP
        self._longest = 0

    def at(self, done: int, all_of_it: int, instead: str = "") -> None:
        """Given how much is done and of how much; draws that, or where nobody knows how much there is, what stands instead."""
        if time.monotonic() < self._next:
            return
        text = f"{self._label}  {instead}"
        if all_of_it:
            share = min(1.0, done / all_of_it)
            text = f"{self._label}  [{('#' * round(share * _WIDTH)).ljust(_WIDTH, '-')}]  {share:4.0%}"
        click.echo(f"\r{text}", err=True, nl=False)
        self._longest = max(self._longest, len(text))
        self._next = time.monotonic() + _STEP

    def wipe(self) -> None:
        """Takes the line away."""
        if self._longest:
            click.echo("\r" + " " * self._longest + "\r", err=True, nl=False)
            self._longest = 0


def shows() -> bool:
    """Returns whether there is anybody to show a bar to."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def watched(items: Sequence[Any], label: str) -> Iterator[Iterator[Any]]:
    """Given a sequence and what is done with its items; yields the items one by one, while a bar shows how far it is."""
    if not shows():
        yield iter(items)
        return
    bar = Bar(label)
    try:
        yield _followed(items, bar)
    finally:
        bar.wipe()


def _followed(items: Sequence[Any], bar: Bar) -> Iterator[Any]:
    for number, item in enumerate(items):
        bar.at(number, len(items))
        yield item


def shown(reader: Format) -> Format:
    """Given a reader; returns one that shows how far it is, or the very same where nobody would see it."""
    return ShownFormat(reader) if shows() else reader


class ShownFormat:
    """A ``ports.Format`` around another one."""

    def __init__(self, reader: Format) -> None:
        self._reader = reader

    def read(self, file: BinaryIO, job: Job) -> Reading:
        """See ``ports.Format``."""
        return ShownReading(self._reader.read(file, job), _lines_in(file.fileno()))


class ShownReading:
    """A ``ports.Reading`` around another one: each block moves the bar to its last line. lines: how many the file has; those of a
    workbook, or in an archive, are not known, and rows are counted instead."""

    def __init__(self, reading: Reading, lines: int) -> None:
        self._reading = reading
        self._lines = lines
        self._bar = Bar("reading")

    @property
    def opened(self) -> Opened:
        return self._reading.opened

    def blocks(self) -> Iterator[Block]:
        found = self._reading.opened.format
        rows, lines = 0, self._lines if found.sheet is None and found.member is None else 0
        for block in self._reading.blocks():
            yield block
            rows += block.rows
            if block.lines:
                self._bar.at(block.lines[-1], lines, f"{rows:,} rows")
        self._bar.wipe()

    def finished(self) -> Finished:
        return self._reading.finished()

    def rows(self, lines: Iterable[int]) -> Iterator[LateRow]:
        return self._reading.rows(lines)

    def close(self) -> None:
        self._bar.wipe()
        self._reading.close()


def _lines_in(descriptor: int) -> int:
    """How many line ends the file has, as most systems write them; a file of 500 MB is counted in a fraction of a second."""
    count = offset = 0
    while piece := os.pread(descriptor, _PIECE, offset):
        count += piece.count(b"\n")
        offset += len(piece)
    return count
