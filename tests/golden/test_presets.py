"""Each preset reads a sample of its system's export as it must be read: rows, values, totals, faults, left-out lines.

The samples and what is expected of them are written by ``sample_drops/presets/generate.py``, which never asks the program.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from tests.unit.formats.reading import Read, read

from nightclerk.config.configuration import Configuration
from nightclerk.config.load import load
from nightclerk.config.presets import brought
from nightclerk.core.reading import Job

SAMPLES = Path(__file__).parents[2] / "sample_drops" / "presets"
PRESETS = [path.stem for path in brought()]
AMOUNTS = {"amount", "amount_remaining", "balance", "price", "cost", "value", "probability", "debit", "credit"}


@cache
def expected(preset: str) -> dict[str, Any]:
    return json.loads((SAMPLES / f"{preset}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    """A tenant for each preset, which says no more than it must."""
    folder = tmp_path_factory.mktemp("presets") / "config"
    (folder / "tenants").mkdir(parents=True)
    (folder / "nightclerk.yaml").write_text("database: sqlite:///var/app.db\n")
    shutil.copytree(str(files("nightclerk") / "data" / "entities"), folder / "entities")
    for preset in PRESETS:
        told = expected(preset)
        feed = {"feed": "sample", "files": told["file"], "preset": preset, **told["adds"]}
        source = {"kind": "folder", "path": f"drops/{preset}"}
        tenant = {
            "tenant": preset,
            "name": preset,
            "language": told["language"],
            "timezone": "UTC",
            "source": source,
            "feeds": [feed],
        }
        (folder / "tenants" / f"{preset}.yaml").write_text(json.dumps(tenant), encoding="utf-8")
    found, problems = load(folder)
    assert problems == []
    assert found is not None
    return found


@pytest.fixture(scope="module", params=PRESETS)
def sample(request: pytest.FixtureRequest, configuration: Configuration) -> tuple[dict[str, Any], Read]:
    told = expected(request.param)
    tenant = configuration.tenants[request.param]
    feed = tenant.feeds[0]
    entity = configuration.entity_of(tenant.tenant, feed.feed)
    asked = Job(
        tenant.language, tenant.timezone, feed=feed.model_dump_json(by_alias=True), entity=entity.model_dump_json(by_alias=True)
    )
    return told, read((SAMPLES / told["file"]).read_bytes(), asked)


def test_all_rows_are_found(sample: tuple[dict[str, Any], Read]) -> None:
    told, found = sample
    assert found.finished.rows == told["rows"]
    assert sorted([one.line, one.reason] for one in found.left_out) == told["left_out"]


def test_the_rows_read_as_they_must(sample: tuple[dict[str, Any], Read]) -> None:
    told, found = sample
    wanted = {row["line"]: row for row in told["accepted"]}
    assert sorted(found.rows) == sorted(wanted)
    for line, cells in found.rows.items():
        row = {name: plain(cell) for name, cell in zip(found.opened.written, cells, strict=True) if cell is not None}
        assert {"line": line, **amounts(row, wanted[line])} == wanted[line]


def test_faults_are_told(sample: tuple[dict[str, Any], Read]) -> None:
    told, found = sample
    assert sorted([one.line, one.code, one.field] for one in found.issues) == sorted(told["issues"])


def test_totals(sample: tuple[dict[str, Any], Read]) -> None:
    told, found = sample
    sums = {name: sum(map(Decimal, by_currency.values()), Decimal(0)) for name, by_currency in found.finished.accepted.items()}
    assert {name: total for name, total in sums.items() if total} == {
        name: Decimal(total) for name, total in told["totals"].items() if Decimal(total) and name != "probability"
    }


def test_further_rows_of_a_key_are_known(sample: tuple[dict[str, Any], Read]) -> None:
    told, found = sample
    assert [list(one.accepted) for one in found.finished.duplicates if len(one.accepted) > 1] == told["again"]


def test_no_note_is_needed(sample: tuple[dict[str, Any], Read]) -> None:
    """All columns of the sample are known to its preset."""
    _, found = sample
    assert not [str(note) for note in found.opened.notes if "neither mapped nor ignored" in str(note)]


def plain(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, date) else cell


def amounts(row: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Amounts are handed on with four decimals: 91.5300 is the 91.53 that is wanted."""
    return {name: wanted[name] if name in AMOUNTS and same(cell, wanted.get(name)) else cell for name, cell in row.items()}


def same(cell: Any, wanted: Any) -> bool:
    return wanted is not None and Decimal(str(cell)) == Decimal(str(wanted))
