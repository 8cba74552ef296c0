"""What the runs of a drop become for people: the report, its reject files, the letters."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from nightclerk.core.drop import Drop, Fate
from nightclerk.core.errors import FaultError
from nightclerk.core.headers import header_of
from nightclerk.core.naming import shown
from nightclerk.core.parked import StillWaiting
from nightclerk.core.policy import EFFECTS
from nightclerk.core.reject_name import reject_name
from nightclerk.core.report import Letter, RejectFile, Report
from nightclerk.core.reporting import letter_wanted
from nightclerk.core.run import Run
from nightclerk.core.sentence import Sentence
from nightclerk.core.source import Archive as ServerFolders
from nightclerk.core.source import FolderSource
from nightclerk.core.tenant import Tenant
from nightclerk.filing.issues_file import read_issues
from nightclerk.formats.rejects import reject_file
from nightclerk.letters.compose import compose, compose_notice, new_message_id
from nightclerk.letters.endings import worst_first
from nightclerk.letters.language import Language, language_for
from nightclerk.work.house import House
from nightclerk.work.lingering import still_waiting

log = structlog.get_logger(__name__)

#: The largest reject file that a letter carries; mail servers refuse larger ones.
LARGEST_ATTACHMENT = 8 * 10**6


def write_letters(
    house: House, drop: Drop, tenant: Tenant, runs: tuple[Run, ...], fate: Fate | None, issues_path: Callable[[int], Path]
) -> tuple[Letter, ...]:
    """Given a drop with its finished runs; returns its letters: one for the tenant's readers, in their language, or for ops, in
    English, when there are none; and none at all where the tenant wants none of such runs (``without_letter``).

    The Message-ID follows from the first run's key and from what was decided about held ones, so that a letter written again
    after a crash is the same letter, and the one that tells how a held file ended is another.
    """
    mail = house.configuration.daemon.mail
    readers = tuple(tenant.report.to) or (tuple(mail.operators) if mail is not None else ())
    if not letter_wanted(tenant.report, runs):
        log.info("no_letter", tenant=tenant.tenant)
        return ()
    if not readers:
        log.warning("nobody_to_write_to", tenant=tenant.tenant)
        return ()
    tag = tenant.language if tenant.report.to else "en"
    language = language_for(tag, tenant.timezone)
    waiting = still_waiting(house, tenant, runs)
    attach = tenant.report.attach == "rejected_rows" and tenant.report.show_values
    report = Report(
        tenant=tenant.tenant,
        tenant_name=tenant.name,
        timezone=tenant.timezone,
        language=tag,
        drop=drop,
        runs=runs,
        server_place=server_place(tenant, drop, fate),
        reject_files=_reject_files(runs, issues_path, language) if attach else (),
        show_values=tenant.report.show_values,
        headers=_headers(tenant, runs, waiting),
        waiting=waiting,
    )
    sender = sender_of(house)
    decided = [str(run.id) for run in runs if run.decision is not None]
    message_id = new_message_id(" decided ".join([runs[0].key, *decided]), sender.rpartition("@")[2].strip("> ") or "localhost")
    return (compose(report, sender, readers, message_id, house.clock.now()),)


def _headers(tenant: Tenant, runs: tuple[Run, ...], waiting: Mapping[int, StillWaiting]) -> dict[tuple[int, str], str]:
    """Returns run and field → the header that the field is read from, for every field that a letter may name."""
    feeds = {feed.feed: feed for feed in tenant.feeds}
    return {
        (run.id, field): header
        for run in runs
        if run.feed in feeds
        for field in {
            *run.totals,
            *run.unreadable,
            *(name for effect in EFFECTS for name in run.effects.get(effect, {})),
            *_fields_changed(run),
            *_fields_waited_for(run, waiting.get(run.id)),
        }
        if (header := header_of(feeds[run.feed], field, run.columns)) is not None
    }


def _fields_changed(run: Run) -> set[str]:
    """The fields that the sample of a held run names."""
    return {name for change in (run.held.sample if run.held is not None else ()) for name in change.after}


def _fields_waited_for(run: Run, still: StillWaiting | None) -> set[str]:
    """The fields that name what rows wait, or waited, for."""
    waited = () if run.waited is None else (*run.waited.came, *run.waited.never_came)
    return {one.field for one in (*run.awaits, *waited, *(() if still is None else still.awaits))}


def without_letter(tenant: Tenant, runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Given a tenant and the finished runs of a drop; returns them, with a note for ops where no letter is written of them."""
    if letter_wanted(tenant.report, runs):
        return runs
    note = Sentence.verbatim("No letter was written: the tenant's report.on asks for none.")
    return tuple(run if note in run.notes else replace(run, notes=(*run.notes, note)) for run in runs)


def rejected_rows(run: Run, several: bool, path: Path, limit: int, language: Language) -> RejectFile | None:
    """Given a run, whether the drop has several, its issues file, the most bytes and the reader's language; returns the rejected
    rows in the sender's own format, or None when there are none.

    Raises ValueError when the file is not the one that the run made, FaultError when a workbook cannot be written.
    """
    if run.issues == 0 or run.format is None or run.ending == "held":
        return None  # of a held file it is not known yet which rows will be missing
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != run.issues_sha256:
            raise ValueError(f"{path} is not the issues file that run {run.id} made.")
    packed = run.format.member is not None
    name = reject_name(run.file, run.format.kind != "delimited", run.feed if several else None, packed)
    return reject_file(run, name, ((one.row, one.issues) for one in read_issues(path)), language.say, limit)


def _reject_files(runs: tuple[Run, ...], issues_path: Callable[[int], Path], language: Language) -> tuple[RejectFile, ...]:
    """Returns one file for each run with rejected rows; where the drop has several runs, their feeds are in the names."""
    made = (_reject_file(run, len(runs) > 1, issues_path(run.id), language) for run in worst_first(runs))
    return tuple(file for file in made if file is not None)


def _reject_file(run: Run, several: bool, path: Path, language: Language) -> RejectFile | None:
    try:
        return rejected_rows(run, several, path, LARGEST_ATTACHMENT, language)
    except (OSError, ValueError, FaultError) as error:
        # A letter without its attachment is better than none; ops see why it is missing.
        log.warning("no_reject_file", run=run.id, reason=str(error))
        return None


def server_place(tenant: Tenant, drop: Drop, fate: Fate | None) -> str | None:
    """Given a drop and its fate; returns where the sender finds the file now, or None when it is nowhere on the server."""
    if drop.retries is not None:
        return None
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


def notice(
    house: House,
    tenant: str,
    key: str,
    sentence: str,
    command: str | None = None,
    details: Sequence[tuple[str, str]] = (),
    *,
    good_news: bool = False,
) -> Letter | None:
    """Given something ops must act on; returns the letter to them, or None when no operators are configured.

    key: tells this occurrence from others, for the Message-ID: the same one written again, after a crash say, is the same letter.
    tenant: its name, or empty where all are concerned. details: labels and values that stand below the sentence.
    good_news: what they were called for is over.
    """
    mail = house.configuration.daemon.mail
    if mail is None or not mail.operators:
        return None
    sender = sender_of(house)
    now = house.clock.now()
    occurrence = f"{tenant}\0{key}\0{sentence}".encode("utf-8", "surrogateescape")
    fingerprint = hashlib.sha256(occurrence).hexdigest()[:24]
    message_id = new_message_id(f"notice-{fingerprint}", sender.rpartition("@")[2].strip("> ") or "localhost")
    exact = None if command is None else spoken_out(house, command)
    readers = tuple(mail.operators)
    return compose_notice(tenant, sentence, exact, sender, readers, message_id, now, details=details, good_news=good_news)


def spoken_out(house: House, command: str) -> str:
    """Given a command as its author knows it; returns it as it works in any shell: with the folder of this configuration."""
    if not command.startswith("nightclerk ") or "--config" in command:
        return command
    return command.replace("nightclerk ", f"nightclerk --config {shlex.quote(str(house.configuration.folder))} ", 1)


def sender_of(house: House) -> str:
    """Returns the address that letters come from."""
    mail = house.configuration.daemon.mail
    return mail.sender if mail is not None else "Nightclerk <nightclerk@localhost>"
