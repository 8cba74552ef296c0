"""The messages of the program, gathered from its source, and the parts of docs/troubleshooting.md that are made of them.

``python -m tests.drift.messages`` writes these parts anew. A message is what an error, a finding or a letter to ops is made of; what
is put in at run time stands as ``…``.
"""

from __future__ import annotations

import ast
import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import nightclerk
from nightclerk.core.issue import REFUSALS, ROW_CODES
from nightclerk.letters.faults import ADVICE, HEADINGS

PACKAGE = Path(nightclerk.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "troubleshooting.md"
PART = re.compile(r"(?<=<!-- made of the source: )(?P<of>[^>]*?)( -->\n)(?P<text>.*?)(?=<!-- end -->)", re.DOTALL)
#: Who must act: what is called → the place of its message among the arguments.
FOR_OPS = {"OperatorError": 0, "RefusedError": 0, "FaultError": 0}
WEATHER = {"WeatherError": 0}
FINDINGS = {"Finding": 2}
NOTICES = {"notice": 3}
TO_GATHER = FOR_OPS | WEATHER | FINDINGS | NOTICES
#: Rooms whose errors nobody but a developer meets: the twins of the tests.
TWINS = {"targets/memory.py", "sources/memory.py", "channels/memory.py"}
_MOST = 40


@dataclass(frozen=True)
class Message:
    """A message as it stands in the source. file: below the package; kind: what it is given to."""

    file: str
    kind: str
    text: str


@dataclass
class Module:
    """One file of the package, and what can be read in it without running it."""

    path: Path
    _busy: set[ast.AST] = field(default_factory=set)

    @property
    def name(self) -> str:
        return self.path.relative_to(PACKAGE).as_posix()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"))

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef]:
        return {node.name: node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)}

    @cached_property
    def words(self) -> set[str]:
        """All plain texts of the module."""
        return {node.value for node in ast.walk(self.tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}

    def calls(self) -> Iterator[tuple[ast.Call, ast.AST]]:
        """Yields every call with the function that it stands in, or the module."""
        yield from _calls(self.tree, self.tree)

    def texts(self, node: ast.expr, scope: ast.AST) -> list[str]:
        """Given an expression; returns the texts that it may be, with ``…`` for what only running tells."""
        if node in self._busy:
            return ["…"]
        self._busy.add(node)
        try:
            return list(dict.fromkeys(self._texts(node, scope)))[:_MOST]
        finally:
            self._busy.discard(node)

    def _texts(self, node: ast.expr, scope: ast.AST) -> list[str]:
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                return _in_turn([self._part(part, scope) for part in parts])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _in_turn([self.texts(left, scope), self.texts(right, scope)])
            case ast.IfExp(body=body, orelse=other):
                return self.texts(body, scope) + self.texts(other, scope)
            case ast.Name():
                return self._named(node, scope) or ["…"]
            case ast.Starred(value=ast.Name() as several):
                return self._appended(several.id, scope) or ["…"]
            case ast.Call():
                return self._called(node, scope)
        return ["…"]

    def _part(self, part: ast.expr, scope: ast.AST) -> list[str]:
        if isinstance(part, ast.FormattedValue):
            found = self.texts(part.value, scope) if isinstance(part.value, ast.Name | ast.IfExp) else ["…"]
            # A value that may be one of a few sentences is told; a name that happens to be known is not.
            return found if all(text == "" or "." in text or " " in text for text in found) else ["…"]
        return self.texts(part, scope)

    def _called(self, call: ast.Call, scope: ast.AST) -> list[str]:
        name = called(call)
        if name in {"Sentence", "N_", "sentence"} and call.args:
            return [_plain(text) for text in self.texts(call.args[0], scope)]
        if name == "counted" and len(call.args) > 1:
            return [_plain(text) for text in self.texts(call.args[1], scope)]
        if name == "joined":
            return [" ".join(texts) for texts in itertools.product(*(self.texts(one, scope) for one in call.args))]
        if isinstance(call.func, ast.Name) and name in self.functions:
            function = self.functions[name]
            answers = [one.value for one in ast.walk(function) if isinstance(one, ast.Return) and one.value is not None]
            return [text for answer in answers for text in self.texts(answer, function)] or ["…"]
        return ["…"]

    def _named(self, node: ast.Name, scope: ast.AST) -> list[str]:
        for place in dict.fromkeys((scope, self.tree)):
            values = self._values(node, place) if place is scope else _first(self.tree.body, node.id)
            if values:
                return [text for value in values for text in self.texts(value, scope)]
        return []

    def _values(self, node: ast.Name, scope: ast.AST) -> list[ast.expr]:
        """What a name may hold where it is used: what was last given to it in any case, and what only some branches gave later."""
        given: list[ast.expr] = []
        around = set(self._around(node))
        for one in ast.walk(scope):
            value = _assigned(one, node.id) or self._taken_in_turn(one, node.id)
            if value is None or getattr(one, "lineno", 0) >= node.lineno:
                continue
            given = [value] if self._parents[one] in around else [*given, value]
        return given

    def _around(self, node: ast.AST) -> Iterator[ast.AST]:
        while node in self._parents:
            node = self._parents[node]
            yield node

    @cached_property
    def _parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def _taken_in_turn(self, node: ast.AST, name: str) -> ast.expr | None:
        """``for a, b in TABLE``, where the table is a constant: the alternatives for one of them."""
        if not (isinstance(node, ast.For) and isinstance(node.target, ast.Tuple) and isinstance(node.iter, ast.Name)):
            return None
        names = [one.id if isinstance(one, ast.Name) else "" for one in node.target.elts]
        table = next(iter(_first(self.tree.body, node.iter.id)), None)
        if name not in names or not isinstance(table, ast.Tuple):
            return None
        rows = [row.elts[names.index(name)] for row in table.elts if isinstance(row, ast.Tuple)]
        return _either(rows)

    def _appended(self, name: str, scope: ast.AST) -> list[str]:
        return [
            text
            for node in ast.walk(scope)
            if isinstance(node, ast.Call)
            and ast.unparse(node.func) == f"{name}.append"
            for text in self.texts(node.args[0], scope)
        ]


def messages() -> list[Message]:
    """Returns every message of the package that is given to somebody who must act, or to nobody."""
    found: dict[Message, None] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        module = Module(path)
        if module.name in TWINS:
            continue
        if path.match("targets/*_fit.py"):
            found |= dict.fromkeys(_table_faults(module))
        for call, scope in module.calls():
            place = TO_GATHER.get(called(call))
            if place is None or len(call.args) <= place or is_fine(call):
                continue
            for text in module.texts(call.args[place], scope):
                told = " ".join(re.sub("…[… ]*…", "…", _plain(text)).split())
                if re.search("[A-Za-z]{3}", told) and " " in told:
                    found[Message(module.name, called(call), told)] = None
    return list(found)


def _table_faults(module: Module) -> Iterator[Message]:
    """What does not fit in a table is yielded as text, one sentence for each."""
    for function in module.functions.values():
        for node in ast.walk(function):
            texts = [node.value] if isinstance(node, ast.Yield) and node.value is not None else []
            texts += node.elts if isinstance(node, ast.List) else []
            for text in (text for one in texts for text in module.texts(one, function)):
                if text.endswith(".") and " " in text:
                    yield Message(module.name, "OperatorError", " ".join(text.split()))


def refusals() -> dict[str, list[str]]:
    """Returns for each code of refused files what a letter says of it."""
    found: dict[str, dict[str, None]] = {code: {} for code in sorted(REFUSALS)}
    for path in sorted(PACKAGE.rglob("*.py")):
        module = Module(path)
        for call, scope in module.calls():
            if called(call) not in {"SenderError", "refused", "Refusal", "_refused"}:
                continue
            for code, sentence in itertools.pairwise(call.args):
                texts = dict.fromkeys(filter(_tells, map(_plain, module.texts(sentence, scope))))
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


def called(call: ast.Call) -> str:
    """Given a call; returns the last part of the name of what is called."""
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def is_fine(call: ast.Call) -> bool:
    """Whether a finding says that all is well."""
    return called(call) == "Finding" and isinstance(call.args[0], ast.Constant) and call.args[0].value == "fine"


def _calls(node: ast.AST, scope: ast.AST) -> Iterator[tuple[ast.Call, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, scope
        yield from _calls(child, child if isinstance(child, ast.FunctionDef) and scope not in _within(scope) else scope)


def _within(scope: ast.AST) -> tuple[ast.AST, ...]:
    """A function within a function belongs to the outer one, whose names it sees."""
    return (scope,) if isinstance(scope, ast.FunctionDef) else ()


def _assigned(node: ast.AST, name: str) -> ast.expr | None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    given = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return given if any(isinstance(one, ast.Name) and one.id == name for one in targets) else None


def _first(body: list[ast.stmt], name: str) -> list[ast.expr]:
    return [value for node in body if (value := _assigned(node, name)) is not None][:1]


def _either(values: list[ast.expr]) -> ast.expr | None:
    """Several expressions as one that may be any of them."""
    return None if not values else functools.reduce(lambda one, other: ast.IfExp(ast.Constant(True), one, other), values)


def _in_turn(parts: list[list[str]]) -> list[str]:
    return ["".join(one) for one in itertools.islice(itertools.product(*parts), _MOST)]


def _plain(text: str) -> str:
    return re.sub(r"%\([a-z_]+\)s", "…", text).replace("%%", "%")


def _tells(text: str) -> bool:
    return re.search("[A-Za-z]{3}", text) is not None


def _escaped(text: str) -> str:
    """Given a message; returns it so that a page shows it as it is."""
    return re.sub(r"([*_<\[])", r"\\\1", text) if "`" not in text else text.replace("<", "\\<")


def _table(headers: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(headers)} |", "|---" * len(headers) + "|"]
    lines += [" | ".join(("", *(cell.replace("|", "\\|") for cell in row), "")).strip() for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
