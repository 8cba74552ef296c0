"""SQLite beside S1: the sqlite3 program given the same rows already clean and converted."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.bench import exports, ours
from tests.bench.exports import Export
from tests.bench.figures import PAIR_COLUMNS
from tests.bench.processes import Measured, watch
from tests.bench.sides import InFolder, in_turn
from tests.bench.stage import Stage

FIRST, AGAIN = 1.6, 1.8
"""The bars beside S1 for Python's own driver."""


def measure(stage: Stage) -> None:
    room, show = stage.room("sqlite"), stage.figures
    us, them = InFolder(room / "ours", ours.run, ours.prepare), InFolder(room / "theirs", run_s1, prepare_s1)
    show.title(f"SQLite, {stage.rows:,} rows", "nightclerk", "sqlite3", *PAIR_COLUMNS)
    us.build(None)
    them.build(None)
    first = in_turn(us, them, stage.first, stage.repeat)
    show.pairs("first load", first, "S1", FIRST)
    show.beside(f"importer's memory, {stage.rows:,} rows", 180, max(one.importer for one, _ in first) / 1e6, "MB")
    us.build(stage.first)
    them.build(stage.first)
    show.pairs("re-drop, 98 % same", in_turn(us, them, stage.again, stage.repeat), "S1", AGAIN)
    show.pairs(f"{stage.few.rows:,} onto {stage.rows:,}", in_turn(us, them, stage.few, stage.repeat), "S1")
    show.pairs("the same, daemon running", in_turn(us, them, stage.few, stage.repeat, ours.run_warm), "S1", cpu=False)


def measure_growth(stage: Stage) -> None:
    """How memory and seconds per row grow with the file."""
    if not stage.growth:
        return
    side, show, times = InFolder(stage.room("growth") / "ours", ours.run, ours.prepare), stage.figures, stage.growth
    side.build(None)
    small, large = side.measure(stage.first), side.measure(stage.grown())
    show.title("Growth (SQLite, first load)", f"{stage.rows:,}", f"{stage.rows * times:,}", "ratio")
    for name, a, b in (
        ("importer, MB", small.importer / 1e6, large.importer / 1e6),
        ("reader, MB", small.reader / 1e6, large.reader / 1e6),
        ("seconds for a million rows", small.seconds / stage.rows * 1e6, large.seconds / stage.rows / times * 1e6),
    ):
        print(f"{name:34}{a:>12.1f}{b:>12.1f}{b / a:>12.2f}")
        show.beside(f"growth, {name.split(',')[0]}", 1.15 if name.startswith("seconds") else 1.25, b / a, "×")
    show.beside("importer's memory, grown", 220, large.importer / 1e6, "MB")


def prepare_s1(folder: Path) -> None:
    types = ", ".join(f"{name.strip()} TEXT" for name in exports.COLUMNS.split(","))
    sql = f"PRAGMA journal_mode=WAL; CREATE TABLE customers (tenant TEXT, {types}, credit_limit TEXT, UNIQUE (tenant, code));"
    subprocess.run(["sqlite3", folder / "app.db", sql], check=True, stdout=subprocess.DEVNULL)


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
    return watch(["sqlite3", "-bail", str(folder / "app.db")], commands=script)
