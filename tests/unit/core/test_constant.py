from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.unit.core.converting import judge

from nightclerk.core.convert.constant import canonical, check_constant
from nightclerk.core.convert.marks import check_marks
from nightclerk.core.entity import EntityField


@pytest.mark.parametrize(
    ("kind", "value", "cell"),
    [
        ("text", "FR", "FR"),
        ("text", 12, "12"),
        ("text", " ", None),
        ("integer", 12, 12),
        ("integer", "+12", 12),
        ("decimal", 12, "12.0000"),
        ("money", "-12.5", "-12.5000"),
        ("money", Decimal("12345678901234.1234"), "12345678901234.1234"),
        ("money", "-0.0", "0.0000"),
        ("date", "2026-11-21", "2026-11-21"),
        ("datetime", "2026-11-21 14:30:00", "2026-11-21 14:30:00"),
        ("datetime", "2026-11-21T14:30:00+01:00", "2026-11-21 13:30:00"),
        ("boolean", True, True),
        ("boolean", "no", False),
        ("boolean", 1, True),
        ("email", "a@b.co", "a@b.co"),
        ("url", "https://example.com", "https://example.com"),
        ("currency", "eur", "EUR"),
        ("country", "FRA", "FR"),
    ],
)
def test_canonical(kind: Any, value: Any, cell: Any) -> None:
    found = canonical(EntityField(type=kind), value)
    assert (found, type(found)) == (cell, type(cell))


@pytest.mark.parametrize(
    ("spec", "value", "part"),
    [
        ({"type": "text"}, True, "quotes"),
        ({"type": "text"}, "a\x07", "control"),
        ({"type": "text", "max_length": 3}, "long", "longer than 3"),
        ({"type": "text", "required": True}, "", "required"),
        ({"type": "integer"}, "12.5", "whole"),
        ({"type": "integer"}, True, "whole"),
        ({"type": "integer"}, 2**63, "too large"),
        ({"type": "integer", "min": 5}, 4, "less than 5"),
        ({"type": "money", "max": 5}, "5.01", "greater than 5"),
        ({"type": "money"}, "12,50", "point"),
        ({"type": "money"}, "1e5", "point"),
        ({"type": "money"}, "1.23456", "decimals"),
        ({"type": "money"}, 10**14, "digits"),
        ({"type": "date"}, "21/11/2026", "as in"),
        ({"type": "datetime"}, "soon", "as in"),
        ({"type": "boolean"}, "maybe", "true or false"),
        ({"type": "email"}, "a@b", "email"),
        ({"type": "url"}, "example.com", "web"),
        ({"type": "currency"}, "€", "currency"),
        ({"type": "country"}, "UK", "country"),
    ],
)
def test_what_does_not_fit_is_told(spec: dict[str, Any], value: Any, part: str) -> None:
    fault = check_constant(EntityField.model_validate(spec), value)
    assert fault is not None
    assert part in fault


def test_constants_fill_every_row() -> None:
    fields = {
        "country": {"type": "country"},
        "active": {"type": "boolean"},
        "days": {"type": "integer"},
        "fee": {"type": "money"},
    }
    mapping = {name: {"constant": value} for name, value in [("country", "fr"), ("active", True), ("days", 30), ("fee", "2.5")]}
    judged = judge(fields, mapping | {"key": "Key"}, {"Key": ["a", "", "c"]})
    assert judged.values.rows() == [("a", "FR", True, 30, "2.5000"), ("c", "FR", True, 30, "2.5000")]
    assert judged.money["fee"].rows() == [
        (2, "", "2.5000", True, False),
        (3, "", "2.5000", False, False),
        (4, "", "2.5000", True, False),
    ]


def test_a_constant_that_does_not_fit_is_found_when_planning() -> None:
    with pytest.raises(ValueError, match=r"things\.country: 'UK' is not a country code"):
        judge({"country": {"type": "country"}}, {"country": {"constant": "UK"}}, {"It": []})


@pytest.mark.parametrize(
    ("decimal", "thousands", "fine"),
    [(",", ".", True), (".", None, True), (".", "", True), (",", ",", False), (".", "1", False), (".", "-", False)],
)
def test_marks(decimal: str, thousands: str | None, fine: bool) -> None:
    assert (check_marks(decimal, thousands) is None) == fine
