"""The sample tenants' nights, one after another into one database: each run, each table and each letter as it was foretold.

What the runs and the tables must be was written by the samples' generator. The letters alone are written from what the program
says: ``pytest tests/golden/test_nights.py --update-golden``, and read the difference before you commit it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.golden.nights import DROPS, Play, play
from tests.servers.postgres import postgres_url

TENANTS = sorted({path.parents[1].name for path in DROPS.glob("*/night-*/story.json")})


@pytest.fixture(scope="module", params=TENANTS)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Play:
    return play(request.param, tmp_path_factory.mktemp(request.param))


def test_all_becomes_as_it_was_foretold(played: Play) -> None:
    assert played.told
    assert [one.difference() for one in played.told if one.found != one.expected] == []


def test_the_letters(played: Play, request: pytest.FixtureRequest) -> None:
    for golden, text in played.letters:
        if request.config.getoption("--update-golden"):
            golden.write_text(text, encoding="utf-8", newline="\n")
    assert {str(golden): text for golden, text in played.letters} == {
        str(golden): golden.read_text(encoding="utf-8") for golden, _ in played.letters
    }


def test_on_postgresql_all_becomes_the_same(tmp_path: Path) -> None:
    url = postgres_url()
    assert url is not None
    told = play("credit-lumiere", tmp_path, database=url).told
    assert [one.difference() for one in told if one.found != one.expected] == []
