"""The bytes of one column → text: what stands there as text as it is, days and numbers of the table's own as one writes them."""

from __future__ import annotations

import codecs

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import Sentence
from nightclerk.formats.dbf.table import Column
from nightclerk.formats.marks import Places
from nightclerk.formats.workbook.numbers import tidy

Bytes = NDArray[np.uint8]
#: Stands between cells while they are cut apart. A record that holds it is rejected, and it is taken out before.
_BETWEEN = 0x1F
_FILL = " \0"
_DAY_LENGTH = 8
#: The Julian day numbers of 1970-01-01, and of the first and the last day that has four digits for its year.
_EPOCH, _FIRST, _LAST = 2_440_588, 1_721_426, 5_373_484
_DAY_MILLISECONDS = 86_400_000
_SIGN_7 = np.uint32(1 << 31)


def is_text(column: Column) -> bool:
    """Whether a column's values stand in the table as text of its code page."""
    return column.type in "CVNFDL"


def values(column: Column, cells: Bytes, encoding: str, numbers: Places, dbase_7: bool) -> pl.Series:
    """Given a column, its bytes in some records, the encoding, the numbers of these records, and whether the table is of
    dBase 7; returns its values as text, never null, blank where there is none.

    Raises SenderError ``wrong_encoding`` where a byte is no character.
    """
    match column.type:
        case "C" | "V":
            return _texts(column, cells, encoding, numbers).str.strip_chars_end(_FILL)
        case "N" | "F":
            return _texts(column, cells, encoding, numbers).str.strip_chars(_FILL)
        case "L":
            return _texts(column, cells, encoding, numbers).str.strip_chars("? \0")  # a question mark: nobody has said
        case "D":
            return _texts(column, _days(cells), encoding, numbers).str.strip_chars(_FILL)
        case "I" | "+":
            return _integers(cells, dbase_7).cast(pl.String)
        case "B":
            return tidy(pl.Series(cells.copy().view("<f8")[:, 0]).cast(pl.String))
        case "Y":
            return _currency(cells.copy().view("<i8")[:, 0])
        case _:
            return _moments(cells.copy().view("<i4"))


def _days(cells: Bytes) -> Bytes:
    """Returns days as ``2026-11-21``, days of zeros as blank, and what is none as it is."""
    if cells.shape[1] != _DAY_LENGTH:
        return cells
    digits = ((cells >= ord("0")) & (cells <= ord("9"))).all(axis=1)
    written = np.full((len(cells), _DAY_LENGTH + 2), ord(" "), np.uint8)
    written[:, :_DAY_LENGTH] = cells
    some = cells[digits]
    with_dashes = np.full((len(some), _DAY_LENGTH + 2), ord("-"), np.uint8)
    with_dashes[:, [0, 1, 2, 3, 5, 6, 8, 9]] = some
    with_dashes[(some == ord("0")).all(axis=1)] = ord(" ")
    written[digits] = with_dashes
    return written


def _texts(column: Column, cells: Bytes, encoding: str, numbers: Places) -> pl.Series:
    rows, length = cells.shape
    if not rows:
        return pl.Series([], dtype=pl.String)
    apart = np.empty((rows, length + 1), np.uint8)
    apart[:, :length], apart[:, length] = cells, _BETWEEN
    data = apart.tobytes()[:-1]
    try:
        text = data.decode("ascii" if data.isascii() else encoding)
    except UnicodeDecodeError as error:
        raise _misfit(column, data[error.start], int(numbers[error.start // (length + 1)]), encoding) from None
    return pl.Series([text], dtype=pl.String).str.split(chr(_BETWEEN)).explode(empty_as_null=False)


def _integers(cells: Bytes, dbase_7: bool) -> pl.Series:
    if dbase_7:  # the greatest byte first, and the sign the other way round
        return pl.Series((cells.copy().view(">u4")[:, 0].astype(np.uint32) ^ _SIGN_7).view(np.int32))
    return pl.Series(cells.copy().view("<i4")[:, 0].astype(np.int32))


def _currency(parts: NDArray[np.int64]) -> pl.Series:
    """Returns ten-thousandths as amounts, with all four decimals."""
    negative = parts < 0
    plain = np.where(negative, ~parts.astype(np.uint64) + np.uint64(1), parts.astype(np.uint64))
    amounts = pl.DataFrame({"minus": negative, "whole": plain // 10_000, "rest": plain % 10_000})
    sign = pl.when("minus").then(pl.lit("-")).otherwise(pl.lit(""))
    rest = pl.col("rest").cast(pl.String).str.zfill(4)
    return amounts.select(pl.concat_str(sign, pl.col("whole").cast(pl.String), pl.lit("."), rest)).to_series()


def _moments(pairs: NDArray[np.int32]) -> pl.Series:
    """Returns days and milliseconds as ``2026-11-21 14:30:00``; midnight is the day alone. What is none is written as it is."""
    days, within = pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)
    seconds = (within + 500) // 1000  # the programs' own moments are some milliseconds off
    real = (days >= _FIRST) & (days <= _LAST) & (within >= 0) & (within <= _DAY_MILLISECONDS)
    since = np.where(real, (days - _EPOCH) * 86_400 + seconds, 0)
    text = pl.Series(since * 1_000_000).cast(pl.Datetime("us")).dt.to_string("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    raw = pl.DataFrame({"days": days, "within": within}).select(pl.concat_str("days", pl.lit("/"), "within")).to_series()
    none = pl.Series((days == 0) & (within == 0))
    return text.zip_with(pl.Series(real), raw).set(none, "")


def _misfit(column: Column, byte: int, record: int, encoding: str) -> SenderError:
    told = Sentence(
        "The table is not written in %(encoding)s: record %(line)s holds %(byte)s in column %(column)s, which is no character"
        " there. Export it in the agreed code page, or have the new one agreed.",
        encoding=codecs.lookup(encoding).name,
        line=str(record),
        byte=f"0x{byte:02X}",
        column=column.name.decode("latin-1"),
    )
    return SenderError("wrong_encoding", told, record)
