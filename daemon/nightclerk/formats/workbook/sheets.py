"""Which sheet of a workbook is read."""

from __future__ import annotations

import json
from collections.abc import Sequence

from nightclerk.core.errors import SenderError
from nightclerk.core.naming import shown
from nightclerk.core.routing import fits_sheet, is_sheet_pattern, same_sheet
from nightclerk.core.sentence import Sentence
from nightclerk.core.wording import did_you_mean
from nightclerk.formats.sheet_title import sheet_title
from nightclerk.formats.workbook.book import Book, SheetName

_LISTED = 20
_LONGEST_NAMED = 100


def find_sheet(book: Book, asked: str | int | None) -> int:
    """Given a workbook and a sheet's name, a pattern of names, its number counted from 1, or None; returns its place.

    Names are compared without case and outer spaces. A pattern means the one sheet that fits it and is not hidden, unless a sheet
    is named like the pattern itself, or, where none fits, as such a sheet is named in an XLSX workbook of ours. None is the first
    sheet that is not hidden and not empty; if all that hold anything are hidden, the first of these.
    Raises SenderError ``no_sheet`` or ``several_sheets``, which name the sheets that are there.
    """
    if asked is None:
        return _first(book)
    if isinstance(asked, int):
        if 1 <= asked <= len(book.sheets):
            return asked - 1
        raise SenderError("no_sheet", _no_such_number(asked, book.sheets))
    named = next((at for at, sheet in enumerate(book.sheets) if _is_named(sheet.name, asked)), None)
    if named is not None:
        return named
    if is_sheet_pattern(asked):
        return _fitting(book, asked)
    raise SenderError("no_sheet", _no_such_name(asked, book.sheets))


def name_or_number(book: Book, asked: str | int | None) -> str | int | None:
    """Given what a person typed; returns the number where it is one and no sheet has it as its name."""
    if not isinstance(asked, str) or not (asked.isascii() and asked.isdigit()) or len(asked) > 9:
        return asked
    return asked if any(same_sheet(sheet.name, asked) for sheet in book.sheets) else int(asked)


def _is_named(name: str, asked: str) -> bool:
    """Whether a sheet has the name that is asked for, or the one it has in an XLSX workbook of ours."""
    return same_sheet(name, asked) or (not is_sheet_pattern(asked) and same_sheet(name, sheet_title(asked)))


def _fitting(book: Book, pattern: str) -> int:
    places = [at for at, sheet in enumerate(book.sheets) if not sheet.hidden and fits_sheet(pattern, sheet.name)]
    if len(places) == 1:
        return places[0]
    if places:
        raise SenderError("several_sheets", _several([book.sheets[at] for at in places], pattern))
    ours = next((at for at, sheet in enumerate(book.sheets) if same_sheet(sheet.name, sheet_title(pattern))), None)
    if ours is not None:
        return ours
    raise SenderError("no_sheet", _none_fits([sheet for sheet in book.sheets if not sheet.hidden], pattern))


def _first(book: Book) -> int:
    in_order = sorted(range(len(book.sheets)), key=lambda at: book.sheets[at].hidden)
    found = next((at for at in in_order if book.has_cells(at)), None)
    if found is None:
        raise SenderError("no_header", Sentence("No sheet of the workbook holds anything: it has no header and no rows."))
    return found


def _none_fits(sheets: Sequence[SheetName], pattern: str) -> Sentence:
    return Sentence.counted(
        "The workbook has one visible sheet, %(headers)s, which is not named as agreed.%(setting)s",
        "The workbook has %(n)s visible sheets, none of which is named as agreed: %(headers)s.%(setting)s",
        len(sheets),
        headers=_names(sheets),
        setting=f" The feed takes `sheet: {json.dumps(pattern, ensure_ascii=False)}`.",
    )


def _several(sheets: Sequence[SheetName], pattern: str) -> Sentence:
    proposed = json.dumps(shown(sheets[0].name, _LONGEST_NAMED), ensure_ascii=False)
    return Sentence(
        "The workbook has %(n)s visible sheets that are named as agreed, and only one can be meant: %(headers)s.%(setting)s",
        n=len(sheets),
        headers=_names(sheets),
        setting=f" The feed takes `sheet: {json.dumps(pattern, ensure_ascii=False)}`; narrow it, as in `sheet: {proposed}`.",
    )


def _names(sheets: Sequence[SheetName]) -> tuple[str, ...]:
    return tuple(sheet.name for sheet in sheets[:_LISTED])


def _no_such_number(asked: int, sheets: tuple[SheetName, ...]) -> Sentence:
    return Sentence.counted(
        "The workbook has no sheet number %(asked)s; it has %(n)s sheet: %(headers)s.",
        "The workbook has no sheet number %(asked)s; it has %(n)s sheets: %(headers)s.",
        len(sheets),
        asked=str(asked),
        headers=_names(sheets),
    )


def _no_such_name(asked: str, sheets: tuple[SheetName, ...]) -> Sentence:
    near = did_you_mean(asked, [sheet.name for sheet in sheets])
    if near == ".":
        return Sentence('The workbook has no sheet "%(asked)s"; its sheets are %(headers)s.', asked=asked, headers=_names(sheets))
    return Sentence(
        'The workbook has no sheet "%(asked)s"; its sheets are %(headers)s. Is "%(header)s" meant?',
        asked=asked,
        headers=_names(sheets),
        header=near.removeprefix('; did you mean "').removesuffix('"?'),
    )
