"""A scenario: entities and feeds as ops write them, and what happens to the tables, night by night. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Cell = None | str | int | bool
Key = tuple[Cell, ...]
SEPARATOR = "\x1f"
"""Between the members of a list's cell, each of them once and sorted."""
Row = dict[str, Cell]
Written = Mapping[str, Any]
"""What stands in YAML: an entity, or a feed."""


Place = tuple[str, str, Key]
"""Where a row stands: entity, tenant, key."""


@dataclass(frozen=True)
class Entry:
    """A line of the change log. before and after: of what changed; of a row that was created or deleted all of it. again: an undo
    created the row anew, so that the log has all its columns."""

    run: str
    line: int
    place: Place
    kind: str
    before: Row | None
    after: Row | None
    again: bool = False


@dataclass(frozen=True)
class Parked:
    """A row that waits. cells: as the file brought them; missing: the references that name no row, each with its value."""

    run: str
    tenant: str
    feed: str
    line: int
    place: Place
    cells: Row
    missing: Row


@dataclass(frozen=True)
class Put:
    """The application creates a row."""

    entity: str
    tenant: str
    row: Row


@dataclass(frozen=True)
class Edit:
    """The application writes some values into a row, if it is there."""

    entity: str
    tenant: str
    key: Key
    values: Row


@dataclass(frozen=True)
class Removal:
    """The application deletes a row, if it is there."""

    entity: str
    tenant: str
    key: Key


@dataclass(frozen=True)
class Delivery:
    """A file of one feed is booked, after a look ahead if ``ahead``. rows: line → the cells of the written fields, in canonical
    form. size: how many rows a block has. only: of a trial, the keys that are meant. approve: what is decided if it is held.
    unread: the keys of rows that were rejected as they were read."""

    tenant: str
    feed: str
    rows: tuple[tuple[int, Row], ...]
    size: int = 3
    ahead: bool = False
    only: tuple[Key, ...] | None = None
    approve: bool = True
    unread: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Undo:
    """A run is taken back, after a look ahead if ``ahead``. back: of the runs that can be taken back, the newest but so many."""

    back: int = 0
    ahead: bool = False


@dataclass(frozen=True)
class Replay:
    """The file of a run is booked once more. back: of the deliveries that were booked, the newest but so many."""

    back: int = 0


@dataclass(frozen=True)
class Retry:
    """Rows of a feed that wait are looked at again, run by run: those whose missing rows are there by now are booked."""

    tenant: str
    feed: str


Step = Put | Edit | Removal | Delivery | Undo | Replay | Retry


@dataclass(frozen=True)
class Scenario:
    """entities and feeds by name, as in YAML. steps: in their order."""

    seed: int
    entities: Mapping[str, Written]
    feeds: Mapping[str, Written]
    steps: tuple[Step, ...] = field(default=())

    def told(self) -> str:
        """Returns it as people read it, one thing a line."""
        lines = [f"entity {name}: {dict(entity)}" for name, entity in self.entities.items()]
        lines += [f"feed {name}: {dict(feed)}" for name, feed in self.feeds.items()]
        return "\n".join([*lines, *(f"{number}. {step}" for number, step in enumerate(self.steps))])


def mapping_of(feed: Written) -> dict[str, Any]:
    """Given a feed; returns its rules by field, those of its custom fields among them."""
    return {**feed["mapping"], **feed.get("custom_fields", {})}


def whole(entity: Written, feeds: Mapping[str, Written]) -> dict[str, Any]:
    """Given an entity and all feeds; returns it with their custom fields behind its own."""
    customs = [feed.get("custom_fields", {}) for feed in feeds.values() if feed["entity"] == entity["entity"]]
    return {**entity, "fields": {**entity["fields"], **{name: spec for custom in customs for name, spec in custom.items()}}}


def members(cell: Cell) -> list[str]:
    """Given a list's cell; returns its members."""
    return [] if cell is None else str(cell).split(SEPARATOR)
