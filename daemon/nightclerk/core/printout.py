"""Rows as readers are to see them, whatever paper they stand on: a title, what was asked for, columns, sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nightclerk.core.entity import FieldType

#: Of a PDF or a document. Setting pages takes about 0.1 ms and 11 kB a cell: so many take ten seconds and a gigabyte.
MOST_CELLS = 100_000
_TO_THE_RIGHT: frozenset[FieldType] = frozenset({"integer", "decimal", "money"})


@dataclass(frozen=True, slots=True)
class PrintedColumn:
    """One column: its title, and its field's name and type."""

    title: str
    field: str
    type: FieldType

    @property
    def to_the_right(self) -> bool:
        """Whether its cells are numbers."""
        return self.type in _TO_THE_RIGHT


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of one column's rows in one currency, in canonical form. currency: empty where the rows name none."""

    field: str
    currency: str
    amount: str


@dataclass(frozen=True, slots=True)
class Printout:
    """What stands around the rows. about: lines below the title, each a word and what it says. words: the reader's words for
    ``page``, which has ``{n}`` and ``{of}`` in it, for ``sum``, and for a ``line`` of ``%(word)s`` and ``%(said)s``. language: as
    documents name it."""

    title: str
    about: tuple[tuple[str, str], ...]
    columns: tuple[PrintedColumn, ...]
    words: Mapping[str, str]
    language: str

    def line(self, word: str, said: str) -> str:
        """Given a word and what it says; returns both as one line, with the sign that the language sets between them."""
        return self.words["line"] % {"word": word, "said": said}
