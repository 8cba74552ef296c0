"""What a command loads is most of what it costs: those that only look things up load no library that they do not use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.offices import office

#: By which files are read, letters and workbooks made, servers talked to, tables migrated.
HEAVY = ("polars", "babel", "jinja2", "openpyxl", "paramiko", "alembic", "cryptography", "apscheduler", "psycopg", "pymysql")
PROGRAM = """
import sys
from nightclerk.cli import main
status = main(sys.argv[1:])
print(status, *sorted(sys.modules.keys() & set({heavy!r})), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office whose ledger and tables are there already."""
    made = office(tmp_path_factory.mktemp("acme"))
    assert made.run("round").returncode == 0
    return made.folder


@pytest.mark.parametrize(
    "command", [["runs"], ["status"], ["run", "1"], ["parked"], ["check"], ["tables", "check"]], ids=" ".join
)
def test_a_command_that_looks_things_up_loads_nothing_large(folder: Path, command: list[str]) -> None:
    line = [sys.executable, "-c", PROGRAM.format(heavy=HEAVY), *command]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    status, *loaded = done.stderr.splitlines()[-1].split()
    assert status in {"0", "2"}, done.stderr  # there is no run 1
    assert loaded == []
