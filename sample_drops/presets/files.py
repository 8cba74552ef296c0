"""A sample file of a preset, and the reading that must follow from it. What is expected is written from what was planted; the
program that reads the file is never asked."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter

Value = str | int | bool | Decimal | None
#: What a workbook's cell may be: text, or a number of its own.
Cell = str | int | float


@dataclass
class Row:
    """A row. cells: by column; values: by field, what they must read as, blanks left out. faults: codes and fields, where the row
    is to be rejected."""

    cells: dict[str, Cell]
    values: dict[str, Value]
    faults: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Aside:
    """A record that is no row. reason: why it is left out. as_it_is: its one cell is the whole line."""

    cells: list[Cell]
    reason: str
    as_it_is: bool = False


class _Line(str):
    """A whole line, quotes and all."""

    __slots__ = ()


@dataclass
class Sample:
    """One file. above: records above the headers; body: rows and what stands between and below them. adds: what a feed must say
    besides its preset. short_by: how many of the last fields its rows leave out."""

    preset: str
    file: str
    columns: list[str]
    body: list[Row | Aside]
    above: list[Aside] = field(default_factory=list)
    language: str = "en"
    delimiter: str = ","
    encoding: str = "utf-8"
    bom: bool = False
    line_end: str = "\r\n"
    adds: dict[str, object] = field(default_factory=dict)
    sheet: str | None = None
    short_by: int = 0

    def write(self, folder: Path) -> None:
        """Writes the file, and beside it the reading that must follow."""
        records = [*map(self._cells, self.above), list(self.columns), *map(self._cells, self.body)]
        lines = self._workbook(folder, records) if self.sheet else self._text(folder, records)
        told = json.dumps(self._expected(lines), ensure_ascii=False, indent=1)
        (folder / f"{self.preset}.json").write_text(told + "\n", encoding="utf-8")

    def _cells(self, one: Row | Aside) -> list[Cell]:
        if isinstance(one, Aside):
            return [_Line(str(one.cells[0]))] if one.as_it_is else one.cells
        unknown = one.cells.keys() - {*self.columns}
        if unknown:
            raise ValueError(f"{self.preset} has no columns {unknown}")
        cells = [one.cells.get(column, "") for column in self.columns]
        return cells[: len(cells) - self.short_by]

    def _text(self, folder: Path, records: list[list[Cell]]) -> list[int]:
        lines, text = [], ""
        for record in records:
            lines.append(1 + text.count("\n"))
            text += (
                self.delimiter.join(self._quoted(cell if isinstance(cell, str) else str(cell)) for cell in record) + self.line_end
            )
        content = text.encode(self.encoding)
        (folder / self.file).write_bytes((b"\xef\xbb\xbf" if self.bom else b"") + content)
        return lines

    def _quoted(self, cell: str) -> str:
        if isinstance(cell, _Line):
            return cell
        special = any(sign in cell for sign in (self.delimiter, '"', "\n"))
        return '"' + cell.replace('"', '""') + '"' if special else cell

    def _workbook(self, folder: Path, records: list[list[Cell]]) -> list[int]:
        with xlsxwriter.Workbook(folder / self.file, {"in_memory": True}) as book:
            book.set_properties({"created": datetime(2026, 11, 20, tzinfo=UTC).replace(tzinfo=None)})
            sheet = book.add_worksheet(self.sheet)
            for place, record in enumerate(records):
                for column, cell in enumerate(record):
                    if isinstance(cell, str):
                        sheet.write_string(place, column, cell) if cell else None
                    else:
                        sheet.write_number(place, column, cell)
        return list(range(1, len(records) + 1))

    def _expected(self, lines: list[int]) -> dict[str, object]:
        above = list(zip(lines, self.above, strict=False))
        body = list(zip(lines[len(self.above) + 1 :], self.body, strict=True))
        rows = [(line, one) for line, one in body if isinstance(one, Row)]
        good = [(line, row) for line, row in rows if not row.faults]
        sums: Counter[str] = Counter()
        for _, row in good:
            sums.update({name: value for name, value in row.values.items() if isinstance(value, Decimal)})  # type: ignore[dict-item]
        return {
            "file": self.file,
            "language": self.language,
            "adds": self.adds,
            "rows": len(rows),
            "left_out": [[line, one.reason] for line, one in [*above, *body] if isinstance(one, Aside)],
            "issues": [[line, code, name] for line, row in rows for code, name in row.faults],
            "totals": {name: _plain(total) for name, total in sorted(sums.items())},
            "again": _again(good),
            "accepted": [{"line": line, **{name: _plain(value) for name, value in row.values.items()}} for line, row in good],
        }


def _plain(value: Value) -> Value:
    """A number as the text that it is: 1200.5, not 1200.50."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _again(rows: list[tuple[int, Row]]) -> list[list[int]]:
    """Returns the lines of rows that have one key, for each such key."""
    lines: dict[Value, list[int]] = {}
    for line, row in rows:
        key = next(row.values[name] for name in ("code", "number", "name") if name in row.values)
        lines.setdefault(key, []).append(line)
    return [several for several in lines.values() if len(several) > 1]
