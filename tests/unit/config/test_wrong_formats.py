# ruff: noqa: E501 - the lines stand here exactly as they are printed
"""Every line that ``check`` prints for a wrong format of fixed width or DBF: place, path and sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import HEAD, loaded, problems_of

TENANT = (
    '{head}feeds:\n  - feed: clients\n    files: "{files}"\n    entity: customer\n    format: {format}\n    mapping: {mapping}\n'
)
MAPPING = "{code: Code, name: Name}"

FORMATS = [
    ("{columns: {Code: 1-8, Name: 8-20}}", MAPPING, [
        '9:41  feeds[0].format.columns.Name: it begins at 8, but "Code" above it ends at 8.',
    ]),
    ("{columns: {Code: 11-18, Name: 1-10}}", MAPPING, [
        '9:43  feeds[0].format.columns.Name: it begins at 1, but "Code" above it ends at 18.',
    ]),
    ("{columns: {Code: 8-1, Name: 9-20}}", MAPPING, [
        "9:30  feeds[0].format.columns.Code: the column ends at 1, before it begins at 8; write the smaller position first.",
    ]),
    ("{columns: {Code: 0-8, Name: [9]}}", MAPPING, [
        "9:30  feeds[0].format.columns.Code: positions are counted from 1.",
        '9:41  feeds[0].format.columns.Name: "[9]" is not a column\'s place; write its first and last position, as in 11-40.',
    ]),
    ("{columns: {Code: 1-8, Name: 9 to 20}}", MAPPING, [
        '9:41  feeds[0].format.columns.Name: "9 to 20" is not a column\'s place; write its first and last position, as in 11-40.',
    ]),
    ("{columns: {Code: 1-8, Nmae: 9-20}}", MAPPING, [
        '10:33  feeds[0].mapping.name: the format has no column "Name"; did you mean "Nmae"?',
    ]),
    ("{columns: {Code: 1-8, Name: 9-20, _run: 21}}", MAPPING, [
        "9:53  feeds[0].format.columns._run: a column needs a name, and one that does not begin with _, which marks ours.",
    ]),
    ("{columns: {Code: 1-8, Name: 9-20, code: 21-22}}", MAPPING, [
        '9:53  feeds[0].format.columns.code: "Code" is the same name; each column needs one of its own.',
    ]),
    ("{columns: {Code: 1-8, Name: 9-20}, record_length: 19}", MAPPING, [
        "9:63  feeds[0].format.record_length: the last column ends at 20, behind the end of a record.",
    ]),
    ("{kind: fixed_width}", MAPPING, [
        "9:13  feeds[0].format.columns: this key is missing; write it as in columns: {Code: 1-10, Name: 11-40, Balance: [41, 52]}.",
    ]),
    ("{kind: delimited, quote: none, inner_quotes: backslash}", MAPPING, [
        "9:58  feeds[0].format.inner_quotes: fields have no quotes by quote: none; leave one of the two out.",
    ]),
    ("{kind: delimited, header_row: none, header_rows: 2}", "{code: 1, name: 2}", [
        "9:62  feeds[0].format.header_rows: by header_row: none the file has no headers; leave header_rows out, or say in header_row where",
    ]),
    ("{kind: dbf, encoding: utf-16}", MAPPING, [
        '9:35  feeds[0].format.encoding: no DBF file is written in "utf-16"; name a code page, as in cp850 or cp1252.',
    ]),
    ("{kind: dbf, header_row: 1}", MAPPING, [
        '9:25  feeds[0].format.header_row: no key "header_row" here',
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("format", "mapping", "expected"), FORMATS, ids=[format for format, _, _ in FORMATS])
def test_each_contradiction_is_told_at_its_place(tmp_path: Path, format: str, mapping: str, expected: list[str]) -> None:
    found = problems_of(tmp_path, TENANT.format(head=HEAD, files="c.txt", format=format, mapping=mapping))
    assert [line.startswith(wanted) for line, wanted in zip(found, expected, strict=True)] == [True] * len(expected), found


def test_a_sheet_belongs_to_workbooks(tmp_path: Path) -> None:
    told = problems_of(tmp_path, TENANT.format(head=HEAD, files="c.dbf", format="{}\n    sheet: 1", mapping=MAPPING))
    assert told == [
        "10:12  feeds[0].sheet: only workbooks have sheets, and this feed reads DBF tables; take sheet out, or write "
        "format: {kind: xlsx}."
    ]


def test_the_kind_follows_from_the_name_and_from_columns(tmp_path: Path) -> None:
    formats = {
        "a": ("a.DBF", "{}", MAPPING), "b": ("b.txt", '{columns: {"Code": 1 - 8, Name: [9, 20], Flag: 21}}', MAPPING),
        "c": ("c.dbf.gz", "{encoding: cp850}", MAPPING),
    }  # fmt: skip
    texts = {
        name: TENANT.format(head=HEAD.replace("acme", name).replace("drops", name), files=files, format=format, mapping=mapping)
        for name, (files, format, mapping) in formats.items()
    }
    configuration, problems = loaded(tmp_path, dict(texts))
    assert configuration is not None
    assert problems == []
    found = {name: tenant.feeds[0].format for name, tenant in configuration.tenants.items()}
    assert {name: format.kind for name, format in found.items()} == {"a": "dbf", "b": "fixed_width", "c": "dbf"}
    assert found["b"].model_dump()["columns"] == {"Code": (1, 8), "Name": (9, 20), "Flag": (21, 21)}
