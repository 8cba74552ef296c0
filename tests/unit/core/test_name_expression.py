"""Names of files as a regular expression: what they fit, how long that takes, and what two of them have in common."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nightclerk.config.expressions import common_name, covers
from nightclerk.core.feed import Feed
from nightclerk.core.name_expression import NameExpression, as_glob, takes
from nightclerk.core.reject_name import reject_name
from nightclerk.core.routing import route

PARTS = st.sampled_from(["a", "b", "1", ".", "[ab]", "[^a]", r"\d", r"\w", r"\b", "^", "$"])
PATTERNS = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=6,
)
NAMES = st.text(alphabet="ab1. _", min_size=1, max_size=7)


def names(regex: str) -> NameExpression:
    return NameExpression(regex=regex)


def feed(name: str, files: object, **given: object) -> Feed:
    return Feed.model_validate({"feed": name, "files": files, "entity": "e", "mapping": {"a": "A"}, **given})


def is_sound(regex: str) -> bool:
    try:
        names(regex)
    except ValidationError:
        return False
    return True


@given(PATTERNS, NAMES)
def test_it_fits_what_the_engine_of_python_fits(regex: str, name: str) -> None:
    if is_sound(regex):
        assert takes(names(regex), name) is (re.fullmatch(regex, name, re.DOTALL) is not None)


@pytest.mark.parametrize(
    ("regex", "name", "fits"),
    [
        (r"clients_[0-9]{8}\.csv", "CLIENTS_20260403.CSV", True),
        (r"clients_[0-9]{8}\.csv", "clients_2026040.csv", False),
        (r"clients_[0-9]{8}\.csv", "clients_20260403.csv.bak", False),
        (r"^(CLI|PRO)_.+$", "pro_x", True),
        (r"(?i)[A-C]1", "b1", True),
        (r"E\u0301t[e\u0301]", "\u00c9t\u00e9", False),
        ("E\u0301t\u00e9+", "\u00e9te\u0301e\u0301", True),
        ("caf.*", "caf\udce9.csv", True),
        (".*", "a\nb", True),
    ],
)
def test_case_and_accents_do_not_matter(regex: str, name: str, fits: bool) -> None:
    if is_sound(regex):
        assert takes(names(regex), name) is fits
    else:
        assert not fits


@pytest.mark.parametrize("regex", ["(a+)+b", "(a|a)*b", "(a*)*b", "a*a*a*a*a*a*a*a*a*b", "(.*a.*){20}b", "((a|b|.)*)*.{0,90}z"])
def test_no_slip_of_ops_costs_more_than_moments(regex: str) -> None:
    began = time.process_time()
    assert not takes(names(regex), "a" * 255)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("regex", "words"),
    [
        ("a(?=b)", "it looks ahead"),
        (r"(a)\1", "it refers back"),
        ("in/.*", "without a folder"),
        ("a(", "no regular expression"),
        ("(a){300}", "more than 200 signs"),
        ("x(()()){99999999}", "more than 200 signs"),
        ("a\nb", "one line"),
    ],
)
def test_what_is_none_is_told(regex: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        names(regex)


@pytest.mark.parametrize(
    ("regex", "glob"),
    [
        (r"clients_\d+\.xlsx", "*.xlsx"),
        (r"clients.*.xlsx$", "*.xlsx"),
        (r"clients[.]csv\.gz", "*clients.csv.gz"),
        (r"(a|b)\.ODS", "*.ods"),
        (r"a\.csv|b\.xlsx", "*"),
        (r"a\.(xls|xlsx)", "*"),
        (r"a\.xlsx?", "*"),
        (r"clients.*", "*"),
        ("(", "*"),
    ],
)
def test_what_all_names_end_in(regex: str, glob: str) -> None:
    assert as_glob({"regex": regex}) == glob


def test_the_kind_follows_from_the_ending_and_archives_have_members() -> None:
    assert feed("f", {"regex": r"c_\d+\.xlsx"}).format.kind == "xlsx"
    assert feed("f", {"regex": r"c_\d+\.csv"}).format.kind == "delimited"
    assert feed("f", {"regex": r"c_\d+\.zip"}, members="a*.ods").format.kind == "ods"
    with pytest.raises(ValidationError, match="only zip archives have members"):
        feed("f", {"regex": r"c_\d+\.csv"}, members="a*")


def test_it_comes_back_from_json_as_it_was() -> None:
    made = feed("f", {"regex": r"c_\d+\.xlsx"})
    assert Feed.model_validate_json(made.model_dump_json(by_alias=True)) == made


def test_rejected_rows_go_back_to_their_feed() -> None:
    feeds = [feed("clients", {"regex": r"clients_[0-9]{8}\.csv"}), feed("others", "o*")]
    name = reject_name("clients_20260403.csv", workbook=False)
    assert [one.feed for one in route(feeds, name)] == ["clients"]
    assert [one.feed for one in route(feeds, "clients_20260403.clients.rejected (1).csv")] == ["clients"]
    assert route(feeds, "clients_x.csv") == ()


@given(PATTERNS, PATTERNS, NAMES)
def test_what_two_have_in_common_agrees_with_what_they_fit(one: str, other: str, name: str) -> None:
    if not (is_sound(one) and is_sound(other)):
        return
    first, second = names(one), names(other)
    both = common_name(first, second)
    assert both is None or (takes(first, both) and takes(second, both))
    if takes(first, name) and takes(second, name):
        assert both is not None
    if takes(second, name) and not takes(first, name):
        assert not covers(first, second)


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ("*", names(r"a\.csv"), True),
        ("a*", names(r"a[0-9]+\.csv"), True),
        ("a*", names(r"a?[0-9]+\.csv"), False),
        ("*.tmp", names(r"c_.*\.TMP"), True),
        (names(r".+\.csv"), "clients_*.csv", True),
        (names(r"[a-z]+\.csv"), "clients_*.csv", False),
        (names(r".+\.csv"), names(r"a.*\.csv"), True),
        (names(r"c_[0-9]+"), names(r"c_[0-8]+"), True),
        (names(r"c_[0-8]+"), names(r"c_[0-9]+"), False),
        (names("a[12]"), "a[12]", False),
    ],
)
def test_covering(wide: str | NameExpression, narrow: str | NameExpression, expected: bool) -> None:
    assert covers(wide, narrow) is expected


def test_patterns_that_nobody_can_compare_are_left_alone_in_time() -> None:
    began = time.process_time()
    assert common_name(names("(.*a.{12}){3}x"), names("(.*b.{11}){3}y")) is None
    assert not covers(names("(.*a.{12}){3}x"), names("(.*b.{11}){3}y"))
    assert time.process_time() - began < 10
