"""What taking a run back does to each row that it changed: decided from the log, the row as it stands, and the run's own file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from nightclerk.core.booking import BookingPlan, Stored, WrittenField, canonical_default, links_of, plan_booking, written_fields
from nightclerk.core.entity import Entity, FieldType, Named, named_by
from nightclerk.core.feed import Feed
from nightclerk.core.parked import WITHDRAWN
from nightclerk.core.reading import Cell

Act = Literal["updated", "deleted", "created"]
"""What undoing does to a row, by the name under which the log has it."""
Outcome = Literal["reverted", "kept", "could_not"]
Reason = Literal["gone", "referred", "forbidden", "no_file", "no_entity"]
"""Why a change could not be taken back: the row is not there any more; rows of other tables refer to it; a rule of the database
forbids it; it was created, and the file that tells how it was made cannot be read any more; the configuration does not have its
entity any more."""
REASONS: dict[Reason, str] = {
    "gone": "the row is not there any more",
    "referred": "rows of another table refer to it",
    "forbidden": "a rule of the database forbids it",
    "no_file": "the run's file in the archive does not tell how it was made",
    "no_entity": "the configuration does not have its entity any more",
}
Later = frozenset[str] | None
"""The fields of a row that runs changed after the one to undo; None: all of it, since it was created or deleted once more."""


@dataclass(frozen=True, slots=True)
class NamedBy:
    """Where rows of an entity are named by others: a table, which of its columns has the name, and which the tenant."""

    table: str
    column: str
    tenant_column: str | None


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """Everything a target needs to know to take one run back.

    booking: the plan by which the run was booked. types, columns: of all fields of its entity. made: what new rows of the run
    have in fields that its file did not fill. apart: the entity's lists and custom fields. asked: tables whose rows name the
    booking's, and that are asked before these are deleted. run: its key. void: the keys of runs whose changes count for nothing,
    because they were undone themselves or have undone another one. blanked: of the references of which the run left out values
    that named no row (``unknown_reference: blank``), what its new rows have instead. named_by: entity → where else its rows are
    named, for the run's entity and those of which it may have created rows: what is named there is not deleted. parker: the run
    whose parked rows wait no longer; or, with parks, wait again, since what is taken back is an undo of that run.
    """

    booking: BookingPlan
    types: Mapping[str, FieldType]
    columns: Mapping[str, str]
    made: Mapping[str, Cell]
    run: str
    void: frozenset[str] = frozenset()
    apart: tuple[WrittenField, ...] = ()
    asked: tuple[str, ...] = ()
    blanked: Mapping[str, Cell] = field(default_factory=dict)
    named_by: Mapping[str, tuple[NamedBy, ...]] = field(default_factory=dict)
    parker: str = ""
    parks: bool = False

    @property
    def moves(self) -> tuple[str, str]:
        """Under which run the rows that the run had parked stand before the undo, and under which after it."""
        waits = self.parker or self.run
        gone = WITHDRAWN + waits
        return (gone, waits) if self.parks else (waits, gone)

    @property
    def named(self) -> dict[str, Named]:
        """The rows of other entities that the run may have created on the way, by entity."""
        members = {one.links.of.entity: one.links.of for one in self.apart if one.links is not None and one.links.of.create}
        made = {one.to.entity: one.to for one in self.booking.references if one.unknown == "create"}
        return made | members


@dataclass(frozen=True, slots=True)
class Logged:
    """A change in the log. key: as the log has it, and written as it has it; fields: field → its value before and after, of
    updated rows; column → value of rows that an undo deleted or created; None for rows that an import created."""

    line: int
    kind: Act
    key: dict[str, Any]
    fields: dict[str, Any] | None
    later: Later = frozenset()
    written: str = ""
    entity: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one change. fields: those that get their old values back. kept: those that were changed since."""

    outcome: Outcome
    act: Act | None = None
    fields: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class RowUndone:
    """What became, or would become, of one row that the run had changed. line: negative where no line of the file is behind it.
    key: its key fields."""

    line: int
    entity: str
    key: dict[str, Any]
    decision: Decision


@dataclass(slots=True)
class UndoTally:
    """How many rows ended how. reverted: by what was done to them. partly: of these, the rows of which some fields were kept.
    could_not: by reason."""

    reverted: dict[Act, int] = field(default_factory=dict)
    partly: int = 0
    kept: int = 0
    could_not: dict[Reason, int] = field(default_factory=dict)

    def add(self, rows: Iterable[RowUndone]) -> None:
        """Counts these rows as well."""
        for decision in (row.decision for row in rows):
            if decision.act is not None:
                self.reverted[decision.act] = self.reverted.get(decision.act, 0) + 1
                self.partly += bool(decision.kept)
            elif decision.reason is not None:
                self.could_not[decision.reason] = self.could_not.get(decision.reason, 0) + 1
            else:
                self.kept += 1


def plan_undo(
    tenant: str,
    feed: Feed,
    entity: Entity,
    run: str,
    void: Iterable[str] = (),
    blanked: Iterable[str] = (),
    others: Iterable[Entity] = (),
) -> UndoPlan:
    """Given a tenant's name, the feed and the entity by which a run was booked, its key, the keys of runs whose changes count
    for nothing, the references of which the run left out values, and the tenant's entities with all that is known of the rows
    that they name; returns the plan to undo it."""
    written = written_fields(feed, entity)
    made = {name: canonical_default(entity, name) for name, spec in entity.fields.items() if spec.owner == "import"}
    booking, left_out = plan_booking(tenant, feed, entity), frozenset(blanked)
    return UndoPlan(
        booking=booking,
        types={name: spec.type for name, spec in entity.fields.items()},
        columns={name: entity.column(name) for name in entity.fields},
        made={name: default for name, default in made.items() if name not in written and default is not None},
        run=run,
        void=frozenset(void),
        apart=fields_apart(booking, entity),
        blanked={one.name: one.default for one in booking.fields if one.name in left_out},
        named_by=_named_by([one for one in others if one.table != entity.table]),
    )


def _named_by(entities: Iterable[Entity]) -> dict[str, tuple[NamedBy, ...]]:
    """Given entities; returns where they name rows of other tables than their own, by the entity that is named."""
    found: dict[str, tuple[NamedBy, ...]] = {}
    for entity in entities:
        for name in entity.fields:
            named, links = named_by(entity, name), links_of(entity, name)
            if named is None or named.table == entity.table:
                continue
            tenant = None if entity.tenant_column == "none" else entity.tenant_column
            own = NamedBy(entity.table, entity.column(name), tenant)
            place = own if links is None else NamedBy(links.table, links.member, links.tenant_column)
            found[named.entity] = (*found.get(named.entity, ()), place)
    return found


def fields_apart(booking: BookingPlan, entity: Entity) -> tuple[WrittenField, ...]:
    """Given a plan and its entity; returns the entity's fields that have no column of their own, also those that the plan's file
    does not fill."""
    written = {field.name: field for field in booking.fields}
    found = []
    for name, spec in entity.fields.items():
        if name in entity.in_columns:
            continue
        links = links_of(entity, name)
        stored: Stored = "custom" if spec.type != "list" else "links"
        unwritten = WrittenField(name, entity.column(name), spec.type, False, "keep", False, None, stored=stored, links=links)
        found.append(written.get(name, unwritten))
    return tuple(found)


def made_on_the_way(named: Named, key: Cell) -> dict[str, Cell]:
    """Given rows of another entity and the key of one that was created on the way; returns it as it was made, by the key field
    and its other columns."""
    constants: dict[str, Cell] = {column: value for column, _, value in named.constants}
    return {named.field: key} | dict.fromkeys(named.same, key) | constants


def plan_named(plan: UndoPlan, named: Named) -> UndoPlan:
    """Given a plan and rows of another entity; returns the plan to take back those of them that the run created on the way."""
    key = WrittenField(named.field, named.column, named.type, True, "keep", False, None)
    booking = BookingPlan(plan.booking.tenant, named.entity, named.table, named.tenant_column, (key,), (named.field,), "upsert")
    types: dict[str, FieldType] = {named.field: named.type} | dict.fromkeys(named.same, named.type)
    types |= {column: kind for column, kind, _ in named.constants}
    columns = {name: named.column if name == named.field else name for name in types}
    lists = [one.links.table for one in plan.apart if one.links is not None and one.links.of.table == named.table]
    refers = any(one.to.table == named.table for one in plan.booking.references)
    asked = (*lists, *[plan.booking.table] * refers)
    return UndoPlan(booking, types, columns, {}, plan.run, plan.void, asked=asked, named_by=plan.named_by)


def made_by(plan: UndoPlan, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Given a plan and an accepted row of the run's file by field; returns the row as the import created it."""
    filled = {one.name: one.default if cells[one.name] is None else cells[one.name] for one in plan.booking.fields}
    return {**plan.made, **filled}


def decide_updated(change: Logged, after: Mapping[str, Cell], stands: Mapping[str, Cell] | None) -> Decision:
    """Given a logged update, its values after it in canonical form, and the row's fields as they stand, None where it is gone;
    returns what becomes of it."""
    if stands is None:
        return Decision("could_not", reason="gone")
    names = tuple(change.fields or ())
    later = frozenset(names) if change.later is None else change.later
    fields = tuple(name for name in names if name not in later and stands.get(name) == after[name])
    kept = tuple(name for name in names if name not in fields)
    return Decision("reverted", "updated", fields, kept) if fields else Decision("kept", kept=kept)


def decide_created(
    change: Logged,
    made: Mapping[str, Cell] | None,
    stands: Mapping[str, Cell] | None,
    usual: Mapping[str, Cell],
    filled_in: Sequence[str] = (),
    blanked: Mapping[str, Cell] = MappingProxyType({}),
) -> Decision:
    """Given a row that an import created, as it made it (None where that cannot be told), as its fields stand, the values that
    the database gives to columns by itself, the columns beside the fields in which somebody has put something, and what stands
    in references whose value the import may have left out; returns what becomes of it. It is deleted only if nobody has touched
    it."""
    if made is None:
        return Decision("could_not", reason="no_file")
    if stands is None:
        return Decision("could_not", reason="gone")
    kept = tuple(
        name
        for name, cell in stands.items()
        if (cell != made[name] if name in made else cell is not None and cell != usual.get(name))
        and not (name in blanked and cell == blanked[name])
    ) + tuple(filled_in)
    touched = change.later is None or bool(change.later)
    return Decision("kept", kept=kept) if kept or touched else Decision("reverted", "deleted")


def decide_again(change: Logged, stands: Mapping[str, Any] | None, fields: Mapping[str, str]) -> Decision:
    """Given a row that an undo deleted or created, the same row's columns as they stand, None where it is not there, and the
    fields by their columns; returns what becomes of it."""
    if change.kind == "deleted":
        return Decision("reverted", "created") if stands is None else Decision("kept")
    if stands is None:
        return Decision("could_not", reason="gone")
    kept = tuple(fields.get(name, name) for name, value in (change.fields or {}).items() if stands.get(name) != value)
    touched = change.later is None or bool(change.later)
    return Decision("kept", kept=kept) if kept or touched else Decision("reverted", "deleted")
