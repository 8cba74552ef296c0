"""Issues that only show once the whole file is read or the tables are asked: duplicates, and rows the tables rule out."""

from __future__ import annotations

from collections.abc import Sequence

from nightclerk.core.booking import BookingPlan, Forbidden
from nightclerk.core.feed import Feed
from nightclerk.core.issue import Issue
from nightclerk.core.reading import Cell, DuplicateKey, LateRow
from nightclerk.core.sentences import about_duplicate, about_key, about_new, about_unknown


class LateIssues:
    """Makes these issues. feed and plan: what is booked; columns: the file's headers; fed: the entities that files bring."""

    def __init__(self, feed: Feed, plan: BookingPlan, columns: tuple[str, ...], fed: frozenset[str] = frozenset()) -> None:
        self._feed = feed
        self._plan = plan
        self._columns = columns
        self._fed = fed
        self._named = {one.field: one.to.entity for one in plan.references}
        self._named |= {one.name: one.links.of.entity for one in plan.fields if one.links is not None}
        names = [field.name for field in plan.fields]
        self._key_places = [names.index(name) for name in plan.key]

    def duplicate(self, found: DuplicateKey, line: int) -> Issue:
        """Given a key that stands in several rows, and one of their lines; returns that row's issue."""
        key = _shown(found.key)
        return Issue(
            line=line,
            code="duplicate_key",
            message=about_duplicate(line, key, found.lines),
            column=self._header(self._plan.key[0]),
            field=self._plan.key[0],
            value=key[:200],
        )

    def forbidden(self, found: Sequence[Forbidden], row: LateRow) -> list[Issue]:
        """Given all that rules a row out, and the row; returns its issues."""
        values = row.values or ()
        key = _shown(tuple(values[place] for place in self._key_places)) if values else ""
        return [self._forbidden(one, key) for one in found]

    def _forbidden(self, one: Forbidden, key: str) -> Issue:
        field = one.field or self._plan.key[0]
        header = self._header(field)
        if one.code == "required_for_new":
            message = about_new(one.line, header, field, key)
            return Issue(line=one.line, code=one.code, message=message, column=header, field=field)
        if one.code == "unknown_reference":
            value, entity = str(one.value), self._named[field]
            message = about_unknown(one.line, header, value, entity, entity in self._fed)
            return Issue(line=one.line, code=one.code, message=message, column=header, field=field, value=value[:200])
        message = about_key(one.line, key, one.code)
        return Issue(line=one.line, code=one.code, message=message, column=header, field=field, value=key[:200])

    def _header(self, field: str) -> str | None:
        mapped = self._feed.mapping.get(field)
        names = [] if mapped is None else mapped.source or mapped.first_of
        present = [name for name in names if name in self._columns] or names
        return present[0] if present else None


def _shown(key: tuple[Cell, ...]) -> str:
    return "|".join("" if part is None else str(part) for part in key)
