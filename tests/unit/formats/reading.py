"""Reads bytes with the unfenced reader, for the tests of what happens inside the fence."""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from nightclerk.core.issue import Issue, LeftOut, RejectedRow
from nightclerk.core.reading import Finished, Job, LateRow, Opened
from nightclerk.formats.opening import open_reader
from nightclerk.formats.packing import packed
from nightclerk.formats.pipe import unpacked

#: The format of a file in which everything is a row, whatever it looks like.
ROWS_ALONE = {
    "header_rows": 1, "description_row": "none", "comments": "none", "comment_column": "none", "totals": "none", "footer": "none",
    "continuation": "none",
}  # fmt: skip


@dataclass
class Read:
    """Everything a reader said about a file; rows: start line → cells, accepted ones only."""

    opened: Opened
    finished: Finished
    rows: dict[int, tuple[Any, ...]]
    issues: list[Issue]
    rejected: list[RejectedRow]
    left_out: list[LeftOut]
    skipped: int
    late: list[LateRow]
    blocks: int = 0

    @property
    def codes(self) -> list[tuple[int, str]]:
        return [(issue.line, issue.code) for issue in self.issues]


def job(
    block_bytes: int = 1 << 20,
    only: tuple[str, ...] | None = None,
    language: str = "fr",
    sheet: str | None = None,
    **given: Any,
) -> Job:
    """Returns the job of reading without a feed; ``given`` is the format."""
    return Job(language, "Europe/Paris", format=json.dumps(given), only=only, block_bytes=block_bytes, sheet=sheet)


def read(data: bytes, asked: Job, late: list[int] | None = None) -> Read:
    """Given a file's bytes and the job; returns everything, with the records that start in the lines ``late`` at the end."""
    with ExitStack() as open_files:
        file, *scratch = (open_files.enter_context(tempfile.TemporaryFile()) for _ in range(4))
        file.write(data)
        file.flush()
        reader = open_reader(file.fileno(), *(one.fileno() for one in scratch), asked)
        result = Read(reader.opened, Finished(0, (), {}, {}, {}, {}), {}, [], [], list(reader.opened.left_out), 0, [])
        for portion in reader.portions():
            for block in map(unpacked, packed(portion)):
                assert block.rows == len(block.lines) + len(block.rejected) + block.skipped
                assert len(block.columns) == len(reader.opened.written)
                result.rows.update(zip(block.lines, zip(*block.columns, strict=True), strict=True))
                result.issues += block.issues
                result.rejected += block.rejected
                result.left_out += block.left_out
                result.skipped += block.skipped
            result.blocks += 1
        result.finished = reader.finished()
        result.late = [row for rows in reader.late(late or []) for row in rows]
        return result
