"""The records of an XML export: its row elements as frames of text."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.core.element_path import Steps, row_steps, written_from
from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.format import Xml
from nightclerk.core.reading import FormatFound, Job
from nightclerk.core.sentence import Sentence
from nightclerk.formats.frame import CellFault, Rows, Shape
from nightclerk.formats.header import Header
from nightclerk.formats.records import Opening
from nightclerk.formats.xml.rows_found import Candidate, candidates, first_row
from nightclerk.formats.xml.source import xml_text
from nightclerk.formats.xml.store import Block, Store
from nightclerk.formats.xml.tree import Tree, shown_columns
from nightclerk.formats.xml.walk import Walk

_MOST_NAMED = 10


class XmlRecords:
    """The ``Records`` of an XML file. It is read once, from its first element to its last, before anything is said of it."""

    def __init__(
        self, file: int, scratch: int, job: Job, declared: Xml | None, feed: Feed | None, encoding: str = "auto"
    ) -> None:
        """Given the descriptors of the file and of an empty scratch file, the job, how the feed declares it to be read, and the
        feed. Without these the rows are what repeats most, or what the job says, in the encoding that is given."""
        self._text, notes = xml_text(file, declared.encoding if declared is not None else encoding, job.language, scratch)
        found: list[Candidate] = []
        if declared is None:
            found = candidates(self._text) if job.rows is None else []
            declared = Xml(kind="xml", rows=job.rows or found[0].path)
        row = self._row(declared)
        used = self._text.size if self._text.descriptor == scratch else 0
        self._store = store = Store(scratch, used, job.block_bytes)
        walk = Walk(self._text, store.take, lambda refusal: Tree(row, declared, feed, refusal))
        store.tree(walk.tree)
        walk.run()
        store.close()
        if not store.rows:
            raise self._none(declared)
        shown = shown_columns(walk.tree, feed, declared)
        self._columns = [column for _, column in shown]
        names = tuple(name for name, _ in shown)
        self.opening = Opening(
            format=FormatFound(
                kind="xml",
                encoding=self._text.written,
                delimiter=None,
                quote=None,
                header_row=None,
                line_end=None,
                bom=self._text.bom,
                evidence=self._text.evidence,
                rows="/" + "/".join(row),
            ),
            header=Header(None, Shape(len(names), len(names), names, tuple(range(len(names)))), None),
            notes=(*notes, *_others(found), *_repeated(walk.tree, feed), *_numbered(store, row)),
            left_out=(),
            guarded=False,
        )

    def rows(self) -> Iterator[Rows]:
        yield from map(self._rows, self._store.blocks())

    def again(self, lines: NDArray[np.int64]) -> Iterator[Rows]:
        for block in self._store.holding(lines):
            yield self._rows(block, lines)

    def notes(self) -> tuple[Sentence, ...]:
        return ()

    def _row(self, declared: Xml) -> Steps:
        """Returns where the rows stand."""
        if declared.rows.startswith("/"):
            return row_steps(declared.rows)
        found = first_row(self._text, declared.rows)
        if found is None:
            raise self._none(declared)
        return found

    def _none(self, declared: Xml) -> SenderError:
        found = tuple(one.path for one in candidates(self._text)[:_MOST_NAMED])
        told = Sentence(
            'The file has no element "%(wanted)s", and so no row. What it has several of: %(headers)s.%(setting)s',
            wanted=declared.rows,
            headers=found,
            setting=f" If that is meant, the feed's format says `rows: {found[0]}`.",
        )
        return SenderError("no_rows", told)

    def _rows(self, block: Block, wanted: NDArray[np.int64] | None = None) -> Rows:
        numbers = block.lines if self._store.by_line else np.arange(block.first, block.first + len(block.lines))
        chosen = ~block.blank
        if wanted is not None:
            chosen &= np.isin(numbers, wanted)
        known = set(block.cells.columns)
        cells = block.cells.select(
            (pl.col(str(column)) if str(column) in known else pl.repeat("", len(numbers))).alias(str(place))
            for place, column in enumerate(self._columns)
        )
        return Rows(
            lines=pl.Series("line", numbers[chosen], dtype=pl.Int64),
            cells=cells if chosen.all() else cells.filter(pl.Series(chosen)),
            damaged=(),
            blank=numbers[block.blank],
            faults=tuple(
                CellFault(int(numbers[row]), place, code, text)
                for row, (number, code, text) in block.faults
                if chosen[row]
                for place, column in enumerate(self._columns)
                if column == number
            ),
        )


def _others(found: list[Candidate]) -> tuple[Sentence, ...]:
    """Returns a sentence about what else could be rows, when nobody has said what is."""
    if len(found) < 2:
        return ()
    others = tuple(one.path for one in found[1:])
    return (
        Sentence.counted(
            "%(n)s other element could be the rows as well: %(headers)s.",
            "%(n)s other elements could be the rows as well: %(headers)s.",
            len(others),
            headers=others if len(others) <= _MOST_NAMED else (*others[:_MOST_NAMED], "…"),
        ),
    )


def _repeated(tree: Tree, feed: Feed | None) -> tuple[Sentence, ...]:
    """Returns a sentence about what stands several times in a row, when no feed says what that means."""
    found = tuple(written_from(tree.row, node.steps) for node in tree.repeated)
    if feed is not None or not found:
        return ()
    return (
        Sentence.counted(
            'Element %(headers)s stands several times in some rows; its values are shown with "; " between them.',
            'Elements %(headers)s stand several times in some rows; their values are shown with "; " between them.',
            len(found),
            headers=found,
        ),
    )


def _numbered(store: Store, row: Steps) -> tuple[Sentence, ...]:
    """Returns a sentence where rows cannot be told apart by the lines they start in."""
    if store.by_line:
        return ()
    return (
        Sentence(
            "Several rows start in one line of the file, so its rows are counted instead: line 3 means the third %(wanted)s.",
            wanted=row[-1],
        ),
    )
