"""Lists and custom fields in the memory twin, row by row. A list stands in its row as one text, under the field's name; custom
fields stand in their column as a dict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from nightclerk.core.booking import BookingPlan, Forbidden, WrittenField
from nightclerk.core.entity import Named
from nightclerk.core.reading import CELL_SEPARATOR, Cell
from nightclerk.targets.custom_fields import custom_cell, document_of, merged

Row = dict[str, Any]


def raw(field: WrittenField, current: Row) -> Any:
    """Given a field and a row of the table; returns what stands there as it is written."""
    if field.stored == "custom":
        return custom_cell(document_of(current[field.column]), field.name, field.type)
    return current[field.column]


def put(row: Row, values: Mapping[WrittenField, Cell]) -> None:
    """Writes the fields' values into the row of the table."""
    for field, value in values.items():
        if field.stored == "custom":
            row[field.column] = merged(document_of(row[field.column]), {field.name: value})
        else:
            row[field.column] = value


def logged(field: WrittenField, before: Any, after: Cell) -> list[Any]:
    """Given a field and its values before and after; returns them as the log has them: a list as its members."""
    return [members(before), members(after)] if field.stored == "links" else [before, after]


def members(cell: Any) -> list[str] | None:
    """Given a list's cell; returns its members, None for a blank one."""
    return None if cell is None else str(cell).split(CELL_SEPARATOR)


class Members:
    """The members that rows name. there: the keys of the rows of another entity; changed: given a staged row and the table's, the
    lists that would get other members. missing: after ``settle``, those that are to be created on the way."""

    def __init__(
        self,
        plan: BookingPlan,
        there: Callable[[Named], set[Cell]],
        changed: Callable[[Row, Row | None], list[WrittenField]],
    ) -> None:
        self._plan = plan
        self._there = there
        self._changed = changed
        self._wanted: dict[int, dict[str, list[str]]] = {}
        self.missing: list[tuple[Named, str]] = []

    def unknown(self, line: int, row: Row, current: Row | None) -> list[Forbidden]:
        """Given a staged row, and the table's of its key; returns for each list the first member that is neither there nor to be
        created. Rows that the mode forbids are not asked."""
        plan = self._plan
        if plan.mode == ("update_only" if current is None else "create_only") or (current is None and plan.missing_for_new):
            return []
        found = []
        for field in self._changed(row, current):
            value = field.default if row[field.name] is None and current is None else row[field.name]
            if field.links is None or value is None:
                continue
            named = members(value) or []
            self._wanted.setdefault(line, {})[field.name] = named
            strangers = [] if field.links.of.create else sorted(set(named) - {str(one) for one in self._there(field.links.of)})
            found += [Forbidden(line, "unknown_reference", field.name, one) for one in strangers[:1]]
        return found

    def settle(self, booked: Iterable[tuple[int, Row]], made: Mapping[str, Sequence[Cell]]) -> dict[str, int]:
        """Given the rows that would be booked, and for each reference the rows that it makes on the way; returns for each list
        how many members will be created beside these."""
        lines, counts = [line for line, _ in booked], dict[str, int]()
        self.missing = []
        for field in self._plan.fields:
            if field.links is None or not field.links.of.create:
                continue
            of = field.links.of
            wanted = {one for line in lines for one in self._wanted.get(line, {}).get(field.name, ())}
            known = {str(one) for one in self._there(of)} | {one for other, one in self.missing if other.table == of.table}
            for reference in self._plan.references:
                known |= {str(one) for one in made.get(reference.field, ()) if reference.to.table == of.table}
            if new := sorted(wanted - known):
                counts[field.name] = len(new)
                self.missing += [(of, one) for one in new]
        return counts
