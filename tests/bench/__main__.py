"""``make bench``: what Nightclerk takes beside the raw clients of the same database or server, in the same run.

Both sides are whole processes unless it says otherwise, in turn (A, B, A, B …), from the same state; ratios are medians of the
paired ratios, of seconds on the wall and, under CPU, of CPU seconds of all processes together. ``docs/performance.md`` says what
each part measures.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench import folders, footprint, policies, postgresql, sqlite, transfers, workbook
from tests.bench.figures import Figures
from tests.bench.stage import ENOUGH, Stage
from tests.servers.postgres import system_programs
from tests.servers.sshd import available


@dataclass(frozen=True)
class Part:
    """A part of the bench. needs: programs, each with the package that has it on Debian and Ubuntu."""

    measure: Callable[[Stage], None]
    needs: tuple[tuple[str, str], ...] = ()

    def missing(self) -> list[str]:
        """Returns what is missing, as sentences."""
        return [
            f"{program} is missing. On Debian and Ubuntu: apt-get install {package}"
            for program, package in self.needs
            if not _present(program)
        ]


_SERVER, _SSHD = (("postgres", "postgresql"), ("psql", "postgresql-client")), ("sshd", "openssh-server")
PARTS = {
    "sqlite": Part(sqlite.measure, (("sqlite3", "sqlite3"),)),
    "postgresql": Part(postgresql.measure, _SERVER),
    "sqlite-policies": Part(policies.measure_sqlite),
    "postgresql-policies": Part(policies.measure_postgresql, _SERVER[:1]),
    "workbook": Part(workbook.measure),
    "sftp": Part(transfers.measure, (_SSHD, ("sftp", "openssh-client"))),
    "remote-folders": Part(folders.measure_remote, (_SSHD,)),
    "local-folders": Part(folders.measure_local),
    "footprint": Part(footprint.measure, _SERVER[:1]),
    "growth": Part(sqlite.measure_growth),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ENOUGH, help="with fewer, all other work shrinks as well")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--growth", type=int, default=5, help="also take in this many times the rows; 0: do not")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=f"of {', '.join(PARTS)}")
    cases = list(policies.CASES)[1:]
    parser.add_argument("--cases", nargs="+", choices=cases, default=cases, metavar="CASE", help=f"of {', '.join(cases)}")
    arguments = parser.parse_args()
    began, lacking = time.monotonic(), False
    print(f"Load of this machine before the start: {os.getloadavg()[0]:.2f} (other work makes all figures worse)")
    print(f"seed {arguments.seed}, {os.cpu_count()} cores, Python {sys.version.split()[0]}")
    figures = Figures(arguments.rows >= ENOUGH)
    with tempfile.TemporaryDirectory(prefix="nightclerk-bench-") as folder:
        wanted = arguments.rows, arguments.repeat, arguments.seed, arguments.growth, arguments.cases
        stage = Stage(Path(folder), figures, *wanted)
        for name in arguments.only:
            if missing := PARTS[name].missing():
                print(f"\n{name} is left out: {' '.join(missing)}")
                lacking = True
            else:
                PARTS[name].measure(stage)
    figures.close()
    print(f"\n{time.monotonic() - began:.0f} s in all, load now {os.getloadavg()[0]:.2f}.")
    if arguments.rows < ENOUGH:
        print("This shows that the bench works. With so little to do it says nothing about speed: see make bench.")
    return 1 if lacking else 0


def _present(program: str) -> bool:
    if program == "postgres":
        return system_programs() is not None
    return available() if program == "sshd" else shutil.which(program) is not None


if __name__ == "__main__":
    sys.exit(main())
