"""What the documents name exists (commands, options, make targets, files, links), and what they list is whole."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import click
import pytest
from tests.drift import messages
from tests.drift.spoken import modules

from nightclerk.cli import COMMANDS, exits, nightclerk
from nightclerk.core.issue import REFUSALS

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "systemd/README.md", "systemd/sftpgo.md")]
#: Folders that are made where Nightclerk is used.
MADE = {"var", "config", "tenants", "entities", "spool", "archive", "holders"}
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
        assert any((room / name).exists() for room in rooms) or name.split("/")[0] in MADE, name


# --- links -----------------------------------------------------------------------------------------------------------------


def anchors(page: str) -> set[str]:
    """Given a page; returns what its headings are called in links, as GitHub makes it of them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", page, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("http"):
            continue
        name, _, anchor = target.partition("#")
        led_to = (page.parent / name).resolve() if name else page
        assert led_to.exists(), target
        assert not anchor or anchor in anchors(led_to.read_text(encoding="utf-8")), target


def test_every_page_can_be_reached_from_the_first_one() -> None:
    reached, new = set(), [ROOT / "README.md"]
    while new:
        page = new.pop()
        reached.add(page)
        names = re.findall(r"\]\(([^)\s#]+\.md)", page.read_text(encoding="utf-8"))
        names += [f"{folder}README.md" for folder in re.findall(r"\]\(([^)\s#]+/)\)", page.read_text(encoding="utf-8"))]
        led_to = {(page.parent / name).resolve() for name in names if not name.startswith("http")}
        new += [path for path in led_to - reached if path.exists()]
    assert not {str(path.relative_to(ROOT)) for path in set(DOCUMENTS) - reached}


# --- what the pages list is whole ------------------------------------------------------------------------------------------


def test_the_first_page_names_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in COMMANDS if not re.search(rf"`{name}\b", text)]


def test_the_messages_are_those_of_the_source() -> None:
    remedy = "run: .venv/bin/python -m tests.drift.messages"
    assert messages.page() == messages.PAGE.read_text(encoding="utf-8"), remedy
    parts = [name for found in messages.PART.finditer(messages.page()) for name in found["of"].split()]
    homeless = {one.file for one in messages.messages() if not any(Path(one.file).match(part) for part in parts)}
    assert not homeless, (
        f"name these files in a part of {messages.PAGE.name}, below <!-- made of the source: … -->, then {remedy}"
    )


def test_no_message_escapes() -> None:
    """A message that is put together where the source does not show it would be missing on the page without a word."""
    assert messages.unreadable() == set(messages.PASSERS_ON)


def test_every_reason_to_refuse_a_file_has_its_sentence_and_what_ops_can_do() -> None:
    assert not [code for code, sentences in messages.refusals().items() if not sentences]
    by_hand = messages.PART.sub("", messages.PAGE.read_text(encoding="utf-8"))
    named = set(re.findall(r"`([a-z_]+)`", "".join(re.findall(r"^\| (`[^|]+`) \|", by_hand, re.MULTILINE))))
    assert named >= REFUSALS
    assert not {name for name in named if "_" in name} - REFUSALS


def test_what_is_logged_as_trouble_is_explained() -> None:
    table = section(ROOT / "docs" / "operations.md", "The log")
    explained = {name for cell in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE) for name in re.findall(r"`([a-z_]+)`", cell)}
    logged = {level: set[str]() for level in ("info", "warning", "error", "exception")}
    for module in modules():
        for call, _ in module.calls:
            named = call.args[0] if call.args else None
            if messages.called(call) in logged and isinstance(named, ast.Constant) and "log" in ast.unparse(call.func):
                logged[messages.called(call)].add(str(named.value))
    unexplained = (logged["warning"] | logged["error"] | logged["exception"]) - explained
    assert not unexplained
    strange = explained - set.union(*logged.values())
    assert not strange


def test_the_exit_codes_are_those_of_the_program() -> None:
    table = section(ROOT / "docs" / "operations.md", "Exit codes")
    told = {int(code) for cell in re.findall(r"^\| ([0-9, ]+) \|", table, re.MULTILINE) for code in cell.split(", ")}
    assert told == {value for name, value in vars(exits).items() if name.startswith("EXIT_")}


def section(page: Path, heading: str) -> str:
    """Given a page and a heading; returns what stands below it, up to the next one."""
    return re.split(r"^#", page.read_text(encoding="utf-8").split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
