"""What of this machine Nightclerk stands on: libraries, time zones, the state folder and its disk."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import zoneinfo
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from nightclerk.core.tenant import Tenant
from nightclerk.desk.finding import Finding

#: Bytes that the state folder's disk should have left: room for a few of the largest files.
LITTLE_ROOM = 2 * 10**9
_LIBRARIES = ("nightclerk", "polars", "sqlalchemy", "paramiko", "cryptography", "pydantic")


def libraries() -> Iterator[Finding]:
    """Yields the versions of what matters most when something is asked about them."""
    found = []
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            told = f"The Python package {name} is not installed as a package. Install Nightclerk anew, with all that it needs."
            yield Finding("wrong", "libraries", told, command="pip install nightclerk")
    yield Finding("fine", "libraries", f"Python {platform.python_version()}, {', '.join(found)}")


def zones(tenants: Iterable[Tenant]) -> Iterator[Finding]:
    """Given the tenants; yields whether this machine knows their time zones."""
    wanted = sorted({tenant.timezone for tenant in tenants})
    missing = [name for name in wanted if not _known(name)]
    for name in missing:
        told = f"The machine has no data for the time zone {name}. Install its time zone data."
        yield Finding("wrong", "time zones", told, command="apt-get install tzdata")
    if not missing:
        yield Finding("fine", "time zones", ", ".join(wanted) or "none is used")


def state_folder(folder: Path) -> Iterator[Finding]:
    """Given the state folder; yields whether it can be used: that it is there or can be made, rights, room on its disk."""
    part = f"folder {folder}"
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not nearest.is_dir():
        yield Finding("wrong", part, f"{nearest} is no folder; name another one for the state.", path=("state",))
        return
    sound = True
    for place in (nearest, *(folder / name for name in ("spool", "archive", "holders"))):
        if place.is_dir() and not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            sound = False
            told = f"The folder {place} may not be read and written by this user. Run this as the service's user, or let it."
            yield Finding("wrong", part, told, path=("state",))
    if folder.is_dir() and stat.S_IMODE(folder.stat().st_mode) & stat.S_IROTH:
        sound = False
        told = f"Everyone on this machine may look into {folder}, where the tenants' files are kept. Take that right away."
        yield Finding("wrong", part, told, path=("state",), command=f"chmod o-rwx {folder}")
    free = shutil.disk_usage(nearest).free
    if free < LITTLE_ROOM:
        sound = False
        told = f"The disk of the state folder {folder} has only {free // 10**6} MB left. Make room there."
        yield Finding("wrong", part, told, path=("state",))
    if sound:
        there = "can be used" if nearest == folder else "is not there yet and can be made"
        yield Finding("fine", part, f"{there}, {free // 10**9} GB free on its disk")


def _known(zone: str) -> bool:
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
