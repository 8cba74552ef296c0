"""How numbers are written: marks, signs and shapes that integer, decimal and money share. No polars here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

SPACES = " \u00a0\u202f\u2009\u2007"
APOSTROPHES = "'’ʼ"
_MIDDLE_DOTS = "·∙⋅‧"
#: The hyphen, the minus sign and the dash.
MINUS = "-−–"
SPACE = f"[{SPACES}]"
#: The side of an account behind a number: S and H (Soll, Haben), D and C, DR and CR. D and C alone want a space before them.
_SIDE = f"(?:{SPACE}?(?:[SH]|(?:[Dd][Rr]|[Cc][Rr])\\.?)|{SPACE}[DC])"
_SIDE_BEFORE = f"(?:(?:[Dd][Rr]|[Cc][Rr])\\.?{SPACE}+)"
#: Letters that only one of the two sides holds.
DEBIT, CREDIT = "SDd", "HCc"
#: Digits before the decimal point that NUMERIC(18,4) holds.
WHOLE_DIGITS = 14
DECIMALS = 4
Grouping = Literal["threes", "indian"]


@dataclass(frozen=True)
class Marks:
    """The decimal mark, the thousands mark or None, how digits are grouped, and the side that is negative.

    A space stands for every kind of space, ``'`` for every apostrophe, ``·`` for every middle dot. grouping: ``indian`` is the
    last three digits, then pairs. credit: the sign of what is marked H, C or CR; S, D and DR have the other one.
    """

    decimal: str = "."
    thousands: str | None = None
    grouping: Grouping = "threes"
    credit: Literal["negative", "positive"] = "negative"

    def thousands_class(self) -> str:
        """Returns a regular expression for one thousands mark; only where there is one."""
        mark = self.thousands or ""
        kinds = next((kinds for kinds in (SPACES, APOSTROPHES, _MIDDLE_DOTS) if mark in kinds), mark)
        return "[" + "".join(re.escape(kind) for kind in kinds) + "]"

    def grouped(self, mark: str) -> str:
        """Given a regular expression for one thousands mark; returns one for digits in regular groups, at least two of them."""
        if self.grouping == "indian":
            return f"[0-9]{{1,2}}(?:{mark}[0-9]{{2}})*{mark}[0-9]{{3}}"
        return f"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+"

    def whole(self) -> str:
        """Returns a regular expression for digits, in regular groups or in none."""
        if not self.thousands:
            return "[0-9]+"
        return f"(?:{self.grouped(self.thousands_class())}|[0-9]+)"

    def begun(self, decimals: str = "[0-9]{0,4}0*") -> str:
        """Returns a regular expression for a number without its sign that begins with a digit."""
        return f"(?:{self.whole()}(?:{re.escape(self.decimal)}{decimals})?)"

    def number(self, decimals: str = "[0-9]{0,4}0*") -> str:
        """Returns a regular expression for a number without its sign."""
        return f"(?:{self.begun(decimals)}|{re.escape(self.decimal)}[0-9]{decimals.replace('{0,4}', '{0,3}')})"

    def example(self) -> str:
        """Returns a number as these marks write it."""
        mark = self.thousands or ""
        return f"1{mark}23{mark}456{self.decimal}78" if self.grouping == "indian" else f"1{mark}234{self.decimal}56"

    @property
    def negative(self) -> str:
        """The letters, of those beside a number, that make it negative."""
        return CREDIT if self.credit == "negative" else DEBIT


def signed(number: str) -> str:
    """Given the shape of a number; returns the shape with a leading or trailing sign or in parentheses."""
    return f"(?:(?:[{MINUS}+]{SPACE}?)?{number}|{number}{SPACE}?[{MINUS}]|\\({SPACE}?{number}{SPACE}?\\))"


def sided(number: str, begun: str) -> str:
    """Given the shape of a number, and of one that begins with a digit; returns the shape with a side of an account."""
    return f"(?:{number}{_SIDE}|{_SIDE_BEFORE}{begun})"


def accounted(number: str, begun: str) -> str:
    """Given the shape of a number, and of one that begins with a digit; returns the shape with a sign or a side, or neither."""
    return f"(?:{signed(number)}|{sided(number, begun)})"


def check_marks(decimal: str, thousands: str | None) -> str | None:
    """Given a feed's or field's marks; returns what is wrong with them, or None."""
    if thousands is None or thousands == "":
        return None
    if thousands == decimal:
        return f"decimal and thousands are both {decimal!r}; they must differ"
    if thousands.isalnum() or thousands in f"+{MINUS}()":
        return f"thousands {thousands!r} cannot be a letter, a digit or a sign"
    return None
