"""XML as rows: values in and above the rows, what stands several times, numbers of rows, encodings."""

from __future__ import annotations

import pytest
from tests.unit.formats.reading import job, read
from tests.unit.formats.xml.exports import INVOICES, feed_job

from nightclerk.core.errors import SenderError
from nightclerk.core.issue import LeftOut
from nightclerk.core.reading import DuplicateKey

FIRST, SECOND, DUE = 6, 11, 3


def test_rows_with_what_stands_above_them() -> None:
    found = read(INVOICES.encode(), feed_job(repeated={"Payment": "first"}), late=[SECOND])
    assert found.rows == {
        FIRST: ("1", "00123", "2026-11-02", "2026-12-01", "10.5000", "EUR"),
        SECOND: ("2<b>", "00123", "2026-11-03", "2026-12-02", "20.0000", "EUR"),
    }
    assert found.finished.file == {"amount": {"EUR": "30.5000"}}
    assert [late.row.line for late in found.late] == [SECOND]
    assert found.late[0].values == found.rows[SECOND]
    assert found.opened.format.kind == "xml"
    assert found.opened.format.rows == "/Fattura/Body"
    assert found.opened.notes == ('Column "Document/Note" is neither mapped nor ignored; it was not read.',)


def test_several_values_where_one_is_wanted_reject_the_row() -> None:
    found = read(INVOICES.encode(), feed_job())
    assert list(found.rows) == [FIRST]
    assert found.codes == [(SECOND, "several_values")]
    assert found.issues[0].message == (
        'Line 11, column Payment/Due: "2026-12-02; 2026-12-03" are several values, but only one is wanted.'
    )
    assert (found.issues[0].field, found.issues[0].value) == ("due_date", "2026-12-02; 2026-12-03")
    [rejected] = found.rejected
    assert dict(zip(found.opened.columns, rejected.cells, strict=True))["Payment/Due"] == "2026-12-02; 2026-12-03"
    assert found.finished.file == {"amount": {"EUR": "30.5000"}}


def test_equal_values_are_several_too() -> None:
    twice = INVOICES.replace("2026-12-03", "2026-12-02")
    assert read(twice.encode(), feed_job()).codes == [(SECOND, "several_values")]


def test_several_values_are_joined_where_that_is_agreed() -> None:
    asked = feed_job(mapping={"reference": "Document/Note"}, repeated={"Document/Note": "join", "Payment": "first"})
    found = read(INVOICES.encode(), asked)
    assert [row[-1] for row in found.rows.values()] == ["first; second", None]


def test_only_the_first_of_an_element_is_read_with_all_in_it() -> None:
    text = INVOICES.replace("<Payment><Due>2026-12-02</Due><Sum>15</Sum></Payment>", "<Payment><Sum>15</Sum></Payment>")
    found = read(text.encode(), feed_job(repeated={"Payment": "first"}))
    assert found.rows[SECOND][DUE] is None


def test_all_faults_of_a_row_are_told() -> None:
    text = INVOICES.replace("2026-11-03", "soon")
    assert sorted(read(text.encode(), feed_job()).codes) == [(SECOND, "not_a_date"), (SECOND, "several_values")]


@pytest.mark.parametrize(
    "path", ["../Header/Customer/Id", "/Fattura/Header/Customer/Id", "/p:Fattura/Header/Customer/Id", "./../Header/x:Customer/Id"]
)
def test_ways_to_write_a_path(path: str) -> None:
    found = read(INVOICES.encode(), feed_job(mapping={"customer": path}, repeated={"Payment": "first"}))
    assert {row[1] for row in found.rows.values()} == {"00123"}
    assert path in found.opened.columns


def test_two_fields_may_spell_one_path_differently() -> None:
    found = read(INVOICES.encode(), feed_job(mapping={"reference": "./Document/Number"}, repeated={"Payment": "first"}))
    assert [(row[0], row[-1]) for row in found.rows.values()] == [("1", "1"), ("2<b>", "2<b>")]


def test_a_value_of_the_nearest_element_around_the_row_and_no_other() -> None:
    text = (
        "<Orders><Order><Number>A</Number><Line><Sum>1</Sum></Line><Line><Sum>2</Sum></Line></Order>\n"
        "<Order><Line><Sum>3</Sum></Line></Order>\n<Order id='7'><Number>C</Number><Line><Sum>4</Sum></Line></Order></Orders>"
    )
    found = read(text.encode(), job())
    assert found.opened.columns == ("../@id", "../Number", "Sum") or set(found.opened.columns) >= {"../Number", "Sum"}
    number, value = found.opened.columns.index("../Number"), found.opened.columns.index("Sum")
    assert [(row[number], row[value]) for row in found.rows.values()] == [("A", "1"), ("A", "2"), ("", "3"), ("C", "4")]


def test_a_value_below_the_rows_is_refused() -> None:
    text = INVOICES.replace("</p:Fattura>", "<Footer><Total>30.5</Total></Footer></p:Fattura>")
    with pytest.raises(SenderError) as refusal:
        read(text.encode(), feed_job(mapping={"reference": "../Footer/Total"}))
    assert (refusal.value.code, refusal.value.line) == ("column_missing", 18)
    assert '"/Fattura/Footer/Total" stands below rows that it belongs to' in str(refusal.value)


def test_several_values_above_the_rows_reject_them() -> None:
    text = INVOICES.replace("<Id>00123</Id>", "<Id>00123</Id><Id>00124</Id>")
    found = read(text.encode(), feed_job(repeated={"Payment": "first"}))
    assert found.codes == [(FIRST, "several_values"), (SECOND, "several_values")]
    first = read(text.encode(), feed_job(repeated={"Payment": "first", "../Header/Customer/Id": "first"}))
    assert {row[1] for row in first.rows.values()} == {"00123"}


def test_a_path_that_stands_nowhere_refuses_the_file() -> None:
    with pytest.raises(SenderError) as refusal:
        read(INVOICES.encode(), feed_job(mapping={"reference": "Document/Nr"}))
    assert refusal.value.code == "column_missing"
    assert 'no column "Document/Nr"' in str(refusal.value)
    assert '`optional: ["Document/Nr"]`' in str(refusal.value)


@pytest.mark.parametrize("optional", ["Document/Nr", "document", ["Other", "Document"]])
def test_unless_the_file_may_lack_it(optional: str) -> None:
    found = read(
        INVOICES.encode(), feed_job(mapping={"reference": "Document/Nr"}, optional=optional, repeated={"Payment": "first"})
    )
    assert {row[-1] for row in found.rows.values()} == {None}


def test_an_element_that_is_always_blank_is_no_missing_one() -> None:
    text = INVOICES.replace("<Due>2026-12-01</Due>", '<Due xsi:nil="true"/>').replace("<Due>2026-12-02</Due>", "<Due> </Due>")
    found = read(text.replace("<Due>2026-12-03</Due>", "<Due/>").encode(), feed_job())
    assert [row[DUE] for row in found.rows.values()] == [None, None]


def test_what_is_ignored_with_all_in_it() -> None:
    found = read(INVOICES.encode(), feed_job(repeated={"Payment": "first"}, ignore="."))
    assert found.opened.notes == ()
    assert set(found.opened.columns) == {
        "../Header/Customer/Id", "Document/Number", "Document/Date", "Amount", "Amount/@currency", "Payment/Due"
    }  # fmt: skip


def test_blank_rows_are_left_out() -> None:
    text = INVOICES.replace("</p:Fattura>", "  <Body/>\n<Body><Document> </Document></Body></p:Fattura>")
    found = read(text.encode(), feed_job(repeated={"Payment": "first"}))
    assert (len(found.rows), found.finished.rows) == (2, 2)
    assert found.left_out == [LeftOut(18, "blank row"), LeftOut(19, "blank row")]


def test_rows_in_one_line_are_counted() -> None:
    flat = INVOICES.replace("\n", "")
    found = read(flat.encode(), feed_job(), late=[2])
    assert (list(found.rows), found.codes) == ([1], [(2, "several_values")])
    assert [late.row.line for late in found.late] == [2]
    assert found.opened.notes[0] == (
        "Several rows start in one line of the file, so its rows are counted instead: line 3 means the third Body."
    )


@pytest.mark.parametrize("between", ["\n", ""])
@pytest.mark.parametrize("block_bytes", [1, 300, 1 << 20])
def test_duplicates_over_many_blocks(between: str, block_bytes: int) -> None:
    body = INVOICES.partition("  <Body>")[2].partition("</Body>")[0]
    rows = [f"<Body>{body.replace('<Number>1<', f'<Number>{number % 70}<')}</Body>" for number in range(100)]
    text = f"<Fattura><Header><Customer><Id>1</Id></Customer></Header>\n{between.join(rows)}</Fattura>"
    found = read((text if between else text.replace("\n", "")).encode(), feed_job(block_bytes))
    lines = list(found.rows)
    assert len(lines) == 100
    assert lines == sorted(lines)
    assert len(found.finished.duplicates) == 30
    assert found.finished.duplicates[0] == DuplicateKey(("0",), (lines[0], lines[70]), (lines[0], lines[70]))


def test_text_beside_elements_is_read_with_theirs() -> None:
    text = "<Notes><Note>Call <b>Bob</b> and <i>Ann</i>.</Note><Note><b>Now</b>!</Note></Notes>"
    found = read(text.encode(), job())
    note = found.opened.columns.index(".")
    assert [row[note] for row in found.rows.values()] == ["Call Bob and Ann.", "Now!"]


def test_rows_that_are_attributes_or_text_alone() -> None:
    rates = '<Rates><Rate cur="USD" value="1.1"/><Rate cur="GBP" value="0.9"/></Rates>'
    found = read(rates.encode(), job())
    assert (found.opened.columns, list(found.rows.values())) == (("@cur", "@value"), [("USD", "1.1"), ("GBP", "0.9")])
    found = read(b"<Codes><Code>007</Code><Code>8</Code></Codes>", job())
    assert (found.opened.columns, list(found.rows.values())) == ((".",), [("007",), ("8",)])


def test_a_single_record_is_a_row() -> None:
    found = read(b"<Customers><Customer><Id>1</Id><Name>Ann</Name></Customer></Customers>", job())
    assert (found.opened.columns, list(found.rows.values())) == (("Id", "Name"), [("1", "Ann")])


def test_without_a_feed_the_rows_are_what_repeats_and_the_others_are_named() -> None:
    lines = "<Line><A>1</A><B>2</B></Line>\n" * 3
    found = read(f"<File><Order><N>1</N>{lines}</Order><Order><N>2</N>{lines}</Order></File>".encode(), job())
    assert found.opened.format.rows == "/File/Order/Line"
    assert found.opened.columns == ("../N", "A", "B")
    assert found.opened.notes == ('1 other element could be the rows as well: "/File/Order".',)


def test_in_ubl_the_document_is_the_row() -> None:
    text = '<Invoice xmlns="urn:oasis:names:specification:ubl:x"><ID>7</ID><L><A>1</A></L><L><A>2</A></L></Invoice>'
    found = read(text.encode(), job())
    assert (found.opened.columns, list(found.rows.values())) == (("ID", "L/A"), [("7", "1; 2")])
    assert 'Element "L/A" stands several times in some rows' in found.opened.notes[1]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('<r:CrossIndustryInvoice xmlns:r="urn:un:unece:uncefact:x"><L><A>1</A></L><L><A>2</A></L></r:CrossIndustryInvoice>',
         "/CrossIndustryInvoice"),
        ('<Document xmlns="urn:iso:camt.053.001.02"><B><S><Bal>1</Bal><Ntry><T>1</T><T>2</T></Ntry></S></B></Document>',
         "/Document/B/S/Ntry"),
        ('<Document xmlns="urn:iso:camt.053.001.02"><B><S><Bal><A>1</A></Bal><Bal><A>2</A></Bal></S></B></Document>',
         "/Document/B/S/Bal"),
        ('<FatturaElettronica xmlns="urn:fatture"><H><L><A>1</A></L><L><A>2</A></L></H></FatturaElettronica>',
         "/FatturaElettronica/H/L"),
    ],
)  # fmt: skip
def test_what_is_known_to_be_the_row_is_it_where_it_is_there(text: str, rows: str) -> None:
    assert read(text.encode(), job()).opened.format.rows == rows


def test_prefixes_need_not_be_declared() -> None:
    found = read(INVOICES.replace('xmlns:p="urn:example" ', "").encode(), feed_job(repeated={"Payment": "first"}))
    assert list(found.rows) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("encoding", "declared", "found"),
    [
        ("utf-8", "UTF-8", "utf-8"), ("utf-8-sig", "UTF-8", "utf-8"), ("utf-16", "UTF-16", "utf-16-le"),
        ("utf-16-be", "UTF-16", "utf-16-be"), ("cp1252", "windows-1252", "cp1252"), ("iso8859-15", "ISO-8859-15", "iso8859-15"),
        ("shift_jis", "Shift_JIS", "shift_jis"), ("gb18030", "GB18030", "gb18030"),
    ],
)  # fmt: skip
def test_encodings_that_the_file_declares(encoding: str, declared: str, found: str) -> None:
    text = INVOICES.replace('"UTF-8"', f'"{declared}"').replace(
        "00123", "日本" if encoding in {"shift_jis", "gb18030"} else "Città"
    )
    text = text.replace("Città &amp;", "A &amp;")
    made = read(text.encode(encoding), feed_job(repeated={"Payment": "first"}))
    assert {row[1] for row in made.rows.values()} <= {"日本", "Città"}
    assert made.opened.format.encoding == found


def test_utf_8_that_says_it_is_utf_16_is_read_and_noted() -> None:
    found = read(INVOICES.replace("UTF-8", "utf-16").encode(), feed_job(repeated={"Payment": "first"}))
    assert list(found.rows) == [FIRST, SECOND]
    assert found.opened.notes[0] == "The file says that it is written in utf-16, but it is not; it was read as UTF-8."


def test_an_encoding_that_is_agreed_holds() -> None:
    found = read(INVOICES.encode("cp1252"), feed_job(encoding="cp1252", repeated={"Payment": "first"}))
    assert found.opened.format.encoding == "cp1252"
