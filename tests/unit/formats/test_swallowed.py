"""Quotes that swallow rows: the row they stand in is damaged, the others are read; what keeps to the rules is not taken apart."""

from __future__ import annotations

import pytest
from tests.unit.formats.reading import Read, job, read

from nightclerk.core.errors import SenderError

HEAD = b"code;name;city\r\n"
SIZES = [64, 4096, 1 << 20]


def rows(first: int, last: int, cell: str = "C{0};Name {0};Lyon\r\n") -> bytes:
    return "".join(cell.format(number) for number in range(first, last)).encode()


def lines_of(found: Read) -> list[int]:
    return list(found.rows)


@pytest.mark.parametrize(("size", "behind"), [*((size, behind) for size in SIZES for behind in (3, 40)), (1 << 20, 100_000)])
def test_a_quote_never_closed_costs_its_row_alone(size: int, behind: int) -> None:
    data = HEAD + rows(2, 17) + b'C17;"Name;Lyon\r\n' + rows(18, 18 + behind)
    found = read(data, job(size), late=[17, 18])
    assert found.codes == [(17, "quote_not_closed")]
    assert found.rejected[0].cells == ("C17", '"Name', "Lyon")
    assert lines_of(found) == [*range(2, 17), *range(18, 18 + behind)]
    assert [late.row.line for late in found.late] == [17, 18]
    assert found.finished.rows == 16 + behind


@pytest.mark.parametrize("size", SIZES)
def test_a_quote_that_the_next_quoted_field_closes_costs_its_row_alone(size: int) -> None:
    for quoted in ('C{0};"Name; {0}";Lyon\r\n', '"C{0}";"Name {0}";"Lyon"\r\n', 'C{0};"Name\r\n{0}";Lyon\r\n'):
        data = HEAD + rows(2, 6) + b'C6;Name;"Lyon\r\n' + rows(7, 12) + rows(12, 15, quoted) + rows(15, 18)
        found = read(data, job(size))
        assert found.codes == [(6, "quote_not_closed")]
        assert len(found.rows) == 15


def test_a_quote_that_a_doubled_one_does_not_close() -> None:
    data = HEAD + rows(2, 6) + b'C6;"Name;Lyon\r\n' + rows(7, 40, 'C{0};"Name ""{0}""";"Lyon"\r\n')
    found = read(data, job())
    assert found.codes == [(6, "quote_not_closed")]
    assert lines_of(found) == [*range(2, 6), *range(7, 40)]


def test_far_more_than_a_record_may_be_is_read_again() -> None:
    data = HEAD + b'C2;"Name;Lyon\r\n' + rows(3, 300_000) + b'D;"Name;Nice";Nice\r\n' + b'E;"Name;Nice\r\n' + rows(0, 10)
    found = read(data, job())
    assert found.codes == [(2, "quote_not_closed"), (300_001, "quote_not_closed")]
    assert len(found.rows) == 299_997 + 1 + 10


def test_many_of_them_cost_one_row_each() -> None:
    data = HEAD + (rows(0, 20) + b'C6;"Name;Lyon\r\n') * 50 + rows(0, 20)
    found = read(data, job())
    assert len(found.rows) == 51 * 20
    assert [code for _, code in found.codes] == ["quote_not_closed"] * 50


def test_a_pair_of_stray_quotes_is_seen_and_never_taken_apart() -> None:
    data = HEAD + b'C2;"Name;Lyon\r\n' + rows(3, 6) + b'C6;Name";Lyon\r\n' + rows(7, 9)
    found = read(data, job())
    assert found.codes == [(2, "rows_in_quotes")]
    assert lines_of(found) == [7, 8]
    other = HEAD + b'C2;"Name;Lyon\r\n' + rows(3, 6) + b'C6;Name;Lyon"\r\n' + rows(7, 9)
    assert read(other, job()).codes == [(2, "too_few_fields"), (2, "rows_in_quotes")]


@pytest.mark.parametrize(
    "row",
    [
        b'C2;"first line\r\nsecond";Lyon\r\n',
        b'C2;"first; line\r\nsecond; too; long";Lyon\r\n',
        b'C2;"Dear Sir; madam; all\r\nof you";Lyon\r\n',
        b'C2;"\r\n\r\n";Lyon\r\n',
    ],
)
def test_text_of_several_lines_is_text(row: bytes) -> None:
    found = read(HEAD + row + rows(3, 9), job())
    assert (found.codes, len(found.rows)) == ([], 7)


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_a_text_whose_opening_quote_is_lost_takes_its_first_line_along(line_end: bytes) -> None:
    data = HEAD + rows(2, 4) + b'C4;Name;first\r\n\r\nsecond; third\r\nlast"\r\n' + rows(8, 11) + b'D;"x"\r\n' + rows(12, 14)
    found = read(data.replace(b"\r\n", line_end), job(), late=[4])
    assert found.codes[0] == (4, "quote_not_opened")
    assert lines_of(found) == [2, 3, 8, 9, 10, 12, 13]
    assert found.late[0].row.line == 4
    early = HEAD + b'C2;Name;"first"\r\nlast"\r\n' + b'C4;Name;\r\nC5;24"\r\n' + b'C6;Name;x\r\n"C7";"x\r\n' + rows(8, 11)
    assert lines_of(read(early, job())) == [4, 6, 8, 9, 10]


def test_prose_with_commas_is_no_row() -> None:
    data = b'code,text\r\nA,"Hello\r\nDear, you"\r\nB,"x\r\nC,y"\r\nD,z\r\n'
    found = read(data, job())
    assert found.rows == {2: ("A", "Hello\r\nDear, you"), 6: ("D", "z")}
    assert found.codes == [(4, "rows_in_quotes")]


@pytest.mark.parametrize("size", [5, 1 << 20])
def test_rows_are_not_made_of_the_end_of_a_text_whose_quotes_are_bare(size: int) -> None:
    data = HEAD + b'C2;"He said "hi" and\r\nleft;then";Lyon\r\n' + rows(4, 9)
    found = read(data, job(size))
    assert (found.codes, lines_of(found)) == (
        [(2, "too_few_fields"), (2, "text_after_quote"), (3, "stray_quote")],
        [4, 5, 6, 7, 8],
    )


def test_no_more_than_so_often() -> None:
    data = HEAD + (rows(0, 20) + b'"C6;Name";"Lyon\r\n') * 251 + rows(0, 20)
    with pytest.raises(SenderError) as refused:
        read(data, job())
    assert (refused.value.code, refused.value.line) == ("unbalanced_quote", 5_272)


def test_a_byte_order_mark_within_a_file_is_told() -> None:
    found = read(HEAD + rows(2, 4) + b"\xef\xbb\xbf" + HEAD + b"X;\xef\xbb\xbfName;Lyon\r\n", job())
    assert found.codes == [(4, "byte_order_mark")]
    assert found.rows[5] == ("X", "\ufeffName", "Lyon")


def test_the_sign_of_inches_in_a_short_row_costs_no_other_row() -> None:
    found = read(b'Code;Nom;Prix\nA1;Ecran;10\nA2;Cable;20\nA3;Moniteur 24"\nA4;Clavier;5\n', job())
    assert (sorted(found.rows), [line for line, _ in found.codes]) == ([2, 3, 5], [4])
