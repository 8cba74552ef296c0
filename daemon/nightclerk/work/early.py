"""What can be said of a drop's feed before its rows are read: it cannot be taken, it is empty, it is the same delivery again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from nightclerk.config.configuration import Configuration
from nightclerk.core.absent import ABSENT_LEFT
from nightclerk.core.drop import Spooled
from nightclerk.core.errors import SenderError
from nightclerk.core.judging import refused_counts
from nightclerk.core.naming import shown
from nightclerk.core.retry import MOST_READER_DEATHS
from nightclerk.core.run import Counts, Run
from nightclerk.core.sentence import Sentence
from nightclerk.core.tenant import Tenant
from nightclerk.work.office import Office


def draft_of(
    configuration: Configuration,
    tenant: Tenant,
    feed: str | None,
    *,
    run: int,
    key: str,
    drop: int,
    file: str,
    size: int,
    now: datetime,
) -> Run:
    """Given whose drop it is, the feed that reads it, and what is known of it; returns its run as far as it goes before reading.

    file: the name as the source spells it. A feed that is not configured any more leaves the run without an entity.
    """
    found = next((one for one in tenant.feeds if one.feed == feed), None)
    return Run(
        id=run,
        key=key,
        drop=drop,
        tenant=tenant.tenant,
        feed=feed,
        entity=None if found is None else found.entity,
        file=shown(file),
        size=size,
        sha256=None,
        started_at=now,
        ended_at=now,
        ending="refused",
        counts=Counts(),
        attempt=1,
        config_hash=None if found is None else configuration.feed_hash(tenant.tenant, found.feed),
    )


def check_size(size: int, limit: int) -> None:
    """Given a file's size and the most that is taken, in bytes; raises SenderError ``file_too_large``."""
    if size > limit:
        told = Sentence("The file has %(size)s bytes; at most %(most)s are accepted. Send it in parts.", size=size, most=limit)
        raise SenderError("file_too_large", told)


def ended_early(office: Office, draft: Run, only: tuple[str, ...] | None) -> Run | None:
    """Given a feed's draft with its file's size and hash, and the keys of a trial; returns the run if it ends here, or None when
    the rows are to be read."""
    if draft.size == 0:
        return replace(draft, ending="empty", ended_at=office.clock.now())
    if only is not None or draft.replays is not None:  # what a person asks for again is booked again
        return None
    last = office.runs.last_booked(draft.tenant, draft.feed or "")
    if last is None or not _is_duplicate(draft, last):
        return None
    if office.runs.is_being_undone(last.id):  # an undo that is under way, or broke off, may yet have taken the rows out
        return None
    # The rows themselves decide: a database that was restored from a backup, or is another one now, has not taken them.
    if office.target.receipt(last.key) is None:
        return None
    effects = {"duplicate_of": last.id}
    counts = refused_counts(last.counts.rows)
    return replace(draft, ending="duplicate", counts=counts, effects=effects, ended_at=office.clock.now())


def with_bytes(draft: Run, spooled: Spooled | SenderError | None) -> Run:
    """Given a draft and the drop's bytes; returns the draft with their size and hash, or as it was while there are none."""
    return replace(draft, size=spooled.size, sha256=spooled.sha256) if isinstance(spooled, Spooled) else draft


def refused(office: Office, draft: Run, code: str, sentence: Sentence) -> Run:
    """Given a draft, a code and a sentence; returns the run refused."""
    return replace(draft, ending="refused", code=code, sentence=sentence, ended_at=office.clock.now())


def reader_gave_up(office: Office, draft: Run) -> Run:
    """Given the draft of a file whose reader died too often; returns the run refused."""
    told = Sentence(
        "Reading this file failed %(times)s times without a known reason, so it was put aside. Export it anew.",
        times=MOST_READER_DEATHS,
    )
    return refused(office, draft, "reader_died", told)


def _is_duplicate(draft: Run, last: Run) -> bool:
    """Whether a file would change nothing: the last run booked the whole of it, and what it lacks was settled."""
    clean = (last.counts.rejected, last.counts.parked, last.counts.held) == (0, 0, 0)
    whole = last.ending != "undo" and "only" not in last.effects and ABSENT_LEFT not in last.effects
    return clean and whole and (last.sha256, last.config_hash) == (draft.sha256, draft.config_hash)
