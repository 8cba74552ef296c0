"""How dates are written: strptime formats, the exact shape of text each one reads, and which of them contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

DAY_PARTS = frozenset("dmYybB")
TIME_PARTS = frozenset("HIMSpfz")
#: Directive → the text it reads. One digit will do for a day, month or hour only between literals (``1/2/2026``).
_SHAPES = {
    "d": "[0-9]{2}", "m": "[0-9]{2}", "Y": "[0-9]{4}", "y": "[0-9]{2}", "b": "[A-Za-z]{3}", "B": "[A-Za-z]{3,9}",
    "H": "[0-9]{2}", "I": "[0-9]{2}", "M": "[0-9]{2}", "S": "[0-5][0-9]", "p": "[AaPp][Mm]", "f": "[0-9]{1,6}",
    "z": "(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})",
}  # fmt: skip
_SHORT = frozenset("dmHI")
_SAMPLES = (datetime(2003, 4, 5, 6, 7, 8), datetime(2011, 12, 10, 23, 59, 58), datetime(1999, 7, 9, 1, 2, 3))  # noqa: DTZ001


def pieces(written: str) -> list[tuple[str, bool]]:
    """Given a format; returns its pieces in order: (text, False) for literals, (letter, True) for directives."""
    found = re.findall(r"%(.?)|([^%]+)", written, re.DOTALL)
    return [("%", False) if letter == "%" else (letter, True) if not literal else (literal, False) for letter, literal in found]


def has_time(written: str) -> bool:
    """Returns whether the format holds a time of day or an offset."""
    return any(directive and text in TIME_PARTS for text, directive in pieces(written))


@lru_cache(maxsize=256)
def shape(written: str, strict: bool = False) -> str:
    """Given a checked format; returns the regular expression of the texts it reads; ``strict``: with all leading zeros, and from
    the year 1000 on."""
    parts = pieces(written)
    shaped = []
    for at, (text, directive) in enumerate(parts):
        if not directive:
            shaped.append(re.escape(text))
            continue
        beside_another = (at > 0 and parts[at - 1][1]) or (at + 1 < len(parts) and parts[at + 1][1])
        if strict:
            shaped.append("[1-9][0-9]{3}" if text == "Y" else _SHAPES[text])
        else:
            shaped.append("[0-9]{1,2}" if text in _SHORT and not beside_another else _SHAPES[text])
    return "^" + "".join(shaped) + "$"


def fault_of(written: str) -> str | None:
    """Given a format; returns what is wrong with it, or None: it needs one day, one month, one year, and knows only digits,
    English month names, times and offsets."""
    letters = [text for text, directive in pieces(written) if directive]
    for letter in letters:
        if letter not in _SHAPES:
            return f"{written!r} holds %{letter}, which is not read; use %d %m %Y %y %b %B, for times %H %I %M %S %p %f %z"
    for kinds, noun in (("d", "day"), ("mbB", "month"), ("Yy", "year")):
        if sum(letters.count(kind) for kind in kinds) != 1:
            return f"{written!r} must hold the {noun} once, as {' or '.join('%' + kind for kind in kinds)}"
    for kinds, noun in (("HI", "hour"), ("M", "minute"), ("S", "second"), ("p", "%p"), ("f", "%f"), ("z", "%z")):
        if sum(letters.count(kind) for kind in kinds) > 1:
            return f"{written!r} holds the {noun} twice"
    return _time_fault(written, letters)


def _time_fault(written: str, letters: list[str]) -> str | None:
    if ("I" in letters) != ("p" in letters):
        return f"{written!r} must hold %I and %p together"
    if ("S" in letters and "M" not in letters) or ("M" in letters and not {"H", "I"} & set(letters)):
        return f"{written!r} holds a part of a time without the greater part"
    if TIME_PARTS & set(letters) and "M" not in letters:
        return f"{written!r} must hold hours and minutes"
    if "f" in letters and ".%f" not in written:
        return f"{written!r} must hold %f after a point, as in %S.%f"
    return None


def check_dates(formats: Iterable[str], kind: str) -> str | None:
    """Given a feed's or field's date formats and ``date`` or ``datetime``; returns what is wrong with them, or None.

    A date leaves formats with a time aside, but needs one without. Two formats that read one text as different days
    contradict each other: an ambiguous date is never guessed.
    """
    listed = list(formats)
    for written in listed:
        fault = fault_of(written)
        if fault is not None:
            return fault
    usable = listed if kind == "datetime" else [written for written in listed if not has_time(written)]
    if not usable:
        return "a date needs a format that holds only day, month and year"
    for one in usable:
        for other in usable:
            for sample in _SAMPLES:
                text = sample.strftime(one.replace("%z", "+0000"))
                first, second = parsed(text, one), parsed(text, other)
                if first is not None and second is not None and first.replace(tzinfo=None) != second.replace(tzinfo=None):
                    return f"{one!r} and {other!r} read {text!r} as different days; give only one of them"
    return None


def parsed(text: str, written: str) -> datetime | None:
    """Given a text and a format; returns the moment as the format reads it, or None where it does not fit or does not exist.

    Two digits for a year mean 1970 to 2069.
    """
    if not re.fullmatch(shape(written), text, re.ASCII):
        return None
    try:
        found = datetime.strptime(text, written)  # noqa: DTZ007 - a naive time is meant where no offset is written
    except ValueError:
        return None
    if "%y" in written.replace("%%", "") and found.year == 1969:
        found = found.replace(year=2069)  # Python, after POSIX, takes 69 for 1969; polars begins its century in 1970.
    return found


def example(written: str) -> str:
    """Returns a date as the format writes it, to show people."""
    return datetime(2026, 11, 21, 14, 30).strftime(written.replace("%z", "+0100"))  # noqa: DTZ001 - an example only
