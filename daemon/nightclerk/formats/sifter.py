"""Tells the rows of a stretch from what stands between them: totals, footers, comments, rows that go on with the one above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from nightclerk.core.issue import LeftOut
from nightclerk.core.margin_rows import Habit, shape_of, suspects, traits
from nightclerk.core.margins import Margins
from nightclerk.formats.continued import Continued
from nightclerk.formats.frame import Damaged, Rows
from nightclerk.formats.marked import Marked
from nightclerk.formats.misshapen import misshapen, told_apart
from nightclerk.formats.totals import TotalsCheck

FOOTER, CONTINUATION = "footer", "continuation of the row above"
_DOUBTS = ("total", "bare", "unsaid", "footer", "lone", "continues")
_BY_FIGURES = ("bare", "unsaid")


@dataclass(frozen=True)
class Sifted:
    """rows: what a stretch holds, with what was left out; held: the records at its end that may be a footer, if it has any; real:
    whether anything else is left of it."""

    rows: Rows
    held: Rows | None
    real: bool


class Sifter:
    """Sifts one file, stretch after stretch."""

    def __init__(self, margins: Margins, marked: Marked, totals: TotalsCheck, habit: Habit, width: int) -> None:
        """Given what is declared, what is told by its marks, what checks totals, what rows look like, and their width."""
        self._margins, self._marked, self._totals, self._habit = margins, marked, totals, habit
        self._continued = Continued(margins.continuation, habit)
        self._width = width

    def sift(self, rows: Rows) -> Sifted:
        """Given the next stretch; returns it sifted. Raises SenderError where a total is wrong."""
        cells = rows.cells if rows.cells.width == self._width else rows.cells.select(pl.nth(range(self._width)))
        out = self._marked.reasons(rows.lines, cells)
        if rows.damaged:
            out |= self._marked.reasons_of_damaged(rows.damaged)
        short = misshapen(rows, self._width) if rows.damaged else []
        if not out and not short and not self._suspicious(cells):
            self._continued.pass_by(cells)
            self._totals.damaged += len(rows.damaged)
            if self._totals.running:
                self._totals.run(cells, rows.lines, _all(cells), iter(()))
            return Sifted(rows, None, real=bool(len(rows.lines) or rows.damaged))
        return self._sifted(rows, cells, out, short)

    def _suspicious(self, cells: pl.DataFrame) -> bool:
        return bool(suspects(cells, self._habit).any())

    def _sifted(self, rows: Rows, cells: pl.DataFrame, out: dict[int, str], short: list[Damaged]) -> Sifted:
        faulty = {fault.line for fault in rows.faults}
        doubtful = suspects(cells, self._habit)
        if out or faulty:
            doubtful &= ~rows.lines.is_in([*out, *faulty])
        found = self._found(rows, cells, doubtful, short)
        out |= {one["line"]: FOOTER for one in found if self._says_footer(one)}
        out |= {one["line"]: CONTINUATION for one in found if one["continues"] and one["line"] not in out}
        if self._totals.wanted:
            candidates = [one for one in found if self._may_be_total(one) and one["line"] not in out]
            held = {one["line"] for one in found if one["lone"]}
            doubted = {*out, *held, *(one["line"] for one in candidates)}
            self._totals.damaged += sum(one.row.line not in doubted for one in rows.damaged)
            kept = ~rows.lines.is_in([*out, *held]) if out or held else _all(cells)
            out |= self._totals.run(cells, rows.lines, kept, iter(candidates))
        lone = self._lone(rows, found, out)
        return _parted(rows, out, lone)

    def _found(self, rows: Rows, cells: pl.DataFrame, doubtful: pl.Series, short: list[Damaged]) -> list[dict[str, Any]]:
        """Returns what is doubtful, by ascending line, as ``traits`` tell it."""
        places = doubtful.arg_true()
        some = cells.filter(doubtful)
        told = traits(some, self._habit).with_columns(
            rows.lines.filter(doubtful).alias("line"),
            places.cast(pl.Int64).alias("place"),
            self._continued.mask(cells, doubtful, some).alias("continues"),
            (pl.col("filled") < max(2, self._habit.usual)).alias("gap"),
        )
        doubts = [doubt for doubt in _DOUBTS if not (self._totals.weary and doubt in _BY_FIGURES)]
        found = told.filter(pl.any_horizontal(doubts)).to_dicts()
        if short:
            found += told_apart(rows, short, self._width, self._habit, self._margins.continuation != "none")
            found.sort(key=lambda one: one["line"])
        return found

    def _may_be_total(self, one: Mapping[str, Any]) -> bool:
        """Whether a record is held against the sums: one that says nothing of a total must have a key that is unlike others."""
        if one["total"] or one["bare"]:
            return True
        return bool(one["unsaid"]) and (one["key_blank"] or shape_of(one["label"]) not in self._habit.shapes)

    def _says_footer(self, one: Mapping[str, Any]) -> bool:
        declared = self._marked.footer
        if declared is not None:
            return declared.search(one["first"]) is not None
        return bool(one["footer"]) and self._margins.footer == "auto"

    def _lone(self, rows: Rows, found: list[dict[str, Any]], out: dict[int, str]) -> set[int]:
        """Returns the lines at the end of the stretch, with nothing real behind them, that may be a footer."""
        if self._margins.footer != "auto":
            return set()
        lone = {one["line"] for one in found if one["lone"] and one["line"] not in out and self._may_end(one, rows, out)}
        if not lone:
            return lone
        real = rows.lines.filter(~rows.lines.is_in([*lone, *out])).tail(1).to_list()
        real += [one.row.line for one in rows.damaged if one.row.line not in lone and one.row.line not in out]
        last = max(real, default=-1)
        return {line for line in lone if line > last}

    def _may_end(self, one: Mapping[str, Any], rows: Rows, out: dict[int, str]) -> bool:
        """Whether a single text is no key. A single word may be one that is like no other, and a record that is also too short
        may be a row that broke off, unless they stand below a blank line or one that was left out."""
        if shape_of(one["first"]) in self._habit.shapes:
            return False
        words = one["place"] is not None and len(one["first"].split()) > 1
        return words or one["line"] - 1 in out or bool(np.isin(one["line"] - 1, rows.blank))


def _all(cells: pl.DataFrame) -> pl.Series:
    return pl.Series("kept", [True], dtype=pl.Boolean).new_from_index(0, len(cells))


def _parted(rows: Rows, out: dict[int, str], held: set[int]) -> Sifted:
    gone = {*out, *held}
    left_out = rows.left_out + tuple(LeftOut(line, out[line]) for line in sorted(out))
    if not gone:
        return Sifted(replace(rows, left_out=left_out), None, real=bool(len(rows.lines) or rows.damaged))
    mask = rows.lines.is_in(sorted(gone))
    kept = replace(
        rows,
        lines=rows.lines.filter(~mask),
        cells=rows.cells.filter(~mask),
        damaged=tuple(one for one in rows.damaged if one.row.line not in gone),
        faults=tuple(fault for fault in rows.faults if fault.line not in gone),
        left_out=left_out,
    )
    back = rows.lines.is_in(sorted(held))
    nothing = rows.blank[:0]
    back_rows = Rows(
        rows.lines.filter(back),
        rows.cells.filter(back),
        tuple(one for one in rows.damaged if one.row.line in held),
        nothing,
        tuple(fault for fault in rows.faults if fault.line in held),
    )
    return Sifted(kept, back_rows if held else None, real=bool(len(kept.lines) or kept.damaged))
