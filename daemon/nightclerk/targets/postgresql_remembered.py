"""What imports last brought to fields whose local edits are kept, on PostgreSQL: as joins and conditions of the comparison."""

from __future__ import annotations

from sqlalchemy import Connection

from nightclerk.targets.changes import CHANGES
from nightclerk.targets.imported import IMPORTED, cover, covered
from nightclerk.targets.postgresql_layout import CREATED, DIFFERENCE, NEW, Layout
from nightclerk.targets.postgresql_place import Place


class Remembered:
    """The plan's fields whose local edits are kept. In its SQL m is what was brought to the row, c the log's word that an import
    made it, s the staged row, t the table's, d the difference's."""

    def __init__(self, connection: Connection, layout: Layout) -> None:
        self._connection = connection
        self._layout = layout
        self.fields = [place for place in layout.values if place.field in layout.plan.remembered]
        self._covered = covered(connection, layout.plan) if self.fields else frozenset()
        self._adopts = any(place.field.name not in self._covered for place in self.fields)
        if self._adopts:
            self._list_created()

    def joined(self) -> str:
        """SQL: the joins that ``edited`` and ``stale`` need."""
        if not self.fields:
            return ""
        made = f" LEFT JOIN {CREATED} AS c ON c.key = {self._layout.log_key('s.')}" if self._adopts else ""
        return f" LEFT JOIN {IMPORTED.name} AS m ON {self._mine('s.')}{made}"

    def edited(self, place: Place) -> str:
        """SQL: what stands in the table is not what an import last brought. Before the first import under this policy, what
        stands in rows that imports made counts as brought."""
        typed_in = f"{place.compared()} IS NOT NULL"
        if place.field.name not in self._covered:
            typed_in += " AND c.key IS NULL"
        brought = f"{_brought(place)} IS DISTINCT FROM {place.as_text(place.compared())}"
        return f"CASE WHEN {_known(place)} THEN {brought} ELSE {typed_in} END"

    def stale(self) -> list[str]:
        """SQL conditions: the file brings what stands in the table, and that is not known yet to be brought."""
        conditions = []
        for place in self.fields:
            asked = f"s.{place.new} IS NOT NULL AND " if place.field.blank == "keep" else ""
            news = f"({_known(place)} IS NOT TRUE OR {_brought(place)} IS DISTINCT FROM {place.as_text(place.wanted())})"
            conditions.append(f"({asked}NOT {place.differs(place.wanted(), place.compared())} AND {news})")
        return conditions

    def keep(self) -> None:
        """Keeps what the rows of the difference brought, where it stands in the table or is about to."""
        if not self.fields:
            return
        layout, new = self._layout, f"d.kind = {NEW}"
        parts = "".join(f" || {self._part(place, new)}" for place in self.fields)
        allowed = f"(kind <> {NEW} OR {layout.allowed_new()})"
        rows = allowed if layout.plan.mode != "create_only" else f"{allowed} AND kind = {NEW}"
        layout.run(
            f"INSERT INTO {IMPORTED.name} (table_name, tenant, key, fields) SELECT :table, :tenant, {self._key('d.')}, "
            f"coalesce(m.fields, '{{}}')\\:\\:jsonb{parts} FROM {DIFFERENCE} AS d LEFT JOIN {layout.table} AS t "
            f"ON {layout.same_key('d')} LEFT JOIN {IMPORTED.name} AS m ON {self._mine('d.')} WHERE {rows} "
            "ON CONFLICT (table_name, tenant, key) DO UPDATE SET fields = excluded.fields "
            f"WHERE {IMPORTED.name}.fields <> excluded.fields"
        )
        cover(self._connection, layout.plan, self._covered)

    def _part(self, place: Place, new: str) -> str:
        """SQL: the field with what the file brought, or nothing where it brought nothing or something else stands there."""
        fresh, stands = f"d.{place.new}", place.stored()
        same = f"NOT {place.other(f'd.{place.new}', f'd.{place.old}')}"
        if place.field.blank == "keep":
            same += f" AND {fresh} IS NOT NULL"
        changed = place.changes("d.")
        value = fresh if place.field.default is None else f"CASE WHEN {new} THEN {place.filled(fresh)} ELSE {fresh} END"
        text = f"CASE WHEN {new} OR {changed} THEN {place.as_text(value)} ELSE {place.as_text(stands)} END"
        told = f"jsonb_build_object('{place.field.name}', {text})"
        return f"CASE WHEN {new} OR {changed} OR ({same}) THEN {told} ELSE '{{}}'\\:\\:jsonb END"

    def _list_created(self) -> None:
        run = self._layout.run
        run(f"CREATE TEMPORARY TABLE {CREATED.removeprefix('pg_temp.')} (key text PRIMARY KEY) ON COMMIT DROP")
        run(
            f"INSERT INTO {CREATED} SELECT DISTINCT key FROM {CHANGES.name} "
            "WHERE tenant = :tenant AND entity = :entity AND kind = 'created'"
        )
        run(f"ANALYZE {CREATED}")

    def _mine(self, row: str) -> str:
        return f"m.table_name = :table AND m.tenant = :tenant AND m.key = {self._key(row)}"

    def _key(self, row: str) -> str:
        parts = ", ".join(f"({place.as_text(row + place.new)})" for place in self._layout.keys)
        return f"concat_ws(chr(31), {parts})"


def _known(place: Place) -> str:
    return f"jsonb_exists(m.fields\\:\\:jsonb, '{place.field.name}')"


def _brought(place: Place) -> str:
    return f"m.fields\\:\\:jsonb ->> '{place.field.name}'"
