"""What a file of the package may say, read from its source without running it."""

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

PACKAGE = Path(nightclerk.__file__).parent
_MOST = 40


@functools.cache
def modules() -> tuple[Module, ...]:
    """Returns all files of the package. They are many, so that all tests of a process look into the same ones."""
    return tuple(map(Module, sorted(PACKAGE.rglob("*.py"))))


@dataclass
class Module:
    """One file of the package, and what can be read in it without running it."""

    path: Path
    _busy: set[ast.AST] = field(default_factory=set)
    _given: dict[ast.AST, list[ast.AST]] = field(default_factory=dict)

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

    @cached_property
    def calls(self) -> list[tuple[ast.Call, ast.AST]]:
        """Every call with the function that it stands in, or the module."""
        found: list[tuple[ast.Call, ast.AST]] = []
        _add_calls(self.tree, self.tree, found)
        return found

    def texts(self, node: ast.expr, scope: ast.AST) -> list[str]:
        """Given an expression; returns the texts that it may be, with ``…`` for what only running tells."""
        if node in self._busy:
            return ["…"]
        self._busy.add(node)
        try:
            return list(dict.fromkeys(self._texts(node, scope)))[:_MOST]
        finally:
            self._busy.discard(node)

    def handed(self, node: ast.expr, scope: ast.AST) -> list[str]:
        """Given a parameter of the function that it is used in; returns the texts that callers in this module hand in for it."""
        if not (isinstance(node, ast.Name) and isinstance(scope, ast.FunctionDef)):
            return []
        names = [one.arg for one in scope.args.args if one.arg != "self"]
        if node.id not in names:
            return []
        place = names.index(node.id)
        calls = [(call, where) for call, where in self.calls if called(call) == scope.name and len(call.args) > place]
        return [text for call, where in calls for text in self.texts(call.args[place], where)]

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
            return [plain(text) for text in self.texts(call.args[0], scope)]
        if name == "counted" and len(call.args) > 1:
            return [plain(text) for text in self.texts(call.args[1], scope)]
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
        """What a name may hold where it is used: what it was last given in any case, and what some branches gave it later."""
        given: list[ast.expr] = []
        around = set(self._around(node))
        for one in self._givers(scope):
            value = _assigned(one, node.id) or self._taken_in_turn(one, node.id)
            if value is None or getattr(one, "lineno", 0) >= node.lineno:
                continue
            given = [value] if self._parents[one] in around else [*given, value]
        return given

    def _givers(self, scope: ast.AST) -> list[ast.AST]:
        """Returns all statements of a function or the module that may give a name its value."""
        if scope not in self._given:
            self._given[scope] = [one for one in ast.walk(scope) if isinstance(one, ast.Assign | ast.AnnAssign | ast.For)]
        return self._given[scope]

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
            if isinstance(node, ast.Call) and ast.unparse(node.func) == f"{name}.append"
            for text in self.texts(node.args[0], scope)
        ]


def called(call: ast.Call) -> str:
    """Given a call; returns the last part of the name of what is called."""
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _add_calls(node: ast.AST, scope: ast.AST, found: list[tuple[ast.Call, ast.AST]]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            found.append((child, scope))
        _add_calls(child, child if isinstance(child, ast.FunctionDef) and scope not in _within(scope) else scope, found)


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


def plain(text: str) -> str:
    """Given a template; returns it as a letter says it, with … for its values and without what is for ops."""
    return re.sub(r"%\([a-z_]+\)s", "…", text.replace("%(setting)s", "")).replace("%%", "%")
