"""Exact decimal numbers with four decimals, as NUMERIC(18,4) holds them, and money: the same with currency signs."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import polars as pl

from nightclerk.core.convert.codes import CURRENCIES
from nightclerk.core.convert.converter import Converter, Reason, keep
from nightclerk.core.convert.marks import DECIMALS, WHOLE_DIGITS, Marks, signed
from nightclerk.core.convert.numbers import magnitude

EXACT = pl.Decimal(18, 4)
_LETTERS = "[A-Z]{3}"
_ANY_CURRENCY = f"(?:[€$£¥]|{_LETTERS})"
_CURRENCY = "(?:[€$£¥]|" + "|".join(sorted(CURRENCIES)) + ")"


def decimal(cell: pl.Expr, marks: Marks) -> Converter:
    """Given a column of trimmed text and the marks; returns its converter to canonical text with four decimals.

    Read: regular groups of three or none, ``-1``, ``+1``, ``1-``, ``(1)``, ``,5`` and ``5,``. Refused: exponents, infinities,
    irregular groups, more than four decimals other than zeros.
    """
    return _converter(cell, marks, signed, signed)


def money(cell: pl.Expr, marks: Marks) -> Converter:
    """Like ``decimal``, with one currency sign or upper-case code before or after the number."""
    # A regular expression with every code in it takes Python longer to compile than a small file takes to read.
    return _converter(cell, marks, with_currency, partial(with_currency, currency=_ANY_CURRENCY))


def with_currency(number: str, currency: str = _CURRENCY) -> str:
    """Given the shape of a number; returns the shape with a sign or in parentheses, and with or without a currency."""
    plain = signed(number)
    before, after = f"{currency}[ \u00a0\u202f]?", f"[ \u00a0\u202f]?{currency}"
    inside = f"[+\\-−] ?{before}{number}|\\({before}{number}\\)|\\({number}{after}\\)"
    return f"(?:{plain}|{before}{plain}|{plain}{after}|{inside})"


def _converter(cell: pl.Expr, marks: Marks, dressed: Callable[[str], str], loosely: Callable[[str], str]) -> Converter:
    shape, loose = dressed(marks.number()), loosely(marks.number(decimals="[0-9]*"))
    written = keep(cell.str.contains(f"^{shape}$"), _canonical(magnitude(cell, marks)))
    return Converter(pl.String, (_quick(cell, marks), written), lambda value: _why(value, marks, loose))


def _quick(cell: pl.Expr, marks: Marks) -> pl.Expr:
    # The usual way of writing, read with the fewest passes over the column; everything else is left to the second tier.
    mark = re.escape(marks.thousands or "")
    whole = f"(?:[0-9]{{1,3}}(?:{mark}[0-9]{{3}}){{1,4}}|[0-9]{{1,14}})" if mark else "[0-9]{1,14}"
    shape = f"^-?{whole}(?:{re.escape(marks.decimal)}[0-9]{{1,4}})?$"
    digits = cell
    if marks.thousands:
        digits = digits.str.replace_all(marks.thousands, "", literal=True)
    if marks.decimal != ".":
        digits = digits.str.replace_all(marks.decimal, ".", literal=True)
    return keep(cell.str.contains(shape), _canonical(digits))


def _canonical(digits: pl.Expr) -> pl.Expr:
    return digits.cast(EXACT, strict=False).cast(pl.String)


def _why(value: str, marks: Marks, loose: str) -> Reason:
    letters = re.search(_LETTERS, value)
    if not re.fullmatch(loose, value) or (letters is not None and letters[0] not in CURRENCIES):
        return _not_a_number(marks)
    whole, _, decimals = value.partition(marks.decimal)
    decimals = re.sub(r"\D", "", decimals).rstrip("0")
    if len(decimals) > DECIMALS:
        return Reason(
            "too_many_decimals",
            '"%(value)s" has %(decimals)s decimals; at most %(most)s can be kept.',
            {"decimals": len(decimals), "most": DECIMALS},
        )
    digits = len(re.sub(r"\D", "", whole).lstrip("0"))
    code = "too_small" if any(sign in value for sign in "-−(") else "too_large"
    if digits > WHOLE_DIGITS:
        return Reason(
            code,
            '"%(value)s" has %(digits)s digits before the decimal mark; at most %(most)s can be kept.',
            {"digits": digits, "most": WHOLE_DIGITS},
        )
    return _not_a_number(marks)


def _not_a_number(marks: Marks) -> Reason:
    example = marks.example()
    return Reason("not_a_number", '"%(value)s" is not a number; numbers here look like %(example)s.', {"example": example})
