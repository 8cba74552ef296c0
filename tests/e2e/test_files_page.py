"""Every command of docs/files.md does what the page says, and every key of the formats stands there or in a table it leads to."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.e2e.pages import Reader, blocks_of, follow

from nightclerk.config.yaml_positions import read
from nightclerk.core.feed import Feed

PAGE = Path(__file__).parents[2] / "docs" / "files.md"


def test_the_page_from_its_first_line_to_its_last(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    home = tmp_path / "home"
    home.mkdir()
    follow(PAGE, Reader(home), request.config.getoption("--update-golden"), {})


def test_every_feed_on_the_page_is_one_that_may_be_written() -> None:
    shown = [block for block in blocks_of(PAGE.read_text(encoding="utf-8")) if block.kind == "yaml"]
    for block in shown:
        for feed in read(block.text.encode()).data["feeds"]:
            Feed.model_validate({"mapping": {"code": "Code"}, **feed}, by_alias=True, by_name=False)
    assert len(shown) == 4
