"""Workbooks that are cut, encrypted, of another kind, or made to cost far more than they weigh."""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile
from collections.abc import Callable

import pytest
from tests.unit.formats.reading import job, read
from tests.unit.formats.workbook.files import (
    WRITERS,
    Sheets,
    archive,
    by_odfpy,
    by_openpyxl,
    by_xlsxwriter,
    by_xlwt,
    sheet_parts,
    sheet_xml,
)

from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Job
from nightclerk.formats.workbook.exact import letters_of
from nightclerk.formats.workbook.ole import MAGIC

SHEET = {"S": [["Code", "Name"], *([f"C{at}", f"Name {at}"] for at in range(300))]}
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'


def refused(data: bytes, asked: Job | None = None) -> tuple[str, str]:
    began = time.monotonic()
    with pytest.raises(SenderError) as told:
        read(data, asked or job())
    assert time.monotonic() - began < 10
    assert str(told.value).endswith(".")
    return told.value.code, str(told.value)


def feed_job(kind: str) -> Job:
    mapping = {"code": "Code", "name": "Name"}
    feed = Feed.model_validate({"feed": "f", "files": "*", "entity": "e", "format": {"kind": kind}, "mapping": mapping})
    return Job("en", "UTC", feed=feed.model_dump_json(by_alias=True))


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_a_workbook_that_is_cut_is_not_whole(writer: str, share: float) -> None:
    data = WRITERS[writer][1](SHEET)
    code, told = refused(data[: int(len(data) * share)])
    assert (code, told) in {
        ("incomplete", "The workbook is not whole: its end is missing, as when an upload or an export broke off. Send it again."),
        ("damaged_workbook", "The workbook is damaged: a part of it cannot be read. Open it, save it anew and send it again."),
    }
    assert code == "incomplete" or writer == "xlwt"


def test_an_endless_attribute_is_not_begun_anew_for_ever() -> None:
    with zipfile.ZipFile(io.BytesIO(by_odfpy(SHEET))) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["content.xml"] = re.sub(
        rb"(<table:table-row)\b", rb'\1 more="' + b"a" * (10 << 20) + b'"', parts["content.xml"], count=1
    )
    began = time.process_time()
    assert refused(archive(parts))[0] == "damaged_workbook"
    assert time.process_time() - began < 5


def test_a_part_that_stands_twice_is_not_chosen_from() -> None:
    parts = sheet_parts(HEAD + '<row r="2"><c r="A2"><v>1</v></c></row>')
    name = next(part for part in parts if part.startswith("xl/worksheets/"))
    for again, is_read in ((parts[name], True), (str(parts[name]).replace("<v>1<", "<v>2<"), False)):
        file = io.BytesIO(archive(parts))
        with zipfile.ZipFile(file, "a") as more, pytest.warns(UserWarning, match="Duplicate name"):
            more.writestr(name, again)
        if is_read:
            assert list(read(file.getvalue(), job()).rows.values()) == [("1",)]
        else:
            assert refused(file.getvalue())[0] == "damaged_workbook"


@pytest.mark.parametrize("write", [by_xlsxwriter, by_odfpy])
def test_two_workbooks_in_one_file_are_not_read_as_one_of_them(write: Callable[[Sheets], bytes]) -> None:
    book = write(SHEET)
    for joined in (book + book, book + book[:-30]):
        code, told = refused(joined)
        assert code == "damaged_workbook"
        assert "two files were joined" in told
    assert read(book + b"\0" * 300, job()).rows == read(book, job()).rows


@pytest.mark.parametrize("writer", WRITERS)
def test_a_workbook_with_wrong_bytes_is_refused_or_read(writer: str) -> None:
    """The parts of an archive have check sums, so that what is read of them is what was written. Those of xlwt have none: there a
    wrong byte may be a wrong value, and what is asked is only that nothing else comes of it."""
    data = WRITERS[writer][1](SHEET)
    whole = read(data, job()).rows
    refusals = 0
    for at in range(40, len(data), max(1, len(data) // 60)):
        broken = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
        try:
            found = read(broken, job()).rows
        except SenderError:
            refusals += 1
            continue
        assert found == whole or writer == "xlwt", at
    assert refusals


@pytest.mark.parametrize(
    ("data", "wanted", "words"),
    [
        (by_xlsxwriter(SHEET), "xls", "an XLSX workbook, but XLS is agreed.*accept XLSX files.*`kind: xlsx`"),
        (by_xlwt(SHEET), "xlsx", "an XLS workbook, but XLSX is agreed.*accept XLS files.*`kind: xls`"),
        (by_odfpy(SHEET), "xlsx", "an ODS workbook, but XLSX is agreed.*accept ODS files.*`kind: ods`"),
        (by_openpyxl(SHEET), "delimited", "an XLSX workbook, but CSV .* is agreed.*accept XLSX files.*`kind: xlsx`"),
        (b"\n<!doctype HTML><html><h1>Your session has expired</h1></html>", "delimited", "a web page .* see what it says"),
        (by_xlwt(SHEET), "delimited", "an XLS workbook, but CSV .* is agreed.*accept XLS files.*`kind: xls`"),
        (b"Code;Name\r\nA;B\r\n", "xlsx", "The file is text, as a CSV file is.*accept CSV files.*`kind: delimited`"),
        (b"<html><table><tr><td>Code</td></tr></table></html>", "xls", "an HTML page, which some programs export under"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><p>", "xls", "an HTML page"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "xls", "an XML table of Excel 2003"),
        (b"<?xml version='1.0'?><invoice/>", "xlsx", "The file is an XML file, not an XLSX workbook"),
        (b'<?xml version="1.0"?><o:x xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>', "ods", "FODS"),
        (b"\x09\x08\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00", "xls", "older than Excel 95"),
        (b"%PDF-1.7", "xlsx", "a PDF document"),
        (b"\x00\x01\x02", "xlsx", "The file is of an unknown kind, not an XLSX workbook"),
        (b"\x09\x04\x06\x00\x00\x04", "xls", "older than Excel 95"),
        (archive({"a.csv": "a;b"}), "xlsx", "The file is text, as a CSV file is"),
        (archive({"[Content_Types].xml": "sheet.binary.macroEnabled"}), "xlsx", r"a binary workbook \(XLSB\)"),
        (archive({"[Content_Types].xml": "wordprocessingml", "word/document.xml": ""}), "xlsx", "an office document of another"),
    ],
)  # fmt: skip
def test_another_kind_than_the_feed_reads_is_named(data: bytes, wanted: str, words: str) -> None:
    code, told = refused(data, feed_job(wanted))
    assert code == "wrong_kind"
    assert re.search(words, told)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html><table><tr><td>Code</td></tr></table></html>", "a web page (HTML)"),
        (b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n', "an HTML page"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "an XML table of Excel 2003"),
        (b'<?xml version="1.0"?><o:document xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>', "as flat XML"),
        (b"\x09\x08\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00", "older than Excel 95"),
    ],
)
def test_what_opens_like_a_workbook_is_no_lines_of_text_without_a_feed_either(data: bytes, words: str) -> None:
    code, told = refused(data, job())
    assert code == "wrong_kind"
    assert words in told


def test_a_table_within_a_cell_is_not_taken_for_rows_of_ours() -> None:
    row = '<table:table-row><table:table-cell office:value-type="string">{}</table:table-cell></table:table-row>'
    inner = f'<table:table table:is-sub-table="true">{row.format("<text:p>x</text:p>")}</table:table>'
    assert refused(ods(row.format("<text:p>Code</text:p>") + row.format(inner)))[0] == "damaged_workbook"


def test_an_empty_file_is_told() -> None:
    assert refused(b"", feed_job("xlsx")) == ("no_header", "The file is empty: it has no header and no rows.")


def test_an_encrypted_workbook_is_told() -> None:
    locked = zipfile.ZipFile(io.BytesIO(by_xlsxwriter(SHEET)))
    data = bytearray(by_xlsxwriter(SHEET))
    for entry in locked.infolist():
        if entry.filename == "xl/worksheets/sheet1.xml":
            data[entry.header_offset + 6] |= 1
            at = data.rfind(b"xl/worksheets/sheet1.xml") - 46
            data[at + 8] |= 1
    told = "The workbook is protected by a password, so that it cannot be read. Save it without one and send it again."
    assert refused(bytes(data)) == ("password_protected", told)
    assert refused(compound({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"y"})) == ("password_protected", told)
    stream = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0) + struct.pack("<HHHHH", 0x2F, 6, 1, 1, 1)
    assert refused(compound({"Workbook": stream.ljust(5000, b"\0")})) == ("password_protected", told)
    manifest = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    ods = archive(
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "x", "META-INF/manifest.xml": manifest}
    )
    assert refused(ods) == ("password_protected", told)


def test_a_word_document_is_no_workbook() -> None:
    code, told = refused(compound({"WordDocument": b"x" * 5000}), feed_job("xls"))
    assert (code, "The file is an office document of another kind, not an XLS workbook" in told) == ("wrong_kind", True)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/s.xml", "xl/t.xml", "xl/y.xml", "_rels/.rels"])
def test_document_types_are_refused_before_entities_are_looked_at(part: str) -> None:
    parts = sheet_parts(HEAD, strings="<si><t>x</t></si>", styles="<cellXfs/>")
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    parts[part] = doctype + str(parts[part])
    code, _ = refused(archive(parts))
    assert code == "damaged_workbook"


@pytest.mark.parametrize("encoding", ["UT", "utf-7", "shift_jis", "utf-32"])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "_rels/.rels"])
def test_an_encoding_that_no_parser_knows_is_damage(part: str, encoding: str) -> None:
    parts = sheet_parts(HEAD)
    parts[part] = f'<?xml version="1.0" encoding="{encoding}"?>' + str(parts[part]).removeprefix('<?xml version="1.0"?>')
    assert refused(archive(parts))[0] == "damaged_workbook"


def test_bombs_are_refused_for_what_they_are() -> None:
    parts = sheet_parts(HEAD)
    parts["xl/worksheets/s.xml"] = b"<worksheet><sheetData>" + b" " * (120 << 20)
    assert refused(archive(parts))[0] == "expands_too_much"
    assert refused(archive({**sheet_parts(HEAD), **{f"xl/media/{at}.png": "" for at in range(10_001)}}))[0] == "expands_too_much"


def test_a_text_longer_than_a_cell_can_hold_is_damage() -> None:
    assert refused(sheet_xml(HEAD, strings=f"<si><t>{'x' * (2 << 20)}</t></si>"))[0] == "damaged_workbook"


def test_more_columns_than_are_accepted_are_refused() -> None:
    cells = "".join(f'<c r="{letters_of(at)}1" t="inlineStr"><is><t>h{at}</t></is></c>' for at in range(2001))
    assert refused(sheet_xml(f'<row r="1">{cells}</row>'))[0] == "too_many_columns"


def ods(table: str, styles: str = "") -> bytes:
    spaces = " ".join(f'xmlns:{name}="urn:{name}"' for name in ("office", "table", "text", "style"))
    body = f'<office:body><table:table table:name="S" table:style-name="ta1">{table}</table:table></office:body>'
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": f"<office:c {spaces}>{styles}{body}</office:c>",
        }
    )


def test_ods_bombs_of_repeated_cells() -> None:
    cell = '<table:table-cell office:value-type="string" {}><text:p>x</text:p></table:table-cell>'
    wide = cell.format('table:number-columns-repeated="1000"')
    assert (
        refused(ods(f'<table:table-row table:number-rows-repeated="1000000">{wide}</table:table-row>'))[0] == "expands_too_much"
    )
    assert (
        refused(ods(f'<table:table-row table:number-rows-repeated="9999999">{cell.format("")}</table:table-row>'))[0]
        == "expands_too_much"
    )
    wider = cell.format('table:number-columns-repeated="16385"')
    assert refused(ods(f"<table:table-row>{wider}</table:table-row>"))[0] == "expands_too_much"
    blank = '<table:table-cell table:number-columns-repeated="16384"/>'
    blank = f'<table:table-row table:number-rows-repeated="1048000">{blank}</table:table-row>'
    found = read(ods(f"<table:table-row>{cell.format('')}</table:table-row>{blank}"), job(header_row="none"))
    assert found.rows == {1: ("x",)}


def test_an_ods_sheet_may_be_hidden_and_its_name_may_hold_entities() -> None:
    hidden = '<style:style style:name="ta1"><style:table-properties table:display="false"/></style:style>'
    cell = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell></table:table-row>'
    )
    named = 'table:style-name="ta2" table:name="A &amp; O\'B > C"'
    second = f"{cell.format('secret')}</table:table><table:table {named}>{cell.format('x')}"
    found = read(ods(second, hidden), job(header_row="none"))
    assert (found.opened.format.sheet, found.rows) == ("A & O'B > C", {1: ("x",)})


@pytest.mark.parametrize("encoding", ["UTF-16", "ISO-8859-1"])
def test_ods_may_be_written_in_another_encoding(encoding: str) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>Zoë Ã©</text:p></table:table-cell>'
    with zipfile.ZipFile(io.BytesIO(ods(f"<table:table-row>{cell}</table:table-row>"))) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    written = f'<?xml version="1.0" encoding="{encoding}"?>{parts["content.xml"].decode()}'
    found = read(archive({**parts, "content.xml": written.encode(encoding)}), job(header_row="none"))
    assert found.rows == {1: ("Zoë Ã©",)}


def test_a_workbook_without_the_way_to_its_sheets_is_damaged() -> None:
    parts = sheet_parts(HEAD)
    parts["xl/_rels/workbook.xml.rels"] = "<Relationships/>"
    assert refused(archive(parts))[0] == "damaged_workbook"


def test_ods_cells_of_every_kind() -> None:
    def cell(attributes: str, shown: str = "") -> str:
        return f"<table:table-row><table:table-cell {attributes}>{shown}</table:table-cell></table:table-row>"

    remark = "<office:annotation><text:p>!</text:p></office:annotation>"
    parts = 'a<text:s text:c="2"/>b<text:tab/><text:span>c</text:span>'
    rows = [
        cell('office:value-type="float" office:value="815"', "<text:p>00815</text:p>"),
        cell('office:value-type="currency" office:value="1234.50"', "<text:p>1.234,50 €</text:p>"),
        cell('office:value-type="string" calcext:value-type="error" xmlns:calcext="c"', "<text:p>#DIV/0 !</text:p>"),
        cell('office:value-type="float" office:value="0" table:formula="of:=1/0"', "<text:p>#¡DIV/0!</text:p>"),
        cell('office:value-type="string" table:formula="of:=A1"', "\n <text:p>#1042</text:p>\n <text:p>x</text:p>\n"),
        cell('office:value-type="percentage" office:value="0.05"', "<text:p>5 %</text:p>"),
        cell('office:value-type="time" office:time-value="PT37H30M05S"', "<text:p>37:30:05</text:p>"),
        cell('office:value-type="date" office:date-value="2026-04-03T13:45:10"', "<text:p>03.04.2026 13:45</text:p>"),
        cell('office:value-type="date" office:date-value="2026-04-03T13:45:10"', "<text:p>03.04.2026</text:p>"),
        cell('office:value-type="string"', f"{remark}<text:p>{parts}</text:p><text:p>d</text:p>"),
        cell('table:formula="of:=1/0" office:value-type="string"', "<text:p>#DIV/0!</text:p>"),
        cell('table:formula="of:=[.A1]"'),
        cell('office:value-type="float" office:value="²"', "<text:p>02</text:p>"),
        cell(f'office:value-type="float" office:value="{"1" * 5000}"', f"<text:p>0{'1' * 5000}</text:p>"),
    ]  # fmt: skip
    found = read(ods("".join(rows)), job(header_row="none", comments="none"))
    assert [row[0] for row in found.rows.values()] == [
        "00815", "1234.5", "#1042\nx", "0.05", "37:30:05", "2026-04-03 13:45:10", "2026-04-03", "a  b\tc\nd", "²",
        "0" + "1" * 5000,
    ]  # fmt: skip
    assert found.codes == [(3, "cell_error"), (4, "cell_error"), (11, "cell_error"), (12, "formula_uncomputed")]


def compound(streams: dict[str, bytes]) -> bytes:
    """Given streams of 4096 bytes or more, or small ones that nobody reads; returns a compound file of them."""
    body, entries, table = b"", [_entry("Root Entry", 5, 0xFFFFFFFE, 0)], [0xFFFFFFFD, 0xFFFFFFFE]
    for name, content in streams.items():
        sectors = -(-len(content) // 512)
        first = len(table)
        table += [*range(first + 1, first + sectors), 0xFFFFFFFE]
        body += content.ljust(sectors * 512, b"\0")
        entries.append(_entry(name, 2, first, len(content)))
    head = MAGIC + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 10
    head += struct.pack("<IIIIIIII", 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0) + b"\xff" * 432
    fat = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    return head + fat + b"".join(entries).ljust(512, b"\0") + body


def _entry(name: str, kind: int, first: int, size: int) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    return written.ljust(64, b"\0") + struct.pack("<HB", len(written), kind) + b"\0" * 49 + struct.pack("<III", first, size, 0)


def packed_anew(data: bytes, method: int) -> bytes:
    """Returns the archive with its parts packed in another way."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(stream, "w", method) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name))
    return stream.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_parts_that_cannot_be_unpacked_are_damage_however_they_are_packed(method: int) -> None:
    data = packed_anew(by_xlsxwriter(SHEET), method)
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        part = made.getinfo("xl/worksheets/sheet1.xml")
    start = part.header_offset + 30 + len(part.filename)
    assert refused(data[: start + 16] + bytes(64) + data[start + 80 :])[0] == "damaged_workbook"


def test_a_list_of_parts_that_makes_no_sense_is_damage_and_not_a_missing_end() -> None:
    data = by_xlsxwriter(SHEET)
    listed = data.index(b"PK\x01\x02")
    assert refused(data[:listed] + b"XX" + data[listed + 2 :])[0] == "damaged_workbook"
