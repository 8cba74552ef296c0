"""What can be wrong with a row: checks over whole columns, and issues for the few cells that fail them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property

import polars as pl

from nightclerk.core.brought_back import BY_ITSELF
from nightclerk.core.convert.allowed import one_of_these
from nightclerk.core.convert.amount import EXACT
from nightclerk.core.convert.converter import Converter, Reason
from nightclerk.core.convert.member_list import members_of
from nightclerk.core.entity import EntityField, ResolvedField
from nightclerk.core.issue import Issue
from nightclerk.core.mapping import Mapped
from nightclerk.core.reading import CELL_SEPARATOR
from nightclerk.core.sentence import N_
from nightclerk.core.sentences import SHOWN, about_cell
from nightclerk.core.table import TextTable

Why = Callable[[str], Reason]


@dataclass(frozen=True)
class FieldPlan:
    """How one field is read. In the frame of a block its text stands under its name, its value under ``value``.

    positions: the columns it is made from; none for a constant, which has no converter either. headers: theirs, as in the file.
    """

    name: str
    spec: EntityField
    rule: Mapped
    positions: tuple[int, ...]
    headers: tuple[str, ...]
    converter: Converter | None
    constant: str | int | bool | None
    key: bool

    @cached_property
    def value(self) -> str:
        """The name of the column that holds the field's values in a block's frame."""
        return "=" + self.name

    @property
    def counts(self) -> bool:
        """Whether its amounts are summed: those that rows bring by themselves are none of the sender's."""
        return self.spec.type == "money" and self.rule is not BY_ITSELF

    @property
    def plain(self) -> bool:
        """Whether the field takes any text but control characters."""
        return self.spec.type == "text" and self.rule.values is None and self.rule.extract is None

    @cached_property
    def tiers(self) -> tuple[pl.Expr, ...]:
        """The ways to make values of the text, under the values' name; none for a constant."""
        return tuple(tier.alias(self.value) for tier in self.converter.tiers) if self.converter else ()

    @cached_property
    def none(self) -> pl.Expr | None:
        """True where a text that was not read yet means a blank; None where no text of the field does."""
        means = self.converter.none if self.converter else None
        return None if means is None else self.unreadable & means

    @property
    def beside(self) -> pl.Expr | None:
        """The currency that stands beside the amount; None where none may."""
        return self.converter.beside if self.converter else None

    @cached_property
    def unreadable(self) -> pl.Expr:
        """True where something stands that could not be read."""
        return pl.col(self.value).is_null() & (pl.col(self.name) != "")

    @cached_property
    def readable(self) -> Check:
        """The check for what could not be read."""
        why = self.converter.why if self.converter else _always(Reason("control_character", '"%(value)s" cannot be read.'))
        return Check(self, self.unreadable, self.unreadable.any(), why)


@dataclass(frozen=True)
class Check:
    """One thing to look for in one field. mask: true for the rows that fail. alarm: one cheap value, true if any row may."""

    field: FieldPlan
    mask: pl.Expr
    alarm: pl.Expr
    why: Why


def checks_of(field: FieldPlan) -> tuple[Check, ...]:
    """Given a field that is read from the file; returns all its checks but the one for what could not be read."""
    text, value, spec = pl.col(field.name), pl.col(field.value), field.spec
    found: list[Check] = []
    if spec.required or field.key:
        mask = (text == "") & value.is_null()
        found.append(Check(field, mask, mask.any(), _always(_missing(field))))
    named = spec.named if isinstance(spec, ResolvedField) and spec.type == "list" else None
    if named is not None and named.longest is not None:
        found.append(_too_long_a_member(field, named.longest))
    if spec.max_length is not None:
        limit = spec.max_length
        # Counting bytes is five times as fast as counting characters, and there are never fewer of them.
        alarm = value.str.len_bytes().max() > limit
        found.append(Check(field, value.str.len_chars() > limit, alarm, _longer_than(limit)))
    if spec.one_of is not None:
        mask = ~value.is_in(spec.one_of)
        found.append(Check(field, mask, mask.any(), one_of_these(tuple(spec.one_of))))
    if spec.min is not None and (least := _bound(spec.min, field, ROUND_CEILING)) is not None:
        mask = _comparable(value, spec) < least
        reason = Reason("too_small", '"%(value)s" is less than %(least)s, the least allowed.', {"least": str(spec.min)})
        found.append(Check(field, mask, mask.any(), _always(reason)))
    if spec.max is not None and (most := _bound(spec.max, field, ROUND_FLOOR)) is not None:
        mask = _comparable(value, spec) > most
        reason = Reason("too_large", '"%(value)s" is greater than %(most)s, the most allowed.', {"most": str(spec.max)})
        found.append(Check(field, mask, mask.any(), _always(reason)))
    return tuple(found)


def alarmed(frame: pl.DataFrame, checks: Iterable[Check]) -> list[Check]:
    """Given a block's frame; returns the checks that some row may fail."""
    listed = list(checks)
    if not listed or frame.is_empty():
        return []
    rung = frame.select([check.alarm.alias(str(at)) for at, check in enumerate(listed)]).row(0)
    return [check for check, alarm in zip(listed, rung, strict=True) if alarm]


def issues_of(
    table: TextTable, frame: pl.DataFrame, checks: Iterable[Check], order: dict[str, int]
) -> tuple[list[int], list[Issue]]:
    """Given a block, its frame, the checks that rang and the order of the fields; returns the places of the rows that fail any
    of them, ascending, and every issue of these rows, by row and field."""
    found: list[tuple[int, int, Issue]] = []
    for check in checks:
        found.extend((row, order[check.field.name], issue) for row, issue in _issues(table, frame, check))
    found.sort(key=lambda one: one[:2])
    return sorted({row for row, _, _ in found}), [issue for _, _, issue in found]


def _issues(table: TextTable, frame: pl.DataFrame, check: Check) -> Iterator[tuple[int, Issue]]:
    field = check.field
    rows = frame.select(check.mask.arg_true()).to_series()
    texts = frame.get_column(field.name).gather(rows).to_list()
    lines = table.lines.gather(rows).to_list()
    cells = table.cells[rows, [str(position) for position in field.positions]].rows()
    for row, line, text, parts in zip(rows.to_list(), lines, texts, cells, strict=True):
        header, cell = _origin(field, text, parts)
        reason = check.why(text)
        message = about_cell(line, header, text, reason.template, reason.values)
        yield row, Issue(line, reason.code, message, header, field.name, cell[:SHOWN])


def _origin(field: FieldPlan, text: str, parts: tuple[str, ...]) -> tuple[str, str]:
    """Returns the header to name and the cell as it stood: of the column that gave the value, or of all that were joined."""
    if len(parts) == 1:
        return field.headers[0], parts[0]
    if field.rule.join is not None:
        return " + ".join(field.headers), text
    for header, part in zip(field.headers, parts, strict=True):
        if part.strip(" \t\r\n\xa0\ufeff"):
            return header, part
    return " / ".join(field.headers), ""


def _too_long_a_member(field: FieldPlan, limit: int) -> Check:
    value, split = pl.col(field.value), field.rule.split or []
    lengths = value.str.split(CELL_SEPARATOR).list.eval(pl.element().str.len_chars())

    def why(text: str) -> Reason:
        member = max(members_of(text, split), key=len, default=text)
        template = N_('the member "%(member)s" has %(length)s characters; at most %(most)s are allowed.')
        return Reason("too_long", template, {"member": member, "length": len(member), "most": limit})

    return Check(field, lengths.list.max() > limit, value.str.len_bytes().max() > limit, why)


def _comparable(value: pl.Expr, spec: EntityField) -> pl.Expr:
    return value if spec.type == "integer" else value.cast(EXACT)


def _bound(limit: Decimal, field: FieldPlan, rounding: str) -> pl.Expr | None:
    # A limit beyond what the type can hold is kept by the type itself.
    if field.spec.type == "integer":
        whole = math.ceil(limit) if rounding == ROUND_CEILING else math.floor(limit)
        return pl.lit(whole, dtype=pl.Int64) if abs(whole) < 2**63 else None
    if abs(limit) >= 10**14:
        return None
    return pl.lit(str(limit.quantize(Decimal("0.0001"), rounding=rounding))).cast(EXACT)


def _always(reason: Reason) -> Why:
    return lambda _: reason


def _longer_than(limit: int) -> Why:
    template = N_('"%(value)s" has %(length)s characters; at most %(most)s are allowed.')
    return lambda value: Reason("too_long", template, {"length": len(value), "most": limit})


def _missing(field: FieldPlan) -> Reason:
    if field.key:
        return Reason("required", "the value is missing; it is part of the key.")
    return Reason("required", "the value is missing.")
