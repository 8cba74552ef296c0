"""What each element of a file is to its rows, found out once for each path however often it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from nightclerk.core.element_path import Steps, ends_with, plain_name, steps_of, written_from
from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.format import Xml
from nightclerk.core.headers import folded
from nightclerk.core.sentence import Sentence
from nightclerk.formats.header import MOST_COLUMNS
from nightclerk.formats.xml.stream import TOO_DEEP, TOO_MANY_NAMES

MOST_DEPTH = 200
_MOST_NODES = 20_000
_PREFIX_OF_SCHEMAS = "xsi:"

Way = Literal["first", "join"] | None


class Node:
    """All elements of one path, or attributes.

    below: by their names as they stand. column: where its values go, or None while it has none. kept: whether values of it are
    wanted at all. mapped: whether a feed names it. seen: whether it ever stood there without elements in it. way: what several
    of them mean. once: only the first in a row is read, and whatever is in it. row: these are the rows.
    level: of an element around the rows, how many are around itself. scope: of an element that stands outside of the rows, the
    level of the innermost element that is around both.
    """

    __slots__ = ("above", "below", "column", "kept", "level", "mapped", "once", "row", "scope", "seen", "steps", "way")

    def __init__(self, above: Node | None, steps: Steps) -> None:
        self.above = above
        self.steps = steps
        self.below: dict[str, Node] = {}
        self.column: int | None = None
        self.kept = self.mapped = self.once = self.row = self.seen = False
        self.way: Way = None
        self.level = self.scope = -1


class Tree:
    """All paths of a file. row: where the row elements stand. columns: the paths that have values, as these came. repeated: those
    of which several stood in one row. takes_all_above: whether values outside of the rows are wanted that no feed names.

    Raises SenderError ``damaged_xml`` past the most paths and depth, ``no_rows`` where rows stand in other places as well.
    """

    def __init__(self, row: Steps, declared: Xml, feed: Feed | None, refusal: Callable[[str], SenderError]) -> None:
        """Given where the row elements stand, the format, the feed (without one every path is wanted), and how to refuse the
        file in the line that was come to."""
        self.root = Node(None, ())
        self.nodes: list[Node] = []
        self.row = row
        self.columns: list[Node] = []
        self.repeated: dict[Node, None] = {}
        self.takes_all_above = feed is None
        self._refusal = refusal
        self._rows = declared.rows
        self._all = feed is None
        self._mapped = {key for written in (feed.spellings() if feed is not None else ()) for key in self._keys((written,))}
        self._ignored = self._keys(feed.ignore if feed is not None else ())
        self._first = self._keys(path for path, way in declared.repeated.items() if way == "first")
        self._join = self._keys(path for path, way in declared.repeated.items() if way == "join")

    def grow(self, above: Node, name: str) -> Node:
        """Given an element and the name of one in it, or ``@`` and the name of an attribute, that did not stand there before;
        returns what it is."""
        plain = plain_name(name)
        known = above.below.get(plain)
        if known is None:
            if len(self.nodes) >= _MOST_NODES:
                raise self._refusal(TOO_MANY_NAMES)
            if len(above.steps) >= MOST_DEPTH:
                raise self._refusal(TOO_DEEP)
            known = above.below[plain] = self._made(above, (*above.steps, plain))
            self.nodes.append(known)
        above.below[name] = known
        return known

    def column_of(self, node: Node) -> int:
        """Given a path whose values are wanted; returns where they go."""
        if node.column is None:
            if len(self.columns) >= MOST_COLUMNS:
                raise too_many_columns(len(self.columns) + 1)
            node.column = len(self.columns)
            self.columns.append(node)
        return node.column

    def is_within(self, node: Node) -> bool:
        """Returns whether a path is one within the rows, or the rows' own."""
        return node.steps[: len(self.row)] == self.row

    def key_of(self, written: str) -> Steps | None:
        """Given a path as a mapping writes it; returns what all spellings of it have in common."""
        steps = steps_of(written, self.row)
        return None if steps is None else _key(steps)

    def _made(self, above: Node, steps: Steps) -> Node:
        node = Node(above, steps)
        key = _key(steps)
        within = self.is_within(node)
        node.mapped = key in self._mapped
        if within:
            node.row = steps == self.row
            node.kept = self._all or node.mapped or not _covered(key, self._ignored)
        else:
            around = next((at for at, (one, other) in enumerate(zip(steps, self.row, strict=False)) if one != other), len(steps))
            node.level = len(steps) - 1 if around == len(steps) else -1
            node.scope = around - 1
            node.kept = (self.takes_all_above or node.mapped) and node.level < 0 <= node.scope
        if not node.row and ends_with(steps, self._rows):
            raise self._elsewhere(steps)
        node.once = within and key in self._first
        node.way = "join" if _covered(key, self._join) else "first" if key in self._first else None
        return node

    def _keys(self, written: Iterable[str]) -> set[Steps]:
        return {key for key in map(self.key_of, written) if key is not None}

    def _elsewhere(self, steps: Steps) -> SenderError:
        told = Sentence(
            "The rows stand in several places of the file: %(headers)s. It must be agreed which of them are meant.%(setting)s",
            headers=tuple("/" + "/".join(place) for place in (self.row, steps)),
            setting=f" The feed's format names the place: `rows: /{'/'.join(self.row)}`.",
        )
        return SenderError("no_rows", told)


def too_many_columns(count: int) -> SenderError:
    """Given how many columns there are, more than the most; returns the refusal."""
    told = Sentence("The file has %(columns)s columns; at most %(most)s are accepted.", columns=count, most=MOST_COLUMNS)
    return SenderError("too_many_columns", told)


def shown_columns(tree: Tree, feed: Feed | None, declared: Xml) -> list[tuple[str, int | None]]:
    """Given the whole tree, the feed and its format; returns the columns in the order in which they first came: each its header
    and where its values went, None for one that is blank throughout.

    With a feed the header of a mapped path is as the mapping spells it, and a path that stands nowhere has none, unless the
    file may lack it. Raises SenderError ``too_many_columns``.
    """
    spelled: dict[Steps, list[str]] = {}
    for written in dict.fromkeys(feed.spellings() if feed is not None else ()):
        key = tree.key_of(written)
        if key is not None:
            spelled.setdefault(key, []).append(written)
    found: list[tuple[str, int | None]] = []
    for node in tree.nodes:
        if node.kept and (node.column is not None or node.mapped or (node.seen and not node.below and tree.is_within(node))):
            names = spelled.pop(_key(node.steps), None) or [written_from(tree.row, node.steps)]
            found += [(name, node.column) for name in names]
    may_lack = {key for key in map(tree.key_of, declared.optional) if key is not None}
    for key, names in spelled.items():
        if _covered(key, may_lack):
            found += [(name, None) for name in names]
    if len(found) > MOST_COLUMNS:
        raise too_many_columns(len(found))
    return found


def is_of_schemas(name: str) -> bool:
    """Given an attribute's name; returns whether it tells of names and schemas, and holds no value of the export."""
    return name.startswith((_PREFIX_OF_SCHEMAS, "xmlns"))


def _key(steps: Steps) -> Steps:
    return tuple(map(folded, steps))


def _covered(key: Steps, by: set[Steps]) -> bool:
    """Whether one of the paths, or an element around it, is among these."""
    return bool(by) and any(key[:end] in by for end in range(len(key), 0, -1))
