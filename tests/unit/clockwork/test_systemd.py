"""The word to systemd, against a real datagram socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightclerk.clockwork.systemd import Systemd


def listening(address: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(address)
    listener.settimeout(2)
    return listener


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A listener, and its address as it stands in NOTIFY_SOCKET."""
    shown = str(tmp_path / "notify") if request.param == "path" else f"@nightclerk-test-{os.getpid()}"
    listener = listening("\0" + shown[1:] if shown.startswith("@") else shown)
    yield listener, shown
    listener.close()


def test_everything_that_is_said_arrives(manager: tuple[socket.socket, str]) -> None:
    listener, address = manager
    systemd = Systemd.from_environment({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "77"}, process=77)
    systemd.ready()
    systemd.status("2 tenants")
    systemd.status("2 tenants")
    systemd.status("line\nbreak")
    systemd.alive()
    systemd.stopping()
    said = [listener.recv(4096).decode() for _ in range(5)]
    assert said == [f"READY=1\nMAINPID={os.getpid()}", "STATUS=2 tenants", "STATUS=line break", "WATCHDOG=1", "STOPPING=1"]
    assert systemd.watchdog == 2.0


@pytest.mark.parametrize(
    "environment",
    [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "/nowhere/notify"}, {"NOTIFY_SOCKET": "@nobody-listens"}],
)
def test_nobody_who_listens_is_no_trouble(environment: dict[str, str]) -> None:
    systemd = Systemd.from_environment(environment, process=1)
    systemd.ready()
    systemd.status("2 tenants")
    systemd.alive()
    systemd.stopping()
    assert systemd.watchdog is None


@pytest.mark.parametrize(
    "environment", [{"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "2"}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "0"}]
)
def test_a_watchdog_that_is_not_meant_for_us_is_not_fed(environment: dict[str, str]) -> None:
    assert Systemd.from_environment(environment, process=1).watchdog is None


def test_a_reload_begins_with_its_moment_and_ends_ready(tmp_path: Path) -> None:
    with listening(str(tmp_path / "notify")) as listener:
        systemd = Systemd.from_environment({"NOTIFY_SOCKET": str(tmp_path / "notify")}, process=1)
        systemd.reloading(12.3456789)
        systemd.reloaded("all\nwell")
        assert listener.recv(4096) == b"RELOADING=1\nMONOTONIC_USEC=12345678"
        assert listener.recv(4096) == b"READY=1\nSTATUS=all well"
