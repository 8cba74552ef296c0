"""What imports last brought to fields whose local edits are kept, on MariaDB and MySQL: as parts of the comparison's SQL."""

from __future__ import annotations

from sqlalchemy import Connection

from nightclerk.targets.changes import CHANGES
from nightclerk.targets.imported import IMPORTED, cover, covered, followed
from nightclerk.targets.mariadb_layout import CREATED, DIFFERENCE, NEW, Layout
from nightclerk.targets.mariadb_place import Place

_NOWHERE = '$."~"'
"""Where goes in JSON what is then taken out again."""


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
        key = self._layout.log_key("s.")
        made = f" LEFT JOIN {CREATED} AS c ON c.digest = {_digest(key)} AND c.`key` = {key}" if self._adopts else ""
        return f" LEFT JOIN {IMPORTED.name} AS m FORCE INDEX (PRIMARY) ON {self._mine('s.')}{made}"

    def edited(self, place: Place) -> str:
        """SQL: what stands in the table is not what an import last brought. Before the first import under this policy, what
        stands in rows that imports made counts as brought."""
        typed_in = f"{place.compared()} IS NOT NULL"
        if place.field.name not in self._covered:
            typed_in += " AND c.digest IS NULL"
        brought = f"NOT ({self._brought(place)} <=> {place.as_text(place.compared())})"
        return f"CASE WHEN {_known(place)} THEN {brought} ELSE {typed_in} END"

    def stale(self) -> list[str]:
        """SQL conditions: the file brings what stands in the table, and that is not known yet to be brought."""
        conditions = []
        for place in self._followed:
            asked = f"s.{place.new} IS NOT NULL AND " if place.field.blank == "keep" else ""
            news = f"({_known(place)} IS NOT TRUE OR NOT ({self._brought(place)} <=> {place.as_text(place.wanted())}))"
            conditions.append(f"({asked}NOT {place.differs(place.wanted(), place.compared())} AND {news})")
        return conditions

    def keep(self) -> None:
        """Keeps what the rows of the difference brought, where it stands in the table or is about to."""
        if not self._followed:
            return
        if self._adopts:
            self._adopt()
        layout, new = self._layout, f"d.kind = {NEW}"
        parts = ", ".join(part for place in self._followed for part in self._part(place, new))
        allowed = f"(kind <> {NEW} OR {layout.allowed_new()})"
        rows = allowed if layout.plan.mode != "create_only" else f"{allowed} AND kind = {NEW}"
        layout.run(
            f"INSERT INTO {IMPORTED.name} (memory, `key`, fields) SELECT :memory, {self._key('d.')}, "
            f"JSON_REMOVE(JSON_SET(COALESCE(m.fields, '{{}}'), {parts}), '{_NOWHERE}') FROM {DIFFERENCE} AS d "
            f"LEFT JOIN {layout.looked_up} ON {layout.same_key('d')} "
            f"LEFT JOIN {IMPORTED.name} AS m FORCE INDEX (PRIMARY) ON {self._mine('d.')} WHERE {rows} "
            f"ON DUPLICATE KEY UPDATE {IMPORTED.name}.fields = VALUES(fields)"
        )
        cover(self._connection, layout.plan, self._covered)

    def _part(self, place: Place, new: str) -> tuple[str, str]:
        """SQL: where the field stands in the JSON, which is nowhere if the file brought nothing or something else stands in the
        table, and what the file brought."""
        fresh, stands = f"d.{place.new}", place.stored()
        same = f"NOT {place.other(f'd.{place.new}', f'd.{place.old}')}"
        if place.field.blank == "keep":
            same += f" AND {fresh} IS NOT NULL"
        changed = place.changes("d.")
        value = fresh if place.field.default is None else f"CASE WHEN {new} THEN {place.filled(fresh)} ELSE {fresh} END"
        told = f"CASE WHEN {new} OR {changed} THEN {place.as_text(value)} ELSE {place.as_text(stands)} END"
        return f"CASE WHEN {new} OR {changed} OR ({same}) THEN '$.{place.field.name}' ELSE '{_NOWHERE}' END", told

    def _adopt(self) -> None:
        """Keeps what stands in the rows that imports have made as brought by them, in fields of which nothing is known yet."""
        layout = self._layout
        news = [place for place in self.fields if place.field.name not in self._covered]
        told = ", ".join(f"'$.{place.field.name}', {place.as_text(place.stored())}" for place in news)
        key = f"CONCAT_WS(CHAR(31 USING utf8mb4), {', '.join(one.as_text(one.stored()) for one in layout.keys)})"
        log = ", ',', ".join(f"'\"{one.field.name}\"\\:', {one.as_json(one.stored())}" for one in layout.keys)
        log = f"CONCAT('{{', {log}, '}}') COLLATE {layout.collation}"
        layout.run(
            f"INSERT INTO {IMPORTED.name} (memory, `key`, fields) SELECT :memory, {key}, "
            f"JSON_INSERT(COALESCE(m.fields, '{{}}'), {told}) FROM {layout.table} AS t "
            f"STRAIGHT_JOIN {CREATED} AS c ON c.digest = {_digest(log)} AND c.`key` = {log} "
            f"LEFT JOIN {IMPORTED.name} AS m FORCE INDEX (PRIMARY) ON {self._same(key)} WHERE {layout.mine()} "
            f"ON DUPLICATE KEY UPDATE {IMPORTED.name}.fields = VALUES(fields)"
        )

    def _list_created(self) -> None:
        run, kind = self._layout.run, f"LONGTEXT CHARACTER SET utf8mb4 COLLATE {self._layout.collation}"
        run(f"CREATE TEMPORARY TABLE {CREATED} (digest BINARY(32) PRIMARY KEY, `key` {kind} NOT NULL) ENGINE=InnoDB")
        run(
            f"INSERT INTO {CREATED} SELECT {_digest('`key`')}, MIN(`key`) FROM {CHANGES.name} "
            "WHERE tenant = :tenant AND entity = :entity AND kind = 'created' GROUP BY 1"
        )

    def _brought(self, place: Place) -> str:
        value = f"JSON_EXTRACT(m.fields, '$.{place.field.name}')"
        text = f"CONVERT(JSON_UNQUOTE({value}) USING utf8mb4) COLLATE {self._layout.collation}"
        return f"CASE WHEN JSON_TYPE({value}) = 'NULL' THEN NULL ELSE {text} END"

    def _mine(self, row: str) -> str:
        return self._same(self._key(row))

    def _same(self, key: str) -> str:
        return f"m.memory = :memory AND m.`key` = {key} COLLATE {self._layout.collation}"

    def _key(self, row: str) -> str:
        parts = ", ".join(place.as_text(row + place.new) for place in self._layout.keys)
        return f"CONCAT_WS(CHAR(31 USING utf8mb4), {parts})"


def _known(place: Place) -> str:
    return f"JSON_CONTAINS_PATH(m.fields, 'one', '$.{place.field.name}')"


def _digest(key: str) -> str:
    return f"UNHEX(SHA2({key}, 256))"
