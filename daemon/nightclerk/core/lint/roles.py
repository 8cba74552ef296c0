"""What a column is for, as its header says it in seven languages, or as a feed says it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from nightclerk.core.column_names import says_date
from nightclerk.core.convert.folding import plain
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.headers import folded
from nightclerk.core.lint import role_words

Role = Literal["key", "code", "name", "email", "date", "amount", "siren", "siret", "vat", "iban"]

_NUMBERED: tuple[Role, ...] = ("siren", "siret", "iban")
_OF_FIELDS: dict[str, Role] = {"date": "date", "datetime": "date", "email": "email", "money": "amount", "decimal": "amount"}


def roles_of(header: str, language: str) -> frozenset[Role]:
    """Given a header and the language of the file; returns what it says the column is for. ``code``: numbers and codes, which are
    no amounts; ``key``: that, and it may tell one row from another."""
    words = _words(header)
    known = set(words)
    found: set[Role] = {role for role in _NUMBERED if role in known}
    if known & role_words.VAT:
        found.add("vat")
    if says_date(header, language):
        found.add("date")
    if known & role_words.EMAIL:
        found.add("email")
    coded = (
        bool(known & role_words.CODE)
        or any(word.endswith(role_words.CODE_ENDINGS) for word in words)
        or bool(re.search("[nN][°º]|№|#", header))
    )
    coded = coded and not known & role_words.NAME_ITSELF
    if coded:
        found.add("code")
        if not known & role_words.OF_OTHERS and not found & {"siren", "siret", "iban", "vat", "date"}:
            found.add("key")
    elif known & role_words.AMOUNT or any(word.endswith(role_words.AMOUNT_ENDINGS) for word in words):
        found.add("amount")
    named = known & role_words.NAME or any(word.endswith(role_words.NAME_ENDINGS) for word in words)
    if (
        named
        and not coded
        and not found - {"name"}
        and not known & role_words.NO_NAME
        and not words[-1].endswith(role_words.NO_NAME_ENDINGS)
    ):
        found.add("name")
    return frozenset(found)


def roles_by_feed(feed: Feed, entity: Entity, headers: Sequence[str]) -> tuple[frozenset[Role], ...]:
    """Given a feed, its entity and a file's headers; returns what each column is for, as the mapping says;
    nothing where it is not read."""
    by_fold = {folded(header): place for place, header in reversed(list(enumerate(headers)))}
    found: list[set[Role]] = [set() for _ in headers]
    for field, rule in feed.mapping.items():
        spec = entity.fields.get(field)
        for spelling in (one for spellings in rule.alternatives() for one in spellings):
            place = by_fold.get(folded(spelling))
            if place is None or spec is None:
                continue
            if spec.type in _OF_FIELDS and rule.values is None:
                found[place].add(_OF_FIELDS[spec.type])
            if field == "name":
                found[place].add("name")
            if field in entity.key:
                found[place].add("code")
    return tuple(map(frozenset, found))


def _words(header: str) -> list[str]:
    """The header's words in lower case without accents; ``CustId`` has two."""
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])", " ", unicodedata.normalize("NFC", header))
    return re.findall(r"[^\W\d_]+", plain(apart)) or [""]
