"""PostgreSQL beside L1: ``psql \\copy`` of a clean, converted file and one ``INSERT … ON CONFLICT``."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench import exports, ours
from tests.bench.exports import Export
from tests.bench.figures import PAIR_COLUMNS
from tests.bench.processes import Measured, cpu_with_ended, watch
from tests.bench.sides import InFolder, Run, in_turn
from tests.bench.stage import Stage
from tests.servers.postgres import PostgresServer, postgres, system_programs

SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "autovacuum": "off",  # it would come at its own time, on one side or the other
}
"""The server's own defaults, where the tests use others, and no vacuum but ours."""
FIRST, AGAIN, AGAIN_CPU, FEW = 1.1, 1.1, 1.4, 1.2


@contextlib.contextmanager
def server() -> Iterator[PostgresServer]:
    """Yields the system's PostgreSQL in a folder of its own, with its default settings."""
    programs = system_programs()
    assert programs is not None, "looked for before"
    with postgres(programs, SETTINGS) as running:
        yield running


def measure(stage: Stage) -> None:
    room, show = stage.room("postgresql"), stage.figures
    with server() as running:
        us, them = OnServer(room / "ours", ours.run, running, "ours"), OnServer(room / "theirs", run_l1, running, "theirs")
        show.title(f"PostgreSQL, {stage.rows:,} rows", "nightclerk", "psql", *PAIR_COLUMNS)
        us.build(None)
        them.build(None)
        show.pairs("first load", in_turn(us, them, stage.first, stage.repeat), "L1", FIRST)
        us.build(stage.first)
        them.build(stage.first)
        show.pairs("re-drop, 98 % same", in_turn(us, them, stage.again, stage.repeat), "L1", AGAIN, AGAIN_CPU)
        show.pairs(f"{stage.few.rows:,} onto {stage.rows:,}", in_turn(us, them, stage.few, stage.repeat), "L1")
        warm = in_turn(us, them, stage.few, stage.repeat, ours.run_warm)
        show.pairs("the same, daemon running", warm, "L1", FEW, cpu=False)


@dataclass
class OnServer:
    """A side whose rows lie in a database of a server. The database is set back from a copy of its files, and the server has
    written all it owes before each measurement. CPU is that of the client and of all the server's processes."""

    folder: Path
    run: Run
    server: PostgresServer
    database: str
    prepare: Callable[[Path, str], None] = ours.prepare

    def build(self, before: Export | None) -> None:
        for name in (self.database, f"{self.database}_kept"):
            self.server.execute(f"DROP DATABASE IF EXISTS {name}")
        self.server.execute(f"CREATE DATABASE {self.database} TEMPLATE template0")
        self._side().build(before)
        self.server.execute("VACUUM (FREEZE, ANALYZE)", self.database)
        self.server.execute(f"CREATE DATABASE {self.database}_kept TEMPLATE {self.database} STRATEGY FILE_COPY")

    def measure(self, export: Export, run: Run | None = None) -> Measured:
        self.server.execute(f"DROP DATABASE {self.database}")
        self.server.execute(f"CREATE DATABASE {self.database} TEMPLATE {self.database}_kept STRATEGY FILE_COPY")
        self.server.execute("CHECKPOINT")
        before = cpu_with_ended(self.server.pid)
        measured = self._side().measure(export, run)
        return replace(measured, cpu=measured.cpu + cpu_with_ended(self.server.pid) - before)

    def _side(self) -> InFolder:
        return InFolder(self.folder, self.run, lambda folder: self.prepare(folder, self.server.url(self.database)))


def run_l1(folder: Path, export: Export) -> Measured:
    columns = [name.strip() for name in exports.COLUMNS.split(",")]
    others = [name for name in columns if name != "code"]
    script = folder / "l1.sql"
    script.write_text(
        "\\set ON_ERROR_STOP on\nBEGIN;\n"
        f"CREATE TEMP TABLE staged ON COMMIT DROP AS SELECT {exports.COLUMNS} FROM customers LIMIT 0;\n"
        f"\\copy staged FROM '{export.clean}' (FORMAT csv)\n"
        f"INSERT INTO customers AS t (tenant, {exports.COLUMNS}) SELECT 'bench', {exports.COLUMNS} FROM staged\n"
        f"ON CONFLICT (tenant, code) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in others)}\n"
        f"WHERE ({', '.join(f't.{name}' for name in others)}) IS DISTINCT FROM "
        f"({', '.join(f'excluded.{name}' for name in others)});\nCOMMIT;\n"
    )
    (url,) = [line.split(": ", 1)[1] for line in _daemon(folder) if line.startswith("database: ")]
    return watch(["psql", "--quiet", "--no-psqlrc", "--dbname", url], commands=script)


def _daemon(folder: Path) -> list[str]:
    return (folder / "config" / "nightclerk.yaml").read_text().splitlines()
