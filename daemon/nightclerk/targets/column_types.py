"""What a field's column is declared as."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Date, DateTime, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import String, TypeEngine

from nightclerk.core.entity import EntityField


def column_type(field: EntityField) -> TypeEngine[Any]:
    """Given a field; returns its type in SQL. SQLite has no exact decimals, so they are text in canonical form there."""
    kinds: dict[str, TypeEngine[Any]] = {
        "integer": BigInteger(),
        "decimal": Numeric(18, 4).with_variant(Text(), "sqlite"),
        "money": Numeric(18, 4).with_variant(Text(), "sqlite"),
        "date": Date(),
        "datetime": DateTime(timezone=True),
        "boolean": Boolean(),
        "currency": String(3),
        "country": String(2),
    }
    return kinds.get(field.type) or (String(field.max_length) if field.max_length else Text())


def custom_type() -> TypeEngine[Any]:
    """Returns the type of a column of custom fields."""
    return JSON().with_variant(JSONB(), "postgresql").with_variant(Text(), "sqlite")
