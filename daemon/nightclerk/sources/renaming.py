"""Renaming a local file without ever replacing another one.

Linux does it in one step (``renameat2`` with RENAME_NOREPLACE). File systems without it (NFS, some FUSE ones) offer two ways,
each of which has one safe side. A plain rename takes exactly one file away, but would replace what is at the new name: it is
used towards names of our own, after a look that the name is free. A hard link never replaces, but taking the old name away
afterwards could hit a newer file: it is used to give a file back its name, away from a name of our own. It leaves the file with
two names for a moment, and for good if we are killed between the two; ``unlink_twin`` finishes that.
"""

from __future__ import annotations

import ctypes
import errno
import os

_RENAME_NOREPLACE = 1
_UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}


def rename_new(name: str, folder: int, to: str, to_folder: int, ours: bool) -> None:
    """Given names in two open folders (descriptors); renames the first to the second and makes both folders durable.

    ``ours`` says that nobody else writes to the second name; otherwise nobody else writes to the first. Raises FileExistsError
    when the new name is taken, FileNotFoundError when the old one is gone, OSError otherwise.
    """
    try:
        _renameat2(name, folder, to, to_folder)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        (rename_to_ours if ours else link_from_ours)(name, folder, to, to_folder)
    os.fsync(to_folder)
    os.fsync(folder)


def rename_to_ours(name: str, folder: int, to: str, to_folder: int) -> None:
    """Renames to a name that nobody else writes to, where the file system cannot refuse by itself to replace."""
    if _exists(to, to_folder):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), to)
    os.rename(name, to, src_dir_fd=folder, dst_dir_fd=to_folder)


def link_from_ours(name: str, folder: int, to: str, to_folder: int) -> None:
    """Renames from a name that nobody else writes to, by a hard link."""
    os.link(name, to, src_dir_fd=folder, dst_dir_fd=to_folder, follow_symlinks=False)
    os.fsync(to_folder)
    os.unlink(name, dir_fd=folder)


def unlink_twin(name: str, folder: int, other: str, other_folder: int) -> None:
    """Ends a ``link_from_ours`` that was cut short: takes ``name`` away if both names mean one file, else does nothing."""
    try:
        old = os.stat(name, dir_fd=folder, follow_symlinks=False)
        new = os.stat(other, dir_fd=other_folder, follow_symlinks=False)
    except FileNotFoundError:
        return
    if (old.st_dev, old.st_ino) == (new.st_dev, new.st_ino):
        os.unlink(name, dir_fd=folder)
        os.fsync(folder)


def _exists(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _renameat2(name: str, folder: int, to: str, to_folder: int) -> None:
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    if call(folder, os.fsencode(name), to_folder, os.fsencode(to), _RENAME_NOREPLACE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name, None, to)
