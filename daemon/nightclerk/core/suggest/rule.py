"""What the settings would say of one field and of one feed, with the doubts beside it."""

from __future__ import annotations

from dataclasses import dataclass, field

from nightclerk.core.reading import FormatFound


@dataclass(frozen=True)
class Rule:
    """One field's line of the mapping. source: one column, or several with ``join``; first_of: several columns; constant: no
    column. values: what the sender writes → what it means. doubts: sentences for the comments beside it."""

    field: str
    source: tuple[str, ...] = ()
    first_of: tuple[str, ...] = ()
    join: str | None = None
    constant: str | bool | None = None
    values: tuple[tuple[str, str | bool], ...] = ()
    dates: tuple[str, ...] = ()
    decimal: str | None = None
    thousands: str | None = None
    extract: str | None = None
    split: str | None = None
    round: bool = False
    doubts: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The headers that it reads."""
        return self.first_of or self.source


@dataclass(frozen=True)
class Unread:
    """A column that no field is made from. told: what is known of it."""

    header: str
    told: str


@dataclass(frozen=True)
class Start:
    """What a feed says that starts from a preset.

    format: keys and values that differ; dates, decimal, thousands: as in ``Proposal``, empty or None where the preset says it;
    without: fields of the preset whose columns the file does not have; added: fields that the preset has not; told: a sentence
    for the comment beside it.
    """

    format: tuple[tuple[str, str], ...]
    dates: tuple[str, ...]
    decimal: str | None
    thousands: str | None
    without: tuple[str, ...]
    added: tuple[str, ...]
    told: str


@dataclass(frozen=True)
class Proposal:
    """One feed. missing: required fields for which nothing was found, so that it cannot be used as it is. language: the one its
    headers are in, or None. sure: whether headers, and not values alone, say what it is. alternatives: other entities that it
    could be, the likeliest first. duplicates: what the feed says of rows with one key, and why. preset: what it starts from, with
    start, what it says beside that; rules are all that it reads then."""

    feed: str
    files: str
    entity: str
    format: FormatFound
    rules: tuple[Rule, ...]
    ignore: tuple[Unread, ...] = ()
    member: str | None = None
    sheet: str | None = None
    dates: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str | None = None
    mode: str = "upsert"
    duplicates: tuple[str, str] | None = None
    preset: str | None = None
    start: Start | None = None
    missing: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    format_doubts: tuple[str, ...] = ()
    language: str | None = None
    sure: bool = True
    alternatives: tuple[str, ...] = field(default=())
