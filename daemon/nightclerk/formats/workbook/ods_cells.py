"""The cells of one sheet of an ODS workbook, out of its elements.

A cell says of which type its value is, and beside it how it is shown. The value counts; only where a whole number is shown with
leading zeros what is shown counts, because it is a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nightclerk.formats.workbook.archive import too_much
from nightclerk.formats.workbook.book import SheetName
from nightclerk.formats.workbook.cells import ERROR, LAST_COLUMN, MOST_ROWS, NUMBER, TEXT, UNCOMPUTED, Cell, Cells, cells_of
from nightclerk.formats.workbook.merged import Merged
from nightclerk.formats.workbook.xml_parts import Attributes, Parser, damaged, in_utf8
from nightclerk.formats.workbook.xml_text import meant_text

#: Elements within a cell that are no part of what it holds: remarks, pictures, drawings.
_BESIDE = frozenset({"annotation", "frame", "custom-shape", "g", "line", "rect", "control", "detective", "ruby-text"})
_MOST_REPEATED = 20_000_000
_DURATION = re.compile(r"(-?)PT([0-9]{1,6})H([0-9]{1,2})M([0-9]{1,2})(?:[.,][0-9]*)?S")
_BODY = re.compile(rb"<(?:[\w.-]+:)?body\b")
_TABLE = re.compile(rb"<(?:[\w.-]+:)?table\s((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(rb"(?:[\w.-]+:)?([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
#: What a formula shows that failed, in whatever language; ``#1042`` is a text.
_ERROR = re.compile(r"#[¡¿]?(?:DIV/0|[A-Z]/[A-Z]|[^\W\d_]{2,10})\s?[!?]?|(?:Err|Fehler)\s?:[0-9]{3}")
_CODE = re.compile(r"0[0-9 \-]*[0-9]")


class OdsNames:
    """Takes in the bytes of the content; then tells the sheets. Only what comes before the sheets goes through a parser."""

    def __init__(self) -> None:
        self._named: list[tuple[str, str]] = []
        self._hidden: set[str] = set()
        self._style = ""
        self._head: Parser | None = Parser(self._start)
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """Given the next bytes; takes them in."""
        data = self._rest + data
        end = max(data.rfind(b"<"), 0)  # whatever begins there may go on in the next bytes
        self._rest, data = data[end:], data[:end]
        if self._head is not None:
            body = _BODY.search(data)
            self._head.feed(data[: body.start()] if body else data)
            if body is None:
                return
            self._head, data = None, data[body.start() :]
        for found in _TABLE.finditer(data):
            attributes = {in_utf8(one[1]): meant_text(in_utf8(one[2] or one[3] or b"")) for one in _ATTRIBUTE.finditer(found[1])}
            self._named.append((attributes.get("name", ""), attributes.get("style-name", "")))

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "style":
            self._style = attributes.get("name", "")
        elif name == "table-properties" and attributes.get("display") == "false":
            self._hidden.add(self._style)

    def sheets(self) -> tuple[SheetName, ...]:
        """Returns the sheets in order."""
        return tuple(SheetName(name, hidden=style in self._hidden) for name, style in self._named)


class OdsRows:
    """Takes in all elements of the content; hands out the rows of one sheet as they are complete."""

    def __init__(self, sheet: int) -> None:
        self._sheet = sheet
        self._table = -1
        self._inside = False
        self._line = 0
        self._rows_repeated = self._repeated = 1
        self._column = 0
        self._row: list[tuple[int, int, str]] = []
        self._attributes: Attributes | None = None
        self._beside = 0
        self._shown: list[str] = []
        self._paragraphs = 0
        self._within = False
        self._lines: list[int] = []
        self._cells: list[Cell] = []
        self._count = 0
        self.merged = Merged()

    def taken(self) -> Iterator[Cells]:
        """Yields the rows that are complete and were not taken yet."""
        if self._lines:
            yield cells_of(self._lines, self._cells)
            self._lines, self._cells = [], []

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "table":
            if self._inside:  # a table within a cell, whose rows would be taken for ours
                raise damaged()
            self._table += 1
            self._inside = self._table == self._sheet
        elif not self._inside:
            return
        elif name == "table-row":
            self._rows_repeated, self._column, self._row = _count(attributes, "number-rows-repeated"), 0, []
        elif name in ("table-cell", "covered-table-cell"):
            self._attributes, self._shown, self._paragraphs = attributes, [], 0
            self._repeated = _count(attributes, "number-columns-repeated")
            if name == "covered-table-cell":
                self._attributes = {}
        elif name in _BESIDE:
            self._beside += 1
        elif not self._beside and self._attributes is not None:
            self._within_cell(name, attributes)

    def end(self, name: str) -> None:
        if not self._inside:
            return
        if name in _BESIDE:
            self._beside -= 1
        elif name == "p" and not self._beside:
            self._within = False
        elif name in ("table-cell", "covered-table-cell"):
            self._end_cell(covered=name != "table-cell")
        elif name == "table-row":
            self._end_row()
        elif name == "table":
            self._inside = False

    def text(self, text: str) -> None:
        if self._attributes is not None and self._within and not self._beside:
            self._shown.append(text)

    def _within_cell(self, name: str, attributes: Attributes) -> None:
        if name == "p":
            self._paragraphs += 1
            self._within = True
            if self._paragraphs > 1:
                self._shown.append("\n")
        elif name == "s":
            self._shown.append(" " * min(_count(attributes, "c"), 1000))
        elif name in ("tab", "line-break"):
            self._shown.append("\t" if name == "tab" else "\n")

    def _end_cell(self, covered: bool) -> None:
        attributes, self._attributes = self._attributes or {}, None
        found = None if covered else value_of(attributes, "".join(self._shown))
        if found is not None:
            if self._column + self._repeated > LAST_COLUMN:
                raise too_much()
            rows, columns = _count(attributes, "number-rows-spanned"), _count(attributes, "number-columns-spanned")
            self.merged.add(self._line + 1, self._line + rows, self._column, self._column + columns - 1)
            self._row += [(column, *found) for column in range(self._column, self._column + self._repeated)]
        self._column += self._repeated

    def _end_row(self) -> None:
        if self._row:
            self._count += self._rows_repeated * len(self._row)
            if self._count - len(self._row) > _MOST_REPEATED or self._line + self._rows_repeated > MOST_ROWS:
                raise too_much()
            for line in range(self._line + 1, self._line + self._rows_repeated + 1):
                self._lines.append(line)
                self._cells += [Cell(line, column, kind, 0, text) for column, kind, text in self._row]
        self._line += self._rows_repeated


def value_of(attributes: Attributes, shown: str) -> tuple[int, str] | None:
    """Given a cell's attributes and what it shows; returns its kind and its text, or None if it holds nothing."""
    kind = attributes.get("value-type", "")  # where a program says it twice, as LibreOffice does, the second one knows errors
    if kind == "error" or _is_error(attributes, shown):
        return ERROR, shown
    if kind in ("float", "currency", "percentage"):
        value = attributes.get("value", "")
        return (TEXT, shown) if kind == "float" and _is_code(shown, value) else (NUMBER, value)
    if kind == "date":
        day, _, time = attributes.get("date-value", "").partition("T")
        time = time.partition(".")[0].removesuffix("Z")
        return TEXT, day if time in ("", "00:00:00") or ":" not in shown else f"{day} {time}"
    if kind == "time":
        return TEXT, _time(attributes.get("time-value", ""), shown)
    if kind == "boolean":
        return TEXT, attributes.get("boolean-value", "").upper()
    text = shown or attributes.get("string-value", "")
    if text:
        return TEXT, text
    return (UNCOMPUTED, "") if "formula" in attributes and not kind else None


def _is_error(attributes: Attributes, shown: str) -> bool:
    return "formula" in attributes and bool(_ERROR.fullmatch(shown))


def _is_code(shown: str, value: str) -> bool:
    digits = shown.replace(" ", "").replace("-", "")
    return bool(_CODE.fullmatch(shown)) and digits.isdigit() and value.isdigit() and digits.lstrip("0") == value.lstrip("0")


def _time(written: str, shown: str) -> str:
    read = _DURATION.fullmatch(written)
    if read is None:
        return shown
    seconds = int(read[2]) * 3600 + int(read[3]) * 60 + int(read[4])
    return read[1] + f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _count(attributes: Attributes, name: str) -> int:
    written = attributes.get(name, "1")
    if not (written.isascii() and written.isdigit() and len(written) < 9):
        raise damaged()
    return max(1, int(written))
