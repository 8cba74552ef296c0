from __future__ import annotations

import json

import pytest

from nightclerk.core.column_names import distinct, says_date, says_number
from nightclerk.core.doubts import Damage, Doubt, column_doubts, header_doubts
from nightclerk.core.issue import Issue
from nightclerk.core.profile import Profile
from nightclerk.core.record_text import head_text, record_text


def doubts(header: str, cells: list[str], language: str = "en") -> list[Doubt]:
    profile = Profile(1)
    profile.add(list(range(2, len(cells) + 2)), [cells])
    return list(column_doubts(header, header, profile.columns()[0], language))


def only(found: list[Doubt]) -> Doubt:
    assert len(found) == 1, found
    return found[0]


def test_an_ambiguous_date_shows_one_value_and_both_readings() -> None:
    doubt = only(doubts("Due", ["05/05/2026", "03/04/2026"]))
    assert (doubt.code, doubt.column) == ("ambiguous_date", "Due")
    for part in ('"03/04/2026" in line 3', "3 April 2026 as %d/%m/%Y", "4 March 2026 as %m/%d/%Y", "all 2 values"):
        assert part in doubt.message


def test_an_ambiguous_number_shows_both_readings_and_both_sums() -> None:
    doubt = only(doubts("Quantity", ["1,500", "2,250"]))
    assert doubt.code == "ambiguous_number"
    for part in ('"1,500" in line 2', "is 1500", "1.500 with", "3750 or 3.750"):
        assert part in doubt.message


def test_mixed_types_name_a_line_and_a_value() -> None:
    doubt = only(doubts("Amount", ["1.5"] * 20 + ["n/a"]))
    assert doubt.code == "mixed_types"
    assert doubt.message == '20 of 21 values are numbers; the first other one is "n/a" in line 22.'


def test_leading_zeros() -> None:
    doubt = only(doubts("Code", ["0007"]))
    assert doubt.code == "leading_zeros"
    assert doubt.message == 'Leading zeros in 1 of 1 value, as "0007" in line 2; a spreadsheet would take them away.'


@pytest.mark.parametrize(
    ("header", "cells", "wrong"),
    [
        ("Payment Date", ["10", "11"], True),
        ("EcritureDate", ["45000"], True),
        ("Rechnungsdatum", ["1"], True),
        ("Fecha Docto", ["1"], True),
        ("duedate", ["1.5"], True),
        ("Update", ["1"], False),
        ("Sales year to date", ["1.5"], False),
        ("DateLet", ["20260315"], False),
        ("TransNo", ["10/07/2018", "31/07/2018"], True),
        ("Montant", ["2026-01-31"], True),
        ("Order No", ["20260131"], False),
        ("Date of order no", ["2026-01-31"], False),
        ("Due", ["2026-01-31"], False),
        ("Payment Date", ["soon"], False),
        ("Payment Date", [""], False),
    ],
)
def test_a_header_that_does_not_fit_its_values(header: str, cells: list[str], wrong: bool) -> None:
    assert [doubt.code for doubt in doubts(header, cells)] == (["wrong_header"] if wrong else [])


def test_words_that_mean_a_date_in_some_languages_only() -> None:
    assert says_date("Data documento", "it")
    assert not says_date("Data source", "en")
    assert says_number("Numéro", "fr")
    assert not says_number("Date no", "en")


def test_headers_that_repeat_or_are_missing() -> None:
    headers = ("Näme", "", "NAME ", "", "Other")
    profile = Profile(5)
    profile.add([7], [["a"], [""], ["b"], ["c"], ["d"]])
    found = list(header_doubts(headers, distinct(headers), profile.columns()))
    assert [(doubt.code, doubt.column) for doubt in found] == [("unnamed_column", "column 4"), ("header_repeated", "NAME ")]
    assert '"c" in line 7' in found[0].message
    assert '"Näme" (column 1), "NAME " (column 3)' in found[1].message


def test_damage_is_counted_by_code_with_its_first_lines() -> None:
    damage = Damage()
    damage.add([Issue(line, "too_few_fields", f"Line {line}: too few.") for line in range(3, 10)])
    damage.add([Issue(20, "nul_byte", "Line 20: a NUL byte.")])
    few, nul = damage.doubts()
    assert few.message == "7 damaged rows (too few fields), in lines 3, 4, 5, 6, 7, …. Line 3: too few."
    assert nul.message == "1 damaged row (nul byte). Line 20: a NUL byte."
    assert {few.code, nul.code} == {"damaged_rows"}


@pytest.mark.parametrize(
    ("headers", "names"),
    [
        (("a", "b"), ("a", "b")),
        (("a", "a", "a"), ("a", "a (2)", "a (3)")),
        (("a", "a (2)", "a"), ("a", "a (2)", "a (3)")),
        (("a", "a", "a (2)"), ("a", "a (3)", "a (2)")),
        (("", "x", ""), ("column 1", "x", "column 3")),
        (("column 2", ""), ("column 2", "column 2 (2)")),
        (("_line",), ("_line (2)",)),
    ],
)
def test_repeated_headers_are_made_distinct(headers: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert distinct(headers, taken=("_line",)) == names


def test_records_as_csv_and_json_lines() -> None:
    columns = [["x,y", 'a "b"', ""], ["é\nz", " ", "\r"]]
    text = head_text("csv", ["One", "Tw,o"]) + record_text("csv", [2, 3, 5], columns, ["One", "Tw,o"])
    assert text == '_line,One,"Tw,o"\r\n2,"x,y","é\nz"\r\n3,"a ""b""", \r\n5,,"\r"\r\n'
    lines = record_text("jsonl", [2, 3, 5], columns, ["One", "Two"]).splitlines()
    assert [json.loads(line) for line in lines] == [
        {"_line": line, "One": one, "Two": two} for line, one, two in zip([2, 3, 5], *columns, strict=True)
    ]
    assert head_text("jsonl", ["One"]) == record_text("jsonl", [], [[]], ["One"]) == ""
