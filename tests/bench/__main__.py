"""``make bench``: how long an import takes beside the sqlite3 program, and how much memory, in one run.

S1 is the sqlite3 program given an already clean and converted file: ``.import`` into a temporary table, then
``INSERT … ON CONFLICT DO UPDATE … WHERE (row) IS NOT (excluded)``. It reads no French, checks nothing, rejects nothing, logs
nothing and reports nothing. Both sides are whole processes, in turn (A, B, A, B …); ratios are medians of the paired ratios.
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
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench import exports
from tests.bench.exports import Export

BARS = {"first load": 2.4, "re-drop, 98 % same": 2.7}
"""1.5 × the bars for the standard driver: 1.6 and 1.8."""

CONFIG = {
    "nightclerk.yaml": """
database: sqlite:///var/app.db
ledger: sqlite:///var/ledger.db
state: var
limits: {file_size: 4GB, memory: 2GB, time: 30m}
""",
    "entities/customer.yaml": """
entity: customer
table: customers
key: [code]
fields:
  code: {type: text, max_length: 50}
  name: {type: text, required: true}
  print_as: {type: text}
  email: {type: email}
  phone: {type: text}
  address1: {type: text}
  postal_code: {type: text}
  city: {type: text}
  country: {type: country}
  currency: {type: currency}
  active: {type: boolean}
  payment_days: {type: integer, min: 0, max: 365}
  balance: {type: money, currency: currency}
  turnover: {type: money, currency: currency}
  since: {type: date}
  credit_limit: {type: money, currency: currency, owner: application}
""",
    "tenants/bench.yaml": """
tenant: bench
name: Bench
language: fr
timezone: Europe/Paris
source: {kind: folder, path: drops}
feeds:
  - feed: clients
    files: "*.csv"
    entity: customer
    dates: "%d/%m/%Y"
    decimal: ","
    thousands: " "
    mapping:
      code: Code client
      name: Raison sociale
      print_as: Enseigne
      email: Courriel
      phone: Téléphone
      address1: Adresse
      postal_code: Code postal
      city: Ville
      country: Pays
      currency: Devise
      active: Actif
      payment_days: Délai
      balance: Solde
      turnover: Encours
      since: Depuis
""",
}


@dataclass
class Measured:
    """One process: seconds on the wall, and the peak resident memory of the importing process and of its largest child."""

    seconds: float
    importer: int = 0
    reader: int = 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--growth", type=int, default=5, help="also import this many times the rows, for the memory; 0: do not")
    arguments = parser.parse_args()
    if shutil.which("sqlite3") is None:
        print("The sqlite3 program is missing. On Debian and Ubuntu: apt-get install sqlite3", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="nightclerk-bench-") as folder:
        return bench(Path(folder), arguments.rows, arguments.repeat, arguments.seed, arguments.growth)


def bench(folder: Path, rows: int, repeat: int, seed: int, growth: int) -> int:
    print(f"seed {seed}, {rows:,} rows × 15 columns, {os.cpu_count()} cores, Python {sys.version.split()[0]}")
    first = exports.write(folder, "first", rows, seed)
    again = exports.write(folder, "again", rows, seed, changed=0.02)
    few = exports.write(folder, "few", max(rows // 40, 1), seed, changed=0.5, start=rows - max(rows // 80, 1))
    print(f"{first.raw.stat().st_size / 1e6:.0f} MB, {first.bad} bad rows in the first file\n")
    print(f"{'':22}{'nightclerk':>12}{'S1':>9}{'ratio':>8}   {'min–max':<12}{'bar':>5}{'importer':>11}{'reader':>9}")
    pair(folder, "first load", repeat, None, first)
    pair(folder, "re-drop, 98 % same", repeat, first, again)
    pair(folder, f"{few.rows:,} onto {rows:,}", repeat, first, few)
    if growth:
        grow(folder, first, exports.write(folder, "grown", rows * growth, seed), growth)
    return 0


def pair(folder: Path, name: str, repeat: int, before: Export | None, export: Export) -> None:
    """Measures our import and S1 in turn, each from the same state of the database."""
    ours = Side(folder / "ours", run_ours, prepare_ours)
    theirs = Side(folder / "theirs", run_s1, prepare_s1)
    for side in (ours, theirs):
        side.build(before)
    results = [(ours.measure(export), theirs.measure(export)) for _ in range(repeat)]
    ratios = sorted(a.seconds / b.seconds for a, b in results)
    bar = BARS.get(name)
    print(
        f"{name:22}{statistics.median(a.seconds for a, _ in results):>10.2f} s"
        f"{statistics.median(b.seconds for _, b in results):>7.2f} s{statistics.median(ratios):>8.2f}   "
        f"{f'{ratios[0]:.2f}–{ratios[-1]:.2f}':<12}{bar if bar else '':>5}"
        f"{max(a.importer for a, _ in results) / 1e6:>8.0f} MB{max(a.reader for a, _ in results) / 1e6:>6.0f} MB"
    )


def grow(folder: Path, first: Export, grown: Export, growth: int) -> None:
    """How memory and seconds per row grow with the file."""
    side = Side(folder / "ours", run_ours, prepare_ours)
    side.build(None)
    small, large = side.measure(first), side.measure(grown)
    print(f"\n{'growth':22}{first.rows:>12,}{grown.rows:>12,} rows")
    for name, a, b in (("importer MB", small.importer, large.importer), ("reader MB", small.reader, large.reader)):
        print(f"{name:22}{a / 1e6:>12.0f}{b / 1e6:>12.0f}   × {b / a:.2f}   (bar 1.25)")
    print(f"{'seconds':22}{small.seconds:>12.2f}{large.seconds:>12.2f}   × {large.seconds / small.seconds / growth:.2f} per row")


@dataclass
class Side:
    """One of the two: a folder whose state is set back before each measurement."""

    folder: Path
    run: Callable[[Path, Export], Measured]
    prepare: Callable[[Path], None]

    def build(self, before: Export | None) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.prepare(self.folder)
        if before is not None:
            self.run(self.folder, before)
        kept = self.folder.with_suffix(".kept")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.folder, kept)

    def measure(self, export: Export) -> Measured:
        shutil.rmtree(self.folder)
        shutil.copytree(self.folder.with_suffix(".kept"), self.folder)
        os.sync()
        return self.run(self.folder, export)


def prepare_ours(folder: Path) -> None:
    for name, text in CONFIG.items():
        path = folder / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "drops").mkdir()
    (folder / "var").mkdir()
    nightclerk(folder, "tables", "create")


def prepare_s1(folder: Path) -> None:
    types = ", ".join(f"{name.strip()} TEXT" for name in exports.COLUMNS.split(","))
    sql = f"PRAGMA journal_mode=WAL; CREATE TABLE customers (tenant TEXT, {types}, credit_limit TEXT, UNIQUE (tenant, code));"
    subprocess.run(["sqlite3", folder / "app.db", sql], check=True, stdout=subprocess.DEVNULL)


def run_ours(folder: Path, export: Export) -> Measured:
    return watch([sys.executable, "-m", "nightclerk", "--config", str(folder / "config"), "import", "bench", str(export.raw)])


def run_s1(folder: Path, export: Export) -> Measured:
    columns = [name.strip() for name in exports.COLUMNS.split(",")]
    listed, staged = ", ".join(columns), ", ".join(f"{name} TEXT" for name in columns)
    others = [name for name in columns if name != "code"]
    script = folder / "s1.sql"
    script.write_text(
        f"PRAGMA synchronous=FULL;\nBEGIN IMMEDIATE;\nCREATE TEMP TABLE staged ({staged});\n.mode csv\n"
        f".import {export.clean} staged\n"
        f"INSERT INTO customers (tenant, {listed}) SELECT 'bench', {listed} FROM staged WHERE true ON CONFLICT (tenant, code)\n"
        f"DO UPDATE SET {', '.join(f'{name}=excluded.{name}' for name in others)}\n"
        f"WHERE ({', '.join(others)}) IS NOT ({', '.join(f'excluded.{name}' for name in others)});\nCOMMIT;\n"
    )
    started = time.monotonic()
    with script.open() as commands:
        subprocess.run(["sqlite3", "-bail", folder / "app.db"], stdin=commands, check=True)
    return Measured(time.monotonic() - started)


def nightclerk(folder: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "nightclerk", "--config", folder / "config", *words], check=True, stdout=subprocess.DEVNULL
    )


def watch(command: list[str]) -> Measured:
    """Runs a command and looks at the peak memory of it and of its descendants every few milliseconds."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
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


if __name__ == "__main__":
    sys.exit(main())
