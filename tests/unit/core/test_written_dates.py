"""Dates as programs and people write them: names of months, days of spreadsheets, none at all, without a year, at midnight."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import babel
import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.core.converting import convert, judge, one, only_issue

from nightclerk.core.convert.month_names import month_of, months_of
from nightclerk.core.convert.written_dates import example

LANGUAGES = ["en", "fr", "es", "de", "it", "pt", "nl"]
PARTS = [(context, width) for context in ("format", "stand-alone") for width in ("wide", "abbreviated")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_months_agree_with_babel(language: str) -> None:
    months = babel.Locale(language).months
    for context, width in PARTS:
        for number, name in months[context][width].items():
            for spelling in (name, name.upper(), name.removesuffix("."), name.removesuffix(".") + "."):
                assert month_of(spelling, language) == number
    known = set(months["format"]["wide"].values()) | set(babel.Locale("en").months["format"]["wide"].values())
    assert {month_of(name, language) for name in known} == set(range(1, 13))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_means_two_months(language: str) -> None:
    both, english = months_of(language), months_of("en")
    assert all(both[name] == month for name, month in english.items())


@pytest.mark.parametrize(
    ("language", "written", "cell", "value"),
    [
        ("fr", "%d %b %Y", "21 nov. 2026", "2026-11-21"),
        ("fr", "%d %b %Y", "2 févr 2026", "2026-02-02"),
        ("fr", "%d %B %Y", "2 FEVRIER 2026", "2026-02-02"),
        ("fr", "%d %B %Y", "2 fe\u0301vrier 2026", "2026-02-02"),
        ("fr", "%d %b %Y", "2 jui 2026", "!not_a_date"),
        ("fr", "%d %b %Y", "2 May 2026", "2026-05-02"),
        ("fr", "%d-%b-%y", "2-août-26", "2026-08-02"),
        ("es", "%d de %B de %Y", "2 de Septiembre de 2026", "2026-09-02"),
        ("de", "%d. %B %Y", "2. März 2026", "2026-03-02"),
        ("de", "%d.%b.%Y", "02.Mrz.2026", "2026-03-02"),
        ("de", "%d%b%Y", "02DEZ2026", "2026-12-02"),
        ("nl", "%d %b %Y", "2 mrt 2026", "2026-03-02"),
        ("it", "%d %b %y", "31 apr 26", "!not_a_date"),
        ("en", "%d %b %Y", "2 mrt 2026", "!not_a_date"),
        ("en", "%b %d, %Y", "Sept 2, 2026", "2026-09-02"),
    ],
)
def test_names_of_months(language: str, written: str, cell: str, value: str) -> None:
    assert one("date", cell, {"dates": written}, language=language) == value
    if not value.startswith("!"):
        assert one("datetime", cell, {"dates": written}, language=language, timezone="UTC") == f"{value} 00:00:00"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("45123", "2023-07-16"),
        ("45123.0", "2023-07-16"),
        ("21/11/2026", "2026-11-21"),
        ("1", "1900-01-01"),
        ("59", "1900-02-28"),
        ("60", "!not_a_date"),
        ("61", "1900-03-01"),
        ("2958465", "9999-12-31"),
        ("2958466", "!not_a_date"),
        ("45123.5", "!not_a_date"),
        ("045123", "!not_a_date"),
        ("-1", "!not_a_date"),
        ("20261121", "!not_a_date"),
        ("0", None),
    ],
)
def test_days_of_spreadsheets(cell: str, value: str | None) -> None:
    assert one("date", cell, dates=["%d/%m/%Y", "excel"]) == value


def test_days_of_the_other_system_and_times() -> None:
    assert convert("date", ["0", "1", "43661"], dates=["excel1904"])[0] == ["1904-01-01", "1904-01-02", "2023-07-16"]
    values, _ = convert("datetime", ["45123.5", "45123,75", "45123"], dates=["excel"], timezone="UTC")
    assert values == ["2023-07-16 12:00:00", "2023-07-16 18:00:00", "2023-07-16 00:00:00"]


@given(st.lists(st.dates(date(1900, 3, 1)), min_size=1, max_size=20))
def test_every_day_of_a_spreadsheet_comes_back(days: list[date]) -> None:
    cells = [str((day - date(1899, 12, 30)).days) for day in days]
    assert convert("date", cells, dates=["excel"]) == ([day.isoformat() for day in days], [None] * len(days))
    cells = [str((day - date(1904, 1, 1)).days) for day in days if day >= date(1904, 1, 1)]
    if cells:
        assert convert("date", cells, dates=["excel1904"])[1] == [None] * len(cells)


@pytest.mark.parametrize("kind", ["date", "datetime"])
def test_dates_of_zeros_are_none(kind: str) -> None:
    cells = ["00000000", "0000-00-00", "00/00/0000", "0/0/0", "00.00.0000", "0000-00-00 00:00:00", "1900-01-00", "00/01/1900", ""]
    assert convert(kind, cells, dates=["%d/%m/%Y"]) == ([None] * len(cells), [None] * len(cells))
    assert convert(kind, ["01/00/2026", "0000-01-01", "00/11/2026"], dates=["%d/%m/%Y"])[1] == [f"not_a_{kind}"] * 3
    judged = judge({"on": {"type": kind, "required": True}}, {"on": "On"}, {"On": ["00/00/0000"]}, dates="%d/%m/%Y")
    assert (only_issue(judged).code, only_issue(judged).value) == ("required", "00/00/0000")


def test_a_year_from_elsewhere() -> None:
    values, codes = convert("date", ["2111", "0102", "102", "2902", "3111"], dates="%d%m", year=2026)
    assert values == ["2026-11-21", "2026-02-01", "2026-02-01", None, None]
    assert codes == [None, None, None, "not_a_date", "not_a_date"]
    assert one("date", "2902", dates="%d%m", year=2024) == "2024-02-29"
    assert one("date", "21 nov", dates="%d %b", year=2026) == "2026-11-21"
    assert one("datetime", "21/11", dates="%d/%m", year=2026, timezone="UTC") == "2026-11-21 00:00:00"
    with pytest.raises(ValueError, match="year"):
        one("date", "2111", dates="%d%m")


@pytest.mark.parametrize(
    ("written", "cell", "value"),
    [
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-11-21T00:00:00.000Z", "2026-11-21"),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-11-21T00:00:00.000+02:00", "2026-11-21"),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-11-20T23:00:00.000Z", "!not_a_date"),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-02-30T00:00:00.000Z", "!not_a_date"),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-11-21", "!not_a_date"),
        ("%d/%m/%y %H:%M", "1/2/26 00:00", "2026-02-01"),
        ("%d/%m/%Y %I:%M %p", "01/02/2026 12:00 AM", "2026-02-01"),
        ("%d/%m/%Y %I:%M %p", "01/02/2026 12:00 PM", "!not_a_date"),
    ],
)
def test_a_date_at_midnight(written: str, cell: str, value: str) -> None:
    assert one("date", cell, {"dates": written}) == value


def test_a_time_of_day_is_not_lost_in_silence() -> None:
    judged = judge({"on": {"type": "date"}}, {"on": "On"}, {"On": ["21/11/2026 14:30"]}, dates="%d/%m/%Y %H:%M")
    assert only_issue(judged).message == 'Line 2, column On: "21/11/2026 14:30" holds a time of day; a date alone is wanted.'


#: What Babel's medium and long formats look like in each language.
STYLES = {
    "en": ("%b %d, %Y", "%B %d, %Y"), "fr": ("%d %b %Y", "%d %B %Y"), "es": ("%d %b %Y", "%d de %B de %Y"),
    "de": ("%d.%m.%Y", "%d. %B %Y"), "it": ("%d %b %Y", "%d %B %Y"), "pt": ("%d de %b de %Y", "%d de %B de %Y"),
    "nl": ("%d %b %Y", "%d %B %Y"),
}  # fmt: skip


@given(
    st.lists(st.dates(date(1500, 1, 1), date(2500, 12, 31)), min_size=1, max_size=20),
    st.sampled_from(LANGUAGES),
    st.sampled_from(["medium", "long"]),
)
def test_what_locales_write_is_read(days: list[date], language: str, style: str) -> None:
    written = STYLES[language][style == "long"]
    cells = [format_date(day, style, locale=language) for day in days]
    expected = [day.isoformat() for day in days]
    assert convert("date", cells, dates=written, language=language) == (expected, [None] * len(days)), cells


@pytest.mark.parametrize("written", ["%d %b %Y", "%d %B %y", "%Y%m%d", "excel", "%d/%m/%Y %H:%M"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_examples_are_read(written: str, language: str) -> None:
    expected = (datetime(2026, 11, 21) + timedelta(hours=14.5 if "%H" in written else 0)).isoformat(" ")  # noqa: DTZ001
    assert one("datetime", example(written, language), {"dates": written}, language=language, timezone="UTC") == expected


@given(st.lists(st.text("0123456789/.-: TZnovfévr", max_size=14), min_size=1, max_size=20))
def test_any_text_is_a_value_an_issue_or_blank(cells: list[str]) -> None:
    formats = ["%d/%m/%Y", "%d %b %Y", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y%m%d", "%d/%m", "excel"]
    for kind in ("date", "datetime"):
        values, codes = convert(kind, cells, dates=formats, year=2026, language="fr")
        nothing = [cell for cell, value, code in zip(cells, values, codes, strict=True) if value is None and code is None]
        assert all(set(cell) <= set("0/.-: TZ") for cell in nothing), nothing  # blank, or the zeros that mean no date
