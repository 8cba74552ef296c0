"""How a reader's language says it: words from the catalogue, numbers, amounts, sizes and dates as that language writes them."""

from __future__ import annotations

import decimal
import gettext
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from nightclerk.core.sentence import BYTES, FOR_OPS, FROM_FILE, N_, Sentence, Value, rounded_size

if TYPE_CHECKING:
    from babel import Locale

CATALOGUES = Path(__file__).parent / "translations"
DOMAIN = "nightclerk"

#: Languages that letters are written in → the locale for their numbers and dates. All others are written to in English.
SPOKEN: dict[str, str] = {"en": "en_GB", "fr": "fr_FR", "es": "es_ES"}

_UNITS = {"kB": N_("%(n)s kB"), "MB": N_("%(n)s MB"), "GB": N_("%(n)s GB")}

#: Room for the largest sums; Babel rounds in the ambient decimal context, which has 28 digits.
_EXACT = decimal.Context(prec=200)


@dataclass(frozen=True, slots=True)
class Language:
    """One language in one time zone. tag: as HTML names it.

    ``gettext``, ``ngettext`` and ``pgettext`` take English with ``%(name)s`` for what is filled in; they are named as Babel's
    extraction expects, so that the catalogue is made from the source.
    """

    tag: str
    locale: Locale
    zone: ZoneInfo
    catalogue: gettext.NullTranslations

    def gettext(self, message: str, **values: object) -> str:
        """Given an English text; returns it in this language with the values filled in, if any are given."""
        text = self.catalogue.gettext(message)
        return text % values if values else text

    def pgettext(self, context: str, message: str) -> str:
        """Given what an English word is said of, and the word; returns it in this language: other things, other endings."""
        return self.catalogue.pgettext(context, message)

    def ngettext(self, one: str, many: str, number: int, **values: object) -> str:
        """Given an English text for one and for many; returns the one that fits, with ``%(n)s`` as the number."""
        return self.catalogue.ngettext(one, many, number) % {"n": self.number(number), **values}

    def number(self, value: int) -> str:
        """Given a whole number; returns it with the language's grouping."""
        from babel.numbers import format_decimal

        return format_decimal(value, format="#,##0", locale=self.locale)

    def amounts(self, *texts: str) -> tuple[str, ...]:
        """Given exact numbers as text; returns them all with as many decimals as the longest needs, at least two."""
        from babel.numbers import format_decimal

        with decimal.localcontext(_EXACT):
            values = [decimal.Decimal(text).normalize() for text in texts]
            places = max(2, *(-int(value.as_tuple().exponent) for value in values))
            pattern = "#,##0." + "0" * places
            return tuple(format_decimal(value, format=pattern, locale=self.locale) for value in values)

    def size(self, count: int) -> str:
        """Given a number of bytes; returns it in the unit people would use."""
        from babel.numbers import format_decimal

        value, unit = rounded_size(count)
        if not unit:
            return self.ngettext("%(n)s byte", "%(n)s bytes", count)
        written = format_decimal(value, format="#,##0.#", locale=self.locale)
        return self.gettext(_UNITS[unit], n=written).replace(" ", "\N{NO-BREAK SPACE}")

    def say(self, text: str, *, show_values: bool = True) -> str:
        """Given a sentence; returns it in this language, without ``show_values`` with … for what stands in the file.

        What is for ops is left out. Plain text has no translation and is returned as it is.
        """
        if not isinstance(text, Sentence):
            return text

        def write(name: str, value: Value) -> str:
            if name in FOR_OPS:
                return ""
            return self._written(name, value, show_values) if show_values or name not in FROM_FILE else "…"

        return text.said(self.catalogue.gettext, self.catalogue.ngettext, write)

    def _written(self, name: str, value: Value, show_values: bool) -> str:
        from babel.numbers import format_decimal

        if isinstance(value, Sentence):
            return self.say(value, show_values=show_values)
        if isinstance(value, str):
            return value
        if isinstance(value, tuple):
            return ", ".join(self.gettext('"%(name)s"', name=one) for one in value)
        if isinstance(value, decimal.Decimal):
            places = max(-int(value.as_tuple().exponent), 0)  # an amount keeps its zeros
            return format_decimal(value, format="#,##0." + "0" * places if places else "#,##0", locale=self.locale)
        return self.size(value) if name.endswith(BYTES) else self.number(value)

    def moment(self, at: datetime) -> str:
        """Given a moment in any zone; returns day and time in the reader's zone, which is named."""
        from babel.dates import format_datetime

        told = format_datetime(at, "d MMM y, HH:mm", tzinfo=self.zone, locale=self.locale)
        return f"{told} ({self.zone.key})"

    def listed(self, parts: list[str]) -> str:
        """Given some texts; returns them as one enumeration."""
        from babel.lists import format_list

        return format_list(parts, locale=self.locale)


def language_for(tag: str, timezone: str) -> Language:
    """Given a tenant's language and zone; returns the language its letters are written in."""
    spoken = tag if tag in SPOKEN else "en"
    return Language(spoken, _locale(SPOKEN[spoken]), ZoneInfo(timezone), _catalogue(spoken))


@cache
def _locale(name: str) -> Locale:
    from babel import Locale

    return Locale.parse(name)


@cache
def _catalogue(tag: str) -> gettext.NullTranslations:
    # English needs no catalogue: the texts in the source are English.
    return gettext.translation(DOMAIN, CATALOGUES, [tag], fallback=tag == "en")


def NP_(context: str, message: str) -> str:  # noqa: N802 - the name that extraction looks for
    """Marks a word for the catalogue as ``N_`` does, with what it is said of."""
    del context
    return message
