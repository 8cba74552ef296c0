"""Changing a few values in a tenant's YAML text, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightclerk.core.errors import OperatorError
from nightclerk.demo.rewriting import rewrite

TENANT = """# a comment: kept
tenant: acme
source:
  kind: sftp
  host: sftp.acme.example     # theirs
  port: 22
  archive: {host: no}
feeds:
  - feed: clients
    host: not this one
"""


def test_only_the_named_lines_change() -> None:
    changed = rewrite(TENANT, {"source.host": "127.0.0.1", "source.port": 2222})
    before, after = TENANT.split("\n"), changed.split("\n")
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [
        ("  host: sftp.acme.example     # theirs", '  host: "127.0.0.1"'),
        ("  port: 22", "  port: 2222"),
    ]


@pytest.mark.parametrize("path", ["source.host_keys", "schedule", "source", "feeds.host"])
def test_a_value_that_has_no_line_of_its_own_is_named(path: str) -> None:
    with pytest.raises(OperatorError, match=path):
        rewrite(TENANT, {path: "x", "source.port": 1})


@pytest.mark.parametrize("tenant", ["credit-lumiere", "atlas-supply"])
def test_the_sample_tenants_can_be_rewritten(tenant: str) -> None:
    text = (Path(__file__).parents[3] / "config" / "tenants" / f"{tenant}.yaml").read_text(encoding="utf-8")
    changes = {"source.host": "127.0.0.1", "source.port": 1, "source.host_keys": ["SHA256:x"], "ready.unchanged_for": "2s"}
    changed = rewrite(text, {**changes, "schedule.every": "1s"})
    assert sum(a != b for a, b in zip(text.split("\n"), changed.split("\n"), strict=True)) == 5
