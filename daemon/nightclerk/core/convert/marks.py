"""How numbers are written: marks, signs and shapes that integer, decimal and money share. No polars here."""

from __future__ import annotations

import re
from dataclasses import dataclass

SPACES = " \u00a0\u202f\u2009"
APOSTROPHES = "'’"
#: Digits before the decimal point that NUMERIC(18,4) holds.
WHOLE_DIGITS = 14
DECIMALS = 4


@dataclass(frozen=True)
class Marks:
    """The decimal mark, and the thousands mark or None. A space stands for every kind of space, ``'`` for both apostrophes."""

    decimal: str = "."
    thousands: str | None = None

    def thousands_class(self) -> str:
        """Returns a regular expression for one thousands mark; only where there is one."""
        mark = self.thousands or ""
        kinds = SPACES if mark in SPACES else APOSTROPHES if mark in APOSTROPHES else mark
        return "[" + "".join(re.escape(kind) for kind in kinds) + "]"

    def whole(self) -> str:
        """Returns a regular expression for digits, with regular groups of three or with none."""
        if not self.thousands:
            return "[0-9]+"
        return f"(?:[0-9]{{1,3}}(?:{self.thousands_class()}[0-9]{{3}})+|[0-9]+)"

    def number(self, decimals: str = "[0-9]{0,4}0*") -> str:
        """Returns a regular expression for a number without its sign."""
        point = re.escape(self.decimal)
        return f"(?:{self.whole()}(?:{point}{decimals})?|{point}[0-9]{decimals.replace('{0,4}', '{0,3}')})"

    def example(self) -> str:
        """Returns a number as these marks write it."""
        return f"1{self.thousands or ''}234{self.decimal}56"


def signed(number: str) -> str:
    """Given the shape of a number; returns the shape with a leading or trailing sign or in parentheses."""
    return f"(?:[+\\-−]?{number}|{number} ?-|\\( ?{number} ?\\))"


def check_marks(decimal: str, thousands: str | None) -> str | None:
    """Given a feed's or field's marks; returns what is wrong with them, or None."""
    if thousands is None or thousands == "":
        return None
    if thousands == decimal:
        return f"decimal and thousands are both {decimal!r}; they must differ"
    if thousands.isalnum() or thousands in "+-−()":
        return f"thousands {thousands!r} cannot be a letter, a digit or a sign"
    return None
