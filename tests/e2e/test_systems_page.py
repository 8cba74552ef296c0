"""docs/systems.md says of the sample tenants what their files say, and its commands work."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.pages import Reader, blocks_of, follow

from nightclerk.config.yaml_positions import read
from nightclerk.core.feed import Feed

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "systems.md"
TENANTS = {
    "Intiza": "cobranzas-sur",
    "My DSO Manager": "credit-lumiere",
    "Sage Intacct": "atlas-supply",
    "Acomba to Plannit": "plomberie-boreal",
    "Freshsales Suite": "brightwave",
}


def section(name: str) -> str:
    return PAGE.read_text(encoding="utf-8").split(f"\n## {name}\n", 1)[1].split("\n## ", 1)[0]


def feeds_in(text: str) -> list[dict[str, Any]]:
    return list(read(text.encode()).data["feeds"])


def contradictions(shown: Any, real: Any, where: str) -> list[str]:
    """Given what the page shows of a feed, and the feed; returns the places where the page says something else."""
    if isinstance(shown, dict) and isinstance(real, dict):
        return [line for key, value in shown.items() for line in contradictions(value, real.get(key), f"{where}.{key}")]
    return [] if shown == real else [f"{where}: the page has {shown!r}, the file {real!r}"]


@pytest.mark.parametrize("name", TENANTS)
def test_a_section_shows_what_its_tenant_has(name: str) -> None:
    real = {feed["feed"]: feed for feed in feeds_in((ROOT / f"config/tenants/{TENANTS[name]}.yaml").read_text(encoding="utf-8"))}
    for block in blocks_of(section(name)):
        if "config/tenants/" in block.text:
            for shown in feeds_in(block.text):
                assert not contradictions(shown, real[shown["feed"]], shown["feed"])
    assert f"`config/tenants/{TENANTS[name]}.yaml`" in section(name)


@pytest.mark.parametrize("name", TENANTS)
def test_the_files_that_a_section_names_are_there(name: str) -> None:
    nights = ROOT / "sample_drops" / TENANTS[name]
    named = set(re.findall(r"`(night-\d[\w./-]*)`", section(name)))
    assert named
    assert not [path for path in sorted(named) if not (nights / path).exists()]


def test_every_feed_on_the_page_is_one_that_may_be_written() -> None:
    blocks = [block.text for block in blocks_of(PAGE.read_text(encoding="utf-8")) if block.kind == "yaml"]
    shown = [feed for text in blocks for feed in feeds_in(text)]
    assert len(shown) >= len(TENANTS)
    for feed in shown:  # what may not be written raises
        Feed.model_validate({"files": "*.csv", "entity": "customer", "mapping": {"code": "Code"}, **feed})


def test_the_page_from_its_first_line_to_its_last(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    for name in ("config", "sample_drops"):
        (tmp_path / name).symlink_to(ROOT / name)
    # What the page shows of a command is compared with what the command says, and a command that fails, fails this test.
    follow(PAGE, Reader(tmp_path), request.config.getoption("--update-golden"), {})
