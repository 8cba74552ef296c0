"""What the documents name exists: commands, options, make targets, files."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from nightclerk.cli import COMMANDS, nightclerk

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "systemd/README.md")]
DOCUMENTS += sorted((ROOT / "docs").rglob("*.md"))


@pytest.fixture(params=DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def text(request: pytest.FixtureRequest) -> str:
    return request.param.read_text(encoding="utf-8")


def commands_in(text: str) -> list[list[str]]:
    """The command lines in code spans and code blocks, without the options that stand before the command."""
    code = re.findall(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", text, re.DOTALL)
    lines = [line for block, span in code for line in (block or span).splitlines()]
    found = []
    for line in lines:
        match = re.match(r"(?:\S*/)?nightclerk ((?:--config \S+ |--json )*)(.+)", line.split("#")[0].strip())
        if match:
            found.append(match[2].split())
    return found


def test_every_command_and_option_exists(text: str) -> None:
    for name, *words in commands_in(text):
        if name.startswith("-") or name.isupper():
            continue
        assert name in COMMANDS, f"nightclerk {name}"
        context = click.Context(nightclerk)
        command = nightclerk.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group) and words and not words[0].startswith("-"):
            command = command.get_command(context, words[0])
            assert command is not None, f"nightclerk {name} {words[0]}"
        known = {option for parameter in command.params for option in parameter.opts}
        for word in words:
            if word.startswith("--"):
                assert word.split("=")[0] in known | {"--help"}, f"nightclerk {name} {word}"


def test_every_make_target_exists(text: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for pair in re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)", text, re.MULTILINE):
        assert "".join(pair) in targets


def test_every_file_named_exists(text: str) -> None:
    rooms = [ROOT, ROOT / "daemon" / "nightclerk"]
    for name in re.findall(r"`([A-Za-z_][\w./-]*/[\w.-]*\.(?:py|md|yaml|toml|service|lock)|[a-z]+/)`", text):
        if re.search(r"[A-Z]{3}", name.replace("README", "")):  # stands for any name
            continue
        assert any((room / name).exists() for room in rooms) or name.split("/")[0] in {"var", "config", "tenants"}, name
