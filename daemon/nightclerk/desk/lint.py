"""How good the data of a file is: what a person looks at before the first import."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.known_columns import known_columns
from nightclerk.core.lint.file_key import file_key
from nightclerk.core.lint.finding import LintFinding
from nightclerk.core.lint.roles import roles_by_feed
from nightclerk.core.lint.whole_file import FileLint, Known, Quality
from nightclerk.core.reading import FormatFound
from nightclerk.desk.inspect import Asked, raw_reading
from nightclerk.desk.output import format_data
from nightclerk.ports import Format


@dataclass(frozen=True)
class AsFeed:
    """A feed that says how the file is written and what is in it."""

    feed: Feed
    entity: Entity


@dataclass(frozen=True)
class Linted:
    """How good the data of a file is. file: its name. rows: damaged ones too. left_out: how many lines are no rows. by_feed:
    whether a feed says what the key is. notes: what the reader says of the whole file, and what was not looked at."""

    file: str
    format: FormatFound
    rows: int
    left_out: int
    quality: Quality
    by_feed: bool
    notes: tuple[str, ...]


def lint(reader: Format, asked: Asked, configured: AsFeed | None = None) -> Linted:
    """Given a reader, what to read, and the feed that knows the file, if there is one; returns how good its data is.

    Raises SenderError when the file is refused, OperatorError when it cannot be opened.
    """
    with raw_reading(reader, asked, configured.feed if configured is not None else None) as reading:
        opened = reading.opened
        left_out = len(opened.left_out)
        found = FileLint(_known(opened.columns, opened.format, asked.language, configured))
        for block in reading.blocks():
            found.add(block.lines, block.columns, block.issues)
            left_out += len(block.left_out)
        finished = reading.finished()
    quality = found.quality()
    notes = (*map(str, (*opened.notes, *finished.notes)), *quality.notes)
    left_out += finished.left_out_more
    return Linted(asked.path.name, opened.format, finished.rows, left_out, quality, configured is not None, notes)


def _known(columns: tuple[str, ...], found: FormatFound, language: str, configured: AsFeed | None) -> Known:
    # The own numbers of a sheet or a table always come with a point.
    own = found.sheet is not None or found.kind == "dbf"
    marks: tuple[Literal[".", ","] | None, ...] = ("." if own else None,) * len(columns)
    if configured is None:
        return Known(columns, language, marks)
    feed, entity = configured.feed, configured.entity
    if not own:
        marks = known_columns(feed, entity, columns, ()).decimals
    return Known(columns, language, marks, roles_by_feed(feed, entity, columns), file_key(feed, entity, columns))


def lint_data(found: Linted) -> dict[str, Any]:
    """Given how good the data of a file is; returns the object that ``lint --json`` prints."""
    quality = found.quality
    return {
        "format": format_data(found.format),
        "rows": found.rows,
        "left_out": found.left_out,
        "key": {"columns": list(quality.key), "by": "feed" if found.by_feed else "header"} if quality.key else None,
        "columns": [
            {
                "column": one.name,
                "type": one.kind,
                "mostly": one.mostly,
                "filled": one.filled,
                "different": one.different,
                "longest": one.longest,
                "example": one.example,
            }
            for one in quality.columns
        ],
        "findings": [finding_data(one) for one in quality.findings],
        "notes": list(found.notes),
    }


def finding_data(finding: LintFinding) -> dict[str, Any]:
    """Given a finding; returns its keys code, level, column, count, lines, example and message."""
    return {**asdict(finding), "lines": list(finding.lines)}
