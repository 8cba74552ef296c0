"""The systemd unit: well formed, tightly sandboxed, and in step with the program."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from nightclerk.clockwork.serve import GRACE
from nightclerk.core.daemon import Limits

UNIT = Path(__file__).parents[2] / "systemd" / "nightclerk.service"


def settings() -> dict[str, str]:
    lines = [line for line in UNIT.read_text().splitlines() if "=" in line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.server("systemd-analyze")
def test_the_sandbox_exposes_little() -> None:
    found = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=15", str(UNIT)], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.server("systemd-analyze")
def test_every_line_of_the_unit_is_understood(tmp_path: Path) -> None:
    text = UNIT.read_text().replace("/opt/nightclerk/bin/nightclerk", sys.executable)
    copy = tmp_path / UNIT.name
    copy.write_text(text)
    found = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")


def test_the_unit_waits_as_long_as_the_daemon_may_take_to_stop() -> None:
    minutes = re.fullmatch(r"(\d+)min", settings()["TimeoutStopSec"])
    assert minutes is not None
    assert int(minutes[1]) * 60 >= Limits().time.total_seconds() + GRACE


def test_the_readers_are_not_told_to_stop_with_the_daemon() -> None:
    assert settings()["KillMode"] == "mixed"
    assert settings()["Type"] == "notify"
