from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.core.converting import convert, judge, one, only_issue

from nightclerk.core.convert.written_dates import check_dates


@pytest.mark.parametrize(
    ("written", "cell", "value"),
    [
        ("%d/%m/%Y", "21/11/2026", "2026-11-21"),
        ("%d/%m/%Y", "1/2/2026", "2026-02-01"),
        ("%d/%m/%Y", " 01/02/2026\u00a0", "2026-02-01"),
        ("%d/%m/%Y", "01/02/0001", "0001-02-01"),
        ("%d/%m/%Y", "31/12/9999", "9999-12-31"),
        ("%d/%m/%Y", "29/02/2024", "2024-02-29"),
        ("%d/%m/%Y", "29/02/2023", "!not_a_date"),
        ("%d/%m/%Y", "31/02/2026", "!not_a_date"),
        ("%d/%m/%Y", "00/01/2026", "!not_a_date"),
        ("%d/%m/%Y", "01/02/0000", "!not_a_date"),
        ("%d/%m/%Y", "01/02/26", "!not_a_date"),
        ("%d/%m/%Y", "01/02/12026", "!not_a_date"),
        ("%d/%m/%Y", "1/02/+2026", "!not_a_date"),
        ("%d/%m/%Y", "01/ 2/2026", "!not_a_date"),
        ("%d/%m/%Y", "001/02/2026", "!not_a_date"),
        ("%d/%m/%Y", "01/02/2026x", "!not_a_date"),
        ("%d/%m/%Y", "01/02/2026 00:00:00", "!not_a_date"),
        ("%d/%m/%Y", "٠1/02/2026", "!not_a_date"),
        ("%d/%m/%Y", "01-02-2026", "!not_a_date"),
        ("%Y-%m-%d", "2026-11-21", "2026-11-21"),
        ("%Y-%m-%d", "2026-1-2", "2026-01-02"),
        ("%Y-%m-%d", "-2026-01-02", "!not_a_date"),
        ("%Y%m%d", "20261121", "2026-11-21"),
        ("%Y%m%d", "2026112", "!not_a_date"),
        ("%Y%m%d", "00000000", None),
        ("%d%m%y", "211126", "2026-11-21"),
        ("%d.%m.%y", "1.2.69", "2069-02-01"),
        ("%d.%m.%y", "01.02.70", "1970-02-01"),
        ("%d.%m.%y", "01.02.2026", "!not_a_date"),
        ("%d %b %Y", "2 jan 2026", "2026-01-02"),
        ("%d %B %Y", "2 January 2026", "2026-01-02"),
        ("%d %b %Y", "2 janv 2026", "!not_a_date"),
        ("%Y年%m月%d日", "2026年11月21日", "2026-11-21"),
    ],
)
def test_dates(written: str, cell: str, value: str) -> None:
    assert one("date", cell, {"dates": written}) == value


def test_several_ways_of_writing() -> None:
    values, codes = convert(
        "date", ["21/11/2026", "2026-11-21", "20261121", "21.11.2026", ""], dates=["%d/%m/%Y", "%Y-%m-%d", "%Y%m%d"]
    )
    assert values == ["2026-11-21"] * 3 + [None, None]
    assert codes == [None, None, None, "not_a_date", None]


def test_a_date_leaves_formats_with_a_time_aside() -> None:
    assert one("date", "21/11/2026", dates=["%d/%m/%Y %H:%M", "%d/%m/%Y"]) == "2026-11-21"


def test_the_sentence_tells_impossible_from_foreign() -> None:
    fields, mapping = {"since": {"type": "date"}}, {"since": "Depuis"}
    issue = only_issue(judge(fields, mapping, {"Depuis": ["31/02/2026"]}, dates="%d/%m/%Y"))
    assert issue.message == 'Line 2, column Depuis: "31/02/2026" is written like a date, but there is no such date.'
    issue = only_issue(judge(fields, mapping, {"Depuis": ["Feb 3"]}, dates="%d/%m/%Y"))
    assert issue.message == 'Line 2, column Depuis: "Feb 3" is not a date written like 21/11/2026.'


def of_our_calendar(year: int) -> bool:
    return not (1300 <= year <= 1460 or 2501 <= year <= 2620)


DATES = st.dates().filter(lambda day: of_our_calendar(day.year))


@pytest.mark.parametrize("cell", ["21/11/2569", "30/08/1405", "01/06/1448", "๒๑/๑๑/๒๕๖๙"])
@pytest.mark.parametrize("kind", ["date", "datetime"])
def test_years_of_other_calendars_are_told(cell: str, kind: str) -> None:
    issue = only_issue(judge({"since": {"type": kind}}, {"since": "Since"}, {"Since": [cell]}, dates="%d/%m/%Y"))
    assert issue.message == (
        f'Line 2, column Since: "{cell}" has a year of another calendar; '
        "write it with the year of the Gregorian calendar, such as 2026."
    )


def test_dates_in_digits_of_other_scripts() -> None:
    assert one("date", "٢١/١١/٢٠٢٦", dates="%d/%m/%Y") == "2026-11-21"
    assert one("date", "２０２６年１１月２１日", dates="%Y年%m月%d日") == "2026-11-21"


@given(st.lists(DATES, min_size=1, max_size=30), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "%m-%d-%Y", "%d.%m.%Y"]))
def test_every_date_comes_back(days: list[date], written: str) -> None:
    # strftime does not pad the year on every platform.
    cells = [day.strftime(written.replace("%Y", f"{day.year:04d}")) for day in days]
    assert convert("date", cells, {"dates": written}) == ([day.isoformat() for day in days], [None] * len(days))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 14), st.integers(0, 10100)), min_size=1, max_size=30))
def test_dates_agree_with_the_calendar(parts: list[tuple[int, int, int]]) -> None:
    cells = [f"{day}/{month:02d}/{year:04d}" for day, month, year in parts]
    values, _ = convert("date", cells, dates="%d/%m/%Y")
    for cell, value in zip(cells, values, strict=True):
        try:
            expected = datetime.strptime(cell, "%d/%m/%Y").date().isoformat() if re.fullmatch(".{1,2}/../....", cell) else None  # noqa: DTZ007
        except ValueError:
            expected = None
        assert value == (expected if of_our_calendar(int(cell.rpartition("/")[2])) else None), cell


@pytest.mark.parametrize(
    ("written", "cell", "value"),
    [
        ("%Y-%m-%d %H:%M:%S", "2026-07-01 10:00:00", "2026-07-01 08:00:00"),
        ("%Y-%m-%d %H:%M:%S", "2026-01-01 00:30:00", "2025-12-31 23:30:00"),
        ("%Y-%m-%d %H:%M", "2026-07-01 9:05", "2026-07-01 07:05:00"),
        ("%Y-%m-%d", "2026-07-01", "2026-06-30 22:00:00"),
        ("%d/%m/%Y %I:%M %p", "01/07/2026 01:02 pm", "2026-07-01 11:02:00"),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-07-01T10:00:00+00:00", "2026-07-01 10:00:00"),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-07-01T10:00:00Z", "2026-07-01 10:00:00"),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-07-01T10:00:00-0530", "2026-07-01 15:30:00"),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-07-01T10:00:00", "!not_a_datetime"),
        ("%Y-%m-%d %H:%M:%S.%f", "2026-07-01 10:00:00.987654", "2026-07-01 08:00:00"),
        ("%Y-%m-%d %H:%M:%S", "2026-03-29 02:30:00", "!not_a_datetime"),
        ("%Y-%m-%d %H:%M:%S", "2026-10-25 01:59:59", "2026-10-24 23:59:59"),
        ("%Y-%m-%d %H:%M:%S", "2026-10-25 02:00:00", "!ambiguous_datetime"),
        ("%Y-%m-%d %H:%M:%S", "2026-10-25 02:30:00", "!ambiguous_datetime"),
        ("%Y-%m-%d %H:%M:%S", "2026-10-25 03:00:00", "2026-10-25 02:00:00"),
        ("%Y-%m-%d", "2026-10-25", "2026-10-24 22:00:00"),
        ("%d %b %Y %I:%M %p", "25 Oct 2026 02:30 AM", "!ambiguous_datetime"),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-10-25T02:30:00+02:00", "2026-10-25 00:30:00"),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-10-25T02:30:00+0100", "2026-10-25 01:30:00"),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-10-25T02:30:00Z", "2026-10-25 02:30:00"),
        ("excel", "46320.10416666667", "!ambiguous_datetime"),
        ("excel1904", "44858,10416666667", "!ambiguous_datetime"),
        ("excel", "46320.125", "2026-10-25 02:00:00"),
        ("%Y-%m-%d %H:%M:%S", "2026-07-01 24:00:00", "!not_a_datetime"),
        ("%Y-%m-%d %H:%M:%S", "2026-07-01 23:59:60", "!not_a_datetime"),
        ("%Y-%m-%d %H:%M:%S", "2026-07-01  10:00:00", "!not_a_datetime"),
        ("%Y-%m-%d %H:%M:%S", "0001-01-01 00:00:00", "!not_a_datetime"),
        ("%Y-%m-%d %H:%M:%S", "2026-07-01", "!not_a_datetime"),
    ],
)
def test_datetimes(written: str, cell: str, value: str) -> None:
    assert one("datetime", cell, {"dates": written}) == value


def test_a_skipped_time_is_told() -> None:
    judged = judge({"at": {"type": "datetime"}}, {"at": "At"}, {"At": ["2026-03-29 02:30"]}, dates="%Y-%m-%d %H:%M")
    assert only_issue(judged).message == (
        'Line 2, column At: "2026-03-29 02:30" does not exist in Europe/Paris: the clocks were put forward over it.'
    )


def test_a_time_that_comes_twice_is_told_with_both() -> None:
    judged = judge({"at": {"type": "datetime"}}, {"at": "At"}, {"At": ["2026-10-25 02:30"]}, dates="%Y-%m-%d %H:%M")
    assert only_issue(judged).message == (
        'Line 2, column At: "2026-10-25 02:30" comes twice in Europe/Paris, where the clocks were put back: it is'
        " 2026-10-25 02:30:00+02:00 or 2026-10-25 02:30:00+01:00. The mapping says which: `doubled_hour: first` or"
        " `doubled_hour: second`."
    )


@pytest.mark.parametrize(("said", "value"), [("first", "2026-10-25 00:30:00"), ("second", "2026-10-25 01:30:00")])
def test_which_of_two_times_is_meant_may_be_said(said: str, value: str) -> None:
    for dates, cell in (("%d.%m.%Y %H:%M", "25.10.2026 02:30"), ("excel", "46320.10416666667"), ("auto", "2026-10-25 02:30:00")):
        own = {"dates": "excel", "format": {"kind": "xlsx"}} if dates == "auto" else {"dates": dates}
        assert one("datetime", cell, **own, doubled_hour=said) == value
        assert one("datetime", cell, {"doubled_hour": said}, **own) == value
        assert one("datetime", cell, {"doubled_hour": "reject"}, **own, doubled_hour=said) == "!ambiguous_datetime"
    offsets = {"dates": ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M%z"], "doubled_hour": said}
    assert one("datetime", "2026-10-25 02:30+01:00", **offsets) == "2026-10-25 01:30:00"
    assert one("datetime", "2026-03-29 02:30", **offsets) == "!not_a_datetime"


def test_a_day_with_two_midnights_begins_once() -> None:
    for said in ("reject", "first", "second"):
        assert (
            one("datetime", "2026-11-01", dates="%Y-%m-%d", timezone="America/Havana", doubled_hour=said) == "2026-11-01 04:00:00"
        )
    assert one("datetime", "2026-11-01 00:00", dates="%Y-%m-%d %H:%M", timezone="America/Havana") == "!ambiguous_datetime"


@given(
    st.lists(st.datetimes(datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2100-01-01")), min_size=1, max_size=20),
    st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"]),
    st.sampled_from(["reject", "first", "second"]),
)
def test_datetimes_agree_with_zoneinfo(moments: list[datetime], zone: str, said: str) -> None:
    moments = [moment + timedelta(hours=offset) for moment in moments for offset in (0, 1)]
    moments += [datetime.fromisoformat(f"2026-{day}T0{hour}:15:00") for day in ("10-25", "11-01", "04-05") for hour in (1, 2)]
    moments = [moment.replace(microsecond=0) for moment in moments]
    values, _ = convert(
        "datetime",
        [f"{moment:%Y-%m-%d %H:%M:%S}" for moment in moments],
        dates="%Y-%m-%d %H:%M:%S",
        timezone=zone,
        doubled_hour=said,
    )
    for moment, value in zip(moments, values, strict=True):
        there = moment.replace(tzinfo=ZoneInfo(zone), fold=int(said == "second")).astimezone(UTC)
        other = moment.replace(tzinfo=ZoneInfo(zone), fold=int(said != "second")).astimezone(UTC)
        exists = there.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == moment
        # Zone data of before 1970 differ between builds by historians' opinions; only today's rules are compared to the second.
        if moment.year >= 1970:
            assert value == (f"{there:%Y-%m-%d %H:%M:%S}" if exists and (there == other or said != "reject") else None)
        elif value is not None:
            assert abs(datetime.fromisoformat(str(value)) - moment) < timedelta(hours=24)


@pytest.mark.parametrize(
    ("formats", "part"),
    [
        (["%d/%m/%Y"], None),
        (["%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d", "%d.%m.%Y"], None),
        (["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d"], None),
        (["%d/%m/%Y", "%m/%d/%Y"], "different days"),
        (["%d%m%Y", "%Y%m%d"], "different days"),
        (["%d.%m.%y", "%y.%m.%d"], "different days"),
        (["%d/%m"], "year"),
        (["%d/%m/%Y/%y"], "year"),
        (["%Q"], "%Q"),
        (["%d/%m/%Y %"], "not read"),
        (["%d/%m/%Y %I:%M"], "%p"),
        (["%d/%m/%Y %H"], "minutes"),
        (["%d/%m/%Y %H:%S"], "greater part"),
        (["%d/%m/%Y %H:%M:%S %f"], "point"),
        (["%d/%m/%Y %H:%M %H"], "twice"),
    ],
)
def test_formats_are_checked(formats: list[str], part: str | None) -> None:
    fault = check_dates(formats)
    assert (fault is None) if part is None else (fault is not None and part in fault), fault
