"""One reading for a whole column, found by its cells, or the file is refused with both."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.core.convert.kinds import Locality
from nightclerk.core.entity import Entity
from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.inference import Inference, plan_inference
from nightclerk.core.reading import FoundReading
from nightclerk.core.table import TextTable

ENTITY = Entity.model_validate(
    {
        "entity": "bill",
        "table": "bills",
        "key": ["number"],
        "fields": {
            "number": {"type": "text"},
            "date": {"type": "date"},
            "datetime": {"type": "datetime"},
            "money": {"type": "money", "currency": "EUR"},
            "integer": {"type": "integer"},
        },
    }
)


def inferred(field: str, cells: list[str], rule: dict[str, Any] | None = None, **more: Any) -> tuple[Feed, Inference]:
    """Returns the feed with the reading of one column, and the inference."""
    mapping = {"number": "Number", field: {"from": "X", **(rule or {})}}
    given_feed = {
        "feed": "bills",
        "files": "*.csv",
        "entity": "bill",
        "dates": "auto",
        "decimal": "auto",
        "mapping": mapping,
        **more,
    }
    feed = Feed.model_validate(given_feed)
    _, inference = plan_inference(feed, ENTITY, ("Number", "X"), Locality("Europe/Paris", "fr"), (), ())
    assert inference is not None
    lines = pl.Series(range(2, len(cells) + 2), dtype=pl.Int64)
    inference.add(TextTable(lines, pl.DataFrame({"0": ["n"] * len(cells), "1": cells})))
    return inference.feed(), inference


def refusal(field: str, cells: list[str], **more: Any) -> SenderError:
    with pytest.raises(SenderError) as caught:
        inferred(field, cells, **more)[1].check()
    return caught.value


@pytest.mark.parametrize(
    ("cells", "dates"),
    [
        (["03/04/2026", "13/04/2026"], "%d/%m/%Y"),
        (["3/4/2026", "4/13/2026"], "%m/%d/%Y"),
        (["03-04-2026", "31-12-2025"], "%d-%m-%Y"),
        (["03.04.2026"], "%d.%m.%Y"),
        (["2026-04-03"], "%Y-%m-%d"),
        (["20260403", "00000000"], "%Y%m%d"),
        (["03042026", "31122025"], "%d%m%Y"),
        (["31/12/99"], "%d/%m/%y"),
        (["3 avr. 2026", "12 décembre 2025"], "%d %b %Y"),
        (["", "foo", "03/04/2026", "13/04/2026", "46000"], "%d/%m/%Y"),
    ],
)
def test_the_one_way_to_write_dates_is_found(cells: list[str], dates: str) -> None:
    feed, inference = inferred("date", cells)
    inference.check()
    assert feed.mapping["date"].dates == [dates]
    assert inference.found() == (FoundReading("date", "X", (dates,)),)


def test_times_behind_the_day_are_read_as_they_are_written() -> None:
    feed, _ = inferred("datetime", ["13/04/2026", "14/04/2026 9:05", "14/04/2026 21:05:07"])
    assert feed.mapping["datetime"].dates == ["%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"]


@pytest.mark.parametrize("cells", [["04/04/2026", "12/12/2025"], [""], ["00/00/0000"], ["foo"]])
def test_what_reads_the_same_both_ways_is_no_reason_to_refuse(cells: list[str]) -> None:
    _, inference = inferred("date", cells)
    inference.check()
    assert inference.found() == ()
    assert not inference.decided


def test_an_ambiguous_date_is_shown_with_both_readings_and_the_lines_to_paste() -> None:
    error = refusal("date", ["04/04/2026", "03/04/2026", "05/06/2026"])
    assert (error.code, error.line) == ("ambiguous_dates", 3)
    assert str(error) == (
        '"03/04/2026" in line 3, column "X", is 3 April 2026 or 4 March 2026, and no cell of the column tells which. The mapping'
        ' says it: `date: {from: "X", dates: "%d/%m/%Y"}` or `date: {from: "X", dates: "%m/%d/%Y"}`.'
    )


@pytest.mark.parametrize("cell", ["31/12/25", "25-12-31", "311225"])
def test_two_digits_may_be_the_year_on_either_side(cell: str) -> None:
    assert refusal("date", [cell]).code == "ambiguous_dates"


@pytest.mark.parametrize("cells", [["13/04/2026", "04/13/2026"], ["2026-04-03", "03.04.2026"], ["20260403", "3 avril 2026"]])
def test_two_ways_in_one_column_are_refused(cells: list[str]) -> None:
    error = refusal("date", cells)
    assert (error.code, error.line) == ("ambiguous_dates", 3)
    assert f'"{cells[0]}" in line 2 and "{cells[1]}" in line 3' in str(error)


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands"),
    [
        (["1.234", "12.5"], ".", ""),
        (["1.234", "12,5"], ",", "."),
        (["1,234.56"], ".", ","),
        (["1 234,56", "1\u00a0234,5"], ",", " "),
        (["1'234.50"], ".", "'"),
        (["1.234.567"], ",", "."),
        (["0,500"], ",", ""),
        (["(1.234,00)", "EUR 5,00"], ",", "."),
        (["100", "n/a", "1234,5"], ",", ""),
    ],
)
def test_the_marks_of_numbers_are_found(cells: list[str], decimal: str, thousands: str) -> None:
    feed, inference = inferred("money", cells)
    inference.check()
    rule = feed.mapping["money"]
    assert (rule.decimal, rule.thousands) == (decimal, thousands)
    assert inference.found() == (FoundReading("money", "X", (), decimal, thousands),)


def test_an_ambiguous_number_is_shown_with_both_readings() -> None:
    error = refusal("money", ["100", "1.234"], rule={"blank": "clear"})
    assert (error.code, error.line) == ("ambiguous_numbers", 3)
    assert '"1.234" in line 3, column "X", is 1.234 or 1234' in str(error)
    assert '`money: {from: "X", blank: "clear", decimal: ",", thousands: "."}`' in str(error)


@pytest.mark.parametrize("cells", [["1,234.50", "1.234,50"], ["1,234.50", "1 234.50"], ["12.5", "12,5"]])
def test_two_kinds_of_marks_in_one_column_are_refused(cells: list[str]) -> None:
    assert refusal("money", cells).code == "ambiguous_numbers"


def test_whole_numbers_can_be_read_in_one_way_only() -> None:
    feed, inference = inferred("integer", ["1.234", "5"])
    inference.check()
    assert feed.mapping["integer"].thousands == "."
    assert refusal("integer", ["1.234", "1,234"]).code == "ambiguous_numbers"


def test_days_of_the_workbook_itself_tell_nothing_of_written_ones() -> None:
    feed, inference = inferred("date", ["2026-04-03", "13/04/2026"], format={"kind": "xlsx"})
    inference.check()
    assert feed.mapping["date"].dates == ["%d/%m/%Y"]


def test_all_columns_are_named_at_once() -> None:
    mapping = {"number": "Number", "date": "X", "money": "Y"}
    feed = Feed.model_validate(
        {"feed": "b", "files": "*.csv", "entity": "bill", "dates": "auto", "decimal": "auto", "mapping": mapping}
    )
    _, inference = plan_inference(feed, ENTITY, ("Number", "Y", "X"), Locality("UTC", "en"), (), ())
    assert inference is not None
    inference.add(TextTable(pl.Series([2]), pl.DataFrame({"0": ["n"], "1": ["1,234"], "2": ["03/04/2026"]})))
    with pytest.raises(SenderError) as caught:
        inference.check()
    assert caught.value.code == "ambiguous_numbers"
    assert 'column "Y"' in str(caught.value)
    assert 'column "X"' in str(caught.value)


def test_what_is_known_is_not_looked_for() -> None:
    feed = Feed.model_validate(
        {"feed": "b", "files": "*.csv", "entity": "bill", "dates": "auto", "mapping": {"number": "Number", "date": "X"}}
    )
    known = (FoundReading("date", "x", ("%m/%d/%Y",)),)
    settled, inference = plan_inference(feed, ENTITY, ("Number", "X"), Locality("UTC", "en"), (), known)
    assert inference is None
    assert settled.mapping["date"].dates == ["%m/%d/%Y"]


@given(
    st.lists(st.dates(date(1500, 1, 1), date(2500, 12, 31)), min_size=1, max_size=30), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"])
)
def test_no_day_is_ever_read_otherwise_than_it_was_written(days: list[date], written: str) -> None:
    cells = [day.strftime(written) for day in days]
    feed, inference = inferred("date", cells)
    told = any(day.day > 12 for day in days)
    if told:
        inference.check()
        assert feed.mapping["date"].dates == [written]
    elif any(day.day != day.month for day in days):
        with pytest.raises(SenderError):
            inference.check()


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("13.01.2026.", "%d.%m.%Y."),
        ("13. 1. 2026", "%d. %m. %Y"),
        ("2026.01.13.", "%Y.%m.%d."),
        ("2026. 1. 13.", "%Y. %m. %d."),
        ("2026年1月13日", "%Y年%m月%d日"),
        ("2026년 1월 13일", "%Y년 %m월 %d일"),
        ("١٣/٠١/٢٠٢٦", "%d/%m/%Y"),
    ],
)
def test_dates_as_other_languages_write_them(cell: str, written: str) -> None:
    feed, inference = inferred("date", [cell])
    inference.check()
    assert feed.mapping["date"].dates == [written]
