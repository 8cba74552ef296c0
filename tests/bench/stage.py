"""What all parts of the bench share: where they work, how much they measure, and the exports, each made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import exports
from tests.bench.exports import Export
from tests.bench.figures import Figures

ENOUGH = 1_000_000
"""With fewer rows the figures say nothing about speed."""


@dataclass
class Stage:
    """folder: thrown away at the end. repeat: how often each pair is measured. growth: how many times the rows are taken in once
    more, 0 for not at all. cases: of ``policies.CASES``, those that are measured. share: how much of the other work (files,
    folders, cells) is done, 1 for all of it."""

    folder: Path
    figures: Figures
    rows: int
    repeat: int
    seed: int
    growth: int
    cases: Sequence[str]
    _exports: dict[str, Export] = field(default_factory=dict)

    @property
    def share(self) -> float:
        return min(1.0, self.rows / ENOUGH)

    def part(self, whole: int) -> int:
        """Given how many there are in the whole bench; returns how many in this one, at least ten."""
        return max(10, round(whole * self.share))

    def room(self, name: str) -> Path:
        """Returns a folder for one part."""
        path = self.folder / name
        path.mkdir(exist_ok=True)
        return path

    @property
    def first(self) -> Export:
        return self._export("first", self.rows)

    @property
    def again(self) -> Export:
        """The first one with 2 % of its rows changed."""
        return self._export("again", self.rows, changed=0.02)

    @property
    def few(self) -> Export:
        """A fortieth as many rows: half of them new, a quarter changed."""
        rows = max(self.rows // 40, 2)
        start = (self.rows - rows // 2) // exports.AFRESH * exports.AFRESH
        return self._export("few", rows, changed=0.5, start=start)

    def grown(self) -> Export:
        return self._export("grown", self.rows * self.growth)

    def _export(self, name: str, rows: int, changed: float = 0.0, start: int = 0) -> Export:
        if name not in self._exports:
            self._exports[name] = exports.write(self.folder, name, rows, self.seed, changed, start)
        return self._exports[name]
