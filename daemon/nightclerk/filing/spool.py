"""The spool: a drop's bytes on our own disk, whole and durable before anybody reads them."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from nightclerk.core.drop import Drop, Sighting, Spooled
from nightclerk.core.errors import SenderError, WeatherError
from nightclerk.core.sentence import Sentence
from nightclerk.filing.durable import make_folder, rename, sync_folder
from nightclerk.ports import Source


class Hashing:
    """A writer that hashes what passes. Part of ``BinaryIO`` enough for a source to write into."""

    def __init__(self, into: BinaryIO) -> None:
        self._into = into
        self._sum = hashlib.sha256()
        self.count = 0

    def write(self, data: bytes) -> int:
        self._sum.update(data)
        self.count += len(data)
        return self._into.write(data)

    def hexdigest(self) -> str:
        return self._sum.hexdigest()


class Spool:
    """``<state>/spool/<drop>/``: the file under its hash, and what is written while it is read.

    A file stands under its hash only after it was fetched, looked at again and found unchanged, so its presence alone
    says that the fetch is done.
    """

    def __init__(self, state: Path) -> None:
        self._folder = state / "spool"

    def folder(self, drop: Drop) -> Path:
        """Given a drop; returns its folder, made if need be."""
        path = self._folder / str(drop.id)
        make_folder(path)
        return path

    def find(self, drop: Drop) -> Spooled | None:
        """Given a drop; returns its bytes if an earlier attempt already received them."""
        for path in sorted((self._folder / str(drop.id)).glob("*.data")):
            return Spooled(path, path.stat().st_size, path.stem)
        return None

    def receive(self, source: Source, drop: Drop, limit: int) -> Spooled | None:
        """Given the drop's source; fetches the file and returns it, or None when it changed meanwhile (nothing is kept).

        Raises SenderError ``file_too_large`` past ``limit`` bytes and whatever the source raises. A file that arrives
        with another size than both looks agree on is not whole: SenderError ``size_differs``.
        """
        folder = self.folder(drop)
        incoming = folder / "incoming"
        with incoming.open("wb") as file:
            hashing = Hashing(file)
            try:
                source.fetch(drop.sighting, hashing, limit)  # type: ignore[arg-type]
            except WeatherError:
                # A file that its sender took away or replaced meanwhile is no weather: it would never get better.
                if unchanged(source.again(drop.sighting), drop.sighting):
                    raise
                return None
            file.flush()
            os.fsync(file.fileno())
        if not unchanged(source.again(drop.sighting), drop.sighting):
            incoming.unlink()
            return None
        if hashing.count != drop.sighting.size:
            incoming.unlink()
            raise SenderError(
                "size_differs",
                Sentence(
                    "The server lists the file with %(listed)s bytes but delivers %(delivered)s. Upload the file again.",
                    listed=drop.sighting.size,
                    delivered=hashing.count,
                ),
            )
        final = folder / f"{hashing.hexdigest()}.data"
        rename(incoming, final)
        return Spooled(final, hashing.count, hashing.hexdigest())

    def kept(self) -> tuple[int, ...]:
        """Returns the ids of the drops of which anything is kept, an empty folder included."""
        if not self._folder.is_dir():
            return ()
        return tuple(sorted(int(path.name) for path in self._folder.iterdir() if path.name.isdigit()))

    def sweep(self, drop_ids: Iterable[int]) -> None:
        """Given drops that are closed, put back or unknown; removes what a crash left of them."""
        for drop_id in drop_ids:
            shutil.rmtree(self._folder / str(drop_id), ignore_errors=True)

    def forget(self, drop: Drop) -> None:
        """Removes all that is kept of a drop; its bytes have a place in the archive by now, or never had one."""
        path = self._folder / str(drop.id)
        if path.exists():
            shutil.rmtree(path)
            sync_folder(self._folder)


def unchanged(now: Sighting | None, taken: Sighting) -> bool:
    """Given a file as it is now and as it was taken; returns whether it is the same version."""
    return now == taken
