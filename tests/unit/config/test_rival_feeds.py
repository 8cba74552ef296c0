# ruff: noqa: E501 - the lines stand here exactly as they are printed
"""Every line that ``check`` prints for two feeds that would read each other's files, members or sheets."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import FEED, HEAD, problems_of

TWO_FEEDS = HEAD + (
    "feeds:\n"
    "  - {feed: one, files: %s, entity: customer, mapping: {code: C, name: N}}\n"
    "  - {feed: %s, files: %s, entity: customer, mapping: {code: C, name: N}}\n"
)


@pytest.mark.parametrize(
    ("first", "name", "second", "expected"),
    [
        ("a_*.csv", "two", "b_*.csv", []),
        ("a_*.csv", "one", "b_*.csv", ['7:12  feeds[1].feed: two feeds are named "one"; give each its own name.']),
        ("a_*.csv", "two", "A_*.CSV", [
            '7:24  feeds[1].files: feed "one" takes the same files, and a file that two feeds know is refused; tell them apart.',
        ]),
        ("a*.csv", "two", "a_?.csv", [
            '7:24  feeds[1].files: feed "one" takes all of these files too, by "a*.csv", and a file that two feeds know is refused; '
            "tell them apart.",
        ]),
        ("a_1.csv", "two", "a*", [
            '7:24  feeds[1].files: this takes all files of feed "one" too, which are "a_1.csv", and a file that two feeds know is '
            "refused; tell them apart.",
        ]),
        ("a_*.csv", "two", '"*_open.csv"', [
            '7:24  feeds[1].files: feed "one" would take "a_open.csv" too, by "a_*.csv", and a file that two feeds know is refused; '
            "tell them apart.",
        ]),
    ],
)  # fmt: skip
def test_feeds_that_take_each_others_files(tmp_path: Path, first: str, name: str, second: str, expected: list[str]) -> None:
    assert problems_of(tmp_path, TWO_FEEDS % (first, name, second)) == expected


TWO_MEMBERS = (
    HEAD + "feeds:\n"
    "  - {feed: one, files: a_*.zip, members: %s, entity: customer, mapping: {code: C, name: N}}\n"
    "  - {feed: two, files: a_*.zip, members: %s, entity: customer, mapping: {code: C, name: N}}\n"
)
NOT_APART = ", whose rows would be imported twice; tell them apart."


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("c*.csv", "i*.csv", []),
        ('"*.csv"', "i*.csv", [
            '7:24  feeds[1].files: feed "one" takes the same files, and a file that two feeds know is refused; tell them apart.',
        ]),
        ("c*.csv", '"*_open.csv"', [
            f'7:42  feeds[1].members: feed "one" would read "c_open.csv" too, by "c*.csv"{NOT_APART}',
        ]),
    ],
)  # fmt: skip
def test_feeds_that_read_each_others_members(tmp_path: Path, first: str, second: str, expected: list[str]) -> None:
    assert problems_of(tmp_path, TWO_MEMBERS % (first, second)) == expected


TWO_SHEETS = TWO_MEMBERS.replace("a_*.zip", "a_*.xlsx").replace("members", "sheet")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ('"Clients 20*"', '"Items*"', []),
        ('"Clients 20*"', "2", [
            '7:24  feeds[1].files: feed "one" takes the same files, and a file that two feeds know is refused; tell them apart.',
        ]),
        ('"Clients 20*"', "clients 2026", [
            '7:24  feeds[1].files: feed "one" takes the same files, and a file that two feeds know is refused; tell them apart.',
        ]),
        ('"Clients*"', '"*2026"', [
            f'7:41  feeds[1].sheet: feed "one" would read "clients2026" too, by "Clients*"{NOT_APART}',
        ]),
    ],
)  # fmt: skip
def test_feeds_that_read_each_others_sheets(tmp_path: Path, first: str, second: str, expected: list[str]) -> None:
    assert problems_of(tmp_path, TWO_SHEETS % (first, second)) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("'c_[0-9]+\\.csv'", "'d_[0-9]+\\.csv'", ""),
        ("'c_[0-9]+\\.csv'", "'c_[0-9]+\\.csv'", 'feed "one" takes the same files'),
        ("'c_.*\\.csv'", "'c_[0-9]+\\.csv'", 'feed "one" takes all of these files too, by "c_.*\\.csv"'),
        ("'c_[0-9]+\\.csv'", "'.+_1[.]csv'", 'feed "one" would take "c_1.csv" too, by "c_[0-9]+\\.csv"'),
    ],
)
def test_feeds_that_take_each_others_files_by_expressions(tmp_path: Path, first: str, second: str, expected: str) -> None:
    told = problems_of(tmp_path, TWO_FEEDS % (f"{{regex: {first}}}", "two", f"{{regex: {second}}}"))
    what = f"7:24  feeds[1].files: {expected}, and a file that two feeds know is refused; tell them apart."
    assert told == ([what] if expected else [])


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ("{regex: 'c_(?=x)'}", "feeds[0].files.regex: 'c_(?=x)' is not read from its sign 3 on: it looks ahead or behind"),
        ("{regx: c}", 'feeds[0].files.regx: no key "regx" here; did you mean "regex"?'),
        ("{regex: d/c}", "feeds[0].files.regex: write the files' names without a folder"),
        ("[a, b]", "feeds[0].files: this must be text, not a list, as in clients_*.csv."),
        ("{regex: '.+\\.tmp'}", "feeds[0].files: these names count as temporary"),
    ],
)
def test_names_of_files_that_are_none(tmp_path: Path, files: str, expected: str) -> None:
    assert any(expected in told for told in problems_of(tmp_path, HEAD + FEED.replace('"clients_*.csv"', files)))
