"""Putting away exactly the version of a file that was taken, whatever is uploaded in the meantime.

A sender may replace the file at any moment, also between our look at it and our rename. So the file is renamed first, to a
name that only this run uses, and looked at once more where nobody uploads: what is not the version that was taken goes back.
Each step may be the last one before a crash, and repeating the whole finishes what it finds.
"""

from __future__ import annotations

from typing import Protocol

from nightclerk.core.drop import Fate, Released, Sighting
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.naming import shown
from nightclerk.core.source import Archive, Filing

#: How many names in the archive may be taken by strangers before ops are asked to clear up.
_TRIES = 20


class Shelf(Protocol):
    """The few acts on a drop folder that putting away needs. Paths are below it: a name, or an archive folder, ``/``, a name."""

    def glance(self, path: str) -> Sighting | None:
        """Returns what stands there now with ``path`` as its name, or None if there is no regular file."""
        ...

    def occupied(self, path: str) -> bool:
        """Returns whether anything at all stands there."""
        ...

    def shift(self, path: str, to: str, ours: bool) -> None:
        """Renames, never over anything that exists; makes the archive folder if it is missing.

        ``ours`` says that ``to`` is a name that nobody else writes to; otherwise nobody else writes to ``path``. Raises
        FileExistsError when ``to`` is taken, FileNotFoundError when ``path`` is gone.
        """
        ...

    def erase(self, path: str) -> None:
        """Removes a file for good; one that is gone already is no error."""
        ...


def release(shelf: Shelf, sighting: Sighting, fate: Fate, filing: Filing) -> Released:
    """Carries out ``ports.Source.release`` on the shelf by the tenant's filing policy."""
    if filing == "leave":
        now = shelf.glance(sighting.name)
        return "gone" if now is None else "left" if now == sighting else "newer"
    if filing == "delete":
        return _delete(shelf, sighting, *paths_of(fate, filing))
    return _move(shelf, sighting, paths_of(fate, filing))


def paths_of(fate: Fate, filing: Filing) -> list[str]:
    """Returns the paths, all of them names of our own, that a file may be renamed to; later ones where earlier ones are taken."""
    if isinstance(filing, Archive):
        first = f"{filing.processed if fate.place == 'processed' else filing.failed}/{fate.name}"
        return [first, *(f"{first}.{number}" for number in range(2, _TRIES + 1))]
    return [f".{fate.name}"] if filing == "delete" else []


def _move(shelf: Shelf, sighting: Sighting, paths: list[str]) -> Released:
    now = shelf.glance(sighting.name)
    if now != sighting:
        return _moved_before(shelf, sighting, now, paths)
    for path in paths:
        try:
            shelf.shift(sighting.name, path, ours=True)
        except FileExistsError:
            continue
        except FileNotFoundError:
            return _slipped(shelf, sighting)
        held = shelf.glance(path)
        return "moved" if held is None or _same(held, sighting) else _put_back(shelf, sighting, path)
    raise OperatorError(
        f"{shown(sighting.name)} cannot be moved: {shown(paths[0])} and {_TRIES - 1} names like it exist already. Move them away."
    )


def _moved_before(shelf: Shelf, sighting: Sighting, now: Sighting | None, paths: list[str]) -> Released:
    """Says what became of a version that stands no more under its name: an earlier try may have moved it, or its successor."""
    strange: str | None = None
    for path in paths:
        held = shelf.glance(path)
        if held is not None and _same(held, sighting):
            return "moved"
        if held is None and not shelf.occupied(path):
            break
        if held is not None and strange is None:
            strange = path
    if now is not None:
        return "newer"
    return "gone" if strange is None else _put_back(shelf, sighting, strange)


def _delete(shelf: Shelf, sighting: Sighting, hidden: str) -> Released:
    if shelf.glance(hidden) is None:
        now = shelf.glance(sighting.name)
        if now != sighting:
            return "gone" if now is None else "newer"
        try:
            shelf.shift(sighting.name, hidden, ours=True)
        except FileNotFoundError:
            return _slipped(shelf, sighting)
        except FileExistsError as error:
            raise OperatorError(f"{shown(sighting.name)} cannot be deleted: {shown(hidden)} is in the way. Remove it.") from error
    held = shelf.glance(hidden)
    if held is not None and not _same(held, sighting):
        return _put_back(shelf, sighting, hidden)
    shelf.erase(hidden)
    return "deleted"


def _slipped(shelf: Shelf, sighting: Sighting) -> Released:
    """Says what became of a file that could not be renamed because it was just being removed or replaced."""
    now = shelf.glance(sighting.name)
    if now == sighting:
        raise WeatherError(f"{shown(sighting.name)} could not be renamed: it seems to come and go.")
    return "gone" if now is None else "newer"


def _put_back(shelf: Shelf, sighting: Sighting, path: str) -> Released:
    """Gives a newer upload, renamed by mistake, its name back.

    Where a still newer one has that name already, the one in between stays at ``path``: the sender has replaced it, and
    taking it after its successor would book old data over new.
    """
    try:
        shelf.shift(path, sighting.name, ours=False)
    except (FileExistsError, FileNotFoundError):
        return "newer"
    return "newer"


def _same(held: Sighting, sighting: Sighting) -> bool:
    """Says whether a renamed file is the version that was taken; size, time stamp and mark go with a file, its name does not."""
    return (held.size, held.stamp, held.mark) == (sighting.size, sighting.stamp, sighting.mark)
