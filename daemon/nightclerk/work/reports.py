"""What the runs of a drop become for people: the report, its reject files, the letters."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import structlog

from nightclerk.core.drop import Drop, Fate
from nightclerk.core.naming import shown
from nightclerk.core.report import Letter, RejectFile, Report
from nightclerk.core.run import Run
from nightclerk.core.tenant import Archive as ServerFolders
from nightclerk.core.tenant import FolderSource, Tenant
from nightclerk.filing.issues_file import read_issues
from nightclerk.formats.rejects import reject_file
from nightclerk.letters.compose import compose, compose_notice, new_message_id
from nightclerk.work.house import House

log = structlog.get_logger(__name__)

#: The largest reject file that a letter carries; mail servers refuse larger ones.
LARGEST_ATTACHMENT = 8 * 10**6


def write_letters(
    house: House, drop: Drop, tenant: Tenant, runs: tuple[Run, ...], fate: Fate | None, issues_path: Callable[[int], Path]
) -> tuple[Letter, ...]:
    """Given a drop with its finished runs; returns its letters: one for the tenant's readers, or for ops when there are none.

    The Message-ID follows from the first run's key, so that a letter written again after a crash is the same letter.
    """
    mail = house.configuration.daemon.mail
    readers = tuple(tenant.report.to) or (tuple(mail.operators) if mail is not None else ())
    if not readers:
        log.warning("nobody_to_write_to", tenant=tenant.tenant)
        return ()
    attach = tenant.report.attach == "rejected_rows" and tenant.report.show_values
    files = [_reject_file(run, issues_path(run.id)) for run in runs] if attach else []
    report = Report(
        tenant=tenant.tenant,
        tenant_name=tenant.name,
        timezone=tenant.timezone,
        language=tenant.language,
        drop=drop,
        runs=runs,
        server_place=server_place(tenant, drop, fate),
        reject_files=tuple(file for file in files if file is not None),
        show_values=tenant.report.show_values,
    )
    sender = sender_of(house)
    message_id = new_message_id(runs[0].key, sender.rpartition("@")[2].strip("> ") or "localhost")
    return (compose(report, sender, readers, message_id, house.clock.now()),)


def rejected_rows(run: Run, path: Path, limit: int) -> RejectFile | None:
    """Given a run and its issues file; returns the rejected rows in the sender's own format, or None when there are none.

    Raises ValueError when the file is not the one that the run made.
    """
    if run.issues == 0 or run.format is None:
        return None
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != run.issues_sha256:
            raise ValueError(f"{path} is not the issues file that run {run.id} made.")
    issues = {one.row.line: list(one.issues) for one in read_issues(path)}
    rows = (one.row for one in read_issues(path))
    return reject_file(run.file, run.format, run.columns, rows, issues, run.id, limit)


def _reject_file(run: Run, path: Path) -> RejectFile | None:
    try:
        return rejected_rows(run, path, LARGEST_ATTACHMENT)
    except (OSError, ValueError) as error:
        # A letter without its attachment is better than none; ops see why it is missing.
        log.warning("no_reject_file", run=run.id, reason=str(error))
        return None


def server_place(tenant: Tenant, drop: Drop, fate: Fate | None) -> str | None:
    """Given a drop and its fate; returns where the sender finds the file now, or None when it is nowhere on the server."""
    if drop.by_hand is not None:
        return shown(str(drop.by_hand), 1000)
    source = tenant.source
    folder = str(source.path) if isinstance(source, FolderSource) else source.folder
    if fate is None or source.archive == "leave":
        return f"{folder.rstrip('/')}/{shown(drop.sighting.name)}"
    if not isinstance(source.archive, ServerFolders):
        return None
    place = source.archive.processed if fate.place == "processed" else source.archive.failed
    return f"{folder.rstrip('/')}/{place}/{fate.name}"


def notice(house: House, tenant: str, key: str, sentence: str, command: str | None = None) -> Letter | None:
    """Given something ops must act on; returns the letter to them, or None when no operators are configured.

    key: tells this occurrence from others, for the Message-ID: the same one written again, after a crash say, is the same letter.
    """
    mail = house.configuration.daemon.mail
    if mail is None or not mail.operators:
        return None
    sender = sender_of(house)
    now = house.clock.now()
    occurrence = f"{tenant}\0{key}\0{sentence}".encode("utf-8", "surrogateescape")
    fingerprint = hashlib.sha256(occurrence).hexdigest()[:24]
    message_id = new_message_id(f"notice-{fingerprint}", sender.rpartition("@")[2].strip("> ") or "localhost")
    return compose_notice(tenant, sentence, command, sender, tuple(mail.operators), message_id, now)


def sender_of(house: House) -> str:
    """Returns the address that letters come from."""
    mail = house.configuration.daemon.mail
    return mail.sender if mail is not None else "Nightclerk <nightclerk@localhost>"
