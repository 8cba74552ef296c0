"""Writes the sample files of the presets and the readings that must follow: ``python sample_drops/presets/generate.py [FOLDER]``.

The same bytes on every machine; of a workbook the same parts. The files are committed; a test keeps both alike.
"""

from __future__ import annotations

import sys
from pathlib import Path

import american
import english
import european


def main(into: Path) -> None:
    """Writes all samples into a folder."""
    into.mkdir(parents=True, exist_ok=True)
    for sample in [*english.samples(), *european.samples(), *american.samples()]:
        sample.write(into)
        print(f"{sample.file}: {len(sample.body)} records below the headers")  # noqa: T201 - it is a command


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
