"""The frame of the command line: exit statuses, and who is told what."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.servers import commands

from nightclerk.cli import failures
from nightclerk.core.errors import BookkeepingError, OperatorError, SenderError, WeatherError


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return commands.run(arguments, cwd or Path.cwd())


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (OperatorError("The ledger is newer than this program."), 2, ["The ledger is newer than this program."]),
        (OperatorError("Nothing is there.", "nightclerk init"), 2, ["Nothing is there.", "  nightclerk init"]),
        (WeatherError("The server sftp.acme.example does not answer."), 3, ["The server sftp.acme.example does not answer."]),
        (SenderError("unbalanced_quote", "A quote is not closed.", line=7), 1, ["A quote is not closed. (line 7)"]),
        (SenderError("empty", "The file is empty."), 1, ["The file is empty."]),
    ],
)
def test_an_error_says_who_must_act(error: Exception, status: int, told: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert failures.tell(error) == status
    assert capsys.readouterr().err.splitlines() == told


@pytest.mark.parametrize("error", [BookkeepingError("3 rows in the file, but 2 accounted for"), KeyError("Dupont")])
def test_a_fault_of_ours_is_told_with_its_place_and_without_values(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(type(error)) as raised:
        raise error
    assert failures.tell(raised.value) == 70
    told = capsys.readouterr().err
    assert "fault in Nightclerk" in told
    assert "journalctl" in told
    assert "test_main.py" in told
    assert "Dupont" not in told


def test_a_command_that_does_not_exist_is_answered_with_the_nearest() -> None:
    found = run("serv")
    assert found.returncode == 2
    assert "did you mean 'serve'?" in found.stderr
    assert run("frobnicate").returncode == 2


@pytest.mark.parametrize("arguments", [("check", "--no-such-option"), ("--no-such-option",), ("schema",), ("check", "--config")])
def test_wrong_use_is_status_2(arguments: tuple[str, ...]) -> None:
    found = run(*arguments)
    assert found.returncode == 2
    assert "Traceback" not in found.stderr


def test_serve_without_a_configuration_says_so(tmp_path: Path) -> None:
    found = run("serve", cwd=tmp_path)
    assert found.returncode == 2
    assert "nightclerk.yaml" in found.stderr
    assert "nightclerk init" in found.stderr
    assert "Traceback" not in found.stderr


def test_the_version_is_the_packages() -> None:
    started = subprocess.run([sys.executable, "-m", "nightclerk", "--version"], capture_output=True, text=True, check=True)
    assert started.stdout.startswith("nightclerk 0.")


def test_options_stand_before_or_after_the_command(tmp_path: Path) -> None:
    before, after = run("--config", str(tmp_path), "--json", "check"), run("check", "--config", str(tmp_path), "--json")
    assert (before.returncode, before.stdout) == (after.returncode, after.stdout)
    assert before.stdout.startswith("{")


def test_a_reader_that_went_away_is_no_error_message() -> None:
    writer = subprocess.Popen(
        [sys.executable, "-m", "nightclerk", "schema", "tenant"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stderr is not None
    writer.stdout.close()
    said = writer.stderr.read()
    writer.stderr.close()
    assert (writer.wait(20), said) == (141, "")
