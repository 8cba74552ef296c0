"""Changing a few values in a tenant's YAML text, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from nightclerk.core.errors import OperatorError
from nightclerk.core.schedule import Schedule
from nightclerk.demo.copying import connect, copy_configuration
from nightclerk.demo.rewriting import replace_section, rewrite
from nightclerk.demo.sftp_server import SftpServer
from nightclerk.wiring import load_configuration

PROJECT = Path(__file__).parents[3]
TENANTS = sorted((PROJECT / "config" / "tenants").glob("*.yaml"))
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


@pytest.mark.parametrize(
    "written", ["schedule: {every: 5m}   # short", "schedule:\n  at: [06:00]\n  days: mon", "schedule:\n- every: 1h\n- cron: x"]
)
def test_a_section_is_replaced_whole_or_taken_out(written: str) -> None:
    text = f"tenant: acme\n{written}\n\n# the feeds\nfeeds:\n  - feed: clients\n    schedule: no\n"
    kept = "\n# the feeds\nfeeds:\n  - feed: clients\n    schedule: no\n"
    assert replace_section(text, "schedule", "schedule: {every: 1s}") == f"tenant: acme\nschedule: {{every: 1s}}\n{kept}"
    assert replace_section(text, "schedule", None) == f"tenant: acme\n{kept}"
    assert replace_section(text, "process", None) == text


def test_every_sample_tenant_is_connected_and_nothing_else_of_it_changes(tmp_path: Path) -> None:
    copy_configuration(PROJECT, tmp_path / "config", [path.stem for path in TENANTS], 25)
    servers = {path.stem: SftpServer(tmp_path, ()) for path in TENANTS}
    for name, server in servers.items():
        connect(tmp_path / "config" / "tenants" / f"{name}.yaml", server)
        server.close()
    (before, _), (after, problems) = load_configuration(PROJECT / "config"), load_configuration(tmp_path / "config")
    assert problems == []
    assert len(after.tenants) == 5
    for name, tenant in after.tenants.items():
        written, server = before.tenants[name], servers[name]
        source = {"host": "127.0.0.1", "port": server.port, "host_keys": [server.fingerprint]}
        changes = {
            "source": written.source.model_copy(update=source),
            "ready": written.ready.model_copy(update={"unchanged_for": timedelta(seconds=2)}),
            "schedule": Schedule(every=timedelta(seconds=1)),
            "process": None,
        }
        assert tenant == written.model_copy(update=changes)
