"""A whole file, block after block: its columns, its key, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from nightclerk.core.column_names import distinct
from nightclerk.core.doubts import Damage, column_doubts, header_doubts
from nightclerk.core.issue import Issue
from nightclerk.core.lint.column import Column, ColumnLint
from nightclerk.core.lint.file_key import FileKey
from nightclerk.core.lint.finding import LintFinding
from nightclerk.core.lint.kept import MOST_ROWS
from nightclerk.core.lint.keys import Keys
from nightclerk.core.lint.roles import Role, roles_of
from nightclerk.core.profile import ColumnProfile, Profile
from nightclerk.core.reading import Cell
from nightclerk.core.table import stripped

#: So many columns are tried as the key, and so many as names.
_MOST_OF_A_ROLE = 3
#: Of the doubts about how a file reads, those that are about its data.
_ABOUT_DATA = {"stray_total", "wrong_header"}
_RANKS = {"wrong": 0, "doubtful": 1}


@dataclass(frozen=True)
class Known:
    """What is known before the first row. headers: as they stand. language: of the file. marks: the decimal mark of each column,
    None where it is open. roles and key: by a feed, if there is one."""

    headers: tuple[str, ...]
    language: str
    marks: tuple[Literal[".", ","] | None, ...]
    roles: tuple[frozenset[Role], ...] | None = None
    key: FileKey | None = None


@dataclass(frozen=True)
class Quality:
    """How good the data of a file is. key: the columns of its key, empty where none is known or found. findings: what is wrong
    first, each in the order of the columns. notes: what was not looked at, and why."""

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    findings: tuple[LintFinding, ...]
    notes: tuple[str, ...]


class FileLint:
    """Takes in a file. ``add`` all blocks, in order; then ask for ``quality``."""

    def __init__(self, known: Known) -> None:
        self._known = known
        width = len(known.headers)
        last = max((place for place, header in enumerate(known.headers, 1) if header.strip()), default=0)
        self._names = distinct(known.headers)
        self._profile = Profile(width, decimal="." if set(known.marks) == {"."} else None)
        self._columns = [
            ColumnLint(name, roles, mark)
            for name, roles, mark in zip(self._names[:last], _roles(known)[:last], known.marks[:last], strict=True)
        ]
        self._key = Keys() if known.key is not None else None
        self._damage = Damage()

    def add(self, lines: Sequence[int], columns: Sequence[Sequence[Cell]], issues: Sequence[Issue]) -> None:
        """Given the lines of some sound rows, their cells column by column as text, and what was wrong with the others; takes
        them in."""
        self._damage.add(issues)
        starts = pl.Series("line", lines, dtype=pl.Int64)
        raw = pl.DataFrame([pl.Series(str(at), cells, dtype=pl.String) for at, cells in enumerate(columns)])
        self._profile.add(lines, columns)
        cells = raw.select(stripped(pl.all()))
        for at, column in enumerate(self._columns):
            column.add(raw[str(at)], cells[str(at)], starts)
        if self._key is not None and self._known.key is not None:
            self._key.add(raw.select(self._known.key.text).to_series(), starts)

    def quality(self) -> Quality:
        """Returns how good the data is."""
        profiles = self._profile.columns()
        key, keys, notes = self._found_key()
        found = [*self._damaged(), *self._about_headers(profiles)]
        if keys is not None:
            found += keys.findings(" + ".join(key), sure=self._known.key is not None)
            if keys.more:
                notes.append(f"Keys were compared in the first {MOST_ROWS:,} rows only.")
        for column, profile in zip(self._columns, profiles, strict=False):
            found += self._about_data(column, profile)
            notes += column.limits()
        found.sort(key=lambda one: _RANKS[one.level])
        columns = tuple(column.column(profile) for column, profile in zip(self._columns, profiles, strict=False))
        return Quality(columns, key, tuple(found), tuple(notes))

    def _found_key(self) -> tuple[tuple[str, ...], Keys | None, list[str]]:
        if self._known.key is not None:
            return self._known.key.columns, self._key, []
        for column in self._columns:
            if column.key is not None and column.key.tells_rows_apart():
                return (column.name,), column.key, []
        return (), None, ["No column looks like a key, so that rows were not compared by one; a feed of a tenant would name it."]

    def _about_data(self, column: ColumnLint, profile: ColumnProfile) -> Iterator[LintFinding]:
        yield from column.findings(profile)
        for doubt in column_doubts(column.name, column.name, profile, self._known.language):
            if doubt.code in _ABOUT_DATA:
                place = profile.stray_total if doubt.code == "stray_total" else profile.example
                lines, example = ((place.line,), place.value) if place is not None else ((), None)
                yield LintFinding(doubt.code, "doubtful", column.name, 1, lines, example, doubt.message)

    def _about_headers(self, profiles: Sequence[ColumnProfile]) -> Iterator[LintFinding]:
        for doubt in header_doubts(self._known.headers, self._names, profiles):
            yield LintFinding(doubt.code, "wrong", doubt.column, 1, (), None, doubt.message)

    def _damaged(self) -> Iterator[LintFinding]:
        for damage in self._damage.kinds():
            told = f"{damage.doubt.message} Rows like that are rejected."
            yield LintFinding("damaged_rows", "wrong", None, damage.count, damage.lines, None, told)


def _roles(known: Known) -> list[frozenset[Role]]:
    """What each column is for; of keys and names only the first few, which are held in memory."""
    found: list[frozenset[Role]] = []
    counts: dict[Role, int] = {"key": 0, "name": 0}
    for at, header in enumerate(known.headers):
        roles = set(roles_of(header, known.language))
        if known.roles is not None and known.roles[at]:
            roles = set(known.roles[at]) | (roles & {"siren", "siret", "vat", "iban"})
        if known.key is not None:
            roles.discard("key")
        for role in roles & set(counts):
            counts[role] += 1
            if counts[role] > _MOST_OF_A_ROLE:
                roles.discard(role)
        found.append(frozenset(roles))
    return found
