"""What is seen in a drop folder, and what becomes of it: sightings and drops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from nightclerk.core.sentence import Sentence

ENDINGS = ("imported", "imported_with_rejects", "refused", "held", "duplicate", "empty", "unrecognised")
Ending = Literal["imported", "imported_with_rejects", "refused", "held", "duplicate", "empty", "unrecognised", "undo"]
"""How a run ends: in one of ``ENDINGS`` if it read a file; ``undo`` is the run that took another one back."""

#: Endings whose file goes to ``processed/`` on the server; all others but ``held`` and ``unrecognised`` go to ``failed/``.
PROCESSED: frozenset[str] = frozenset({"imported", "imported_with_rejects", "duplicate"})


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """One file as one look saw it. Two sightings are the same version of a file when all four agree.

    name: as the source spells it; bytes that are not UTF-8 stand as lone surrogates (``surrogateescape``).
    size: bytes. stamp: the source's own time stamp in its own unit (ns for a folder, s for SFTP), compared only with itself.
    mark: whatever else tells versions apart at that source (the inode for a folder), or empty.
    """

    name: str
    size: int
    stamp: int
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """All that one look saw: regular files to consider, and what was passed over with a reason ops can read."""

    sightings: tuple[Sighting, ...]
    passed_over: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What the ledger remembers of a file in a folder between looks. Times are ours, UTC.

    since: the first look of the unbroken row of looks that agree with ``sighting``; seen: the latest look.
    appeared: the first look at which a file of this name stood there, whatever its size, since it was last away.
    drop: the drop that took this very version, or None while nobody has.
    reported: whether ops or the recipient were already told about this version (unstable, unrecognised).
    """

    sighting: Sighting
    since: datetime
    seen: datetime
    appeared: datetime
    drop: int | None = None
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """One version of one file, settled and claimed: the unit of work.

    attempt counts claims, this one included; reader_deaths counts readers that died on it without a reason. replays: the run
    whose archived file it is; replayed_by: the hash of that run's configuration, if it is booked by that and not by the present
    one. retries: the run whose parked rows it is, and no file.
    """

    id: int
    tenant: str
    sighting: Sighting
    claimed_at: datetime
    attempt: int
    reader_deaths: int = 0
    sha256: str | None = None
    by_hand: Path | None = None
    note: Sentence | None = None
    replays: int | None = None
    replayed_by: str | None = None
    retries: int | None = None


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A local file that goes through the whole way as if it had been dropped. only: the keys of a trial, or None for all rows.
    replays, replayed_by: see ``Drop``."""

    path: Path
    only: tuple[str, ...] | None = None
    replays: int | None = None
    replayed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Spooled:
    """A drop's bytes, whole and durable on our own disk."""

    path: Path
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of the file at its source: which folder of the archive, under which name."""

    place: Literal["processed", "failed"]
    name: str


Released = Literal["moved", "deleted", "left", "gone", "newer"]
"""What ``Source.release`` did: moved or deleted the version taken, left it by policy, found it already gone, or found
a newer version under the same name and left that one alone."""
