"""What a target is asked to do with a feed's rows, and what it answers: values, decided before any SQL is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nightclerk.core.convert.constant import canonical
from nightclerk.core.entity import Entity, FieldType, Named, named_by
from nightclerk.core.feed import Feed
from nightclerk.core.mapping import Blank, Conflict
from nightclerk.core.reading import Cell

Effect = Literal[
    "kept_blank", "defaulted", "cleared", "kept_filled", "kept_edited", "kept_never", "created_on_the_way", "reference_blanked"
]
"""kept_blank: the cell was empty, and the value was kept. defaulted: it was empty, and the default was written.
cleared: it was empty, and the value was taken out. The others: the
file had another value, and what stood there was kept: because there was a value (``fill_empty``), because it is not what an
import last brought (``keep_local_edits``), or because known rows never get it (``never``). created_on_the_way: rows of another
entity that were created because this field names them. reference_blanked: the row it names is not known, so the cell counted as
empty (``unknown_reference: blank``)."""
Stored = Literal["column", "custom", "links"]
"""Where a field's values stand: in a column of its own; in the JSON column of custom fields; in a table of links."""


@dataclass(frozen=True, slots=True)
class Links:
    """The table of links in which a list stands: one row for each member of each of the feed's rows.

    owner: its columns for the key fields of the row, in the order of the plan's key; member: its column for the member's key;
    tenant_column: its column for the tenant, None where there is none. of: the members. membership: ``set``: the file's list
    is the whole of it; ``add``: it only adds to it.
    """

    table: str
    tenant_column: str | None
    owner: tuple[str, ...]
    member: str
    of: Named
    membership: Literal["set", "add"] = "set"


@dataclass(frozen=True, slots=True)
class Reference:
    """A written field that names a row of another entity. unknown: what becomes of a row whose value names none that is there.

    It is asked of rows that would be created, and of those in which this field would change.
    """

    field: str
    to: Named
    unknown: Literal["park", "reject", "blank", "create"]


@dataclass(frozen=True, slots=True)
class Absence:
    """What becomes of rows of this tenant that imports of this feed created and that the file lacks.

    gone: what is written into them: field, its column, its type, its value. Rows in which all of that stands are left alone.
    """

    feed: str
    gone: tuple[tuple[str, str, FieldType, Cell], ...]


@dataclass(frozen=True, slots=True)
class WrittenField:
    """One field that the rows carry. blank: what a None does to a known row; ``default`` only where there is one. conflict: what
    becomes of another value that stands in a known row. default: what a None becomes in a new row. stored: where its
    values stand; column: of a custom field the JSON column; of a list the field's name, since it has no column. links: of a list.
    """

    name: str
    column: str
    type: FieldType
    key: bool
    blank: Blank
    required_for_new: bool
    default: Cell
    conflict: Conflict = "overwrite"
    stored: Stored = "column"
    links: Links | None = None


@dataclass(frozen=True, slots=True)
class BookingPlan:
    """Everything a target needs to know to book one feed's rows. Names come from the configuration only.

    fields: in the order of ``Opened.written``; key fields are among them. absent_defaults: columns of new rows that the
    file does not fill at all but that have a default. missing_for_new: fields that new rows need and the mapping lacks.
    references: of the fields, those that name rows of other entities. absence: None where rows that the file lacks are left as
    they are.
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
    references: tuple[Reference, ...] = ()
    absence: Absence | None = None

    @property
    def remembered(self) -> tuple[WrittenField, ...]:
        """The fields of which the target keeps what an import last brought (``conflict: keep_local_edits``)."""
        return tuple(field for field in self.fields if field.conflict == "keep_local_edits" and not field.key)


def written_fields(feed: Feed, entity: Entity) -> tuple[str, ...]:
    """Given a feed and its entity; returns the fields the mapping fills, in the entity's order (``Opened.written``)."""
    return tuple(name for name in entity.fields if name in feed.mapping)


def plan_booking(tenant: str, feed: Feed, entity: Entity) -> BookingPlan:
    """Given a tenant's name, a feed and its entity, all checked, the entity as ``core.resolving`` makes it; returns the plan."""
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
            links=_links(entity, name),
            stored="links" if entity.fields[name].type == "list" else "column",
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
        references=tuple(
            Reference(name, named, "reject")
            for name in written
            if entity.fields[name].type != "list" and (named := named_by(entity, name)) is not None
        ),
    )


def _links(entity: Entity, name: str) -> Links | None:
    named = named_by(entity, name)
    if entity.fields[name].type != "list" or named is None:
        return None
    return Links(
        table=f"{entity.table}_{name}",
        tenant_column=None if entity.tenant_column == "none" else entity.tenant_column,
        owner=tuple(f"{entity.entity}_{key}" for key in entity.key),
        member=f"{named.entity}_{named.field}",
        of=named,
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
    """A row that only the tables could rule out: its line, the reason's code, the field where one is meant. value: the value of a
    reference that names no row; parks: the row waits for that row, instead of being rejected."""

    line: int
    code: Literal["known_key", "unknown_key", "required_for_new", "unknown_reference"]
    field: str | None = None
    value: Cell = None
    parks: bool = False


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
