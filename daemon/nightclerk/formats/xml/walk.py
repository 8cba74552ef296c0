"""From the first element to the last: each row as its values by column, with what stands above it."""

from __future__ import annotations

from collections.abc import Callable

from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import Sentence
from nightclerk.formats.dialect import LONGEST_FIELD
from nightclerk.formats.text import Text
from nightclerk.formats.xml.stream import ROW_TOO_LONG, TEXT_TOO_LONG, Stream
from nightclerk.formats.xml.tree import Node, Tree, is_of_schemas

#: The most bytes of one row, and of one text outside of the rows.
MOST_ROW = 16 << 20
SEVERAL, TOO_LONG = "several_values", "field_too_long"
_WHITE = " \t\r\n"
_BETWEEN = "; "
#: How many values of what stands several times above the rows are remembered.
_MOST_ABOVE = 100
#: How many values above the rows are shown when nobody has said which matter.
_MOST_SHOWN_ABOVE = 300

Fault = tuple[int, str, str]
"""The column's number, the code, the text."""
TakeRow = Callable[[int, int, dict[int, str], list[Fault], bool], None]
"""Takes a row: its line, the byte it ends at, its values by column, its faults, whether it holds nothing."""


class Walk:
    """One pass through a text. ``tree`` is whole once ``run`` has returned."""

    def __init__(self, text: Text, take: TakeRow, grown: Callable[[Callable[[str], SenderError]], Tree]) -> None:
        """Given the text, what takes each row, and what makes the tree of how to refuse the file."""
        self._stream = Stream(text, self._start_above, self._end_above)
        self._parser = self._stream.parser
        self.tree = grown(self._stream.refusal)
        self._take = take
        self._node: Node = self.tree.root
        self._last: Node | None = None
        self._texts: list[str] = []
        self._parser.CharacterDataHandler = self._texts.append
        around = len(self.tree.row) - 1
        self._above: list[dict[Node, list[str]]] = [{} for _ in range(around)]
        self._had_rows = [False] * around
        self._given: dict[int, str] | None = None
        self._given_faults: list[Fault] = []
        self._rows = 0
        self._chosen = False
        self._line = self._began = 0
        self._in_row = False
        self._forget()

    def run(self) -> None:
        """Hands all rows on. Raises SenderError where the file must be refused as a whole."""
        stream = self._stream
        for _ in stream.parts():
            if self._in_row:
                if stream.fed - self._began > MOST_ROW:
                    raise stream.refusal(ROW_TOO_LONG)
            elif sum(map(len, self._texts)) > MOST_ROW:
                raise stream.refusal(TEXT_TOO_LONG)

    def _forget(self) -> None:
        """Makes ready for the next row."""
        self._row: dict[int, str] = {}
        self._several: dict[Node, list[str]] = {}
        self._faults: list[Fault] = []
        self._once: set[Node] = set()
        self._open: list[int] = []
        self._mixed: set[int] = set()
        self._counted = 0
        self._unkept = False

    # Outside of the rows.

    def _start_above(self, name: str, attributes: list[str]) -> None:
        self._node = self._last = node = self._node.below.get(name) or self.tree.grow(self._node, name)
        self._texts.clear()
        if node.row:
            self._begin_row()
        if attributes:
            self._attributes(node, attributes)

    def _end_above(self, name: str) -> None:
        node = self._node
        if node is self._last:
            node.seen = True
            if node.kept:
                self._note(node, "".join(self._texts).strip(_WHITE))
        if node.level >= 0:
            self._above[node.level].clear()
            self._had_rows[node.level] = False
            self._given = None
        self._texts.clear()
        self._last = None
        assert node.above is not None  # noqa: S101 - the parser ends only what it began
        self._node = node.above

    def _note(self, node: Node, text: str) -> None:
        """Remembers a value that stands outside of the rows for those that follow."""
        if not text:
            return
        values = self._above[node.scope].setdefault(node, [])
        if self._had_rows[node.scope]:
            if node.mapped and not (node.way == "first" and values):
                raise self._below_rows(node)
            return
        self._given = None
        if len(values) < _MOST_ABOVE:
            values.append(text)

    def _choose(self) -> None:
        """Settles which values above the rows are columns: those that are mapped, or without a feed those that stand once."""
        self._chosen = True
        self.tree.takes_all_above = False
        found = [(node, values) for level in self._above for node, values in level.items()]
        once = [node for node, values in found if len(values) == 1][:_MOST_SHOWN_ABOVE]
        chosen = {*once, *(node for node, _ in found if node.mapped)}
        for node in self.tree.nodes:
            if node.scope >= 0:
                node.kept = node in chosen or node.mapped

    def _give(self) -> dict[int, str]:
        """Returns the values above the row by column."""
        given: dict[int, str] = {}
        self._given_faults = []
        for level in self._above:
            for node, values in level.items():
                if node.kept:
                    column = self.tree.column_of(node)
                    several = len(values) > 1 and node.way != "first"
                    given[column] = _BETWEEN.join(values) if several else values[0]
                    if several and node.mapped and node.way is None:
                        self._given_faults.append((column, SEVERAL, given[column]))
        return given

    def _begin_row(self) -> None:
        if not self._chosen:
            self._choose()
        if self._given is None:
            self._given = self._give()
        self._had_rows = [True] * len(self._had_rows)
        parser = self._parser
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        self._in_row = True
        self._line, self._began = parser.CurrentLineNumber, self._stream.fed
        self._open.append(0)

    # Within a row.

    def _start(self, name: str, attributes: list[str]) -> None:
        texts = self._texts
        if len(texts) != self._counted and not (len(texts) == self._counted + 1 and texts[-1].isspace()):
            self._loose()
        node = self._node.below.get(name) or self.tree.grow(self._node, name)
        if node.once and node in self._once:
            self._skip()
            return
        self._open.append(len(texts))
        self._node = self._last = node
        if attributes:
            self._attributes(node, attributes)
        self._counted = len(texts)

    def _end(self, name: str) -> None:
        node, texts = self._node, self._texts
        first = self._open.pop()
        if node is self._last:
            node.seen = True
            text = (texts[first] if len(texts) == first + 1 else "".join(texts[first:])).strip(_WHITE)
            if text:
                if node.kept and (column := node.column) is not None and column not in self._row and len(text) < LONGEST_FIELD:
                    self._row[column] = text
                else:
                    self._put(node, text)
        elif len(texts) != self._counted or self._mixed:
            self._end_mixed(node, first)
        if node.once:
            self._once.add(node)
        self._last = None
        self._counted = len(texts)
        self._node = node.above  # type: ignore[assignment] # the parser ends only what it began
        if not self._open:
            self._end_row()

    def _loose(self) -> None:
        """Text between two tags: that of an element that holds elements as well, unless it is white space."""
        if any(not text.isspace() for text in self._texts[self._counted :]):
            self._mixed.add(len(self._open))

    def _end_mixed(self, node: Node, first: int) -> None:
        """The end of an element that holds elements: where it holds text beside them, all text in it is its value."""
        depth = len(self._open) + 1
        loose = any(not text.isspace() for text in self._texts[self._counted :])
        if loose or depth in self._mixed:
            self._mixed.discard(depth)
            self._put(node, "".join(self._texts[first:]).strip(_WHITE))

    def _attributes(self, node: Node, attributes: list[str]) -> None:
        for at in range(0, len(attributes), 2):
            name = attributes[at]
            if is_of_schemas(name):
                continue
            own = node.below.get("@" + name) or self.tree.grow(node, "@" + name)
            own.seen = True
            text = attributes[at + 1].strip(_WHITE)
            if self._in_row and text:
                self._put(own, text)
            elif own.kept:
                self._note(own, text)

    def _put(self, node: Node, text: str) -> None:
        """Takes a value that is wanted for the first time, stands there again, or is too long."""
        if not node.kept:
            self._unkept = True
            return
        column = self.tree.column_of(node)
        if len(text) >= LONGEST_FIELD:
            self._faults.append((column, TOO_LONG, text[:LONGEST_FIELD]))
        elif column not in self._row:
            self._row[column] = text
        elif node.way != "first":
            self._several.setdefault(node, [self._row[column]]).append(text)

    def _skip(self) -> None:
        """Passes over an element of which only the first is read."""
        depth = 1
        parser, start, end = self._parser, self._start, self._end

        def deeper(name: str, attributes: list[str]) -> None:
            nonlocal depth
            depth += 1

        def out(name: str) -> None:
            nonlocal depth
            depth -= 1
            if depth == 0:
                parser.StartElementHandler, parser.EndElementHandler = start, end
                del self._texts[self._counted :]

        self._last = None
        parser.StartElementHandler, parser.EndElementHandler = deeper, out

    def _end_row(self) -> None:
        for node, values in self._several.items():
            column = self.tree.column_of(node)
            self._row[column] = text = _BETWEEN.join(values)
            self.tree.repeated[node] = None
            if node.mapped and node.way is None:
                self._faults.append((column, SEVERAL, text))
        blank = not (self._row or self._faults or self._unkept)
        parser = self._parser
        given = self._given or {}
        values_of_row = {**given, **self._row} if given else self._row
        self._take(self._line, parser.CurrentByteIndex, values_of_row, [*self._faults, *self._given_faults], blank)
        self._texts.clear()
        self._forget()
        self._in_row = False
        parser.StartElementHandler, parser.EndElementHandler = self._start_above, self._end_above

    def _below_rows(self, node: Node) -> SenderError:
        told = Sentence(
            "%(headers)s stands below rows that it belongs to, in line %(line)s of the file; only what stands above a row, or in"
            " it, can be read for it.",
            headers=("/" + "/".join(node.steps),),
            line=str(self._parser.CurrentLineNumber),
        )
        return SenderError("column_missing", told, self._parser.CurrentLineNumber)
