"""What it takes to start, to wait for files, and to read a small one."""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import exports, ours, postgresql
from tests.bench.processes import resident
from tests.bench.reading import job_of, read, reader
from tests.bench.stage import Stage

HELP, IDLE, SMALL = 100.0, 85.0, 25.0
_LEAST = 5
"""Short things are measured at least so often."""


def measure(stage: Stage) -> None:
    room, show = stage.room("footprint"), stage.figures
    show.title("Start and rest")
    show.value("nightclerk --help", help_seconds(max(stage.repeat, _LEAST)) * 1000, "ms", HELP)
    show.value("idle daemon, ledger in SQLite", idle_memory(room / "sqlite", ours.LEDGER), "MB", IDLE)
    with postgresql.server() as running:
        ledger = running.url(running.create_database())
        show.value("idle daemon, ledger in PostgreSQL", idle_memory(room / "postgresql", ledger), "MB", IDLE)
    seconds = small_file(room, stage.seed)
    more = f"best {min(seconds) * 1000:.0f}, worst {max(seconds) * 1000:.0f} of {len(seconds)}"
    show.value("reading a file of 1,000 rows", statistics.median(seconds) * 1000, "ms", SMALL, more)


def help_seconds(repeat: int) -> float:
    """Returns how long ``nightclerk --help`` takes, the median of so many runs."""
    taken = []
    for _ in range(repeat):
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", "nightclerk", "--help"], check=True, stdout=subprocess.DEVNULL)
        taken.append(time.monotonic() - began)
    return statistics.median(taken)


def idle_memory(folder: Path, ledger: str) -> float:
    """Returns the resident megabytes of a daemon that waits for files. It is started for the second time: the first start makes
    the ledger's tables, and what that needs stays in memory."""
    folder.mkdir()
    ours.prepare(folder, ledger=ledger)
    with serving(folder):
        pass
    with serving(folder) as daemon:
        time.sleep(2)
        return resident(daemon) / 1e6


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Yields the process of a daemon that serves."""
    command = [sys.executable, "-m", "nightclerk", "--config", str(folder / "config"), "serve"]
    (folder / "log").unlink(missing_ok=True)
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stderr=log) as daemon:
        try:
            while b'"serving"' not in (folder / "log").read_bytes():
                if daemon.poll() is not None:
                    raise SystemExit(f"nightclerk serve ended before it was serving: {(folder / 'log').read_text()}")
                time.sleep(0.05)
            yield daemon.pid
        finally:
            daemon.terminate()


def small_file(room: Path, seed: int) -> list[float]:
    """Returns how long the reader takes for a file of 1,000 rows, mapped and validated, one after the other."""
    (room / "reading").mkdir()
    ours.prepare(room / "reading", tables=False)
    file = exports.write(room, "small", 1000, seed).raw
    job = job_of(room / "reading" / "config")
    with reader(job, file) as fence:
        return [read(fence, job, file).seconds for _ in range(15)]
