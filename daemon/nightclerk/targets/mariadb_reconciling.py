"""All that differs between a file and a table on MariaDB and MySQL: the difference, and the table's rows that were not staged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import Connection, text

from nightclerk.core.booking import BookingPlan
from nightclerk.core.reading import Block, Cell
from nightclerk.core.reconciliation import Line, Summed, amount_text
from nightclerk.targets.canonical import amount
from nightclerk.targets.mariadb_difference import MariadbDifference
from nightclerk.targets.mariadb_layout import DIFFERENCE, KEYS, NEW, WITHDRAWN
from nightclerk.targets.mariadb_place import Place
from nightclerk.targets.mariadb_rows import as_values, keys_as_values

#: So many keys are put in, and so many lines fetched, at once.
_PORTION = 5_000


class MariadbReconciling(MariadbDifference):
    """``WholeDifference`` over an open connection. All keys of the file are kept: those that were staged, with their amounts
    and currencies, and beside them those that were withdrawn, or never staged."""

    _books = False

    def __init__(self, connection: Connection, plan: BookingPlan, place: str, collation: str) -> None:
        super().__init__(connection, plan, place, collation)
        self._connection = connection
        amounts = [one for one in self._layout.values if one.in_column and one.field.type in ("money", "currency")]
        self._kept = [*self._layout.keys, *amounts]
        self._names = [one.new for one in self._layout.keys]
        self._waiting: list[Block] = []
        self._layout.make_keys(amounts)

    def add(self, block: Block) -> None:
        super().add(block)
        if block.lines and not self._first_load:
            self._waiting.append(Block(0, block.lines, [block.columns[one.at] for one in self._kept]))
            if sum(len(one.lines) for one in self._waiting) >= _PORTION:
                self._keep()

    def withdraw(self, keys: Iterable[tuple[tuple[Cell, ...], int]]) -> int:
        self._keep()
        listed = list(keys)
        found = super().withdraw(listed)
        if listed:
            same = " AND ".join(f"w.{name} = k.{name}" for name in self._names)
            self._layout.run(f"DELETE k FROM {KEYS} AS k STRAIGHT_JOIN {WITHDRAWN} AS w FORCE INDEX (by_key) ON {same}")
        return found

    def beside(self, keys: Iterable[tuple[Cell, ...]]) -> None:
        self._keep()
        left = iter(keys)
        while portion := [(key, 1) for key in islice(left, _PORTION)]:
            self._stage.put(KEYS, ["times", *self._names], keys_as_values(portion))

    def outcome(self) -> tuple[int, int, int, dict[str, dict[str, int]]]:
        self._keep()
        run, values = self._layout.run, self._layout.values
        different = f"kind <> {NEW} AND ({' OR '.join(map(_other, values)) or 'FALSE'})"
        counts = ", ".join(f"COUNT(CASE WHEN {condition} THEN 1 END)" for condition in (f"kind = {NEW}", different))
        only_in_file, changed = tuple(run(f"SELECT {counts} FROM {DIFFERENCE}").one())
        only_in_tables = 0 if self._first_load else run(f"SELECT COUNT(*) {self._not_staged()}").scalar_one()
        fields: dict[str, dict[str, int]] = {}
        for place in values:
            by_reason = run(
                f"SELECT COALESCE({self._reason(place)}, '') AS reason, COUNT(*) FROM {DIFFERENCE} "
                f"WHERE kind <> {NEW} AND {_other(place)} GROUP BY 1 ORDER BY 1"
            )
            if found := {str(reason): int(count) for reason, count in map(tuple, by_reason)}:
                fields[place.field.name] = found
        return int(only_in_file), int(changed), int(only_in_tables), fields

    def sums(self, summed: Summed) -> dict[str, str]:
        layout, currency = self._layout, self._currency(summed)
        column = f"CAST(t.{layout.quote(summed.column)} AS DECIMAL(65,10))"
        found = layout.run(
            f"SELECT {currency} AS currency, SUM({column}) FROM {layout.table} AS t "
            f"WHERE {layout.mine()} AND {column} IS NOT NULL GROUP BY 1",
            currency=summed.currency,
        )
        return {str(code): amount_text(Decimal(amount(total))) for code, total in map(tuple, found)}

    def unsaid(self, summed: Summed) -> dict[str, str]:
        if self._first_load:
            return {}
        layout, (written, said) = self._layout, self._written(summed)
        found = layout.run(
            f"SELECT {self._currency(summed)} AS currency, SUM(k.{written.new}) FROM {KEYS} AS k "
            f"STRAIGHT_JOIN {layout.table} AS t ON {layout.same_key('k')} "
            f"WHERE k.{written.new} IS NOT NULL AND {'TRUE' if said is None else f'k.{said.new} IS NULL'} GROUP BY 1",
            currency=summed.currency,
        )
        return {str(code): str(amount(total)) for code, total in map(tuple, found)}

    def unsaid_new(self, summed: Summed) -> str:
        written, said = self._written(summed)
        where = f"kind = {NEW} AND {self._layout.allowed_new()} AND NOT {_unfilled(written)}"
        where += "" if said is None else f" AND {_unfilled(said)}"
        new = self._layout.run(f"SELECT COALESCE(SUM({written.new}), 0) FROM {DIFFERENCE} WHERE {where}").scalar_one()
        return str(amount(new))

    def _written(self, summed: Summed) -> tuple[Place, Place | None]:
        places = {place.field.name: place for place in self._layout.places}
        return places[summed.field], places.get(summed.said or "")

    def _currency(self, summed: Summed) -> str:
        layout = self._layout
        named = "NULL" if summed.currency_column is None else f"t.{layout.quote(summed.currency_column)}"
        return f"CONVERT(COALESCE({named}, :currency) USING utf8mb4) COLLATE {layout.collation}"

    def different(self, most: int | None) -> Iterator[Line]:
        """One field after the other would ask for the temporary table several times in one statement, which MySQL cannot do: so
        each row of the difference is met once with each field's number."""
        values = self._layout.values
        if not values:
            return iter(())
        keys = ", ".join(_text(key, f"d.{key.new}") for key in self._layout.keys)
        numbers = " UNION ALL ".join(f"SELECT {at} AS place" for at in range(len(values)))

        def chosen(said: list[str]) -> str:
            return f"CASE f.place {' '.join(f'WHEN {at} THEN {one}' for at, one in enumerate(said))} END"

        names = [f"'{place.field.name}'" for place in values]
        asked = [names, [_said(p) for p in values], [_text(p, p.old) for p in values], [self._reason(p) for p in values]]
        return self._lines(
            f"SELECT line, {keys}, {', '.join(map(chosen, asked))} FROM {DIFFERENCE} AS d JOIN ({numbers}) AS f "
            f"WHERE kind <> {NEW} AND {chosen([_other(place) for place in values])} ORDER BY line, f.place",
            most,
        )

    def only_in_file(self, most: int | None) -> Iterator[Line]:
        cells = ", ".join(map(_said, self._layout.places))
        return self._lines(
            f"SELECT line, {cells}, {self._forbidden_new()} FROM {DIFFERENCE} WHERE kind = {NEW} ORDER BY line", most
        )

    def only_in_tables(self, most: int | None) -> Iterator[Line]:
        if self._first_load:
            return iter(())
        cells = ", ".join(_text(place, place.stored()) for place in self._layout.places)
        order = ", ".join(one.exactly(one.stored()) for one in self._layout.keys)
        return self._lines(f"SELECT {cells} {self._not_staged()} ORDER BY {order}", most)

    def _keep(self) -> None:
        """Puts the staged rows' keys away, and what is kept with them."""
        self._stage.flush()
        blocks, self._waiting = self._waiting, []
        for block in blocks:
            self._stage.put(KEYS, ["times", *(one.new for one in self._kept)], as_values(block))

    def _lines(self, statement: str, most: int | None) -> Iterator[Line]:
        """The lines come out of the server as they are read: nobody holds them all."""
        limited = statement if most is None else f"{statement} LIMIT :most"
        values: dict[str, Any] = {"tenant": self._plan.tenant} if ":tenant" in statement else {}
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
            f"AND NOT EXISTS (SELECT 1 FROM {KEYS} AS k FORCE INDEX (by_key) WHERE {layout.staged_key('k')})"
        )

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
        return f"CASE WHEN NOT ({self._layout.allowed_new()}) THEN 'required_for_new' END"


def _other(place: Place) -> str:
    """SQL over the difference's known rows: the file says something else than the table."""
    return f"(NOT ({place.new} <=> {place.exactly(place.old)}))"


def _said(place: Place) -> str:
    """SQL over the difference: what the file says, which is not the default that a blank brings."""
    told = _text(place, place.new)
    marked = place.field.blank == "default" and not place.field.key
    return f"CASE WHEN {place.blank} THEN NULL ELSE {told} END" if marked else told


def _unfilled(place: Place) -> str:
    """SQL over the difference: the file's cell is blank."""
    marked = f" OR COALESCE({place.blank}, FALSE)" if place.field.blank == "default" and not place.field.key else ""
    return f"({place.new} IS NULL{marked})"


def _text(place: Place, name: str) -> str:
    """SQL: a value as text in canonical form, null where it is blank."""
    if place.field.type == "boolean" and place.is_custom:
        return f"CASE {name} WHEN '1' THEN 'true' WHEN '0' THEN 'false' ELSE {name} END"
    if place.field.type == "boolean":
        return f"CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE CAST({name} AS CHAR) END"
    return place.as_text(name)
