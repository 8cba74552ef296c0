"""The block scanner against the slow exact model, over arbitrary bytes."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.unit.formats import model

from nightclerk.formats.cutter import cut
from nightclerk.formats.dialect import Dialect
from nightclerk.formats.scanner import scan

PIECES = [b'"', b'"', b";", b";", b"\r\n", b"\n", b"\r", b"a", b"7", b" ", b"\t", b"\0", b"\x1f", b"\xc3\xa9", b'""', b"''", b"'"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join)
DIALECTS = st.sampled_from([
    Dialect(b";", b'"'), Dialect(b";", None), Dialect(b"\t", b'"'), Dialect(b";", b"'"), Dialect(b";", b'"', b"\r"),
    Dialect(b" ", b'"'),
])  # fmt: skip


def expected(data: bytes, dialect: Dialect) -> list[model.Entry]:
    return model.read(data, dialect.delimiter, dialect.quote, dialect.record_end)


@settings(max_examples=examples(300), deadline=None)
@given(TEXTS, DIALECTS)
@example(b'a"b;"c""d";e\r\n', Dialect(b";", b'"'))
@example(b'"a"x;"b"\n"c"\r\n', Dialect(b";", b'"'))
@example(b'"a"\r', Dialect(b";", b'"'))
@example(b'a""";"b;c"\n', Dialect(b";", b'"'))
def test_records_fields_lines_and_faults_are_those_of_the_model(data: bytes, dialect: Dialect) -> None:
    entries = expected(data, dialect)
    found = scan(data, dialect, final=True)
    if entries and entries[-1].open_at is not None:
        assert found.open_quote == entries[-1].open_at
        entries.pop()
    else:
        assert found.open_quote is None
    count = len(entries)
    assert found.starts.tolist()[:count] == [entry.start for entry in entries]
    assert found.ends.tolist()[:count] == [entry.end for entry in entries]
    assert found.lines.tolist()[:count] == [entry.line for entry in entries]
    assert found.fields.tolist()[:count] == [len(entry.cells) for entry in entries]
    for number, entry in enumerate(entries):
        assert {code for code, faulty in found.faults.items() if number in faulty} == entry.faults
        if "bare_cr" not in entry.faults:
            blank = all(not cell.strip() for cell in entry.cells)
            assert bool(found.blank[number]) == blank
        assert cut(data, entry.start, dialect).cells == entry.cells
        assert cut(data, entry.start, dialect).stray == ("text_after_quote" in entry.faults)


@settings(max_examples=examples(100), deadline=None)
@given(TEXTS, DIALECTS)
def test_a_block_that_is_not_the_last_holds_the_whole_records_only(data: bytes, dialect: Dialect) -> None:
    found = scan(data, dialect, final=False)
    # A CR, quote or delimiter at the very end may mean something else once more bytes come; records before it may not.
    entries = [entry for entry in expected(data + b"x", dialect) if entry.end <= len(data)]
    assert found.starts.tolist() == [entry.start for entry in entries]
    assert found.consumed == (entries[-1].end if entries else 0)
    assert found.line_ends == data.count(dialect.record_end, 0, found.consumed)


def test_many_blank_records_are_found_as_few_are() -> None:
    lines = [b";;", b"", b'"";"";', b" ; ;", b'""""', b"\t;", b"x;;", b";;x"]
    data = b"\r\n".join(lines * 40)
    found = scan(data, Dialect(b";", b'"'), final=True)
    assert found.blank.tolist() == [True, True, True, True, False, True, False, False] * 40


def test_fields_and_records_past_the_limits() -> None:
    long = b"x" * ((1 << 20) + 1)
    data = b"a;" + long + b"\r\n" + b"b;" + long[:-1] + b"\r\n" + b";".join([long[:-1]] * 5) + b"\r\nc;d\r\n"
    found = scan(data, Dialect(b";", b'"'), final=True)
    assert found.faults["field_too_long"].tolist() == [0]
    assert found.faults["record_too_long"].tolist() == [2]
