"""Text of fixed width: columns by position, lines that end early or late, headers, records without line ends."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.unit.formats.reading import Read, read

from nightclerk.core.entity import Entity
from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.issue import LeftOut
from nightclerk.core.reading import Job

ENTITY = Entity.model_validate({
    "entity": "customer", "table": "customers", "key": ["code"],
    "fields": {"code": {"type": "text"}, "name": {"type": "text"}, "balance": {"type": "text"}},
})  # fmt: skip
ROWS_ALONE = dict.fromkeys(["comments", "comment_column", "totals", "footer", "continuation"], "none")
COLUMNS = {"Code": "1-8", "Name": [9, 28], "Solde": "29-38"}


def feed_job(block_bytes: int = 1 << 20, columns: dict[str, Any] | None = None, mapping: Any = None, **given: Any) -> Job:
    feed = Feed.model_validate({
        "feed": "f", "files": "*.txt", "entity": "customer", "format": {"columns": columns or COLUMNS, **given},
        "mapping": mapping or {"code": "Code", "name": "Name", "balance": "Solde"},
    })  # fmt: skip
    return Job("fr", "Europe/Paris", feed.model_dump_json(by_alias=True), ENTITY.model_dump_json(), block_bytes=block_bytes)


def line(code: str, name: str, balance: str) -> str:
    return f"{code:8}{name:20}{balance:>10}"


def read_lines(*lines: str, end: str = "\r\n", encoding: str = "utf-8", **given: Any) -> Read:
    return read("".join(one + end for one in lines).encode(encoding), feed_job(**given))


def refused(*lines: str, end: str = "\r\n", encoding: str = "utf-8", **given: Any) -> SenderError:
    with pytest.raises(SenderError) as found:
        read_lines(*lines, end=end, encoding=encoding, **given)
    return found.value


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-8-sig"])
def test_positions_are_characters_whatever_the_encoding(end: str, encoding: str) -> None:
    rows = [line("00000007", "Société Émile", "1234,50"), line("1E464", "Forêt & Châtaigne €", "NA"), line("X", "", "")]
    found = read_lines(*rows, end=end, encoding=encoding)
    assert found.rows == {
        1: ("00000007", "Société Émile", "1234,50"),
        2: ("1E464", "Forêt & Châtaigne €", "NA"),
        3: ("X", None, None),
    }
    assert (found.opened.format.kind, found.opened.format.line_end, found.opened.format.delimiter) == ("fixed_width", end, None)


# Letters of one line and no more: what fills up a cell is no part of it.
CELL = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x2FFF, blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), max_size=6
)


@settings(max_examples=examples(40), deadline=None, print_blob=True)
@given(
    st.lists(st.tuples(CELL.filter(bool), CELL, CELL), min_size=1, max_size=30),
    st.sampled_from(["\n", "\r\n"]), st.integers(1, 300), st.booleans(), st.booleans(),
)  # fmt: skip
def test_what_is_written_is_read(
    rows: list[tuple[str, str, str]], end: str, block_bytes: int, trimmed: bool, endless: bool
) -> None:
    """Any cells, filled up or trimmed, with a gap between columns, in blocks of any size, with line ends or without."""
    lines = [f"{a:6}{b:>7} {c:6} " for a, b, c in rows]
    if endless:
        data, length = "".join(lines), 21
    else:
        data, length = "".join((one.rstrip(" ") if trimmed else one) + end for one in lines), None
    columns = {"A": "1-6", "B": "7-13", "C": "15-20"}
    mapping = {"code": "A", "name": "B", "balance": "C"}
    written = ("\ufeff" + data).encode()  # so that no other encoding is meant
    found = read(
        written, feed_job(block_bytes, columns, mapping, record_length=length, **ROWS_ALONE), late=list(range(1, len(rows) + 1))
    )
    assert found.issues == []
    expected = {number: tuple(cell or None for cell in row) for number, row in enumerate(rows, 1)}
    assert found.rows == expected
    assert [late.row.cells for late in found.late] == rows


def test_text_behind_the_last_column_rejects_its_row_and_text_between_columns_is_told() -> None:
    columns = {"Code": "1-4", "Name": "7-10"}
    mapping = {"code": "Code", "name": "Name"}
    found = read_lines("A   --Ann ", "B     Bob   ", "C     Cyd  x 1", "D   z Di", columns=columns, mapping=mapping)
    assert found.rows == {1: ("A", "Ann"), 2: ("B", "Bob"), 4: ("D", "Di")}
    assert [(issue.line, issue.code, issue.value) for issue in found.issues] == [(3, "beyond_columns", "x 1")]
    assert found.rejected[0].cells == ("C", "Cyd", "x 1")
    assert str(found.issues[0].message) == 'Line 3: "x 1" stands behind the last column, which ends at position 10.'
    assert list(map(str, found.finished.notes)) == [
        "2 rows hold text between the columns that was not read, the first in line 1 from position 5 on."
    ]


def test_what_no_text_may_hold_is_told_at_its_line() -> None:
    rows = [
        line("A", "An\0n", "1"),
        line("B", "Bo\rb", "2"),
        "C\tCyd",
        line("D", "Di\x1f", "4"),
        "",
        "   ",
        line("E", "Eve", "5"),
    ]
    found = read_lines(*rows)
    assert found.codes == [(1, "nul_byte"), (2, "bare_cr"), (3, "control_character"), (4, "control_character")]
    assert found.left_out == [LeftOut(5, "blank row"), LeftOut(6, "blank row")]
    assert list(found.rows) == [7]
    assert found.finished.rows == 5


def test_a_row_whose_end_is_missing_is_told_where_the_others_are_filled_up() -> None:
    whole = [line("A", "Ann", "1") + "  ", line("B", "Bob", "2") + "  "]
    found = read_lines(*whole, line("C", "Cyd", "3")[:20], *whole)
    assert found.codes[0] == (3, "ends_early")
    assert (
        str(found.issues[0].message)
        == "Line 3: the row ends at position 20, but the others have 40 characters; its end is missing."
    )
    trimmed = read_lines(line("A", "Ann", "1"), "B", line("C", "Cyd", "3"))
    assert list(trimmed.rows) == [1, 2, 3]


def test_a_last_line_that_is_cut_is_told() -> None:
    rows = [line(f"K{number}", "Name", "12,50") for number in range(20)]
    data = ("\n".join(rows))[:-3].encode()
    for block_bytes in (1, 100, 1 << 20):
        found = read(data, feed_job(block_bytes), late=[20])
        assert found.codes == [(20, "ends_early")]
        assert found.late[0].values is None
    assert read("\n".join(rows).encode(), feed_job()).issues == []


def test_a_header_is_compared_and_lines_above_it_are_left_out() -> None:
    rows = [line("A", "Ann", "1"), line("B", "Bob", "2")]
    found = read_lines("Clients", "", line("CODE", "name", "Sold"), *rows, header_row=3)
    assert list(found.rows) == [4, 5]
    assert [(one.line, one.reason) for one in found.left_out] == [(1, "above the header"), (2, "blank row")]
    assert (found.opened.format.header_row, found.opened.notes) == (3, ())
    noted = read_lines(line("CODE", "Raison", "Solde"), *rows, header_row=1)
    assert str(noted.opened.notes[0]) == 'The header in line 1 has other names than agreed: "Raison".'
    told = refused(line("CODE", "Solde", "Name"), *rows, header_row=1)
    assert (told.code, told.line) == ("column_missing", 1)
    assert refused(*rows, header_row=7).code == "no_header"
    assert refused(end="").code == "no_header"


@pytest.mark.parametrize("block_bytes", [200, 1 << 20])
def test_what_stands_on_each_page_of_a_report_is_no_row(block_bytes: int) -> None:
    page = "\f".join(
        f"Clients 2026           Page {number:3}\n\n{line('Code', 'Nom', 'Solde')}\n{'-' * 8}{'-' * 20}{'=' * 10}\n"
        + "".join(f"{line(f'K{number}{row}', 'Ann', str(row))}\n" for row in range(3))
        for number in (1, 12)
    )
    found = read(page.encode(), feed_job(block_bytes, header_row=3))
    assert list(found.rows) == [5, 6, 7, 12, 13, 14]
    assert found.issues == []
    again = [(8, "header again"), (10, "header again"), (11, "footer")]
    titles = [(1, "above the header"), (2, "blank row"), (4, "footer"), (9, "blank row")]
    assert sorted((one.line, one.reason) for one in found.left_out) == sorted([*again, *titles])


def test_a_row_like_a_title_is_a_row_and_a_page_break_is_none() -> None:
    rows = [line("Clients", "1", ""), line("Code", "Nom", "Solde"), line("A", "", "1"), "\f" + line("Clients", "2", ""), "\f"]
    found = read_lines(*rows, header_row=2, totals="none")
    assert (list(found.rows), found.issues) == ([3, 4], [])
    drawn = read_lines("-" * 38, line("A", "Ann", "1"), **ROWS_ALONE)
    assert list(drawn.rows) == [1, 2]


def test_columns_counted_in_bytes_are_refused() -> None:
    names = ["Société Émile", "Forêt", "Ann", "Bob", "Cyd", "Élan"]
    rows = [f"K{at}".ljust(8).encode() + name.encode().ljust(20) + b"1".rjust(10) for at, name in enumerate(names)]
    with pytest.raises(SenderError) as told:
        read(b"\n".join(rows) + b"\n", feed_job())
    assert (told.value.code, "counted in bytes: each row has 38" in str(told.value)) == ("wrong_encoding", True)


def test_records_without_line_ends() -> None:
    rows = [line("A", "Société", "1"), line("B", "Bob", "2"), line("C", "Cyd", "3")]
    found = read_lines(*rows, end="", encoding="cp850", record_length=38)
    assert found.rows[1] == ("A", "Société", "1")
    assert list(found.rows) == [1, 2, 3]
    assert refused(*rows, record_length=38).code == "wrong_kind"
    cut = read_lines(*[line(f"K{number}", "N", "1") + " " for number in range(9)], end="", record_length=39)
    assert len(cut.rows) == 9


def test_an_overlong_line_costs_itself_alone() -> None:
    bomb = "B" * 9_000_000
    found = read_lines(line("A", "Ann", "1"), bomb, line("C", "Cyd", "3"), block_bytes=1 << 16)
    assert found.codes == [(2, "record_too_long")]
    assert list(found.rows) == [1, 3]


def test_other_kinds_are_told() -> None:
    with pytest.raises(SenderError) as told:
        read(b"<html><table></table></html>", feed_job())
    assert "but text of fixed width is agreed" in str(told.value)


@pytest.mark.parametrize("as_text", [bytes, base64.encodebytes, lambda der: b"-----BEGIN PKCS7-----\n" + base64.encodebytes(der)])
@pytest.mark.parametrize("asked", [feed_job, lambda: Job("it", "UTC")])
def test_a_signed_file_is_told(as_text: Callable[[bytes], bytes], asked: Callable[[], Job]) -> None:
    signed = (
        bytes.fromhex("30820b1006092a864886f70d010702a0820b0130820afd020101") + b"<?xml version='1.0'?><Fattura/>" + b"\x80" * 99
    )
    with pytest.raises(SenderError) as told:
        read(as_text(signed), asked())
    assert (told.value.code, "Send the file itself, as it was before" in str(told.value)) == ("wrong_kind", True)


def test_a_long_file_is_read_in_columns() -> None:
    rows = "".join(line(f"K{number}", "Société Émile", f"{number},50") + "\n" for number in range(200_000)).encode()
    begun = time.perf_counter()
    found = read(rows, feed_job(3 << 19))
    assert found.finished.rows == 200_000
    assert time.perf_counter() - begun < 20
