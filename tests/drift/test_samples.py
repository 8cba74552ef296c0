"""The committed sample drops are exactly what their generator writes, and every sample tenant has some."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

SAMPLES = Path(__file__).parents[2] / "sample_drops"


def test_the_generator_writes_the_committed_files_again(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, SAMPLES / "generate.py", tmp_path],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONHASHSEED": "7"},
    ).stdout
    assert "seed 20261120" in told
    made = {path.relative_to(tmp_path): _content(path) for path in tmp_path.rglob("*") if path.is_file()}
    kept = {
        path.relative_to(SAMPLES): _content(path)
        for path in SAMPLES.glob("*/night-*/**/*")
        if path.is_file() and not path.name.endswith(".letter.txt")  # those are written from what the program says
    }
    assert sorted(made) == sorted(kept)
    assert [name for name, content in made.items() if content != kept[name]] == []


def test_each_sample_has_a_tenant_and_each_sample_tenant_a_sample() -> None:
    tenants = {path.stem for path in (SAMPLES.parent / "config" / "tenants").glob("*.yaml")}
    assert {path.parent.name for path in SAMPLES.glob("*/night-1")} == tenants


def _content(path: Path) -> bytes | list[tuple[object, bytes]]:
    """The bytes of a file; of a workbook its parts, for how tightly a zip is packed differs from one zlib to another."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with ZipFile(path) as book:
        return [((part.filename, part.date_time), book.read(part)) for part in book.infolist()]
