"""What is wrong with the configuration, and where: one line per problem."""

from __future__ import annotations

from dataclasses import dataclass

from nightclerk.core.wording import quoted

KeyPath = tuple[str | int, ...]
"""The way from a file's top to one of its places: keys and list indexes."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with one file. line and column count from 1; path is as in ``feeds[0].mapping.email``, or empty.

    warning: the file may be used all the same; its message then begins with that word.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    warning: bool = False

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}"
        return f"{where}  {self.path}: {self.message}" if self.path else f"{where}  {self.message}"

    def plain(self) -> dict[str, str | int]:
        """Returns the problem as ``--json`` prints it."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "message": self.message,
        }


def spelled(path: KeyPath) -> str:
    """Given a path; returns it as people read it: ``feeds[0].mapping.email``. Keys with other signs stand in brackets."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step and all(c.isalnum() or c in "_-" for c in step):
            text += f".{step}" if text else step
        else:
            text += f"[{quoted(step)}]"
    return text
