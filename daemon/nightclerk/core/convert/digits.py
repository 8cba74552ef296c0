"""Digits of other scripts, as exports from Arabic, Persian, Indian, Thai and East Asian programs hold them."""

from __future__ import annotations

import polars as pl

#: The zeros of the scripts: Arabic, Persian, Devanagari, Bengali, Gurmukhi, Gujarati, Tamil, Telugu, Kannada, Malayalam, Thai,
#: Lao, Myanmar, Khmer, and those of full width.
_ZEROS = "٠۰०০੦૦௦౦೦൦๐໐၀០０"
_DIGITS = {chr(ord(zero) + value): str(value) for zero in _ZEROS for value in range(10)}
_ANY = "[" + "".join(f"{zero}-{chr(ord(zero) + 9)}" for zero in _ZEROS) + "]"
#: Marks that come with such digits. Those of full width are what they look like.
_DECIMAL, _THOUSANDS = "٫", "٬"
_WIDE = {"．": ".", "，": ",", "－": "-", "＋": "+", "（": "(", "）": ")", "／": "/", "：": ":"}


def in_ascii(cell: pl.Expr, decimal: str = ".", thousands: str | None = None) -> pl.Expr:
    """Given cells and the marks of numbers; returns those that hold digits of other scripts, and no ASCII ones, with 0 to 9 in
    their place and with these marks for the Arabic ones; null for all others."""
    marks = {_DECIMAL: decimal, **({_THOUSANDS: thousands} if thousands else {})}
    known = {**_DIGITS, **_WIDE, **marks}
    told = cell.str.replace_many(list(known), list(known.values()))
    return pl.when(cell.str.contains(_ANY) & ~cell.str.contains("[0-9]")).then(told)


def text_in_ascii(text: str) -> str:
    """Given one text; returns it with 0 to 9 for the digits of other scripts."""
    return "".join(_DIGITS.get(sign) or _WIDE.get(sign, sign) for sign in text)
