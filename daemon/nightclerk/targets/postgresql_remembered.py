"""What imports last brought to fields whose local edits are kept, on PostgreSQL: as joins and conditions of the comparison."""

from __future__ import annotations

from sqlalchemy import Connection

from nightclerk.targets.changes import CHANGES
from nightclerk.targets.imported import IMPORTED, cover, covered, followed
from nightclerk.targets.postgresql_layout import CREATED, DIFFERENCE, NEW, Layout
from nightclerk.targets.postgresql_place import Place


class Remembered:
    """fields: those whose local edits the plan keeps; followed: these and others of which is kept what imports bring. In its SQL
    m is what was brought to the row, c the log's word that an import made it, s the staged row, t the table's, d the
    difference's."""

    def __init__(self, connection: Connection, layout: Layout) -> None:
        self._connection = connection
        self._layout = layout
        self.fields = [place for place in layout.values if place.field in layout.plan.remembered]
        self._covered = covered(connection, layout.plan)
        names = followed(layout.plan, self._covered)
        self._followed = [place for place in layout.values if place.field.name in names]
        self._adopts = any(place.field.name not in self._covered for place in self.fields)
        if self._adopts:
            self._list_created()

    def joined(self) -> str:
        """SQL: the joins that ``edited`` and ``stale`` need."""
        if not self._followed:
            return ""
        made = f" LEFT JOIN {CREATED} AS c ON c.key = {self._layout.log_key('s.')}" if self._adopts else ""
        # OFFSET keeps the planner from reading the text as JSON anew wherever a field of it is asked for, and from going through
        # all that is kept of the tenant once for each row: of a table that was just filled it knows nothing.
        found = f"SELECT i.fields\\:\\:jsonb AS fields FROM {IMPORTED.name} AS i WHERE {self._mine('s.')} OFFSET 0"
        return f" LEFT JOIN LATERAL ({found}) AS m ON true{made}"

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
        for place in self._followed:
            asked = f"s.{place.new} IS NOT NULL AND " if place.field.blank == "keep" else ""
            wanted = place.as_text(place.wanted())
            unknown = f"({wanted} IS NULL AND {_known(place)} IS NOT TRUE)"  # the others are, if the same was brought
            news = f"({_brought(place)} IS DISTINCT FROM {wanted} OR {unknown})"
            conditions.append(f"({asked}NOT {place.differs(place.wanted(), place.compared())} AND {news})")
        return conditions

    def keep(self, first_load: bool) -> None:
        """Keeps what the rows of the difference brought, where it stands in the table or is about to. first_load: the table has
        no rows of this tenant, so that all of them are new."""
        if not self._followed:
            return
        layout = self._layout
        if self._adopts and not first_load:
            self._adopt()
        allowed = f"(kind <> {NEW} OR {layout.allowed_new()})"
        rows = allowed if layout.plan.mode != "create_only" else f"{allowed} AND kind = {NEW}"
        stands = "" if first_load else f" LEFT JOIN {layout.table} AS t ON {layout.same_key('d')}"
        fields = self._all_new() if first_load else " || ".join(map(self._part, self._followed))
        layout.run(
            f"INSERT INTO {IMPORTED.name} (table_name, tenant, key, fields) SELECT :table, :tenant, {self._key('d.')}, "
            f"{fields} FROM {DIFFERENCE} AS d{stands} WHERE {rows}{self._merging()}"
        )
        cover(self._connection, layout.plan, self._covered)

    def _merging(self) -> str:
        """SQL: what becomes of rows of which something is kept already. Where there are none, nobody else makes any meanwhile,
        and an insert that need not look for them takes half the time."""
        found = self._layout.run(f"SELECT 1 FROM {IMPORTED.name} WHERE table_name = :table AND tenant = :tenant LIMIT 1")
        if found.first() is None:
            return ""
        merged = f"({IMPORTED.name}.fields\\:\\:jsonb || excluded.fields\\:\\:jsonb)\\:\\:text"
        kept = f"WHERE {IMPORTED.name}.fields <> {merged}"
        return f" ON CONFLICT (table_name, tenant, key) DO UPDATE SET fields = {merged} {kept}"

    def _all_new(self) -> str:
        """SQL: the fields of a new row with what the file brought."""
        parts = (f"'{one.field.name}', {one.as_text(self._brings(one))}" for one in self._followed)
        return f"jsonb_build_object({', '.join(parts)})"

    def _brings(self, place: Place) -> str:
        return f"d.{place.new}" if place.field.default is None else place.filled(f"d.{place.new}")

    def _part(self, place: Place) -> str:
        """SQL: the field with what the file brought, or nothing where it brought nothing or something else stands there."""
        new, fresh, stands = f"d.kind = {NEW}", f"d.{place.new}", place.stored()
        same = f"NOT {place.other(f'd.{place.new}', f'd.{place.old}')}"
        if place.field.blank == "keep":
            same += f" AND {fresh} IS NOT NULL"
        changed = place.changes("d.")
        value = fresh if place.field.default is None else f"CASE WHEN {new} THEN {self._brings(place)} ELSE {fresh} END"
        text = f"CASE WHEN {new} OR {changed} THEN {place.as_text(value)} ELSE {place.as_text(stands)} END"
        told = f"jsonb_build_object('{place.field.name}', {text})"
        return f"CASE WHEN {new} OR {changed} OR ({same}) THEN {told} ELSE '{{}}'\\:\\:jsonb END"

    def _adopt(self) -> None:
        """Keeps what stands in the rows that imports have made as brought by them, in fields of which nothing is known yet."""
        layout = self._layout
        news = [place for place in self.fields if place.field.name not in self._covered]
        told = ", ".join(f"'{place.field.name}', {place.as_text(place.stored())}" for place in news)
        key = f"concat_ws(chr(31), {', '.join(f'({one.as_text(one.stored())})' for one in layout.keys)})"
        log = " || ',' || ".join(f"'\"{one.field.name}\"\\:' || {one.as_json(one.stored())}" for one in layout.keys)
        layout.by_index(False)
        layout.run(
            f"INSERT INTO {IMPORTED.name} (table_name, tenant, key, fields) SELECT :table, :tenant, {key}, "
            f"(jsonb_build_object({told}) || coalesce(i.fields, '{{}}')\\:\\:jsonb)\\:\\:text FROM {layout.table} AS t "
            f"JOIN {CREATED} AS c ON c.key = '{{' || {log} || '}}' LEFT JOIN {IMPORTED.name} AS i "
            f"ON i.table_name = :table AND i.tenant = :tenant AND i.key = {key} WHERE {layout.mine()} "
            "ON CONFLICT (table_name, tenant, key) DO UPDATE SET fields = excluded.fields"
        )
        layout.by_index(True)

    def _list_created(self) -> None:
        run = self._layout.run
        run(f"CREATE TEMPORARY TABLE {CREATED.removeprefix('pg_temp.')} (key text PRIMARY KEY) ON COMMIT DROP")
        run(
            f"INSERT INTO {CREATED} SELECT DISTINCT key FROM {CHANGES.name} "
            "WHERE tenant = :tenant AND entity = :entity AND kind = 'created'"
        )
        run(f"ANALYZE {CREATED}")

    def _mine(self, row: str) -> str:
        return f"i.table_name = :table AND i.tenant = :tenant AND i.key = {self._key(row)}"

    def _key(self, row: str) -> str:
        parts = ", ".join(f"({place.as_text(row + place.new)})" for place in self._layout.keys)
        return f"concat_ws(chr(31), {parts})"


def _known(place: Place) -> str:
    return f"jsonb_exists(m.fields, '{place.field.name}')"


def _brought(place: Place) -> str:
    return f"m.fields ->> '{place.field.name}'"
