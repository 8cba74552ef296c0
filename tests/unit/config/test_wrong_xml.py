# ruff: noqa: E501 - the lines stand here exactly as they are printed
"""Every line that ``check`` prints for a wrong format of XML: place, path and sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import HEAD, loaded, problems_of

TENANT = (
    '{head}feeds:\n  - feed: clients\n    files: "{files}"\n    entity: customer\n    format: {format}\n    mapping: {mapping}\n'
)
MAPPING = "{code: '@id', name: ../Name}"
NO_FIELD = "is no path of element names; write it from the row element, as in Header/Number, @currency or ../Customer/Name, or from the document's first element, as in /Invoices/Customer/Name."

FORMATS = [
    ("{kind: xml}", MAPPING, ["9:13  feeds[0].format.rows: this key is missing; write it as in rows: FatturaElettronicaBody."]),
    ("{rows: Customer/@id}", MAPPING, [
        '9:20  feeds[0].format.rows: "Customer/@id" is no path of element names; write the name of the element that is a row, as in Invoice, or the whole path, as in /AuditFile/MasterFiles/Customer.',
    ]),
    ("{rows: Customer, optional: [Name, 'A[1]']}", MAPPING, [f'9:40  feeds[0].format.optional: "A[1]" {NO_FIELD}']),
    ("{rows: Customer, repeated: {Name: last}}", MAPPING, [
        '9:47  feeds[0].format.repeated.Name: this must be first or join, not "last".',
    ]),
    ("{rows: Customer}", "{code: //Code, name: Name}", [f'10:21  feeds[0].mapping.code: "//Code" {NO_FIELD}']),
    ("{rows: Customer}\n    ignore: ['*']", "{code: Code, name: Name}", [f'10:14  feeds[0].ignore[0]: "*" {NO_FIELD}']),
    ("{rows: Customer, header_row: 1}", MAPPING, ['9:30  feeds[0].format.header_row: no key "header_row" here']),
]  # fmt: skip


@pytest.mark.parametrize(("format", "mapping", "expected"), FORMATS, ids=[format for format, _, _ in FORMATS])
def test_each_contradiction_is_told_at_its_place(tmp_path: Path, format: str, mapping: str, expected: list[str]) -> None:
    found = problems_of(tmp_path, TENANT.format(head=HEAD, files="c.xml", format=format, mapping=mapping))
    assert [line.startswith(wanted) for line, wanted in zip(found, expected, strict=True)] == [True] * len(expected), found


def test_the_kind_follows_from_the_name_and_from_rows(tmp_path: Path) -> None:
    formats = {"a": ("a.XML", "{rows: A}"), "b": ("b*", "{rows: /A/B}")}
    texts = {
        name: TENANT.format(head=HEAD.replace("acme", name).replace("drops", name), files=files, format=format, mapping=MAPPING)
        for name, (files, format) in formats.items()
    }
    configuration, problems = loaded(tmp_path, dict(texts))
    assert configuration is not None
    assert problems == []
    assert {tenant.feeds[0].format.kind for tenant in configuration.tenants.values()} == {"xml"}
