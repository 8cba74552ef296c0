from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.core.converting import judge, table_of

from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.issue import ROW_CODES
from nightclerk.core.verdict import judge_rows, plan_reading, split_key

INVOICE: dict[str, Any] = {
    "number": {"type": "text", "max_length": 10},
    "due": {"type": "date", "required": True},
    "days": {"type": "integer", "min": 0, "max": 365},
    "currency": {"type": "currency", "default": "EUR"},
    "amount": {"type": "money", "currency": "currency"},
}
HEADERS = {name: name.title() for name in INVOICE}


def test_all_faults_of_a_row_are_listed_in_the_fields_order() -> None:
    columns = {
        "Number": ["", "B"],
        "Due": ["", "2026-01-02"],
        "Days": ["-1", "30"],
        "Currency": ["¤", ""],
        "Amount": ["x", "1.5"],
    }
    judged = judge(INVOICE, HEADERS, columns, key="number")
    assert [(issue.line, issue.code, issue.field) for issue in judged.issues] == [
        (2, "required", "number"),
        (2, "required", "due"),
        (2, "too_small", "days"),
        (2, "not_a_currency", "currency"),
        (2, "not_a_number", "amount"),
    ]
    assert judged.issues[0].message == "Line 2, column Number: the value is missing; it is part of the key."
    assert judged.issues[1].message == "Line 2, column Due: the value is missing."
    assert judged.issues[2].message == 'Line 2, column Days: "-1" is less than 0, the least allowed.'
    assert judged.lines.to_list() == [3]
    assert judged.rejected.to_list() == [2]
    assert judged.values.rows() == [("B", "2026-01-02", 30, None, "1.5000")]
    assert {issue.code for issue in judged.issues} <= set(ROW_CODES)


def test_types_of_the_answer() -> None:
    for cells in (["A"], []):
        judged = judge(INVOICE, HEADERS, {name.title(): cells for name in INVOICE}, key="number")
        assert judged.values.schema == pl.Schema(
            {"number": pl.String, "due": pl.String, "days": pl.Int64, "currency": pl.String, "amount": pl.String}
        )
        assert (judged.lines.dtype, judged.rejected.dtype) == (pl.Int64, pl.Int64)
        assert judged.keys.schema == pl.Schema({"line": pl.Int64, "key": pl.String, "accepted": pl.Boolean})
        assert judged.money["amount"].schema == pl.Schema(
            {"line": pl.Int64, "currency": pl.String, "amount": pl.String, "accepted": pl.Boolean, "unreadable": pl.Boolean}
        )


def test_money_of_all_rows_with_its_currency() -> None:
    columns = {
        "Number": ["A", "B", "C", "D", ""],
        "Due": ["2026-01-02"] * 3 + ["", "2026-01-02"],
        "Days": [""] * 5,
        "Currency": ["usd", "", "$", "GBP", "GBP"],
        "Amount": ["1", "2", "3", "4", "x"],
    }
    judged = judge(INVOICE, HEADERS, columns, key="number")
    assert judged.money["amount"].rows() == [
        (2, "USD", "1.0000", True, False),
        (3, "", "2.0000", True, False),
        (4, "", "3.0000", False, False),
        (5, "GBP", "4.0000", False, False),
        (6, "GBP", None, False, True),
    ]


@pytest.mark.parametrize(
    ("currency", "mapped", "expected"),
    [("CHF", False, "CHF"), (None, False, ""), ("currency", False, "EUR"), ("currency", True, "USD"), ("local", True, "")],
)
def test_where_a_currency_comes_from(currency: str | None, mapped: bool, expected: str) -> None:
    fields = {
        "currency": {"type": "currency", "default": "EUR"},
        "local": {"type": "currency"},
        "amount": {"type": "money", **({"currency": currency} if currency else {})},
    }
    mapping = {"amount": "A"} | ({"currency": "C", "local": "L"} if mapped else {})
    judged = judge(fields, mapping, {"A": ["1"], "C": ["USD"], "L": [""]})
    assert judged.money["amount"].get_column("currency").to_list() == [expected]


@pytest.mark.parametrize(
    ("rule", "more", "expected"),
    [
        ({"blank": "keep"}, {}, ""),
        ({"blank": "clear"}, {}, ""),
        ({"blank": "default"}, {}, "EUR"),
        ({"blank": "default", "conflict": "never"}, {}, ""),
        ({"blank": "default"}, {"conflict": "fill_empty"}, ""),
        ({}, {"blank": "default"}, "EUR"),
        ({}, {"blank": "default", "conflict": "keep_local_edits"}, ""),
        ({}, {"mode": "create_only"}, "EUR"),
        (None, {"mode": "create_only"}, "EUR"),
        (None, {"blank": "keep"}, "EUR"),
    ],
)
def test_a_blank_currency_is_the_default_only_where_every_row_gets_it(
    rule: dict[str, str] | None, more: dict[str, str], expected: str
) -> None:
    fields = {"currency": {"type": "currency", "default": "EUR"}, "amount": {"type": "money", "currency": "currency"}}
    mapping = {"amount": "A"} | ({"currency": {"from": "C", **rule}} if rule is not None else {})
    judged = judge(fields, mapping, {"A": ["1"], "C": [""]}, **more)
    assert judged.money["amount"].get_column("currency").to_list() == [expected]


def test_an_amount_out_of_bounds_is_readable_and_counts() -> None:
    judged = judge({"amount": {"type": "money", "min": 0}}, {"amount": "A"}, {"A": ["-5", ""]})
    assert judged.money["amount"].rows() == [(2, "", "-5.0000", False, False), (3, "", None, True, False)]


def test_keys_of_all_rows_that_have_a_readable_one() -> None:
    fields = {
        "number": {"type": "integer"},
        "open": {"type": "boolean"},
        "name": {"type": "text", "required": True},
        "on": {"type": "date"},
    }
    entity = Entity.model_validate({"entity": "e", "table": "t", "key": ["name", "number", "open", "on"], "fields": fields})
    feed = Feed.model_validate(
        {"feed": "f", "files": "*", "entity": "e", "mapping": {name: name for name in fields}, "dates": "%d/%m/%Y"}
    )
    plan = plan_reading(feed, entity, ("number", "open", "name", "on"), "UTC")
    table = table_of(["1", "x", "2", "3"], ["yes", "no", "0", "1"], ["a", "b", "a\x1fb", "c"], ["01/02/2026"] * 4)
    keys = judge_rows(table, plan).keys
    assert keys.rows() == [(2, "a\x1f1\x1ftrue\x1f2026-02-01", True), (5, "c\x1f3\x1ftrue\x1f2026-02-01", True)]
    assert split_key(plan, keys.row(0)[1]) == ("a", 1, True, "2026-02-01")


def test_the_key_of_a_rejected_row_is_known() -> None:
    judged = judge(
        INVOICE,
        HEADERS,
        {"Number": ["A" * 11, "B"], "Due": ["", "x"], "Days": ["", ""], "Currency": ["", ""], "Amount": ["", ""]},
        key="number",
    )
    assert judged.keys.rows() == [(2, "A" * 11, False), (3, "B", False)]


def test_a_file_without_headers_is_read_by_position() -> None:
    judged = judge({"days": {"type": "integer"}}, {"key": "1", "days": "2"}, {"1": ["a"], "2": ["x"]})
    assert judged.issues[0].message == 'Line 2, column 2: "x" is not a whole number.'


def test_contradictions_are_no_plan() -> None:
    entity = Entity.model_validate(
        {"entity": "e", "table": "t", "key": ["code"], "fields": {"code": {"type": "text"}, "on": {"type": "date"}}}
    )

    def plan(mapping: dict[str, Any], **more: Any) -> None:
        feed = Feed.model_validate({"feed": "f", "files": "*", "entity": "e", "mapping": mapping, **more})
        plan_reading(feed, entity, ("code", "on"), "UTC")

    with pytest.raises(ValueError, match="the key needs code"):
        plan({"on": "on"})
    with pytest.raises(ValueError, match="reads no column"):
        plan({"code": {"constant": "x"}})
    with pytest.raises(ValueError, match="different days"):
        plan({"code": "code", "on": "on"}, dates=["%d/%m/%Y", "%m/%d/%Y"])


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "", " C ", "D\x00", "E" * 11, "\ufeffF"]),
        st.sampled_from(["2026-01-02", "", "2026-02-30", " 2026-01-02", "2026-1-2"]),
        st.sampled_from(["", "30", "366", "x", " 5", "-1"]),
        st.sampled_from(["EUR", "usd", "", "€"]),
        st.sampled_from(["1", "", "x", "1.5 ", "-2-", "(3)", "1.00001"]),
    ),
    max_size=40,
)


@given(rows=ROWS, cut=st.integers(0, 40))
def test_where_a_block_is_cut_changes_nothing(rows: list[tuple[str, ...]], cut: int) -> None:
    entity = Entity.model_validate({"entity": "invoice", "table": "t", "key": ["number"], "fields": INVOICE})
    feed = Feed.model_validate({"feed": "f", "files": "*", "entity": "invoice", "mapping": HEADERS})
    plan = plan_reading(feed, entity, tuple(HEADERS.values()), "UTC")
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in INVOICE]
    whole = judge_rows(table_of(*columns), plan)
    cut = min(cut, len(rows))
    parts = [
        judge_rows(table_of(*[column[:cut] for column in columns]), plan),
        judge_rows(table_of(*[column[cut:] for column in columns], first_line=2 + cut), plan),
    ]
    assert pl.concat([part.values for part in parts]).equals(whole.values)
    assert [line for part in parts for line in part.lines] == whole.lines.to_list()
    assert [line for part in parts for line in part.rejected] == whole.rejected.to_list()
    assert [issue for part in parts for issue in part.issues] == whole.issues
    assert pl.concat([part.keys for part in parts]).equals(whole.keys)
    assert pl.concat([part.money["amount"] for part in parts]).equals(whole.money["amount"])
    assert sorted([*whole.lines, *whole.rejected]) == list(range(2, len(rows) + 2))
    assert sorted({issue.line for issue in whole.issues}) == whole.rejected.to_list()
