"""The way back: from the values of a table to cells that a feed reads as these values. Columns, not cells.

What one rule of the mapping does is undone where that is possible; then the feed's own reading tells of every cell whether it
comes back, so that nothing here has to be believed. A value that does not come back is left out where an empty cell keeps it, and
else told (``Loss``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from nightclerk.core.booking import canonical_default, written_fields
from nightclerk.core.brought_back import rule_of
from nightclerk.core.convert.kinds import dtype_of
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.headers import folded
from nightclerk.core.mapping import Mapped
from nightclerk.core.reading import Cell, FoundReading
from nightclerk.core.table import TextTable
from nightclerk.core.verdict import ReadingPlan, judge_rows, plan_reading
from nightclerk.core.writing import written
from nightclerk.core.yes_and_no import words_of


@dataclass(frozen=True, slots=True)
class Loss:
    """Values of one field that the feed would not read back. rows: how many; row: the first of them in its portion, from 0."""

    field: str
    rows: int
    row: int
    left_out: bool


class WayBack:
    """How one feed's rows are written so that the feed reads them again.

    headers: of the columns that the file must have. constants: fields that no column holds. fields: those that the feed writes,
    all of which are looked at, chosen or not. feed: the feed with nothing left to be found.
    """

    def __init__(
        self,
        feed: Feed,
        entity: Entity,
        chosen: Sequence[str],
        timezone: str,
        language: str,
        known: Sequence[FoundReading] = (),
        encoding: str = "utf-8",
    ) -> None:
        """Given a feed and its entity, the fields that are to be in the file, the tenant's zone and language, how the feed's last
        file read what is to be found, and the encoding that the file is to have. Raises ValueError or SenderError as
        ``plan_reading`` does."""
        self.feed = settled(feed, entity, known)
        self._entity = entity
        self.fields = written_fields(feed, entity)
        self._chosen = frozenset(chosen)
        self._encoding = encoding
        self._headers = _headers(self.feed, self.fields)
        self.headers = tuple(self._headers.values())
        self._plan: ReadingPlan = plan_reading(self.feed, entity, self.headers, timezone, language)
        self._places = {field.name: [str(position) for position in field.positions] for field in self._plan.fields}
        self._texts = {
            name: written(name, entity.fields[name], rule, self.feed, timezone, words_of(language)).alias(name)
            for name in self.fields
            if is_read(rule := rule_of(self.feed, name))
        }

    def cells(self, columns: Mapping[str, Sequence[Cell]]) -> tuple[pl.DataFrame, list[Loss]]:
        """Given a portion of rows, all ``fields`` in canonical form; returns their cells, one column of text for each of
        ``headers`` named by its place, and what does not come back."""
        wanted = pl.DataFrame([_series(name, dtype_of(self._entity.fields[name].type), columns[name]) for name in self.fields])
        texts = wanted.select(self._texts[name] for name in self.fields if name in self._texts)
        texts = texts.with_columns(pl.lit("").alias(name) for name in texts.columns if name not in self._chosen)
        cells = self._placed(texts)
        lost = self._lost(wanted, cells)
        left_out = {
            name: rows for name, rows in lost.items() if name in texts.columns and keeps_blank(self.feed, self._entity, name)
        }
        if left_out:
            texts = texts.with_columns(
                pl.when(rows).then(pl.lit("")).otherwise(pl.col(name)).alias(name) for name, rows in left_out.items()
            )
            cells = self._placed(texts)
            lost = self._lost(wanted, cells)
        told = [_loss(name, rows, True) for name, rows in left_out.items() if name in self._chosen and name not in lost]
        return cells, [*told, *(_loss(name, rows, False) for name, rows in lost.items())]

    def _placed(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Returns the cells: fields of one column first, since others may share it; then what is put together."""
        made: dict[str, pl.Series] = {}
        rules = {name: self.feed.mapping[name] for name in texts.columns}
        for name in sorted(rules, key=lambda name: _crooked(rules[name])):
            rule, text = rules[name], texts.get_column(name)
            places = [folded(alternatives[0]) for alternatives in rule.alternatives()]
            if rule.join is not None:
                _joined(made, places, text, rule.join)
            elif rule.first_of:
                _first_of(made, places, text)
            else:
                made.setdefault(places[0], text)
        blank = pl.Series("", [""], dtype=pl.String).new_from_index(0, len(texts))
        return pl.DataFrame([made.get(key, blank).alias(str(at)) for at, key in enumerate(self._headers)])

    def _lost(self, wanted: pl.DataFrame, cells: pl.DataFrame) -> dict[str, pl.Series]:
        """Returns for each field with such rows which of them the feed would not read back, and not keep either."""
        lines = pl.Series("line", range(len(cells)), dtype=pl.Int64)
        judged = judge_rows(TextTable(lines, cells), self._plan)
        read = judged.values.with_columns(judged.lines.alias("#line"))
        got = pl.DataFrame({"#line": lines}).join(read, on="#line", how="left", maintain_order="left")
        refused = lines.is_in(judged.rejected.to_list())
        blamed: dict[str, set[int]] = {}
        for issue in judged.issues:
            blamed.setdefault(issue.field or self._entity.key[0], set()).add(issue.line)
        foreign = {place: strange for place in cells.columns if (strange := self._foreign(cells.get_column(place))) is not None}
        found = {}
        for name in self.fields:
            want, back = wanted.get_column(name), got.get_column(name)
            brought = back if (default := self._default(name)) is None else back.fill_null(default)
            wrong = want.cast(pl.String).ne_missing(brought.cast(pl.String)) & ~self._kept(name, want, back) & ~refused
            if name in blamed:
                wrong = wrong | lines.is_in(sorted(blamed[name]))
            for place in self._places[name]:
                if place in foreign:
                    wrong = wrong | foreign[place]
            if wrong.any():
                found[name] = wrong
        return found

    def _default(self, name: str) -> Cell:
        """Returns what an empty cell brings to a known row; None where it brings nothing."""
        if name not in self.feed.mapping or (self.feed.mapping[name].blank or self.feed.blank) != "default":
            return None
        return canonical_default(self._entity, name)

    def _foreign(self, column: pl.Series) -> pl.Series | None:
        """Returns the rows whose cell the file's encoding cannot hold; None, and quickly so, where there are none."""
        if _fits(column.str.join("").item(), self._encoding):
            return None
        return pl.Series([not _fits(cell, self._encoding) for cell in column], dtype=pl.Boolean)

    def _kept(self, name: str, want: pl.Series, back: pl.Series) -> pl.Series:
        """Returns the rows in which an import leaves the value as it stands, whatever the file has."""
        conflict = rule_of(self.feed, name).conflict or (self.feed.conflict if name in self.feed.mapping else "overwrite")
        if conflict == "never" and name not in self._entity.key:
            return pl.Series([True], dtype=pl.Boolean).new_from_index(0, len(want))
        kept = back.is_null() if keeps_blank(self.feed, self._entity, name) else pl.Series([False]).new_from_index(0, len(want))
        return kept | want.is_not_null() if conflict == "fill_empty" and name not in self._entity.key else kept


def keeps_blank(feed: Feed, entity: Entity, name: str) -> bool:
    """Given a feed, its entity and a field; returns whether an empty cell leaves a known row's value as it stands."""
    if name in entity.key or entity.fields[name].required or name not in feed.mapping:
        return False
    rule = feed.mapping[name]
    if (rule.conflict or feed.conflict) == "never":
        return True
    policy = rule.blank or feed.blank
    return policy == "keep" or (policy == "default" and entity.fields[name].default is None)


def is_read(rule: Mapped) -> bool:
    """Given a field's rule; returns whether the field is read from a column."""
    return bool(rule.source or rule.first_of)


def needed_fields(feed: Feed, entity: Entity) -> tuple[str, ...]:
    """Given a feed and its entity; returns the fields that a file must hold so that reading it changes nothing."""
    read = [name for name in written_fields(feed, entity) if is_read(rule_of(feed, name))]
    return tuple(name for name in read if not keeps_blank(feed, entity, name))


def settled(feed: Feed, entity: Entity, known: Sequence[FoundReading]) -> Feed:
    """Given a feed, its entity and what its last file told; returns the feed with a way to write what is to be found."""
    told = {one.field: one for one in known}
    changed: dict[str, Mapped] = {}
    for name, rule in feed.mapping.items():
        kind = entity.fields[name].type if name in entity.fields else "text"
        one = told.get(name, FoundReading(name, ""))
        if kind in ("date", "datetime") and feed.infers_dates(rule):
            own = ("%Y-%m-%d",) if kind == "date" else ("%Y-%m-%d %H:%M:%S",)
            changed[name] = rule.model_copy(update={"dates": list(one.dates or own)})
        elif kind in ("integer", "decimal", "money") and feed.decimal_of(rule) == "auto":
            changed[name] = rule.model_copy(update={"decimal": one.decimal or ".", "thousands": one.thousands or None})
    return feed.model_copy(update={"mapping": feed.mapping | changed}) if changed else feed


def _headers(feed: Feed, fields: Sequence[str]) -> dict[str, str]:
    """Returns the headers by what their spellings have in common, in the entity's order."""
    found: dict[str, str] = {}
    for name in fields:
        rule = rule_of(feed, name)
        for alternatives in rule.alternatives() if is_read(rule) else ():  # what rows bring by themselves has no column
            if not any(folded(spelling) in found for spelling in alternatives):
                found[folded(alternatives[0])] = alternatives[0]
    return found


def _crooked(rule: Mapped) -> int:
    """What is written as it is goes before what is looked up or reshaped, and that before what is put together."""
    if rule.join is not None or rule.first_of:
        return 2 if rule.join is not None else 3
    return int(bool(rule.values or rule.extract or rule.case or rule.pad))


def _joined(made: dict[str, pl.Series], places: list[str], text: pl.Series, between: str) -> None:
    """Puts the parts of a text into their columns; what cannot be parted goes whole into the first of them that is free."""
    free = [place for place in places if place not in made]
    if not free:
        return
    if len(free) == len(places) and between:
        parts = text.str.splitn(between, len(places)).struct.unnest().fill_null("")
        sound = parts.select(pl.all_horizontal(pl.all() == pl.all().str.strip_chars())).to_series()
        whole = (
            text
            == parts.select(
                pl.concat_str([_unless_blank(name) for name in parts.columns], separator=between, ignore_nulls=True)
            ).to_series()
        )
        fits = sound & whole
        for at, place in enumerate(places):
            other = text if at == 0 else pl.Series([""]).new_from_index(0, len(text))
            made[place] = parts.get_column(parts.columns[at]).zip_with(fits, other)
        return
    rest = text
    for place in places[: places.index(free[0])]:
        before = made[place]
        begun = pl.select(pl.lit(rest).str.starts_with(pl.lit(before + between))).to_series() & (before != "")
        cut = pl.select(pl.lit(rest).str.slice(pl.lit(before).str.len_chars() + len(between))).to_series()
        rest = cut.zip_with(begun, rest)
    made[free[0]] = rest


def _first_of(made: dict[str, pl.Series], places: list[str], text: pl.Series) -> None:
    """Puts a text into the first column that is free, unless the columns behind it say the same."""
    free = next((place for place in places if place not in made), None)
    if free is None:
        return
    behind = [made[place] for place in places[places.index(free) + 1 :] if place in made]
    says = pl.Series([""]).new_from_index(0, len(text))
    for column in reversed(behind):
        says = column.zip_with(column != "", says)
    made[free] = pl.Series([""]).new_from_index(0, len(text)).zip_with(says == text, text)


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _unless_blank(name: str) -> pl.Expr:
    return pl.when(pl.col(name) != "").then(pl.col(name))


def _loss(name: str, rows: pl.Series, left_out: bool) -> Loss:
    return Loss(name, int(rows.sum()), int(rows.arg_true()[0]), left_out)


def _series(name: str, dtype: type[pl.DataType], cells: Sequence[Cell]) -> pl.Series:
    try:
        return pl.Series(name, cells, dtype=dtype)
    except TypeError:  # what is no value of the field's type came as its text, which the feed will not read back
        return pl.Series(name, [None if cell is None else str(cell) for cell in cells], dtype=pl.String)
