"""How a delimited text is laid out: where its header ends and its rows begin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from nightclerk.core.errors import SenderError
from nightclerk.core.issue import LeftOut
from nightclerk.core.sentence import Sentence
from nightclerk.formats.cutter import Record
from nightclerk.formats.dialect import Dialect
from nightclerk.formats.header import MOST_COLUMNS, Header, find_header, lines_above
from nightclerk.formats.sniff import CANDIDATES, Sample
from nightclerk.formats.stretches import unbalanced


@dataclass(frozen=True)
class Layout:
    """header: where it stands among the records, and what it says. offset, line: where the first record after it starts.

    left_out: the lines above the header; above: the cells of those that are not blank.
    """

    header: Header
    offset: int
    line: int
    left_out: tuple[LeftOut, ...]
    above: tuple[tuple[str, ...], ...] = ()


def find_layout(
    sample: Sample, dialect: Dialect, header_row: int | Literal["auto", "none"], spellings: Iterable[str] | None
) -> Layout:
    """Given a sample, its dialect, which record is the header, and the headers a feed maps (None without a feed).

    Raises what ``find_header`` raises, and SenderError ``unbalanced_quote`` when a quote is never closed.
    """
    found = sample.records(dialect)
    _check_quotes(sample, dialect, found)
    header = find_header([sample.cells(record) for record in found], header_row, spellings, sample.whole)
    if header.at is None:
        return Layout(header, sample.text.start, 1, ())
    lines = _lines(sample, dialect, found)
    left_out = lines_above(lines, [record.blank for record in found[: header.at]])
    above = tuple(tuple(sample.cells(record)) for record in found[: header.at] if not record.blank)
    placed = replace(header, line=int(lines[header.at]))
    return Layout(placed, sample.text.start + found[header.at].end, lines[header.at + 1], left_out, above)


def _check_quotes(sample: Sample, dialect: Dialect, found: list[Record]) -> None:
    if found:
        return
    if not sample.data:
        raise SenderError("no_header", Sentence("The file is empty: it has no header and no rows."))
    if sample.whole:
        quote = sample.data.find(dialect.quote or b"")
        raise unbalanced(1 + sample.data.count(dialect.record_end, 0, quote))
    signs = (dialect.delimiter, *CANDIDATES)  # the delimiter is found by whole records, of which there is none
    if sample.data.lstrip()[:1] not in (b"{", b"[") and any(sample.data.count(sign) >= MOST_COLUMNS for sign in signs if sign):
        wide = Sentence(
            "The first line has more than the %(most)s columns that are accepted, or its end is missing.", most=MOST_COLUMNS
        )
        raise SenderError("too_many_columns", wide, 1)
    endless = Sentence("The first line does not end where a line of a table would; this is no delimited text.")
    raise SenderError("no_header", endless, 1)


def _lines(sample: Sample, dialect: Dialect, found: list[Record]) -> list[int]:
    """Returns the line in which each record starts, and at the end that of the next one."""
    lines, line = [], 1
    for record in found:
        lines.append(line)
        line += sample.data.count(dialect.record_end, record.start, record.end)
    return [*lines, line]
