"""A reconciliation as files for bookkeepers: a folder of CSV files, or a workbook with a sheet for each list.

pandas writes them, portion by portion. Texts that a spreadsheet would take for formulas are written so that it does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped]  # it comes without types

from nightclerk.core.errors import OperatorError
from nightclerk.core.issue import Issue
from nightclerk.core.lists import as_read
from nightclerk.core.reconciliation import Line
from nightclerk.desk.reconcile import Compared
from nightclerk.formats.corrections import guarded

#: A sheet holds no more rows of a list: nobody works through more by hand, and the workbook is made in memory.
MOST_ROWS = 50_000
_PORTION = 10_000
_MAY_START_FORMULA = r"^'*[=+\-@\t\r]"
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDEST = 50


@dataclass(frozen=True)
class _List:
    """One list: its file's name, its sheet's, its headers, its rows."""

    name: str
    sheet: str
    headers: tuple[str, ...]
    rows: Iterable[Iterable[Any]]


def check_free(folder: Path | None, file: Path | None) -> None:
    """Given where ``write_csv`` and ``write_workbook`` are to write; raises OperatorError where something is there already: what
    was kept of another day is not written over."""
    if folder is not None and folder.is_dir() and any(folder.iterdir()):
        raise OperatorError(f"{folder} holds files already. Name another folder with --csv.")
    if file is not None and (file.exists() or file.is_symlink()):
        raise OperatorError(f"{file} cannot be written: it is there already. Name another file with --xlsx.")


def write_csv(found: Compared, folder: Path) -> list[Path]:
    """Given what was compared and a folder, which is made if it is not there; writes ``rows.csv``, ``sums.csv``,
    ``different.csv``, ``only_in_file.csv``, ``only_in_tables.csv`` and ``rejected.csv``, UTF-8 with a mark so that spreadsheets
    know it. Returns the files. Raises OperatorError when they cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_csv(one, folder) for one in _lists(found, None)]
    except OSError as error:
        raise _unwritable(folder, error) from error


def write_workbook(found: Compared, file: Path) -> bool:
    """Given what was compared and a file; writes the workbook. Returns whether all is in it: each sheet has at most ``MOST_ROWS``
    rows. Raises OperatorError when it cannot be written."""
    whole = True
    try:
        with (
            file.open("xb") as stream,
            pd.ExcelWriter(stream, engine="xlsxwriter", engine_kwargs={"options": _OPTIONS}) as writer,
        ):
            for one in _lists(found, MOST_ROWS + 1):
                frame = pd.DataFrame(list(one.rows), columns=list(one.headers), dtype=object)
                whole = whole and len(frame) <= MOST_ROWS
                _sheet(writer, one, frame.head(MOST_ROWS))
    except OSError as error:
        raise _unwritable(file, error) from error
    return whole


def _csv(one: _List, folder: Path) -> Path:
    path = folder / f"{one.name}.csv"
    left = iter(one.rows)
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        pd.DataFrame(columns=list(one.headers)).to_csv(file, index=False, lineterminator="\r\n")
        while portion := list(islice(left, _PORTION)):
            frame = pd.DataFrame(portion, columns=list(one.headers), dtype=object)
            _guard(frame).to_csv(file, index=False, header=False, lineterminator="\r\n")
    return path


def _guard(frame: Any) -> Any:
    """Marks the texts that a spreadsheet would take for formulas, and looks closely at none but those that may be some."""
    for place in range(frame.shape[1]):
        texts = frame.iloc[:, place]
        doubtful = texts.astype("str").str.contains(_MAY_START_FORMULA, regex=True) & texts.notna()
        if doubtful.any():
            frame.isetitem(place, texts.where(~doubtful, texts[doubtful].astype("str").map(guarded)))
    return frame


def _sheet(writer: Any, one: _List, frame: Any) -> None:
    frame.to_excel(writer, sheet_name=one.sheet, index=False)
    sheet = writer.sheets[one.sheet]
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(frame)), len(one.headers) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(frame) + 1}"})
    for place, header in enumerate(one.headers):
        cells = frame.iloc[:1000, place].dropna().astype("str")
        longest = cells.str.len().max() if len(cells) else 0
        sheet.set_column(place, place, min(max(len(header), int(longest)) + 2, _WIDEST))


def _lists(found: Compared, most: int | None) -> Iterator[_List]:
    fields, key = [field.name for field in found.plan.fields], list(found.plan.key)
    lists, told = found.reconciling, found.reckoning
    counts = {
        "rows in the file": found.rows,
        "the same": told.same,
        "different": told.different,
        "only in the file": told.only_in_file,
        "only in the tables": told.only_in_tables,
        "rejected": found.rejected,
        "skipped": found.skipped,
    }
    sums = ((name, currency or "?", *astuple(one)) for name, of in found.sums.items() for currency, one in of.items())
    yield _List("rows", "Rows", ("rows", "count"), counts.items())
    yield _List("sums", "Sums", ("sum of", "currency", "file", "rejected", "skipped", "tables", "difference"), sums)
    headers = ("line", *key, "field", "in the file", "in the tables", "reason")
    yield _List("different", "Different", headers, map(_read, lists.different(most)))
    yield _List("only_in_file", "Only in the file", ("line", *fields, "reason"), map(_read, lists.only_in_file(most)))
    yield _List("only_in_tables", "Only in the tables", tuple(fields), map(_read, lists.only_in_tables(most)))
    rejected = map(_issue, found.rejected_issues(most))
    yield _List("rejected", "Rejected", ("line", "code", "column", "value", "message"), rejected)


def _read(line: Line) -> Line:
    return tuple(map(as_read, line))


def _issue(issue: Issue) -> tuple[Any, ...]:
    return issue.line, issue.code, issue.column, issue.value, str(issue.message)


def _unwritable(path: Path, error: OSError) -> OperatorError:
    return OperatorError(f"{path} cannot be written: {error.strerror}. Name a place that you may write to.")
