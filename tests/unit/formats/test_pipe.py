"""What a child may say, and what is made of anything else."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import msgspec
import polars as pl
import pytest

from nightclerk.core.issue import Issue, LeftOut, RejectedRow
from nightclerk.core.reading import DuplicateKey, Finished, FormatFound, Job, LateRow, Opened, Refused
from nightclerk.formats.packing import MOST_ROWS, packed
from nightclerk.formats.pipe import Ask, Failed, LateRows, Nonsense, PackedBlock, Pipe, PipeClosed, unpacked
from nightclerk.formats.portion import Portion


@pytest.fixture
def ends() -> Iterator[tuple[Pipe, socket.socket]]:
    here, there = socket.socketpair()
    with there:
        pipe = Pipe(here)
        yield pipe, there
        pipe.close()


MESSAGES = [
    Job("fr", "Europe/Paris", feed="{}", entity="{}", only=("a|b",)),
    Ask([1, 2]),
    Opened(FormatFound("delimited", "utf-8", ";", None, 3, "\r\n", bom=True), ("a",), ("b",), ("n",), (LeftOut(1, "x"),), True),
    PackedBlock(1, [2], [["x"], [None], [7], [True]], (Issue(2, "c", "m"),), (RejectedRow(2, ("é",)),), (), 0),
    Finished(1, (DuplicateKey(("a", 1), (2, 3), (2,)),), {"f": {"EUR": "1.0000"}}, {}, {}, {"f": 1}, (7,), 3),
    Refused("not_text", "No.", None),
    LateRows([LateRow(RejectedRow(2, ("a",)), ("a", None, 3, True), {"f": ("EUR", "1.0000")})], last=True),
    Failed("KeyError at x.py:3"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_messages_arrive_as_they_were_sent(message: object, ends: tuple[Pipe, socket.socket]) -> None:
    pipe, there = ends
    other = Pipe(there)
    other.send(message)  # type: ignore[arg-type]
    assert pipe.receive(type(message), seconds=5) == message


@pytest.mark.parametrize(
    "frame",
    [
        struct.pack(">IB", 1 << 31, 2),
        struct.pack(">IB", 4, 250) + b"abcd",
        struct.pack(">IB", 4, 2) + b"abcd",
        struct.pack(">IB", 3, 5) + msgspec.msgpack.encode([1, 2])[:3],
        struct.pack(">IB", 0, 5),
    ],
)
def test_nothing_else_is_ever_made_of_what_comes(frame: bytes, ends: tuple[Pipe, socket.socket]) -> None:
    pipe, there = ends
    there.sendall(frame)
    with pytest.raises(Nonsense):
        pipe.receive(Opened, Refused, seconds=5)


def test_wrong_types_within_a_message_are_refused(ends: tuple[Pipe, socket.socket]) -> None:
    pipe, there = ends
    lying = msgspec.msgpack.encode({"code": 7, "message": {"a": 1}, "line": "x"})
    there.sendall(struct.pack(">IB", len(lying), 5) + lying)
    with pytest.raises(Nonsense):
        pipe.receive(Refused, seconds=5)


def test_the_end_and_the_deadline_are_told_apart(ends: tuple[Pipe, socket.socket]) -> None:
    pipe, there = ends
    with pytest.raises(TimeoutError):
        pipe.receive(Opened, seconds=0.05)
    there.sendall(b"\0\0")
    there.shutdown(socket.SHUT_WR)
    with pytest.raises(PipeClosed):
        pipe.receive(Opened, seconds=5)


def test_blocks_come_out_as_they_went_in() -> None:
    columns = {
        "text": ["a", "", "c"],
        "blank": ["a", None, "c"],
        "both": ["a", None, ""],
        "separator": ["a\x1fb", "c", "d"],
        "none": pl.Series([None, None, None], dtype=pl.String),
        "number": [1, None, -(2**62)],
        "truth": [True, False, None],
    }
    values = pl.DataFrame(columns)
    [block] = map(unpacked, packed(Portion(3, pl.Series([2, 3, 4]), values, (), ())))
    assert block.columns == [list(column) for column in columns.values()]
    assert block.lines == [2, 3, 4]
    [empty] = map(unpacked, packed(Portion(1, pl.Series([], dtype=pl.Int64), values.clear(), (), (RejectedRow(2, ()),))))
    assert empty.columns == [[]] * 7
    blank = pl.Series([None], dtype=pl.String)
    [one] = map(unpacked, packed(Portion(1, pl.Series([2]), pl.DataFrame({"a": [""], "b": blank}), (), ())))
    assert one.columns == [[""], [None]]


def test_rows_go_as_csv_where_they_are_wanted_so() -> None:
    values = pl.DataFrame({"text": ["a", "", None, 'q"', "x\ny", "r\rs"], "number": [1, None, 3, 4, 5, 6], "truth": [True] * 6})
    lines = pl.Series(range(2, 8))
    [block] = map(unpacked, packed(Portion(7, lines, values, (), (RejectedRow(9, ()),)), csv=True))
    assert (block.rows, block.lines, block.columns, len(block.rejected)) == (7, [2, 3, 4, 5, 6, 7], [], 1)
    assert block.csv is not None
    assert block.csv.decode().replace("\x1f", "|") == (
        '2|a|1|true\n3|""||true\n4||3|true\n5|"q"""|4|true\n6|"x\ny"|5|true\n7|"r\rs"|6|true\n'
    )
    [empty] = map(unpacked, packed(Portion(1, lines.clear(), values.clear(), (), (RejectedRow(2, ()),)), csv=True))
    assert (empty.csv, empty.columns, len(empty.rejected)) == (None, [[]] * 3, 1)


@pytest.mark.parametrize("accepted", [0, 1, MOST_ROWS, MOST_ROWS + 1, 2 * MOST_ROWS, 2 * MOST_ROWS + 5])
def test_a_large_portion_goes_as_several_blocks_that_together_say_the_same(accepted: int) -> None:
    values = pl.DataFrame({"text": [str(at) for at in range(accepted)], "number": pl.Series(range(accepted), dtype=pl.Int64)})
    rejected, left_out = RejectedRow(1, ("x",)), LeftOut(9, "blank")
    lines = pl.Series(range(2, accepted + 2), dtype=pl.Int64)
    blocks = list(map(unpacked, packed(Portion(accepted + 4, lines, values, (), (rejected,), (left_out,), 3))))
    assert [line for block in blocks for line in block.lines] == lines.to_list()
    assert [[cell for block in blocks for cell in block.columns[at]] for at in (0, 1)] == [c.to_list() for c in values]
    assert sum(block.rows for block in blocks) == accepted + 4
    assert all(block.rows == len(block.lines) + len(block.rejected) + block.skipped for block in blocks)
    assert [row for block in blocks for row in block.rejected] == [rejected]
    assert [line for block in blocks for line in block.left_out] == [left_out]
    assert max(len(block.lines) for block in blocks) <= MOST_ROWS


def test_columns_of_other_lengths_are_nonsense() -> None:
    with pytest.raises(Nonsense):
        unpacked(PackedBlock(2, [1, 2], [["a"]], (), (), (), 0))
