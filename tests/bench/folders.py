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
IDLE_BAR = 1.0
"""Per cent of a core: what is meant by none."""
DROPS, REST = 1000, 10.0
#: A daemon that takes fewer CPU seconds in a second than this has started; it is waited for at most so many seconds.
_STILL, _LONGEST = 0.1, 120


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
    rest = max(2.0, REST * stage.share)
    waits, threads, idle = detections(folders, stage.part(DROPS), room, rest)
    hundredth = waits[min(len(waits) - 1, round(len(waits) * 0.99))] * 1000
    show.value("drop to detection, 99th of 100", hundredth, "ms", DETECTED_BAR, f"median {statistics.median(waits) * 1000:.2f}")
    show.value("threads that watch", threads, "", THREADS_BAR)
    show.value("the watch at rest", idle * 100, "% of a core", IDLE_BAR)
    _prepare(room / "daemon", count)
    with serving(room / "daemon") as daemon:
        first, before = _settled(daemon), cpu(daemon)
        time.sleep(rest)
        share = (cpu(daemon) - before) / rest * 100
        more = f"{resident(daemon) / 1e6:.0f} MB; {first:.1f} s of CPU to start and look everywhere once"
        show.value(f"daemon of {count:,} tenants at rest", share, "% of a core", more=more)


def detections(folders: dict[str, Path], drops: int, room: Path, rest: float) -> tuple[list[float], int, float]:
    """Returns the seconds that each drop took to be noticed, ascending, how many threads watch, and the share of a core that
    watching takes while nothing is dropped for so many seconds."""
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
        began = time.process_time()
        for _ in range(round(rest)):
            watch.supervise()
            time.sleep(1)
        idle = (time.process_time() - began) / rest
    finally:
        watch.stop()
    return sorted(waits), threads, idle


def _settled(daemon: int) -> float:
    """Waits until a daemon has done what it does at its start; returns the CPU seconds it took."""
    for _ in range(_LONGEST):
        before = cpu(daemon)
        time.sleep(1)
        if cpu(daemon) - before < _STILL:
            break
    return cpu(daemon)


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
