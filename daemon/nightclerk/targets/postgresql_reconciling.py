"""All that differs between a file and a table on PostgreSQL: the difference, and the rows of the table that were not staged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import Connection, text

from nightclerk.core.booking import BookingPlan
from nightclerk.core.reading import Cell
from nightclerk.core.reconciliation import Line, Summed, amount_text
from nightclerk.targets.postgresql_copy import keys_as_csv
from nightclerk.targets.postgresql_difference import PostgresqlDifference
from nightclerk.targets.postgresql_layout import DIFFERENCE, NEW, STAGE
from nightclerk.targets.postgresql_place import Place

_BESIDE = "pg_temp.nightclerk_beside"
#: So many keys are copied, and so many lines fetched, at once.
_PORTION = 5_000


class PostgresqlReconciling(PostgresqlDifference):
    """``WholeDifference`` over an open connection. The stage keeps the keys of all rows of the file but those that were
    withdrawn, or never staged: these stand beside it."""

    _books = False

    def __init__(self, connection: Connection, plan: BookingPlan, place: str) -> None:
        super().__init__(connection, plan, place, None)
        self._connection = connection
        keys = ", ".join(f"{one.new} {one.kind}" for one in self._layout.keys)
        self._layout.run(f"CREATE TEMPORARY TABLE {_BESIDE.removeprefix('pg_temp.')} ({keys}, rows bigint) ON COMMIT DROP")

    def beside(self, keys: Iterable[tuple[Cell, ...]]) -> None:
        self._stage.flush()
        names, left = ["rows", *(one.new for one in self._layout.keys)], iter(keys)
        while portion := [(key, 1) for key in islice(left, _PORTION)]:
            self._stage.copy(_BESIDE, names, keys_as_csv(portion))

    def outcome(self) -> tuple[int, int, int, dict[str, dict[str, int]]]:
        run, values = self._layout.run, self._layout.values
        run(f"ANALYZE {_BESIDE}")
        counted: tuple[int, ...] = tuple(
            run(
                f"SELECT count(*) FILTER (WHERE kind = {NEW}), "
                f"count(*) FILTER (WHERE kind <> {NEW} AND ({' OR '.join(map(_other, values)) or 'false'})) FROM {DIFFERENCE}"
            ).one()
        )
        only_in_file, different = counted
        only_in_tables = 0 if self._first_load else run(f"SELECT count(*) {self._not_staged()}").scalar_one()
        fields: dict[str, dict[str, int]] = {}
        for place in values:
            by_reason = run(
                f"SELECT coalesce({self._reason(place)}, '') AS reason, count(*) FROM {DIFFERENCE} "
                f"WHERE kind <> {NEW} AND {_other(place)} GROUP BY 1 ORDER BY 1"
            )
            if found := {str(reason): int(count) for reason, count in map(tuple, by_reason)}:
                fields[place.field.name] = found
        return int(only_in_file), int(different), int(only_in_tables), fields

    def sums(self, summed: Summed) -> dict[str, str]:
        column = f"t.{self._layout.quote(summed.column)}\\:\\:numeric"
        found = self._layout.run(
            f"SELECT {self._currency(summed)} AS currency, sum({column})\\:\\:text FROM {self._layout.table} AS t "
            f"WHERE {self._layout.mine()} AND {column} <> 'NaN' GROUP BY 1",
            currency=summed.currency,
        )
        return {str(currency): amount_text(Decimal(total)) for currency, total in map(tuple, found)}

    def unsaid(self, summed: Summed) -> dict[str, str]:
        if self._first_load:
            return {}
        layout, (amount, said) = self._layout, self._written(summed)
        found = layout.run(
            f"SELECT {self._currency(summed)} AS currency, sum(s.{amount.new})\\:\\:text FROM {STAGE} AS s "
            f"JOIN {layout.table} AS t ON {layout.same_key('s')} "
            f"WHERE s.{amount.new} IS NOT NULL AND {'true' if said is None else f's.{said.new} IS NULL'} GROUP BY 1",
            currency=summed.currency,
        )
        return {str(currency): str(total) for currency, total in map(tuple, found)}

    def unsaid_new(self, summed: Summed) -> str:
        amount, said = self._written(summed)
        where = f"kind = {NEW} AND {self._layout.allowed_new()} AND NOT {_unfilled(amount)}"
        where += "" if said is None else f" AND {_unfilled(said)}"
        return str(
            self._layout.run(f"SELECT coalesce(sum({amount.new}), 0)\\:\\:text FROM {DIFFERENCE} WHERE {where}").scalar_one()
        )

    def _written(self, summed: Summed) -> tuple[Place, Place | None]:
        places = {place.field.name: place for place in self._layout.places}
        return places[summed.field], places.get(summed.said or "")

    def _currency(self, summed: Summed) -> str:
        named = "NULL" if summed.currency_column is None else f"t.{self._layout.quote(summed.currency_column)}\\:\\:text"
        return f"coalesce({named}, :currency)"

    def different(self, most: int | None) -> Iterator[Line]:
        keys = ", ".join(f"{_text(key, key.new)} AS k{at}" for at, key in enumerate(self._layout.keys))
        parts = [
            f"SELECT line, {place.at} AS place, {keys}, '{place.field.name}' AS field, {_said(place)} AS said, "
            f"{_text(place, place.old)} AS stands, {self._reason(place)} AS reason "
            f"FROM {DIFFERENCE} WHERE kind <> {NEW} AND {_other(place)}"
            for place in self._layout.values
        ]
        names = ", ".join(["line", *(f"k{at}" for at in range(len(self._layout.keys))), "field", "said", "stands", "reason"])
        if not parts:
            return iter(())
        return self._lines(f"SELECT {names} FROM ({' UNION ALL '.join(parts)}) AS found ORDER BY line, place", most)

    def only_in_file(self, most: int | None) -> Iterator[Line]:
        cells = ", ".join(map(_said, self._layout.places))
        return self._lines(
            f"SELECT line, {cells}, {self._forbidden_new()} FROM {DIFFERENCE} WHERE kind = {NEW} ORDER BY line", most
        )

    def only_in_tables(self, most: int | None) -> Iterator[Line]:
        if self._first_load:
            return iter(())
        cells = ", ".join(_text(place, place.stored()) for place in self._layout.places)
        order = ", ".join(f"{one.stored()}{one.exactly} NULLS FIRST" for one in self._layout.keys)
        return self._lines(f"SELECT {cells} {self._not_staged()} ORDER BY {order}", most)

    def _lines(self, statement: str, most: int | None) -> Iterator[Line]:
        """The lines come out of the server as they are read: nobody holds them all."""
        values: dict[str, Any] = {"tenant": self._plan.tenant} if ":tenant" in statement else {}
        limited = statement if most is None else f"{statement} LIMIT :most"
        found = self._connection.execute(
            text(limited),
            values if most is None else values | {"most": most},
            execution_options={"stream_results": True, "yield_per": _PORTION},
        )
        return map(tuple, found)

    def _not_staged(self) -> str:
        """SQL: the table's rows of this tenant whose key the file does not hold."""
        layout = self._layout
        return (
            f"FROM {layout.table} AS t WHERE {layout.mine()} "
            f"AND NOT EXISTS (SELECT FROM {STAGE} AS s WHERE {layout.same_key('s')}) "
            f"AND NOT EXISTS (SELECT FROM {_BESIDE} AS b WHERE {layout.same_key('b')})"
        )

    def _reason(self, place: Place) -> str:
        """SQL over the difference: why a known row does not get what the file says."""
        if self._plan.mode == "create_only":
            return "'known_key'"
        whens = " ".join(f"WHEN {told} THEN '{effect}'" for effect, told in place.effects().items())
        return f"CASE {whens} END" if whens else "NULL\\:\\:text"

    def _forbidden_new(self) -> str:
        """SQL over the difference: why a new row would be rejected."""
        if self._plan.mode == "update_only":
            return "'unknown_key'"
        return f"CASE WHEN NOT ({self._layout.allowed_new()}) THEN 'required_for_new' END"


def _other(place: Place) -> str:
    """SQL over the difference's known rows: the file says something else than the table."""
    return f"({place.new} IS DISTINCT FROM {place.old}{place.exactly})"


def _said(place: Place) -> str:
    """SQL over the difference: what the file says, which is not the default that a blank brings."""
    told = _text(place, place.new)
    marked = place.field.blank == "default" and not place.field.key
    return f"CASE WHEN {place.blank} THEN NULL ELSE {told} END" if marked else told


def _unfilled(place: Place) -> str:
    """SQL over the difference: the file's cell is blank."""
    marked = f" OR coalesce({place.blank}, false)" if place.field.blank == "default" and not place.field.key else ""
    return f"({place.new} IS NULL{marked})"


def _text(place: Place, name: str) -> str:
    """SQL: a value as text in canonical form, null where it is blank."""
    if place.in_column and place.field.type in {"decimal", "money"}:
        return f"(CASE WHEN round({name}, 4) = {name} THEN round({name}, 4) ELSE {name} END)\\:\\:text"
    return place.as_text(name)
