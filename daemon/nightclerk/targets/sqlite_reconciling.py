"""All that differs between a file and a table on SQLite: the difference, and the rows of the table that were not staged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from sqlalchemy import Connection

from nightclerk.core.booking import BookingPlan
from nightclerk.core.naming import identifier
from nightclerk.core.reading import Block, Cell
from nightclerk.core.reconciliation import Line, Summed, amount_text
from nightclerk.targets.canonical import SPELLINGS
from nightclerk.targets.sqlite_difference import DIFFERENCE, NEW, WITHDRAWN, SqliteDifference
from nightclerk.targets.sqlite_place import Place

_KEYS, _ABSENT = "temp.nightclerk_keys", "temp.nightclerk_absent"
#: Sums are made of two halves, so that no sum of whole numbers that SQLite can add is too large for it.
_HALF = 10**9


class SqliteReconciling(SqliteDifference):
    """``WholeDifference`` over an open SQLite connection. Beside the difference stand the keys of all rows of the file,
    and of those that are staged the amounts and their currencies."""

    _books = False

    def __init__(self, connection: Connection, plan: BookingPlan) -> None:
        super().__init__(connection, plan)
        self._kept = [*self._keys, *(p for p in self._values if p.in_column and p.field.type in ("money", "currency"))]
        columns = ", ".join(f"{place.column if place.field.key else 'NULL'} AS {place.new}" for place in self._kept)
        # Made of the table itself, so that its columns compare as the table's do and their index can be used.
        self._run(f"CREATE TEMPORARY TABLE {_KEYS[5:]} AS SELECT {columns} FROM {self._table} LIMIT 0")

    def add(self, block: Block) -> None:
        super().add(block)
        self._keep(self._kept, zip(*(block.columns[place.at] for place in self._kept), strict=True))

    def withdraw(self, keys: Iterable[tuple[tuple[Cell, ...], int]]) -> int:
        found, names = super().withdraw(keys), ", ".join(key.new for key in self._keys)
        self._run(f"DELETE FROM {_KEYS} WHERE ({names}) IN (SELECT {names} FROM {WITHDRAWN})")
        return found

    def beside(self, keys: Iterable[tuple[Cell, ...]]) -> None:
        self._keep(self._keys, keys)

    def _keep(self, places: Sequence[Place], rows: Iterable[tuple[Cell, ...]]) -> None:
        names, marks = ", ".join(place.new for place in places), ", ".join("?" for _ in places)
        self._driver.executemany(f"INSERT INTO {_KEYS} ({names}) VALUES ({marks})", rows).close()

    def outcome(self) -> tuple[int, int, int, dict[str, dict[str, int]]]:
        self._run(f"CREATE INDEX temp.nightclerk_keys_by_key ON {_KEYS[5:]} ({', '.join(key.new for key in self._keys)})")
        counted: tuple[int, ...] = tuple(
            self._run(
                f"SELECT count(*) FILTER (WHERE kind = {NEW}), count(*) FILTER (WHERE kind <> {NEW} AND {self._any()}) "
                f"FROM {DIFFERENCE}"
            ).one()
        )
        only_in_file, different = counted
        # Copied at once: without a write-ahead log a writer would wait for whoever reads such a list slowly.
        self._run(f"CREATE TEMPORARY TABLE {_ABSENT[5:]} AS {self._not_staged()}")
        only_in_tables = self._run(f"SELECT count(*) FROM {_ABSENT}").scalar_one()
        fields: dict[str, dict[str, int]] = {}
        for place in self._values:
            by_reason = self._run(
                f"SELECT coalesce({self._reason(place)}, ''), count(*) FROM {DIFFERENCE} "
                f"WHERE kind <> {NEW} AND {_other(place)} GROUP BY 1 ORDER BY 1"
            )
            if found := {str(reason): int(count) for reason, count in map(tuple, by_reason)}:
                fields[place.field.name] = found
        return int(only_in_file), int(different), int(only_in_tables), fields

    def sums(self, summed: Summed) -> dict[str, str]:
        column = f"t.{self._quote(summed.column)}"
        return self._added(self._currency(summed), column, f"{self._table} AS t WHERE {self._mine()}", summed)

    def unsaid(self, summed: Summed) -> dict[str, str]:
        if self._first_load:
            return {}
        amount, said = self._written(summed)
        silent = "1" if said is None else f"k.{said.new} IS NULL"
        known = f"{_KEYS} AS k CROSS JOIN {self._table} AS t ON {self._same_key('k')} WHERE {silent}"
        return self._added(self._currency(summed), f"k.{amount.new}", known, summed)

    def unsaid_new(self, summed: Summed) -> str:
        amount, said = self._written(summed)
        silent = "1" if said is None else _unfilled(said)
        new = f"{DIFFERENCE} WHERE kind = {NEW} AND {self._allowed_new()} AND {silent} AND NOT {_unfilled(amount)}"
        return self._added("''", amount.new, new, summed).get("", "0")

    def _written(self, summed: Summed) -> tuple[Place, Place | None]:
        places = {place.field.name: place for place in self._places}
        return places[summed.field], places.get(summed.said or "")

    def _currency(self, summed: Summed) -> str:
        named = summed.currency_column
        return f"coalesce({'NULL' if named is None else f't.{self._quote(named)}'}, :currency)"

    def _added(self, currency: str, amount: str, rows: str, summed: Summed) -> dict[str, str]:
        """Given SQL for a currency, an amount, and the rows that have them; returns the exact sums."""
        # Without its LIMIT the inner query would be melted into the outer one, and each number be made several times.
        amounts = (
            f"(SELECT {currency} AS currency, {amount} AS stored, nightclerk_steps({amount}) AS steps "
            f"FROM {rows} AND {amount} IS NOT NULL LIMIT -1)"
        )
        values = {"currency": summed.currency} if ":currency" in currency else {}
        exact = self._run(
            f"SELECT currency, sum(steps / {_HALF}), sum(steps % {_HALF}) FROM {amounts} WHERE typeof(steps) = 'integer' "
            "GROUP BY currency",
            **values,
        )
        found = {str(c): (Decimal(high) * _HALF + Decimal(low)).scaleb(-4) for c, high, low in map(tuple, exact)}
        odd = self._run(f"SELECT currency, CAST(stored AS TEXT) FROM {amounts} WHERE typeof(steps) = 'real'", **values)
        for code, more in map(tuple, odd):  # only another program writes numbers with more decimals
            found[str(code)] = found.get(str(code), Decimal(0)) + Decimal(more)
        return {code: amount_text(total) for code, total in found.items()}

    def different(self, most: int | None) -> Iterator[Line]:
        keys = ", ".join(f"{_text(key, key.new)} AS k{at}" for at, key in enumerate(self._keys))
        parts = [
            f"SELECT line, {place.at} AS place, {keys}, '{identifier(place.field.name)}' AS field, "
            f"{_said(place)} AS said, {_text(place, place.old)} AS stands, {self._reason(place)} AS reason "
            f"FROM {DIFFERENCE} WHERE kind <> {NEW} AND {_other(place)}"
            for place in self._values
        ]
        names = ", ".join(["line", *(f"k{at}" for at in range(len(self._keys))), "field", "said", "stands", "reason"])
        if not parts:
            return iter(())
        return self._lines(f"SELECT {names} FROM ({' UNION ALL '.join(parts)}) ORDER BY line, place", most)

    def only_in_file(self, most: int | None) -> Iterator[Line]:
        cells = ", ".join(_said(place) for place in self._places)
        return self._lines(
            f"SELECT line, {cells}, {self._forbidden_new()} FROM {DIFFERENCE} WHERE kind = {NEW} ORDER BY line", most
        )

    def only_in_tables(self, most: int | None) -> Iterator[Line]:
        return self._lines(f"SELECT * FROM {_ABSENT} ORDER BY rowid", most)

    def _lines(self, statement: str, most: int | None) -> Iterator[Line]:
        return map(tuple, self._run(f"{statement} LIMIT :most", most=-1 if most is None else most))

    def _mine(self) -> str:
        return f"t.{self._tenant} = :tenant COLLATE BINARY" if self._tenant else "1"

    def _not_staged(self) -> str:
        """SQL: selects the table's rows of this tenant whose key the file does not hold, by key."""
        cells = ", ".join(f"{_text(place, place.stored())} AS {place.new}" for place in self._places)
        same = " AND ".join(f"k.{key.new} = t.{key.column} COLLATE BINARY" for key in self._keys)
        order = ", ".join(f"t.{key.column} COLLATE BINARY" for key in self._keys)
        return (
            f"SELECT {cells} FROM {self._table} AS t WHERE {self._mine()} "
            f"AND NOT EXISTS (SELECT 1 FROM {_KEYS} AS k WHERE {same}) ORDER BY {order}"
        )

    def _any(self) -> str:
        return f"({' OR '.join(map(_other, self._values)) or '0'})"

    def _reason(self, place: Place) -> str:
        """SQL over the difference: why a known row does not get what the file says."""
        if self._plan.mode == "create_only":
            return "'known_key'"
        whens = " ".join(f"WHEN {told} THEN '{effect}'" for effect, told in place.effects().items())
        return f"CASE {whens} END" if whens else "NULL"

    def _forbidden_new(self) -> str:
        """SQL over the difference: why a new row would be rejected."""
        if self._plan.mode == "update_only":
            return "'unknown_key'"
        return f"CASE WHEN NOT ({self._allowed_new()}) THEN 'required_for_new' END"


def _other(place: Place) -> str:
    """SQL over the difference's known rows: the file says something else than the table. Equal values are null there."""
    return f"({place.new} IS NOT NULL OR {place.old} IS NOT NULL)"


def _said(place: Place) -> str:
    """SQL over the difference: what the file says, which is not the default that a blank brings."""
    text = _text(place, place.new)
    marked = place.field.blank == "default" and not place.field.key
    return f"CASE WHEN {place.blank} THEN NULL ELSE {text} END" if marked else text


def _unfilled(place: Place) -> str:
    """SQL over the difference: the file's cell is blank."""
    marked = f" OR coalesce({place.blank}, 0)" if place.field.blank == "default" and not place.field.key else ""
    return f"({place.new} IS NULL{marked})"


def _text(place: Place, name: str) -> str:
    """SQL: a value as text in canonical form, null where it is blank; bytes, which only others write, as hex."""
    text = f"CAST({name} AS TEXT)"
    if place.in_column and place.field.type in SPELLINGS:
        text = f"CAST(nightclerk_{place.field.type}({name}) AS TEXT)"
    elif place.field.type == "boolean":
        text = f"CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE {text} END"
    return f"CASE typeof({name}) WHEN 'blob' THEN hex({name}) ELSE {text} END"
