"""Rejected rows as a workbook: what it looks like, what it can hold, and that it comes back as the same values."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from tests.examples import examples
from tests.unit.formats.reading import Read, job, read
from tests.unit.formats.workbook.files import Shown, Value, by_odfpy, by_xlsxwriter, sheet_xml
from tests.unit.formats.workbook.test_feed import HEAD, feed_job
from tests.unit.letters import reports

from nightclerk.core.errors import SenderError
from nightclerk.core.issue import Issue, RejectedRow
from nightclerk.core.reading import FormatFound
from nightclerk.core.report import RejectFile
from nightclerk.core.run import Run
from nightclerk.core.sentence import Sentence
from nightclerk.formats import reject_sheet, reject_workbook
from nightclerk.formats.rejects import reject_file
from nightclerk.formats.sheet_title import sheet_title

COLUMNS = ("Code", "Nom", "Depuis")
NAME = "clients_1.rejected.xlsx"


def run_of(columns: tuple[str, ...] = COLUMNS, sheet: str = "Clients", kind: str = "xlsx") -> Run:
    found = FormatFound(kind, None, None, None, 1, None, sheet)
    ended = datetime(2026, 11, 21, 2, 3, 4, 5, tzinfo=UTC)
    return replace(reports.with_rejects().runs[0], id=812, format=found, columns=columns, ended_at=ended)


def issue(line: int, code: str, message: str, column: str | None = None, value: str | None = None) -> Issue:
    return Issue(line, code, Sentence.verbatim(message), column, None, value)


Rows = Sequence[tuple[RejectedRow, Sequence[Issue]]]


def quick(rows: Rows, run: Run | None = None, limit: int = 10**7) -> RejectFile:
    """The same as ``reject_file``, without the process."""
    with tempfile.TemporaryFile() as asked:
        complete = reject_workbook.ask(run or run_of(), rows, str, limit, asked)
        asked.seek(0)
        asked_for, count, content = reject_sheet.answer(asked)
    return RejectFile(NAME, content, count, complete and count == asked_for)


def opened(made: RejectFile) -> Any:
    return openpyxl.load_workbook(io.BytesIO(made.content)).worksheets[0]


ROWS: Rows = [
    (
        RejectedRow(4, ("0007", "=1+1", "31/02/2026")),
        [issue(4, "not_a_date", "Line 4: no date.", "Depuis", "31/02/2026"), issue(4, "too_long", "Long.", " DEPUIS")],
    ),
    (RejectedRow(9, ("0008", "", "2026-04-03")), [issue(9, "unknown_key", "Unknown."), issue(9, "required", "Gone.", "Nom", "")]),
]


def test_what_it_looks_like() -> None:
    made = reject_file(run_of(), NAME, ROWS, str, 10**7)
    assert (made.name, made.rows, made.complete) == (NAME, 2, True)
    sheet = opened(made)
    assert sheet.title == "Clients"
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        [*COLUMNS, "_line", "_code", "_field", "_value", "_message", "_run"],
        ["0007", "=1+1", "31/02/2026", "4", "not_a_date | too_long", "Depuis |  DEPUIS", "31/02/2026 | ",
         "Line 4: no date. | Long.", "812"],
        ["0008", None, "2026-04-03", "9", "unknown_key | required", " | Nom", " | ", "Unknown. | Gone.", "812"],
    ]  # fmt: skip
    assert {cell.data_type for row in sheet.rows for cell in row if cell.value is not None} == {"s"}
    assert {cell.number_format for row in sheet.rows for cell in row if cell.value is not None} == {"@"}
    commented = {cell.coordinate: cell.comment.text for row in sheet.rows for cell in row if cell.comment}
    assert commented == {"C2": "Line 4: no date.\nLong.", "E3": "Unknown.", "B3": "Gone."}
    coloured = {cell.coordinate: cell for row in list(sheet.rows)[1:] for cell in row if cell.fill.fill_type}
    assert set(coloured) == set(commented)
    for cell in (*coloured.values(), sheet["A1"], sheet["E1"]):  # readable on every background: both colours are given
        assert contrast(cell.fill.fgColor.rgb, cell.font.color.rgb) >= 7
    assert {sheet[place].comment.author for place in commented} == {"Nightclerk"}
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:I3")
    assert all(8 <= sheet.column_dimensions[letter].width <= 72 for letter in "ABCDEFGHI")
    assert sheet.column_dimensions["H"].width > 60
    properties = openpyxl.load_workbook(io.BytesIO(made.content)).properties
    assert (properties.title, properties.creator) == ("clients_20261121.csv · 812", "Nightclerk")
    assert properties.created == datetime(2026, 11, 21, 2, 3, 4)  # noqa: DTZ001 - so it is written


def contrast(background: str, letters: str) -> float:
    """How well letters can be read, from 1 to 21 (WCAG 2)."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (2, 4, 6)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted([light(background), light(letters)])
    return (lighter + 0.05) / (darker + 0.05)


def test_the_same_run_has_the_same_bytes_wherever_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    made = reject_file(run_of(), NAME, ROWS, str, 10**7)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert quick(ROWS).content == made.content


def test_every_part_is_strict_xml_and_every_relation_leads_somewhere() -> None:
    hostile = "<&>\"'\0\x0b\ufffe\udc80_x0041_]]>\u202e" + "\U0001f600"
    rows = [(RejectedRow(2, (hostile, hostile, hostile)), [issue(2, hostile, hostile, hostile, hostile)])]
    made = quick(rows, run_of((hostile, "B", "C"), hostile))
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        for name in names:
            ElementTree.fromstring(archive.read(name))  # noqa: S314 - ours
        for name in (name for name in names if name.endswith(".rels")):
            folder = name.partition("_rels/")[0]
            for relation in ElementTree.fromstring(archive.read(name)):  # noqa: S314
                target = relation.attrib["Target"]
                parts = f"{folder}{target}".split("/")
                while ".." in parts:
                    del parts[parts.index("..") - 1 : parts.index("..") + 1]
                assert "/".join(parts) in names
    assert "xl/drawings/vmlDrawing1.vml" in names


TEXTS = ["=1+1", "+1", "-1", "@x", "'=x", "''", "{=1}", "http://a.example/" + "x" * 3000,
         "mailto:a@b.example", "1e5", "00", " a ", "\ta",
         "_x0041_x0042_", "_x0041_x0042_" * 500, "<r></r>",
         "<r><t>a</t></r>", "<r>_x0041_x0042_&\r\x01</r>", "a\r\nb", "a\nb", "_x0041_",
         "_x005F_x0041_", "\x01\x1f", "#N/A", "TRUE", "1,5", "\U0001f600", "é", "\ufffe", "<b>&amp;"]  # fmt: skip


def test_cells_and_headers_come_back_as_they_went_out_and_none_is_more_than_text() -> None:
    rows = [(RejectedRow(line, (text, "x", text)), [issue(line, "c", "m", "Depuis")]) for line, text in enumerate(TEXTS, 2)]
    columns = ("=A", "'=B", "''C")
    made = quick(rows, run_of(columns))
    back = read(made.content, job())
    assert (back.opened.columns, back.opened.corrects, back.finished.corrected_runs) == (columns, True, (812,))
    assert list(back.rows.values()) == [row.cells for row, _ in rows]
    assert back.issues == []
    long = f"<r>{'<' * 32_000}</r>"
    assert read(quick([(RejectedRow(2, ("A", long, "B")), [])]).content, job()).rows == {2: ("A", f" {long}", "B")}
    found = CalamineWorkbook.from_filelike(io.BytesIO(made.content)).get_sheet_by_index(0).to_python()
    assert {type(cell) for row in found for cell in row} == {str}
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml").replace(b"<fi", b"")
        assert not any("hyperlink" in archive.read(name).decode() for name in archive.namelist() if name.endswith(".rels"))


def test_a_text_that_no_cell_can_hold_is_cut_and_its_row_stays_rejected_in_plain_words() -> None:
    longest = "\U0001f600" * 16_383 + "x"
    rows = [(RejectedRow(2, ("A", longest + "y", longest)), [issue(2, "required", "Gone.", "Depuis")])]
    sheet = opened(quick(rows))
    assert (sheet["B2"].value, sheet["C2"].value) == (longest, longest)
    assert sheet["E2"].value == "required | too_long"
    assert sheet["B2"].comment.text.endswith("has 16,385 characters; at most 32,767 are allowed.")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Clients", "Clients"), ("é" * 40, "é" * 31), ("\U0001f600" * 20, "\U0001f600" * 15), ("a/b[c]:*?\\", "a_b_c_____"),
        ("'x'", "_x_"), ("History", "History_"), ("  ", "Sheet1"), ("", "Sheet1"), ("a\nb", "a_b"),
    ],
)  # fmt: skip
def test_a_sheet_of_any_name_is_found_again(name: str, title: str) -> None:
    assert sheet_title(name) == title
    made = quick([(RejectedRow(2, ("A", "Ann")), [])], run_of(("Code", "Nom"), name))
    assert opened(made).title == title
    if name.strip():
        assert read(made.content, job(sheet=name)).rows == {2: ("A", "Ann")}


def test_it_ends_at_its_limits() -> None:
    rows = [(RejectedRow(line, (f"{line * 7919 % 65521}", f"{line * 104729}", "x")), []) for line in range(2, 3002)]
    made = quick(rows, limit=60_000)
    assert (made.complete, 1000 < made.rows < 3000, len(made.content) <= 60_000) == (False, True, True)
    assert opened(made).max_row == made.rows + 1
    assert quick(rows, limit=1000).rows == 0
    columns = tuple(f"c{number}" for number in range(1994))
    wide = [(RejectedRow(line, ("",) * 1994), []) for line in range(2, 302)]
    with tempfile.TemporaryFile() as asked:
        assert not reject_workbook.ask(run_of(columns), wide, str, 10**7, asked)
        asked.seek(0)
        assert len(asked.readlines()) == 1 + 250  # half a million cells


def test_who_asks_for_a_workbook_does_not_load_the_libraries_that_write_it() -> None:
    look = "import sys, nightclerk.work.reports; print(sorted({'pandas', 'xlsxwriter'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


def test_where_it_cannot_be_written_the_reason_names_no_cell() -> None:
    asked = b'{"limit": 9, "sheet": "S", "title": "t", "created": "2026-11-21", "columns": []}\n[["Dupont"], {"x": "Dupont"}]\n'
    done = subprocess.run(
        [sys.executable, "-m", "nightclerk.formats.reject_sheet"], input=asked, capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert b" at reject_sheet.py:" in done.stderr
    assert b"Dupont" not in done.stderr


DATES = st.dates(date(1901, 1, 1), date(2099, 12, 31))
RIGHT = st.tuples(
    st.one_of(
        st.integers(0, 9999).map(lambda n: Shown(n, "0000")),
        st.integers(0, 9999).map(lambda n: f"{n:05}"),
        st.text("ABC019-=+@'", min_size=1, max_size=6),
    ),
    st.text("Aé =+-@'&<_x04\U0001f600", min_size=1, max_size=8).filter(lambda text: bool(text.strip())),
    st.one_of(
        st.decimals(-(10**6), 10**6, places=4).map(float),
        st.integers(-(10**9), 10**9),
        st.integers(0, 10**6).map(lambda n: f"{n},50"),
    ),
    st.one_of(DATES, DATES.map(lambda day: f"{day:%d/%m/%Y}")),
    st.one_of(st.none(), DATES.map(lambda day: datetime(day.year, day.month, day.day, 14, 30))),  # noqa: DTZ001
    st.one_of(st.none(), st.integers(0, 365)),
    st.one_of(st.none(), st.booleans(), st.sampled_from(["oui", "non"])),
)
#: A column → what may be wrong in it.
WRONG: dict[int, Value] = {1: None, 2: "12..5", 3: "31/02/2026", 4: "soon", 5: "1.5x", 6: "perhaps"}


def rejects_of(found: Read) -> Rows:
    return [(row, [issue for issue in found.issues if issue.line == row.line]) for row in found.rejected]


@settings(max_examples=examples(14), deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(st.tuples(RIGHT, st.sampled_from(list(WRONG))), min_size=1, max_size=8, unique_by=lambda one: str(one[0][0])))
def test_a_row_corrected_only_where_it_was_wrong_is_the_row_that_was_right_at_once(
    rows: list[tuple[tuple[Value, ...], int]],
) -> None:
    right = read(by_xlsxwriter({"Clients": [HEAD, *(list(row) for row, _ in rows)]}), feed_job())
    broken = [[*row[:place], WRONG[place], *row[place + 1 :]] for row, place in rows]
    found = read(by_xlsxwriter({"Clients": [HEAD, *broken]}), feed_job())
    made = quick(rejects_of(found), run_of(tuple(map(str, HEAD))))
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    assert made.rows == len(rows)
    for line, (row, place) in enumerate(rows, 2):
        cell = book.worksheets[0].cell(line, place + 1)
        assert cell.comment is not None
        cell.value = row[place].value if isinstance(row[place], Shown) else row[place]  # type: ignore[union-attr]
        if isinstance(cell.value, datetime):
            cell.number_format = "dd/mm/yyyy hh:mm:ss"
        elif isinstance(cell.value, date):
            cell.number_format = "dd/mm/yyyy"
        elif isinstance(cell.value, str):
            cell.data_type = "s"
        else:
            cell.number_format = "General"
    stream = io.BytesIO()
    book.save(stream)
    back = read(stream.getvalue(), feed_job())
    assert back.issues == []
    assert back.opened.corrects
    assert back.rows == right.rows
    assert back.finished.file == right.finished.file


def test_a_cell_without_a_value_stays_rejected_until_somebody_fills_it_in() -> None:
    text = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
    head = "".join(text.format(f"{letter}1", header) for letter, header in zip("ABCDEFG", HEAD, strict=True))
    data = sheet_xml(
        f'<row r="1">{head}</row>'
        f'<row r="2">{text.format("A2", "A")}<c r="B2" t="e"><v>#REF!</v></c><c r="D2"><f>1+1</f></c></row>'
        f'<row r="3">{text.format("A3", "B")}{text.format("B3", "#N/A")}{text.format("C3", "x")}</row>'
    )
    found = read(data, feed_job())
    made = quick(rejects_of(found), run_of(tuple(map(str, HEAD))))
    back = read(made.content, feed_job(), late=[2])
    assert back.codes == [(2, "cell_error"), (2, "cell_error"), (3, "not_a_number")]
    assert [late.values for late in back.late] == [None]
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    sheet = book.worksheets[0]
    assert (sheet["B2"].value, sheet["D2"].value) == ("#N/A", "#N/A")
    sheet["B2"], sheet["D2"], sheet["C3"] = "Ann", None, 1.5
    stream = io.BytesIO()
    book.save(stream)
    assert [row[:4] for row in read(stream.getvalue(), feed_job()).rows.values()] == [
        ("A", "Ann", None, None), ("B", "#N/A", "1.5000", None),
    ]  # fmt: skip


@pytest.mark.parametrize("header_row", ["none", 3, "auto"])
@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
@pytest.mark.parametrize("sheet", [None, 2, "Clients"])
def test_it_is_read_by_the_feed_of_the_first_file_however_that_one_was_laid_out(
    kind: str, header_row: str | int, sheet: str | int | None
) -> None:
    columns = ("1", "2") if header_row == "none" else ("Code", "Nom")
    made = quick([(RejectedRow(7, ("A", "Ann")), [])], run_of(columns, kind=kind))
    asked = feed_job(mapping=dict(zip(("code", "name"), columns, strict=True)), sheet=sheet,
                     format={"kind": kind, "header_row": header_row})  # fmt: skip
    back = read(made.content, asked)
    assert (back.opened.corrects, back.opened.format.kind, list(back.rows.values())) == (True, "xlsx", [("A", "Ann")])


@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_what_is_wrong_with_ours_is_told_and_not_that_it_is_of_another_kind(kind: str) -> None:
    made = quick([(RejectedRow(7, ("A", "Ann")), [])], run_of(("Code", "Nom"), kind=kind))
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    book.worksheets[0].title = "Corrected"
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(SenderError) as refused:
        read(stream.getvalue(), feed_job(kind, sheet="Clients"))
    assert refused.value.code == "no_sheet"


def test_another_xlsx_workbook_is_still_of_the_wrong_kind() -> None:
    right: Iterable[list[Value]] = [HEAD, ["A", "Ann"]]
    for data in (by_xlsxwriter({"S": list(right)}), by_xlsxwriter({"S": [["x"]]})):
        with pytest.raises(SenderError) as refused:
            read(data, feed_job("ods"))
        assert refused.value.code == "wrong_kind"
    assert read(by_odfpy({"S": list(right)}), feed_job("ods")).codes == []
