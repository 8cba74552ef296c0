"""Numbers as ledgers, spreadsheets and locales write them: marks, sides of accounts, currencies beside them, dust."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.core.converting import convert, judge, one, only_issue

GERMAN = {"decimal": ",", "thousands": "."}
FRENCH = {"decimal": ",", "thousands": " "}
INDIAN = {"decimal": ".", "thousands": ",", "grouping": "indian"}


@pytest.mark.parametrize(
    ("feed", "cell", "value"),
    [
        ({"thousands": "_"}, "1_234_567.5", "1234567.5000"),
        ({"thousands": "·"}, "1·234∙567.5", "1234567.5000"),
        ({"thousands": "'"}, "1ʼ234'567’000.5", "1234567000.5000"),
        (FRENCH, "1\u2009234\u2007567,5", "1234567.5000"),
        (INDIAN, "1,23,45,678.90", "12345678.9000"),
        (INDIAN, "12,345", "12345.0000"),
        (INDIAN, "123", "123.0000"),
        (INDIAN, "123,456", "!not_a_number"),
        (INDIAN, "1,234,567", "!not_a_number"),
        ({"thousands": ","}, "1,23,456.78", "!not_a_number"),
        (GERMAN, "- 1.234,56", "-1234.5600"),
        (GERMAN, "–5,00", "-5.0000"),
        (GERMAN, "5,00–", "-5.0000"),
        (GERMAN, "1.234,56 S", "1234.5600"),
        (GERMAN, "1.234,56 H", "-1234.5600"),
        (GERMAN, "1.234,56H", "-1234.5600"),
        (GERMAN, "0,00 H", "0.0000"),
        ({}, "12.50 CR", "-12.5000"),
        ({}, "12.50CR", "-12.5000"),
        ({}, "12.50 Dr.", "12.5000"),
        ({}, "12.50 Cr.", "-12.5000"),
        ({}, "Cr 12.50", "-12.5000"),
        ({}, "DR. 12.50", "12.5000"),
        ({}, "12.50 C", "-12.5000"),
        ({}, "12.50 D", "12.5000"),
        ({}, "12C", "!not_a_number"),
        ({}, "Cr.5", "!not_a_number"),
        ({}, "-12.50 CR", "!not_a_number"),
        ({}, "(12.50) H", "!not_a_number"),
        ({}, "12.50 CR DR", "!not_a_number"),
        ({}, "S 12.50", "!not_a_number"),
        ({}, "１２", "12.0000"),
        ({}, "20 %", "!not_a_number"),
        ({}, "1E464", "!not_a_number"),
        ({}, "9.09495E-13", "!not_a_number"),
        ({}, "1234.5600000000001", "!too_many_decimals"),
    ],
)
@pytest.mark.parametrize("kind", ["decimal", "money"])
def test_writings(kind: str, feed: dict[str, str], cell: str, value: str) -> None:
    assert one(kind, cell, **feed) == value


def test_whole_numbers_too() -> None:
    values, codes = convert("integer", ["1,23,456", "5 CR", "5–", "20%", "1E5"], **INDIAN)
    assert values == [123456, -5, -5, None, None]
    assert codes == [None, None, None, "not_an_integer", "not_an_integer"]


def test_the_side_of_a_column_of_its_own() -> None:
    fields, mapping = {"amount": {"type": "money"}}, {"amount": {"from": ["Umsatz", "S/H"], "join": " "}}
    judged = judge(fields, mapping, {"Umsatz": ["1,50", "2,50", ""], "S/H": ["S", "H", ""]}, **GERMAN)
    assert judged.values.get_column("amount").to_list() == ["1.5000", "-2.5000", None]


def test_credits_may_be_positive() -> None:
    values, _ = convert("money", ["5 CR", "5 DR", "5,00 S", "5 H", "-5", "(5)", "CHF 5 H"], {"credit": "positive"}, decimal=",")
    assert values == ["5.0000", "-5.0000", "-5.0000", "5.0000", "-5.0000", "-5.0000", "5.0000"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1 234,56 €", "1234.5600"),
        ("€\u00a0\u00a0 1 234,56", "1234.5600"),
        ("$1 234,56-", "-1234.5600"),
        ("USD5", "5.0000"),
        ("5,00 EUR H", "-5.0000"),
        ("CHF 5 CR", "-5.0000"),
        ("5,00 H EUR", "-5.0000"),
        ("5 €-", "-5.0000"),
        ("US$ 5", "5.0000"),
        ("-R$ 5", "-5.0000"),
        ("5 zł", "5.0000"),
        ("kr 5", "5.0000"),
        ("5,00 kr.", "5.0000"),
        ("Fr. 5,25", "5.2500"),
        ("5 FCFA", "5.0000"),
        ("5 XY", "!not_a_number"),
        ("€ 5 €", "!not_a_number"),
        ("($ 5", "!not_a_number"),
        ("$-", "!not_a_number"),
        ("5e3 EUR", "!not_a_number"),
        ("1,23456 EUR", "!too_many_decimals"),
    ],
)
def test_currencies_beside(cell: str, value: str) -> None:
    assert one("money", cell, **FRENCH) == value


def test_no_mark_is_taken_for_a_part_of_a_currency() -> None:
    for cell, value in (
        ("Fr. 5", "5.0000"),
        ("Fr.5", "5.0000"),
        ("kr.5", "5.0000"),
        ("CHF.5", "!not_a_number"),
        ("$.5", "0.5000"),
    ):
        assert one("money", cell) == value, cell


BOTH = {"amount": {"type": "money", "currency": "currency"}, "currency": {"type": "currency"}}


def test_the_currency_beside_must_be_the_rows() -> None:
    columns = {
        "Amount": ["5 €", "EUR 5", "5 USD", "$5", "£5", "5 kr", "7", "$5", "5 ZAR"],
        "Currency": ["EUR", "eur", "EUR", "CAD", "USD", "NOK", "USD", "", "?"],
    }
    judged = judge(BOTH, {"amount": "Amount", "currency": "Currency"}, columns)
    assert [(issue.line, issue.code) for issue in judged.issues] == [
        (4, "currency_differs"), (6, "currency_differs"), (9, "currency_differs"), (10, "not_a_currency"),
    ]  # fmt: skip
    assert judged.issues[0].message == (
        'Line 4, column Amount: "5 USD" names another currency than its row, or its row names none.'
    )
    unreadable = judged.money["amount"].filter("unreadable").get_column("line").to_list()
    assert unreadable == [4, 6, 9]  # and so their sums are in no currency


def test_the_currency_beside_and_one_for_all_rows() -> None:
    fields = {"amount": {"type": "money", "currency": "EUR"}}
    assert only_issue(judge(fields, {"amount": "A"}, {"A": ["5 €", "5", "5 CHF"]})).code == "currency_differs"
    fields = {**BOTH, "currency": {"type": "currency", "default": "USD"}}
    assert only_issue(judge(fields, {"amount": "A"}, {"A": ["5 $", "5", "5 €"]})).code == "currency_differs"
    assert only_issue(judge(BOTH, {"amount": "A", "currency": {"constant": "SEK"}}, {"A": ["5 kr", "5 Kč"]})).line == 3


def test_rounding_where_it_is_allowed() -> None:
    cells = [
        "9.09495E-13", "-9.09495e-13", "1234.5600000000001", "0.00005", "-0.00005", "0.0000499999999999999999", "1.23456 EUR",
        "1.5E-2", "2E-5", "5E-5", "(1.99995)", "1.99995 H", "1E5", "1E-0", "99999999999999.99999", "1E-999",
    ]  # fmt: skip
    for rule, feed in (({"round": True}, {}), ({}, {"round": True})):
        values, codes = convert("money", cells, rule, **feed)
        assert values == [
            "0.0000", "0.0000", "1234.5600", "0.0001", "-0.0001", "0.0000", "1.2346",
            "0.0150", "0.0000", "0.0001", "-2.0000", "-2.0000", None, None, None, "0.0000",
        ]  # fmt: skip
        assert codes[-4:-1] == ["not_a_number", "not_a_number", "too_large"]
    assert one("decimal", "9,09495E-13", {"round": True}, decimal=",") == "0.0000"
    assert one("decimal", "1.23456", {"round": False}, round=True) == "!too_many_decimals"


def test_the_sentence_tells_how_it_is_written() -> None:
    for cell, told in (
        ("1E464", '"1E464" is written with an exponent, behind which digits may be lost; write all its digits.'),
        ("20 %", '"20 %" is a percentage; a plain number is wanted.'),
        ("٣2", '"٣2" is written with other digits than 0 to 9.'),
    ):
        issue = only_issue(judge({"it": {"type": "decimal"}}, {"it": "It"}, {"It": [cell]}))
        assert issue.message == f"Line 2, column It: {told}"


def test_digits_of_other_scripts_are_read_where_all_are() -> None:
    cells = ["١٬٢٣٤٫٥٦", "۱٬۲۳۴٫۵۶", "१,२३४.५६", "๑,๒๓๔.๕๖", "１，２３４．５６", "-٣", "(１２)", "٢ €"]
    values, codes = convert("money", cells, decimal=".", thousands=",")
    assert (values, codes) == (["1234.5600"] * 5 + ["-3.0000", "-12.0000", "2.0000"], [None] * 8)
    assert one("decimal", "١٫٥", decimal=",") == "1.5000"
    assert one("integer", "٤٢") == 42
    assert one("decimal", "1٢") == "!not_a_number"
    assert one("text", "٤٢") == "٤٢"


@pytest.mark.parametrize(
    "sign",
    [
        "zł",
        "Kč",
        "Ft",
        "lei",
        "₺",
        "TL",
        "₴",
        "грн.",
        "₽",
        "руб.",
        "лв.",
        "дин.",
        "kr",
        "₪",
        "د.إ",
        "₹",
        "฿",
        "₫",
        "元",
        "円",
        "₩",
        "원",
    ],
)
def test_currencies_of_many_countries_beside_amounts(sign: str) -> None:
    assert convert("money", [f"12 {sign}", f"{sign} 1.5", f"-3{sign}"])[0] == ["12.0000", "1.5000", "-3.0000"]


def test_texts_stay_as_they_are() -> None:
    cells = ["1E464", "200011-", "0033 1 23", "+33 (0)1 23 45", "9.09495E-13", "00012"]
    assert convert("text", cells) == (cells, [None] * len(cells))


LOCALES = {
    "en": (".", ","), "fr": (",", " "), "es": (",", "."), "de": (",", "."), "it": (",", "."), "pt": (",", "."), "nl": (",", "."),
    "de_CH": (".", "'"), "en_IN": (".", ","), "pl": (",", " "),
}  # fmt: skip


@given(
    st.lists(st.decimals(-(10**13), 10**13, places=2), min_size=1, max_size=10),
    st.sampled_from(sorted(LOCALES)),
    st.sampled_from(["EUR", "USD", "CHF", "GBP", "PLN"]),
)
def test_what_locales_write_is_read(numbers: list[Decimal], locale: str, currency: str) -> None:
    decimal, thousands = LOCALES[locale]
    feed = {"decimal": decimal, "thousands": thousands, "grouping": "indian" if locale == "en_IN" else "threes"}
    expected = [f"{number or abs(number):.4f}" for number in numbers]
    assert convert("decimal", [format_decimal(number, locale=locale) for number in numbers], **feed) == (
        expected, [None] * len(numbers)
    )  # fmt: skip
    written = [format_currency(number, currency, locale=locale) for number in numbers]
    judged = judge(BOTH, {"amount": "A", "currency": {"constant": currency}}, {"A": written}, **feed)
    assert judged.values.get_column("amount").to_list() == expected, (written, judged.issues)


@given(st.lists(st.text("0123456789.,-–() '€$SHDCRcrEURkr%+", max_size=12), min_size=1, max_size=20), st.booleans())
def test_any_text_is_a_value_an_issue_or_blank(cells: list[str], rounded: bool) -> None:
    for kind in ("integer", "decimal", "money"):
        values, codes = convert(kind, cells, decimal=",", thousands=".", round=rounded)
        nothing = [cell for cell, value, code in zip(cells, values, codes, strict=True) if value is None and code is None]
        assert not "".join(nothing).strip(), nothing
    judge(BOTH, {"amount": "A", "currency": {"constant": "EUR"}}, {"A": cells}, round=rounded)
