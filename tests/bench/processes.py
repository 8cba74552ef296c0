"""Processes looked at from outside: how long they take, and how much memory they and their children have at most."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Measured:
    """One process: seconds on the wall, and the peak resident memory of the importing process and of its largest child."""

    seconds: float
    importer: int = 0
    reader: int = 0


def watch(command: list[str], output: Path = Path(os.devnull)) -> Measured:
    """Runs a command and looks at the peak memory of it and of its descendants every few milliseconds."""
    started = time.monotonic()
    with output.open("w") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.PIPE, text=True)
    measured = Measured(0.0)
    while process.poll() is None:
        measured.importer = max(measured.importer, peak(process.pid))
        measured.reader = max([measured.reader, *(peak(child) for child in descendants(process.pid))])
        time.sleep(0.02)
    measured.seconds = time.monotonic() - started
    assert process.stderr is not None
    told = process.stderr.read()
    process.stderr.close()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{told}")
    return measured


def peak(pid: int) -> int:
    """Returns the peak resident memory of a process in bytes; 0 when it is gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return 0


def descendants(pid: int) -> list[int]:
    """Returns the processes below a process."""
    found = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *descendants(int(child))]
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found


def resident(pid: int) -> int:
    """Returns the present resident memory of a process in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0
