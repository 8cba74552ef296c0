"""YAML as plain data, with the line and column of every key and value.

Scalars are those of YAML 1.2, and stricter, so that codes stay what they are: only ``true``/``false``, ``null``/``~``, whole
numbers without a leading zero or a plus sign (at most 18 digits) and plain decimals (as exact ``Decimal``) are anything but
text. ``yes``, ``no``, ``on``, ``0815``, ``1E464``, ``0x1F``, ``12:30``, ``+33``, ``.inf`` and dates stay text. Keys are always
the text that is written. Tags, merge keys and several documents are refused; anchors may be used within a budget.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from nightclerk.config.document import Document, Fault, Place
from nightclerk.config.problems import KeyPath
from nightclerk.core.wording import quoted

LARGEST_FILE = 1 << 20
DEEPEST = 20
MOST_NODES = 100_000

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}", re.ASCII)
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_ALPHANUMERIC = "did not find expected alphabetic or numeric character"  # libyaml's words for what cannot be an anchor's name
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def read(content: bytes) -> Document:
    """Given a file's bytes; returns the document with all that is wrong with it as YAML. Never raises for any bytes."""
    document = Document()
    try:
        root = _tree(_text(content))
        _Expansion(document).expand(root)
    except _Unreadable as stop:
        document.faults.append(stop.fault)
        document.unreadable = True
        document.data = None
    return document


class _Unreadable(Exception):  # noqa: N818 - it carries a fault, which is a value
    """Ends the reading of a file that cannot be understood any further."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(line, column, message)


def _text(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise _Unreadable(1, 1, "the file is larger than 1 MB; nothing that people write for Nightclerk is that large.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", "replace")
        raise _Unreadable(*_after(before), "the file is not UTF-8 here; save it as UTF-8.") from None
    found = _UNPRINTABLE.search(text)
    if found:
        raise _Unreadable(*_after(text[: found.start()]), "an invisible control character stands here; take it out.")
    return text


def _after(text: str) -> Place:
    line = text.count("\n") + 1
    return line, len(text) - (text.rfind("\n") + 1) + 1


# --- events → a tree of nodes, in which an alias is the very node that it stands for -----------------------------------


@dataclass(slots=True, eq=False)
class _Node:
    line: int
    column: int
    kind: str
    text: str = ""
    plain: bool = False
    tagged: bool = False
    finished: bool = True
    items: list[_Node] = field(default_factory=list)


def _events(text: str) -> Iterator[Any]:
    """The parser's events, its errors told as people would; it is iterative in itself, so that no nesting can exhaust it."""
    loader = yaml.CSafeLoader(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    except yaml.MarkedYAMLError as error:
        begins = error.problem in {"found unexpected end of stream", "could not find expected ':'", _ALPHANUMERIC} or (
            "tag" in (error.problem or "")
        )
        mark = (error.context_mark if begins else None) or error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _Unreadable(line, column, _told(error, text, line, column)) from None
    except yaml.YAMLError:
        raise _Unreadable(1, 1, "this is not valid YAML.") from None
    finally:
        loader.dispose()


def _told(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> str:
    problem = error.problem or ""
    lines = text.split("\n")
    here = lines[line - 1][column - 1 : column] if line <= len(lines) else ""
    opened = f" (it begins at line {error.context_mark.line + 1})" if error.context_mark else ""
    if "mapping values are not allowed" in problem:
        return "a colon stands where none can be; put the text in quotes, or check the indentation."
    if "tab character" in problem or ("cannot start any token" in problem and here == "\t"):
        return "a tab stands where only spaces may; indent with spaces."
    if _ALPHANUMERIC in problem or "tag" in problem:
        return "a text that begins with *, & or ! must be in quotes."
    if "cannot start any token" in problem:
        return f"no value can begin with {quoted(here)}; put the text in quotes."
    if "escape character" in problem:
        return "no such escape in double quotes; use single quotes, or write \\\\ for a backslash."
    if "unexpected end of stream" in problem:
        return "the quote that opens here is never closed."
    if "expected ',' or" in problem:
        return f"a comma or a closing {quoted(problem[-2])} is missing{opened}."
    if "expected node content" in problem:
        return "a value is missing here, before this comma or bracket."
    if "could not find expected ':'" in problem:
        return "a colon is missing after this key, or this line is not indented enough."
    if "did not find expected key" in problem or "'-' indicator" in problem:
        return f"this does not belong to what stands above it{opened}; check the indentation, quotes and brackets."
    return f"this is not valid YAML: {problem}."


def _tree(text: str) -> _Node | None:
    """Given a file's text; returns its root node, or None when it holds nothing."""
    anchors: dict[str, _Node] = {}
    open_nodes: list[_Node] = []
    root: _Node | None = None
    for event in _events(text):
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise _Unreadable(line, column, "a second document begins here; write one document in a file.")
        if isinstance(event, yaml.CollectionEndEvent):
            open_nodes.pop().finished = True
        if not isinstance(event, yaml.NodeEvent):
            continue
        node = _alias(event, anchors, line, column) if isinstance(event, yaml.AliasEvent) else _node(event, line, column)
        if open_nodes:
            open_nodes[-1].items.append(node)
        else:
            root = node
        if isinstance(event, yaml.AliasEvent):
            continue
        if event.anchor:
            anchors[event.anchor] = node
        if not node.finished:
            open_nodes.append(node)
            if len(open_nodes) > DEEPEST:
                raise _Unreadable(line, column, f"the file nests deeper than {DEEPEST} levels; nothing here needs that.")
    return root


def _node(event: Any, line: int, column: int) -> _Node:
    tagged = event.tag is not None and event.tag != "!"
    if isinstance(event, yaml.ScalarEvent):
        return _Node(line, column, "scalar", text=event.value, plain=event.style in (None, ""), tagged=tagged)
    kind = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
    return _Node(line, column, kind, tagged=tagged, finished=False)


def _alias(event: Any, anchors: dict[str, _Node], line: int, column: int) -> _Node:
    # What looks like an alias may be a secret that begins with a star: no sentence repeats it.
    node = anchors.get(event.anchor)
    if node is None:
        raise _Unreadable(line, column, "no anchor of this name stands above; a text that begins with * must be in quotes.")
    if not node.finished:
        raise _Unreadable(line, column, "this stands inside the very thing that it repeats; write it out instead.")
    return node


# --- nodes → plain data and places --------------------------------------------------------------------------------------


class _Expansion:
    """Makes plain data of nodes, with the place of each, and gathers the faults that need not end the reading."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.nodes = 0

    def expand(self, root: _Node | None) -> None:
        if root is None or (root.kind == "scalar" and root.plain and not root.text):
            line, column = (root.line, root.column) if root else (1, 1)
            raise _Unreadable(line, column, "the file is empty.")
        self.document.data = self._value(root, ())

    def _value(self, node: _Node, path: KeyPath) -> Any:
        self.nodes += 1
        if self.nodes > MOST_NODES or len(path) > DEEPEST:
            raise _Unreadable(node.line, node.column, "the anchors unfold to far too much; write it out instead.")
        self.document.values[path] = (node.line, node.column)
        if node.tagged:
            self._fault(node, "tags (the word with !) are not used here; put texts in quotes instead.", path)
        if node.kind == "scalar":
            if "\0" in node.text:
                self._fault(node, "the text holds a NUL character; take it out.", path)
            if node.plain and not node.text and node.tagged:
                return "!"  # told already: somebody forgot the quotes, and did not write nothing
            if node.plain and not node.text:
                self.document.blank.add(path)
            return _scalar(node)
        if node.kind == "list":
            return [self._value(item, (*path, index)) for index, item in enumerate(node.items)]
        return self._map(node, path)

    def _map(self, node: _Node, path: KeyPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, value in zip(node.items[::2], node.items[1::2], strict=True):
            if key.kind != "scalar" or (key.plain and not key.text):
                self._fault(key, "a key must be a text; write it before the colon.", path)
                continue
            if key.plain and key.text == "<<":
                self._fault(key, "merge keys (<<) are not used here; write the keys out.", path)
                continue
            inner = (*path, key.text)
            if key.text in data:
                first = self.document.keys[inner][0]
                self._fault(key, f"the key {quoted(key.text)} stands twice here; the first is in line {first}.", inner)
                continue
            self.document.keys[inner] = (key.line, key.column)
            data[key.text] = self._value(value, inner)
        return data

    def _fault(self, node: _Node, message: str, path: KeyPath) -> None:
        self.document.faults.append(Fault(node.line, node.column, message, path))


def _scalar(node: _Node) -> Any:
    if not node.plain:
        return node.text
    if node.text in _WORDS:
        return _WORDS[node.text]
    if _WHOLE.fullmatch(node.text) and node.text != "-0":
        return int(node.text)
    return Decimal(node.text) if _DECIMAL.fullmatch(node.text) else node.text
