"""Totals that stand among the rows, held against the rows above them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from nightclerk.core.errors import SenderError
from nightclerk.core.known_columns import KnownColumns
from nightclerk.core.margins import Margins
from nightclerk.core.running_sums import Compared, RunningSums
from nightclerk.core.sentence import Sentence
from nightclerk.formats.records import Records

VERIFIED, UNVERIFIED = "total, verified", "total, not verified"
#: How many lines are asked for at once where the rows above the first total are read once more.
_AT_ONCE = 1 << 20
#: So many records of bare figures, or in words that say nothing of a total, that are no totals show that such are rows here.
_MOST_OTHERS = 200
#: The exact sum of so many figures is no accident, if it is written with so many digits between zeros.
_CERTAIN_ROWS, _CERTAIN_DIGITS = 3, 4
_FIGURE = re.compile(r"[1-9].*[1-9]|[1-9]")


class TotalsCheck:
    """The totals of one file. Nothing is added up before the first record that may be one; then the rows above it are read once
    more. Raises SenderError ``does_not_match_total`` where a total is not the sum of its rows, if there is a feed."""

    def __init__(
        self,
        records: Records,
        margins: Margins,
        names: Sequence[str],
        known: KnownColumns,
        first_line: int,
        left_out: Callable[[], Collection[int]],
    ) -> None:
        """Given the records, what is declared, the columns' names and what is known of them, the line of the first row, and how
        to ask which lines so far were no rows."""
        self._records, self._mode, self._known = records, margins.totals, known
        self._names, self._width = names, len(names)
        self._first_line, self._left_out = first_line, left_out
        self._sums: RunningSums | None = None
        self._others = 0
        self._above: tuple[int, dict[int, str]] | None = None
        self._doubted: list[int] = []
        self.damaged = 0

    @property
    def wanted(self) -> bool:
        """Whether totals are looked for."""
        return self._mode != "none"

    @property
    def running(self) -> bool:
        """Whether rows are added up."""
        return self._sums is not None

    @property
    def weary(self) -> bool:
        """Whether so many records were no totals that such are rows here, unless they say that they are totals."""
        return self._others > _MOST_OTHERS

    def run(
        self, cells: pl.DataFrame, lines: pl.Series, rows: pl.Series, candidates: Iterator[Mapping[str, Any]]
    ) -> dict[int, str]:
        """Given a stretch, its lines, a mask of what is certainly a row or a candidate, and the candidates in order, as
        ``margin_rows.traits`` with their ``place`` (None for damaged ones) and ``line``; returns why lines are left out."""
        out: dict[int, str] = {}
        done = 0
        for candidate in candidates:
            if self.weary and (candidate["unsaid"] or candidate["bare"]):
                continue  # a row: it is added with the others
            if self._mode == "ignore":
                if candidate["place"] is not None and not candidate["unsaid"]:
                    out[candidate["line"]] = UNVERIFIED
                continue
            self._start(int(lines[0]) if len(lines) else candidate["line"])
            place = candidate["place"]
            upto = place if place is not None else int((lines < candidate["line"]).sum())
            self._add(cells, rows, done, upto)
            done = upto
            reason = self._reason(candidate, cells)
            if reason is not None:
                out[candidate["line"]] = reason
                done += place is not None
            elif self._above is not None and self._above[0] == candidate["line"]:
                self._add(cells, rows, done, done + 1)
                done += 1
                self._sums_so_far().pass_by()
        self._add(cells, rows, done, len(cells))
        return out

    def _add(self, cells: pl.DataFrame, rows: pl.Series, first: int, end: int) -> None:
        if self._sums is not None and end > first:
            self._sums.add(cells[first:end].filter(rows[first:end]))

    def _start(self, line: int) -> None:
        """Begins to add up, with all rows before a line."""
        if self._sums is not None:
            return
        kind = self._records.opening.format.kind
        self._sums = RunningSums(self._known.decimals, exact=kind not in {"xlsx", "xls", "ods"})
        left_out = np.array(sorted(self._left_out()), np.int64)
        for begin in range(self._first_line, line, _AT_ONCE):
            for rows in self._records.again(np.arange(begin, min(begin + _AT_ONCE, line))):
                kept = ~np.isin(rows.lines.to_numpy(), left_out)
                self._sums.add(rows.cells.filter(pl.Series(kept)).select(pl.nth(range(self._width))))

    def _reason(self, candidate: Mapping[str, Any], cells: pl.DataFrame) -> str | None:
        """Returns why a record that may be a total is left out; None for a row."""
        assert self._sums is not None  # noqa: S101 - the caller began
        if candidate["place"] is None:
            return self._of_short(candidate)
        row = cells.row(candidate["place"])
        figures = {
            at: cell.strip() for at, cell in enumerate(row) if any(map(str.isdigit, cell)) and cell.strip() != candidate["label"]
        }
        needed = self._known.summed & figures.keys() if self._known.summed is not None else frozenset()
        if candidate["bare"]:
            return self._of_bare(figures)
        if candidate["unsaid"]:
            return self._of_unsaid(candidate["line"], figures)
        if self._sums.rows == 0:
            return UNVERIFIED if candidate["alone"] else None  # it stands above its rows, if it is one
        found = self._sums.compare(figures, needed or None)
        if found.adds_up and (found.matched or candidate["alone"]):
            return VERIFIED
        if not candidate["alone"]:
            return None  # what else stands in the words may be the name of a customer
        if found.adds_up is False and needed and not self.damaged:
            raise self._does_not_match(candidate["line"], found)
        if found.adds_up is False and not candidate["gap"]:
            return None  # all is filled as in other rows: a row that is called so
        self._sums.pass_by()
        return UNVERIFIED

    def _of_bare(self, figures: dict[int, str]) -> str | None:
        found = self._sums_so_far().compare(figures, figures.keys())
        if found.adds_up and found.matched:
            return VERIFIED
        self._others += 1
        return None

    def _of_unsaid(self, line: int, figures: dict[int, str]) -> str | None:
        """A record that says nothing of a total, and lacks what other rows have: its figures alone tell what it is."""
        if not figures:
            return None
        sums = self._sums_so_far()
        if sums.rows == 0:
            self._above = line, figures
            return None
        found = sums.compare(figures, figures.keys())
        if found.adds_up and found.matched and _is_certain(found, figures):
            return VERIFIED
        self._others += 1
        if found.matched:
            self._doubted.append(line)
        return None

    def doubted(self) -> tuple[int, ...]:
        """Once all rows have passed: returns the lines of rows that may be totals of what stands above or below them."""
        if self._above is None or self._sums is None:
            return tuple(self._doubted)
        line, figures = self._above
        self._above = None
        found = self._sums.compare(figures, figures.keys())
        if found.adds_up and found.matched and _is_certain(found, figures):
            self._doubted.insert(0, line)
        return tuple(self._doubted)

    def _sums_so_far(self) -> RunningSums:
        assert self._sums is not None  # noqa: S101 - the caller began
        return self._sums

    def _of_short(self, candidate: Mapping[str, Any]) -> str | None:
        """A total with fewer fields than the rows: its figures may be those of any columns."""
        assert self._sums is not None  # noqa: S101 - the caller began
        figures = [cell.strip() for cell in candidate["cells"] if cell.strip() and cell.strip() != candidate["label"]]
        columns = range(self._width)
        for figure in figures:
            if not any(self._sums.compare({at: figure}, [at]).matched for at in columns):
                return None
        return VERIFIED

    def _does_not_match(self, line: int, found: Compared) -> SenderError:
        told = Sentence(
            'Line %(line)s gives "%(value)s" as the total of column "%(header)s", but the rows above it add up to %(key)s.'
            " The file is not whole, or was changed; nothing of it was taken.%(setting)s",
            line=str(line),
            value=found.stated,
            header=self._names[found.column].strip(),
            key=Decimal(found.summed),
            setting=" If that figure is no total of these rows, the feed's format says `totals: ignore` or `totals: none`.",
        )
        return SenderError("does_not_match_total", told, line)


def _is_certain(found: Compared, figures: Mapping[int, str]) -> bool:
    """Whether figures that add up are a total by that alone: small and round ones also are rows that happen to."""
    digits = [re.sub(r"[^0-9]", "", run[0]) for figure in figures.values() if (run := _FIGURE.search(figure))]
    return found.rows >= _CERTAIN_ROWS and max(map(len, digits), default=0) >= _CERTAIN_DIGITS
