"""Every line that ``check`` prints for a wrong view of a tenant: place, path and sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import FEED, HEAD, problems_of

VIEWS = [
    ("  v: {entity: custmer}\n", ['13:15  views.v.entity: no entity "custmer"; did you mean "customer"?']),
    ("  v: {entity: customer, columns: [code, nmae]}\n", [
        '13:41  views.v.columns[1]: no field "nmae" in entity customer; did you mean "name"?',
    ]),
    ("  v: {entity: customer, columns: [code, code]}\n", ["13:41  views.v.columns[1]: code stands there twice."]),
    ("  v: {entity: customer, sort: -balanse}\n", [
        '13:31  views.v.sort: no field "balanse" in entity customer; did you mean "balance"?',
    ]),
    ('  v: {entity: customer, where: "balance >> 0"}\n', [
        "13:32  views.v.where: at character 10: a value is expected here, as in balance = 1, or in quotes.",
    ]),
    ("  v: {entity: customer, colums: [code]}\n", ['13:25  views.v.colums: no key "colums" here; did you mean "columns"?']),
]  # fmt: skip


@pytest.mark.parametrize("text, problems", VIEWS)
def test_what_is_wrong_with_a_view_is_told_at_its_place(tmp_path: Path, text: str, problems: list[str]) -> None:
    found = problems_of(tmp_path, HEAD + FEED + "views:\n" + text)
    assert found == problems


def test_a_view_that_fits_is_no_problem(tmp_path: Path) -> None:
    good = '  owing: {entity: customer, columns: [code], where: "balance > 0 and active = true", sort: [-balance, code]}\n'
    assert problems_of(tmp_path, HEAD + FEED + "views:\n" + good) == []
