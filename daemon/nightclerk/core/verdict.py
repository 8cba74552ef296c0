"""The pure heart of reading: a file's headers become a plan, each stretch of text becomes typed rows and issues."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from nightclerk.core.apply_mapping import converted, part_of, text_of
from nightclerk.core.booking import canonical_default, currency_unsaid, written_fields
from nightclerk.core.brought_back import BY_ITSELF, brought_back, rule_of
from nightclerk.core.convert.constant import canonical
from nightclerk.core.convert.currency_beside import agrees
from nightclerk.core.convert.kinds import Locality, converter_for, dtype_of
from nightclerk.core.entity import Entity
from nightclerk.core.faults import Check, FieldPlan, alarmed, checks_of, issues_of
from nightclerk.core.feed import Feed
from nightclerk.core.headers import column_notes, find_columns
from nightclerk.core.issue import Issue
from nightclerk.core.reading import Cell
from nightclerk.core.sentence import Sentence
from nightclerk.core.table import TextTable
from nightclerk.core.typed import typed

#: Between the parts of a key as text; no text that is accepted holds it.
KEY_SEPARATOR = "\x1f"
_LINE, _ACCEPTED = "#line", "#accepted"


@dataclass(frozen=True)
class ReadingPlan:
    """How one file is read, made once from its headers: expressions over blocks, in the order of ``written``.

    written: the fields that blocks carry (``core.booking.written_fields``). notes: sentences about columns nobody asked for.
    read: those of the fields that come from the file; all others are constants. texts: the text of each of these.
    currencies: the currency of each money field's rows. foreign: for money fields that name a currency, true for the rows that
    write another one beside the amount.
    """

    written: tuple[str, ...]
    notes: tuple[Sentence, ...]
    fields: tuple[FieldPlan, ...]
    read: tuple[FieldPlan, ...]
    texts: tuple[pl.Expr, ...]
    checks: tuple[Check, ...]
    key_fields: tuple[FieldPlan, ...]
    key: pl.Expr
    currencies: dict[str, pl.Expr]
    foreign: dict[str, pl.Expr]


@dataclass(frozen=True)
class Judged:
    """What became of one block's rows.

    lines, values: the accepted rows: their start lines, and one column per ``plan.written`` in canonical form
    (``core.reading``), null for a blank. issues: by row, then field. rejected: Int64 start lines of the rows not accepted.
    keys: of all rows with a readable key: line Int64, key String (see ``split_key``), accepted Boolean.
    money: per written money field, of all rows: line Int64, currency String ("" where none is readable), amount String
    (canonical; null where blank or unreadable), accepted Boolean, unreadable Boolean.
    """

    lines: pl.Series
    values: pl.DataFrame
    issues: list[Issue]
    rejected: pl.Series
    keys: pl.DataFrame
    money: dict[str, pl.DataFrame]


def plan_reading(
    feed: Feed, entity: Entity, columns: tuple[str, ...], timezone: str, language: str = "en", also: tuple[str, ...] = ()
) -> ReadingPlan:
    """Given a feed, its entity, the file's headers in order ("1", "2", … where it has none), the tenant's zone and language,
    and what else the columns may be called; returns the plan.

    Raises SenderError ``column_missing`` or ``column_twice``; ValueError for a configuration that contradicts itself, which
    the checks of the configuration find first.
    """
    written = written_fields(feed, entity)
    absent = [name for name in entity.key if name not in written]
    if absent:
        raise ValueError(f"the key needs {', '.join(absent)}, which the mapping lacks")
    places = find_columns(feed, [name for name in written if name in feed.mapping], columns, also)
    fields = tuple(
        _plan_field(name, feed, entity, places.get(name, ()), columns, Locality(timezone, language)) for name in written
    )
    read = tuple(field for field in fields if field.converter is not None)
    if not read:
        raise ValueError("the mapping reads no column of the file")
    key_fields = tuple(next(field for field in fields if field.name == name) for name in entity.key)
    return ReadingPlan(
        written=written,
        notes=column_notes(feed, places, columns),
        fields=fields,
        read=read,
        texts=tuple(text_of(field.rule, field.positions, field.plain).alias(field.name) for field in read),
        checks=tuple(check for field in read for check in checks_of(field)),
        key_fields=key_fields,
        key=pl.concat_str([_value(field).cast(pl.String) for field in key_fields], separator=KEY_SEPARATOR),
        currencies={field.name: _said(field, fields, feed, entity) for field in fields if field.spec.type == "money"},
        foreign={
            field.name: _foreign(field, fields, entity) for field in read if field.beside is not None and field.spec.currency
        },
    )


def judge_rows(table: TextTable, plan: ReadingPlan) -> Judged:
    """Given a stretch of a file and its plan; returns its typed rows and everything that is wrong with the others."""
    frame, unreadable = typed(table.cells, plan.read, plan.texts, plan.foreign)
    order = {name: at for at, name in enumerate(plan.written)}
    bad, issues = issues_of(table, frame, [*unreadable, *alarmed(frame, plan.checks)], order)
    accepted = ~pl.int_range(len(table.lines), eager=True).is_in(bad) if bad else None
    lines = table.lines.alias(_LINE)
    whole = frame.with_columns(lines, (pl.lit(True) if accepted is None else accepted).alias(_ACCEPTED))
    values = frame.select(_value(field).alias(field.name) for field in plan.fields)
    return Judged(
        lines=lines if accepted is None else lines.filter(accepted),
        values=values if accepted is None else values.filter(accepted),
        issues=issues,
        rejected=lines.clear() if accepted is None else lines.filter(~accepted),
        keys=_keys(whole, plan),
        money={field.name: _money(whole, field, plan) for field in plan.fields if field.counts},
    )


def split_key(plan: ReadingPlan, key: str) -> tuple[Cell, ...]:
    """Given a key as ``Judged.keys`` holds it; returns its parts in canonical form, in the entity's order."""
    parts = key.split(KEY_SEPARATOR)
    return tuple(_part(field, part) for field, part in zip(plan.key_fields, parts, strict=True))


def _plan_field(
    name: str, feed: Feed, entity: Entity, positions: tuple[int, ...], columns: tuple[str, ...], place: Locality
) -> FieldPlan:
    rule, spec = rule_of(feed, name), entity.fields[name]
    given = brought_back(feed, entity)[name] if rule is BY_ITSELF else rule.constant
    constant = rule is BY_ITSELF or given is not None
    part = part_of(pl.col(name), rule)
    try:
        converter = None if constant else converted(converter_for(part, spec, rule, feed, place), part, rule)
        value = canonical(spec, given) if constant else None
    except ValueError as error:
        raise ValueError(f"{feed.feed}.{name}: {error}") from error
    headers = tuple(columns[position].strip() for position in positions)
    return FieldPlan(name, spec, rule, positions, headers, converter, value, name in entity.key)


def _value(field: FieldPlan) -> pl.Expr:
    if field.converter is None:
        return pl.lit(field.constant, dtype=dtype_of(field.spec.type))
    return pl.col(field.value)


def _said(field: FieldPlan, fields: tuple[FieldPlan, ...], feed: Feed, entity: Entity) -> pl.Expr:
    """Returns the currency in which the amount counts."""
    named = field.spec.currency
    return _currency(field, fields, entity, currency_unsaid(feed, entity, named) if named in entity.fields else "")


def _currency(field: FieldPlan, fields: tuple[FieldPlan, ...], entity: Entity, unsaid: str) -> pl.Expr:
    """Returns the row's currency; unsaid: where the row says none."""
    named = field.spec.currency
    if named is None or named not in entity.fields:
        return pl.lit(named or "")
    default = pl.lit(unsaid)
    other = next((one for one in fields if one.name == named), None)
    if other is None or other.converter is None:
        return default if other is None else _value(other).fill_null("")
    # What is unsaid is a blank cell. A currency that nobody can read is none, least of all the default.
    return pl.when(other.unreadable).then(pl.lit("")).otherwise(_value(other).fill_null(default))


def _foreign(field: FieldPlan, fields: tuple[FieldPlan, ...], entity: Entity) -> pl.Expr:
    """Returns where a currency stands beside the amount that is not the row's: it must not be dropped in silence."""
    assert field.beside is not None  # noqa: S101 - the caller looked
    other = next((one for one in fields if one.name == field.spec.currency and one.converter is not None), None)
    # Whoever cannot be read himself is told of already.
    known = pl.lit(True) if other is None else ~other.unreadable
    named = field.spec.currency
    default = canonical_default(entity, named) if named in entity.fields else None
    stands = _currency(field, fields, entity, str(default or ""))
    return (field.beside.is_not_null() & known & ~agrees(field.beside, stands)).fill_null(False)


def _keys(whole: pl.DataFrame, plan: ReadingPlan) -> pl.DataFrame:
    keys = whole.select(pl.col(_LINE).alias("line"), plan.key.alias("key"), pl.col(_ACCEPTED).alias("accepted"))
    return keys.filter(pl.col("key").is_not_null()) if keys.get_column("key").null_count() else keys


def _money(whole: pl.DataFrame, field: FieldPlan, plan: ReadingPlan) -> pl.DataFrame:
    unreadable = pl.lit(False) if field.converter is None else field.unreadable
    return whole.select(
        pl.col(_LINE).alias("line"),
        plan.currencies[field.name].alias("currency"),
        _value(field).alias("amount"),
        pl.col(_ACCEPTED).alias("accepted"),
        unreadable.alias("unreadable"),
    )


def _part(field: FieldPlan, part: str) -> Cell:
    if field.spec.type == "integer":
        return int(part)
    return part == "true" if field.spec.type == "boolean" else part
