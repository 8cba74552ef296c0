"""A folder with a configuration, on each kind of database, for tests that run commands in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.servers.mariadb import mariadb_url
from tests.servers.postgres import postgres_url

DATABASES = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.server("postgres")),
    pytest.param("mariadb", marks=pytest.mark.server("mariadb")),
]
"""Parameters of a fixture."""
_URLS = {"sqlite": lambda: "sqlite:///var/app.db", "postgresql": postgres_url, "mariadb": mariadb_url}


def installed(folder: Path, database: str, entities: Mapping[str, str], tenant: str, more: str = "") -> Path:
    """Given an empty folder, one of ``DATABASES``, the texts of entities by name, of the tenant acme, and more for
    ``nightclerk.yaml``; writes the configuration, makes the drop folder, and returns the folder. There are no tables yet."""
    config = folder / "config"
    (config / "tenants").mkdir(parents=True)
    (config / "entities").mkdir()
    (folder / "drops").mkdir()
    for name, text in entities.items():
        (config / "entities" / f"{name}.yaml").write_text(text)
    settings = f"database: {_URLS[database]()}\nledger: sqlite:///var/ledger.db\nstate: var\n"
    (config / "nightclerk.yaml").write_text(settings + more)
    (config / "tenants/acme.yaml").write_text(tenant)
    return folder
