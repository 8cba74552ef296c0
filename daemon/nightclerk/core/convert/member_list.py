"""Lists: several members in one cell, each of them a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from nightclerk.core.convert.constant import Written, canonical
from nightclerk.core.convert.converter import Converter, Reason, keep
from nightclerk.core.convert.lookup import MOST_SHOWN, blanks, not_agreed
from nightclerk.core.convert.text import CONTROL, control_character
from nightclerk.core.entity import EntityField
from nightclerk.core.reading import CELL_SEPARATOR
from nightclerk.core.sentence import N_
from nightclerk.core.table import stripped

_IN_LIST = N_('the member "%(member)s" in "%(value)s" is not one of the agreed values (%(agreed)s).')
_IN_LIST_AND_MORE = N_('the member "%(member)s" in "%(value)s" is not one of the agreed values (%(agreed)s, …).')


def member_list(
    cell: pl.Expr, field: EntityField, split: Sequence[str], values: Mapping[str, Written] | None = None
) -> Converter:
    """Given a column of cells, their field, the signs between members (none: a cell is one member) and what members are looked up
    in; returns the converter: members without outer spaces, without blank ones, each once, by their characters' codes.

    Raises ValueError for a value that does not fit the field.
    """
    table = None if values is None else _Table.of(field, values)
    found = cell.map_batches(lambda cells: _canonical(cells, split, table), return_dtype=pl.String)
    why = control_character if values is None else _strange(split, values)
    return Converter(pl.String, (keep(found != "", found),), why, (found == "").fill_null(value=False))


def members_of(text: str, split: Sequence[str]) -> list[str]:
    """Given a cell and the signs between members; returns its members as they stand, without outer spaces and blank ones."""
    parts = re.split("|".join(map(re.escape, split)), text) if split else [text]
    return [member for part in parts if (member := part.strip())]


@dataclass(frozen=True)
class _Table:
    """What members are looked up in. exact, folded: by their spelling, and by it in small letters. blank: small letters too."""

    exact: dict[str, str]
    folded: dict[str, str]
    blank: list[str]

    @classmethod
    def of(cls, field: EntityField, values: Mapping[str, Written]) -> _Table:
        exact = {written.strip(): str(canonical(field, value)) for written, value in values.items() if value is not None}
        return cls(exact, {written.lower(): value for written, value in exact.items()}, blanks(values))

    def looked_up(self, members: pl.DataFrame) -> pl.DataFrame:
        """Given members; returns what they stand for, null where nothing is agreed, without those that stand for a blank."""
        member = pl.col("member")
        small = member.str.to_lowercase()
        found = pl.coalesce(
            member.replace_strict(self.exact, default=None, return_dtype=pl.String),
            small.replace_strict(self.folded, default=None, return_dtype=pl.String),
        )
        return members.filter(~small.is_in(self.blank)).with_columns(found)


def _canonical(cells: pl.Series, split: Sequence[str], table: _Table | None) -> pl.Series:
    """Returns the lists in canonical form, "" for one without members, null for one that holds what may not stand in it.

    Cells repeat themselves, so that each spelling is read once; members do as well, so that they are put in order by their rank.
    """
    spelled = cells.unique()
    parted = spelled
    for sign in split[1:]:
        parted = parted.str.replace_all(sign, split[0], literal=True)
    parts = parted.str.split(split[0]) if split else parted.reshape((len(parted), 1))
    whole = pl.DataFrame({"at": pl.int_range(len(spelled), eager=True), "member": parts.cast(pl.List(pl.String))})
    members = whole.explode("member", empty_as_null=True).with_columns(stripped(pl.col("member"))).filter(pl.col("member") != "")
    wrong = spelled.str.contains(CONTROL)
    if table is not None:
        members = table.looked_up(members)
        strange = members.filter(pl.col("member").is_null()).get_column("at").unique()
        wrong = wrong | whole.get_column("at").is_in(strange.implode())
        members = members.drop_nulls()
    joined = (
        whole.select("at").join(_joined(members), on="at", how="left", maintain_order="left").get_column("member").fill_null("")
    )
    found = joined.to_frame().select(pl.when(~wrong).then(pl.col("member"))).to_series()
    return cells.replace_strict(spelled, found, return_dtype=pl.String).alias(cells.name)


def _joined(members: pl.DataFrame) -> pl.DataFrame:
    """Given members, each with the place of its list; returns the lists by their places, each member once and in order."""
    column = members.get_column("member")
    names = column.unique().sort()
    if names.is_empty():
        return members
    count = len(names)
    rank = column.replace_strict(names, pl.int_range(count, eager=True), return_dtype=pl.Int64)
    each = (members.get_column("at") * count + rank).unique().sort()
    ordered = pl.DataFrame({"at": each // count, "member": names.gather(each % count)})
    return ordered.group_by("at", maintain_order=True).agg("member").with_columns(pl.col("member").list.join(CELL_SEPARATOR))


def _strange(split: Sequence[str], values: Mapping[str, Written]) -> Callable[[str], Reason]:
    known = {written.strip().lower() for written in values}
    reason, more = not_agreed(tuple(values)), len(values) > MOST_SHOWN

    def why(text: str) -> Reason:
        if re.search(CONTROL, text):
            return control_character(text)
        listed = members_of(text, split)
        if len(listed) < 2:
            return reason
        strange = next((member for member in listed if member.lower() not in known), text)
        return Reason(reason.code, _IN_LIST_AND_MORE if more else _IN_LIST, {**reason.values, "member": strange})

    return why
