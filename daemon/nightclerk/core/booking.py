"""What a target is asked to do with a feed's rows, and what it answers: values, decided before any SQL is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nightclerk.core.convert.constant import canonical
from nightclerk.core.entity import Entity, FieldType
from nightclerk.core.feed import Feed
from nightclerk.core.mapping import Blank, Conflict
from nightclerk.core.reading import Cell

Effect = Literal["kept_blank", "defaulted", "cleared", "kept_filled", "kept_edited", "kept_never"]
"""kept_blank: the cell was empty, and the value was kept. defaulted: it was empty, and the default was written.
cleared: it was empty, and the value was taken out. The others: the
file had another value, and what stood there was kept: because there was a value (``fill_empty``), because it is not what an
import last brought (``keep_local_edits``), or because known rows never get it (``never``)."""


@dataclass(frozen=True, slots=True)
class WrittenField:
    """One field that the rows carry. blank: what a None does to a known row; ``default`` only where there is one. conflict: what
    becomes of another value that stands in a known row. default: what a None becomes in a new row."""

    name: str
    column: str
    type: FieldType
    key: bool
    blank: Blank
    required_for_new: bool
    default: Cell
    conflict: Conflict = "overwrite"


@dataclass(frozen=True, slots=True)
class BookingPlan:
    """Everything a target needs to know to book one feed's rows. Names come from the configuration only.

    fields: in the order of ``Opened.written``; key fields are among them. absent_defaults: columns of new rows that the
    file does not fill at all but that have a default. missing_for_new: fields that new rows need and the mapping lacks.
    """

    tenant: str
    entity: str
    table: str
    tenant_column: str | None
    fields: tuple[WrittenField, ...]
    key: tuple[str, ...]
    mode: Literal["upsert", "create_only", "update_only"]
    absent_defaults: tuple[tuple[str, FieldType, Cell], ...] = ()
    missing_for_new: tuple[str, ...] = ()

    @property
    def remembered(self) -> tuple[WrittenField, ...]:
        """The fields of which the target keeps what an import last brought (``conflict: keep_local_edits``)."""
        return tuple(field for field in self.fields if field.conflict == "keep_local_edits" and not field.key)


def written_fields(feed: Feed, entity: Entity) -> tuple[str, ...]:
    """Given a feed and its entity; returns the fields the mapping fills, in the entity's order (``Opened.written``)."""
    return tuple(name for name in entity.fields if name in feed.mapping)


def plan_booking(tenant: str, feed: Feed, entity: Entity) -> BookingPlan:
    """Given a tenant's name, a feed and its entity, all checked; returns the plan."""
    written = written_fields(feed, entity)
    fields = tuple(
        WrittenField(
            name=name,
            column=entity.column(name),
            type=entity.fields[name].type,
            key=name in entity.key,
            blank=_blank(feed, entity, name),
            required_for_new=entity.fields[name].required_for_new,
            default=canonical_default(entity, name),
            conflict=feed.mapping[name].conflict or feed.conflict,
        )
        for name in written
    )
    absent = [name for name, spec in entity.fields.items() if name not in written and spec.owner == "import"]
    return BookingPlan(
        tenant=tenant,
        entity=entity.entity,
        table=entity.table,
        tenant_column=None if entity.tenant_column == "none" else entity.tenant_column,
        fields=fields,
        key=tuple(entity.key),
        mode=feed.mode,
        absent_defaults=tuple(
            (entity.column(name), entity.fields[name].type, canonical_default(entity, name))
            for name in absent
            if entity.fields[name].default is not None
        ),
        missing_for_new=tuple(
            name
            for name in absent
            if (entity.fields[name].required or entity.fields[name].required_for_new) and entity.fields[name].default is None
        ),
    )


def _blank(feed: Feed, entity: Entity, name: str) -> Blank:
    """A field without a default has none that a blank could bring, and keeps what it has."""
    wanted = feed.mapping[name].blank or feed.blank
    return "keep" if wanted == "default" and entity.fields[name].default is None else wanted


def canonical_default(entity: Entity, name: str) -> Cell:
    """Given an entity and a field's name; returns its default in canonical form (``core.reading``), or None."""
    spec = entity.fields[name]
    return None if spec.default is None else canonical(spec, spec.default)


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A row that only the tables could rule out: its line, the reason's code, the field where one is meant."""

    line: int
    code: Literal["known_key", "unknown_key", "required_for_new"]
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The exact outcome of comparing the staged rows with the table, forbidden rows already taken out again."""

    created: int
    updated: int
    unchanged: int
    effects: dict[Effect, dict[str, int]]
    """What the policies did to known rows: effect → field → how many rows. Only what happened is named."""


@dataclass(frozen=True, slots=True)
class Change:
    """What booking one row would do, in canonical form. key: the key fields. before: the changed fields as they stand, or None
    for a new row. after: the changed fields as they will be; of a new row all that are not blank, defaults included."""

    line: int
    key: dict[str, Cell]
    before: dict[str, Cell] | None
    after: dict[str, Cell]
