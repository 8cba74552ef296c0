"""What imports last brought to fields whose local edits are kept, on PostgreSQL: as joins and conditions of the comparison."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from nightclerk.targets.changes import CHANGES
from nightclerk.targets.imported import IMPORTED, cover, covered, followed, in_order
from nightclerk.targets.postgresql_layout import CREATED, DIFFERENCE, NEW, STAGE, Layout
from nightclerk.targets.postgresql_packed import Packed
from nightclerk.targets.postgresql_place import Place

#: So many times as many rows of the memory as staged ones may lie between a piece's first key and its last; looked at once in so
#: many pieces.
_SPARSE, _LOOK_EVERY = 2, 8


class Remembered:
    """fields: those whose local edits the plan keeps; followed: these and others of which is kept what imports bring. In its SQL
    m is what was brought to the row, c the log's word that an import made it, s the staged row, t the table's, d the
    difference's."""

    def __init__(self, connection: Connection, layout: Layout) -> None:
        self._connection = connection
        self._layout = layout
        self.fields = [place for place in layout.values if place.field in layout.plan.remembered]
        self._covered = covered(connection, layout.plan)
        self._order = in_order(layout.plan, self._covered)
        self._packed = Packed(self._order)
        names = followed(layout.plan, self._covered)
        self._followed = [place for place in layout.values if place.field.name in names]
        self._adopts = any(place.field.name not in self._covered for place in self.fields)
        self._close = bool(self._covered and self._followed) and not self._adopts
        self._pieces = 0
        if self._adopts:
            self._list_created()

    def ends(self) -> dict[str, str]:
        """Returns the first and the last key of the piece that is staged, as long as the keys of pieces lie close together, as
        those of files in the order of their keys do; else nothing. Between two such ends what was brought is fetched at once,
        which is quicker than one look-up for each row. Whether they are close is looked at now and then."""
        if not self._close:
            return {}
        run, key = self._layout.run, self._key("")
        staged, first, last = tuple(run(f"SELECT count(*), min({key}), max({key}) FROM {STAGE}").one())
        ends = {"first": str(first), "last": str(last)}
        if self._pieces % _LOOK_EVERY == 0:
            most = _SPARSE * int(staged)
            found = run(f"SELECT count(*) FROM (SELECT {_BETWEEN} LIMIT :most) AS x", most=most + 1, **ends).scalar_one()
            self._close = int(found) <= most
        self._pieces += 1
        return ends if self._close else {}

    def joined(self, close: bool = False) -> str:
        """SQL: the joins that ``edited`` and ``stale`` need. close: the statement is given what ``ends`` returned."""
        if not self._followed:
            return ""
        if close:
            return f" LEFT JOIN (SELECT i.key, i.fields {_BETWEEN} OFFSET 0) AS m ON m.key = {self._key('s.')}"
        made = f" LEFT JOIN {CREATED} AS c ON c.key = {self._layout.log_key('s.')}" if self._adopts else ""
        return f"{self._looked_up('s.')}{made}"

    def edited(self, place: Place) -> str:
        """SQL: what stands in the table is not what an import last brought. Before the first import under this policy, what
        stands in rows that imports made counts as brought."""
        typed_in = f"{place.compared()} IS NOT NULL"
        if place.field.name not in self._covered:
            typed_in += " AND c.key IS NULL"
        brought = f"{self._brought(place)} IS DISTINCT FROM {_told_standing(place, place.compared())}"
        return f"CASE WHEN {self._known(place)} THEN {brought} ELSE {typed_in} END"

    def stale(self) -> list[str]:
        """SQL conditions: the file brings what stands in the table, and that is not known yet to be brought."""
        conditions = []
        for place in self._followed:
            asked = f"s.{place.new} IS NOT NULL AND " if place.field.blank == "keep" else ""
            news = f"{self._brought(place)} IS DISTINCT FROM {_told(place, place.wanted())}"
            conditions.append(f"({asked}NOT {place.differs(place.wanted(), place.compared())} AND {news})")
        # Most rows bring what was brought: one comparison of all that is known, rather than one for each field.
        return [f"({self.news()} AND ({' OR '.join(conditions)}))"] if conditions else []

    def news(self) -> str:
        """SQL: the staged row may bring what is not known yet to be brought. Where it does not, ``keep`` has nothing to do."""
        if not self._followed or len(self._followed) < len(self._order):
            return "true"
        told = {place.field.name: _told(place, place.wanted()) for place in self._followed}
        return f"m.fields IS DISTINCT FROM {self._packed.row(told)}"

    def keep(self, first_load: bool) -> None:
        """Keeps what the rows of the difference brought, where it stands in the table or is about to. first_load: the table has
        no rows of this tenant, so that all of them are new."""
        if not self._followed:
            return
        layout = self._layout
        if self._adopts and not first_load:
            self._adopt()
        if first_load and not self._covered:  # nothing was ever brought: an insert that need not look takes half the time
            fields = self._packed.row({place.field.name: _told(place, _brings(place)) for place in self._followed})
            rows = f"{DIFFERENCE} AS d WHERE {layout.allowed_new()}"
            layout.run(f"{_INSERT} SELECT :memory, {self._key('d.')}, {fields} FROM {rows}")
        else:
            allowed = f"(kind <> {NEW} OR {layout.allowed_new()})"
            rows = allowed if layout.plan.mode != "create_only" else f"{allowed} AND kind = {NEW}"
            fields = self._packed.row({place.field.name: self._part(place) for place in self._followed}, "m.fields")
            layout.run(
                f"{_INSERT} SELECT :memory, key, fields FROM (SELECT {self._key('d.')} AS key, {fields} AS fields, "
                f"m.fields AS before FROM {DIFFERENCE} AS d LEFT JOIN {layout.table} AS t ON {layout.same_key('d')}"
                f"{self._looked_up('d.')} WHERE news AND {rows} OFFSET 0) AS x WHERE fields IS DISTINCT FROM before {_MERGED}"
            )
        cover(self._connection, layout.plan, self._covered)

    def _part(self, place: Place) -> str:
        """SQL: what the file brought to the field, or what was known where it brought nothing or something else stands there."""
        new, fresh = f"d.kind = {NEW}", f"d.{place.new}"
        same = f"NOT {place.other(f'd.{place.new}', f'd.{place.old}')}"
        if place.field.blank == "keep":
            same += f" AND {fresh} IS NOT NULL"
        changed = place.changes("d.")
        value = fresh if place.field.default is None else f"CASE WHEN {new} THEN {_brings(place)} ELSE {fresh} END"
        return (
            f"CASE WHEN {new} OR {changed} THEN {_told(place, value)} WHEN {same} THEN {_told_standing(place, place.stored())} "
            f"ELSE coalesce({self._brought(place)}, '') END"
        )

    def _adopt(self) -> None:
        """Keeps what stands in the rows that imports have made as brought by them, in fields of which nothing is known yet."""
        layout, packed = self._layout, self._packed
        news = [place for place in self.fields if place.field.name not in self._covered]
        told = {
            one.field.name: f"coalesce(nullif({self._brought(one)}, ''), {_told_standing(one, one.stored())})" for one in news
        }
        key = key_of(layout.keys, lambda one: one.stored())
        log = " || ',' || ".join(f"'\"{one.field.name}\"\\:' || {one.as_json(one.stored())}" for one in layout.keys)
        layout.by_index(False)
        layout.run(
            f"{_INSERT} SELECT :memory, {key}, {packed.row(told, 'm.fields')} FROM {layout.table} AS t "
            f"JOIN {CREATED} AS c ON c.key = '{{' || {log} || '}}' LEFT JOIN {IMPORTED.name} AS m "
            f"ON m.memory = :memory AND m.key = {key} WHERE {layout.mine()} {_MERGED}"
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

    def _looked_up(self, row: str) -> str:
        # OFFSET keeps the planner from going through all that is kept of the tenant once for each row: of a table that was just
        # filled it knows nothing.
        found = f"SELECT i.fields FROM {IMPORTED.name} AS i WHERE i.memory = :memory AND i.key = {self._key(row)} OFFSET 0"
        return f" LEFT JOIN LATERAL ({found}) AS m ON true"

    def _key(self, row: str) -> str:
        return key_of(self._layout.keys, lambda place: row + place.new)

    def _known(self, place: Place) -> str:
        return f"{self._brought(place)} <> ''"

    def _brought(self, place: Place) -> str:
        return self._packed.part("m.fields", place.field.name)


#: What was brought to the rows between the ends of a piece.
_BETWEEN = f"FROM {IMPORTED.name} AS i WHERE i.memory = :memory AND i.key BETWEEN :first AND :last"
_INSERT = f"INSERT INTO {IMPORTED.name} (memory, key, fields)"
_MERGED = "ON CONFLICT (memory, key) DO UPDATE SET fields = excluded.fields"


def key_of(keys: list[Place], value: Callable[[Place], str]) -> str:
    """Given the key's places and SQL of the value of each; returns SQL: the key as the memory has it, with its collation."""
    texts = [place.as_text(value(place)) for place in keys]
    whole = texts[0] if len(texts) == 1 else f"concat_ws(chr(31), {', '.join(texts)})"
    return f'({whole}) COLLATE "C"'


def _told(place: Place, value: str) -> str:
    return Packed.told(place.as_text(value))


def _told_standing(place: Place, value: str) -> str:
    return Packed.told_standing(place.as_text(value))


def _brings(place: Place) -> str:
    """SQL: what a new row gets."""
    return f"d.{place.new}" if place.field.default is None else place.filled(f"d.{place.new}")
