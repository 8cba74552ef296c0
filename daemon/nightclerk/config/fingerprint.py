"""Whether anything in a configuration folder changed: a cheap look at every file's standing, without opening one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

from nightclerk.config.files import PARTS

#: A file's name, and what changes with it: inode, size, times of its content and of its standing (mode, owner, name).
Fingerprint: TypeAlias = frozenset[tuple[str, int, int, int, int]]

_PARTS = ("", *PARTS)


def fingerprint(folder: Path) -> Fingerprint:
    """Given a configuration's folder; returns what differs as soon as a file that is read from it, or that looks as if it were,
    was changed, replaced, added or taken away. Never raises: what cannot be looked at counts as not there."""
    return frozenset(entry for part in _PARTS for entry in _of_part(folder / part, part))


def _of_part(folder: Path, part: str) -> list[tuple[str, int, int, int, int]]:
    try:
        with os.scandir(folder) as entries:
            named = [entry for entry in entries if not entry.name.startswith(".")]
    except OSError:
        return [(f"{part}?", 0, 0, 0, 0)]
    return [_of_file(entry, part) for entry in named if entry.name.lower().endswith((".yaml", ".yml"))]


def _of_file(entry: os.DirEntry[str], part: str) -> tuple[str, int, int, int, int]:
    name = f"{part}/{entry.name}"
    try:
        status = entry.stat()  # of what a link leads to
    except OSError:
        return (name, 0, 0, 0, 0)
    return (name, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
