"""From the file's columns to each field's text: one expression per field, made once per file."""

from __future__ import annotations

import polars as pl

from nightclerk.core.convert.converter import Converter
from nightclerk.core.convert.extract import extracted, for_parts
from nightclerk.core.convert.lookup import blanks
from nightclerk.core.mapping import Mapped
from nightclerk.core.table import stripped, trimmed


def text_of(rule: Mapped, positions: tuple[int, ...], plain: bool) -> pl.Expr:
    """Given a rule, the positions of its columns and whether the field takes any text; returns the field's text over
    ``TextTable.cells``, never null, and trimmed where the field is plain or the rule puts the text together.

    Cells that go to a converter as they are stay untrimmed: the quick way reads the usual file's cells without that pass over
    every column, and what it cannot read is trimmed before it is tried again (``core.typed``).
    Blank parts take no part in a join. ``collapse_spaces``, ``case`` and ``pad`` change what stands in the cells before it is
    converted; a table of ``values`` looks cells up as they stand. Where a part is extracted, the cell itself only loses spaces.
    """
    if rule.join is not None or rule.first_of:
        text = _of_several(rule, positions)
    else:
        text = pl.col(str(positions[0]))
        if rule.values or rule.pad or rule.collapse_spaces or rule.extract:
            text = stripped(text)  # What is changed here cannot be trimmed again later.
        elif plain:
            text = trimmed(text)
    if rule.collapse_spaces and (rule.values is None or rule.extract is not None):
        text = text.str.replace_all(r"\s+", " ")
    if rule.extract is not None:
        return text
    if rule.values is not None:
        return _without_blanks(text, blanks(rule.values))
    return _reshaped(text, rule)


def part_of(text: pl.Expr, rule: Mapped) -> pl.Expr:
    """Given the texts that ``text_of`` made; returns what is to be converted: the texts, or what is extracted of them, in the
    case and width of the rule; null where nothing is found."""
    if rule.extract is None:
        return text
    found = extracted(text, rule.extract)
    return found if rule.values is not None else _reshaped(found, rule)


def converted(converter: Converter, part: pl.Expr, rule: Mapped) -> Converter:
    """Given the converter of what ``part_of`` returns; returns the one for what ``text_of`` made."""
    if rule.extract is None:
        return converter
    return for_parts(converter, part, rule.extract, blanks(rule.values or {}))


def _of_several(rule: Mapped, positions: tuple[int, ...]) -> pl.Expr:
    cells = [stripped(pl.col(str(position))) for position in positions]
    filled = [pl.when(cell != "").then(cell) for cell in cells]
    if rule.join is not None:
        return pl.concat_str(filled, separator=rule.join, ignore_nulls=True)
    return pl.coalesce(filled).fill_null("")


def _without_blanks(text: pl.Expr, words: list[str]) -> pl.Expr:
    if not words:
        return text
    return pl.when(text.str.to_lowercase().is_in(words)).then(pl.lit("")).otherwise(text)


def _reshaped(text: pl.Expr, rule: Mapped) -> pl.Expr:
    if rule.case is not None:
        text = text.str.to_uppercase() if rule.case == "upper" else text.str.to_lowercase()
    if rule.pad is not None:
        text = pl.when(text != "").then(text.str.pad_start(rule.pad.to, rule.pad.fill)).otherwise(text)
    return text
