"""What a sample tenant's feed books, exported and read again, changes nothing: every row is unchanged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.servers import commands

from nightclerk.config.reaching import driver_url
from nightclerk.demo.application import Application, rows_before
from nightclerk.demo.copying import copy_configuration
from nightclerk.demo.samples import before, samples
from nightclerk.targets.tables import create_tables
from nightclerk.wiring import load_configuration

PROJECT = Path(__file__).parents[2]
TENANTS = sorted({sample.tenant for sample in samples(PROJECT)})


@pytest.fixture(scope="module", params=TENANTS)
def booked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder in which everything that a tenant sends on the first night is booked; and the tenant."""
    folder, tenant = tmp_path_factory.mktemp("export"), str(request.param)
    copy_configuration(PROJECT, folder / "config", [tenant], 1)
    configuration, _ = load_configuration(folder / "config")
    url = driver_url(configuration.daemon.database)
    create_tables(url, configuration.entities.values())
    with Application(url) as application:
        for one in before(PROJECT):
            if one.tenant == tenant:
                application.enter(tenant, configuration.entities[one.entity], rows_before(one.file))
    for sample in samples(PROJECT):
        if sample.tenant == tenant:
            nightclerk(folder, "import", tenant, str(sample.file))
    return folder, tenant


def nightclerk(folder: Path, *arguments: str) -> str:
    done = commands.run(arguments, folder, timeout=120)
    # 3: no mail server listens, and the letters wait
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


def test_what_is_exported_and_imported_again_is_unchanged(booked: tuple[Path, str]) -> None:
    folder, tenant = booked
    configuration, _ = load_configuration(folder / "config")
    for feed in configuration.tenants[tenant].feeds:
        name = f"{feed.feed}.{'csv' if feed.format.kind == 'delimited' else 'xlsx'}"
        nightclerk(folder, "export", tenant, feed.entity, "--feed", feed.feed, "--output", name)
        run: dict[str, Any] = json.loads(nightclerk(folder, "import", tenant, name, "--feed", feed.feed, "--json"))
        rows = run["counts"]["rows"]
        assert (rows > 50, run["ending"]) == (True, "imported")
        left_alone = ["This file brings corrections only: records that it does not hold were left as they are."]
        notes = left_alone if feed.absent != "keep" else []
        assert (run["counts"]["unchanged"], run["issues"], run["notes"]) == (rows, [], notes)
