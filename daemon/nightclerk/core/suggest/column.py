"""One column as it was found: its header, what the whole file says of it, and what shows in its sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from nightclerk.core.convert.codes import COUNTRIES, CURRENCIES
from nightclerk.core.convert.country_names import COUNTRY_NAMES
from nightclerk.core.convert.currency_names import CURRENCY_NAMES
from nightclerk.core.convert.folding import fold
from nightclerk.core.convert.shapes import EMAIL, URL
from nightclerk.core.profile import ColumnProfile
from nightclerk.core.suggest.date_writing import DateWriting, date_writing
from nightclerk.core.suggest.number_writing import NumberWriting, number_writing
from nightclerk.core.suggest.sample import Sample

#: So many cells of a column are looked at closely, and so many different ones one by one.
_CLOSELY, _ONE_BY_ONE = 2_000, 120
_PHONE = r"^[+(]?[0-9][0-9 ().\-/+\u00a0\u202f]{5,22}(?:\s*(?:x|ext\.?|p\.)\s*[0-9]{1,6})?$"
_VAT = r"^[A-Za-z]{2} ?[0-9A-Za-z]{2}[0-9A-Za-z .]{6,12}$"
_IBAN = r"^[A-Z]{2}[0-9]{2} ?(?:[0-9A-Z]{4} ?){2,7}[0-9A-Z]{1,4}$"
_LETTERS = r"\p{L}\p{L}"


@dataclass(frozen=True)
class Column:
    """header: as the settings name it; place: from 0; name: as doubts name it. filled: the share of cells that are not blank in
    the sample. values: its few different values over the whole file, or None. cells: filled, trimmed cells of the sample."""

    header: str
    place: int
    name: str
    profile: ColumnProfile
    cells: pl.Series
    filled: float
    values: tuple[str, ...] | None
    language: str
    own_values: bool

    @property
    def empty(self) -> bool:
        """Whether no cell of the whole file is filled."""
        return self.profile.filled == 0

    @cached_property
    def distinct(self) -> float:
        """The share of filled cells that differ from all others."""
        return self.cells.n_unique() / len(self.cells) if len(self.cells) else 0.0

    @cached_property
    def emails(self) -> float:
        """The share of cells that are email addresses; the following are such shares as well."""
        return self._share(EMAIL)

    @cached_property
    def urls(self) -> float:
        return self._share(URL)

    @cached_property
    def phones(self) -> float:
        return 0.0 if self.dates.share > 0.5 else self._share(_PHONE)

    @cached_property
    def vat_ids(self) -> float:
        return self._share(_VAT) if self._share(r"[0-9].*[0-9].*[0-9]") > 0.5 else 0.0

    @cached_property
    def ibans(self) -> float:
        return self._share(_IBAN)

    @cached_property
    def lettered(self) -> float:
        return self._share(_LETTERS)

    @cached_property
    def digited(self) -> float:
        return self._share("[0-9]")

    @cached_property
    def currencies(self) -> float:
        return self.share_of(lambda cell: cell.upper() in CURRENCIES or fold(cell) in CURRENCY_NAMES)

    @cached_property
    def countries(self) -> float:
        return self.share_of(lambda cell: cell.upper() in _COUNTRY_CODES or fold(cell) in COUNTRY_NAMES)

    @cached_property
    def dates(self) -> DateWriting:
        """How its dates are written, if it holds any."""
        return date_writing(self.profile, self._different, self.language, self.own_values)

    @cached_property
    def numbers(self) -> NumberWriting:
        """How its numbers are written, if it holds any."""
        return number_writing(self.profile, self._closely, self.own_values)

    @cached_property
    def _closely(self) -> pl.Series:
        return self.cells.head(_CLOSELY)

    @cached_property
    def _different(self) -> tuple[str, ...]:
        return tuple(self._counts[0])

    @cached_property
    def _counts(self) -> tuple[list[str], list[int]]:
        counted = self._closely.value_counts(sort=True).head(_ONE_BY_ONE)
        return counted.to_series(0).to_list(), counted.to_series(1).to_list()

    def _share(self, shape: str) -> float:
        return float(self._closely.str.contains(shape).mean() or 0.0) if len(self._closely) else 0.0  # type: ignore[arg-type]

    def share_of(self, known: Callable[[str], bool]) -> float:
        """Given what knows a value; returns the share of cells that it knows, of those that are looked at one by one."""
        counted = list(zip(*self._counts, strict=True))
        return sum(count for value, count in counted if known(value)) / sum(self._counts[1]) if counted else 0.0


_COUNTRY_CODES = frozenset({*COUNTRIES, *COUNTRIES.values()})


def columns_of(
    headers: Sequence[str],
    names: Sequence[str],
    profiles: Sequence[ColumnProfile],
    sample: Sample,
    language: str,
    own_values: bool,
) -> tuple[Column, ...]:
    """Given a file's headers, their distinct names, what the columns hold, a sample of the rows, the file's language if it is
    known, and whether the file holds numbers and days of its own; returns its columns."""
    rows = sample.rows
    found = []
    for place, (header, name, profile) in enumerate(zip(headers, names, profiles, strict=True)):
        cells = rows[str(place)] if place < rows.width else pl.Series(dtype=pl.String)
        filled = cells.filter(cells != "")
        share = len(filled) / len(cells) if len(cells) else 0.0
        found.append(Column(header.strip(), place, name, profile, filled, share, sample.values(place), language, own_values))
    return tuple(found)
