"""Whether a column's values can be those of a field, whatever its header says: an email address is no phone number."""

from __future__ import annotations

from nightclerk.core.convert.folding import fold
from nightclerk.core.convert.shapes import WORDS
from nightclerk.core.entity import Entity, EntityField
from nightclerk.core.suggest.column import Column
from nightclerk.core.suggest.vocabulary import Vocabulary

#: So much of a column must be of the field's kind.
_MOSTLY = 0.8
_NAMES = frozenset({"name", "print_as", "first_name", "last_name", "city", "description", "role", "address1"})
_PHONES = frozenset({"phone", "mobile"})
_NUMBERED = frozenset({"legal_id", "account_number", "postal_code"})
_FEW = frozenset({"type", "status", "stage", "kind", "method", "category", "language", "payment_method", "tax_code", "unit"})
_MOST_KINDS = 25


def suitability(of: Entity, field: str, column: Column, vocabulary: Vocabulary) -> float | None:
    """Given an entity, one of its fields, a column, and the words for values; returns what its values add to what its header is
    worth, below 0 where they speak against it, or None where they cannot be meant."""
    spec, key, entity = of.fields[field], field in of.key, of.entity
    if column.empty:
        # Of an empty column of yes and no nobody can say which of its words would be the yes.
        return None if key or spec.required or spec.required_for_new or spec.type == "boolean" else -0.1
    if spec.type in ("date", "datetime"):
        return 0.1 if column.dates.share >= _MOSTLY and column.dates.formats else None
    if spec.type in ("money", "decimal", "integer"):
        return _number(spec, column)
    if spec.type == "boolean":
        return _boolean(entity, field, column, vocabulary)
    shares = {"email": column.emails, "url": column.urls, "currency": column.currencies, "country": column.countries}
    if spec.type in shares:
        wanted = 0.5 if spec.type in ("email", "url") else _MOSTLY
        return 0.15 if shares[spec.type] >= wanted else None
    words = vocabulary.meanings_of(entity, field)
    if words and column.share_of(lambda value: fold(value) in words) < 0.5:
        return None
    return _key(column) if key else _text(field, column)


def telling(spec: EntityField, field: str, column: Column) -> float:
    """Returns what a column is worth for a field by its values alone, without a word in its header: 0 where they tell nothing."""
    if column.empty:
        return 0.0
    if spec.type == "email" and column.emails >= _MOSTLY:
        return 0.55
    if spec.type == "url" and column.urls >= _MOSTLY:
        return 0.55
    return 0.5 if field == "vat_id" and column.vat_ids >= 0.9 and column.ibans < 0.5 else 0.0


def _number(spec: EntityField, column: Column) -> float | None:
    if column.dates.share >= _MOSTLY or column.numbers.share < _MOSTLY:
        return None
    if spec.type != "integer":
        return 0.1 if column.numbers.fractions else 0.0
    if column.numbers.fractions:
        return None
    numbers = column.cells.cast(float, strict=False).drop_nulls()
    low, high = (float(bound) if bound is not None else None for bound in (spec.min, spec.max))
    fitting = sum((low is None or one >= low) and (high is None or one <= high) for one in numbers.head(500))
    return 0.1 if fitting >= 0.9 * min(len(numbers), 500) > 0 else None


def _boolean(entity: str, field: str, column: Column, vocabulary: Vocabulary) -> float | None:
    if column.values is None or len(column.values) > 6 or column.dates.share >= _MOSTLY:
        return None
    words = vocabulary.meanings_of(entity, field) or vocabulary.meanings_of(entity, "active")
    return 0.1 if column.share_of(lambda value: value.lower() in WORDS or fold(value) in words) >= _MOSTLY else None


def _key(column: Column) -> float | None:
    if column.dates.share >= _MOSTLY and not column.profile.zeros:
        return None
    worth = 0.1 if column.filled > 0.98 and column.distinct > 0.98 else 0.0
    worth -= 0.3 if column.emails > 0.5 else 0.0
    worth -= 0.4 if column.numbers.fractions and column.numbers.share >= _MOSTLY else 0.0
    worth -= 0.2 if column.filled < 0.9 else 0.0
    return worth - (0.25 if column.distinct < 0.3 else 0.0)


def _text(field: str, column: Column) -> float | None:
    dated = column.dates.share >= _MOSTLY and bool(column.dates.formats)
    if field in _PHONES:
        if dated or column.emails > 0.5:
            return None
        return 0.1 if column.phones >= 0.6 else -0.4 if column.lettered > 0.5 else 0.0
    if column.emails > 0.5:
        return None if field in _NAMES else -0.45 if field != "owner" else -0.1
    if field in _NAMES:
        return None if dated or column.numbers.share >= _MOSTLY else 0.05 if column.lettered > 0.5 else -0.1
    if field in _FEW:
        if dated or (column.numbers.fractions and column.numbers.share >= _MOSTLY and field != "tax_code"):
            return None
        return 0.05 if column.values is not None and len(column.values) <= _MOST_KINDS else -0.35
    if field == "vat_id":
        return 0.15 if column.vat_ids > 0.5 else 0.0 if not dated else None
    if column.ibans > 0.5:
        return None
    if field in _NUMBERED and column.digited < 0.5:
        return -0.4
    amounts = column.numbers.fractions and column.numbers.share >= _MOSTLY and field != "tax_code"
    return -0.4 if dated or amounts else 0.0
