"""What an issue says: one sentence that names the place and the value. How sentences are made: ``core.sentence``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nightclerk.core.sentence import N_, Sentence, Value

SHOWN = 200
_LINES_NAMED = 10
_PICTURES = {code: chr(0x2400 + code) for code in range(32)} | {0x7F: "␡"}
_HIDDEN = dict.fromkeys([*range(0x80, 0xA0), *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF], "·")
_VISIBLE = {**_PICTURES, **_HIDDEN}


def quoted(value: str) -> str:
    """Given a cell; returns it in quotes, cut to 200 characters, with control characters and direction marks made visible."""
    return f'"{_cell(value)}"'


def about_cell(line: int, column: str | None, value: str, template: str, values: Mapping[str, Value]) -> Sentence:
    """Given the place, the cell, and the template and values of what is wrong with it; returns the sentence.

    The cell is the template's ``%(value)s``; the template of a blank cell has none (``the value is missing.``).
    """
    told = Sentence(template, value=_cell(value), **values)
    if column is None:
        return Sentence("Line %(line)s: %(told)s", line=str(line), told=told)
    return Sentence("Line %(line)s, column %(column)s: %(told)s", line=str(line), column=_visible(column.strip()), told=told)


def about_row(line: int, template: str, **values: Value) -> Sentence:
    """Given a row's line, and the template and values of what is wrong with the whole row; returns the sentence."""
    return Sentence("Line %(line)s: %(told)s", line=str(line), told=Sentence(template, **values))


def about_duplicate(line: int, key: str, lines: Sequence[int]) -> Sentence:
    """Given a row, its key as text and all lines with that key; returns the sentence for ``duplicate_key``."""
    return Sentence.counted(
        'Line %(line)s: the key "%(key)s" stands in %(n)s row of this file (lines %(lines)s).',
        'Line %(line)s: the key "%(key)s" stands in %(n)s rows of this file (lines %(lines)s).',
        len(lines),
        line=str(line),
        key=_cell(key),
        lines=_listed(lines),
    )


def about_losers(lines: Sequence[int]) -> tuple[Sentence, ...]:
    """Given the rows that gave way to another of their key; returns the note that names them, none when there are none."""
    if not lines:
        return ()
    return (
        Sentence.counted(
            "The row on line %(lines)s gave way to another of the same key.",
            "%(n)s rows gave way to others of the same key: lines %(lines)s.",
            len(lines),
            lines=_listed(sorted(lines)),
        ),
    )


def about_key(line: int, key: str, code: str) -> Sentence:
    """Given a row, its key as text and ``known_key`` or ``unknown_key``; returns the sentence."""
    if code == "known_key":
        return about_row(line, N_('"%(key)s" exists already, and this import only creates new rows.'), key=_cell(key))
    return about_row(line, N_('"%(key)s" is not known, and this import only updates known rows.'), key=_cell(key))


def about_new(line: int, column: str | None, field: str, key: str) -> Sentence:
    """Given a row, the column and field that is blank, and the row's key; returns the sentence for ``required_for_new``."""
    told = Sentence(
        'the value for %(field)s is missing, and "%(key)s" is not known yet; a new row needs this value.',
        field=field,
        key=_cell(key),
    )
    if column is None:
        return Sentence("Line %(line)s: %(told)s", line=str(line), told=told)
    return Sentence("Line %(line)s, column %(column)s: %(told)s", line=str(line), column=column, told=told)


def about_unknown(line: int, column: str | None, value: str, entity: str, fed: bool) -> Sentence:
    """Given a row, the column whose value names a row of another entity, the value, that entity, and whether a file brings such
    rows; returns the sentence for ``unknown_reference``."""
    if fed:
        template = N_('there is no %(entity)s "%(value)s" yet; the file that brings it has not come, or the value is wrong.')
    else:
        template = N_(
            'there is no %(entity)s "%(value)s", and no file brings one; it has to be there before, or the value is wrong.'
        )
    return about_cell(line, column, value, template, {"entity": entity})


def _listed(lines: Sequence[int]) -> str:
    return ", ".join(str(one) for one in lines[:_LINES_NAMED]) + (", …" if len(lines) > _LINES_NAMED else "")


def _cell(value: str) -> str:
    return _visible(value if len(value) <= SHOWN else value[: SHOWN - 1] + "…")


def _visible(text: str) -> str:
    # Most texts hold nothing to show, and a file may have a million faults.
    return text if text.isprintable() else text.translate(_VISIBLE)
