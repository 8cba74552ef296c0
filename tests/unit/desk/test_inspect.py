"""Inspecting through the real fenced reader."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.unit.formats.packed.archives import zipped
from tests.unit.formats.workbook.files import WRITERS, Sheets, Shown

from nightclerk.core.errors import OperatorError, SenderError
from nightclerk.core.format import Delimited
from nightclerk.desk.inspect import Asked, Inspection, inspect, inspection_data, refusal_data, write_records
from nightclerk.formats.fence import Fence

EXPORT = (
    "Exported by Acme;;;;;\r\n"
    "\r\n"
    "Code;Name;Due date;Amount;Amount;\r\n"
    "0007;Müller;03/04/2026;1.234,50;20,00;\r\n"
    '0012;"two\r\nlines";05/05/2026;(34,50);3,00;\r\n'
    "short;row\r\n"
    ";;;;;\r\n"
    "0013;Noël;01/02/2026;0,25;-1,00;\r\n"
)


@pytest.fixture(scope="module")
def reader() -> Iterator[Fence]:
    fence = Fence(10**9, timedelta(minutes=1))
    yield fence
    fence.close()


#: The days could be read in two ways, so that no reading of them is told.
READINGS = {"Amount": {"decimal": ",", "thousands": "."}, "Amount (2)": {"decimal": ","}}


def asked(folder: Path, content: bytes | str, language: str = "en", **declared: object) -> Asked:
    path = folder / "export.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("cp1252"))
    return Asked(path, Delimited.model_validate(declared), language)


def codes(found: Inspection) -> list[tuple[str, str | None]]:
    return [(doubt.code, doubt.column) for doubt in found.doubts]


def test_an_export_reads_with_its_format_columns_types_sums_and_doubts(reader: Fence, tmp_path: Path) -> None:
    found = inspect(reader, asked(tmp_path, EXPORT))
    data = inspection_data(found)
    assert list(data) == ["format", "columns", "rows", "left_out", "types", "totals", "doubts"]
    assert data["format"] == {
        "kind": "delimited", "encoding": "cp1252", "delimiter": ";", "quote": '"', "header_row": 3, "sheet": None,
        "evidence": found.format.evidence.told, "samples": ["Müller", "Noël"], "readings": READINGS,
    }  # fmt: skip
    assert data["columns"] == ["Code", "Name", "Due date", "Amount", "Amount"]
    assert data["rows"] == 4
    assert data["left_out"] == [
        {"line": 1, "reason": "above the header"},
        {"line": 2, "reason": "blank row"},
        {"line": 8, "reason": "blank row"},
    ]
    assert data["types"] == {"Code": "text", "Name": "text", "Due date": "date", "Amount": "decimal", "Amount (2)": "decimal"}
    assert data["totals"] == {"Amount": "1200.25", "Amount (2)": "22.00"}
    assert codes(found) == [
        ("encoding_guessed", None), ("header_repeated", "Amount (2)"), ("leading_zeros", "Code"), ("ambiguous_date", "Due date"),
        ("damaged_rows", None),
    ]  # fmt: skip
    assert "Line 7" in found.doubts[-1].message
    assert json.loads(json.dumps(data)) == data


def test_what_is_declared_is_held_to(reader: Fence, tmp_path: Path) -> None:
    content = "a|b\n'1|2'|3\n"
    found = inspect(reader, asked(tmp_path, content, delimiter="|", quote="'", header_row="none", encoding="utf-8"))
    assert (found.columns, found.rows, found.format.header_row) == (("1", "2"), 2, None)
    assert found.doubts == ()
    unquoted = inspect(reader, asked(tmp_path, 'a;b\n"1;2"\n', delimiter=";", quote="none", header_row=1))
    assert [(profile.example or (0, ""))[1] for profile in unquoted.profiles] == ['"1', '2"']


def test_utf16_with_a_mark_is_no_guess(reader: Fence, tmp_path: Path) -> None:
    found = inspect(reader, asked(tmp_path, "Näme\tb\r\nx\ty\r\n".encode("utf-16")))
    assert (found.format.encoding, found.format.bom, found.columns) == ("utf-16-le", True, ("Näme", "b"))
    assert found.doubts == ()


def test_the_language_says_which_code_pages_there_are(reader: Fence, tmp_path: Path) -> None:
    with pytest.raises(SenderError) as refused:
        inspect(reader, asked(tmp_path, EXPORT, language="ja"))
    assert refusal_data(refused.value)["refused"]["code"] == "not_text"
    found = inspect(reader, asked(tmp_path, EXPORT.replace("Müller", "Łódź").encode("cp1250"), language="pl"))
    assert found.format.encoding == "cp1250"


def test_content_under_no_header_is_a_doubt_and_trailing_blanks_are_no_columns(reader: Fence, tmp_path: Path) -> None:
    found = inspect(reader, asked(tmp_path, "a,,b,,\r\n1,x,2,,\r\n3,,4,,Cooker\r\n", header_row=1))
    assert found.columns == ("a", "", "b")
    assert list(inspection_data(found)["types"]) == ["a", "column 2", "b"]
    assert codes(found) == [("unnamed_column", "column 2"), ("unnamed_column", "column 5")]
    assert inspection_data(found)["totals"] == {"a": "4", "b": "6"}


def test_more_left_out_lines_than_are_listed_are_counted(reader: Fence, tmp_path: Path) -> None:
    found = inspect(reader, asked(tmp_path, "a,b\r\n1,2\r\n" + ",\r\n" * 1500 + "3,4\r\n"))
    assert (found.rows, len(found.left_out)) == (2, 1000)
    assert codes(found) == [("left_out_more", None)]
    assert found.doubts[0].message.startswith("500 more")


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [(b"", "no_header", None), (b'a,b\r\n1,"2\r\n', "unbalanced_quote", 2), (b"PK\x03\x04rest", "incomplete", None)],
)
def test_a_refused_file_says_why(reader: Fence, tmp_path: Path, content: bytes, code: str, line: int | None) -> None:
    with pytest.raises(SenderError) as refused:
        inspect(reader, asked(tmp_path, content))
    data = refusal_data(refused.value)
    assert list(data) == ["refused"]
    assert (data["refused"]["code"], data["refused"]["line"], data["refused"]["message"]) == (code, line, str(refused.value))


def test_what_is_no_file_cannot_be_opened(reader: Fence, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "nowhere.csv", tmp_path, tmp_path / "pipe"):
        with pytest.raises(OperatorError, match="Name a file"):
            inspect(reader, Asked(path, Delimited()))


def test_records_are_written_with_their_lines_and_without_the_damaged_ones(reader: Fence, tmp_path: Path) -> None:
    written = io.BytesIO()
    damage = write_records(reader, asked(tmp_path, EXPORT), "csv", written.write)
    text = written.getvalue().decode("utf-8")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["_line", "Code", "Name", "Due date", "Amount", "Amount (2)"],
        ["4", "0007", "Müller", "03/04/2026", "1.234,50", "20,00"],
        ["5", "0012", "two\r\nlines", "05/05/2026", "(34,50)", "3,00"],
        ["9", "0013", "Noël", "01/02/2026", "0,25", "-1,00"],
    ]
    assert [doubt.code for doubt in damage.doubts()] == ["damaged_rows"]
    written = io.BytesIO()
    write_records(reader, asked(tmp_path, EXPORT), "jsonl", written.write)
    first = json.loads(written.getvalue().decode("utf-8").splitlines()[0])
    assert first == {
        "_line": 4, "Code": "0007", "Name": "Müller", "Due date": "03/04/2026", "Amount": "1.234,50", "Amount (2)": "20,00"
    }  # fmt: skip


def test_records_of_many_blocks_stay_in_order(reader: Fence, tmp_path: Path) -> None:
    count = 150_000
    written = io.BytesIO()
    content = "a,b\n" + "".join(f"{number},{'x' * 30}\n" for number in range(count))
    write_records(reader, asked(tmp_path, content), "csv", written.write)
    lines = written.getvalue().decode().split("\r\n")
    assert lines[1] == f"2,0,{'x' * 30}"
    assert [line.split(",")[0] for line in lines[1:-1]] == [str(number) for number in range(2, count + 2)]
    found = inspect(reader, asked(tmp_path, content))
    assert (found.rows, found.profiles[0].total) == (count, count * (count - 1) // 2)


WORKBOOK: Sheets = {
    "Notes": [[None]],
    "Clients": [
        ["Export of 21/11/2026"],
        ["Code", "Amount", "Due", "Rate"],
        [Shown(7, "0000"), 1234.5, date(2026, 4, 3), 1.234],
        [Shown(12, "0000"), 20, date(2026, 5, 4), 2.345],
    ],
    "Zweites Blatt": [["x", "y"], ["1", "2"]],
}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_workbook_reads_with_its_sheet_columns_types_sums_and_doubts(reader: Fence, tmp_path: Path, writer: str) -> None:
    kind, write = WRITERS[writer]
    found = inspect(reader, asked(tmp_path, write(WORKBOOK)))
    data = inspection_data(found)
    assert data["format"] == {
        "kind": kind, "encoding": None, "delimiter": None, "quote": None, "header_row": 2, "sheet": "Clients",
        "evidence": None, "samples": [],
    }  # fmt: skip
    assert (data["columns"], data["rows"]) == (["Code", "Amount", "Due", "Rate"], 2)
    assert data["left_out"] == [{"line": 1, "reason": "above the header"}]
    assert data["types"] == {"Code": "text", "Amount": "decimal", "Due": "date", "Rate": "decimal"}
    assert data["totals"] == {"Amount": "1254.5", "Rate": "3.579"}
    assert codes(found) == [("note", None), ("leading_zeros", "Code")]  # 1.234 is not taken for thousands
    assert '"Clients" was read, not "Notes", "Zweites Blatt"' in found.doubts[0].message
    assert json.loads(json.dumps(data)) == data


def test_an_archive_reads_as_the_file_in_it(reader: Fence, tmp_path: Path) -> None:
    given = replace(asked(tmp_path, zipped({"export.csv": EXPORT.encode("cp1252"), "b.csv": b"a;b\r\n1;2\r\n"})), member="exp*")
    found = inspection_data(inspect(reader, given))
    assert found["format"] == {
        "kind": "delimited", "encoding": "cp1252", "delimiter": ";", "quote": '"', "header_row": 3, "sheet": None,
        "evidence": found["format"]["evidence"], "samples": found["format"]["samples"], "member": "export.csv",
        "readings": READINGS,
    }  # fmt: skip
    assert found["rows"] == 4
    with pytest.raises(SenderError, match=r'which of them is meant: "export\.csv", "b\.csv"') as refused:
        inspect(reader, replace(given, member=None))
    assert refused.value.code == "several_members"
    with pytest.raises(SenderError, match="is not a zip archive"):
        inspect(reader, replace(asked(tmp_path, EXPORT), member="exp*"))


def test_a_sheet_may_be_named_or_counted(reader: Fence, tmp_path: Path) -> None:
    given = asked(tmp_path, WRITERS["openpyxl"][1](WORKBOOK))
    for sheet in ("zweites blatt", "3"):
        assert inspect(reader, replace(given, sheet=sheet)).format.sheet == "Zweites Blatt"
    with pytest.raises(SenderError, match='no sheet "Zweite"') as refused:
        inspect(reader, replace(given, sheet="Zweite"))
    assert refused.value.code == "no_sheet"
    with pytest.raises(SenderError, match="not a workbook, so that it has no sheets"):
        inspect(reader, replace(asked(tmp_path, EXPORT), sheet="1"))


def test_the_records_of_a_workbook_are_written(reader: Fence, tmp_path: Path) -> None:
    written = io.BytesIO()
    write_records(reader, asked(tmp_path, WRITERS["xlwt"][1](WORKBOOK)), "csv", written.write)
    assert list(csv.reader(io.StringIO(written.getvalue().decode("utf-8-sig")))) == [
        ["_line", "Code", "Amount", "Due", "Rate"], ["3", "0007", "1234.5", "2026-04-03", "1.234"],
        ["4", "0012", "20", "2026-05-04", "2.345"],
    ]  # fmt: skip


def test_a_message_of_openpgp_is_no_text(reader: Fence, tmp_path: Path) -> None:
    with pytest.raises(SenderError, match="only a tenant's key opens it") as refused:
        inspect(reader, asked(tmp_path, "-----BEGIN PGP MESSAGE-----\n\nhQEMA0123\n-----END PGP MESSAGE-----\n"))
    assert refused.value.code == "not_decrypted"


HEADED = ["KDNR      NAME           SALDO", *(f"{place:<10}Müller {place:<5}{place * 17:>8},50" for place in range(9, 40))]
NAMELESS = [f"{place:08}{'ABCDEFGHIJKLM'[place % 9 :]:<13}{place * 7:06}S" for place in range(30)]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (HEADED, '`format: {kind: fixed_width, header_row: 1, columns: {"KDNR": 1-10, "NAME": 11-20, "SALDO": 21-33}}`'),
        (NAMELESS, "All lines are 28 characters long"),
        (["Code;Name;City", *(f"{place:<6};Alpha {place};Rome" for place in range(30))], None),
        (["Remark", *(f"No {place} of all that was said today" for place in range(30))], None),
    ],
)  # fmt: skip
def test_columns_at_fixed_positions_are_told(reader: Fence, tmp_path: Path, lines: list[str], told: str | None) -> None:
    found = inspect(reader, asked(tmp_path, "\n".join(lines) + "\n"))
    notes = [doubt.message for doubt in found.doubts if "fixed" in doubt.message]
    assert [told in note for note in notes if told is not None] == ([True] if told is not None else []), notes
    assert told is not None or not notes


def test_columns_at_fixed_positions_are_read(reader: Fence, tmp_path: Path) -> None:
    found = inspect(reader, asked(tmp_path, "\n".join(HEADED) + "\n"))
    assert (found.format.kind, found.columns) == ("fixed_width", ("KDNR", "NAME", "SALDO"))
    assert found.format.positions == (("KDNR", 1, 10), ("NAME", 11, 20), ("SALDO", 21, 33))
    assert [profile.kind for profile in found.profiles] == ["integer", "text", "decimal"]


@pytest.mark.parametrize(
    ("header", "places"),
    [
        ("Code    Name            Balance       ", ((1, 8), (9, 24), (25, 38))),  # filled up: the column begins with its header
        ("Code    Name            Balance", ((1, 8), (9, 17), (18, 38))),
    ],
)
def test_a_number_has_room_to_grow_where_its_column_is_not_known(
    reader: Fence, tmp_path: Path, header: str, places: tuple[tuple[int, int], ...]
) -> None:
    rows = [f"{place:<8}{'Alpha ' + str(place):<16}{place * 31:>11},50" for place in range(10, 40)]
    found = inspect(reader, asked(tmp_path, "\n".join([header, *rows]) + "\n"))
    assert [place for _, *place in found.format.positions or ()] == [list(place) for place in places]
