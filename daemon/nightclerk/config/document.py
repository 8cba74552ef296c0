"""A file as plain data that knows its places, also of what was taken from another file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nightclerk.config.problems import KeyPath, Problem, spelled
from nightclerk.core.wording import sentence

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the file as YAML. line and column count from 1."""

    line: int
    column: int
    message: str
    path: KeyPath = ()


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What stands in a document and was taken from another file. path: where it stands there. by: in words, who has taken it."""

    file: str
    document: Document
    path: KeyPath
    by: str


@dataclass(slots=True)
class Document:
    """One file. data: plain Python values, or None when ``unreadable``. values and keys: path → (line, column), from 1.

    blank: the paths at which nothing is written at all, not even ``null``. borrowed: the paths at which something stands that was
    taken from another file.
    """

    data: Any = None
    values: dict[KeyPath, Place] = field(default_factory=dict)
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unreadable: bool = False
    blank: set[KeyPath] = field(default_factory=set)
    borrowed: dict[KeyPath, Borrowed] = field(default_factory=dict)

    def place(self, path: KeyPath, *, of_key: bool = False) -> Place:
        """Given a path; returns where its value (or its key) stands, or the nearest place around it that exists."""
        places = self.keys if of_key else self.values
        if path in places:
            return places[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))

    def problem(self, file: str, path: KeyPath, message: str, *, of_key: bool = False) -> Problem:
        """Given the file's name, a path and what is wrong there; returns that with its place, in the file in which it stands."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.values:
                break
            if path[:end] in self.borrowed:
                lent = self.borrowed[path[:end]]
                said = f"{sentence(message)} {lent.by}"
                return lent.document.problem(lent.file, (*lent.path, *path[end:]), said, of_key=of_key)
        line, column = self.place(path, of_key=of_key)
        return Problem(file, line, column, spelled(path), sentence(message))
