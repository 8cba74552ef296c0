"""Writes a workbook of rejected rows: ``python -m nightclerk.formats.reject_sheet``, a process for one workbook.

It reads from standard input one JSON value a line: first the head (sheet, title, created, columns, limit), then for each row
its cells and what is said of its faulty ones, by column. It writes how many rows it was asked for and how many are in the
workbook, then the workbook. Where that would pass the limit it holds fewer rows.

pandas puts the rows into the sheet and measures them; headers, colours and comments are xlsxwriter's own. For the bare cells
pandas is no quicker than xlsxwriter by itself, so the number of cells is limited.
"""

from __future__ import annotations

import io
import json
import signal
import sys
import traceback
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped]  # it comes without types
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]  # likewise
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from nightclerk.formats.sheet_cell import exactly
from nightclerk.formats.wire import ROWS_WRITTEN

AUTHOR = "Nightclerk"
#: Comments are drawn one by one when a workbook is opened; beyond so many the ``_message`` column tells the rest.
MOST_COMMENTS = 2000

#: Longer than the one who asked waits: if that process was killed, this one ends by itself.
_LONGEST_LIFE = 180
_OURS = 6
_MESSAGE, _CODE = 4, 1
_NARROWEST, _WIDEST, _MESSAGE_WIDTH = 8, 48, 70
_MEASURED_ROWS = 1000
#: Nothing in a cell becomes anything but text, whatever it begins with.
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
#: Each colour comes with the colour of its letters, so that it can be read whatever the program's own colours are.
_TEXT = {"num_format": "@", "valign": "top"}
_FAULTY = {**_TEXT, "bg_color": "#FFD9D4", "font_color": "#7A1212", "border": 1, "border_color": "#C0504D"}
_HEADER = {"bold": True, "num_format": "@", "valign": "vcenter", "border": 1, "border_color": "#8A99A8"}
_SENDERS_HEADER = {**_HEADER, "bg_color": "#1F4E79", "font_color": "#FFFFFF"}
_OUR_HEADER = {**_HEADER, "bg_color": "#595959", "font_color": "#FFFFFF"}

Row = tuple[list[str], dict[str, str]]


def workbook(head: dict[str, Any], rows: list[Row]) -> bytes:
    """Given the head and the rows; returns the workbook, always the same bytes."""
    stream = io.BytesIO()
    frame = pd.DataFrame([cells for cells, _ in rows], columns=range(len(head["columns"])), dtype=object)
    with pd.ExcelWriter(stream, engine="xlsxwriter", engine_kwargs={"options": _OPTIONS}) as writer:
        book = writer.book
        book.set_properties({"title": head["title"], "author": AUTHOR, "created": datetime.fromisoformat(head["created"])})
        sheet = book.add_worksheet(head["sheet"])
        writer.sheets[head["sheet"]] = sheet
        _lay_out(book, sheet, head["columns"], frame)
        frame.to_excel(writer, sheet_name=head["sheet"], header=False, index=False, startrow=1)
        _mark(book, sheet, rows, len(head["columns"]) - _OURS)
    return stream.getvalue()


def _lay_out(book: Workbook, sheet: Worksheet, columns: list[str], frame: pd.DataFrame) -> None:
    """Writes the headers, and sets what holds for whole columns and the sheet."""
    text, told = book.add_format(_TEXT), book.add_format({**_TEXT, "text_wrap": True})
    theirs, ours = book.add_format(_SENDERS_HEADER), book.add_format(_OUR_HEADER)
    own = len(columns) - _OURS
    for place, (name, width) in enumerate(zip(columns, _widths(columns, frame), strict=True)):
        message = place == own + _MESSAGE
        sheet.set_column(place, place, _MESSAGE_WIDTH if message else width, told if message else text)
        if name:
            sheet.write_string(0, place, name, theirs if place < own else ours)
        else:
            sheet.write_blank(0, place, None, theirs)
    last = max(1, len(frame))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_comments_author(AUTHOR)


def _widths(columns: list[str], frame: pd.DataFrame) -> list[float]:
    """Returns widths, in characters, in which nearly all cells of a column can be read."""
    measured = frame.head(_MEASURED_ROWS)
    wide = [measured[place].astype("str").str.len().quantile(0.95) if len(measured) else 0 for place in range(len(columns))]
    return [min(max(_NARROWEST, len(name) + 3, found + 2), _WIDEST) for name, found in zip(columns, wide, strict=True)]


def _mark(book: Workbook, sheet: Worksheet, rows: list[Row], own: int) -> None:
    """Colours the faulty cells, and comments them. Where no cell is to blame, that of the code is."""
    faulty = book.add_format(_FAULTY)
    comments = 0
    for line, (cells, notes) in enumerate(rows, 1):
        for place, sentences in notes.items():
            column = int(place)
            if cells[column]:
                sheet.write_string(line, column, cells[column], faulty)
            else:
                sheet.write_blank(line, column, None, faulty)
            if comments < MOST_COMMENTS:
                comments += 1
                height = 22 + 17 * sum(1 + len(sentence) // 48 for sentence in sentences.split("\n"))
                sheet.write_comment(line, column, sentences, {"width": 330, "height": min(height, 400)})


def answer(lines: Iterable[bytes]) -> tuple[int, int, bytes]:
    """Given the lines that are read; returns how many rows were asked for, how many of the first of them fit into the limit, and
    the workbook of these."""
    head, *asked = [json.loads(line) for line in lines]
    head["columns"] = list(map(exactly, head["columns"]))
    rows: list[Row] = [(list(map(exactly, cells)), notes) for cells, notes in asked]
    count, limit = len(rows), head["limit"]
    while True:
        content = workbook(head, rows[:count])
        if len(content) <= limit or count == 0:
            return len(rows), count, content
        count = min(count - 1, int(count * limit / len(content) * 0.95))


def main() -> None:
    """Writes the workbook that is asked for; where it cannot, says on standard error where it failed, and no cell."""
    signal.alarm(_LONGEST_LIFE)
    try:
        asked_for, count, content = answer(sys.stdin.buffer)
    except Exception as error:  # noqa: BLE001 - told by its place alone: its own words may hold a cell
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "nightclerk" in frame.filename] or frames
        print(f"{type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
    sys.stdout.buffer.write(ROWS_WRITTEN.pack(asked_for, count))
    sys.stdout.buffer.write(content)


if __name__ == "__main__":
    main()
