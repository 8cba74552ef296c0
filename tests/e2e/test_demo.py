"""``nightclerk demo`` as a stranger starts it: a process of its own, its output in a pipe."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
DEMO = [sys.executable, "-m", "nightclerk", "demo"]


@pytest.fixture
def temporary(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a process whose temporary folder is ours to look into."""
    (tmp_path / "t").mkdir()
    yield {**os.environ, "TMPDIR": str(tmp_path / "t")}
    shutil.rmtree(tmp_path / "t")


def test_it_shows_everything_within_a_minute_and_leaves_the_letters(temporary: dict[str, str]) -> None:
    before = _worked()
    done = subprocess.run(DEMO, cwd=PROJECT, env=temporary, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert _worked() - before < 40, "of a processor's time, whatever else the machine does; it waits for a few seconds besides"
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "10 of 10 files ended as expected" in done.stdout
    for told in ("in 8 slices", "as .part, renamed", "Control totals", "Table customers: 24,9", "/export/processed/"):
        assert told in done.stdout
    for told in ("Imported with rejects", "Importé avec rejets", "Importado con rechazos"):
        assert told in done.stdout
    (left,) = Path(temporary["TMPDIR"]).iterdir()
    assert [path.name for path in left.iterdir()] == ["letters"]
    assert len(list((left / "letters").glob("*.eml"))) == 10
    page = (left / "letters" / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'href="([^"]*)"', page)
    assert {path.name for path in (left / "letters").iterdir()} - {"index.html"} >= set(links)
    assert len([link for link in links if re.fullmatch(r"\d+\.html", link)]) == 10


def test_it_books_into_a_postgresql_of_its_own_as_well(temporary: dict[str, str], tmp_path: Path) -> None:
    command = [*DEMO, "--json", "--config", str(_small_project(tmp_path) / "config"), "--database", "postgresql"]
    done = subprocess.run(command, env=temporary, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [run["ending"] for run in json.loads(done.stdout)] == ["imported_with_rejects"] * 2
    (left,) = Path(temporary["TMPDIR"]).iterdir()
    assert [path.name for path in left.iterdir()] == ["letters"]


@pytest.mark.parametrize(
    ("written", "told"),
    [("mysql", "takes sqlite, postgresql, or the address"), ("sqlite:///x.db", "takes sqlite, postgresql, or the address")],
)
def test_a_database_it_cannot_use_is_told_before_anything_is_made(temporary: dict[str, str], written: str, told: str) -> None:
    command = [*DEMO, "--database", written]
    done = subprocess.run(command, cwd=PROJECT, env=temporary, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 2
    assert told in done.stderr
    assert list(Path(temporary["TMPDIR"]).iterdir()) == []


def test_an_ending_that_is_not_the_expected_one_is_told_and_fails(temporary: dict[str, str], tmp_path: Path) -> None:
    project = _small_project(tmp_path)
    expected = project / "sample_drops" / "credit-lumiere" / "night-1" / "expected" / "clients_20261120.csv.json"
    told = json.loads(expected.read_text(encoding="utf-8"))
    expected.write_text(json.dumps(told | {"ending": "imported"}), encoding="utf-8")
    command = [*DEMO, "--config", str(project / "config")]
    done = subprocess.run(command, env=temporary, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "clients_20261120.csv (clients) ended as imported_with_rejects, not as imported." in done.stdout
    (left,) = Path(temporary["TMPDIR"]).iterdir()
    assert (left / "daemon.log").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_with_keep_it_stays_up_until_it_is_told_to_end(temporary: dict[str, str], tmp_path: Path, number: signal.Signals) -> None:
    command = [*DEMO, "--keep", "--config", str(_small_project(tmp_path) / "config")]
    with subprocess.Popen(command, env=temporary, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        told = ""
        while "sftp -P" not in told:
            line = demo.stdout.readline()
            assert line, told
            told += line
        (folder,) = Path(temporary["TMPDIR"]).iterdir()
        runs = [sys.executable, "-m", "nightclerk", "--config", str(folder / "config"), "runs", "--json"]
        assert len(json.loads(subprocess.run(runs, check=True, capture_output=True, timeout=30).stdout)) == 2
        demo.send_signal(number)
        demo.wait(30)
    assert demo.returncode == 0
    assert [path.name for path in folder.iterdir()] == ["letters"]
    assert _processes(re.escape(str(folder))) == []


def _worked() -> float:
    """Returns the processor seconds of all that was started here and has ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _small_project(tmp_path: Path) -> Path:
    """A project with one of the sample tenants alone."""
    project = tmp_path / "project"
    shutil.copytree(PROJECT / "config", project / "config")
    shutil.copytree(PROJECT / "sample_drops" / "credit-lumiere", project / "sample_drops" / "credit-lumiere")
    return project


def _processes(pattern: str) -> list[str]:
    """The command lines of running processes that match."""
    lines = [path.read_bytes().replace(b"\0", b" ").decode(errors="replace") for path in _command_lines()]
    return [line for line in lines if re.search(pattern, line)]


def _command_lines() -> Iterator[Path]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        if path.exists():
            yield path
