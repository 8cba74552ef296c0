from __future__ import annotations

import babel.core
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.core.converting import convert, judge, one, only_issue

from nightclerk.core.convert.codes import COUNTRIES, CURRENCIES


@pytest.mark.parametrize(
    "word",
    [
        "TRUE",
        "true",
        "True",
        "yes",
        "YES",
        "oui",
        "Oui",
        "OUI",
        "sí",
        "Si",
        "SÌ",
        "ja",
        "sim",
        "X",
        "x",
        "1",
        "Vrai",
        "wahr",
        "O",
        "J",
        "Y",
    ],
)
def test_yes(word: str) -> None:
    assert one("boolean", f" {word}\u00a0") is True


@pytest.mark.parametrize("word", ["FALSE", "false", "no", "NO", "non", "Nein", "não", "NÃO", "0", "Faux", "falsch", "N", "F"])
def test_no(word: str) -> None:
    assert one("boolean", word) is False


@pytest.mark.parametrize("word", ["2", "-1", "peut-être", "?", "yesno", "TRUE FALSE"])
def test_neither(word: str) -> None:
    assert one("boolean", word) == "!not_a_boolean"


def test_a_blank_boolean_is_blank() -> None:
    assert one("boolean", " ") is None


@pytest.mark.parametrize(
    "address",
    [
        "a@b.co",
        "jean.dupont+compta@sous.exemple.fr",
        "o'brien@x-y.example",
        "é@münchen.de",
        "a_b@x.museum",
        f"{'a' * 64}@example.com",
    ],
)
def test_email(address: str) -> None:
    assert one("email", f"  {address} ") == address


@pytest.mark.parametrize(
    "address",
    [
        "dupont@", "@example.com", "dupont", "a@b", "a@b@c.com", "a b@c.com", "a@c .com", "a@c..com", "a@.com", "a@c.com.",
        ".a@c.com", "a.@c.com", "a..b@c.com", "a@-c.com", "a@c.com;b@c.com",
        "Jean <a@c.com>", "a\x07@c.com", "a\n@c.com",
        f"{'a' * 250}@c.com",
    ],
)  # fmt: skip
def test_not_an_email(address: str) -> None:
    assert one("email", address) == "!not_an_email"


@given(st.lists(st.text("ab.@ ;é", max_size=10), min_size=1, max_size=20))
def test_email_has_one_at_and_a_dot_behind_it(cells: list[str]) -> None:
    values, _ = convert("email", cells)
    for cell, value in zip(cells, values, strict=True):
        parts = cell.strip().split("@")
        labels = [label for part in parts for label in part.split(".")]
        whole = len(parts) == 2 and "." in parts[1] and all(labels) and not any(c in cell.strip() for c in " ;")
        assert value == (cell.strip() if whole else None), cell


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com",
        "http://example.com:8080/a?b=c#d",
        "FTP://files.example.com/x",
        "www.exemple.fr",
        "http://localhost/x",
    ],
)
def test_url(address: str) -> None:
    assert one("url", address) == address


@pytest.mark.parametrize(
    "address",
    [
        "example.com",
        "javascript:alert(1)",
        "mailto:a@b.co",
        "http://",
        "https:///x",
        "http://a b",
        "www.",
        "www.x",
        "http://a/<b>",
    ],
)
def test_not_a_url(address: str) -> None:
    assert one("url", address) == "!not_a_url"


def test_currency() -> None:
    values, codes = convert("currency", ["EUR", "usd", " Gbp ", "€", "£", "$", "kr", "EUROPE", "XYZ", "", "eu"])
    assert values == ["EUR", "USD", "GBP", "EUR", "GBP", *[None] * 6]
    assert codes == [*[None] * 5, *["not_a_currency"] * 4, None, "not_a_currency"]


def test_country() -> None:
    values, codes = convert("country", ["FR", "fr", "FRA", "deu", " GB ", "UK", "EU", "XX", "Francia1", "ZZ", ""])
    assert values == ["FR", "FR", "FR", "DE", "GB", *[None] * 6]
    assert codes == [None] * 5 + ["not_a_country"] * 5 + [None]


def test_our_codes_agree_with_the_standards_data_in_babel() -> None:
    tender = {
        code
        for territory in babel.core.get_global("territory_currencies").values()
        for code, _, ended, is_tender in territory
        if ended is None and is_tender
    }
    assert tender <= CURRENCIES
    assert set(babel.core.get_global("all_currencies")) >= CURRENCIES
    aliases = babel.core.get_global("territory_aliases")
    assert {three: aliases[three] for three in COUNTRIES} == {three: [two] for three, two in COUNTRIES.items()}
    assert len(COUNTRIES) == len(set(COUNTRIES.values())) == 249


def test_values_are_looked_up_exactly_first_then_without_case() -> None:
    values, codes = convert(
        "boolean", ["0", "Bloqué", "BLOQUÉ", "1", "", "2"], {"values": {"0": True, "1": False, "bloqué": False}}
    )
    assert values == [True, False, False, False, None, None]
    assert codes == [None] * 5 + ["not_in_values"]
    assert convert("text", ["a", "A", " A\ufeff"], {"values": {"a": "small", "A": "great"}})[0] == ["small", "great", "great"]


def test_values_go_through_the_type() -> None:
    assert one("money", "half", {"values": {"half": "0.5"}}) == "0.5000"
    assert one("integer", "net 30", {"values": {"net 30": 30}}) == 30
    assert one("currency", "1", {"values": {"1": "eur"}}) == "EUR"
    with pytest.raises(ValueError, match=r"things\.it: 'soon' is not a whole number"):
        one("integer", "x", {"values": {"x": "soon"}})
    with pytest.raises(ValueError, match="greater than 365"):
        one("integer", "x", {"values": {"x": 400}}, {"max": 365})


def test_values_for_blank_and_to_blank() -> None:
    assert convert("boolean", ["X", "", " "], {"values": {"X": True, "": False}})[0] == [True, False, False]
    assert convert("text", ["N/A", "n/a", "red"], {"values": {"N/A": None, "red": "rouge"}}) == (
        [None, None, "rouge"],
        [None] * 3,
    )
    assert one("text", "-", {"values": {"-": None}}, {"required": True}) == "!required"


def test_the_sentence_lists_the_agreed_values() -> None:
    judged = judge({"kind": {"type": "text"}}, {"kind": {"from": "Kind", "values": {"a": "x", "b": "y"}}}, {"Kind": ["c"]})
    assert only_issue(judged).message == 'Line 2, column Kind: "c" is not one of the agreed values ("a", "b").'
