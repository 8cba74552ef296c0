"""Progress: a bar on a terminal's standard error while long work lasts, and not a byte in a pipe."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from nightclerk.cli.progress import ShownFormat, shown, watched
from nightclerk.core.reading import Block, Finished, FormatFound, Job, Opened

LINES = 100


class Told:
    """A reading of as many rows as are wanted, slow enough to be looked at."""

    def __init__(self, sheet: str | None) -> None:
        found = FormatFound("delimited", "utf-8", ";", None, 1, "\n", sheet)
        self.opened = Opened(found, ("a",), ("a",))
        self.closed = False

    def blocks(self) -> Iterator[Block]:
        for last in (50, 100):
            time.sleep(0.25)
            yield Block(50, list(range(last - 49, last + 1)), [["x"] * 50])

    def finished(self) -> Finished:
        raise AssertionError

    def rows(self, lines: Any) -> Iterator[Any]:
        raise AssertionError

    def close(self) -> None:
        self.closed = True


class Telling:
    """A reader that tells always the same."""

    def __init__(self, sheet: str | None = None) -> None:
        self.reading = Told(sheet)

    def read(self, file: BinaryIO, job: Job) -> Told:
        return self.reading


def read(reader: Any, path: Path) -> int:
    path.write_text("x\n" * LINES)
    with path.open("rb") as file:
        reading = reader.read(file, Job("en", "UTC"))
        rows = sum(block.rows for block in reading.blocks())
        reading.close()
    return rows


@pytest.mark.parametrize(
    ("sheet", "pictures"),
    [
        (None, ["reading  [############------------]   50%", "reading  [########################]  100%"]),
        ("Kunden", ["reading  50 rows", "reading  100 rows"]),
    ],
)
def test_a_bar_moves_and_is_taken_away_at_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sheet: str | None, pictures: list[str]
) -> None:
    telling = Telling(sheet)
    assert read(ShownFormat(telling), tmp_path / "file") == LINES
    assert telling.reading.closed
    out, err = capsys.readouterr()
    assert out == ""
    drawn = err.split("\r")
    assert [one for one in drawn if one.strip()] == pictures
    assert drawn[-1] == ""
    assert not drawn[-2].strip()


def test_in_a_pipe_nothing_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    telling = Telling()
    assert shown(telling) is telling
    with watched([1, 2, 3], "counting") as items:
        assert list(items) == [1, 2, 3]
    assert capsys.readouterr() == ("", "")


class Terminal(io.StringIO):
    """What a person looks at."""

    def isatty(self) -> bool:
        return True


def test_the_line_is_taken_away_where_the_work_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with watched([1, 2, 3], "counting") as items:
        next(items)
        time.sleep(0.25)
        next(items)
    *_, drawn, wiped, after = terminal.getvalue().split("\r")
    assert drawn.startswith("counting  [")
    assert (wiped.strip(), len(wiped), after) == ("", len(drawn), "")
