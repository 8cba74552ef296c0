"""Exact decimal numbers with four decimals, as NUMERIC(18,4) holds them, and money: the same with currencies beside them."""

from __future__ import annotations

import re

import polars as pl

from nightclerk.core.convert.converter import Converter, Reason, keep
from nightclerk.core.convert.currency_beside import any_dressed, beside, dressed, told_apart, undressed
from nightclerk.core.convert.digits import in_ascii
from nightclerk.core.convert.marks import DECIMALS, MINUS, WHOLE_DIGITS, Marks, accounted, signed
from nightclerk.core.convert.numbers import digits_of, odd_writing, with_sign

EXACT = pl.Decimal(18, 4)
_ANY = "[0-9]*"
#: How many zeros behind the decimal point are looked at; what is smaller is nothing.
_SMALLEST = 20


def decimal(cell: pl.Expr, marks: Marks, rounded: bool = False) -> Converter:
    """Given a column of trimmed text and the marks; returns its converter to canonical text with four decimals.

    Read: regular groups or none, ``-1``, ``+1``, ``1-``, ``(1)``, ``1 S``, ``1 H``, ``1 CR``, ``,5`` and ``5,``. Refused:
    exponents, infinities, irregular groups, more than four decimals other than zeros. rounded: these and negative exponents are
    rounded to four decimals, halves away from zero.
    """
    shape = accounted(marks.number(), marks.begun())
    loose = accounted(marks.number(_ANY), marks.begun(_ANY))
    other = in_ascii(cell, marks.decimal, marks.thousands)
    tiers = [_quick(cell, marks), _written(cell, cell, marks, shape), _written(other, other, marks, shape)]
    if rounded:
        tiers += [_rounded(cell, cell, marks, loose), _tiny(cell, marks)]
    return Converter(pl.String, tuple(tiers), lambda value: _why(value, marks, loose, rounded))


def money(cell: pl.Expr, marks: Marks, rounded: bool = False) -> Converter:
    """Like ``decimal``, with one currency sign or upper-case code before or after the number (``Converter.beside``)."""
    loose = accounted(marks.number(_ANY), marks.begun(_ANY))
    bare = undressed(cell)
    shape = dressed(accounted, marks.number(), marks.begun())
    other = in_ascii(cell, marks.decimal, marks.thousands)
    tiers = [_quick(cell, marks), _written(cell, bare, marks, shape), _written(other, undressed(other), marks, shape)]
    if rounded:
        tiers += [_rounded(cell, bare, marks, dressed(accounted, marks.number(_ANY), marks.begun(_ANY))), _tiny(cell, marks)]
    return Converter(pl.String, tuple(tiers), lambda value: _why_not_money(value, marks, loose, rounded), beside=beside(cell))


def with_currency(number: str) -> str:
    """Given the shape of a number; returns the shape with a sign or in parentheses, and with or without a currency: what is a
    number wherever it stands, unlike ``12 C``."""
    return dressed(lambda one, _: signed(one), number, number)


def magnitude(cell: pl.Expr, marks: Marks) -> pl.Expr:
    """Given cells of a checked shape; returns their digits with a decimal point and, where negative, a leading minus."""
    bare = undressed(cell)
    return with_sign(bare, digits_of(bare, marks), marks)


def _quick(cell: pl.Expr, marks: Marks) -> pl.Expr:
    # The usual way of writing, read with the fewest passes over the column; everything else is left to the second tier.
    mark = re.escape(marks.thousands or "")
    whole = f"(?:{marks.grouped(mark)}|[0-9]{{1,14}})" if mark else "[0-9]{1,14}"
    shape = f"^-?{whole}(?:{re.escape(marks.decimal)}[0-9]{{1,4}})?$"
    digits = cell
    if marks.thousands:
        digits = digits.str.replace_all(marks.thousands, "", literal=True)
    if marks.decimal != ".":
        digits = digits.str.replace_all(marks.decimal, ".", literal=True)
    return keep(cell.str.contains(shape), _canonical(digits))


def _written(cell: pl.Expr, bare: pl.Expr, marks: Marks, shape: str) -> pl.Expr:
    return keep(cell.str.contains(f"^{shape}$"), _canonical(with_sign(bare, digits_of(bare, marks), marks)))


def _rounded(cell: pl.Expr, bare: pl.Expr, marks: Marks, loose: str) -> pl.Expr:
    return keep(cell.str.contains(f"^{loose}$"), _canonical(_cut(with_sign(bare, digits_of(bare, marks), marks))))


def _tiny(cell: pl.Expr, marks: Marks) -> pl.Expr:
    """A number with a negative exponent: the dust that sums of floating-point numbers leave."""
    shape = f"^([{MINUS}]?)([0-9])(?:{re.escape(marks.decimal)}([0-9]*))?[eE]-([0-9]{{1,3}})$"
    sign, first, others, places = (cell.str.extract(shape, group) for group in (1, 2, 3, 4))
    zeros = pl.lit("0" * _SMALLEST).str.slice(0, places.cast(pl.Int64).clip(1, _SMALLEST) - 1)
    sign = pl.when(sign == "").then(pl.lit("")).otherwise(pl.lit("-"))
    small = pl.concat_str(sign, pl.lit("0."), zeros, first, others.fill_null(""))
    return keep(cell.str.contains(shape) & (places.cast(pl.Int64) > 0), _canonical(_cut(small)))


def _cut(digits: pl.Expr) -> pl.Expr:
    # One decimal more than is kept decides; cast and rounded with all of them, 0.0000499999999999999 would be rounded twice.
    few = digits.str.extract(rf"^(-?[0-9]*(?:\.[0-9]{{0,{DECIMALS + 1}}})?)", 1)
    return few.cast(pl.Decimal(38, DECIMALS + 1), strict=False).round(DECIMALS, mode="half_away_from_zero")


def _canonical(digits: pl.Expr) -> pl.Expr:
    return digits.cast(EXACT, strict=False).cast(pl.String)


def _why_not_money(value: str, marks: Marks, loose: str, rounded: bool) -> Reason:
    apart = told_apart(value)
    if apart is None:
        return _why(value, marks, loose, rounded)
    dressed_value, bare = apart
    if not re.fullmatch(any_dressed(accounted, marks.number(_ANY), marks.begun(_ANY)), dressed_value):
        return odd_writing(bare, "not_a_number") or _not_a_number(marks)
    reason = _why(bare, marks, loose, rounded)
    if reason.code != "not_a_number":
        return reason
    return Reason("currency_differs", '"%(value)s" names another currency than its row, or its row names none.')


def _why(value: str, marks: Marks, loose: str, rounded: bool) -> Reason:
    if not re.fullmatch(loose, value):
        return odd_writing(value, "not_a_number") or _not_a_number(marks)
    whole, _, decimals = value.partition(marks.decimal)
    decimals = re.sub(r"\D", "", decimals).rstrip("0")
    if len(decimals) > DECIMALS and not rounded:
        return Reason(
            "too_many_decimals",
            '"%(value)s" has %(decimals)s decimals; at most %(most)s can be kept.',
            {"decimals": len(decimals), "most": DECIMALS},
        )
    digits = len(re.sub(r"\D", "", whole).lstrip("0"))
    if rounded and digits == WHOLE_DIGITS and decimals.startswith("9" * DECIMALS):
        digits += 1  # rounded up
    code = "too_small" if re.search(f"[{MINUS}({marks.negative}]", value) else "too_large"
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
