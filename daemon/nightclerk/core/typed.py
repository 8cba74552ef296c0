"""Text frame → typed frame: the quick way for every column of a block, the other ways only for the cells it left over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from nightclerk.core.convert.text import CONTROL, may_hold_control
from nightclerk.core.faults import Check, FieldPlan, alarmed
from nightclerk.core.table import replaced, stripped

_BYTE_ORDER_MARK = "\ufeff".encode()
_SAMPLE = 50


def typed(
    cells: pl.DataFrame, fields: Sequence[FieldPlan], texts: Sequence[pl.Expr], foreign: Mapping[str, pl.Expr]
) -> tuple[pl.DataFrame, list[Check]]:
    """Given a block's cells, the fields that are read from the file, the expressions of their texts, and for money fields which
    rows write another currency beside the amount than their own; returns the frame with each field's text and value, and the
    checks for what could not be read (one per field that has such a cell). Amounts in a foreign currency are not read."""
    frame = _unpadded(cells.select(texts), [field for field in fields if not field.plain])
    frame, controlled = _cleaned(frame, [field for field in fields if field.plain])
    frame = frame.with_columns([field.tiers[0] for field in fields])
    if controlled:
        frame = frame.with_columns([_without_control(field) for field in controlled])
    left = alarmed(frame, [field.readable for field in fields if not field.plain])
    for check in left:
        frame = _read_again(frame, check.field)
    mixed = {check.field.value: foreign[check.field.name] for check in left if check.field.name in foreign}
    if mixed:
        frame = frame.with_columns(pl.when(~mask).then(pl.col(value)).alias(value) for value, mask in mixed.items())
    return frame, alarmed(frame, [*left, *(field.readable for field in controlled)])


def _unpadded(frame: pl.DataFrame, fields: Sequence[FieldPlan]) -> pl.DataFrame:
    """Returns the frame with those columns trimmed whose first cells show that the sender pads them; single padded cells are
    trimmed later, when they have not been understood."""
    names = [field.name for field in fields]
    if not names:
        return frame
    sample = frame.head(_SAMPLE).select([(pl.col(name) != stripped(pl.col(name))).any() for name in names]).row(0)
    padded = [name for name, shows in zip(names, sample, strict=True) if shows]
    return frame.with_columns([stripped(pl.col(name)) for name in padded]) if padded else frame


def _cleaned(frame: pl.DataFrame, fields: Sequence[FieldPlan]) -> tuple[pl.DataFrame, list[FieldPlan]]:
    """Returns the frame with outer byte order marks taken off plain texts, and the fields that may hold control characters.

    Both are looked for in a column's bytes at once, which costs a fraction of a look at each cell, and are hardly ever there.
    """
    if not fields or frame.is_empty():
        return frame, []
    joined = frame.select([pl.col(field.name).str.join("").cast(pl.Binary) for field in fields])
    lowest = joined.select(pl.all().cast(pl.List(pl.UInt8)).list.min()).row(0)
    texts = list(zip(fields, joined.row(0), lowest, strict=True))
    marked = [field for field, text, _ in texts if 0xEF in text and _BYTE_ORDER_MARK in text]
    if marked:
        frame = frame.with_columns([stripped(pl.col(field.name)) for field in marked])
    return frame, [field for field, text, low in texts if may_hold_control(text, low)]


def _without_control(field: FieldPlan) -> pl.Expr:
    value = pl.col(field.value)
    return pl.when(~value.str.contains(CONTROL)).then(value).alias(field.value)


def _read_again(frame: pl.DataFrame, field: FieldPlan) -> pl.DataFrame:
    """Tries all of the field's ways on the cells that are still unread, and takes their outer byte order marks off first; cells
    that mean none become blank."""
    tiers = field.tiers[1:]
    left = frame.select(field.unreadable).to_series()
    text = frame.filter(left).get_column(field.name)
    clean = text.to_frame().select(stripped(pl.col(field.name))).to_series()
    if not clean.equals(text):
        frame = frame.with_columns(replaced(frame.get_column(field.name), left, clean))
        tiers = field.tiers
    if field.none is not None:
        frame = frame.with_columns(pl.when(~field.none).then(pl.col(field.name)).otherwise(pl.lit("")).alias(field.name))
    for tier in tiers:
        left = frame.select(field.unreadable).to_series()
        if not left.any():
            break
        found = frame.filter(left).select(tier).to_series()
        if found.null_count() < len(found):
            frame = frame.with_columns(replaced(frame.get_column(field.value), left, found))
    return frame
