"""The corridor of one drop: fetch, read to book, record, put away. It reads like the table of steps in docs/house.md.

Before the target's commit everything may be redone. After it the way is only forward: the receipt carries the finished
run, and the ledger's run is rebuilt from it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import structlog

from nightclerk.core.drop import PROCESSED, Fate, Released, Spooled
from nightclerk.core.errors import ReaderDiedError, SenderError
from nightclerk.core.issue import Issue
from nightclerk.core.naming import archive_name
from nightclerk.core.retry import MOST_READER_DEATHS, MOST_RETRIES, MOST_TRIES
from nightclerk.core.routing import rivals
from nightclerk.core.run import Run, in_part, run_from_data
from nightclerk.core.sentence import Sentence
from nightclerk.core.settling import announces
from nightclerk.core.tenant import Tenant
from nightclerk.filing.issues_file import IssuesFile
from nightclerk.ledger.claims import Claim, RunSlot
from nightclerk.work.as_it_was import as_it_was
from nightclerk.work.booking import Clerk
from nightclerk.work.content import Content
from nightclerk.work.decided import earlier_runs, rest_of, resumed, settled_without_reading, the_approved
from nightclerk.work.early import check_size, draft_of, ended_early, reader_gave_up, refused, with_bytes
from nightclerk.work.giving_way import replace_held
from nightclerk.work.hold_notices import hold_notices
from nightclerk.work.house import House
from nightclerk.work.reports import without_letter, write_letters
from nightclerk.work.retried import leave, retried

log = structlog.get_logger(__name__)


class PutBackError(Exception):
    """The file or its feeds are not what they were when it was claimed, and nothing of it is booked: it is taken anew, later."""


class LeftError(Exception):
    """Rows that were parked are left where they are, and the claim on them is at its end without a run."""


def process(house: House, claim: Claim) -> tuple[Run, ...]:
    """Given a claim; walks its drop to the end and returns its runs (none when it was put back).

    Raises WeatherError or OperatorError when the walk cannot go on now; the claim is then to rest, and the next walk goes on
    from the last durable step.
    """
    house = as_it_was(house, claim.drop)
    tenant = house.configuration.tenants[claim.drop.tenant]
    if claim.state == "open":
        try:
            with closing(_content(house, claim, tenant)) as content:
                finish = _finish_runs if claim.drop.retries is None else _retry
                runs, issues, fate = finish(house, claim, tenant, content)
        except LeftError:
            house.spool.forget(claim.drop)
            return ()
        except PutBackError as reason:
            log.info("put_back", reason=str(reason))
            house.spool.forget(claim.drop)
            house.claims.put_back(claim)
            return ()
        runs = without_letter(tenant, runs)
        replace_held(house, claim.drop, runs)
        _record(house, claim, tenant, runs, issues, fate)
        if any(run.ending == "held" for run in runs):
            return runs  # the file stays where it is, with us and with its sender, until it is decided
        claim = replace(claim, state="recorded", fate=fate)
    else:
        runs = house.runs.of_drop(claim.drop.id)
    _put_away(house, claim, runs)
    return runs


def _content(house: House, claim: Claim, tenant: Tenant) -> Content:
    return Content(house.opener, tenant, claim.drop.sighting.name, house.configuration.daemon.limits)


def _finish_runs(
    house: House, claim: Claim, tenant: Tenant, content: Content
) -> tuple[tuple[Run, ...], dict[int, list[Issue]], Fate | None]:
    """Steps 5 to 9 for every feed of the drop."""
    runs: list[Run] = []
    issues: dict[int, list[Issue]] = {}
    if claim.drop.attempt == 1:
        house.spool.forget(claim.drop)  # what a lost ledger left under this number is not this file
    spooled: Spooled | SenderError | None = house.spool.find(claim.drop)
    feeds = {feed.feed for feed in tenant.feeds}
    known = earlier_runs(house, claim)
    if any(slot.feed is not None and slot.feed not in feeds for slot in claim.slots) and not (known or booked(house, claim)):
        raise PutBackError("a feed that was to read it is not configured any more")
    for slot in claim.slots:
        draft = _draft(house, claim, slot, tenant)
        if (before := known.get(slot.id)) is not None:
            draft = resumed(draft, before)
        elif (before := rest_of(known, slot)) is not None:
            draft = replace(resumed(draft, before), started_at=draft.started_at)
        if before is not None and before.id == slot.id and (settled := settled_without_reading(house, before)) is not None:
            run = settled
        elif slot.feed is not None and (receipt := house.target.receipt(slot.key)) is not None:
            run = run_from_data(receipt)
        elif slot.feed is None:
            run = replace(draft, ending="unrecognised", ended_at=house.clock.now())
        elif draft.entity is None:
            run = refused(house, with_bytes(draft, spooled), "feed_removed", _feed_removed(slot.feed))
        elif claim.tries > MOST_TRIES:
            run = refused(house, with_bytes(draft, spooled), "tried_too_often", _tried_too_often(claim))
        else:
            spooled = spooled or _receive(house, claim)
            spooled = spooled if before is None else the_approved(spooled, before)
            run, issues[slot.id] = _run_feed(house, claim, tenant, draft, spooled, content)
        log.info("run_ended", run=run.id, feed=run.feed, ending=run.ending, code=run.code, rows=run.counts.rows)
        runs.append(run)
    if any(run.ending == "held" for run in runs):
        return tuple(runs), issues, None
    fate = _fate(claim, tenant, runs)
    name = _filed_as(claim, runs) if fate is not None or any(run.sha256 for run in runs) else None
    return tuple(replace(run, archived_as=name) for run in runs), issues, fate


def _retry(
    house: House, claim: Claim, tenant: Tenant, content: Content
) -> tuple[tuple[Run, ...], dict[int, list[Issue]], Fate | None]:
    """The same for parked rows, which have no file."""
    del content
    if claim.tries > MOST_RETRIES and house.target.receipt(claim.slots[0].key) is None:
        leave(house, claim, tenant)
        raise LeftError
    ended = retried(house, claim, tenant, partial(_issues_path, house, claim))
    if ended is None:
        raise PutBackError("none of the rows can go in yet")
    run, issues = ended
    log.info("run_ended", run=run.id, feed=run.feed, ending=run.ending, retries=run.retries, rows=run.counts.rows)
    return (run,), {run.id: issues}, None


def _receive(house: House, claim: Claim) -> Spooled | SenderError:
    """Step 5. A file that cannot be taken as it is comes back as the reason, since every feed that reads it shall say so."""
    limit = house.configuration.daemon.limits.file_size
    try:
        check_size(claim.drop.sighting.size, limit)
        spooled = house.spool.receive(house.source_for(claim.drop), claim.drop, limit)
    except SenderError as error:
        return error
    if spooled is not None:
        return spooled
    if not (earlier_runs(house, claim) or booked(house, claim)):
        raise PutBackError("the file changed while it was fetched")
    told = Sentence(
        "The file was changed or taken away before all of it was imported, and could not be fetched again. Send it again."
    )
    return SenderError("incomplete", told)


def booked(house: House, claim: Claim) -> bool:
    """Given a claim; returns whether any feed's rows of it are booked, so that it must not be forgotten any more.

    Raises WeatherError, OperatorError.
    """
    return any(house.target.receipt(slot.key) is not None for slot in claim.slots if slot.feed is not None)


def _run_feed(
    house: House, claim: Claim, tenant: Tenant, draft: Run, spooled: Spooled | SenderError, content: Content
) -> tuple[Run, list[Issue]]:
    if isinstance(spooled, SenderError):
        return refused(house, draft, spooled.code, spooled.sentence), []
    draft = with_bytes(draft, spooled)
    taking = [feed for feed in tenant.feeds if feed.feed in {other.feed for other in claim.slots}]
    twice = [feed.feed for feed in rivals(taking)]
    if draft.feed in twice:
        sentence = Sentence(
            "More than one import is set up for the same rows of this file: %(feeds)s.%(setting)s",
            feeds=", ".join(twice),
            setting=" Narrow the feeds' `files` patterns, or give each its `sheet`, or its `members` of an archive.",
        )
        return refused(house, draft, "claimed_twice", sentence), []
    ended = ended_early(house, draft, claim.only)
    return (ended, []) if ended is not None else _read_and_book(house, claim, tenant, draft, partial(content.open, spooled))


def _read_and_book(
    house: House, claim: Claim, tenant: Tenant, draft: Run, opens: Callable[[], BinaryIO]
) -> tuple[Run, list[Issue]]:
    feed = next(feed for feed in tenant.feeds if feed.feed == draft.feed)
    entity = house.configuration.entity_of(tenant.tenant, feed.feed)
    deaths = claim.drop.reader_deaths
    while deaths < MOST_READER_DEATHS:
        clerk = Clerk(house, tenant, feed, entity, draft, house.configuration.daemon.limits.rejected_rows)
        issues = IssuesFile(_issues_path(house, claim, draft.id))
        try:
            # Only here the machine is busy: who waits for a slow server or mail takes nobody's place.
            with house.place():
                return clerk.book(opens, issues, claim.only), clerk.first_issues
        except ReaderDiedError as error:
            deaths = house.claims.reader_died(claim.drop.id)
            log.warning("reader_died", times=deaths, reason=str(error))
        finally:
            issues.close()
    return reader_gave_up(house, draft), []


def _record(
    house: House, claim: Claim, tenant: Tenant, runs: tuple[Run, ...], issues: dict[int, list[Issue]], fate: Fate | None
) -> None:
    """Step 10: runs, issues and letters in one commit."""
    told = tuple(run for run in runs if not _told_before(run)) or runs
    letters = write_letters(house, claim.drop, tenant, told, fate, lambda run: _issues_path(house, claim, run))
    letters += hold_notices(house, tenant, runs)
    feeds = {feed.feed for feed in tenant.feeds}
    present = {house.configuration.feed_hash(tenant.tenant, run.feed): run.feed for run in runs if run.feed in feeds}
    # A run rebuilt from its receipt may have been made by an earlier configuration, whose text is not at hand any more.
    texts = {key: house.configuration.feed_text(tenant.tenant, feed) for key, feed in present.items()}
    finished = [(run, issues.get(run.id)) for run in runs]
    house.runs.record(claim, finished, letters, fate, texts, house.clock.now())


def _told_before(run: Run) -> bool:
    """Whether the letter that told of a held file told all of it: of a part that was booked when the rest is approved."""
    return in_part(run) and run.ending != "held" and run.decision is not None and run.decision.action == "approve"


def _put_away(house: House, claim: Claim, runs: tuple[Run, ...]) -> None:
    """Step 11: our copy into the archive, the sender's file where its policy says, the claim closed."""
    name = runs[0].archived_as
    spooled = house.spool.find(claim.drop)
    if name is not None:
        files = {run.id: _issues_path(house, claim, run.id) for run in runs}
        house.archive.put_away(claim.drop, name, spooled, files)
    released = _release(house, claim, runs[0].id)
    house.spool.forget(claim.drop)
    house.claims.close(claim, released, house.clock.now())
    log.info("put_away", released=released)


def _release(house: House, claim: Claim, run: int) -> Released:
    """Carries out the filing policy on the sender's file, then on the done file that announced it, both in exactly the version
    that was taken. A done file that also announces another file goes with the last of them."""
    drop, fate = claim.drop, claim.fate
    if fate is None:
        return "left"
    source, ready = house.source_for(drop), house.configuration.tenants[drop.tenant].ready
    released = source.release(drop.sighting, fate)
    for done in house.looks.used_by(drop) if ready.done_file is not None else ():
        stem = drop.sighting.name.rpartition(".")[0] or drop.sighting.name
        if not any(announces(ready, done, other) for other in house.looks.untaken(drop.tenant, stem)):
            source.release(done, replace(fate, name=archive_name(done.name, drop.claimed_at, run)))
    return released


def _draft(house: House, claim: Claim, slot: RunSlot, tenant: Tenant) -> Run:
    drop = claim.drop
    name, size, now = drop.sighting.name, drop.sighting.size, house.clock.now()
    known = draft_of(
        house.configuration, tenant, slot.feed, run=slot.id, key=slot.key, drop=drop.id, file=name, size=size, now=now
    )
    return replace(known, attempt=drop.attempt, replays=drop.replays, notes=() if drop.note is None else (drop.note,))


def _tried_too_often(claim: Claim) -> Sentence:
    return Sentence(
        "Taking this file was begun %(times)s times and never came to an end, so it was put aside. Export it anew.",
        times=claim.tries - 1,
    )


def _feed_removed(feed: str) -> Sentence:
    return Sentence(
        'The import "%(feed)s" was taken out of the settings, or renamed, after other rows of this file had been imported.',
        feed=feed,
    )


def _fate(claim: Claim, tenant: Tenant, runs: list[Run]) -> Fate | None:
    """Decides where the sender's file goes; None when it stays where it is."""
    if claim.drop.by_hand is not None:
        return None
    endings = {run.ending for run in runs}
    if endings == {"unrecognised"} and tenant.source.unrecognised != "failed":
        return None
    return Fate("processed" if endings <= PROCESSED else "failed", _filed_as(claim, runs))


def _filed_as(claim: Claim, runs: list[Run]) -> str:
    return archive_name(claim.drop.sighting.name, claim.drop.claimed_at, runs[0].id)


def _issues_path(house: House, claim: Claim, run: int) -> Path:
    return house.spool.folder(claim.drop) / f"run{run}.issues.jsonl"
