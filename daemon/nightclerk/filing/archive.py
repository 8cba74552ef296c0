"""The archive on our own disk: ``<state>/archive/<tenant>/2026/11/21/<name>``."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

from nightclerk.core.drop import Drop, Spooled
from nightclerk.filing.durable import make_folder, rename


class Archive:
    """Keeps every file that was taken, with the issues found in it beside it."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "archive"

    def place(self, drop: Drop, name: str) -> Path:
        """Given a drop and the name it is filed under; returns the path, by the UTC day of its claim."""
        return self._folder / drop.tenant / f"{drop.claimed_at.astimezone(UTC):%Y/%m/%d}" / name

    def put_away(self, drop: Drop, name: str, spooled: Spooled | None, issues_files: dict[int, Path]) -> None:
        """Moves the drop's file and its runs' issues files from the spool into their places.

        May be repeated after a crash: what stands in its place already is left there.
        """
        target = self.place(drop, name)
        make_folder(target.parent)
        for run, path in issues_files.items():
            if path.exists():
                rename(path, self.issues_place(drop, name, run))
        if spooled is not None and spooled.path.exists():
            rename(spooled.path, target)

    def issues_place(self, drop: Drop, name: str, run: int) -> Path:
        """Given a drop, the name it is filed under and a run; returns where the run's issues file is kept."""
        return self.place(drop, f"{name}.run{run}.issues.jsonl")
