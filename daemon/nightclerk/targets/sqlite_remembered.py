"""What imports last brought to fields whose local edits are kept, on SQLite: as joins and conditions of the comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from nightclerk.core.booking import BookingPlan
from nightclerk.targets.changes import CHANGES
from nightclerk.targets.imported import IMPORTED, cover, covered, followed
from nightclerk.targets.sqlite_place import Place

CREATED = "temp.nightclerk_created"


class Remembered:
    """fields: those whose local edits the plan keeps; followed: these and others of which is kept what imports bring. run:
    carries out a statement. In its SQL m is what was brought to the row, c the log's word that an import made it, s the staged
    row, t the table's, d the difference's."""

    def __init__(self, connection: Connection, plan: BookingPlan, places: list[Place], run: Callable[..., Any], own: str) -> None:
        """own: SQL: the row t is one of this tenant."""
        self._connection = connection
        self._own = own
        self._plan = plan
        self._run = run
        self.fields = [place for place in places if place.field in plan.remembered]
        self._keys = [place for name in plan.key for place in places if place.field.name == name]
        self._covered = covered(connection, plan)
        self._followed = [place for place in places if place.field.name in followed(plan, self._covered)]
        self._adopts = any(place.field.name not in self._covered for place in self.fields)
        if self._adopts:
            self._list_created()

    def joined(self) -> str:
        """SQL: the joins that ``edited`` and ``stale`` need."""
        if not self._followed:
            return ""
        made = f" LEFT JOIN {CREATED} AS c ON c.key = {log_key(self._keys, 's.')}" if self._adopts else ""
        return f" LEFT JOIN {IMPORTED.name} AS m ON {self._mine('s')}{made}"

    def edited(self, place: Place) -> str:
        """SQL: what stands in the table is not what an import last brought. Before the first import under this policy, what
        stands in rows that imports made counts as brought."""
        typed_in = f"{place.compared()} IS NOT NULL"
        if place.field.name not in self._covered:
            typed_in += " AND c.key IS NULL"
        return f"CASE WHEN {_known(place)} THEN {_brought(place)} IS NOT {place.as_text(place.compared())} ELSE {typed_in} END"

    def stale(self) -> list[str]:
        """SQL conditions: the file brings what stands in the table, and that is not known yet to be brought."""
        conditions = []
        for place in self._followed:
            wanted = place.wanted()
            asked = f"s.{place.new} IS NOT NULL AND " if place.field.blank == "keep" else ""
            unknown = f"({wanted} IS NULL AND NOT {_known(place)})"  # the others are, if the same was brought
            news = f"({_brought(place)} IS NOT {place.as_text(wanted)} OR {unknown})"
            conditions.append(f"({asked}NOT {place.differs()} AND {news})")
        return conditions

    def keep(self, table: str, same_key: str, difference: str, booked_or_same: str, first_load: bool) -> None:
        """Keeps what the rows of the difference brought, where it stands in the table or is about to. table: quoted; same_key:
        that of t and d; booked_or_same: the rows meant; first_load: the table has no rows of this tenant: all of them are new."""
        if not self._followed:
            return
        if self._adopts and not first_load:
            self._adopt(table)
        values = {f"default{one.at}": one.field.default for one in self._followed if one.field.default is not None}
        if first_load and not self._covered:
            told = (f"'{one.field.name}', {one.as_text(_brings(one))}" for one in self._followed)
            fields, joined, merged = f"json_object({', '.join(told)})", "", ""
        else:
            parts = (part for one in self._followed for part in self._part(one))
            fields = f"json_remove(json_set(coalesce(m.fields, '{{}}'), {', '.join(parts)}), '$.\"~\"')"
            joined = f" LEFT JOIN {table} AS t ON {same_key} LEFT JOIN {IMPORTED.name} AS m ON {self._mine('d')}"
            merged = " ON CONFLICT DO UPDATE SET fields = excluded.fields WHERE fields <> excluded.fields"
        self._run(
            f"INSERT INTO {IMPORTED.name} (memory, key, fields) SELECT :memory, {self._key('d')}, {fields} "
            f"FROM {difference} AS d{joined} WHERE {booked_or_same}{merged}",
            **values,
        )
        cover(self._connection, self._plan, self._covered)

    def _part(self, place: Place) -> tuple[str, str]:
        """SQL: a path into what is kept, and what the file brought; a path that is removed again where it brought nothing or
        something else stands there."""
        stands, gets = place.stored(), f"d.kind = 0 OR {place.changes('d.')}"
        same = f"d.{place.new} IS NULL AND d.{place.old} IS NULL"
        if place.field.blank == "keep":
            same += f" AND {stands} IS NOT NULL"
        path = f"CASE WHEN {gets} OR ({same}) THEN '$.{place.field.name}' ELSE '$.\"~\"' END"
        fresh = f"d.{place.new}"
        if place.field.default is not None:
            fresh = f"CASE WHEN d.kind = 0 THEN {_brings(place)} ELSE {fresh} END"
        return path, f"CASE WHEN {gets} THEN {place.as_text(fresh)} ELSE {place.as_text(stands)} END"

    def _adopt(self, table: str) -> None:
        """Keeps what stands in the rows that imports have made as brought by them, in fields of which nothing is known yet."""
        news = [place for place in self.fields if place.field.name not in self._covered]
        told = ", ".join(f"'$.{place.field.name}', {place.as_text(place.stored())}" for place in news)
        key = " || char(31) || ".join(place.as_text(place.stored()) for place in self._keys)
        log = " || ',' || ".join(f"'\"{one.field.name}\"\\:' || {one.as_json(one.stored())}" for one in self._keys)
        self._run(
            f"INSERT INTO {IMPORTED.name} (memory, key, fields) SELECT :memory, {key}, "
            f"json_insert(coalesce(m.fields, '{{}}'), {told}) FROM {table} AS t "
            f"JOIN {CREATED} AS c ON c.key = '{{' || {log} || '}}' "
            f"LEFT JOIN {IMPORTED.name} AS m ON m.memory = :memory AND m.key = {key} "
            f"WHERE {self._own} ON CONFLICT DO UPDATE SET fields = excluded.fields"
        )

    def _list_created(self) -> None:
        self._run(f"CREATE TEMPORARY TABLE {CREATED[5:]} (key TEXT PRIMARY KEY) WITHOUT ROWID")
        self._run(
            f"INSERT OR IGNORE INTO {CREATED} SELECT key FROM {CHANGES.name} "
            "WHERE tenant = :tenant AND entity = :entity AND kind = 'created'"
        )

    def _mine(self, row: str) -> str:
        return f"m.memory = :memory AND m.key = {self._key(row)}"

    def _key(self, row: str) -> str:
        return " || char(31) || ".join(place.as_text(f"{row}.{place.new}") for place in self._keys)


def log_key(keys: list[Place], row: str = "") -> str:
    """Given the key's places and what stands before their columns, as in ``s.``; returns SQL: the key as the log has it."""
    parts = " || ',' || ".join(f"'\"{key.field.name}\"\\:' || {key.as_json(row + key.new)}" for key in keys)
    return f"'{{' || {parts} || '}}'"


def _brings(place: Place) -> str:
    """SQL: what a new row gets."""
    return f"d.{place.new}" if place.field.default is None else place.filled(f"d.{place.new}")


def _known(place: Place) -> str:
    return f"json_type(m.fields, '$.{place.field.name}') IS NOT NULL"


def _brought(place: Place) -> str:
    return f"json_extract(m.fields, '$.{place.field.name}')"
