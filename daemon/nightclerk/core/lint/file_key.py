"""The key of a file as a feed's mapping makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from nightclerk.core.apply_mapping import part_of, text_of
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.headers import find_columns


@dataclass(frozen=True)
class FileKey:
    """columns: the headers that it is made of. text: it, over columns of text named "0", "1", …; blank where a part is blank."""

    columns: tuple[str, ...]
    text: pl.Expr


def file_key(feed: Feed, entity: Entity, headers: Sequence[str]) -> FileKey | None:
    """Given a feed, its entity and a file's headers; returns its key, None where it is made of no column.

    Raises SenderError where a column of the key is missing, or is there twice.
    """
    fields = [field for field in entity.key if field in feed.mapping and feed.mapping[field].constant is None]
    if not fields:
        return None
    places = find_columns(feed, fields, headers)
    parts = [
        part_of(text_of(feed.mapping[field], places[field], plain=True), feed.mapping[field]).fill_null("") for field in fields
    ]
    blank = pl.any_horizontal(part == "" for part in parts)
    text = pl.when(blank).then(pl.lit("")).otherwise(pl.concat_str(parts, separator=" | "))
    return FileKey(tuple(dict.fromkeys(headers[place].strip() for field in fields for place in places[field])), text.alias("key"))
