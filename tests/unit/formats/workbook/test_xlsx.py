"""What XLSX files may look like inside: the quick way and the exact way agree, and neither guesses."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.unit.formats.reading import job, read
from tests.unit.formats.workbook.files import archive, by_xlsxwriter, sheet_parts, sheet_xml

from nightclerk.core.errors import SenderError
from nightclerk.formats.workbook.exact import column_of, exact_cells, letters_of
from nightclerk.formats.workbook.quick import QuickScanner

HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165" formatCode="&quot;FR&quot;000-000"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/>'
    '<xf numFmtId="165"/><xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="46"/><xf numFmtId="10"/></cellXfs>'
)


def cells(*found: str, **beside: str) -> dict[int, tuple[str, ...]]:
    """Given the inside of column B's cells, one a row; returns the rows as they are read."""
    rows = HEAD + "".join(
        f'<row r="{at}"><c r="A{at}"><v>1</v></c><c r="B{at}"{cell}</c></row>' for at, cell in enumerate(found, 2)
    )
    return read(sheet_xml(rows, **beside), job(header_row=1)).rows


def second(*found: str, **beside: str) -> list[str]:
    return [row[1] for row in cells(*found, **beside).values()]


def test_numbers_are_written_as_people_would() -> None:
    written = ["1E+20", "1.5E-3", "12.0", "0.30000000000000004", "12.50", "-0", "4111111111111111", "12345678901234567890",
               "7.105427357601002E-15", "1234567890123.4567", "007", "-383.03100000000001"]  # fmt: skip
    read_as = ["100000000000000000000", "0.0015", "12", "0.3", "12.5", "0", "4111111111111111", "12345678901234567890",
               "0", "1234567890123.46", "7", "-383.031"]  # fmt: skip
    assert second(*(f"><v>{number}</v>" for number in written)) == read_as


def test_what_is_no_number_stays_as_it_is() -> None:
    written = ["1_000", "\u0661\u0662", "1,5", "0x10", "NaN", "--1"]
    assert second(*(f"><v>{number}</v>" for number in written)) == written


def test_what_stands_in_an_extension_of_a_cell_is_not_its_value() -> None:
    assert second('><v>1</v><extLst><ext uri="x"><v>99</v></ext></extLst>') == ["1"]


def test_number_formats_make_dates_times_and_codes() -> None:
    found = second(
        *(f' s="{style}"><v>{value}</v>' for style, value in (
            (1, 46115), (2, 815), (3, 42), (4, 46115.573032407408), (5, 0.5625), (6, 1.5625), (7, 0.05), (1, 46115.999999999),
            (1, 60), (1, 59), (1, 61), (1, -1), (1, 2958466), (2, -5), (2, 1.5), (2, 1234567), (99, 5),
        )), styles=STYLES,
    )  # fmt: skip
    assert found == [
        "2026-04-03", "00815", "FR000-042", "2026-04-03 13:45:10", "13:30:00", "37:30:00", "0.05", "2026-04-04",
        "60", "1900-02-28", "1900-03-01", "-1", "2958466", "-5", "1.5", "1234567", "5",
    ]  # fmt: skip


def test_dates_may_be_counted_from_1904() -> None:
    workbook = '<workbookPr date1904="1"/>'
    assert second(' s="1"><v>44653</v>', ' s="1"><v>0</v>', styles=STYLES, workbook=workbook) == ["2026-04-03", "1904-01-01"]


def test_an_extension_of_the_workbook_says_nothing_of_its_dates() -> None:
    added = '<extLst><ext><x14:workbookPr xmlns:x14="urn:x" defaultImageDpi="32767"/></ext></extLst>'
    assert second(' s="1"><v>44653</v>', styles=STYLES, workbook=f'<workbookPr date1904="1"/>{added}') == ["2026-04-03"]


def test_the_formats_of_conditions_are_not_those_of_cells() -> None:
    conditional = '<dxfs><dxf><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></dxf></dxfs>'
    assert second(' s="2"><v>815</v>', styles=STYLES + conditional) == ["00815"]


@pytest.mark.parametrize("calculated", ["", "<v>7</v>"])
@pytest.mark.parametrize("space", ["", " "])
def test_a_zero_that_nobody_calculated_is_no_value(calculated: str, space: str) -> None:
    asks = '<calcPr calcId="124519" fullCalcOnLoad="1"/>'
    found = [f' t="n"{space}><f>A1</f><v>0</v>', f' t="n"{space}><f>A1</f>{calculated}', f' t="n"{space}><v>0</v>']
    rows = HEAD + "".join(
        f'<row r="{at}"><c r="A{at}"><v>1</v></c><c r="B{at}"{cell}</c></row>' for at, cell in enumerate(found, 2)
    )
    expected = [(2, "formula_uncomputed"), (3, "formula_uncomputed")] if not calculated else []
    assert read(sheet_xml(rows, workbook=asks), job(header_row=1)).codes == expected
    assert (2, "formula_uncomputed") not in read(sheet_xml(rows, workbook="<calcPr/>"), job(header_row=1)).codes


@pytest.mark.parametrize("part", ["xl/worksheets/s.xml", "xl/t.xml"])
@pytest.mark.parametrize("encoding", ["UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "windows-1252", "UTF-8"])
def test_a_part_may_be_written_in_another_encoding(part: str, encoding: str) -> None:
    inline = '<row r="3"><c r="A3" t="inlineStr"><is><t>Ã©</t></is></c></row>'
    rows = f'{HEAD}<row r="2"><c r="A2" t="s"><v>0</v></c></row>{inline}'
    parts = sheet_parts(rows, strings="<si><t>Zoë Ã©</t></si>")
    written = str(parts[part]).removeprefix('<?xml version="1.0"?>')
    parts[part] = f'<?xml version="1.0" encoding="{encoding}"?>{written}'.encode(encoding)
    assert read(archive(parts), job(header_row=1)).rows == {2: ("Zoë Ã©", ""), 3: ("Ã©", "")}


def test_a_part_that_is_not_in_its_encoding_is_damaged() -> None:
    parts = sheet_parts(HEAD)
    parts["xl/worksheets/s.xml"] = str(parts["xl/worksheets/s.xml"]).encode("utf-16")[:-1]
    with pytest.raises(SenderError) as refused:
        read(archive(parts), job())
    assert refused.value.code == "damaged_workbook"


def test_every_kind_of_cell() -> None:
    spoken = "<rPh><t>no</t></rPh>"
    strings = f"<si><t>x &amp; y</t></si><si><r><t>ri</t></r><r><t xml:space='preserve'>ch </t></r>{spoken}</si><si><t/></si>"
    found = second(
        ' t="s"><v>0</v>',
        ' t="s"><v>1</v>',
        ' t="b"><v>1</v>',
        ' t="b"><v>0</v>',
        ' t="str"><f>A1</f><v>te&lt;xt</v>',
        ' t="str"><f>A1</f><v></v>',
        ' t="inlineStr"><is><t xml:space="preserve"> in </t></is>',
        ' t="d"><v>2026-04-03T00:00:00</v>',
        ' t="d"><v>2026-04-03T13:45:10Z</v>',
        ' t="n"><f t="shared" si="0"/><v>5</v>',
        ' t="inlineStr"><is><t>a_x000D_&#10;b_x005F_</t></is>',
        ' t="inlineStr"><is><r><t>x</t></r><r><t>y</t></r></is>',
        ' t="s"><v>2</v>',
        ' t="inlineStr"><is><t>shown</t></is><v>9</v>',
        ' t="inlineStr"><v>9</v>',
        ' s="" t=""><v>5</v>',
        ' t="inlineStr"><is><r><t>_xD83D__xDE00_ _xD83D_</t></r></is>',
        strings=strings,
    )
    assert found == [
        "x & y", "rich ", "TRUE", "FALSE", "te<xt", "", " in ", "2026-04-03", "2026-04-03 13:45:10", "5", "a\r\nb_", "xy", "",
        "shown", "9", "5", "😀 \ufffd",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "code", "words"),
    [
        (' t="e"><f>1/0</f><v>#DIV/0!</v>', "cell_error", 'Line 2, column b: "#DIV/0!" is an error of the sheet and no value.'),
        ("><f>A2+1</f>", "formula_uncomputed", "Line 2, column b: the cell holds a formula that was never calculated"),
        (
            "><f>A2+1</f><v></v>",
            "formula_uncomputed",
            "never calculated; open the workbook in a spreadsheet program and save it.",
        ),
        ("><f>A2+1</f><v />", "formula_uncomputed", "never calculated"),
    ],
)
def test_a_cell_without_a_value_is_an_issue_of_its_row(cell: str, code: str, words: str) -> None:
    rows = f'{HEAD}<row r="2"><c r="A2"><v>1</v></c><c r="B2"{cell}</c></row><row r="3"><c r="A3"><v>2</v></c></row>'
    found = read(sheet_xml(rows), job(header_row=1), late=[2])
    assert found.codes == [(2, code)]
    assert words in found.issues[0].message
    assert found.issues[0].column == "b"
    assert found.rows == {3: ("2", "")}
    assert [row.cells[0] for row in found.rejected] == ["1"]
    assert [(row.row.line, row.values) for row in found.late] == [(2, None)]
    assert found.finished.rows == 2


def test_references_may_be_missing_and_elements_may_have_prefixes() -> None:
    rows = '<x:row><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>b</x:t></x:is></x:c></x:row>'
    rows += '<x:row><x:c><x:v>1</x:v></x:c></x:row><x:row r="5"><x:c r="B5"><x:v>2</x:v></x:c></x:row>'
    parts = sheet_parts("")
    parts["xl/worksheets/s.xml"] = (
        '<?xml version="1.0"?>\n<x:worksheet xmlns:x="urn:x"><x:sheetData>' + rows + "</x:sheetData></x:worksheet>"
    )
    found = read(archive(parts), job(header_row=1))
    assert found.rows == {2: ("1", ""), 5: ("", "2")}
    assert [left.line for left in found.left_out] == [3, 4]


def test_cells_behind_the_last_header_are_told_and_no_fault() -> None:
    rows = HEAD + "".join(f'<row r="{at}"><c r="A{at}"><v>{at}</v></c></row>' for at in range(2, 400))
    rows += '<row r="400"><c r="A400"><v>1</v></c><c r="AB400"><v>7</v></c></row>'
    found = read(sheet_xml(rows), job(header_row=1))
    assert found.rows[400] == ("1", "")
    assert [str(note) for note in found.finished.notes] == ["1 cell to the right of the last header was not read: AB400."]


def test_gaps_of_any_length_cost_nothing() -> None:
    last = '<row r="1048576"><c r="A1048576"><v>2</v></c><c r="XFD1048576"><v>3</v></c></row>'
    rows = f'{HEAD}<row r="2"><c r="A2"><v>1</v></c></row>{last}'
    found = read(sheet_xml(rows), job(header_row=1))
    assert found.rows == {2: ("1", ""), 1048576: ("2", "")}
    assert len(found.left_out) == 1000
    assert found.finished.left_out_more == 1048573 - 1000


def test_55000_blank_rows_with_styles_are_left_out_quickly() -> None:
    blank = "".join(f'<row r="{at}"><c r="A{at}" s="1"/><c r="B{at}" s="1"/></row>' for at in range(3, 55003))
    found = read(sheet_xml(HEAD + '<row r="2"><c r="A2"><v>1</v></c></row>' + blank, styles=STYLES), job(header_row=1))
    assert found.rows == {2: ("1", "")}
    assert found.finished.left_out_more == 55000 - 1000


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="3"><c r="A3"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>',
        '<row r="0"><c r="A0"><v>1</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>0</v></c></row>',
        '<row r="2"><c r="A2" t="what"><v>0</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></row>',
        '<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>',
        '<row r="2"><c r="B2"><v>1</v></c><c r="A2" ><v>2</v></c><c r="B2"><v>1</v></c></row>',
        '<row r="2"><c r="XFE2"><v>1</v></c></row>',
        '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row></sheetData><!DOCTYPE x>'.replace("</sheetData>", "<"),
    ],
)
def test_a_damaged_sheet_is_refused(rows: str) -> None:
    with pytest.raises(SenderError) as refused:
        read(sheet_xml(HEAD + rows), job(header_row=1))
    assert refused.value.code == "damaged_workbook"
    assert str(refused.value).endswith(".")


def test_columns_have_letters() -> None:
    for column, letters in ((0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")):
        assert (letters_of(column), column_of(letters)) == (letters, column)


TEXT = st.text(st.sampled_from("ab<>&\"' \n_x0D;é€😀"), min_size=1, max_size=8)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


CELL = st.one_of(
    st.just("/>"),
    st.just("></c>"),
    st.integers(0, 10**6).map(lambda number: f"><v>{number}</v></c>"),
    st.integers(0, 50).map(lambda number: f' s="{number}"><v>{number}</v></c>'),
    st.integers(0, 50).map(lambda number: f' s="3" t="s"><v>{number}</v></c>'),
    st.integers(0, 50).map(lambda number: f' t="s" s="3"><f>A1&amp;"x"</f><v>{number}</v></c>'),
    st.just(' t="b"><v>1</v></c>'),
    st.just(' t="e"><v>#REF!</v></c>'),
    st.just("><f>SUM(A1:A2)</f></c>"),
    st.just("><f>SUM(A1:A2)</f><v></v></c>"),
    st.just(' t="str"><f>A1</f><v></v></c>'),
    st.just('><f t="shared" ref="A1:A3" si="0">A1</f><v>3</v></c>'),
    st.just('><f t="shared" si="0"/><v>4</v></c>'),
    TEXT.map(lambda text: f' t="inlineStr"><is><t xml:space="preserve">{_escaped(text)}</t></is></c>'),
    TEXT.map(lambda text: f' t="inlineStr"><is><t>{_escaped(text)}</t></is></c>'),
    TEXT.map(lambda text: f' s="12" t="str"><f>B1</f><v>{_escaped(text)}</v></c>'),
)
#: What the quick way leaves to the exact one.
ODD = st.sampled_from([" ><v>1</v></c>", ">\n<v>1</v></c>", '><v xml:space="preserve">1</v></c>', "><!-- x --><v>2</v></c>",
                       "><v><![CDATA[3]]></v></c>", ' t="inlineStr"><is><r><t>x</t></r></is></c>', "><f>A1</f><v/></c>",
                       '><f t="shared" si="0"/></c>'])  # fmt: skip


@settings(max_examples=examples(75), deadline=None)
@given(st.lists(st.lists(st.one_of(CELL, CELL, CELL, ODD), max_size=4), min_size=1, max_size=6), st.integers(1, 99_999))
@example([["><f>SUM(A1:A2)</f></c>"]], 9)
def test_the_quick_way_reads_as_the_exact_one_or_not_at_all(rows: list[list[str]], first: int) -> None:
    inner = [
        "".join(f'<c r="{letters_of(column * 30)}{at}"{cell}' for column, cell in enumerate(row))
        for at, row in enumerate(rows, first)
    ]
    data = "".join(f'<row r="{at}" spans="1:4">{found}</row>' for at, found in enumerate(inner, first)).encode()
    quick, exact = QuickScanner().scan(data), exact_cells(data, b"", 0)
    if quick is None:
        assert any(odd in data.decode() for odd in (" ><", ">\n<", "preserve", "<!", "<r>", "<v/>", 'si="0"/></c>'))
        return
    assert quick.lines.tolist() == exact.lines.tolist()
    for name in ("row", "column", "kind", "style"):
        assert getattr(quick, name).tolist() == getattr(exact, name).tolist()
    assert quick.text.to_list() == exact.text.to_list()


def test_a_large_sheet_passes_through_the_quick_way_alone() -> None:
    data = by_xlsxwriter({"S": [["a", "b"], *([f"t{at}", at / 7] for at in range(2000))]})
    sheet = zipfile.ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml")
    rows = sheet[sheet.index(b"<row") : sheet.index(b"</sheetData>")]
    assert QuickScanner().scan(rows) is not None
