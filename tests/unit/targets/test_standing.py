"""What stands in a table, in canonical form whatever the driver hands over, and back as it was."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from nightclerk.core.entity import FieldType
from nightclerk.core.reading import Cell
from nightclerk.targets.standing import bound, cell, kept, usual_value


@pytest.mark.parametrize(
    ("kind", "stored", "canonical"),
    [
        ("text", "007", "007"),
        ("text", b"\xff", "FF"),
        ("text", None, None),
        ("integer", "-12", -12),
        ("integer", 12, 12),
        ("integer", "1e3", "1e3"),
        ("boolean", 1, True),
        ("boolean", "false", False),
        ("boolean", "maybe", "maybe"),
        ("money", Decimal("12.5"), "12.5000"),
        ("money", "12.50", "12.5000"),
        ("decimal", "x", "x"),
        ("date", date(2026, 1, 2), "2026-01-02"),
        ("datetime", "2026-01-02 03:04:05+00", "2026-01-02 03:04:05"),
        ("datetime", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02 03:04:05"),
    ],
)
def test_a_value_in_canonical_form(kind: FieldType, stored: Any, canonical: Cell) -> None:
    found = cell(kind, stored)
    assert (found, type(found)) == (canonical, type(canonical))


@pytest.mark.parametrize("stored", [None, True, 0, -1.5, "é\0", b"\x00\xff"])
def test_a_value_comes_back_out_of_the_log_as_it_was(stored: Any) -> None:
    assert bound(json.loads(json.dumps(kept(stored)))) == stored


@pytest.mark.parametrize(
    ("kind", "default", "value"),
    [
        ("money", "0", "0.0000"),
        ("money", "'0'::numeric", "0.0000"),
        ("text", "'it''s'::character varying", "it's"),
        ("boolean", "false", False),
        ("integer", "(-1)", -1),
        ("datetime", "now()", None),
        ("integer", "nextval('s'::regclass)", None),
        ("text", None, None),
    ],
)
def test_only_a_plain_default_is_a_usual_value(kind: FieldType, default: str | None, value: Cell) -> None:
    assert usual_value(kind, default) == value
