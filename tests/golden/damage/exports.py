"""Valid exports, made at random: what each row says, what its record looks like, and in which line it starts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

COLUMNS = ("Code", "Name", "City", "Amount", "Due", "Note", "Total")
#: Where amounts and dates stand; the others are text.
AMOUNT, DUE, NOTE, TOTAL = 3, 4, 5, 6
_NAMES = ("Société Générale", "Müller & Söhne", "Bäckerei Groß", "Crédit Lumière", "Ets Lefèvre", "Doe Ltd", "Peña e hijos")
_CITIES = ("Lyon", "Genève", "Köln", "Besançon", "Málaga", "Bern", "Orléans")
_NOTES = ("call first", "payé à l'avance", "see contract", "ask Zoë", "à relancer", "checked", "")


@dataclass
class Shape:
    """How an export is written. quoting: ``all`` fields, all but numbers (``words``), those that need it, or ``never``.

    total: a column with the sums so far stands behind all others.
    """

    delimiter: str
    quoting: str
    line_end: str
    encoding: str
    several_lines: bool
    total: bool
    last_end: bool

    @classmethod
    def random(cls, rng: random.Random) -> Shape:
        quoting = rng.choice(("all", "words", "needed", "never"))
        return cls(
            delimiter=rng.choice(";,\t|"),
            quoting=quoting,
            line_end=rng.choice(("\r\n", "\n")),
            encoding=rng.choice(("utf-8", "utf-8-sig", "cp1252", "utf-16")),
            several_lines=quoting != "never" and rng.random() < 0.5,
            total=rng.random() < 0.5,
            last_end=rng.random() < 0.8,
        )

    @property
    def decimal(self) -> str:
        return "." if self.delimiter == "," else ","

    @property
    def columns(self) -> tuple[str, ...]:
        return COLUMNS if self.total else COLUMNS[:-1]


@dataclass
class Record:
    """One row. cells: as they are meant; value: what booking it should give; fields: its cells as they are written."""

    cells: tuple[str, ...]
    value: tuple[str | None, ...]
    fields: list[str]
    line: int = 0

    def written(self, shape: Shape) -> str:
        return shape.delimiter.join(self.fields)

    def last_line(self, shape: Shape) -> int:
        return self.line + self.written(shape).count("\n")


@dataclass
class Export:
    """A file: its header and its records, each with its line."""

    shape: Shape
    header: str
    records: list[Record] = field(default_factory=list)

    def texts(self) -> list[str]:
        """Returns the header and all records as they are written, without line ends."""
        return [self.header, *(record.written(self.shape) for record in self.records)]

    def file(self, texts: list[str] | None = None) -> str:
        """Given records as they are written, these or others; returns the file's text."""
        text = self.shape.line_end.join(texts if texts is not None else self.texts())
        return text + self.shape.line_end * self.shape.last_end

    def encoded(self, text: str) -> bytes:
        return text.encode(self.shape.encoding)


def export(rng: random.Random) -> Export:
    """Given a source of chance; returns an export of any shape."""
    shape = Shape.random(rng)
    made = Export(shape, shape.delimiter.join(_field(name, shape, word=True) for name in shape.columns))
    line, total = 2, 0
    for number in range(rng.randint(12, 50)):
        cents = rng.randint(1, 10_000_000)
        total += cents
        record = _record(rng, shape, number, cents, total)
        record.line = line
        line = record.last_line(shape) + 1
        made.records.append(record)
    return made


def _record(rng: random.Random, shape: Shape, number: int, cents: int, total: int) -> Record:
    name, note = f"{rng.choice(_NAMES)} {number}", rng.choice(_NOTES)
    if shape.quoting != "never":
        if number == 3 or rng.random() < 0.1:
            name += ' 24" pipe "best"' if rng.random() < 0.7 else ' "best"'
        if rng.random() < 0.1:
            note = f"this{shape.delimiter} and that"
        if shape.several_lines and rng.random() < 0.2:
            note = shape.line_end.join(("first line", "second", "third")[: rng.randint(2, 3)])
    due = date(2026, 1, 1) + timedelta(days=rng.randint(0, 300))
    cells = [f"C{number:04d}", name, rng.choice(_CITIES), _amount(cents, shape), f"{due:%d/%m/%Y}", note]
    value: list[str | None] = [*cells[:3], _canonical(cents), due.isoformat(), note or None]
    if shape.total:
        cells.append(_amount(total, shape))
        value.append(_canonical(total))
    fields = [_field(cell, shape, word=place not in (AMOUNT, TOTAL)) for place, cell in enumerate(cells)]
    return Record(tuple(cells), tuple(value), fields)


def _field(cell: str, shape: Shape, word: bool) -> str:
    needs = any(sign in cell for sign in (shape.delimiter, '"', "\n", "\r"))
    if shape.quoting == "all" or (shape.quoting == "words" and word) or (shape.quoting == "needed" and needs):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _amount(cents: int, shape: Shape) -> str:
    return f"{cents // 100}{shape.decimal}{cents % 100:02d}"


def _canonical(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}00"
