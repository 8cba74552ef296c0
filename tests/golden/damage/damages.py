"""What goes wrong with exports on their way, one damage at a time, and what of it can be seen in the file."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.golden.damage.exports import AMOUNT, DUE, NOTE, Export, Record


@dataclass
class Damaged:
    """A damaged file. touched: the records that are not what they were; lines: from which line to which they stand.

    gone: how many records there still are; the others were cut off without a trace. twice: the record that stands twice.
    may: values that a touched record may be booked with, because nothing shows in the file that they were others.
    seen: whether the damage shows.
    """

    data: bytes
    touched: list[Record] = field(default_factory=list)
    lines: tuple[int, int] = (0, 0)
    left: int | None = None
    twice: Record | None = None
    may: list[tuple[str | None, ...]] = field(default_factory=list)
    seen: bool = True


def _at(made: Export, numbers: list[int], texts: list[str], **more: object) -> Damaged:
    """Returns the file of these texts, in which the records of these numbers are damaged."""
    records = [made.records[number] for number in numbers]
    lines = (records[0].line, records[-1].last_line(made.shape))
    return Damaged(made.encoded(made.file(texts)), records, lines, **more)  # type: ignore[arg-type] # by keyword


def _changed(made: Export, number: int, text: str, may: list[tuple[str | None, ...]] | None = None) -> Damaged:
    texts = made.texts()
    texts[number + 1] = text
    return _at(made, [number], texts, may=may or [])


def _some(rng: random.Random, made: Export) -> int:
    return rng.randrange(len(made.records))


def _with(record: Record, place: int, cell: str) -> tuple[str | None, ...]:
    """What a record says with another text in one cell."""
    value = list(record.value)
    value[place] = cell.strip() or None
    return tuple(value)


def cut(rng: random.Random, made: Export) -> Damaged:
    """The file ends somewhere."""
    number = _some(rng, made)
    before = made.file(made.texts()[: number + 1])
    before += "" if made.shape.last_end else made.shape.line_end
    record = made.records[number]
    text = record.written(made.shape)
    kept = rng.randrange(1, len(text) + 1)
    may = [record.value]
    last = len(record.fields) - 1
    beginning = text[: len(text) - len(record.fields[last])]
    if kept >= len(beginning) and not record.fields[last].startswith('"'):
        may.append(_shortened(record, last, text[len(beginning) : kept], made))
    whole = made.encoded(before + text[:kept])
    if made.shape.encoding == "utf-16" or not text[kept - 1].isascii():
        whole = whole[: len(whole) - rng.randrange(2)]  # within a character
    return Damaged(whole, [record], (record.line, record.last_line(made.shape)), left=number, may=may)


def _shortened(record: Record, place: int, cell: str, made: Export) -> tuple[str | None, ...]:
    if place == NOTE:
        return _with(record, place, cell)
    whole, _, cents = cell.partition(made.shape.decimal)
    return _with(record, place, f"{whole}.{cents:0<4}" if cell else "")


def half(rng: random.Random, made: Export) -> Damaged:
    """A line is replaced by its first half."""
    number = _some(rng, made)
    record = made.records[number]
    text = record.written(made.shape)
    kept = len(text) // 2
    last = len(record.fields) - 1
    beginning = len(text) - len(record.fields[last])
    may = []
    if kept >= beginning and not record.fields[last].startswith('"'):
        may.append(_shortened(record, last, text[beginning:kept], made))
    return _changed(made, number, text[:kept], may)


def doubled(rng: random.Random, made: Export) -> Damaged:
    """A line stands twice."""
    number = _some(rng, made)
    texts = made.texts()
    texts.insert(number + 1, texts[number + 1])
    damaged = _at(made, [number], texts)
    damaged.twice = made.records[number]
    return damaged


def swapped(rng: random.Random, made: Export) -> Damaged:
    """Two lines change places: nothing is lost by it."""
    number = rng.randrange(len(made.records) - 1)
    texts = made.texts()
    texts[number + 1], texts[number + 2] = texts[number + 2], texts[number + 1]
    return _at(made, [number, number + 1], texts, may=[record.value for record in made.records], seen=False)


def joined(rng: random.Random, made: Export) -> Damaged:
    """The line end between two lines is missing."""
    number = rng.randrange(len(made.records) - 1)
    texts = made.texts()
    texts[number + 1] += texts.pop(number + 2)
    return _at(made, [number, number + 1], texts)


def quote_removed(rng: random.Random, made: Export) -> Damaged:
    """A quote is missing."""
    numbers = [number for number, text in enumerate(made.texts()[1:]) if '"' in text]
    if not numbers:
        return quote_added(rng, made)
    number = rng.choice(numbers)
    text = made.records[number].written(made.shape)
    at = rng.choice([place for place, sign in enumerate(text) if sign == '"'])
    return _changed(made, number, text[:at] + text[at + 1 :])


def quote_added(rng: random.Random, made: Export) -> Damaged:
    """There is a quote too many."""
    number = _some(rng, made)
    record = made.records[number]
    place = rng.randrange(len(record.fields))
    field = record.fields[place]
    at = rng.randrange(len(field) + 1)
    fields = [*record.fields]
    fields[place] = field[:at] + '"' + field[at:]
    may = []
    if made.shape.quoting == "never" and at > 0 and place not in (AMOUNT, DUE):
        may.append(_with(record, place, fields[place]))  # nothing shows that this writer has no quotes in its texts
    return _changed(made, number, made.shape.delimiter.join(fields), may)


def delimiter_added(rng: random.Random, made: Export) -> Damaged:
    """There is a delimiter too many, outside quotes."""
    number = _some(rng, made)
    fields = [*made.records[number].fields]
    place = rng.randrange(len(fields))
    at = 0 if fields[place].startswith('"') else rng.randrange(len(fields[place]) + 1)
    fields[place] = fields[place][:at] + made.shape.delimiter + fields[place][at:]
    return _changed(made, number, made.shape.delimiter.join(fields))


def delimiter_removed(rng: random.Random, made: Export) -> Damaged:
    """A delimiter between two fields is missing."""
    number = _some(rng, made)
    fields = [*made.records[number].fields]
    place = rng.randrange(len(fields) - 1)
    fields[place : place + 2] = ["".join(fields[place : place + 2])]
    return _changed(made, number, made.shape.delimiter.join(fields))


def nul_inserted(rng: random.Random, made: Export) -> Damaged:
    """A NUL stands somewhere in a line."""
    return _inserted(rng, made, "\0")


def return_inserted(rng: random.Random, made: Export) -> Damaged:
    """A carriage return stands somewhere outside quotes."""
    number = _some(rng, made)
    fields = [*made.records[number].fields]
    place = rng.randrange(len(fields))
    at = 0 if fields[place].startswith('"') else rng.randrange(len(fields[place]) + 1)
    fields[place] = fields[place][:at] + "\r" + fields[place][at:]
    damaged = _changed(made, number, made.shape.delimiter.join(fields))
    if made.shape.line_end == "\n" and fields[-1].endswith("\r") and (number < len(made.records) - 1 or made.shape.last_end):
        damaged.may, damaged.seen = [made.records[number].value], False  # a line that ends with CR LF among others
    return damaged


def mark_inserted(rng: random.Random, made: Export) -> Damaged:
    """A byte order mark stands before a line, as where two files were put together."""
    number = _some(rng, made)
    encoding, texts = made.shape.encoding, made.texts()
    if encoding == "cp1252":
        texts[number + 1] = "ï»¿" + texts[number + 1]
    else:
        texts[number + 1] = "\ufeff" + texts[number + 1]
    return _at(made, [number], texts)


def zeros(rng: random.Random, made: Export) -> Damaged:
    """Zeros stand in place of some bytes, as of a block that was never written."""
    if made.shape.encoding == "utf-16":
        return nul_inserted(rng, made)
    first = _some(rng, made)
    data = bytearray(made.encoded(made.file()))
    start = len(made.encoded(made.file(made.texts()[: first + 1])))
    start += 0 if made.shape.last_end else len(made.shape.line_end)
    start += rng.randrange(len(made.encoded(made.texts()[first + 1])))
    end = min(start + rng.choice((1, 16, 100, 512)) % (len(data) // 10) + 1, len(data))
    data[start:end] = bytes(end - start)
    touched = [made.records[first]]
    at = len(made.encoded(made.file(made.texts()[: first + 2])))
    for number in range(first + 1, len(made.records)):
        if at >= end + len(made.shape.line_end):
            break
        touched.append(made.records[number])
        at = len(made.encoded(made.file(made.texts()[: number + 2])))
    return Damaged(bytes(data), touched, (touched[0].line, touched[-1].last_line(made.shape)))


def encoded_otherwise(rng: random.Random, made: Export) -> Damaged:
    """One line is in another encoding than the others."""
    encoding = made.shape.encoding
    other = "utf-8" if encoding == "cp1252" else "cp1252"
    numbers = [n for n, text in enumerate(made.texts()[1:]) if not text.isascii()]
    if encoding == "utf-16" or len(numbers) < 3:
        return nul_inserted(rng, made)
    number = rng.choice(numbers)
    pieces = [(text + made.shape.line_end) for text in made.texts()]
    encoded = [
        made.encoded(piece) if place == 0 else piece.encode(encoding.removesuffix("-sig")) for place, piece in enumerate(pieces)
    ]
    encoded[number + 1] = pieces[number + 1].encode(other)
    record = made.records[number]
    return Damaged(b"".join(encoded), [record], (record.line, record.last_line(made.shape)))


def shifted(rng: random.Random, made: Export) -> Damaged:
    """The cells of a row stand one column too far to the right, or to the left."""
    number = _some(rng, made)
    fields = made.records[number].fields
    empty = '""' if made.shape.quoting == "all" else ""
    moved = [empty, *fields[:-1]] if rng.random() < 0.5 else [*fields[1:], empty]
    return _changed(made, number, made.shape.delimiter.join(moved))


def _inserted(rng: random.Random, made: Export, sign: str) -> Damaged:
    number = _some(rng, made)
    text = made.records[number].written(made.shape)
    at = rng.randrange(len(text) + 1)
    return _changed(made, number, text[:at] + sign + text[at:])


DAMAGES: tuple[Callable[[random.Random, Export], Damaged], ...] = (
    cut, half, doubled, swapped, joined, quote_removed, quote_added, delimiter_added, delimiter_removed, nul_inserted,
    return_inserted, mark_inserted, zeros, encoded_otherwise, shifted,
)  # fmt: skip
