"""What holds for all tests: no leaked threads or children, and a server that is missing in CI is a failure, not a skip."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator

import pytest
from tests.servers import commands, mariadb, postgres
from tests.servers.lacking import all_wanted

PROGRAMS = {
    "sshd": "/usr/sbin/sshd",
    "vsftpd": "/usr/sbin/vsftpd",
    "sqlite3": "sqlite3",
    "chromium": "chromium",
    "systemd-analyze": "systemd-analyze",
    "postgres": "/usr/lib/postgresql",
    "gpg": "gpg",
    "mariadb": "/usr/sbin/mariadbd",
}
#: Of these, those that only root can start.
FOR_ROOT = {"vsftpd"}

#: Each a single test of a minute or near it: begun first, so that none of them is still under way when all others have ended.
LONG = ("test_getting_started.py", "test_crashes_parked.py", "test_kill_loop.py", "test_crashes_held.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew from what the program does now")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONG)
    for item in items:
        for marker in item.iter_markers("server"):
            program = PROGRAMS[marker.args[0]]
            there = postgres.system_programs() if marker.args[0] == "postgres" else shutil.which(program)
            if marker.args[0] in FOR_ROOT and os.getuid() != 0:
                there = None
            if there is None and not all_wanted():
                item.add_marker(pytest.mark.skip(reason=f"needs {program}"))


def pytest_sessionfinish() -> None:
    commands.stop_shared()
    postgres.stop_shared()
    mariadb.stop_shared()


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    """A thread that a test leaves behind fails the test."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 3
    while left := [t for t in threading.enumerate() if t not in before and t.is_alive()]:
        if time.monotonic() > deadline:
            pytest.fail(f"left running: {[t.name for t in left]}")
        time.sleep(0.01)
