"""Names of countries and currencies in seven languages; frozen, and compared with the library that they come from."""

from __future__ import annotations

from collections.abc import Iterator

import babel
import babel.core
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.core.converting import convert, judge, one, only_issue

from nightclerk.core.convert.codes import COUNTRIES, CURRENCIES
from nightclerk.core.convert.country_names import ALSO, COUNTRY_NAMES
from nightclerk.core.convert.currency_names import CURRENCY_NAMES
from nightclerk.core.convert.currency_signs import CURRENCY, MEANT, SIGNS
from nightclerk.core.convert.folding import fold, folded, plain, plainly

LANGUAGES = ["en", "fr", "es", "de", "it", "pt", "nl"]


def test_country_names_are_babels() -> None:
    wanted = {fold(babel.Locale(language).territories[code]): code for language in LANGUAGES for code in COUNTRIES.values()}
    assert {name: code for name, code in COUNTRY_NAMES.items() if name not in ALSO} == {
        name: code for name, code in wanted.items() if name not in ALSO
    }
    assert all(fold(name) == name and wanted.get(name, code) == code for name, code in ALSO.items())


def _tender() -> Iterator[tuple[str, str]]:
    for territory, currencies in babel.core.get_global("territory_currencies").items():
        yield from ((territory, code) for code, _, ended, legal in currencies if ended is None and legal and code in CURRENCIES)


def test_currency_names_are_babels() -> None:
    codes = {code for _, code in _tender()}
    wanted: dict[str, set[str]] = {}
    for language in LANGUAGES:
        locale = babel.Locale(language)
        for code in codes:
            for name in (locale.currencies.get(code, code), *locale._data["currency_names_plural"].get(code, {}).values()):
                wanted.setdefault(fold(name), set()).add(code)
    assert {name: {code} for name, code in CURRENCY_NAMES.items()} == {
        name: found for name, found in wanted.items() if name != fold(min(found))
    }


def test_signs_are_babels() -> None:
    likely = babel.core.get_global("likely_subtags")
    tags = {(likely["und_" + territory].split("_")[0], code) for territory, code in _tender() if "und_" + territory in likely}
    tags |= {(language, code) for language in LANGUAGES for code in CURRENCIES}
    for language, code in tags:
        try:
            sign = babel.Locale.parse(language).currency_symbols.get(code, code)
        except babel.UnknownLocaleError:
            continue
        sign = sign.strip("\u200b\u200f").replace("\u202f", " ")
        if sign not in CURRENCIES and sign and not (len(sign) == 1 and sign.isascii() and sign.isalpha()):
            assert code in SIGNS[sign], (sign, code)
    assert set().union(*SIGNS.values()) <= CURRENCIES
    assert MEANT["€"] == "EUR"
    assert not {"$", "kr", "¥"} & set(MEANT)


@pytest.mark.parametrize("name", ["France", "FRANKREICH", "Francia", "França", "franca", "Frankrijk", "États-Unis|US",
    "Etats Unis|US", "Verenigde Staten|US", "Côte d'Ivoire|CI", "Côte d’Ivoire|CI",
    "Elfenbeinküste|CI", "Österreich|AT", "Osterreich|AT",
    "Großbritannien1|!not_a_country", "Turkey|TR", "Türkiye|TR", "Hong Kong|HK", "Czech Republic|CZ", "Guinée-Bissau|GW",
    "Guinée|GN", "Republica Dominicana|DO", "Dominica|DM", "Atlantis|!not_a_country"])  # fmt: skip
def test_countries_by_name(name: str) -> None:
    written, _, code = name.partition("|")
    assert one("country", f" {written} ") == (code or "FR")


@pytest.mark.parametrize("name", ["euro", "Euros", "US Dollar|USD", "dólares estadounidenses|USD",
    "Schweizer Franken|CHF", "livre sterling|GBP", "€", "zł|PLN", "R$|BRL", "$US|USD",
    "dollar|!not_a_currency", "$|!not_a_currency", "kr|!not_a_currency", "¥|!not_a_currency"])  # fmt: skip
def test_currencies_by_name_and_sign(name: str) -> None:
    written, _, code = name.partition("|")
    assert one("currency", written) == (code or "EUR")


def test_the_sentence_names_what_a_sign_may_mean() -> None:
    judged = judge({"it": {"type": "currency"}}, {"it": "It"}, {"It": ["kr"]})
    assert only_issue(judged).message == (
        'Line 2, column It: "kr" may mean several currencies ("DKK", "ISK", "NOK", "SEK"); write the code.'
    )
    assert one("currency", "$", {"values": {"$": "CAD"}}) == "CAD"


@pytest.mark.parametrize("pair", ["oui/non", "sí/no", "SI/No", "ja/nein", "sì/no", "si\u0300/no", "sim/não", "SIM/NAO", "ja/nee",
    "vrai/faux", "verdadero/falso", "wahr/falsch", "vero/FALSO", "Verdadeiro/falso", "waar/onWaar", "0/1"])  # fmt: skip
def test_yes_and_no(pair: str) -> None:
    yes, no = pair.split("/") if pair != "0/1" else ("1", "0")
    assert convert("boolean", [yes, no, f"\ufeff{yes}\u00a0", f"{no}!"]) == (
        [True, False, True, None],
        [None, None, None, "not_a_boolean"],
    )


@given(st.lists(st.text(max_size=12), min_size=1, max_size=10))
def test_columns_are_folded_as_texts_are(texts: list[str]) -> None:
    import polars as pl

    frame = pl.DataFrame({"it": pl.Series(texts, dtype=pl.String)})
    known = {*COUNTRY_NAMES, *CURRENCY_NAMES}
    for text, one_plain, one_folded in zip(
        texts, frame.select(plainly(pl.col("it"))).to_series(), frame.select(folded(pl.col("it"))).to_series(), strict=True
    ):
        assert one_plain == plain(text) or not text.isascii()  # Unicode's versions differ for the rarest letters
        assert one_folded == fold(text) or not {one_folded, fold(text)} & known
    assert CURRENCY
