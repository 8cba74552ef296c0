"""One side of a comparison, in a folder that is set back before each measurement."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.bench.exports import Export
from tests.bench.processes import Measured

Run = Callable[[Path, Export], Measured]


class Side(Protocol):
    """What is measured."""

    def build(self, before: Export | None) -> None:
        """Makes the state from which each measurement starts: empty tables, or what an earlier export made of them."""
        ...

    def measure(self, export: Export, run: Run | None = None) -> Measured:
        """Sets the state back and takes in the export, in the side's own way or in another one."""
        ...


@dataclass
class InFolder:
    """A side whose state is a folder, which ``prepare`` fills."""

    folder: Path
    run: Run
    prepare: Callable[[Path], None]

    def build(self, before: Export | None) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.prepare(self.folder)
        if before is not None:
            self.run(self.folder, before)
        kept = self.folder.with_suffix(".kept")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.folder, kept)

    def measure(self, export: Export, run: Run | None = None) -> Measured:
        shutil.rmtree(self.folder)
        shutil.copytree(self.folder.with_suffix(".kept"), self.folder)
        os.sync()
        return (run or self.run)(self.folder, export)


def in_turn(ours: Side, theirs: Side, export: Export, repeat: int, run: Run | None = None) -> Sequence[tuple[Measured, Measured]]:
    """Measures both sides in turn (A, B, A, B …). run: another way of ours."""
    return [(ours.measure(export, run), theirs.measure(export)) for _ in range(repeat)]
