"""How a tenant's drop folder stands: what lies there, and as far as the system tells, whether files can be filed away."""

from __future__ import annotations

import os
from collections.abc import Iterator

from nightclerk.core.naming import shown
from nightclerk.core.routing import is_done_file, is_temporary
from nightclerk.core.source import Archive, FolderSource
from nightclerk.core.tenant import Tenant
from nightclerk.core.wording import listed
from nightclerk.desk.finding import Finding, question
from nightclerk.desk.parallel import Question
from nightclerk.ports import Source


def file_of(tenant: str) -> str:
    """Given a tenant's name; returns its file below the configuration's folder."""
    return f"tenants/{tenant}.yaml"


def drop_folder(tenant: Tenant, source: Source, patience: float) -> Question[list[Finding]]:
    """Given a tenant, a source of its own for this, and the seconds it may take; returns the question how its folder stands."""
    settings = tenant.source
    if isinstance(settings, FolderSource):
        system, path = f"folder {settings.path}", ("source", "path")
    else:
        system, path = f"{settings.kind} {settings.host}", ("source", "host")

    def ask(system: str) -> list[Finding]:
        try:
            return list(_look(tenant, source, system))
        finally:
            source.close()

    return question(system, ask, patience, path, file_of(tenant.tenant), give_up=source.close)


def _look(tenant: Tenant, source: Source, system: str) -> Iterator[Finding]:
    settings, file = tenant.source, file_of(tenant.tenant)
    listing = source.look()
    names = [sighting.name for sighting in listing.sightings]
    wait = sum(not is_temporary(tenant.ready, name) and not is_done_file(tenant.ready, name) for name in names)
    files = f"{wait} file{' waits' if wait == 1 else 's wait'}"
    if isinstance(settings, FolderSource):
        yield Finding("fine", system, f"{tenant.tenant}: {files}", file)
        yield from _rights(tenant, settings, system)
    else:
        yield Finding("fine", system, f"{tenant.tenant}: logged in as {settings.username}, {files} in {settings.folder}", file)
    if listing.passed_over:
        told = listed([f"{shown(name)} ({reason})" for name, reason in listing.passed_over[:3]], "and")
        more = f", and {len(listing.passed_over) - 3} more" if len(listing.passed_over) > 3 else ""
        yield Finding("wrong", system, f"What is no plain file is passed over: {told}{more}. Take it out.", file, ("source",))


def _rights(tenant: Tenant, settings: FolderSource, system: str) -> Iterator[Finding]:
    """Whether files can be taken out of the folder and into its archive, as far as the system tells without a try."""
    path, file = settings.path, file_of(tenant.tenant)
    if settings.archive == "leave":
        return
    if not os.access(path, os.W_OK | os.X_OK):
        told = f"No file can be moved or deleted in {path}: this user may not write there. Let it, or write archive: leave."
        yield Finding("wrong", system, told, file, ("source", "archive"))
    for name in (settings.archive.processed, settings.archive.failed) if isinstance(settings.archive, Archive) else ():
        place = path / name
        if place.exists() and not (place.is_dir() and os.access(place, os.W_OK | os.X_OK)):
            told = f"Files cannot be moved into {place}: it is no folder, or this user may not write there. Mend that."
            yield Finding("wrong", system, told, file, ("source", "archive"))
