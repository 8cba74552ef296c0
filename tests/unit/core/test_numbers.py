from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.core.converting import convert, one

GERMAN = {"decimal": ",", "thousands": "."}
FRENCH = {"decimal": ",", "thousands": " "}
SWISS = {"decimal": ".", "thousands": "'"}


@pytest.mark.parametrize(
    ("feed", "cell", "value"),
    [
        ({}, "12.5", "12.5000"),
        ({}, "-0.00", "0.0000"),
        ({}, "+7", "7.0000"),
        ({}, "7-", "-7.0000"),
        ({}, "7.25 -", "-7.2500"),
        ({}, "(7.25)", "-7.2500"),
        ({}, "−7.25", "-7.2500"),
        ({}, ".5", "0.5000"),
        ({}, "5.", "5.0000"),
        ({}, "-.5", "-0.5000"),
        ({}, "1.50000000", "1.5000"),
        ({}, "0000000000000000000012.5", "12.5000"),
        ({}, "99999999999999.9999", "99999999999999.9999"),
        ({}, "\u00a0 12.5 \ufeff", "12.5000"),
        ({}, "1e5", "!not_a_number"),
        ({}, "NaN", "!not_a_number"),
        ({}, "inf", "!not_a_number"),
        ({}, "1,234.5", "!not_a_number"),
        ({}, "1 234.5", "!not_a_number"),
        ({}, "--1", "!not_a_number"),
        ({}, "-1-", "!not_a_number"),
        ({}, "-(1)", "!not_a_number"),
        ({}, "(1", "!not_a_number"),
        ({}, "1.2.3", "!not_a_number"),
        ({}, ".", "!not_a_number"),
        ({}, "-", "!not_a_number"),
        ({}, "١٢", "12.0000"),
        ({}, "1_000", "!not_a_number"),
        ({}, "1.23456", "!too_many_decimals"),
        ({}, ".00001", "!too_many_decimals"),
        ({}, "123456789012345", "!too_large"),
        ({}, "-123456789012345", "!too_small"),
        (GERMAN, "1.234.567,00", "1234567.0000"),
        (GERMAN, "1234567,00", "1234567.0000"),
        (GERMAN, "1.234,56-", "-1234.5600"),
        (GERMAN, "(1.234,56)", "-1234.5600"),
        (GERMAN, "1.23", "!not_a_number"),
        (GERMAN, "12.34,5", "!not_a_number"),
        (GERMAN, "1.234.56,5", "!not_a_number"),
        (GERMAN, ".234,5", "!not_a_number"),
        (GERMAN, "1234.567,5", "!not_a_number"),
        (FRENCH, "1 234 567,5", "1234567.5000"),
        (FRENCH, "1\u00a0234,5", "1234.5000"),
        (FRENCH, "1\u202f234\u00a0567,5", "1234567.5000"),
        (FRENCH, "12 34,5", "!not_a_number"),
        (FRENCH, "1  234,5", "!not_a_number"),
        (FRENCH, "1.5", "!not_a_number"),
        (SWISS, "1'234.5", "1234.5000"),
        (SWISS, "1’234.5", "1234.5000"),
        ({"decimal": ","}, "1.234", "!not_a_number"),
        ({"decimal": ","}, "1,234", "1.2340"),
    ],
)
@pytest.mark.parametrize("kind", ["decimal", "money"])
def test_decimals(kind: str, feed: dict[str, str], cell: str, value: str) -> None:
    assert one(kind, cell, **feed) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("€ 1.234,56", "1234.5600"),
        ("1.234,56 €", "1234.5600"),
        ("1.234,56€", "1234.5600"),
        ("EUR 5", "5.0000"),
        ("5 USD", "5.0000"),
        ("-€5", "-5.0000"),
        ("- € 5", "-5.0000"),
        ("€ -5", "-5.0000"),
        ("($5)", "-5.0000"),
        ("(5 EUR)", "-5.0000"),
        ("€ 5-", "-5.0000"),
        ("5,00- EUR", "-5.0000"),
        ("£\u00a05", "5.0000"),
        ("EUR 5 EUR", "!not_a_number"),
        ("XYZ 5", "!not_a_number"),
        ("eur 5", "!not_a_number"),
        ("EUR", "!not_a_number"),
        ("€", "!not_a_number"),
    ],
)
def test_currency_signs_are_for_money_alone(cell: str, value: str) -> None:
    assert one("money", cell, **GERMAN) == value
    assert one("decimal", cell, **GERMAN) == "!not_a_number"


def test_the_column_has_its_own_marks() -> None:
    assert one("decimal", "1,234.5", {"decimal": ".", "thousands": ","}, **GERMAN) == "1234.5000"


@pytest.mark.parametrize(
    ("feed", "cell", "value"),
    [
        ({}, "007", 7),
        ({}, "+5", 5),
        ({}, "-5", -5),
        ({}, "5-", -5),
        ({}, " 5 ", 5),
        ({}, "-0", 0),
        ({}, "9223372036854775807", 2**63 - 1),
        ({}, "-9223372036854775808", -(2**63)),
        ({}, "9223372036854775808", "!too_large"),
        ({}, "-9223372036854775809", "!too_small"),
        ({}, "5.0", "!not_an_integer"),
        ({}, "1,000", "!not_an_integer"),
        ({}, "1e3", "!not_an_integer"),
        ({}, "٣", 3),
        ({}, "0x10", "!not_an_integer"),
        (FRENCH, "1 234", 1234),
        (GERMAN, "1.234", 1234),
        (GERMAN, "12.34", "!not_an_integer"),
    ],
)
def test_integers(feed: dict[str, str], cell: str, value: object) -> None:
    assert one("integer", cell, **feed) == value


@pytest.mark.parametrize("kind", ["integer", "decimal", "money"])
def test_bounds_are_included(kind: str) -> None:
    values, codes = convert(kind, ["-1", "0", "365", "366", ""], spec={"min": 0, "max": 365})
    assert codes == ["too_small", None, None, "too_large", None]
    assert values[4] is None


def test_bounds_with_decimals() -> None:
    _, codes = convert("decimal", ["0.4999", "0.5", "0.75", "0.7501"], spec={"min": "0.5", "max": "0.75"})
    assert codes == ["too_small", None, None, "too_large"]
    _, codes = convert("integer", ["0", "1", "2", "3"], spec={"min": "0.5", "max": "2.5"})
    assert codes == ["too_small", None, None, "too_large"]


def test_bounds_no_value_can_pass() -> None:
    assert one("integer", "5", spec={"min": -(10**30), "max": 10**30}) == 5
    assert one("money", "5", spec={"min": -(10**30), "max": 10**30}) == "5.0000"


def model(cell: str, decimal: str, thousands: str | None) -> Decimal | str:
    """The same rules, told with Python's ``decimal`` on a number that has one sign at most, and no currency."""
    text = cell.strip()
    negative = text.startswith(("-", "(")) or text.endswith("-")
    text = text.removeprefix("-").removeprefix("+").removesuffix("-").removeprefix("(").removesuffix(")")
    whole, _, decimals = text.partition(decimal)
    groups = whole.split(thousands) if thousands else [whole]
    if len(groups) > 1 and not (1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])):
        return "not_a_number"
    digits = "".join(groups)
    if not re.fullmatch("[0-9]*", digits + decimals) or not digits + decimals:
        return "not_a_number"
    if len(decimals.rstrip("0")) > 4:
        return "too_many_decimals"
    if len(digits.lstrip("0")) > 14:
        return "too_small" if negative else "too_large"
    value = Decimal(f"{digits or 0}.{decimals or 0}")
    return -value if negative else value


DIGITS = st.text("0123456789", min_size=1, max_size=16)
WHOLE = st.one_of(DIGITS, st.lists(st.text("0123456789", min_size=1, max_size=4), min_size=1, max_size=5).map("G".join))
DECIMALS = st.one_of(st.just(""), st.text("0123456789", max_size=6).map(lambda text: "D" + text))
SIGNS = st.sampled_from([("", ""), ("-", ""), ("+", ""), ("", "-"), ("(", ")")])


@given(
    cells=st.lists(st.tuples(SIGNS, WHOLE, DECIMALS), min_size=1, max_size=20),
    marks=st.sampled_from([(".", None), (",", None), (",", "."), (".", ","), (",", " "), (".", "'")]),
)
def test_numbers_agree_with_decimal(cells: list[tuple[tuple[str, str], str, str]], marks: tuple[str, str | None]) -> None:
    point, group = marks
    texts = [
        (before + whole + decimals + after).replace("G", group or "_").replace("D", point)
        for (before, after), whole, decimals in cells
    ]
    values, codes = convert("decimal", texts, decimal=point, thousands=group)
    for text, value, code in zip(texts, values, codes, strict=True):
        expected = model(text, point, group)
        if isinstance(expected, str):
            assert (value, code) == (None, expected), text
        else:
            assert (value, code) == (f"{expected or Decimal(0):.4f}", None), text


@given(st.lists(st.integers(-(2**64), 2**64), min_size=1, max_size=20))
def test_integers_agree_with_int(numbers: list[int]) -> None:
    values, codes = convert("integer", [str(number) for number in numbers])
    for number, value, code in zip(numbers, values, codes, strict=True):
        fits = -(2**63) <= number < 2**63
        assert (value, code) == ((number, None) if fits else (None, "too_small" if number < 0 else "too_large"))


@given(st.lists(st.text(max_size=12), min_size=1, max_size=20))
def test_any_text_is_a_value_an_issue_or_blank(cells: list[str]) -> None:
    for kind in ("integer", "decimal", "money", "boolean", "email", "url", "currency", "country", "date", "text"):
        convert(kind, cells, decimal=",", thousands=".")
