"""What imports last brought to fields whose local edits are kept, on SQLite: as joins and conditions of the comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from nightclerk.core.booking import BookingPlan
from nightclerk.targets.changes import CHANGES
from nightclerk.targets.imported import IMPORTED, cover, covered
from nightclerk.targets.sqlite_place import Place

CREATED = "temp.nightclerk_created"


class Remembered:
    """The plan's fields whose local edits are kept. run: carries out a statement. In its SQL m is what was brought to the row, c
    the log's word that an import made it, s the staged row, t the table's, d the difference's."""

    def __init__(self, connection: Connection, plan: BookingPlan, places: list[Place], run: Callable[..., Any]) -> None:
        self._connection = connection
        self._plan = plan
        self._run = run
        self.fields = [place for place in places if place.field in plan.remembered]
        self._keys = [place for name in plan.key for place in places if place.field.name == name]
        self._covered = covered(connection, plan) if self.fields else frozenset()
        self._adopts = any(place.field.name not in self._covered for place in self.fields)
        if self._adopts:
            self._list_created()

    def joined(self) -> str:
        """SQL: the joins that ``edited`` and ``stale`` need."""
        if not self.fields:
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
        for place in self.fields:
            wanted = place.wanted()
            asked = f"s.{place.new} IS NOT NULL AND " if place.field.blank == "keep" else ""
            news = f"(NOT {_known(place)} OR {_brought(place)} IS NOT {place.as_text(wanted)})"
            conditions.append(f"({asked}NOT {place.differs()} AND {news})")
        return conditions

    def keep(self, table: str, same_key: str, difference: str, booked_or_same: str, new: str) -> None:
        """Keeps what the rows of the difference brought, where it stands in the table or is about to. table: quoted; same_key:
        that of t and d; booked_or_same: the rows meant; new: those of them that are to be created."""
        if not self.fields:
            return
        parts, values = [], {}
        for place in self.fields:
            stands = place.stored()
            same = f"d.{place.new} IS NULL AND d.{place.old} IS NULL"
            if place.field.blank == "keep":
                same += f" AND {stands} IS NOT NULL"
            path = f"CASE WHEN {new} OR {place.changes('d.')} OR ({same}) THEN '$.{place.field.name}' ELSE '$.\"~\"' END"
            fresh = f"d.{place.new}"
            if place.field.default is not None:
                fresh = f"CASE WHEN {new} THEN coalesce({fresh}, :default{place.at}) ELSE {fresh} END"
                values[f"default{place.at}"] = place.field.default
            told = f"CASE WHEN {new} OR {place.changes('d.')} THEN {place.as_text(fresh)} ELSE {place.as_text(stands)} END"
            parts += [path, told]
        self._run(
            f"INSERT INTO {IMPORTED.name} (table_name, tenant, key, fields) SELECT :table, :tenant, {self._key('d')}, "
            f"json_remove(json_set(coalesce(m.fields, '{{}}'), {', '.join(parts)}), '$.\"~\"') "
            f"FROM {difference} AS d LEFT JOIN {table} AS t ON {same_key} LEFT JOIN {IMPORTED.name} AS m ON {self._mine('d')} "
            f"WHERE {booked_or_same} ON CONFLICT DO UPDATE SET fields = excluded.fields WHERE fields <> excluded.fields",
            **values,
        )
        cover(self._connection, self._plan, self._covered)

    def _list_created(self) -> None:
        self._run(f"CREATE TEMPORARY TABLE {CREATED[5:]} (key TEXT PRIMARY KEY) WITHOUT ROWID")
        self._run(
            f"INSERT OR IGNORE INTO {CREATED} SELECT key FROM {CHANGES.name} "
            "WHERE tenant = :tenant AND entity = :entity AND kind = 'created'"
        )

    def _mine(self, row: str) -> str:
        return f"m.table_name = :table AND m.tenant = :tenant AND m.key = {self._key(row)}"

    def _key(self, row: str) -> str:
        return " || char(31) || ".join(place.as_text(f"{row}.{place.new}") for place in self._keys)


def log_key(keys: list[Place], row: str = "") -> str:
    """Given the key's places and what stands before their columns, as in ``s.``; returns SQL: the key as the log has it."""
    parts = " || ',' || ".join(f"'\"{key.field.name}\"\\:' || {key.as_json(row + key.new)}" for key in keys)
    return f"'{{' || {parts} || '}}'"


def _known(place: Place) -> str:
    return f"json_type(m.fields, '$.{place.field.name}') IS NOT NULL"


def _brought(place: Place) -> str:
    return f"json_extract(m.fields, '$.{place.field.name}')"
