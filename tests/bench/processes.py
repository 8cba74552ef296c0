"""Processes looked at from outside: how long they take, and how much memory they and their children have at most."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

#: How often a process is looked at. The kernel keeps peaks by itself, and looking often would take time from what is measured.
EVERY = 0.1
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Measured:
    """One process: seconds on the wall, CPU seconds with all its descendants, and the peak resident memory of the process itself
    and of the largest below it."""

    seconds: float
    cpu: float = 0.0
    importer: int = 0
    reader: int = 0


def watch(command: list[str], output: Path = Path(os.devnull), commands: Path = Path(os.devnull)) -> Measured:
    """Runs a command and measures it; ends the bench when it fails."""
    measured, done = Measured(0.0), threading.Event()
    seen: dict[int, float] = {}
    before = os.times()
    started = time.monotonic()
    with output.open("w") as stream, commands.open() as told:
        process = subprocess.Popen(command, stdin=told, stdout=stream, stderr=subprocess.PIPE, text=True)
    looking = threading.Thread(target=_look, args=(process.pid, measured, seen, done))
    looking.start()
    _, errors = process.communicate()
    measured.seconds = time.monotonic() - started
    done.set()
    looking.join()
    after = os.times()
    waited = after.children_user + after.children_system - before.children_user - before.children_system
    # Nobody waits for a reader, so that the kernel counts it only at times; what was seen of all of them lacks at most the last
    # look's time.
    measured.cpu = max(waited, sum(seen.values()))
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{errors}")
    return measured


def _look(pid: int, measured: Measured, seen: dict[int, float], done: threading.Event) -> None:
    while not done.wait(EVERY):
        measured.importer = max(measured.importer, peak(pid))
        below = children(pid)
        readers = [reader for child in below for reader in children(child)]
        measured.reader = max([measured.reader, *map(peak, below), *map(peak, readers)])
        for process in (pid, *below, *readers):
            seen[process] = max(seen.get(process, 0.0), cpu(process))


def cpu(pid: int) -> float:
    """Returns the CPU seconds of a process so far; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def cpu_with_ended(pid: int) -> float:
    """Returns the CPU seconds so far of a process, of all its children that have ended, and of those that live."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) / TICK + sum(cpu(child) for child in children(pid))


def peak(pid: int) -> int:
    """Returns the peak resident memory of a process in bytes; 0 when it is gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return 0


def children(pid: int) -> list[int]:
    """Returns the processes directly below a process."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found


def resident(pid: int) -> int:
    """Returns the present resident memory of a process in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0
