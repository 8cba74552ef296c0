"""The reject file comes back as the cells that went out."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.unit.formats.reading import job, read
from tests.unit.letters import reports

from nightclerk.core.issue import Issue, RejectedRow
from nightclerk.core.reading import FormatFound
from nightclerk.core.report import RejectFile
from nightclerk.core.sentence import Sentence
from nightclerk.formats.rejects import reject_file

CELLS = st.text(alphabet="ab;\"',=+-@\t\r\n 1é€,.", max_size=8)


def found(
    encoding: str = "utf-8", delimiter: str = ";", quote: str | None = '"', end: str = "\r\n", bom: bool = False
) -> FormatFound:
    return FormatFound("delimited", encoding, delimiter, quote, 1, end, bom=bom)


def made_of(
    format_: FormatFound,
    columns: tuple[str, ...],
    rows: Iterable[RejectedRow],
    issues: Mapping[int, list[Issue]],
    number: int,
    limit: int,
) -> RejectFile:
    run = replace(reports.with_rejects().runs[0], id=number, format=format_, columns=columns)
    return reject_file(run, "r.csv", ((row, issues.get(row.line, [])) for row in rows), str, limit)


@settings(max_examples=examples(50), deadline=None)
@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6),
    st.sampled_from([
        found(), found("cp1252", ","), found("utf-16-le", "\t", bom=True), found(end="\n", quote="'"), found(bom=True, end="\r"),
    ]),
)  # fmt: skip
def test_it_reads_back_to_the_same_cells(cells: list[tuple[str, str, str]], format_: FormatFound) -> None:
    sent = [RejectedRow(number, row) for number, row in enumerate(cells, 2) if any(cell.strip() for cell in row)]
    issues = {
        row.line: [Issue(row.line, "required", Sentence.verbatim('Line 2: "→".'), "=b", "name", "\0\x1f\r\n;")] * 2
        for row in sent
    }
    made = made_of(format_, ("a", "=b", "c"), sent, issues, 812, 10**6)
    assert (made.rows, made.complete, made.name) == (len(sent), True, "r.csv")
    back = read(made.content, job(encoding=format_.encoding, quote=format_.quote or "none", delimiter=format_.delimiter))
    assert back.opened.columns == ("a", "=b", "c")
    assert back.opened.corrects
    assert back.issues == []
    assert list(back.rows.values()) == [row.cells for row in sent]
    assert back.finished.corrected_runs == ((812,) if sent else ())
    assert (back.opened.format.encoding, back.opened.format.bom) == (format_.encoding, format_.bom)


def test_what_it_looks_like() -> None:
    rows = [RejectedRow(4, ("=1+1", "-5,00", "+x")), RejectedRow(9, ("A", "B")), RejectedRow(11, ("A", "B", "C", "D"))]
    issues = {
        4: [
            Issue(4, "required", Sentence.verbatim("Line 4: gone."), "Nom", "name"),
            Issue(4, "too_long", Sentence.verbatim("@long"), "Code", "code", "x"),
        ],
        9: [Issue(9, "too_few_fields", Sentence.verbatim("Line 9: few."))],
    }
    made = made_of(found("cp1252"), ("Code", "Nom", "Été"), rows, issues, 7, 10**6)
    assert made.content.decode("cp1252").split("\r\n") == [
        "Code;Nom;Été;_line;_code;_field;_value;_message;_run",
        "'=1+1;-5,00;'+x;4;required | too_long;name | code; | x;Line 4: gone. | @long;7",
        "A;B;;9;too_few_fields;;;Line 9: few.;7",
        "A;B;C;11;;;;;7;D",
        "",
    ]


def test_no_cell_starts_a_formula() -> None:
    rows = [RejectedRow(2, ("=a", "\t=b", "@c"))]
    issues = {2: [Issue(2, "+c", Sentence.verbatim("=m"), "-f", None, "@v")]}
    made = made_of(found(delimiter=","), ("=h", "-x", "+y"), rows, issues, 1, 10**6)
    for record in made.content.decode().splitlines():
        assert not any(cell.strip('"').startswith(("=", "+", "-", "@", "\t", "\r")) for cell in record.split(","))


def test_characters_that_the_senders_encoding_lacks_do_not_fail() -> None:
    issues = {2: [Issue(2, "c", Sentence.verbatim("“ā” → Ω"), "a")]}
    made = made_of(found("cp1252"), ("a",), [RejectedRow(2, ("é",))], issues, 1, 10**6)
    assert made.content.decode("cp1252").splitlines()[1] == "é;2;c;a;;“a” ? O;1" or "? ?" in made.content.decode("cp1252")
    ascii_made = made_of(found("ascii"), ("a",), [RejectedRow(2, ("e",))], issues, 1, 10**6)
    assert ascii_made.content.isascii()


def test_it_ends_at_its_limit() -> None:
    rows = (RejectedRow(number, ("x" * 100,)) for number in range(2, 10**9))
    made = made_of(found(), ("a",), rows, {}, 1, 1000)
    assert not made.complete
    assert 1 <= made.rows <= 9
    assert len(made.content) <= 1000
    assert made.content.endswith(b"\r\n")


@pytest.mark.parametrize("header_row", ["none", 3])
def test_it_comes_back_where_the_senders_files_have_no_header_or_another(header_row: str | int) -> None:
    made = made_of(found("utf-8", bom=True), ("1", "2"), [RejectedRow(2, ("x", "y"))], {}, 5, 10**6)
    assert made.content.startswith(codecs.BOM_UTF8)
    back = read(made.content, job(header_row=header_row))
    assert (back.opened.columns, list(back.rows.values()), back.finished.corrected_runs) == (("1", "2"), [("x", "y")], (5,))


def test_without_quotes_nothing_can_break_a_record() -> None:
    rows = [RejectedRow(2, ("a;b", "c\r\nd"))]
    made = made_of(found(quote=None), ("a", "b"), rows, {2: [Issue(2, "c", Sentence.verbatim("one; two\n"))]}, 5, 10**6)
    back = read(made.content, job(quote="none"))
    assert list(back.rows.values()) == [("a b", "c  d")]
