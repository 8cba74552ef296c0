"""An entity with a field of every type, whose names need quoting in SQL."""

from __future__ import annotations

from nightclerk.core.entity import Entity

ORDER = Entity.model_validate(
    {
        "entity": "order",
        "table": "order",
        "key": ["number"],
        "fields": {
            "number": {"type": "text", "max_length": 20},
            "group": {"type": "text", "column": "select"},
            "amount": {"type": "money"},
            "lines": {"type": "integer"},
            "stars": {"type": "integer", "min": 0, "max": 5},
            "paid": {"type": "boolean"},
            "day": {"type": "date", "required": True},
            "seen": {"type": "datetime"},
            "currency": {"type": "currency"},
            "note": {"type": "text", "owner": "application"},
        },
    }
)

GROUP = Entity.model_validate(
    {"entity": "group", "table": "groups", "key": ["name"], "fields": {"name": {"type": "text", "max_length": 50}}}
)
CUSTOMER = Entity.model_validate(
    {
        "entity": "customer",
        "table": "customers",
        "key": ["code"],
        "fields": {"code": {"type": "text", "max_length": 50}, "groups": {"type": "list", "of": "group"}},
    }
)
