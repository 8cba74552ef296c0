from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.core.converting import convert, judge, one, only_issue

#: What Unicode calls white space; Python's ``strip`` also takes off four control characters.
WHITE = "\ufeff \t\n\x0b\x0c\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("00000007", "00000007"),
        ("1E464", "1E464"),
        ("NA", "NA"),
        ("null", "null"),
        ("  Dupont \u00a0", "Dupont"),
        ("\ufeffDupont\ufeff", "Dupont"),
        ("\u00a0\ufeff ", None),
        ("", None),
        ("two\nlines\tand\r\ntab", "two\nlines\tand\r\ntab"),
        ("a\x07b", "!control_character"),
        ("a\x00b", "!control_character"),
        ("a\x7fb", "!control_character"),
        ("a\x1fb", "!control_character"),
        ("a\u0080b", "!control_character"),
        ("12 °C à Genève", "12 °C à Genève"),
        ("𝔘nicode 😀", "𝔘nicode 😀"),
    ],
)
def test_text(cell: str, value: str | None) -> None:
    assert one("text", cell) == value


@given(st.lists(st.text(st.sampled_from("aé°😀\ufeff\xa0 \t\n\x00\x1f\x7f\x85\x9f\u2003"), max_size=8), min_size=1, max_size=20))
def test_text_is_trimmed_blank_or_refused(cells: list[str]) -> None:
    values, codes = convert("text", cells)
    for cell, value, code in zip(cells, values, codes, strict=True):
        inner = cell.strip(WHITE)
        controlled = any(unicodedata.category(c) == "Cc" and c not in "\t\n\r" for c in inner)
        assert (value, code) == (None, "control_character") if controlled else (value, code) == (inner or None, None)


def test_max_length_counts_characters() -> None:
    assert convert("text", ["éééé", "ééééé", "😀😀😀😀😀", ""], spec={"max_length": 4})[1] == [None, "too_long", "too_long", None]
    assert convert("email", ["a@b.com", "aaaaaaaa@b.com"], spec={"max_length": 10})[1] == [None, "too_long"]


def test_reshaping() -> None:
    assert one("text", " a   b\u00a0\n c ", {"collapse_spaces": True, "case": "upper"}) == "A B C"
    assert convert("text", ["7", "12345678", "123456789", "", " ", "\ufeff7"], {"pad": {"to": 8, "with": "0"}})[0] == [
        "00000007", "12345678", "123456789", None, None, "00000007",
    ]  # fmt: skip
    assert one("text", "ÉÀ", {"case": "lower"}) == "éà"


def test_join_leaves_blanks_out() -> None:
    fields, mapping = {"it": {"type": "text"}}, {"it": {"from": ["Rue", "Rue 2"], "join": ", "}}
    judged = judge(fields, mapping, {"Rue": ["1 rue A", " ", "", "\ufeff"], "Rue 2": [" bât. B ", "x", " ", ""]})
    assert judged.values.get_column("it").to_list() == ["1 rue A, bât. B", "x", None, None]


def test_first_of() -> None:
    fields, mapping = {"it": {"type": "integer"}}, {"it": {"first_of": ["A", "B"]}}
    judged = judge(fields, mapping, {"A": ["1", " ", "", "x"], "B": ["2", "2", "", "3"]})
    assert judged.values.get_column("it").to_list() == [1, 2, None]
    issue = only_issue(judged)
    assert (issue.column, issue.value, issue.line) == ("A", "x", 5)
    judged = judge(fields, mapping, {"A": [" "], "B": ["y"]})
    assert (only_issue(judged).column, only_issue(judged).value) == ("B", "y")


def test_an_issue_names_the_value_and_the_place() -> None:
    judged = judge({"email": {"type": "email"}}, {"email": "Courriel"}, {"Courriel ": ["dupont@", "x" * 300]})
    assert judged.issues[0].message == 'Line 2, column Courriel: "dupont@" is not an email address.'
    assert judged.issues[1].value == "x" * 200
    assert f'"{"x" * 199}…"' in judged.issues[1].message


def test_hidden_characters_are_shown() -> None:
    judged = judge({"it": {"type": "text"}}, {"it": "It"}, {"It": ["a\x1b[31m\u202eb"]})
    assert only_issue(judged).message == 'Line 2, column It: "a␛[31m·b" holds the control character U+001B.'
    assert only_issue(judged).value == "a\x1b[31m\u202eb"
