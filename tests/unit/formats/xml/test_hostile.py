"""XML that is damaged, or made to harm: refused with its place, in little time and memory."""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import replace

import pytest
from tests.unit.formats.reading import job, read
from tests.unit.formats.xml.exports import FEED, INVOICES, feed_job

from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed

LAUGHS = (
    '<?xml version="1.0"?>\n<!DOCTYPE l [\n<!ENTITY a "ha">\n'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">\n' for n in range(10))
    + "]>\n<l><Body>&k;</Body></l>"
)
QUADRATIC = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "' + "x" * 100_000 + '">]><l>' + "&a;" * 10_000 + "</l>"
OUTSIDE = '<!DOCTYPE l SYSTEM "file:///etc/passwd"><l/>'
PARAMETERS = '<?xml version="1.0"?>\n<!DOCTYPE l [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]><l/>'


def refused(data: bytes, feed: bool = True) -> SenderError:
    with pytest.raises(SenderError) as refusal:
        read(data, feed_job() if feed else job())
    return refusal.value


def refused_as_csv(data: bytes) -> SenderError:
    asked = replace(feed_job(), feed=Feed.model_validate({**FEED, "files": "*.csv", "format": {}}).model_dump_json(by_alias=True))
    with pytest.raises(SenderError) as refusal:
        read(data, asked)
    return refusal.value


@pytest.mark.parametrize("feed", [True, False])
@pytest.mark.parametrize(("text", "line"), [(LAUGHS, 2), (QUADRATIC, 1), (OUTSIDE, 1), (PARAMETERS, 2)])
def test_document_types_are_refused_unread(text: str, line: int, feed: bool) -> None:
    began = time.process_time()
    refusal = refused(text.encode(), feed) if feed or text.startswith("<?xml") else refused(text.encode())
    assert (refusal.code, refusal.line) == ("document_type", line)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("<a>\n<Body>&x;</Body></a>", 2, "an entity is used there that XML does not have"),
        ("<a>\n<Body></a>", 2, "an element is closed there that is not the one that is open"),
        ("<a>\n\n<Body>A & B</Body></a>", 3, "a sign stands there that may not stand there as it is"),
        ("<a><Body x='1' x='2'/></a>", 1, "an element has the same attribute twice"),
        ("<a><Body>1</Body></a>\n<a/>", 2, "something follows the end of the document"),
        ("<a>\n<Body>&#0;</Body></a>", 2, "a character is written there that XML does not have"),
        ("<a>\n<Body>\x01</Body></a>", 2, "a sign stands there that may not stand there as it is"),
    ],
)
def test_what_is_no_xml_is_refused_with_its_place(text: str, line: int, told: str) -> None:
    refusal = refused(text.encode())
    assert (refusal.code, refusal.line) == ("damaged_xml", line)
    assert f"in line {line}, at character " in str(refusal)
    assert told in str(refusal)


def test_a_file_that_is_cut_anywhere_is_incomplete_or_never_silently_less() -> None:
    whole = INVOICES.encode()
    end = whole.rindex(b">") + 1
    for cut in range(60, end):
        refusal = refused(whole[:cut])
        assert refusal.code == "incomplete", (cut, str(refusal))
    refusal = refused(whole[: end - 20])
    assert refusal.line == 17
    assert str(refusal) == "The file ends in the middle, in line 17: the export or the upload broke off. Send it again."


def test_an_empty_file() -> None:
    assert refused(b"").code == refused(b" \r\n").code == "no_header"


@pytest.mark.parametrize("data", [b"code;name\r\n1;Ann\r\n", b"\x00\x01\x02\x03", b"%PDF-1.7", b"PK\x05\x06" + b"\0" * 18])
def test_another_kind_of_file(data: bytes) -> None:
    assert refused(data).code in {"wrong_kind", "no_member"}


def test_xml_where_a_csv_file_is_agreed() -> None:
    refusal = refused_as_csv(INVOICES.encode())
    assert (refusal.code, str(refusal)) == (
        "wrong_kind",
        "The file is an XML file, but delimited text (CSV) is agreed. Export it as agreed, or have the new kind agreed."
        " To accept it, the feed's format says `kind: xml`.",
    )


def test_bytes_that_the_encoding_does_not_have() -> None:
    refusal = refused(INVOICES.encode("cp1252"))
    assert (refusal.code, refusal.line) == ("wrong_encoding", 4)
    assert "is 0xE0, which is no character there" in str(refusal)
    refusal = refused(INVOICES.replace("UTF-8", "no-such").encode())
    assert (refusal.code, str(refusal)) == (
        "wrong_encoding",
        'The file says that it is written in "no-such", which is no encoding that is known. Export it as UTF-8.',
    )
    assert refused(INVOICES.replace("UTF-8", "punycode").encode()).code == "wrong_encoding"
    assert refused(INVOICES.replace("UTF-8", "rot13").encode()).code == "wrong_encoding"


def test_rows_in_no_place_or_several() -> None:
    refusal = refused(INVOICES.replace("Body>", "Row>").encode())
    assert refusal.code == "no_rows"
    assert 'no element "Body", and so no row. What it has several of: "/Fattura/Row/Payment", "/Fattura/Row".' in str(refusal)
    assert "`rows: /Fattura/Row/Payment`" in str(refusal)
    refusal = refused(INVOICES.replace("</p:Fattura>", "<Other><Body/></Other></p:Fattura>").encode())
    assert refusal.code == "no_rows"
    assert '"/Fattura/Body", "/Fattura/Other/Body"' in str(refusal)
    refusal = refused(INVOICES.replace("<Amount", "<Body>x</Body><Amount").encode())
    assert '"/Fattura/Body", "/Fattura/Body/Body"' in str(refusal)


def test_endless_depth() -> None:
    began = time.process_time()
    for text in ("<a>" * 100_000, "<a><Body>" + "<b>" * 100_000):
        for feed in (True, False):
            refusal = refused(("<?xml version='1.0'?>\n" + text + "x</a>").encode(), feed)
            assert (refusal.code, refusal.line) == ("damaged_xml", 2)
            assert "far too deep" in str(refusal)
    assert time.process_time() - began < 5


def test_a_million_attributes() -> None:
    began = time.process_time()
    attributes = " ".join(f"x{number}=''" for number in range(1_000_000))
    text = f"<a><Body {attributes}/></a>"
    refusal = refused(text.encode())
    assert (refusal.code, refusal.line) == ("damaged_xml", 1)
    assert "a single tag or comment begins that is far too long" in str(refusal)
    assert time.process_time() - began < 10


@pytest.mark.parametrize("start", ["<a><Body><x>", "<a>\n<Header>", "<a><Body><!--", "<a><Body x='"])
def test_a_text_without_end_takes_little_memory(start: str) -> None:
    data = start.encode() + b"x" * (64 << 20)
    tracemalloc.start()
    try:
        with pytest.raises(SenderError) as raised:
            read(data, feed_job(rows="/a/Body"))
        refusal, peak = raised.value, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (refusal.code, refusal.line) == ("damaged_xml", 2 if "\n" in start else 1)
    assert "far too long" in str(refusal)
    assert peak < 64 << 20


def test_endless_names() -> None:
    names = "".join(f"<x{number}>1</x{number}>" for number in range(30_000))
    assert refused(f"<a><Body>{names}</Body></a>".encode()).code == "too_many_columns"
    refusal = refused(f"<a>{names}<Body/></a>".encode())
    assert "far too many different elements" in str(refusal)
    refusal = refused(f"<a>{names}</a>".encode(), feed=False)
    assert refusal.code in {"damaged_xml", "too_many_columns"}


def test_text_that_begins_like_a_tag_may_be_no_xml() -> None:
    found = read(b"<Code>;<Name>\r\nA1;Ann\r\nB2;Bob\r\n", job())
    assert (found.opened.format.kind, found.finished.rows) == ("delimited", 2)
