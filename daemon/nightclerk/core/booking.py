"""What a target is asked to do with a feed's rows, and what it answers: values, decided before any SQL is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from nightclerk.core.brought_back import brought_back, rule_of
from nightclerk.core.convert.constant import canonical
from nightclerk.core.entity import Entity, FieldType, Link, Named, is_custom, named_by
from nightclerk.core.feed import Feed
from nightclerk.core.mapping import Blank, Conflict, Unknown
from nightclerk.core.reading import Cell
from nightclerk.core.stamps import Stamps

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
    unknown: Unknown


@dataclass(frozen=True, slots=True)
class Absence:
    """What becomes of rows of this tenant that imports of this feed created and that the file lacks.

    gone: what is written into them: field, its column, its type, its value. Rows in which all of that stands are left alone; of
    dated, the fields of the run's day, any day will do. telling: those of the rows' fields, all in gone, by which a row that
    comes back is told: all of them stood as they do in a row that is gone, and each changes.
    """

    feed: str
    gone: tuple[tuple[str, str, FieldType, Cell], ...]
    dated: frozenset[str] = frozenset()
    telling: tuple[str, ...] = ()


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
    they are. feed: whose rows these are.
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
    feed: str = ""
    stamps: Stamps = field(default_factory=Stamps)

    @property
    def remembered(self) -> tuple[WrittenField, ...]:
        """The fields of which the target keeps what an import last brought (``conflict: keep_local_edits``)."""
        return tuple(field for field in self.fields if field.conflict == "keep_local_edits" and not field.key)


def written_fields(feed: Feed, entity: Entity) -> tuple[str, ...]:
    """Given a feed and its entity; returns the fields that its rows carry, in the entity's order (``Opened.written``): those that
    the mapping fills, and those that every row brings by itself (``core.brought_back``)."""
    by_itself = brought_back(feed, entity)
    return tuple(name for name in entity.fields if name in feed.mapping or name in by_itself)


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
            conflict=_conflict(feed, name),
            links=links_of(entity, name, rule_of(feed, name).membership),
            stored=_stored(entity, name),
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
        feed=feed.feed,
        stamps=entity.stamps,
        missing_for_new=tuple(
            name
            for name in absent
            if (entity.fields[name].required or entity.fields[name].required_for_new) and entity.fields[name].default is None
        ),
        references=tuple(
            Reference(name, named, unknown)
            for name in written
            if entity.fields[name].type != "list" and (named := named_by(entity, name)) is not None
            for unknown in [unknown_reference(feed, entity, name)]
        ),
    )


def links_of(entity: Entity, name: str, membership: Literal["set", "add"] = "set") -> Links | None:
    """Given an entity that knows about the rows its fields name, and a field; returns its table of links, None where it is no
    list. Names that the entity does not give are made of those of the table, the field, the entities and their keys."""
    spec, named = entity.fields[name], named_by(entity, name)
    if spec.type != "list" or named is None:
        return None
    link = spec.link or Link()
    tenant = link.tenant or entity.tenant_column
    return Links(
        table=link.table or f"{entity.table}_{name}",
        tenant_column=None if tenant == "none" else tenant,
        owner=tuple(link.owner) or tuple(f"{entity.entity}_{key}" for key in entity.key),
        member=link.member or f"{named.entity}_{named.field}",
        of=named,
        membership=membership,
    )


def _stored(entity: Entity, name: str) -> Stored:
    if entity.fields[name].type == "list":
        return "links"
    return "custom" if is_custom(entity.fields[name]) else "column"


def unknown_reference(feed: Feed, entity: Entity, name: str) -> Unknown:
    """Given a feed, its entity and a reference that it fills; returns what becomes of a row whose value names none that is there.

    What every row must have cannot be empty: such a row is rejected where its cell would count as empty.
    """
    wanted = feed.mapping[name].unknown_reference or feed.unknown_reference
    never_blank = name in entity.key or entity.fields[name].required
    return "reject" if wanted == "blank" and never_blank else wanted


def _blank(feed: Feed, entity: Entity, name: str) -> Blank:
    """A field without a default has none that a blank could bring, and keeps what it has. So does a list that the file only adds
    to. What a row brings by itself is meant, a blank as well."""
    if name not in feed.mapping:
        return "clear"
    if feed.mapping[name].membership == "add":
        return "keep"
    wanted = feed.mapping[name].blank or feed.blank
    return "keep" if wanted == "default" and entity.fields[name].default is None else wanted


def _conflict(feed: Feed, name: str) -> Conflict:
    """A row that comes back is there again, whatever stands in it; only what somebody has edited is kept, where the feed keeps
    that."""
    if name not in feed.mapping:
        return "keep_local_edits" if feed.conflict == "keep_local_edits" else "overwrite"
    return feed.mapping[name].conflict or feed.conflict


def canonical_default(entity: Entity, name: str) -> Cell:
    """Given an entity and a field's name; returns its default in canonical form (``core.reading``), or None."""
    spec = entity.fields[name]
    return None if spec.default is None else canonical(spec, spec.default)


def currency_unsaid(feed: Feed, entity: Entity, name: str) -> str:
    """Given a feed, its entity and the field that names a currency; returns what amounts count under whose row says none: the
    default where the feed reads no currency at all, so that nothing else is said of its amounts, and where every row that is
    booked gets it; else ``""``. A known row may keep another currency, and a sum that depended on what stands in the tables
    could not be held against those of other nights."""
    if name in feed.mapping and not gets_default(feed, entity, name):
        return ""
    return str(canonical_default(entity, name) or "")


def gets_default(feed: Feed, entity: Entity, name: str) -> bool:
    """Given a feed, its entity and a field; returns whether every row that is booked and says nothing has the field's default
    afterwards."""
    if canonical_default(entity, name) is None or entity.fields[name].owner != "import":
        return False
    written = name in feed.mapping and _blank(feed, entity, name) == "default" and _conflict(feed, name) == "overwrite"
    return written or feed.mode == "create_only"


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
class ParkedRow:
    """A row that waits for rows of other entities. fields: its cells in canonical form; source: the record as the sender wrote
    it; missing: the references that name no row, each with its value."""

    line: int
    fields: dict[str, Cell]
    source: tuple[str, ...]
    missing: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The exact outcome of comparing the staged rows with the table, forbidden rows already taken out again."""

    created: int
    updated: int
    unchanged: int
    effects: dict[Effect, dict[str, int]]
    """What the policies did to known rows: effect → field → how many rows. Only what happened is named."""
    reopened: int = 0
    """Of the updated rows, those that were gone (``Absence``) and come back."""


@dataclass(frozen=True, slots=True)
class Change:
    """What booking one row would do, in canonical form. key: the key fields. before: the changed fields as they stand, or None
    for a new row. after: the changed fields as they will be; of a new row all that are not blank, defaults included."""

    line: int
    key: dict[str, Cell]
    before: dict[str, Cell] | None
    after: dict[str, Cell]
