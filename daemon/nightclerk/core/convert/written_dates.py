"""How dates are written: strptime formats, the exact shape of text each one reads, and which of them contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from nightclerk.core.convert.date_spelling import spelled
from nightclerk.core.convert.month_names import month_of, name_of

DoubledHour = Literal["reject", "first", "second"]
"""What a time without an offset means that comes twice, as the clocks are put back."""

DAY_PARTS = frozenset("dmYybB")
TIME_PARTS = frozenset("HIMSpfz")
NAMES = frozenset("bB")
#: Years from 1000 on, but for those that are no years of the Gregorian calendar in any export: 1300 to 1460 are of the Persian
#: calendar or of the Muslim one, 2501 to 2620 of the Buddhist one.
_LATER_YEAR = (
    "(?:1[0-2][0-9]{2}|146[1-9]|14[7-9][0-9]|1[5-9][0-9]{2}|2[0-4][0-9]{2}|2500|262[1-9]|26[3-9][0-9]|2[7-9][0-9]{2}"
    "|[3-9][0-9]{3})"
)
_YEAR = f"(?:0[0-9]{{3}}|{_LATER_YEAR})"
#: Directive → the text it reads. One digit will do for a day, month or hour only between literals (``1/2/2026``).
_SHAPES = {
    "d": "[0-9]{2}", "m": "[0-9]{2}", "Y": _YEAR, "y": "[0-9]{2}", "b": r"[^\W\d_]{3,12}\.?", "B": r"[^\W\d_]{3,12}\.?",
    "H": "[0-9]{2}", "I": "[0-9]{2}", "M": "[0-9]{2}", "S": "[0-5][0-9]", "p": "[AaPp][Mm]", "f": "[0-9]{1,6}",
    "z": "(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})",
}  # fmt: skip
#: The same for the beginning of a day.
_MIDNIGHT = {"H": "00", "I": "12", "M": "00", "S": "00", "p": "[Aa][Mm]", "f": "0{1,6}", "z": _SHAPES["z"]}
_SHORT = frozenset("dmHI")
_SAMPLES = (datetime(2003, 4, 5, 6, 7, 8), datetime(2011, 12, 10, 23, 59, 58), datetime(1999, 7, 9, 1, 2, 3))  # noqa: DTZ001
#: Ways to write a date as the number of days a spreadsheet keeps → its day 0. The first system counts a 29 February 1900 that
#: never was: its day 60 is none, and those before it are a day later than they count.
SERIALS = {"excel": datetime(1899, 12, 30), "excel1904": datetime(1904, 1, 1)}  # noqa: DTZ001 - days have no zone
LAST_SERIAL, NO_SERIAL = {"excel": 2_958_465, "excel1904": 2_957_003}, 60
_SERIAL = r"^(?:0|[1-9][0-9]{0,6})(?:[.,][0-9]+)?$"
#: What programs write where there is no date.
NO_DATE = (
    r"^(?:0{6}|0{8}|0{1,4}[-./ ]0{1,2}[-./ ]0{1,4}(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?[Zz]?)?"
    r"|1900[-./]0?1[-./]00|(?:0{1,2}[-./]0?1|0?1[-./]0{1,2})[-./]1900)$"
)


def pieces(written: str) -> list[tuple[str, bool]]:
    """Given a format; returns its pieces in order: (text, False) for literals, (letter, True) for directives."""
    found = re.findall(r"%(.?)|([^%]+)", written, re.DOTALL)
    return [("%", False) if letter == "%" else (letter, True) if not literal else (literal, False) for letter, literal in found]


def has_time(written: str) -> bool:
    """Returns whether the format holds a time of day or an offset."""
    return any(directive and text in TIME_PARTS for text, directive in pieces(written))


def has_hour(written: str) -> bool:
    """Returns whether the format can tell an hour without saying of which offset, so that it may be one that comes twice. A date
    alone is none: a day begins only once."""
    return written in SERIALS or (has_time(written) and "%z" not in written.replace("%%", ""))


@lru_cache(maxsize=256)
def shape(written: str, strict: bool = False) -> str:
    """Given a checked format; returns the regular expression of the texts it reads; ``strict``: with all leading zeros, and from
    the year 1000 on."""
    if written in SERIALS:
        return _SERIAL
    parts = pieces(written)
    shaped = []
    for at, (text, directive) in enumerate(parts):
        if not directive:
            shaped.append(re.escape(text))
        elif strict:
            shaped.append(_LATER_YEAR if text == "Y" else _SHAPES[text])
        else:
            shaped.append(_read(parts, at))
    return "^" + "".join(shaped) + "$"


def of_another_calendar(text: str, written: str) -> bool:
    """Returns whether a text is a date as the format writes it, but for its year, which is none of the Gregorian calendar."""
    return re.fullmatch(shape(written).replace(_YEAR, "[0-9]{4}"), text) is not None and not re.fullmatch(shape(written), text)


@lru_cache(maxsize=256)
def day_shape(written: str) -> str:
    """Given a checked format; returns the regular expression of the texts it reads that name a day alone, or its midnight, with
    a group for each of day, month and year, in the format's order."""
    parts = pieces(written)
    shaped = [
        re.escape(text) if not directive else f"({_read(parts, at)})" if text in DAY_PARTS else _MIDNIGHT[text]
        for at, (text, directive) in enumerate(parts)
    ]
    return "^" + "".join(shaped) + "$"


def _read(parts: list[tuple[str, bool]], at: int) -> str:
    text = parts[at][0]
    if parts == [("d", True), ("m", True)] and text == "d":
        return "[0-9]{1,2}"  # DDMM is often kept as a number, and then lacks its leading zero.
    beside_another = (at > 0 and parts[at - 1][1]) or (at + 1 < len(parts) and parts[at + 1][1])
    return "[0-9]{1,2}" if text in _SHORT and not beside_another else _SHAPES[text]


def fault_of(written: str, year: int | None = None) -> str | None:
    """Given a format, and the year where the feed gives it; returns what is wrong with it, or None: it needs one day, one month
    and one year, and knows only digits, names of months, times and offsets."""
    if written in SERIALS:
        return None
    if written.lower() in SERIALS or (meant := spelled(written)) is not None:
        return f"{written!r} is written otherwise here: {written.lower() if written.lower() in SERIALS else meant!r}"
    letters = [text for text, directive in pieces(written) if directive]
    for letter in letters:
        if letter not in _SHAPES:
            return f"{written!r} holds %{letter}, which is not read; use %d %m %Y %y %b %B, for times %H %I %M %S %p %f %z"
    for kinds, noun in (("d", "day"), ("mbB", "month"), ("Yy", "year")):
        found = sum(letters.count(kind) for kind in kinds)
        if found != 1 and not (noun == "year" and found == 0 and year is not None):
            otherwise = ", or the feed must give it, as in year: 2026" if noun == "year" and found == 0 else ""
            return f"{written!r} must hold the {noun} once, as {' or '.join('%' + kind for kind in kinds)}{otherwise}"
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


def check_dates(formats: Iterable[str], year: int | None = None) -> str | None:
    """Given a feed's or field's date formats, and the year where the feed gives it; returns what is wrong with them, or None.

    Two formats that read one text as different days contradict each other: an ambiguous date is never guessed.
    """
    listed = list(formats)
    for written in listed:
        fault = fault_of(written, year)
        if fault is not None:
            return fault
    if set(SERIALS) <= set(listed):
        return "excel and excel1904 read one number as different days; give only one of them"
    for one in (written for written in listed if written not in SERIALS):
        for other in listed:
            for sample in _SAMPLES:
                text = sample.strftime(one.replace("%z", "+0000"))
                first, second = parsed(text, one, year=year), parsed(text, other, year=year)
                if first is not None and second is not None and first.replace(tzinfo=None) != second.replace(tzinfo=None):
                    return f"{one!r} and {other!r} read {text!r} as different days; give only one of them"
    return None


def parsed(text: str, written: str, language: str = "en", year: int | None = None) -> datetime | None:
    """Given a text, a format, the language of months' names, and the year for formats without one; returns the moment as the
    format reads it, or None where it does not fit or does not exist.

    Two digits for a year mean 1970 to 2069.
    """
    if not re.fullmatch(shape(written), text):
        return None
    if written in SERIALS:
        return _of_serial(text, written)
    try:
        found = datetime.strptime(*numbered(text, written, language, year))  # noqa: DTZ007 - naive where no offset is written
    except ValueError:
        return None
    if "%y" in written.replace("%%", "") and found.year == 1969:
        found = found.replace(year=2069)  # Python, after POSIX, takes 69 for 1969; polars begins its century in 1970.
    return found


def numbered(text: str, written: str, language: str, year: int | None) -> tuple[str, str]:
    """Given a text of the format's shape, the format, the language and the feed's year; returns both with the month as a number
    and with a year. Raises ValueError for a name that is no month's."""
    letters = {letter for letter, directive in pieces(written) if directive}
    if NAMES & letters:
        found = re.fullmatch(named_shape(written), text)
        month = month_of(found[2], language) if found else None
        if found is None or month is None:
            raise ValueError(f"{text!r} names no month")
        text, written = f"{found[1]}{month:02}{found[3]}", as_number(written)
    if not {"Y", "y"} & letters:
        text, written = f"{text} {year or 0:04}", f"{written} %Y"
    return text, written


def named_shape(written: str) -> str:
    """Given a format with the name of a month; returns its shape in three groups: what stands before it, it, what follows."""
    before, name, after = re.split("(%[bB])", written.replace("%%", "\0"), maxsplit=1)
    one, other = (shape(part.replace("\0", "%%"))[1:-1] if part else "" for part in (before, after))
    return f"^({one})({_SHAPES[name[1]]})({other})$"


def as_number(written: str) -> str:
    """Given a format; returns it with the month as a number."""
    return re.sub("%[bB]", "%m", written.replace("%%", "\0")).replace("\0", "%%")


def _of_serial(text: str, written: str) -> datetime | None:
    days, _, part = text.replace(",", ".").partition(".")
    count = int(days)
    first = 1 if written == "excel" else 0
    if not first <= count <= LAST_SERIAL[written] or (written == "excel" and count == NO_SERIAL):
        return None
    early = 1 if written == "excel" and count < NO_SERIAL else 0
    return SERIALS[written] + timedelta(days=count + early, seconds=round(86400 * float(f"0.{part or 0}")))


def example(written: str, language: str = "en") -> str:
    """Returns a date as the format writes it, to show people."""
    if written in SERIALS:
        return str((datetime(2026, 11, 21) - SERIALS[written]).days)  # noqa: DTZ001 - an example only
    named = re.sub("%[bB]", lambda found: name_of(11, language)[: 3 if found[0] == "%b" else None], written)
    return datetime(2026, 11, 21, 14, 30).strftime(named.replace("%z", "+0100"))  # noqa: DTZ001 - an example only
