"""How a reader's language writes the values of a table: numbers, days, moments, yes and no. From canonical form to text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from nightclerk.core.entity import FieldType
from nightclerk.core.lists import as_read
from nightclerk.core.reading import Cell
from nightclerk.core.yes_and_no import words_of
from nightclerk.letters.language import Language


class Notation:
    """The notation of one language in one zone."""

    def __init__(self, language: Language) -> None:
        from babel.numbers import get_decimal_symbol, get_group_symbol

        self._language = language
        # A thousands mark that no line break falls behind; and each mark by way of one that no number has.
        group = get_group_symbol(language.locale).replace("\u202f", "\u00a0")
        self._marks = str.maketrans({",": group, ".": get_decimal_symbol(language.locale)})
        self._yes, self._no = words_of(language.tag)
        self._days = lru_cache(maxsize=10_000)(self._day)

    def of(self, kind: FieldType) -> Callable[[Cell], str]:
        """Given a field's type; returns what makes text of its cells. What is no such value stays as it is; a blank is ""."""
        if kind in ("decimal", "money"):
            return self.amount
        if kind == "integer":
            return lambda cell: "" if cell is None else str(cell)  # a count or a year, which nobody groups
        if kind == "date":
            return lambda cell: "" if cell is None else self._days(str(cell))
        if kind == "datetime":
            return self._moment
        if kind == "boolean":
            return lambda cell: (self._yes if cell else self._no) if isinstance(cell, bool) else str(cell or "")
        if kind == "list":
            return lambda cell: "" if cell is None else str(as_read(cell))
        return lambda cell: "" if cell is None else str(cell)

    def amount(self, cell: Cell) -> str:
        """Given an exact number; returns it with two decimals, more where it has them."""
        if cell is None:
            return ""
        try:
            number = Decimal(str(cell))
        except InvalidOperation:
            return str(cell)
        text = f"{number:,.4f}"
        return (text.removesuffix("00") if text.endswith("00") else text.rstrip("0")).translate(self._marks)

    def local(self, cell: str) -> datetime:
        """Given a moment in UTC; returns it in the reader's zone, without it. Raises ValueError where it is none."""
        return datetime.fromisoformat(cell).replace(tzinfo=UTC).astimezone(self._language.zone).replace(tzinfo=None)

    def _day(self, cell: str) -> str:
        from babel.dates import format_date

        try:
            return format_date(date.fromisoformat(cell), "medium", self._language.locale)
        except ValueError:
            return cell

    def _moment(self, cell: Cell) -> str:
        if cell is None:
            return ""
        try:
            local = self.local(str(cell))
        except (ValueError, OverflowError):
            return str(cell)
        return f"{self._days(local.date().isoformat())} {local:%H:%M}"
