"""Acts on the disk that a power cut does not take back."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError

#: What only somebody with rights on this machine can mend; all else (full, failing, over a limit) may pass.
_FOR_OPS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EXDEV}


def explained(error: OSError, state: Path) -> NightclerkError:
    """Given what the system said about our own disk, and the state folder; returns the error that says who must act."""
    where = error.filename if isinstance(error.filename, str) else str(state)
    if error.errno in _FOR_OPS:
        return OperatorError(
            f"{where} in the state folder {state} cannot be used: {error.strerror}. Let Nightclerk's user read and write there."
        )
    return WeatherError(
        f"The disk of the state folder {state} does not take what must be kept: {error.strerror or error}. Make room there; "
        "it will be tried again."
    )


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
