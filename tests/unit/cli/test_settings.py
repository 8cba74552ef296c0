"""``--config`` and ``--json`` before and after a command's name; what ``check``, ``init`` and ``schema`` print and return."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from nightclerk.cli import check, init, schema
from nightclerk.cli.exits import EXIT_GOOD, EXIT_WRONG_USE
from nightclerk.cli.options import Settings, json_option, options


@click.group()
@options
def group(settings: Settings) -> None:
    assert isinstance(settings, Settings)


@group.command()
@click.argument("word")
@options
def show(settings: Settings, word: str) -> None:
    click.echo(f"{word} {settings.config} {settings.json}")


@group.command()
@json_option
def plain(settings: Settings) -> None:
    click.echo(f"{settings.config} {settings.json}")


for name, module in {"check": check, "init": init, "schema": schema}.items():
    group.add_command(module.command, name)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("show x", "x config False"),
        ("--config a show x", "x a False"),
        ("show --config b x", "x b False"),
        ("--config a show x --config b", "x b False"),
        ("--json show x", "x config True"),
        ("show x --json", "x config True"),
        ("--json --config a show x", "x a True"),
        ("--config a plain --json", "a True"),
    ],
)
def test_both_options_work_before_and_after_the_command(arguments: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIGHTCLERK_CONFIG", raising=False)
    assert CliRunner().invoke(group, arguments.split(), catch_exceptions=False).output == f"{expected}\n"


def test_the_environment_gives_the_folder_unless_the_command_line_does() -> None:
    runner = CliRunner(env={"NIGHTCLERK_CONFIG": "e"})
    assert runner.invoke(group, ["show", "x"]).output == "x e False\n"
    assert runner.invoke(group, ["--config", "a", "show", "x"]).output == "x a False\n"


def test_init_writes_what_check_finds_sound(tmp_path: Path) -> None:
    runner, where = CliRunner(), str(tmp_path / "config")
    written = runner.invoke(group, ["init", where, "--json"], catch_exceptions=False)
    assert written.exit_code == EXIT_GOOD
    assert all(Path(path).is_file() for path in json.loads(written.output)["written"])
    checked = runner.invoke(group, ["--config", where, "check"])
    assert (checked.exit_code, checked.output) == (EXIT_GOOD, "1 tenant, 1 feed: no problems.\n")
    assert json.loads(runner.invoke(group, ["check", "--config", where, "--json"]).output) == {"problems": []}


def test_check_tells_every_problem_and_fails(tmp_path: Path) -> None:
    runner, where = CliRunner(), tmp_path / "config"
    runner.invoke(group, ["init", str(where)])
    example = where / "tenants/example.yaml"
    example.write_text(example.read_text().replace("decimal:", "dcimal:"))
    at = next(number for number, text in enumerate(example.read_text().split("\n"), 1) if "dcimal:" in text)
    line = f'{example}:{at}:5  feeds[0].dcimal: no key "dcimal" here; did you mean "decimal"?'
    checked = runner.invoke(group, ["--config", str(where), "check"])
    assert (checked.exit_code, checked.output) == (EXIT_WRONG_USE, f"{line}\n")
    as_json = runner.invoke(group, ["--config", str(where), "check", "example", "--json"])
    assert as_json.exit_code == EXIT_WRONG_USE
    assert json.loads(as_json.output) == {
        "problems": [
            {
                "file": str(example),
                "line": at,
                "column": 5,
                "path": "feeds[0].dcimal",
                "message": 'no key "dcimal" here; did you mean "decimal"?',
            }
        ]
    }


def test_check_of_chosen_tenants_leaves_the_others_out(tmp_path: Path) -> None:
    runner, where = CliRunner(), tmp_path / "config"
    runner.invoke(group, ["init", str(where)])
    (where / "tenants/broken.yaml").write_text("x")
    assert runner.invoke(group, ["--config", str(where), "check", "example"]).output == "1 tenant, 1 feed: no problems.\n"
    unknown = runner.invoke(group, ["--config", str(where), "check", "exampel"])
    assert (unknown.exit_code, unknown.output) == (
        EXIT_WRONG_USE,
        f'{where}/tenants/exampel.yaml:1:1  there is no tenant "exampel"; did you mean "example"?\n',
    )


def test_schema_prints_a_schema() -> None:
    assert json.loads(CliRunner().invoke(group, ["schema", "entity"]).output)["$schema"].endswith("2020-12/schema")
