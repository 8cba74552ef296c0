"""What people mean who write a way of writing dates as spreadsheets do: ``dd/mm/yyyy``, ``JJ.MM.AAAA``."""

from __future__ import annotations

import re

#: Runs of one letter, behind each other: the day as in English, French or German, the month, the year, times.
_DAYS, _YEARS = frozenset("djtg"), frozenset("yaj")
_RUNS = re.compile(r"([A-Za-z])\1*")
_SPELLING = re.compile(r"[A-Za-z]{1,4}([-/. ]?)[A-Za-z]{1,4}\1[A-Za-z]{1,4}(?:[ T]hh?:mm(?::ss)?)?", re.IGNORECASE)


def spelled(written: str) -> str | None:
    """Given text that is to be a strptime format; returns the format that it means, or None where nobody can tell."""
    day, _, time = re.sub(r"(?<=[A-Za-z])[ T](?=[Hh]{1,2}:)", "\0", written).partition("\0")
    if not _SPELLING.fullmatch(written):
        return None
    runs = [found[0].lower() for found in _RUNS.finditer(day)]
    kinds = [_kind(run) for run in runs]
    if sorted(kind.lower() for kind in kinds if kind is not None) not in (["d", "m", "y"], ["b", "d", "y"]):
        return None
    pieces = iter(kinds)
    clock = "".join({"h": "%H", "m": ":%M", "s": ":%S"}[run[0].lower()] for run in _RUNS.findall(time)) if time else ""
    between = written[len(day)] if time else ""
    return _RUNS.sub(lambda _: f"%{next(pieces)}", day) + between + clock


def _kind(run: str) -> str | None:
    letter = run[0]
    if letter == "m":
        return "b" if len(run) == 3 else "B" if len(run) == 4 else "m"
    if len(run) <= 2 and letter in _DAYS:
        return "d"
    if letter in _YEARS:
        return "Y" if len(run) == 4 else "y" if len(run) == 2 else None
    return None
