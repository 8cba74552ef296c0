"""The messages of the program, gathered from its source, and the parts of docs/troubleshooting.md that are made of them.

``python -m tests.drift.messages`` writes these parts anew. A message is what an error, a finding or a letter to ops is made
of; what is put in at run time stands as ``…``.
"""

from __future__ import annotations

import ast
import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.drift.spoken import Module, called, modules, plain

from nightclerk.core.issue import REFUSALS, ROW_CODES
from nightclerk.letters.faults import ADVICE, HEADINGS

PAGE = Path(__file__).parents[2] / "docs" / "troubleshooting.md"
PART = re.compile(r"(?<=<!-- made of the source: )(?P<of>[^>]*?)( -->\n)(?P<text>.*?)(?=<!-- end -->)", re.DOTALL)
#: Who must act: what is called → the place of its message among the arguments.
FOR_OPS = {"OperatorError": 0, "RefusedError": 0, "FaultError": 0}
WEATHER = {"WeatherError": 0}
FINDINGS = {"Finding": 2}
NOTICES = {"notice": 3}
TO_GATHER = FOR_OPS | WEATHER | FINDINGS | NOTICES
#: Functions that pass on whole what was said elsewhere: file and function → where that is gathered, or what it is.
PASSERS_ON = {
    ("clockwork/reload.py", "_write"): "a list of what is wrong with the configuration",
    ("config/servers.py", "server_of"): "the problems of a tenant's file, as check prints them",
    ("demo/stage.py", "_load"): "the problems of the configuration, as check prints them",
    ("desk/doctor.py", "_database"): "targets/*_fit.py, and what targets/tables.py lacks",
    ("desk/export.py", "asked"): "what core/export.py and core/condition_text.py find wrong with a choice of rows",
    ("desk/export_again.py", "write_again"): "the lines of the same file's _refusal",
    ("desk/finding.py", "of_error"): "any error",
    ("desk/reach.py", "_at_its_field"): "targets/*_fit.py, and what targets/tables.py lacks",
    ("targets/sql.py", "_check"): "targets/*_fit.py, and what targets/tables.py lacks",
    ("targets/sql.py", "rows"): "what targets/tables.py lacks",
    ("work/round.py", "_note"): "any error of a round",
}
#: Rooms whose errors nobody but a developer meets: the twins of the tests.
TWINS = {"targets/memory.py", "targets/memory_parked.py", "sources/memory.py", "channels/memory.py"}


@dataclass(frozen=True)
class Message:
    """A message as it stands in the source. file: below the package; kind: what it is given to."""

    file: str
    kind: str
    text: str


@functools.cache
def messages() -> list[Message]:
    """Returns every message of the package that is given to somebody who must act, or to nobody."""
    found: dict[Message, None] = {}
    for module in _modules():
        if module.path.match("targets/*_fit.py"):
            found |= dict.fromkeys(_table_faults(module))
        for call, scope in _given(module):
            texts = filter(_tells, _texts(module, call, scope))
            found |= dict.fromkeys(Message(module.name, called(call), text) for text in texts)
    return list(found)


def unreadable() -> set[tuple[str, str]]:
    """Returns file and function of each call whose message, or one that it may have, cannot be read in the source."""
    given = ((module, call, scope) for module in _modules() for call, scope in _given(module))
    return {
        (module.name, getattr(scope, "name", ""))
        for module, call, scope in given
        if not all(map(_tells, _texts(module, call, scope)))
    }


def _modules() -> list[Module]:
    return [module for module in modules() if module.name not in TWINS]


def _given(module: Module) -> Iterator[tuple[ast.Call, ast.AST]]:
    """The calls of a module that a message is given to, each with the function that it stands in."""
    return ((call, scope) for call, scope in module.calls if called(call) in TO_GATHER and not is_fine(call))


def _texts(module: Module, call: ast.Call, scope: ast.AST) -> list[str]:
    """Given such a call; returns the messages that it may be given, ``…`` for one that cannot be read."""
    place = TO_GATHER[called(call)]
    if len(call.args) <= place:
        return ["…"]
    texts = module.texts(call.args[place], scope)
    if texts == ["…"]:
        texts = module.handed(call.args[place], scope) or texts
    return [" ".join(re.sub("…[… ]*…", "…", plain(text)).split()) for text in texts]


def _table_faults(module: Module) -> Iterator[Message]:
    """What does not fit in a table is yielded as text, one sentence for each."""
    for function in module.functions.values():
        for node in ast.walk(function):
            texts = [node.value] if isinstance(node, ast.Yield) and node.value is not None else []
            texts += node.elts if isinstance(node, ast.List) else []
            texts += node.args if isinstance(node, ast.Call) and called(node) == "append" else []
            for text in (text for one in texts for text in module.texts(one, function)):
                if text.endswith(".") and " " in text:
                    yield Message(module.name, "OperatorError", " ".join(text.split()))


@functools.cache
def refusals() -> dict[str, list[str]]:
    """Returns for each code of refused files what a letter says of it."""
    found: dict[str, dict[str, None]] = {code: {} for code in sorted(REFUSALS)}
    for module in modules():
        for call, scope in module.calls:
            if called(call) not in {"SenderError", "refused", "Refusal", "_refused"}:
                continue
            for code, sentence in itertools.pairwise(call.args):
                texts = dict.fromkeys(filter(_tells, map(plain, module.texts(sentence, scope))))
                names = module.texts(code, scope)
                # A code that is handed in may be any of those that the module speaks of.
                for name in module.words & found.keys() if names == ["…"] else found.keys() & names:
                    found[name] |= texts
    return {code: list(texts) for code, texts in found.items()}


def part(of: str) -> str:
    """Given what a part of the page is made of; returns the part."""
    if of == "codes of refused files":
        rows = ((f"`{code}`", "<br>".join(texts), ADVICE[code]) for code, texts in refusals().items())
        return _table(("code", "the letter says", "and tells the sender"), rows)
    if of == "codes of rejected rows":
        rows = ((f"`{code}`", HEADINGS[code], todo) for code, todo in ROW_CODES.items())
        return _table(("code", "means", "what the sender does"), rows)
    files = of.split()
    here = [one for one in messages() if any(Path(one.file).match(pattern) for pattern in files)]
    told = []
    for title, kinds in (("You act:", FOR_OPS | FINDINGS | NOTICES), ("It passes, and is tried again:", WEATHER)):
        texts = sorted({one.text for one in here if one.kind in kinds})
        told += [title, "\n".join(f"* {_escaped(text)}" for text in texts)] if texts else []
    return "\n\n".join(told) + "\n"


def page() -> str:
    """Returns the page with all its parts made anew."""
    return PART.sub(lambda found: f"{found['of']}{found[2]}\n{part(found['of'])}\n", PAGE.read_text(encoding="utf-8"))


def is_fine(call: ast.Call) -> bool:
    """Whether a finding says that all is well."""
    return called(call) == "Finding" and isinstance(call.args[0], ast.Constant) and call.args[0].value == "fine"


def _tells(text: str) -> bool:
    return " " in text and re.search("[A-Za-z]{3}", text) is not None


def _escaped(text: str) -> str:
    """Given a message; returns it so that a page shows it as it is."""
    return re.sub(r"([*_<\[])", r"\\\1", text) if "`" not in text else text.replace("<", "\\<")


def _table(headers: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(headers)} |", "|---" * len(headers) + "|"]
    lines += [" | ".join(("", *(cell.replace("|", "\\|") for cell in row), "")).strip() for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
