# ruff: noqa: E501 - the sentences stand here as they are read
"""Lists in one cell, and texts of which only a few are allowed."""

from __future__ import annotations

import random

import pytest
from tests.unit.core.converting import judge

from nightclerk.core.convert.member_list import members_of
from nightclerk.core.lists import as_read, members
from nightclerk.core.reading import CELL_SEPARATOR, Cell


def lists(cells: list[str], rule: dict[str, object], **more: object) -> list[Cell]:
    judged = judge({"groups": {"type": "list", "of": "group", **more}}, {"groups": {"from": "g", **rule}}, {"g": cells})
    assert judged.issues == []
    return [as_read(cell) for cell in judged.values.get_column("groups").to_list()]


@pytest.mark.parametrize(
    ("rule", "cells", "read"),
    [
        ({"split": ","}, ["b, a,b", "", " , ,", "solo", "é\xa0,z"], ["a, b", None, None, "solo", "z, é"]),
        ({"split": [",", ";", " / "]}, ["c;a / b,c", "a/b"], ["a, b, c", "a/b"]),
        ({}, ["b, a", " x ", ""], ["b, a", "x", None]),
        ({"split": "|", "case": "upper"}, ["b|a|B"], ["A, B"]),
        ({"split": ",", "values": {"G": "gold", "s": "silver", "-": None}}, ["g,S,G", "-", "S,-"], ["gold, silver", None, "silver"]),
        ({"constant": "all"}, ["x"], ["all"]),
        ({"split": ",", "extract": "\\((.*)\\)"}, ["Groups (b,a)"], ["a, b"]),
    ],
)  # fmt: skip
def test_members_are_trimmed_each_once_and_in_order(rule: dict[str, object], cells: list[str], read: list[Cell]) -> None:
    if "constant" in rule:
        judged = judge({"groups": {"type": "list", "of": "group"}}, {"groups": rule, "key": "key"}, {"key": ["1"]})
        assert judged.values.get_column("groups").to_list() == read
    else:
        assert lists(cells, rule) == read


def test_lists_are_read_as_plain_python_would() -> None:
    seed = 20261122
    print(f"seed {seed}")
    dice = random.Random(seed)
    cells = ["".join(dice.choices("ab ,;é\U0001f600", k=dice.randrange(12))) for _ in range(3000)]
    read = lists(cells, {"split": [",", ";"]})
    expected = [", ".join(sorted({one.strip() for one in cell.replace(";", ",").split(",")} - {""})) or None for cell in cells]
    assert read == expected


@pytest.mark.parametrize(
    ("rule", "cell", "told"),
    [
        ({"split": ",", "values": {"g": "gold", "s": "silver"}}, "g,x", 'the member "x" in "g,x" is not one of the agreed values ("g", "s").'),
        ({"split": ",", "values": {"g": "gold"}}, "x", '"x" is not one of the agreed values ("g").'),
        ({"split": ","}, "a,b\x01", '"a,b␁" holds the control character U+0001.'),
        ({"split": ","}, "a\x1fb", '"a␟b" holds the control character U+001F.'),
    ],
)  # fmt: skip
def test_a_member_that_is_wrong_rejects_the_row_and_is_named(rule: dict[str, object], cell: str, told: str) -> None:
    judged = judge(
        {"groups": {"type": "list", "of": "group"}},
        {"groups": {"from": "g", **rule}},
        {"g": ["a" if "values" not in rule else "g", cell]},
    )
    assert [str(issue.message) for issue in judged.issues] == [f"Line 3, column g: {told}"]
    assert judged.rejected.to_list() == [3]


def test_a_required_list_needs_a_member() -> None:
    judged = judge(
        {"groups": {"type": "list", "of": "group", "required": True}},
        {"groups": {"from": "g", "split": ","}},
        {"g": [" , ", "a"]},
    )
    assert [(issue.line, issue.code) for issue in judged.issues] == [(2, "required")]


def test_members_are_found_in_cells_and_texts() -> None:
    assert members_of(" a ; b,, c", [",", ";"]) == ["a", "b", "c"]
    assert members_of("a;b", []) == ["a;b"]
    assert (members(None), members(f"a{CELL_SEPARATOR}b")) == ([], ["a", "b"])
    assert (as_read(5), as_read(None), as_read(True)) == (5, None, True)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("Credit-Note", '"Credit-Note" is not one of the allowed values ("invoice", "credit_note"); did you mean "credit_note"?'),
        ("?!", '"?!" is not one of the allowed values ("invoice", "credit_note").'),
    ],
)
def test_a_text_outside_the_allowed_ones_rejects_the_row(cell: str, told: str) -> None:
    judged = judge({"type": {"type": "text", "one_of": ["invoice", "credit_note"]}}, {"type": "t"}, {"t": ["invoice", "", cell]})
    assert [str(issue.message) for issue in judged.issues] == [f"Line 4, column t: {told}"]
    assert judged.values.get_column("type").to_list() == ["invoice", None]
