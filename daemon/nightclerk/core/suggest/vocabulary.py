"""What columns, files and values are called in the languages of the senders: the shipped words, ready to be compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nightclerk.core.convert.folding import fold

SHARED, VALUES = "shared", "values"
_SYSTEMS, _OPPOSITE = "systems", "opposite"
_ENTITY, _PART = "entity", "part"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to call a field. words: folded; language: None where programs use it whatever the language; opposite: it says the
    contrary of the field, as ``Blocked`` does of ``active``."""

    words: str
    language: str | None
    opposite: bool


@dataclass(frozen=True)
class Vocabulary:
    """The words of all entities.

    fields: (entity, field) → its spellings; the entity ``""`` stands for all. files: entity → what lists of it are called.
    parts: entity → what columns are called that number the parts of one thing. meanings: field, of one entity or of all → folded
    word → what it means.
    """

    fields: Mapping[tuple[str, str], tuple[Spelling, ...]]
    files: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, tuple[str, ...]]
    meanings: Mapping[str, Mapping[str, str]]

    def spellings(self, entity: str, field: str) -> tuple[Spelling, ...]:
        """Given an entity and one of its fields; returns how it is called. The field's own name always is one way."""
        own = Spelling(words_of(field), None, opposite=False)
        return (own, *(self.fields.get((entity, field)) or self.fields.get(("", field), ())))

    def meanings_of(self, entity: str, field: str) -> Mapping[str, str]:
        """Given an entity and one of its fields; returns what folded words mean there: nothing where any text may stand."""
        return self.meanings.get(f"{entity}.{field}") or self.meanings.get(field, {})


def vocabulary_of(data: Mapping[str, Mapping[str, Any]]) -> Vocabulary:
    """Given the shipped words as plain data, by the names of their files; returns them ready to be compared."""
    fields: dict[tuple[str, str], tuple[Spelling, ...]] = {}
    files: dict[str, tuple[str, ...]] = {}
    parts: dict[str, tuple[str, ...]] = {}
    for name, content in data.items():
        for field, words in content.items() if name != VALUES else ():
            if field == _ENTITY:
                files[name] = tuple(words_of(word) for word in words)
            elif field == _PART:
                parts[name] = tuple(words_of(word) for word in words)
            else:
                fields["" if name == SHARED else name, field] = tuple(_spellings(words))
    meanings = {field: _meanings(of_field) for field, of_field in data.get(VALUES, {}).items()}
    return Vocabulary(fields, files, parts, meanings)


@lru_cache(maxsize=4096)
def words_of(header: str) -> str:
    """Given a header or a name; returns its words without case, accents and signs: ``InvoiceNumber`` and ``invoice_number`` are
    ``invoice number``. What counts (°, º, #) is ``no``."""
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])", " ", unicodedata.normalize("NFC", header))
    counted = re.sub(r"\b[nN](?:r\.|[°º]|\.º|\.°)|№|#|\b[nN]r\b", " no ", apart)
    return fold(counted)


def _spellings(by_language: Mapping[str, Iterable[str]]) -> Iterable[Spelling]:
    for language, words in by_language.items():
        spoken = None if language in (_SYSTEMS, _OPPOSITE) else language
        for word in words:
            yield Spelling(words_of(word), spoken, opposite=language == _OPPOSITE)


def _meanings(by_meaning: Mapping[str, Iterable[object]]) -> dict[str, str]:
    # YAML's own true and false are words here as well.
    return {fold(str(word)): meaning for meaning, words in by_meaning.items() for word in words}
