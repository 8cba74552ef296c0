"""Parked rows go in, or are given up: staged again as they were read, and judged by the policies of today.

A drop of its own without a file, whose run is booked in one transaction with the end of its rows' waiting. Rows whose parents are
still missing are left as they are until their days run out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog

from nightclerk.core.booking import BookingPlan, Comparison, Forbidden, plan_booking
from nightclerk.core.drop import Drop
from nightclerk.core.entity import Entity
from nightclerk.core.errors import WeatherError
from nightclerk.core.feed import Feed
from nightclerk.core.issue import Issue, RejectedRow
from nightclerk.core.judging import control_totals, ending_of
from nightclerk.core.naming import archive_name
from nightclerk.core.parked import KeptRow, as_block, awaited, given_up, money_of, plan_for_parked, still_waiting
from nightclerk.core.reading import FormatFound, LateRow, Money, Opened
from nightclerk.core.run import Counts, Run, Waited, run_from_data
from nightclerk.core.tenant import Tenant
from nightclerk.filing.issues_file import IssuesFile
from nightclerk.ledger.claims import Claim
from nightclerk.ports import AlreadyBooked
from nightclerk.work.commit_point import book_for_good
from nightclerk.work.early import draft_of
from nightclerk.work.house import House
from nightclerk.work.late import LateIssues
from nightclerk.work.reports import notice
from nightclerk.work.tally import Tally, add_money

log = structlog.get_logger(__name__)

_UNKNOWN = FormatFound("delimited", None, None, None, None, None)


def retried(house: House, claim: Claim, tenant: Tenant, issues_path: Callable[[int], Path]) -> tuple[Run, list[Issue]] | None:
    """Given a claim on the rows that a run parked, its tenant, and what says where a run's issues file is to lie; returns the
    finished run and its first issues, or None when there is nothing to be done for any of the rows.

    After it returns a run its rows are booked for good. Raises WeatherError, OperatorError.
    """
    slot, parker = claim.slots[0], house.runs.get(claim.drop.retries or 0)
    feed = next((one for one in tenant.feeds if one.feed == slot.feed), None)
    if (receipt := house.target.receipt(slot.key)) is not None:
        return run_from_data(receipt), []
    if feed is None or parker is None:
        return None
    entity = house.configuration.entity_of(tenant.tenant, feed.feed)
    rows = house.target.waiting_rows(tenant.tenant, parker.key)
    plan = plan_for_parked(plan_booking(tenant.tenant, feed, entity), entity, rows)
    if plan is None or not rows:
        return None
    name, now = claim.drop.sighting.name, house.clock.now()
    draft = draft_of(
        house.configuration,
        tenant,
        feed.feed,
        run=slot.id,
        key=slot.key,
        drop=claim.drop.id,
        file=name,
        size=parker.size,
        now=now,
    )
    draft = replace(draft, attempt=claim.drop.attempt, retries=parker.id, format=parker.format, columns=parker.columns)
    issues = IssuesFile(issues_path(slot.id))
    fed = frozenset(one.entity for one in tenant.feeds)
    try:
        with house.place():
            return _Retry(house, claim.drop, feed, entity, plan, draft, fed).book(rows, parker, issues)
    except AlreadyBooked:
        found = house.target.receipt(slot.key)
        if found is None:
            raise WeatherError("The database says that this run is booked, and does not show its receipt.") from None
        return run_from_data(found), []
    finally:
        issues.close()


def leave(house: House, claim: Claim, tenant: Tenant) -> None:
    """Given a claim on parked rows that was tried too often, and its tenant; ends it, and tells ops. The rows stay parked."""
    feed, run = claim.slots[0].feed, claim.drop.retries
    sentence = (
        f"Rows of the feed {feed} of {tenant.name} that run {run} parked could be taken up, which was begun {claim.tries - 1} "
        "times and never came to an end. They stay parked and are left alone now. When what stopped it is mended (the log tells "
        "it), book their file once more."
    )
    letter = notice(house, tenant.tenant, f"parked by {run} left", sentence, f"nightclerk replay {run}")
    if letter is not None:
        house.outbox.add(letter, tenant.tenant, house.clock.now())
    house.claims.leave(claim, house.clock.now())
    log.warning("parked_rows_left", retries=run, tries=claim.tries - 1)


class _Retry:
    """One retry. fed: the entities that the tenant has feeds for."""

    def __init__(
        self, house: House, drop: Drop, feed: Feed, entity: Entity, plan: BookingPlan, draft: Run, fed: frozenset[str]
    ) -> None:
        self._house = house
        self._drop = drop
        self._feed = feed
        self._entity = entity
        self._plan = plan
        self._draft = draft
        self._fed = fed

    def book(self, rows: Sequence[KeptRow], parker: Run, issues: IssuesFile) -> tuple[Run, list[Issue]] | None:
        """Given the rows, the run that parked them, and the issues file to write; see ``retried``."""
        since = parker.ended_at  # by our own clock, not the database's
        booking = self._house.target.begin(self._plan, self._draft.key, self._draft.attempt)
        try:
            booking.stage(as_block(self._plan, rows))
            comparison, forbidden = booking.compare()
            found = list(forbidden)
            waiting = still_waiting(found)
            if given_up(since, self._feed.parked_for, self._draft.started_at):
                taken = list(rows)
            else:  # those that still wait are left as they are
                taken = [kept for kept in rows if kept.row.line not in waiting]
                found = [one for one in found if one.line not in waiting]
                waiting = {}
            if not taken:
                return None
            opened = Opened(parker.format or _UNKNOWN, parker.columns, tuple(field.name for field in self._plan.fields))
            tally = Tally(opened, issues, len(rows))
            self._reject(taken, found, tally)
            run = self._finished(taken, {one.line for one in found}, set(waiting), since, comparison, tally, issues)
            booking.unpark([kept.id for kept in taken])
            book_for_good(run, booking, self._house.target)
            return run, tally.first_issues
        finally:
            booking.abandon()

    def _reject(self, taken: Sequence[KeptRow], found: Sequence[Forbidden], tally: Tally) -> None:
        late = LateIssues(self._feed, self._plan, self._draft.columns, self._fed)
        by_line: dict[int, list[Forbidden]] = {}
        for one in found:
            by_line.setdefault(one.line, []).append(one)
        rejected = [self._late(kept) for kept in taken if kept.row.line in by_line]
        if rejected:
            tally.reject_late(rejected, lambda row: late.forbidden(by_line[row.row.line], row))

    def _late(self, kept: KeptRow) -> LateRow:
        values = tuple(kept.row.fields.get(field.name) for field in self._plan.fields)
        return LateRow(RejectedRow(kept.row.line, kept.row.source), values, money_of(self._feed, self._entity, kept.row.fields))

    def _finished(
        self,
        taken: Sequence[KeptRow],
        rejected: set[int],
        given_up: set[int],
        since: datetime,
        comparison: Comparison,
        tally: Tally,
        issues: IssuesFile,
    ) -> Run:
        """Given the rows that wait no longer, the lines of those that were rejected and, among them, of those that waited for too
        long; returns the run as it ends."""
        counts = Counts(
            rows=len(taken),
            created=comparison.created,
            updated=comparison.updated,
            unchanged=comparison.unchanged,
            rejected=tally.rejected,
        ).check()
        sums: Money = {}
        for kept in taken:
            add_money(sums, self._late(kept))
        came = [(kept.row.missing, 1) for kept in taken if kept.row.line not in rejected]
        never = [(kept.row.missing, 1) for kept in taken if kept.row.line in given_up]
        return replace(
            self._draft,
            ending=ending_of(counts),
            ended_at=self._house.clock.now(),
            counts=counts,
            totals=control_totals(sums, sums, {}, tally.late_rejected),
            effects=dict(comparison.effects.items()),
            issues=tally.issues,
            groups=tally.groups.groups(),
            issues_sha256=issues.finish(),
            archived_as=archive_name(self._drop.sighting.name, self._drop.claimed_at, self._draft.id) if tally.issues else None,
            waited=Waited(
                since,
                came=awaited(came, self._plan, self._fed),
                given_up=len(never),
                never_came=awaited(never, self._plan, self._fed),
            ),
        )
