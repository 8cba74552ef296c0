"""Text stays as it is. What it may not hold, and how long it may be, is looked at in ``core.faults``."""

from __future__ import annotations

import re

import polars as pl

from nightclerk.core.convert.converter import Converter, Reason, keep

#: Control characters other than tab and line ends, also those of ISO 8859 (a sign of a wrongly declared encoding).
CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0080-\u009f]"
_CONTROL_BYTES = bytes([*range(9), 11, 12, *range(14, 32), 127])
_CONTROL = re.compile(CONTROL)


def text(cell: pl.Expr, part: bool = False) -> Converter:
    """Given a column of trimmed text; returns its converter: a blank is null, all else itself.

    part: the texts are parts of cells; they hold no control character, for which whole cells are looked through as a column.
    """
    readable = (cell != "") & ~cell.str.contains(CONTROL) if part else cell != ""
    return Converter(pl.String, (keep(readable, cell),), control_character)


def control_character(value: str) -> Reason:
    """Given a text with a control character; returns the reason, which names the character."""
    found = _CONTROL.search(value)
    if found is None:
        return Reason("control_character", '"%(value)s" is not text.')
    character = f"U+{ord(found[0]):04X}"
    return Reason("control_character", '"%(value)s" holds the control character %(character)s.', {"character": character})


def may_hold_control(joined: bytes, lowest: int | None) -> bool:
    """Given many cells' UTF-8 in one piece and its lowest byte; returns False when none holds a control character for sure.

    This costs a fraction of a regular expression per cell, which only looks at the columns for which this says yes.
    """
    # U+0080 to U+009F begin with 0xC2 in UTF-8, as do harmless signs such as the no-break space.
    if 0xC2 in joined or 0x7F in joined:
        return True
    # Below the space are also tab and line ends, which are allowed.
    return lowest is not None and lowest < 0x20 and len(joined.translate(None, _CONTROL_BYTES)) != len(joined)
