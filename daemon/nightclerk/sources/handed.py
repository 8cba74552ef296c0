"""A file that a person hands in from this machine: taken as it stands, and left where it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from nightclerk.core.drop import Fate, Listing, Released, Sighting
from nightclerk.core.errors import OperatorError
from nightclerk.sources.sizes import too_large

_CHUNK = 1 << 20


class Handed:
    """A ``Source`` of one local file. Unlike a drop folder it follows links: the person named this very file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def look(self) -> Listing:
        """Returns the file as the only sighting. Raises OperatorError when it is not there or no regular file."""
        return Listing((self._sighting(),))

    def again(self, sighting: Sighting) -> Sighting | None:
        """See ``ports.Source``. A file of the archive, handed in again, is known by the name that its sender gave it."""
        return replace(self._sighting(), name=sighting.name) if self._path.is_file() else None

    def fetch(self, sighting: Sighting, into: BinaryIO, limit: int) -> int:
        """See ``ports.Source``."""
        count = 0
        try:
            with self._path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    count += len(chunk)
                    if count > limit:
                        raise too_large(self._path.name, count, limit)
                    into.write(chunk)
        except OSError as error:
            raise OperatorError(f"{self._path} cannot be read: {error.strerror}.") from error
        return count

    def release(self, sighting: Sighting, fate: Fate) -> Released:
        """Leaves the file: it belongs to the person."""
        del sighting, fate
        return "left"

    def close(self) -> None:
        """Holds nothing open."""

    def _sighting(self) -> Sighting:
        try:
            found = self._path.stat()
        except OSError as error:
            raise OperatorError(f"{self._path} cannot be read: {error.strerror}.") from error
        if not self._path.is_file():
            raise OperatorError(f"{self._path} is not a file.")
        return Sighting(self._path.name, found.st_size, found.st_mtime_ns, str(found.st_ino))
