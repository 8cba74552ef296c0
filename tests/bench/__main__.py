"""``make bench``: how long an import takes beside the sqlite3 program, and how much memory, in one run.

S1 is the sqlite3 program given an already clean and converted file: ``.import`` into a temporary table, then
``INSERT … ON CONFLICT DO UPDATE … WHERE (row) IS NOT (excluded)``. It reads no French, checks nothing, rejects nothing, logs
nothing and reports nothing. Both sides are whole processes, in turn (A, B, A, B …); ratios are medians of the paired ratios, of
seconds on the wall and, under CPU, of CPU seconds of all processes together.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import exports
from tests.bench.exports import Export
from tests.bench.processes import resident
from tests.bench.sides import Run, Side, prepare_ours, prepare_s1, run_ours, run_s1, run_warm

BARS = {"first load": 2.4, "re-drop, 98 % same": 2.7}
"""1.5 × the bars for the standard driver: 1.6 and 1.8."""
ENOUGH = 1_000_000
"""With fewer rows the figures say nothing about speed."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ENOUGH)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--growth", type=int, default=5, help="also import this many times the rows, for the memory; 0: do not")
    arguments = parser.parse_args()
    if shutil.which("sqlite3") is None:
        print("The sqlite3 program is missing. On Debian and Ubuntu: apt-get install sqlite3", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="nightclerk-bench-") as folder:
        bench(Path(folder), arguments.rows, arguments.repeat, arguments.seed, arguments.growth)
    if arguments.rows < ENOUGH:
        print(f"\nThis shows that the bench works. With {arguments.rows:,} rows it says nothing about speed: see make bench.")
    return 0


def bench(folder: Path, rows: int, repeat: int, seed: int, growth: int) -> None:
    print(f"Load of this machine before the start: {os.getloadavg()[0]:.2f} (other work makes all figures worse)")
    print(f"seed {seed}, {rows:,} rows × 15 columns, {os.cpu_count()} cores, Python {sys.version.split()[0]}")
    first = exports.write(folder, "first", rows, seed)
    again = exports.write(folder, "again", rows, seed, changed=0.02)
    few = exports.write(folder, "few", max(rows // 40, 1), seed, changed=0.5, start=rows - max(rows // 80, 1))
    print(f"{first.raw.stat().st_size / 1e6:.0f} MB, {first.bad} bad rows in the first file\n")
    print(f"{'':28}{'nightclerk':>12}{'S1':>9}{'ratio':>8}   {'min–max':<12}{'bar':>5}{'CPU':>7}{'importer':>11}{'reader':>9}")
    pair(folder, "first load", repeat, None, first)
    pair(folder, "re-drop, 98 % same", repeat, first, again)
    pair(folder, f"{few.rows:,} onto {rows:,}", repeat, first, few)
    pair(folder, "the same, daemon running", repeat, first, few, run_warm)
    print(f"\n{'nightclerk --help':28}{help_seconds(max(repeat, 3)) * 1000:>9.0f} ms   (bar 100)")
    print(f"{'idle daemon':28}{idle_memory(folder) / 1e6:>9.0f} MB   (bar 85)")
    if growth:
        grow(folder, first, exports.write(folder, "grown", rows * growth, seed), growth)


def pair(folder: Path, name: str, repeat: int, before: Export | None, export: Export, run: Run = run_ours) -> None:
    """Measures our import and S1 in turn, each from the same state of the database."""
    ours = Side(folder / "ours", run, prepare_ours)
    theirs = Side(folder / "theirs", run_s1, prepare_s1)
    ours.build(before, run_ours)
    theirs.build(before, run_s1)
    results = [(ours.measure(export), theirs.measure(export)) for _ in range(repeat)]
    ratios = sorted(a.seconds / b.seconds for a, b in results)
    effort = "" if run is run_warm else f"{statistics.median(a.cpu / b.cpu for a, b in results):.2f}"
    bar = BARS.get(name) if export.rows >= ENOUGH else None
    print(
        f"{name:28}{statistics.median(a.seconds for a, _ in results):>10.2f} s"
        f"{statistics.median(b.seconds for _, b in results):>7.2f} s{statistics.median(ratios):>8.2f}   "
        f"{f'{ratios[0]:.2f}–{ratios[-1]:.2f}':<12}{bar if bar else '':>5}{effort:>7}"
        f"{max(a.importer for a, _ in results) / 1e6:>8.0f} MB{max(a.reader for a, _ in results) / 1e6:>6.0f} MB",
        flush=True,
    )


def grow(folder: Path, first: Export, grown: Export, growth: int) -> None:
    """How memory and seconds per row grow with the file."""
    side = Side(folder / "ours", run_ours, prepare_ours)
    side.build(None, run_ours)
    small, large = side.measure(first), side.measure(grown)
    bar = "   (bar 1.25)" if first.rows >= ENOUGH else ""
    print(f"\n{'growth':28}{first.rows:>12,}{grown.rows:>12,} rows")
    for name, a, b in (("importer MB", small.importer, large.importer), ("reader MB", small.reader, large.reader)):
        print(f"{name:28}{a / 1e6:>12.0f}{b / 1e6:>12.0f}   × {b / a:.2f}{bar}")
    print(f"{'seconds':28}{small.seconds:>12.2f}{large.seconds:>12.2f}   × {large.seconds / small.seconds / growth:.2f} per row")


def help_seconds(repeat: int) -> float:
    """Returns how long ``nightclerk --help`` takes, the median of so many runs."""
    taken = []
    for _ in range(repeat):
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", "nightclerk", "--help"], check=True, stdout=subprocess.DEVNULL)
        taken.append(time.monotonic() - began)
    return statistics.median(taken)


def idle_memory(folder: Path) -> int:
    """Returns the resident memory of a daemon that has started and waits for files."""
    side = Side(folder / "ours", run_ours, prepare_ours)
    side.build(None, run_ours)
    command = [sys.executable, "-m", "nightclerk", "--config", str(side.folder / "config"), "serve"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as daemon:
        assert daemon.stderr is not None
        try:
            for line in daemon.stderr:
                if '"serving"' in line:
                    time.sleep(2)
                    return resident(daemon.pid)
        finally:
            daemon.terminate()
    raise SystemExit("nightclerk serve ended before it was serving.")


if __name__ == "__main__":
    sys.exit(main())
