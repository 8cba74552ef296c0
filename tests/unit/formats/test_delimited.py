"""Reading without a feed: cells, lines, damage, whatever the block size."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.unit.formats import model
from tests.unit.formats.reading import ROWS_ALONE, Read, job, read
from tests.unit.formats.test_scanner import TEXTS

from nightclerk.core.errors import SenderError
from nightclerk.core.issue import LeftOut
from nightclerk.core.reading import Job


@settings(max_examples=examples(60), deadline=None)
@given(TEXTS, st.sampled_from(['"', "'", "none"]), st.integers(1, 60))
@example(b'a"b;c\r\n"d;""e";f\r\n', '"', 3)
@example(b"\xef\xbb\xbfa;b\r\n\xef\xbb\xbfc;d\r\n", '"', 5)
def test_cells_are_those_of_the_model_whatever_the_block_size(data: bytes, quote: str, block_bytes: int) -> None:
    mark = None if quote == "none" else quote.encode()
    entries = model.read(b"h;i\r\n" + data, b";", mark, b"\n")[1:]
    data = b"h;i\r\n" + data
    asked = {"encoding": "utf-8", "delimiter": ";", "quote": quote, "header_row": 1, **ROWS_ALONE}
    asked |= {"inner_quotes": "doubled"} if mark else {}
    whole, small = (_taken(data, job(size, **asked), [entry.line + 1 for entry in entries]) for size in (1 << 20, block_bytes))
    if isinstance(whole, SenderError) or isinstance(small, SenderError):
        assert isinstance(whole, SenderError)
        assert isinstance(small, SenderError)
        assert (whole.code, whole.line) == (small.code, small.line) == ("unbalanced_quote", _opened(data, entries[-1]))
        return
    assert (small.rows, small.issues, small.rejected, small.left_out, small.finished, small.late) == (
        whole.rows, whole.issues, whole.rejected, whole.left_out, whole.finished, whole.late,
    )  # fmt: skip
    if "quote_not_closed" in {code for _, code in whole.codes}:
        return  # rows are found again that the model leaves swallowed: test_swallowed.py
    width = max(len(next(iter(whole.rows.values()), ())), 2)
    for entry in entries:
        cells = tuple(cell.decode() for cell in entry.cells)
        if entry.line + 1 in whole.rows:
            assert not entry.faults
            assert whole.rows[entry.line + 1] == (*cells, "", "")[:width]  # several rows, all one field short, are filled up
    rejected = {row.line: row.cells for row in whole.rejected}
    lines = {entry.line + 1: entry for entry in entries}
    assert set(rejected) | set(whole.rows) | {left.line for left in whole.left_out} == set(lines)
    late = {row.row.line: row for row in small.late}
    assert set(late) == set(rejected) | set(whole.rows)
    for line, row in late.items():
        assert row.values == whole.rows.get(line)
        assert row.row.cells == (whole.rows.get(line) or rejected[line])


def _taken(data: bytes, asked: Job, late: list[int]) -> Read | SenderError:
    try:
        return read(data, asked, late)
    except SenderError as refused:
        return refused


def _opened(data: bytes, entry: model.Entry) -> int:
    assert entry.open_at is not None
    return 1 + data.count(b"\n", 0, entry.open_at)


def test_nothing_is_guessed_into_a_number() -> None:
    data = b'a;b;c\n00000007;NA;null\n1E464;"";-\nNaN;  x ;""""\n'
    assert list(read(data, job()).rows.values()) == [("00000007", "NA", "null"), ("1E464", "", "-"), ("NaN", "  x ", '"')]


def test_every_damage_is_told_at_its_line() -> None:
    data = b'a;b;c\r\n1;2\r\n1;2;3;4\r\n"x"y;2;3\r\n\0;2;3\r\nq\rr;2;3\r\n"two\r\nlines";2;3\r\n\x1f;2\r\n1;2;3'
    found = read(data, job())
    assert found.codes == [
        (2, "too_few_fields"), (3, "too_many_fields"), (4, "text_after_quote"), (5, "nul_byte"), (6, "bare_cr"),
        (9, "too_few_fields"), (9, "control_character"),
    ]  # fmt: skip
    assert found.rows == {7: ("two\r\nlines", "2", "3"), 10: ("1", "2", "3")}
    assert [row.cells for row in found.rejected][:3] == [("1", "2"), ("1", "2", "3", "4"), ("xy", "2", "3")]
    assert found.finished.rows == 8
    assert found.issues[0].message == "Line 2: the row has 2 fields, but the header has 3; check its delimiters and quotes."


@pytest.mark.parametrize("block_bytes", [64, 1 << 16, 1 << 23])
def test_a_record_past_every_limit_costs_itself_alone(block_bytes: int) -> None:
    bomb = b'"' + b"x;\n" * 2_000_000 + b'"'
    data = b"a;b\r\n1;2\r\n" + b"first;" + bomb + b"\r\n3;4\r\n"
    found = read(data, job(max(block_bytes, 1 << 16)), late=[3])
    assert found.codes == [(3, "record_too_long")]
    assert found.rows == {2: ("1", "2"), 2_000_004: ("3", "4")}
    assert found.rejected[0].cells == ("first",)
    assert found.late[0].row == found.rejected[0]


def test_a_quote_never_closed_refuses_the_file_at_its_line_when_no_rows_follow() -> None:
    for filler in (b"", b"x;y;z\r\n" * 3, b"x y\r\n" * 2_000_000):
        with pytest.raises(SenderError) as refused:
            read(b'a;b\r\n1;2\r\n3;"4\r\n' + filler, job(1 << 16))
        assert (refused.value.code, refused.value.line) == ("unbalanced_quote", 3)


def test_blank_rows_are_left_out_and_counted_to_the_last() -> None:
    data = b"title;\r\n\r\na;b\r\n" + b"1;2\r\n;\r\n\r\n" * 2000 + b"3;4"
    found = read(data, job(4096, header_row=3))
    assert found.left_out[:3] == [LeftOut(1, "above the header"), LeftOut(2, "blank row"), LeftOut(5, "blank row")]
    assert (len(found.left_out), found.finished.left_out_more) == (1000, 3002)
    assert (found.finished.rows, len(found.rows)) == (2001, 2001)


def test_columns_without_a_header_are_shown_where_no_feed_says_what_matters() -> None:
    found = read(b"a;b;;\r\n1;2;;\r\n3;4;;5\r\n6;7\r\n", job())
    assert found.opened.columns == ("a", "b", "", "")
    assert found.rows == {2: ("1", "2", "", ""), 3: ("3", "4", "", "5")}
    assert found.codes == [(4, "too_few_fields")]
    assert "has 2 fields, but the header has 4;" in found.issues[0].message


def test_rows_that_all_end_with_a_delimiter_are_as_wide_as_they_are() -> None:
    assert list(read(b"a;b\r\n1;2;\r\n3;4;\r\n", job()).rows.values()) == [("1", "2"), ("3", "4")]


def test_rows_that_all_leave_the_last_columns_out_are_read_with_a_note() -> None:
    found = read(b"a;b;c\r\n" + b"1;2\r\n" * 6, job())
    assert found.opened.notes == ('The rows have only the first 2 of 3 columns; taken as blank: "c".',)
    assert found.rows[2] == ("1", "2", "")
    damaged = read(b"a;b;c\r\n" + b"1;2\r\n" * 6 + b"1;2;3\r\n", job())
    assert damaged.codes == [(line, "too_few_fields") for line in range(2, 8)]


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_line_ends(end: bytes) -> None:
    found = read(end.join([b"a;b", b'"1";2', b'"3";4']), job(8))
    assert found.rows == {2: ("1", "2"), 3: ("3", "4")}
    assert found.opened.format.line_end == end.decode()


def test_rows_of_a_block_of_tiny_records_are_bounded() -> None:
    found = read(b"a;b\n" + b"1;2\n" * 100_000, job(1 << 22))
    assert found.blocks == 4
    assert len(found.rows) == 100_000


@pytest.mark.parametrize("mark", [b"\x1a", b"\x1a" * 40])
def test_the_end_of_file_mark_of_dos_programs_is_no_row(mark: bytes) -> None:
    found = read(b"a;b\r\n1;2\r\n" + mark, job())
    assert (found.finished.rows, found.left_out) == (1, [])
    assert read(b"a;b\r\n1;2" + mark, job()).rows == {2: ("1", "2" + mark.decode())}


def test_a_cut_off_last_record_is_taken_when_its_fields_fit_and_told_when_not() -> None:
    assert read(b"a;b\n1;2\n3;4", job()).rows == {2: ("1", "2"), 3: ("3", "4")}
    assert read(b"a;b\n1;2\n3", job()).codes == [(3, "too_few_fields")]
    assert read(b"a;b\n1;2\n3;4\r", job()).codes == [(3, "bare_cr")]


def test_the_unit_separator_may_be_a_delimiter() -> None:
    assert read(b'a\x1fb\n1\x1f2\n"x\x1fy"\x1f3\n', job(delimiter="\x1f")).rows == {2: ("1", "2")}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_carriage_return_too_many_at_each_line_end_is_taken_out(encoding: str) -> None:
    rows = "".join(f'{number};"été\r\r\nà Lyon"\r\r\n' for number in range(60_000))
    data = f"code;note\r\r\n{rows}".encode(encoding)
    found = read(data, job(), late=[4])
    assert (len(found.rows), found.rows[2], found.codes) == (60_000, ("0", "été\r\nà Lyon"), [])
    assert found.opened.notes[0].startswith("Each line ends with one carriage return too many")
    assert found.late[0].values == ("1", "été\r\nà Lyon")
    some = read(b"a;b\r\n1;2\r\r\n3;4\r\n", job())
    assert (some.codes, list(some.rows)) == ([(2, "bare_cr")], [3])
