"""Which folders to watch: few roots that hold many drop folders, for each watch costs a thread. Pure."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

#: More roots than this are drawn together, even when that means watching a whole top folder such as ``/srv``.
MOST_ROOTS = 16


def common_roots(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Given absolute drop folders; returns the folders to watch recursively, so that each drop folder lies in exactly one.

    Folders that share their first two components (``/srv/drops``) share a root, the deepest folder that holds them all.
    Only where that leaves more than ``MOST_ROOTS`` does the first component do (``/srv``). ``/`` itself is a root only if it
    is a drop folder.
    """
    everything = sorted(set(folders))
    roots = _drawn_together(everything, depth=2)
    if len(roots) > MOST_ROOTS:
        roots = _drawn_together(everything, depth=1)
    return _outermost(roots)


def _drawn_together(folders: list[Path], depth: int) -> list[Path]:
    groups: dict[tuple[str, ...], list[Path]] = {}
    for folder in folders:
        groups.setdefault(folder.parts[: depth + 1], []).append(folder)
    return [Path(os.path.commonpath(group)) for group in groups.values()]


def _outermost(roots: list[Path]) -> tuple[Path, ...]:
    """Leaves out roots that lie within another one."""
    return tuple(root for root in sorted(set(roots)) if not any(other in root.parents for other in roots))
