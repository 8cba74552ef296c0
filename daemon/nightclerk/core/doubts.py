"""What a person should know about a file before anything is built on how it reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from nightclerk.core.column_names import says_date, says_number
from nightclerk.core.headers import folded
from nightclerk.core.issue import Issue
from nightclerk.core.profile import ColumnProfile, Mixed
from nightclerk.core.sentences import quoted

_LINES_NAMED = 5
_NUMBERS = {"integer", "decimal"}
_DATES = {"date", "datetime"}
_ONE_AND_MANY = {
    "integer": "whole numbers", "decimal": "numbers", "date": "dates", "datetime": "times", "boolean": "yes or no",
    "email": "email addresses", "url": "web addresses",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that may be wrong, or could be read in two ways. column: its distinct name, or None for the whole file."""

    code: str
    column: str | None
    message: str


@dataclass(frozen=True, slots=True)
class KindOfDamage:
    """Records that are damaged in one way: the doubt about them, how many there are, and the lines of the first."""

    doubt: Doubt
    count: int
    lines: tuple[int, ...]


@dataclass
class Damage:
    """The damaged records of a file, counted by their codes; of each code the first lines and the first sentence are kept."""

    _counts: Counter[str] = field(default_factory=Counter)
    _lines: dict[str, list[int]] = field(default_factory=dict)
    _first: dict[str, str] = field(default_factory=dict)

    def add(self, issues: Sequence[Issue]) -> None:
        """Given what the scanner found wrong in a block; counts it."""
        for issue in issues:
            self._counts[issue.code] += 1
            lines = self._lines.setdefault(issue.code, [])
            if len(lines) < _LINES_NAMED:
                lines.append(issue.line)
            self._first.setdefault(issue.code, issue.message)

    def doubts(self) -> Iterator[Doubt]:
        """Yields one doubt for each kind of damage, the most frequent first."""
        return (kind.doubt for kind in self.kinds())

    def kinds(self) -> Iterator[KindOfDamage]:
        """Yields each kind of damage, the most frequent first."""
        for code, count in self._counts.most_common():
            lines = ", ".join(str(line) for line in self._lines[code])
            if count == 1:
                told = f"1 damaged row ({code.replace('_', ' ')}). {self._first[code]}"
            else:
                more = ", …" if count > _LINES_NAMED else ""
                told = f"{count} damaged rows ({code.replace('_', ' ')}), in lines {lines}{more}. {self._first[code]}"
            yield KindOfDamage(Doubt("damaged_rows", None, told), count, tuple(self._lines[code]))


def header_doubts(headers: Sequence[str], names: Sequence[str], profiles: Sequence[ColumnProfile]) -> Iterator[Doubt]:
    """Given the headers as they stand, the columns' distinct names and what they hold; yields what is wrong with the headers."""
    places: dict[str, list[int]] = {}
    for place, header in enumerate(headers):
        if folded(header):
            places.setdefault(folded(header), []).append(place)
        elif profiles[place].filled:
            yield Doubt("unnamed_column", names[place], _about_unnamed(place, profiles[place]))
    for same in places.values():
        if len(same) > 1:
            listed = ", ".join(f"{quoted(headers[place])} (column {place + 1})" for place in same)
            told = f"{len(same)} columns have the same header, not regarding case, accents and spaces: {listed}; rename them."
            yield Doubt("header_repeated", names[same[1]], told)


def column_doubts(header: str, name: str, profile: ColumnProfile, language: str) -> Iterator[Doubt]:
    """Given a column's header, its distinct name, what it holds, and the language of the file; yields what is doubtful in it."""
    if profile.undecided_date is not None:
        yield Doubt("ambiguous_date", name, _about_date(profile))
    if profile.undecided is not None:
        yield Doubt("ambiguous_number", name, _about_number(profile))
    if profile.mixed is not None:
        yield Doubt("mixed_types", name, _about_mixed(profile, profile.mixed))
    if profile.zeros is not None:
        codes, first = profile.zeros
        told = (
            f"Leading zeros in {codes} of {_values(profile.filled)}, as {quoted(first.value)} in line {first.line}; a "
            "spreadsheet would take them away."
        )
        yield Doubt("leading_zeros", name, told)
    if profile.stray_total is not None:
        line, total = profile.stray_total
        told = f"Line {line} holds only {quoted(total)}, the sum of all others; it looks like a total, but is read as a row."
        yield Doubt("stray_total", name, told)
    misplaced = _about_header(header, profile, language)
    if misplaced is not None:
        yield Doubt("wrong_header", name, misplaced)


def _about_unnamed(place: int, profile: ColumnProfile) -> str:
    assert profile.example is not None  # noqa: S101 - there are values
    line, value = profile.example
    return (
        f"Column {place + 1} has no header, but {_values(profile.filled)}, first {quoted(value)} in line {line}; "
        "name it, or take it out."
    )


def _about_date(profile: ColumnProfile) -> str:
    found = profile.undecided_date
    assert found is not None  # noqa: S101 - the caller looked
    (first, second), (one, other) = found.formats, found.readings
    return (
        f"{quoted(found.at.value)} in line {found.at.line} is {_day(one)} as {first} and {_day(other)} as {second}, and both "
        f'fit {_all(profile.filled)}; the feed says which: `dates: "{first}"` or `dates: "{second}"`.'
    )


def _about_number(profile: ColumnProfile) -> str:
    found = profile.undecided
    assert found is not None  # noqa: S101 - the caller looked
    point, comma = found.readings
    return (
        f'{quoted(found.at.value)} in line {found.at.line} is {point} with the decimal mark "." and {comma} with ",", and both '
        f"fit {_all(profile.filled)}. The sum is {found.sums[0]:f} or {found.sums[1]:f}; the feed says which mark is meant: "
        '`{decimal: ".", thousands: ","}` or `{decimal: ",", thousands: "."}`.'
    )


def _about_mixed(profile: ColumnProfile, mixed: Mixed) -> str:
    return (
        f"{mixed.fits} of {_values(profile.filled)} are {_ONE_AND_MANY[mixed.kind]}; the first other one is "
        f"{quoted(mixed.missed.value)} in line {mixed.missed.line}."
    )


def _about_header(header: str, profile: ColumnProfile, language: str) -> str | None:
    """Returns a sentence where the values do not fit what the header says: they may stand under the wrong one."""
    if profile.example is None:
        return None
    shown = f"{quoted(profile.example.value)} in line {profile.example.line}"
    if profile.kind in _NUMBERS and says_date(header, language):
        return f"The header says dates, but numbers stand under it, as {shown}; the values may be shifted."
    if profile.kind in _DATES and profile.dates != ("%Y%m%d",) and says_number(header, language):
        return f"The header says numbers, but dates stand under it, as {shown}; the values may be shifted."
    return None


def _values(count: int) -> str:
    return f"{count} value" if count == 1 else f"{count} values"


def _all(count: int) -> str:
    return "the only value" if count == 1 else f"all {count} values"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
