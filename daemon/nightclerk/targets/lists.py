"""Lists in SQL: what stands in tables of links beside the staged rows, members that are not there, and the links themselves.

A list's cell holds its members in order, with CELL_SEPARATOR between them; what stands in the table is gathered into the same
form, so that lists are compared, kept and logged as any text. Only where links are written are cells divided into members.
Everything is done for all rows at once; feeds without lists ask nothing of all this.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from nightclerk.core.booking import BookingPlan, Effect, Forbidden, Links
from nightclerk.core.errors import WeatherError
from nightclerk.targets.changes import CHANGES
from nightclerk.targets.references import UNKNOWN
from nightclerk.targets.stamps import MOMENT
from nightclerk.targets.written_place import WrittenPlace


@dataclass(frozen=True, slots=True)
class Names:
    """The temporary tables. difference, stage: as everywhere; members, unknown, created: those of lists."""

    stage: str
    difference: str
    members: str
    unknown: str
    created: str


class Lists(ABC):
    """The lists of a plan on one connection. booked: SQL over the difference: the row is created or updated."""

    def __init__(
        self,
        plan: BookingPlan,
        places: Sequence[WrittenPlace],
        run: Callable[..., Any],
        quote: Callable[[str], str],
        names: Names,
        booked: str,
    ) -> None:
        self._plan = plan
        self._run = run
        self._quote = quote
        self.names = names
        self._booked = booked
        self._keys = [place for name in plan.key for place in places if place.field.name == name]
        self.fields = [place for place in places if place.is_list]

    by_order = "JOIN"
    """A join that goes over the first table, and finds the other's rows by their index, where that has to be said."""
    at_once = ""
    """What an insert of links ends with, so that all of them are found before the first is written, where that has to be said."""

    @abstractmethod
    def make_tables(self) -> None:
        """Makes the temporary tables: members (line, place, member), unknown (the same), created (place, member)."""

    @abstractmethod
    def split(self, table: str, cell: str) -> tuple[str, str]:
        """Given a table whose row is called d, and SQL for a list's cell in it; returns SQL for what to select from, where each
        row comes once for each member, and for the member. Rows whose cell is null need not come."""

    @abstractmethod
    def gathered(self, rows: str, member: str) -> str:
        """Given SQL: FROM and WHERE of rows, and one value of each; returns SQL for the list of these values, null for none."""

    @abstractmethod
    def same_owner(self, links: Links, owners: Sequence[str]) -> str:
        """SQL: the link row l belongs to the row with this key, which is given in SQL, and to this tenant. Exact."""

    @abstractmethod
    def same_member(self, links: Links, member: str) -> str:
        """SQL: the member's row g is the one that has this key, and of this tenant. Exact."""

    @abstractmethod
    def cut(self, place: WrittenPlace, links: Links, asked: str) -> None:
        """Deletes the link rows of the difference's rows of which ``asked`` holds, but for those of ``members``."""

    @abstractmethod
    def link_member(self, links: Links) -> str:
        """SQL: the member that the link row l names, as exact text."""

    def stage_standing(self) -> None:
        """Gathers for each staged row what stands in its lists. Where a list is only added to, its cell becomes the whole."""
        for place, links in self._listed():
            owners = [f"s.{key.new}" for key in self._keys]
            listed = self.gathered(
                f"FROM {self._quote(links.table)} AS l WHERE {self.same_owner(links, owners)}", self.link_member(links)
            )
            self._run(f"UPDATE {self.names.stage} AS s SET {place.standing} = {listed}")
            if links.membership == "add":
                self._unite(place)

    def with_sound(self, condition: str) -> str:
        """Given SQL over the difference; returns it for the rows that ``find_unknown`` has not found, where there can be any."""
        strict = any(not links.of.create for _, links in self._listed())
        return f"({condition} AND line NOT IN (SELECT line FROM {self.names.unknown}))" if strict else condition

    def find_unknown(self) -> None:
        """Finds the rows of the difference that name a member which is neither there nor to be created. To be asked before rows
        are put apart for other reasons: they are told of all that is wrong with them."""
        names = self.names
        for table in (names.members, names.unknown, names.created) if self.fields else ():
            self._run(f"DELETE FROM {table}")
        for place, links in self._listed():
            if not links.of.create:
                self._find_members(place)
                self._run(
                    f"INSERT INTO {names.unknown} (line, place, member) SELECT m.line, {place.at}, {self.first('m.member')} "
                    f"FROM {names.members} AS m WHERE m.place = {place.at} AND NOT EXISTS ({self._there(links)}) GROUP BY m.line"
                )

    def settle(self) -> tuple[int, dict[Effect, dict[str, int]]]:
        """Takes the rows that ``find_unknown`` has found out of the difference, and finds the members that booking the others
        needs. Returns how many were taken out, and per list how many members will be created."""
        if not self.fields:
            return 0, {}
        names, effects = self.names, dict[str, int]()
        withdrawn = self.take_out(f"line IN (SELECT line FROM {names.unknown})")
        for place, links in self._listed():
            if links.of.create:
                self._find_members(place, f" AND {self._booked}")  # a row that is rejected creates none
        self._run(f"DELETE FROM {names.members} WHERE line IN (SELECT line FROM {names.unknown})")
        for place, links in self._listed():
            if links.of.create and (number := self._find_created(place, links)):
                effects[place.field.name] = number
        return withdrawn, {"created_on_the_way": effects} if effects else {}

    def _find_members(self, place: WrittenPlace, which: str = "") -> None:
        rows, member = self.split(self.names.difference, self._cell(place))
        self._run(
            f"INSERT INTO {self.names.members} (line, place, member) SELECT d.line, {place.at}, {member} {rows} "
            f"WHERE {self._gets(place)} AND {self._cell(place)} IS NOT NULL{which}"
        )

    def forbidden(self) -> Iterator[Forbidden]:
        """Yields the rows that name a member which is neither there nor to be created, by line, one for each list."""
        if not self.fields:
            return
        by_place = {place.at: place.field.name for place in self.fields}
        found = self._run(f"SELECT line, place, member FROM {self.names.unknown} ORDER BY line, place")
        for line, at, member in map(tuple, found):  # rejected rows only
            yield Forbidden(line, "unknown_reference", by_place[at], member)

    @abstractmethod
    def is_doubled(self, error: IntegrityError) -> bool:
        """Whether the error says that a unique key is taken."""

    def write(self, receipt: int, where: str) -> None:
        """Creates the missing members and logs them, and brings the tables of links up to the rows that are booked. where: the
        database as people know it. Raises WeatherError when another program has made one of these rows meanwhile."""
        try:
            self._write(receipt)
        except IntegrityError as error:
            if not self.is_doubled(error):
                raise
            raise WeatherError(
                f"Another program wrote members of lists of the table {self._plan.table} in {where} while this file was compared "
                "with them. It will be compared anew."
            ) from error

    def _write(self, receipt: int) -> None:
        for place, links in self._listed():
            if links.of.create:
                self._create(place, links, receipt)
        for place, links in self._listed():
            self.cut(place, links, f"{self._booked} AND {self._gets(place)}")
            owners = [f"d.{key.new}" for key in self._keys]
            columns = [*filter(None, [links.tenant_column]), *links.owner, links.member]
            values = [":tenant"] * (links.tenant_column is not None) + [*owners, "m.member"]
            member = f"{self.link_member(links)} = m.member"
            self._run(
                f"INSERT INTO {self._quote(links.table)} ({', '.join(map(self._quote, columns))}) SELECT {', '.join(values)} "
                f"FROM {self.names.difference} AS d {self.by_order} {self.names.members} AS m ON m.line = d.line "
                f"WHERE m.place = {place.at} AND {self._booked} AND NOT EXISTS "
                f"(SELECT 1 FROM {self._quote(links.table)} AS l WHERE {self.same_owner(links, owners)} AND {member})"
                f"{self.at_once}"
            )

    def take_out(self, which: str) -> int:
        """Takes rows of which this holds out of the difference, if they would be booked; returns how many they were."""
        deleted: int = self._run(f"DELETE FROM {self.names.difference} WHERE {self._booked} AND {which}").rowcount
        return deleted

    def first(self, member: str) -> str:
        """SQL: the first of several members, by their characters' codes."""
        return f"min({member})"

    def _listed(self) -> Iterator[tuple[WrittenPlace, Links]]:
        for place in self.fields:
            if place.field.links is not None:
                yield place, place.field.links

    def _unite(self, place: WrittenPlace) -> None:
        names, both = self.names, f"s.{place.new} IS NOT NULL AND s.{place.standing} IS NOT NULL"
        self._run(f"DELETE FROM {names.members}")
        for column in (place.new, place.standing):
            rows, member = self.split(names.stage, f"d.{column}")
            where = f"d.{place.new} IS NOT NULL AND d.{place.standing} IS NOT NULL"
            self._run(
                f"INSERT INTO {names.members} (line, place, member) SELECT d.line, {place.at}, {member} {rows} WHERE {where}"
            )
        united = self.gathered(f"FROM {names.members} AS m WHERE m.line = s.line", "m.member")
        self._run(f"UPDATE {names.stage} AS s SET {place.new} = {united} WHERE {both}")

    def _cell(self, place: WrittenPlace) -> str:
        new = f"d.{place.new}"
        return new if place.field.default is None else f"CASE WHEN d.kind = 0 THEN {place.filled(new)} ELSE {new} END"

    def _gets(self, place: WrittenPlace) -> str:
        """SQL over the difference d: the row is new, or its list gets other members, if mode lets it."""
        plan = self._plan
        new = "FALSE" if plan.mode == "update_only" or plan.missing_for_new else "d.kind = 0"
        known = "FALSE" if plan.mode == "create_only" else f"(d.kind = 1 AND {place.changes('d.')})"
        return f"({new} OR {known})"

    def _there(self, links: Links) -> str:
        return f"SELECT 1 FROM {self._quote(links.of.table)} AS g WHERE {self.same_member(links, 'm.member')}"

    def _find_created(self, place: WrittenPlace, links: Links) -> int:
        names = self.names
        before = [one.at for one, other in self._listed() if one.at < place.at and other.of.table == links.of.table]
        again = (
            f" AND m.member NOT IN (SELECT c.member FROM {names.created} AS c WHERE c.place IN ({', '.join(map(str, before))}))"
        )
        self._run(
            f"INSERT INTO {names.created} (place, member) SELECT {place.at}, m.member FROM "
            f"(SELECT DISTINCT member FROM {names.members} WHERE place = {place.at}) AS m "
            f"WHERE NOT EXISTS ({self._there(links)}){again if before else ''}{self._made_by_references(links)}"
        )
        return int(self._run(f"SELECT count(*) FROM {names.created} WHERE place = {place.at}").scalar_one())

    def _made_by_references(self, links: Links) -> str:
        """SQL: that the member m is none of the rows that references, which are settled before, make on the way."""
        prefix = self.names.created.removesuffix("nightclerk_created_members")
        at_once = [
            at
            for at, one in enumerate(self._plan.references)
            if one.unknown == "create" and one.to.table == links.of.table and one.to.type == links.of.type
        ]
        return "".join(f" AND m.member NOT IN (SELECT n0 FROM {prefix}{UNKNOWN}{at})" for at in at_once)

    def _create(self, place: WrittenPlace, links: Links, receipt: int) -> None:
        of, created = links.of, f"{self.names.created} AS c WHERE c.place = {place.at}"
        columns = [of.column, *of.same, *(column for column, _, _ in of.constants), *of.stamps]
        values = ["c.member"] * (1 + len(of.same)) + [f":constant{at}" for at in range(len(of.constants))]
        values += [MOMENT] * len(of.stamps)
        if of.tenant_column is not None:
            columns, values = [of.tenant_column, *columns], [":tenant", *values]
        constants = {f"constant{at}": value for at, (_, _, value) in enumerate(of.constants)}
        self._run(
            f"INSERT INTO {self._quote(of.table)} ({', '.join(map(self._quote, columns))}) "
            f"SELECT {', '.join(values)} FROM {created}",
            **constants,
        )
        # Changes that no line of the file made have negative lines.
        lowest = self._run(f"SELECT min(line) FROM {CHANGES.name} WHERE receipt = :receipt AND line < 0", receipt=receipt)
        key = self.object_of(of.field, "c.member")
        self._run(
            f"INSERT INTO {CHANGES.name} (receipt, line, tenant, entity, kind, {self._quote('key')}, fields) "
            f"SELECT :receipt, {lowest.scalar_one() or 0} - row_number() OVER (ORDER BY c.member), :tenant, :other, 'created', "
            f"{key}, NULL FROM {created}",
            receipt=receipt,
            other=of.entity,
        )

    @abstractmethod
    def object_of(self, field: str, member: str) -> str:
        """SQL: a key as the log has it, of one text field."""
