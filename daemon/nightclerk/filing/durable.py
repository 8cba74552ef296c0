"""Acts on the disk that a power cut does not take back."""

from __future__ import annotations

import os
from pathlib import Path


def make_folder(path: Path) -> None:
    """Makes the folder and its parents, for ourselves and our group only, and makes their names durable."""
    missing = [p for p in (path, *path.parents) if not p.exists()]
    path.mkdir(mode=0o750, parents=True, exist_ok=True)
    for made in missing:
        sync_folder(made.parent)


def sync_folder(path: Path) -> None:
    """Makes the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rename(old: Path, new: Path) -> None:
    """Renames a file within one file system and makes it durable; a file at the new name is replaced."""
    os.replace(old, new)  # noqa: PTH105 - the audit event and the atomicity are what we want
    sync_folder(new.parent)
    if old.parent != new.parent:
        sync_folder(old.parent)
