"""A drop folder on this machine."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import BinaryIO

from nightclerk.core.drop import Fate, Listing, Released, Sighting
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.naming import shown
from nightclerk.core.source import FolderSource
from nightclerk.sources.folder_shelf import Shelf, glance, sighting_of, why_not
from nightclerk.sources.releasing import paths_of, release
from nightclerk.sources.sizes import too_large

_PIECE = 1 << 20
#: Errors of the file system that only ops can mend; all others may pass.
_FOR_OPS = {errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.ELOOP, errno.EROFS, errno.EXDEV, errno.ENOTSUP}


class Folder:
    """``ports.Source`` on a local folder. The stamp is the modification time in ns, the mark the inode's number.

    Whoever drops files may be hostile: everything is opened relative to the open folder and without following links, and what
    was opened is looked at before a byte is read.
    """

    def __init__(self, settings: FolderSource) -> None:
        self._settings = settings

    def look(self) -> Listing:
        seen: list[Sighting] = []
        strange: list[tuple[str, str]] = []
        with self._opened() as folder, os.scandir(folder) as entries:
            for entry in entries:
                try:
                    found = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if stat.S_ISDIR(found.st_mode):
                    continue
                reason = why_not(found)
                if reason is None:
                    seen.append(sighting_of(entry.name, found))
                else:
                    strange.append((entry.name, reason))
        return Listing(tuple(sorted(seen)), tuple(sorted(strange)))

    def again(self, sighting: Sighting) -> Sighting | None:
        with self._opened() as folder:
            return glance(folder, sighting.name, sighting.name)

    def fetch(self, sighting: Sighting, into: BinaryIO, limit: int) -> int:
        written = 0
        with closing(self._pieces(sighting, limit)) as pieces:
            for piece in pieces:
                into.write(piece)
                written += len(piece)
        return written

    def _pieces(self, sighting: Sighting, limit: int) -> Generator[memoryview]:
        """Yields the file's bytes; whoever takes them writes them outside of our guard, so that its faults keep their names."""
        with self._opened() as folder, self._file(folder, sighting.name) as file:
            size = os.fstat(file).st_size
            if size > limit:
                raise too_large(sighting.name, size, limit)
            piece, total = memoryview(bytearray(_PIECE)), 0
            while count := os.readv(file, [piece]):
                total += count
                if total > limit:
                    raise too_large(sighting.name, total, limit)
                yield piece[:count]

    def release(self, sighting: Sighting, fate: Fate) -> Released:
        with self._opened() as folder:
            shelf = Shelf(folder, self._settings.path)
            filing = self._settings.archive
            for path in paths_of(fate, filing):
                shelf.finish_put_back(path, sighting.name)
            return release(shelf, sighting, fate, filing)

    def close(self) -> None:
        """Nothing is kept open between calls."""

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """Opens the drop folder, and turns what the file system says meanwhile into errors that say who must act."""
        path = self._settings.path
        try:
            folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise OperatorError(f"The drop folder {path} does not exist. Create it, or correct source.path.") from error
        except NotADirectoryError as error:
            raise OperatorError(f"The drop folder {path} is not a folder. Correct source.path.") from error
        except OSError as error:
            raise _translated(error, f"The drop folder {path}") from error
        try:
            yield folder
        except OSError as error:
            raise _translated(error, f"The drop folder {path}") from error
        finally:
            os.close(folder)

    @contextmanager
    def _file(self, folder: int, name: str) -> Iterator[int]:
        """Opens a file for reading; O_NONBLOCK, because opening a FIFO put in its place would wait for ever."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        try:
            file = os.open(name, flags, dir_fd=folder)
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ELOOP, errno.ENXIO, errno.ENODEV}:
                raise self._gone(name) from error
            raise _translated(error, f"The file {shown(name)} in {self._settings.path}") from error
        try:
            if why_not(os.fstat(file)) is not None:
                raise self._gone(name)
            yield file
        finally:
            os.close(file)

    def _gone(self, name: str) -> WeatherError:
        return WeatherError(f"{shown(name)} in {self._settings.path} is no longer there as a plain file. The next look decides.")


def _translated(error: OSError, what: str) -> OperatorError | WeatherError:
    """Given a fault of the file system; returns the error that says who must act."""
    if error.errno in _FOR_OPS:
        return OperatorError(f"{what} cannot be used: {error.strerror}. Check its permissions and its file system.")
    return WeatherError(f"{what} cannot be used at the moment: {error.strerror}.")
