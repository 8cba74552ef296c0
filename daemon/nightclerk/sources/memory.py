"""The twin of the sources: a drop folder in memory, for tests and for trying things out."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from typing import BinaryIO

from nightclerk.core.drop import Fate, Listing, Released, Sighting
from nightclerk.core.errors import WeatherError
from nightclerk.core.naming import shown
from nightclerk.core.source import Archive, Filing
from nightclerk.sources.sizes import too_large


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of a file: its bytes, and the number that stands for its time stamp."""

    data: bytes
    stamp: int


class Memory:
    """``ports.Source`` over a dictionary. Every step is whole, as if nobody else touched the folder meanwhile.

    ``files`` maps paths (a name, or an archive folder, ``/`` and a name) to what is stored there; ``strange`` maps names of
    entries that are no drops to the reason. ``faults`` is raised from, one per call, before the call does anything.
    """

    def __init__(self, archive: Filing = Archive()) -> None:  # noqa: B008 - frozen
        self.files: dict[str, Stored] = {}
        self.strange: dict[str, str] = {}
        self.faults: list[Exception] = []
        self.closings = 0
        self._archive = archive
        self._stamps = itertools.count(1)
        self._guard = threading.RLock()

    def put(self, name: str, data: bytes, stamp: int | None = None) -> None:
        """Stores a file as a sender does, over one of the same name; without ``stamp`` with one never used before."""
        with self._guard:
            self.files[name] = Stored(data, next(self._stamps) if stamp is None else stamp)

    def look(self) -> Listing:
        with self._guard:
            self._fail()
            seen = (self._glance(path) for path in self.files if "/" not in path)
            return Listing(tuple(sorted(one for one in seen if one is not None)), tuple(sorted(self.strange.items())))

    def again(self, sighting: Sighting) -> Sighting | None:
        with self._guard:
            self._fail()
            return self._glance(sighting.name)

    def fetch(self, sighting: Sighting, into: BinaryIO, limit: int) -> int:
        with self._guard:
            self._fail()
            stored = self.files.get(sighting.name)
        if stored is None:
            raise WeatherError(f"{shown(sighting.name)} is no longer there. The next look decides.")
        if len(stored.data) > limit:
            raise too_large(sighting.name, len(stored.data), limit)
        into.write(stored.data)
        return len(stored.data)

    def release(self, sighting: Sighting, fate: Fate) -> Released:
        with self._guard:
            self._fail()
            now = self._glance(sighting.name)
            if isinstance(self._archive, Archive):
                place = self._archive.processed if fate.place == "processed" else self._archive.failed
                return self._move(sighting, now, place, fate)
            if now != sighting:
                return "gone" if now is None else "newer"
            if self._archive == "leave":
                return "left"
            del self.files[sighting.name]
            return "deleted"

    def _move(self, sighting: Sighting, now: Sighting | None, place: str, fate: Fate) -> Released:
        path = f"{place}/{fate.name}"
        names = itertools.chain([path], (f"{path}.{number}" for number in itertools.count(2)))
        if now == sighting:
            self.files[next(name for name in names if name not in self.files)] = self.files.pop(sighting.name)
            return "moved"
        for name in itertools.takewhile(self.files.__contains__, names):
            if (len(self.files[name].data), self.files[name].stamp) == (sighting.size, sighting.stamp):
                return "moved"
        return "gone" if now is None else "newer"

    def close(self) -> None:
        self.closings += 1

    def _glance(self, name: str) -> Sighting | None:
        stored = self.files.get(name)
        return None if stored is None or name in self.strange else Sighting(name, len(stored.data), stored.stamp)

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.pop(0)
