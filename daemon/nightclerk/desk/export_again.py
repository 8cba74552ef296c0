"""Exported rows that are ready to be read again: in a feed's headers and notation, each cell tried out on its reading."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import nightclerk.core.reversal as way
from nightclerk.core.booking import written_fields
from nightclerk.core.brought_back import brought_back, gone_rows, rule_of
from nightclerk.core.condition import All, Condition, Not
from nightclerk.core.convert.constant import canonical
from nightclerk.core.entity import Entity
from nightclerk.core.errors import OperatorError, SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.format import Delimited
from nightclerk.core.headers import EXPORT_COLUMN
from nightclerk.core.lists import as_read
from nightclerk.core.reading import Cell
from nightclerk.core.wording import listed, quoted
from nightclerk.desk.export import Asked, Desk, Exported, wanted
from nightclerk.formats.export_text import Cells, ExportText, TextForm, text_columns, with_blank_column

if TYPE_CHECKING:
    from nightclerk.formats.export_sheet import TextSheet


class Losses:
    """What would not come back, gathered over all portions: field → how many rows, and the first of them by its key."""

    def __init__(self, entity: Entity) -> None:
        self._entity = entity
        self.refused: dict[str, tuple[int, str]] = {}
        self.left_out: dict[str, tuple[int, str]] = {}

    def add(self, losses: Sequence[way.Loss], portion: dict[str, list[Cell]]) -> None:
        """Given the losses of a portion, and its rows by field."""
        for loss in losses:
            kept = self.left_out if loss.left_out else self.refused
            first = " ".join(str(portion[name][loss.row]) for name in self._entity.key)
            rows, earliest = kept.get(loss.field, (0, f"{first}, {loss.field} {_shown(portion[loss.field][loss.row])}"))
            kept[loss.field] = (rows + loss.rows, earliest)

    def notes(self) -> tuple[str, ...]:
        """What a person should know of a file that was written all the same."""
        return tuple(
            f"{_rows(rows)} without {field}: the feed would not read the value back as it is, and an empty cell leaves it as it "
            f"stands. The first is {first}."
            for field, (rows, first) in self.left_out.items()
        )


def write_again(desk: Desk, asked: Asked, path: Path) -> Exported:
    """Given what is asked, and where to write it; writes the file that the feed reads again, or where no feed reads this entity
    plain CSV. Raises OperatorError where reading it again would change what stands in the tables."""
    if asked.feed is None:
        return _plain(desk, asked, path)
    feed, entity, tenant = asked.feed, asked.entity, asked.tenant
    if feed.mode == "create_only":
        raise OperatorError(f"The feed {feed.feed} makes new rows only, so that it would reject every row that is known.")
    chosen, added = _fields(asked, feed)
    form = text_form(feed)
    last = desk.last_reading(tenant.tenant, feed.feed)
    known = last.readings if last is not None else ()
    try:
        back = way.WayBack(feed, entity, chosen, tenant.timezone, tenant.language, known, form.encoding)
    except (ValueError, SenderError) as error:
        raise OperatorError(f"The feed {feed.feed} cannot be turned round: {error}") from error
    losses, gone = Losses(entity), gone_rows(feed, entity)
    headers = (*back.headers, EXPORT_COLUMN)
    with path.open("wb") as file:
        text = asked.kind == "csv"
        sheet = feed.sheet if isinstance(feed.sheet, str) and not any(sign in feed.sheet for sign in "*?[") else feed.feed
        writer = ExportText(file, form, headers) if text else _sheet(path, sheet, headers)
        there = _narrowed(asked, None if gone is None else Not(gone))
        with closing(desk.target.rows(wanted(there, back.fields))) as portions:
            for columns in portions:
                portion = dict(zip(back.fields, columns, strict=True))
                cells, lost = back.cells(portion)
                losses.add(lost, portion)
                if not losses.refused:
                    _write(writer, cells, feed)
        if not isinstance(writer, ExportText):
            writer.finish()
    if losses.refused:
        raise OperatorError("\n".join(_refusal(field, *found, feed, entity) for field, found in losses.refused.items()))
    notes = (*added, *losses.notes(), *_of_the_gone(desk, asked, feed, gone), *_of_edits(feed, entity, chosen))
    return Exported(writer.rows, asked.kind, notes)


def _narrowed(asked: Asked, more: Condition | None) -> Asked:
    """Returns the wish for those of its rows that are meant as well."""
    parts = tuple(part for part in (asked.choice.where, more) if part is not None)
    return replace(asked, choice=replace(asked.choice, where=All(parts) if parts else None))


def _of_the_gone(desk: Desk, asked: Asked, feed: Feed, gone: Condition | None) -> Iterator[str]:
    """Of a feed whose file holds everything, the rows that are gone are no part of it: read again they would come back."""
    if gone is None:
        return
    with closing(desk.target.rows(wanted(_narrowed(asked, gone), tuple(asked.entity.key[:1])))) as portions:
        rows = sum(len(columns[0]) for columns in portions)
    if rows == 1:
        yield f"1 row that is gone is left out: the feed {feed.feed} would bring it back."
    elif rows:
        yield f"{rows:,} rows that are gone are left out: the feed {feed.feed} would bring them back."


def _of_edits(feed: Feed, entity: Entity, chosen: Sequence[str]) -> Iterator[str]:
    """An import cannot tell that what a file brings was typed in here."""
    kept = [name for name, rule in feed.mapping.items() if (rule.conflict or feed.conflict) == "keep_local_edits"]
    if told := listed((name for name in kept if name in chosen and name not in entity.key), "and"):
        yield (
            f"Once this file is imported, what was typed into {told} counts as brought by it, and the next file writes over it. "
            "With --columns such fields can be left out."
        )


def text_form(feed: Feed) -> TextForm:
    """Given a feed; returns how text is written for it. What it leaves to be found is written so that it is found."""
    format = feed.format
    if not isinstance(format, Delimited):
        return TextForm()
    name = codecs.lookup("utf-8" if format.encoding == "auto" else format.encoding).name
    unmarked = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(name, name)
    commas = feed.decimal == "," or any(rule.decimal == "," for rule in feed.mapping.values())
    delimiter = (";" if commas else ",") if format.delimiter == "auto" else format.delimiter
    quote = {"auto": '"', "none": None}.get(format.quote, format.quote)
    return TextForm(unmarked, unmarked.startswith("utf-"), delimiter, quote)


def _plain(desk: Desk, asked: Asked, path: Path) -> Exported:
    """No feed says how: the fields' own names, and values in canonical form."""
    fields = asked.choice.columns or tuple(asked.entity.fields)
    with path.open("wb") as file, closing(desk.target.rows(wanted(asked, fields))) as portions:
        writer = ExportText(file, TextForm(), fields)
        for columns in portions:
            writer.add(text_columns([["" if cell is None else _canonical(cell) for cell in cells] for cells in columns]))
    note = f"No feed of tenant {asked.tenant.tenant} reads {asked.entity.entity}: this file is not for being read again."
    return Exported(writer.rows, "csv", (note,))


def _canonical(cell: Cell) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(as_read(cell))


def _fields(asked: Asked, feed: Feed) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the fields that the file is to hold, and what is to be said of it."""
    readable = written_fields(feed, asked.entity)
    strange = [name for name in asked.choice.columns if name not in readable]
    if strange:
        raise OperatorError(
            f"The feed {feed.feed} does not read {listed(strange, 'and')}, so that {'they' if len(strange) > 1 else 'it'} cannot "
            "stand in a file for it. Take the field out of --columns, or export for readers, as with --as pdf."
        )
    if not asked.choice.columns:
        return readable, ()
    missing = [name for name in way.needed_fields(feed, asked.entity) if name not in asked.choice.columns]
    note = f"Added, since the feed {feed.feed} would reject rows without them or empty them: {listed(missing, 'and')}."
    return (*asked.choice.columns, *missing), (note,) if missing else ()


def _sheet(path: Path, title: str, headers: Sequence[str]) -> TextSheet:
    from nightclerk.formats.export_sheet import TextSheet

    return TextSheet(path, title, headers)


def _write(writer: ExportText | TextSheet, cells: Cells, feed: Feed) -> None:
    whole = with_blank_column(cells)
    try:
        if isinstance(writer, ExportText):
            writer.add(whole)
        else:
            writer.add([column.to_list() for column in whole])
    except ValueError as error:
        raise OperatorError(f"The rows cannot be written for the feed {feed.feed}: {error}.") from error


def _refusal(field: str, rows: int, first: str, feed: Feed, entity: Entity) -> str:
    rule = rule_of(feed, field)
    if not way.is_read(rule):
        constant = canonical(entity.fields[field], brought_back(feed, entity).get(field, rule.constant))
        return (
            f"{_rows(rows)} would change when read again, since the feed {feed.feed} gives every row {field} {_shown(constant)}. "
            f"The first is {first}. Leave such rows out with --where."
        )
    return (
        f"{_rows(rows)} would be rejected or changed when read again: nothing that could be written is read by the feed "
        f"{feed.feed} as the {field} that stands there. The first is {first}. Leave such rows out with --where, or export for "
        "readers, as with --as pdf."
    )


def _shown(cell: Cell) -> str:
    """What is blank, true or false is a word; all else is quoted."""
    if cell is None:
        return "empty"
    return _canonical(cell) if isinstance(cell, bool) else quoted(cell)


def _rows(number: int) -> str:
    return f"{number:,} row{'' if number == 1 else 's'}"
