"""The presets that are brought, their copies, their samples and their page are one thing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from tests.drift.test_samples import _content

from nightclerk.config.load import load
from nightclerk.config.preset_documentation import page
from nightclerk.config.presets import brought
from nightclerk.config.starter import starter

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_drops" / "presets"
MADE = {".csv", ".txt", ".xlsx", ".json"}
MEND = ".venv/bin/python -c 'from nightclerk.config.preset_documentation import page; print(page(), end=str())' > docs/presets.md"


def test_the_page_is_made_from_the_presets() -> None:
    assert (ROOT / "docs/presets.md").read_text(encoding="utf-8") == page(), MEND


def test_the_samples_presets_are_those_that_are_brought() -> None:
    copied = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "config" / "presets").iterdir()}
    assert copied == {name.removeprefix("presets/"): text for name, text in starter().items() if name.startswith("presets/")}


def test_each_preset_fits_the_entities_that_are_brought(tmp_path: Path) -> None:
    (tmp_path / "nightclerk.yaml").write_text("database: sqlite:///var/app.db\n")
    shutil.copytree(str(files("nightclerk") / "data" / "entities"), tmp_path / "entities")
    shutil.copytree(str(files("nightclerk") / "data" / "presets"), tmp_path / "presets")
    _, problems = load(tmp_path)
    assert problems == []


@pytest.mark.parametrize("path", brought(), ids=lambda path: path.stem)
def test_each_preset_says_what_is_certain_and_what_is_assumed(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(r"(#.*\n)*#.*\b(Certain|Assumed): ", text)
    keys = re.findall(r"^(?:  )?[a-z_0-9]+:.*$", text, re.MULTILINE)
    bare = [key for key in keys if not re.match(r"(preset|source|entity|mapping|format|ignore): ?", key)]
    assert not [key for key in bare if not re.search(r"# .*\b(certain|assumed)", key)]


@pytest.mark.parametrize("path", brought(), ids=lambda path: path.stem)
def test_each_preset_has_a_sample_and_what_is_expected_of_it(path: Path) -> None:
    assert (SAMPLES / f"{path.stem}.json").is_file()
    assert [one for one in SAMPLES.glob(f"{path.stem}.*") if one.suffix != ".json"]


def test_the_generator_writes_the_committed_samples_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SAMPLES / "generate.py", tmp_path], check=True, capture_output=True)
    made = {path.name: _content(path) for path in tmp_path.iterdir()}
    kept = {path.name: _content(path) for path in SAMPLES.iterdir() if path.suffix in MADE}
    assert sorted(made) == sorted(kept)
    assert [name for name, content in made.items() if content != kept[name]] == []
