"""Currencies beside amounts: where they may stand, which one it is, and whether it may be the one that the row names."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import polars as pl

from nightclerk.core.convert.codes import CURRENCIES
from nightclerk.core.convert.currency_signs import CURRENCY, LETTERED, SIGNS, SYMBOL
from nightclerk.core.convert.marks import MINUS, SPACE

#: Given the shape of a number and of one that begins with a digit; returns it with signs, and with sides where these count.
Plain = Callable[[str, str], str]
_SYMBOL, _LETTERED = "¤", "¤¤"  # stand for any currency


def dressed(plain: Plain, number: str, begun: str, lettered: str = LETTERED, symbol: str = SYMBOL) -> str:
    """Given how signs are put around a number, the shape of a number and of one that begins with a digit; returns the shape with
    one currency or none."""
    # Behind a letter or dot a decimal mark could belong to either: CHF.5 is refused.
    before = f"(?:{symbol}{SPACE}*{plain(number, begun)}|{lettered}{SPACE}*{plain(begun, begun)})"
    after = f"{SPACE}*(?:{symbol}|{lettered})"
    unsigned = f"(?:{symbol}{SPACE}*{number}|{lettered}{SPACE}*{begun})"
    behind = f"{number}{after}(?:{SPACE}?[{MINUS}]|{SPACE}(?:[SHDC]|[Dd][Rr]\\.?|[Cc][Rr]\\.?))"
    inside = f"[{MINUS}+]{SPACE}?{unsigned}|\\({SPACE}?(?:{unsigned}|{number}{after}){SPACE}?\\)"
    return f"(?:{plain(number, begun)}(?:{after})?|{before}|{behind}|{inside})"


def undressed(cell: pl.Expr) -> pl.Expr:
    """Given cells of a dressed shape; returns them without their currency."""
    return cell.str.replace(CURRENCY, "")


def beside(cell: pl.Expr) -> pl.Expr:
    """Given cells of amounts; returns the currency's sign or code that stands in each, null where there is none."""
    return cell.str.extract(f"({CURRENCY})", 1)


def agrees(written: pl.Expr, currency: pl.Expr) -> pl.Expr:
    """Given signs or codes that stand beside amounts and the currencies that their rows name; returns where both may be one."""
    return pl.concat_str(written, currency, separator=" ").is_in(_agreeing().implode())


def told_apart(value: str) -> tuple[str, str] | None:
    """Given a text; returns it with its currency's sign replaced, for ``any_dressed``, and without it; None if it has none."""
    found = _compiled().search(value)
    if found is None:
        return None
    stand_in = _LETTERED if found[0][-1].isalpha() or found[0][-1] == "." else _SYMBOL
    before, after = value[: found.start()], value[found.end() :]
    return before + stand_in + after, (before + after).strip()


def any_dressed(plain: Plain, number: str, begun: str) -> str:
    """Given what ``dressed`` is given; returns the shape of what ``told_apart`` returns."""
    return dressed(plain, number, begun, _LETTERED, _SYMBOL)


@lru_cache(maxsize=1)
def _compiled() -> re.Pattern[str]:
    return re.compile(CURRENCY)


@lru_cache(maxsize=1)
def _agreeing() -> pl.Series:
    signs = [f"{sign} {code}" for sign, codes in SIGNS.items() for code in sorted(codes)]
    return pl.Series([*signs, *(f"{code} {code}" for code in sorted(CURRENCIES))])
