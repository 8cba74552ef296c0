"""The few acts on a local drop folder, all relative to the open folder, no link followed."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nightclerk.core.drop import Sighting
from nightclerk.core.errors import OperatorError
from nightclerk.sources.renaming import rename_new, unlink_twin

_STRANGE = {
    stat.S_IFLNK: "it is a symbolic link, which is never followed",
    stat.S_IFIFO: "it is a pipe, not a file",
    stat.S_IFSOCK: "it is a socket, not a file",
    stat.S_IFCHR: "it is a device, not a file",
    stat.S_IFBLK: "it is a device, not a file",
}


class Shelf:
    """``releasing.Shelf`` on an open drop folder."""

    def __init__(self, folder: int, path: Path) -> None:
        self._folder = folder
        self._path = path

    def glance(self, path: str) -> Sighting | None:
        with self._parent(path) as (parent, name):
            return None if parent is None else glance(parent, name, path)

    def occupied(self, path: str) -> bool:
        with self._parent(path) as (parent, name):
            return parent is not None and lstat(parent, name) is not None

    def shift(self, path: str, to: str, ours: bool) -> None:
        with self._parent(path) as (old, name), self._parent(to, make=True) as (new, new_name):
            if old is None or new is None:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
            rename_new(name, old, new_name, new, ours)

    def erase(self, path: str) -> None:
        with self._parent(path) as (parent, name):
            if parent is not None and lstat(parent, name) is not None:
                os.unlink(name, dir_fd=parent)
                os.fsync(parent)

    def finish_put_back(self, path: str, name: str) -> None:
        """Given where a file stood and the name it was being given back; takes the former away if both are one file."""
        with self._parent(path) as (parent, old):
            if parent is not None:
                unlink_twin(old, parent, name, self._folder)

    @contextmanager
    def _parent(self, path: str, make: bool = False) -> Iterator[tuple[int | None, str]]:
        """Given a name, or an archive folder, ``/`` and a name; yields the open folder (None if it is missing) and the name."""
        place, _, name = path.rpartition("/")
        if not place:
            yield self._folder, name
            return
        if make and lstat(self._folder, place) is None:
            with suppress(FileExistsError):
                os.mkdir(place, dir_fd=self._folder)
            os.fsync(self._folder)
        try:
            parent = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._folder)
        except FileNotFoundError:
            yield None, name
            return
        except OSError as error:
            raise OperatorError(
                f"The archive folder {self._path / place} is not a folder that can be opened ({error.strerror}). "
                "Make it a plain folder, or name another one under source.archive."
            ) from error
        try:
            yield parent, name
        finally:
            os.close(parent)


def lstat(folder: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def glance(folder: int, name: str, path: str) -> Sighting | None:
    found = lstat(folder, name)
    return None if found is None or why_not(found) is not None else sighting_of(path, found)


def sighting_of(name: str, found: os.stat_result) -> Sighting:
    return Sighting(name, found.st_size, found.st_mtime_ns, str(found.st_ino))


def why_not(found: os.stat_result) -> str | None:
    """Given a file's status; returns why it is no drop, or None if it is a regular file under one name."""
    if not stat.S_ISREG(found.st_mode):
        return _STRANGE.get(stat.S_IFMT(found.st_mode), "it is not a file")
    if found.st_nlink != 1:
        return f"it has {found.st_nlink} names (hard links), so that others may change it behind our back"
    return None
