"""Headers as people and programs can tell them apart, and what they say a column holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

_DATE_WORDS = frozenset({"date", "dates", "datum", "fecha"})
#: What means a date in some languages and something else in others.
_DATE_WORDS_OF = {"it": frozenset({"data"}), "pt": frozenset({"data"}), "da": frozenset({"dato"}), "nb": frozenset({"dato"})}
_DATE_ENDINGS = ("datum", "fecha", "date")
_NO_DATES = frozenset({"update", "candidate", "mandate", "validate", "consolidate", "liquidate", "predate"})
_NUMBER_WORDS = frozenset(
    {"no", "nr", "num", "number", "nummer", "numero", "numéro", "seq", "sequence", "id", "code"}
    | {"amount", "amt", "betrag", "montant", "importe", "importo", "bedrag", "valor", "total", "sum", "somme", "summe", "suma"}
    | {"qty", "quantity", "menge", "quantité", "cantidad", "balance", "saldo", "solde", "price", "prix", "preis", "precio"}
)


def distinct(headers: Sequence[str], taken: Iterable[str] = ()) -> tuple[str, ...]:
    """Given headers and names that are taken already; returns as many different names, in the same order.

    A repeated header gets a number, as in ``Name (2)``; one without a text is named after its place: ``column 5``.
    """
    used = {*taken}
    reserved = used | set(headers)
    names = []
    for place, header in enumerate(headers, 1):
        name = header or f"column {place}"
        number = 2
        while name in used or (name != header and name in reserved):
            name = f"{header or f'column {place}'} ({number})"
            number += 1
        used.add(name)
        names.append(name)
    return tuple(names)


def says_date(header: str, language: str) -> bool:
    """Given a header and the language of the file; returns whether it says that dates stand under it."""
    words = _words(header)
    known = _DATE_WORDS | _DATE_WORDS_OF.get(language[:2], frozenset())
    for place, word in enumerate(words):
        if word in known or (word.endswith(_DATE_ENDINGS) and word not in _NO_DATES):
            return words[place - 1 : place] != ["to"]  # an amount "year to date" is none
    return False


def says_number(header: str, language: str) -> bool:
    """Given a header and the language of the file; returns whether it says that numbers or codes stand under it, and no dates."""
    words = _words(header)
    return not says_date(header, language) and any(word in _NUMBER_WORDS for word in words)


def _words(header: str) -> list[str]:
    """Returns a header's words in lower case: ``EcritureDate`` has two."""
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])", " ", unicodedata.normalize("NFC", header))
    return re.findall(r"[^\W\d_]+", apart.lower())
