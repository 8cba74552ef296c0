"""The issues file: every rejected row of a run with its cells and what is wrong with it, one JSON object a line.

``{"line": 12, "cells": ["…"], "issues": [{"code", "column", "field", "value", "message"}]}``, by ascending line; a message is
its values and templates, or plain text (``core.sentence``). Durable before the commit point, and its hash stands in the
receipt, so that a report can be written anew after a crash.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from nightclerk.core.issue import Issue, RejectedRow
from nightclerk.core.sentence import sentence_from_data, sentence_to_data
from nightclerk.filing.durable import rename


@dataclass(frozen=True, slots=True)
class Rejected:
    """A rejected row with all that is wrong with it."""

    row: RejectedRow
    issues: tuple[Issue, ...]


class IssuesFile:
    """Writes a run's issues file beside the spooled file while the reader streams.

    Rows found wrong late (duplicates, forbidden by the tables) come after the others; ``finish`` sorts them in. After that no
    more are taken: what came later would be missing in the file and its hash. size: how many bytes were written so far.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._early: BinaryIO = path.with_suffix(".early").open("wb")
        self._late: list[Path] = []
        self.size = 0
        self._digest: str | None = None

    def add(self, rejected: Iterable[Rejected]) -> None:
        """Writes rows in ascending order of lines. Raises ValueError after ``finish``."""
        self._still_open()
        self._write(rejected, self._early)

    def add_late(self, rejected: Iterable[Rejected]) -> None:
        """Writes another ascending sequence of rows; a line may stand in several sequences, its issues are put together.

        Raises ValueError after ``finish``.
        """
        self._still_open()
        path = self._path.with_suffix(f".late{len(self._late)}")
        self._late.append(path)
        with path.open("wb") as file:
            self._write(rejected, file)

    def finish(self) -> str:
        """Puts all together, durably, and returns the file's SHA-256. Once that is done, again only returns it."""
        if self._digest is not None:
            return self._digest
        self._early.close()
        self._digest = self._merge() if self._late else self._keep()
        return self._digest

    def close(self) -> None:
        """Closes what is open. What was not finished is left for the next attempt to overwrite."""
        with suppress(OSError):  # a full disk: what is still in the buffer is as void as the rest
            self._early.close()

    def _write(self, rejected: Iterable[Rejected], file: BinaryIO) -> None:
        for one in rejected:
            self.size += file.write(_dump(one))

    def _keep(self) -> str:
        """Makes what came early the whole file: it is in order as it is."""
        early = self._path.with_suffix(".early")
        with early.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            os.fsync(file.fileno())
        rename(early, self._path)
        return digest.hexdigest()

    def _merge(self) -> str:
        parts = [self._path.with_suffix(".early"), *self._late]
        digest = hashlib.sha256()
        complete = self._path.with_suffix(".complete")
        with complete.open("wb") as file:
            for one in _merged([read_issues(part) for part in parts]):
                data = _dump(one)
                digest.update(data)
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
        rename(complete, self._path)
        for part in parts:
            part.unlink()
        return digest.hexdigest()

    def _still_open(self) -> None:
        if self._digest is not None:
            raise ValueError(f"{self._path} is finished and takes no more rows.")


def read_issues(path: Path) -> Iterator[Rejected]:
    """Given an issues file; returns its rows one by one."""
    with path.open(encoding="utf-8", errors="surrogateescape") as file:
        for text in file:
            data = json.loads(text)
            issues = tuple(_issue(data["line"], issue) for issue in data["issues"])
            yield Rejected(RejectedRow(data["line"], tuple(data["cells"])), issues)


def _merged(parts: list[Iterator[Rejected]]) -> Iterator[Rejected]:
    held: Rejected | None = None
    for one in heapq.merge(*parts, key=lambda r: r.row.line):
        if held is not None and held.row.line == one.row.line:
            held = Rejected(held.row, held.issues + one.issues)
            continue
        if held is not None:
            yield held
        held = one
    if held is not None:
        yield held


def _dump(rejected: Rejected) -> bytes:
    issues = [_issue_data(issue) for issue in rejected.issues]
    data = {"line": rejected.row.line, "cells": rejected.row.cells, "issues": issues}
    return (json.dumps(data, ensure_ascii=False) + "\n").encode("utf-8", "surrogateescape")


def _issue_data(issue: Issue) -> dict[str, Any]:
    data = {name: getattr(issue, name) for name in ("code", "column", "field", "value")}
    return {**data, "message": sentence_to_data(issue.message)}


def _issue(line: int, data: dict[str, Any]) -> Issue:
    return Issue(line=line, **{**data, "message": sentence_from_data(data["message"])})
