"""The year of days without one, as the first line of a file in DATEV's format tells it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.unit.formats.reading import Read, read
from tests.unit.letters.reports import with_rejects

from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Job
from nightclerk.formats.rejects import reject_file

ENTITY = {
    "entity": "line",
    "table": "lines",
    "key": ["code"],
    "fields": {"code": {"type": "text"}, "date": {"type": "date"}},
}
FEED = Feed.model_validate({
    "feed": "journal", "files": "EXTF_*.csv", "entity": "line", "dates": "%d%m", "year": "header",
    "format": {"delimiter": ";", "encoding": "cp1252", "header_row": 2},
    "mapping": {"code": "Belegfeld 1", "date": "Belegdatum"},
})  # fmt: skip
ROWS = "Belegfeld 1;Belegdatum\r\nRE-1;2902\r\nRE-2;0101\r\n"


def first_line(begins: str, ends: str, mark: str = '"EXTF"') -> str:
    return f'{mark};700;21;"Buchungsstapel; alle";13;20260101000000000;;"RE";"";"";1001;1;20240101;4;{begins};{ends};"";;1\r\n'


def found(text: str) -> Read:
    return read(text.encode("cp1252"), Job("de", "UTC", feed=FEED.model_dump_json(by_alias=True), entity=json.dumps(ENTITY)))


@pytest.mark.parametrize("mark", ['"EXTF"', "EXTF", "DTVF"])
def test_the_period_of_the_bookings_tells_the_year(mark: str) -> None:
    read_file = found(first_line("20240101", "20241231", mark) + ROWS)
    assert [cells[read_file.opened.written.index("date")] for cells in read_file.rows.values()] == ["2024-02-29", "2024-01-01"]


def test_a_day_that_this_year_does_not_have_rejects_its_row() -> None:
    assert found(first_line("20230101", "20231231") + ROWS).codes == [(3, "not_a_date")]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (first_line("20240701", "20250630"), "it reaches from 2024 to 2025. Export each year for itself."),
        (first_line("", ""), "is not that of DATEV's format. Export the file anew"),
        ("Kanzlei Müller;Buchungen 2024\r\n", "is not that of DATEV's format. Export the file anew"),
        ("\r\n", "is not that of DATEV's format. Export the file anew"),
    ],
)
def test_a_file_that_tells_no_year_is_refused(line: str, says: str) -> None:
    with pytest.raises(SenderError) as refused:
        found(line + ROWS)
    assert (refused.value.code, refused.value.line) == ("no_year", 1)
    assert says in str(refused.value.sentence)


def test_only_delimited_text_has_such_a_line() -> None:
    with pytest.raises(ValueError, match="only delimited text can have a first line in DATEV's format"):
        Feed.model_validate({**FEED.model_dump(by_alias=True), "format": {"kind": "xlsx"}}, by_alias=True)


def test_rejected_rows_go_out_below_the_line_that_tells_their_year() -> None:
    sent = first_line("20240101", "20241231") + "Belegfeld 1;Belegdatum\r\nMüller;3002\r\n"
    read_file = found(sent)
    assert read_file.codes == [(3, "not_a_date")]
    run = replace(with_rejects().runs[0], id=7, format=read_file.opened.format, columns=read_file.opened.columns)
    out = reject_file(run, "r.csv", [(row, ()) for row in read_file.rejected], str, 10**6).content
    first, headers, row = out.decode("cp1252").splitlines(keepends=True)
    assert (first, headers.split(";")[:3]) == (first_line("20240101", "20241231"), ["Belegfeld 1", "Belegdatum", "_line"])
    back = found(first + headers + row.replace("3002", "2902"))
    assert (back.opened.corrects, back.finished.corrected_runs, back.codes) == (True, (7,), [])
    assert next(iter(back.rows.values()))[back.opened.written.index("date")] == "2024-02-29"
    assert back.opened.format.first_line == read_file.opened.format.first_line
