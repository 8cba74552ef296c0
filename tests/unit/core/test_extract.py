from __future__ import annotations

import re
import time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.core.converting import convert, judge, one, only_issue

from nightclerk.core.convert.pattern import LONGEST, fault_of_pattern, group_of


def test_the_whole_match_or_the_first_group() -> None:
    cells = ["TVA FR12345678901 (intra)", "FR12345678901", "", "  ", "none"]
    assert convert("text", cells, {"extract": "FR[0-9]{11}"}) == (
        ["FR12345678901", "FR12345678901", None, None, None],
        [None] * 4 + ["no_match"],
    )
    assert convert("text", ["4711 - Dupont", " 12 - x"], {"extract": "^([0-9]+) - (.*)"})[0] == ["4711", "12"]
    assert one("text", "ab", {"extract": "(x)|b"}) == "!no_match"  # the group took no part
    assert one("text", "a: ", {"extract": "a: ?(.*)"}) == "!no_match"  # an empty match is none


def test_the_sentence_keeps_the_pattern_for_ops() -> None:
    judged = judge({"vat": {"type": "text"}}, {"vat": {"from": "TVA", "extract": "FR[0-9]{11}"}}, {"TVA": ["DE 5"]})
    issue = only_issue(judged)
    assert (issue.value, issue.column) == ("DE 5", "TVA")
    assert issue.message == (
        'Line 2, column TVA: "DE 5" does not hold what is wanted from it. It is looked for by the pattern FR[0-9]{11}.'
    )


def test_the_part_is_read_as_the_fields_type() -> None:
    values, codes = convert(
        "money", ["Solde : 1.234,56 €", "Solde : x €", "Solde :"], {"extract": "Solde : ?(.+)"}, decimal=",", thousands="."
    )
    assert (values, codes) == (["1234.5600", None, None], [None, "not_a_number", "no_match"])
    assert convert("date", ["le 21/11/2026", "le 00/00/0000"], {"extract": "[0-9/]+"}, dates="%d/%m/%Y")[0] == [
        "2026-11-21",
        None,
    ]
    assert one("decimal", "20 %", {"extract": "([0-9]+) ?%"}) == "20.0000"
    assert one("integer", "30 jours", {"extract": "[0-9]+"}) == 30
    assert one("currency", "5,00 usd", {"extract": "[a-z]{3}", "case": "upper"}) == "USD"
    assert one("boolean", "actif: oui", {"extract": ": (.*)"}) is True


def test_the_order_of_what_is_done() -> None:
    fields, columns = {"it": {"type": "text"}}, {"A": ["x 7", "", ""], "B": ["y", "z 8", ""]}
    joined = judge(fields, {"it": {"from": ["A", "B"], "join": "|", "extract": "[0-9]", "pad": {"to": 3}}}, columns)
    assert joined.values.get_column("it").to_list() == ["007", "008", None]
    first = judge(fields, {"it": {"first_of": ["A", "B"], "extract": "[a-z]", "case": "upper"}}, columns)
    assert first.values.get_column("it").to_list() == ["X", "Z", None]
    looked_up = {"extract": "^[A-Z]+", "values": {"FAC": "invoice", "AVO": "credit", "NUL": None, "": "other"}}
    assert convert("text", ["FAC-1", "fac", "AVO", "NUL 5", "", "XYZ"], looked_up) == (
        ["invoice", None, "credit", None, "other", None],
        [None, "no_match", None, None, None, "not_in_values"],
    )
    assert one("text", "a   b", {"extract": "a b", "collapse_spaces": True}) == "a b"


def test_a_required_part_and_a_control_character() -> None:
    assert one("text", " ", {"extract": "x"}, {"required": True}) == "!required"
    assert one("text", "x\x07y", {"extract": "x.y"}) == "!control_character"
    assert one("text", "\x07 xy", {"extract": "xy"}) == "xy"


def test_a_row_too_long_for_other_engines_takes_no_longer() -> None:
    began = time.monotonic()
    assert one("text", "a" * 100_000 + "!", {"extract": "^(?:a|a)+$"}) == "!no_match"
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("FR[0-9]{11}", None),
        ("^([^;]+);", None),
        (r"(?i)tva\s*:?\s*([A-Z]{2}\w+)", None),
        (r"\bRef\.? ([\w/-]+)\b", None),
        (r"[éà]+|[A-Z&&]x", "within brackets"),
        ("a(?=b)", "looks ahead"),
        ("(?<!a)b", "looks ahead"),
        (r"(a)\1", "refers back"),
        ("(?P<x>a)", "no names"),
        ("(?>a)", "step back"),
        ("a++", "step back"),
        ("(a", "missing )"),
        ("a)", "unbalanced"),
        ("*a", "nothing to repeat"),
        ("a**", "follows another"),
        ("a{3,2}", "min repeat"),
        ("[z-a]", "bad character range"),
        ("a{,5}", "backslash"),
        ("[a", "backslash"),
        ("a*", "no text at all"),
        (r"\p{L}", "as they are"),
        ("a{201}", "200 signs"),
        (r"(?:\w{20}){20}", "200 signs"),
        ("(?:a{20}b){10}", "200 signs"),
        ("a" * (LONGEST + 1), "characters"),
    ],
)
def test_patterns_are_checked(pattern: str, part: str | None) -> None:
    fault = fault_of_pattern(pattern)
    assert (fault is None) if part is None else (fault is not None and part in fault), fault


ATOMS = st.one_of(
    st.sampled_from(
        [r"\d", r"\w", r"\S", ".", "^", "$", r"\b", "é", " ", "-", r"\.", r"\(", "[a-z]", "[^0-9é]", r"[\w.-]", "[-a]", r"[\]\\]"]
    ),
    st.text("()[]{}|*+?\\^$.-abx019,:&~=!<>iP", min_size=1, max_size=6),
)
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        inner.map(lambda one: f"({one})"),
        inner.map(lambda one: f"(?:{one})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "{100}"])).map("".join),
        st.tuples(inner, inner).map("|".join),
    ),
    max_leaves=6,
)


@given(PATTERNS, st.text("abx019 é-.()\n", max_size=8))
def test_a_sound_pattern_is_one_of_the_engine_and_finds_the_same(pattern: str, text: str) -> None:
    if fault_of_pattern(pattern) is not None:
        return
    found = pl.Series([text]).str.extract(pattern, group_of(pattern)).item()
    if "\n" in text or "|" in pattern:
        return  # $ and the last line end, and what an alternative leaves of a group, are each engine's own
    expected = re.search(pattern, text)
    assert (found or None) == ((expected[group_of(pattern)] or None) if expected else None), (pattern, text)


def test_the_greatest_patterns_fit_the_engine() -> None:
    for pattern in (r"\w{200}", r"\W{200}", r"(?i)(?:[éàü]{10}\w){18}", r"\S{50}|\w{50}|\W{98}", r"(?:\w?\W{2}){66}"):
        assert fault_of_pattern(pattern) is None
        assert pl.Series(["a"]).str.extract(pattern, 0).null_count() == 1
