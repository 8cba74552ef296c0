"""The systemd unit and what is installed with it: well formed, tightly sandboxed, and in step with the program."""

from __future__ import annotations

import ctypes
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tests.servers.lacking import lacking

from nightclerk.clockwork.schedule import MOST_TENANT_THREADS
from nightclerk.clockwork.serve import GRACE
from nightclerk.core.daemon import Limits

UNIT = Path(__file__).parents[2] / "systemd" / "nightclerk.service"


#: PR_SET_MDWE and its flag, which is what MemoryDenyWriteExecute asks of newer kernels.
DENY_WRITE_EXECUTE = (65, 1)


def settings() -> dict[str, str]:
    lines = [line for line in UNIT.read_text().splitlines() if "=" in line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def environment() -> dict[str, str]:
    lines = [line.removeprefix("Environment=") for line in UNIT.read_text().splitlines() if line.startswith("Environment=")]
    return dict(one.split("=", 1) for line in lines for one in shlex.split(line))


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


def test_the_unit_lets_a_thousand_tenants_have_their_threads() -> None:
    """With 512, no round of anybody succeeded any more from about 450 drop folders on: no new thread could be started."""
    source, connection, others = 1, 1, 200
    assert int(settings()["TasksMax"]) >= 1000 * (source + connection) + 2 * MOST_TENANT_THREADS + others


def test_the_readers_are_not_told_to_stop_with_the_daemon() -> None:
    assert settings()["KillMode"] == "mixed"
    assert settings()["Type"] == "notify"


def test_a_reload_is_a_hup_that_the_manager_is_told_about() -> None:
    assert settings()["ExecReload"] == "/bin/kill -HUP $MAINPID"


def test_files_are_read_where_memory_is_never_writable_and_executable(tmp_path: Path) -> None:
    assert settings()["MemoryDenyWriteExecute"] == "yes"
    file = tmp_path / "clients.csv"
    file.write_text("Code;Name\r\n1;Anna\r\n")

    def deny() -> None:
        if ctypes.CDLL(None).prctl(*DENY_WRITE_EXECUTE, 0, 0, 0) != 0:
            os._exit(77)

    command = [sys.executable, "-m", "nightclerk", "inspect", str(file)]
    found = subprocess.run(command, preexec_fn=deny, env=os.environ | environment(), capture_output=True, text=True, check=False)
    if found.returncode == 77:
        lacking("this kernel cannot forbid writable executable memory (Linux 6.3 can)")
    assert found.returncode == 0, found.stderr


@pytest.mark.server("systemd-analyze")
def test_users_and_folders_are_made_as_the_files_say(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    subprocess.run(["systemd-sysusers", f"--root={tmp_path}", str(UNIT.with_name("nightclerk.sysusers.conf"))], check=True)
    users = (tmp_path / "etc" / "passwd").read_text()
    assert re.search(r"^nightclerk:x:\d+:\d+:Nightclerk:/var/lib/nightclerk:/usr/sbin/nologin$", users, re.MULTILINE)
    assert re.search(r"^nightclerk-drops:x:\d+:nightclerk$", (tmp_path / "etc" / "group").read_text(), re.MULTILINE)
    if os.getuid() != 0:
        lacking("only root can give folders away")
    for part in ("var/lib", "srv"):
        (tmp_path / part).mkdir(parents=True)
    for name in ("nightclerk", "nightclerk-tenant"):
        lines = UNIT.with_name(f"{name}.tmpfiles.conf")
        subprocess.run(["systemd-tmpfiles", "--create", f"--root={tmp_path}", str(lines)], check=True)
    modes = {
        "var/lib/nightclerk": 0o700,
        "etc/nightclerk/config": 0o750,
        "etc/nightclerk/credentials": 0o700,
        "srv/drops/acme": 0o755,
        "srv/drops/acme/inbox": 0o3770,
        "srv/drops/acme/inbox/processed": 0o2750,
    }
    assert {path: (tmp_path / path).stat().st_mode & 0o7777 for path in modes} == modes
