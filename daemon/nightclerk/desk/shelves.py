"""Whether spool and archive hold what the ledger says, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from nightclerk.core.naming import shown
from nightclerk.desk.finding import Finding
from nightclerk.filing.archive import Archive
from nightclerk.filing.spool import Spool
from nightclerk.ledger.health import Health

Watched = Callable[[Sequence[Any], str], AbstractContextManager[Iterator[Any]]]
"""Given a sequence and what is done with each of its items; yields the same items, and shows how far it is."""

_NAMED = 5


def spool(state: Path, health: Health) -> Iterator[Finding]:
    """Given the state folder and what the ledger knows; yields what lies in the spool without a drop that was begun."""
    kept = list(Spool(state).kept())  # first: a drop is begun before anything of it lies there
    held = [one.drop for one in health.held()]
    begun = {one.drop.id for one in (*health.unfinished(), *health.held())}
    left = [drop for drop in kept if drop not in begun]
    if left:
        numbers = ", ".join(map(str, left[:_NAMED])) + (" …" if len(left) > _NAMED else "")
        told = f"In {state / 'spool'} lies what belongs to no drop that is under way ({numbers}). The next start removes it."
        yield Finding("wrong", "spool", told, command="nightclerk round")
    for drop in [drop for drop in held if Spool(state).find(drop) is None][:_NAMED]:
        told = (
            f"Drop {drop.id} of {drop.tenant}, {shown(drop.sighting.name)}, is held, and its file is not in the spool any more."
        )
        yield Finding(
            "wrong", "spool", f"{told} It can be approved as long as it lies at its source.", command="nightclerk status"
        )
    if not left:
        yield Finding("fine", "spool", f"nothing is left over; {len(begun)} under way")


def archive(state: Path, health: Health, most: int | None, watched: Watched) -> Iterator[Finding]:
    """Given the state folder, the ledger's knowledge and how many files to read; yields which of the newest archived files are
    missing or are not what they were."""
    shelf = Archive(state)
    files = list(health.filed(most))
    missing: list[Path] = []
    changed: list[Path] = []
    with watched(files, "reading the archive") as progress:
        for filed in progress:
            place = shelf.place(filed.drop, filed.name)
            try:
                with place.open("rb") as file:
                    if hashlib.file_digest(file, "sha256").hexdigest() != filed.sha256:
                        changed.append(place)
            except OSError:
                missing.append(place)
    if missing:
        told = f"{_listed(missing)} cannot be read in the archive. Restore from the backup what is still wanted."
        yield Finding("wrong", "archive", told)
    if changed:
        told = f"{_listed(changed)} no longer hold what was taken: their hash differs. Restore them from the backup."
        yield Finding("wrong", "archive", told)
    if not missing and not changed:
        yield Finding(
            "fine", "archive", f"{len(files)} files read, each is what was taken" if files else "nothing is archived yet"
        )


def _listed(paths: Sequence[Path]) -> str:
    more = len(paths) - _NAMED
    return ", ".join(map(str, paths[:_NAMED])) + (f" and {more} more" if more > 0 else "")
