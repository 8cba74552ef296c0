"""Numbers with check digits: SIREN and SIRET, VAT numbers of the EU, IBANs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import polars as pl
from stdnum import iban
from stdnum.eu import vat
from stdnum.fr import siren, siret

from nightclerk.core.lint.finding import LintFinding, Tally
from nightclerk.core.lint.roles import Role

#: So many different values of one column are checked: one takes up to 0.2 ms, and each is remembered.
MOST_CHECKED = 20_000
_ENOUGH, _MOSTLY = 100, 0.9
_COUNTRIES = "AT|BE|BG|CY|CZ|DE|DK|EE|EL|GR|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI"


class Numbering(NamedTuple):
    """shape: of its numbers, in capitals without spaces, points and dashes. others: the shape of other numbers that may stand
    beside them and are not judged."""

    role: Role
    name: str
    shape: str
    valid: Callable[[str], bool]
    others: str | None = None


_NUMBERINGS = (
    Numbering("siren", "a SIREN", r"^[0-9]{9}$", siren.is_valid),
    Numbering("siret", "a SIRET", r"^[0-9]{14}$", siret.is_valid),
    Numbering("vat", "a VAT number", rf"^(?:{_COUNTRIES})[0-9A-Z+*]*[0-9][0-9A-Z+*]*$", vat.is_valid, r"^[A-Z]{2,3}[0-9]"),
    Numbering("iban", "an IBAN", r"^[A-Z]{2}[0-9]{2}[0-9A-Z]{4,}$", iban.is_valid),
)


class CheckDigits:
    """The cells of one column, as far as they look like such numbers. said: what the header says they are."""

    def __init__(self, said: frozenset[Role]) -> None:
        self._numbered = [_Numbered(one, one.role in said) for one in _NUMBERINGS]
        both = {"siren", "siret"} <= said
        self._numbered = [one for one in self._numbered if not (both and one.numbering.role in {"siren", "siret"})]
        if both:
            either = Numbering("siren", "a SIREN or SIRET", r"^[0-9]{9}(?:[0-9]{5})?$", _siren_or_siret)
            self._numbered.append(_Numbered(either, said=True))

    def add(self, cells: pl.Series, lines: pl.Series) -> None:
        """Given filled, trimmed cells and their lines; takes them in."""
        self._numbered = [one for one in self._numbered if not one.hopeless]
        if not self._numbered:
            return
        plain = cells.str.to_uppercase().str.replace_all(r"[\s.\-]", "")
        for one in self._numbered:
            one.add(plain, cells, lines)

    def findings(self, column: str) -> Iterator[LintFinding]:
        """Given the column's name; yields what was found."""
        for one in self._numbered:
            yield from one.findings(column)

    def unchecked(self) -> bool:
        """Returns whether there were more different values than are checked."""
        return any(one.unchecked for one in self._numbered if one.found)


class _Numbered:
    def __init__(self, numbering: Numbering, said: bool) -> None:
        self.numbering = numbering
        self.unchecked = False
        self._said = said
        self._filled = self._shaped = self._checked = 0
        self._known: dict[str, bool] = {}
        self._bad, self._misshapen = Tally(), Tally()

    @property
    def hopeless(self) -> bool:
        if self._filled < _ENOUGH:
            return False
        return self._shaped * 2 < self._filled or not (self._said or self._mostly_valid)

    @property
    def found(self) -> bool:
        """Whether the column holds these numbers: its header says so, or nearly all of them pass."""
        if not self._shaped or self._shaped * 2 < self._filled:
            return False
        return self._said or (len(self._known) >= _ENOUGH / 5 and self._mostly_valid and self._shaped >= _MOSTLY * self._filled)

    @property
    def _mostly_valid(self) -> bool:
        return sum(self._known.values()) >= _MOSTLY * len(self._known)

    def add(self, plain: pl.Series, cells: pl.Series, lines: pl.Series) -> None:
        shaped = plain.str.contains(self.numbering.shape)
        self._filled += len(cells)
        self._shaped += int(shaped.sum())
        misshapen = ~shaped
        if self.numbering.others is not None:
            misshapen &= ~plain.str.contains(self.numbering.others)
        self._misshapen.add(misshapen, cells, lines)
        # The library takes one value at a time; each different one is asked once, up to the cap.
        for value in plain.filter(shaped).unique(maintain_order=True):
            if value in self._known:
                continue
            if len(self._known) >= MOST_CHECKED:
                self.unchecked = True
                break
            self._known[value] = self.numbering.valid(value)
            if len(self._known) == _ENOUGH and not self._said and not self._mostly_valid:
                return  # other numbers of the same shape
        self._checked += int(plain.is_in(list(self._known)).sum()) if self.unchecked else int(shaped.sum())
        bad = [value for value, valid in self._known.items() if not valid]
        if bad:
            self._bad.add(plain.is_in(bad), cells, lines)

    def findings(self, column: str) -> Iterator[LintFinding]:
        if not self.found:
            return
        code, kind = f"bad_{self.numbering.role}", self.numbering.name
        if self._bad.count * 2 > self._checked:
            yield replace(self._bad.finding("mostly_failed_check", column, kind=kind), code=code)
        elif self._bad.count:
            yield replace(self._bad.finding("failed_check", column, kind=kind), code=code)
        if self._misshapen.count:
            yield replace(self._misshapen.finding("misshapen", column, kind=kind), code=code)


def _siren_or_siret(value: str) -> bool:
    return siren.is_valid(value) if len(value) == 9 else siret.is_valid(value)
