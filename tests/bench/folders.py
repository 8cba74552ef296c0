"""A thousand drop folders: on one SFTP server, and on this machine."""

from __future__ import annotations

import statistics
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path

from tests.bench import ours
from tests.bench.footprint import serving
from tests.bench.processes import cpu, resident
from tests.bench.stage import Stage
from tests.bench.transfers import fill, source
from tests.servers.sshd import sshd

from nightclerk.clockwork.watch import Watch

FOLDERS, LOOKS_BAR = 1000, 350.0
#: Each tenant has a connection of its own, and a server process for each: as many as this stand for all.
CONNECTIONS = 50
DETECTED_BAR, THREADS_BAR = 5.0, 5
DROPS, REST = 1000, 10.0


def measure_remote(stage: Stage) -> None:
    """Looks at folders on one server over live connections, each tenant's own, one after the other."""
    show, looks, count = stage.figures, stage.part(FOLDERS), min(CONNECTIONS, stage.part(FOLDERS))
    with sshd() as server, ExitStack() as opened:
        for number in range(count):
            fill(server, f"tenant{number:04}", 1, 100)
        sources = [opened.enter_context(closing(source(server, f"tenant{number:04}"))) for number in range(count)]
        began = time.monotonic()
        for each in sources:
            each.look()
        first, logins = time.monotonic() - began, server.logins()
        taken = []
        for _ in range(max(stage.repeat, 3)):
            began = time.monotonic()
            for number in range(looks):
                sources[number % count].look()
            taken.append(time.monotonic() - began)
        again = server.logins() - logins
    show.title("Folders on one SFTP server")
    show.value("first look, login included", first / count * 1000, "ms", more="for each tenant")
    more = f"over {count} live connections in turn, {again} reconnects"
    show.value(f"{looks:,} looks", statistics.median(taken) * 1000, "ms", LOOKS_BAR, more)


def measure_local(stage: Stage) -> None:
    """From a file's arrival by rename to the word that its folder is to be looked at; then a daemon with nothing to do."""
    room, show, count = stage.room("folders"), stage.figures, stage.part(FOLDERS)
    folders = {f"tenant{number:04}": room / "watched" / f"tenant{number:04}" for number in range(count)}
    for folder in folders.values():
        folder.mkdir(parents=True)
    show.title(f"{count:,} folders on this machine")
    waits, threads = detections(folders, stage.part(DROPS), room)
    hundredth = waits[min(len(waits) - 1, round(len(waits) * 0.99))]
    show.value("drop to detection, 99th of 100", hundredth * 1000, "ms", DETECTED_BAR, f"median {statistics.median(waits) * 1000:.2f}")
    show.value("threads that watch", threads, "", THREADS_BAR)
    _prepare(room / "daemon", count)
    with serving(room / "daemon") as daemon:
        time.sleep(3)
        before, rest = cpu(daemon), max(2.0, REST * stage.share)
        time.sleep(rest)
        share = (cpu(daemon) - before) / rest * 100
        show.value(f"daemon of {count:,} tenants at rest", share, "% of a core", more=f"{resident(daemon) / 1e6:.0f} MB")


def detections(folders: dict[str, Path], drops: int, room: Path) -> tuple[list[float], int]:
    """Returns the seconds that each drop took to be noticed, ascending, and how many threads watch."""
    noticed, at = threading.Event(), [0.0]

    def hasten(_: str) -> None:
        at[0] = time.perf_counter()
        noticed.set()

    before, waits, names = threading.active_count(), [], list(folders)
    watch = Watch(folders, hasten, lambda: None)
    watch.start()
    try:
        threads = threading.active_count() - before
        for number in range(drops):
            folder = folders[names[number * 7919 % len(names)]]
            (upload := room / "upload").write_bytes(b"x")
            noticed.clear()
            began = time.perf_counter()
            upload.rename(folder / f"drop{number}.csv")
            if not noticed.wait(5):
                raise SystemExit(f"A drop in {folder.name} was not noticed.")
            waits.append(at[0] - began)
    finally:
        watch.stop()
    return sorted(waits), threads


def _prepare(folder: Path, count: int) -> None:
    """A daemon with so many tenants, each with a watched folder."""
    folder.mkdir()
    ours.prepare(folder)
    pattern = (folder / "config" / "tenants" / "bench.yaml").read_text()
    for number in range(1, count):
        name, drops = f"bench{number:04}", folder / "many" / f"{number:04}"
        drops.mkdir(parents=True)
        text = pattern.replace("tenant: bench", f"tenant: {name}").replace("path: drops", f"path: many/{number:04}")
        ours.write(folder / "config" / "tenants" / f"{name}.yaml", text)
