"""Steps 6 to 9 for one feed: read, map, compare, judge and book, in one stream and one transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any, BinaryIO

from nightclerk.core.approval import beyond_approval
from nightclerk.core.booking import BookingPlan, Comparison
from nightclerk.core.drift import Drift, drift, gone_columns
from nightclerk.core.entity import Entity
from nightclerk.core.errors import BookkeepingError, SenderError, WeatherError
from nightclerk.core.feed import Feed
from nightclerk.core.format import WORKBOOK_KINDS
from nightclerk.core.guard import HISTORY, reasons_to_hold
from nightclerk.core.habits import Habits, habits_after
from nightclerk.core.issue import Issue
from nightclerk.core.judging import Refusal, control_totals, ending_of, judge_file, refused_counts
from nightclerk.core.reading import DuplicateKey, Finished, FormatFound, Job, LateRow, Opened
from nightclerk.core.reading_change import changed_encoding, changed_readings
from nightclerk.core.run import Counts, HoldReason, Run, run_from_data
from nightclerk.core.sentence import Sentence
from nightclerk.core.sentences import about_losers
from nightclerk.core.tenant import Tenant
from nightclerk.filing.issues_file import IssuesFile
from nightclerk.ports import AlreadyBooked, Booking, Reading
from nightclerk.work.absence import plan_of_file, policy_effects, settle_absence
from nightclerk.work.commit_point import book_for_good
from nightclerk.work.holding import held_run, is_trial, may_be_held, unanswered
from nightclerk.work.late import LateIssues
from nightclerk.work.office import Office
from nightclerk.work.parking import set_apart
from nightclerk.work.tally import Tally, as_block
from nightclerk.work.withholding import held_in_part


class Clerk:
    """Books one feed's rows of one drop. draft: the run as far as it is known before the file is read; most_rejected: a file
    with more rejected rows is refused. unjudged: the run once all rows are compared, before it is decided how it ends."""

    def __init__(self, office: Office, tenant: Tenant, feed: Feed, entity: Entity, draft: Run, most_rejected: int) -> None:
        self._office = office
        self._tenant = tenant
        self._feed = feed
        self._entity = entity
        self._draft = draft
        self._most_rejected = most_rejected
        self._only: tuple[str, ...] | None = None
        self._before: FormatFound | None = None
        self._last: Run | None = None
        self._doubts: list[Refusal] = []
        self.first_issues: list[Issue] = []
        self.unjudged: Run | None = None

    def book(self, opens: Callable[[], BinaryIO], issues: IssuesFile, only: tuple[str, ...] | None) -> Run:
        """Given what opens the file, the issues file to write and the keys of a trial; returns the finished run.

        After it returns an imported run the rows are booked for good. Raises WeatherError, ReaderDiedError.
        """
        self._only = only
        self._before = self._last_reading()
        self._last = self._office.runs.last_import(self._tenant.tenant, self._feed.feed)
        habits = self._last.habits if self._last is not None else None
        job = Job(
            language=self._tenant.language,
            timezone=self._tenant.timezone,
            feed=self._feed.model_dump_json(by_alias=True),
            entity=self._entity.model_dump_json(by_alias=True),
            only=only,
            csv=self._office.target.takes_csv,
            remembered=self._before.encoding if self._before is not None else None,
            readings=habits.readings if habits is not None else (),
            most_duplicates=self._most_rejected if self._feed.duplicates == "reject" else None,
        )
        try:
            with opens() as file, closing(self._office.reader.read(file, job)) as reading:
                return self._read(reading, issues)
        except SenderError as error:
            return self._refused(0, error.code, error.sentence, error.line)
        except AlreadyBooked:
            return self._from_receipt()

    def _read(self, reading: Reading, issues: IssuesFile) -> Run:
        opened = reading.opened
        self._draft = replace(self._draft, format=opened.format, columns=opened.columns, notes=self._draft.notes + opened.notes)
        if not opened.corrects:
            self._compare(opened)
        tally = Tally(opened, issues, self._most_rejected)
        self.first_issues = tally.first_issues
        plan = plan_of_file(self._tenant, self._feed, self._entity, self._office.clock.now())
        booking = self._office.target.begin(plan, self._draft.key, self._draft.attempt)
        try:
            for block in reading.blocks():
                tally.add(block)
                booking.stage(block)
            return self._decide(reading, reading.finished(), booking, plan, tally, issues)
        except SenderError as error:
            return self._close_issues(self._refused(tally.rows, error.code, error.sentence, error.line), tally, issues)
        except BookkeepingError as error:
            told = Sentence(
                "The figures of this file do not add up, which is no fault of the file: %(value)s. Nothing was imported.",
                value=str(error),
            )
            return self._close_issues(self._refused(tally.rows, "does_not_add_up", told), tally, issues)
        finally:
            booking.abandon()

    def _compare(self, opened: Opened) -> None:
        """Compares how the file reads with the feed's last one; what reads otherwise is a doubt about the file."""
        habits = self._last.habits if self._last is not None else None
        changed = changed_encoding(self._before, opened.format) or changed_readings(
            habits, opened.format, self._feed, self._tenant.language
        )
        self._doubts += [] if changed is None else [changed]
        self._draft = replace(self._draft, notes=self._draft.notes + gone_columns(self._last, opened.columns, self._feed))

    def _last_reading(self) -> FormatFound | None:
        """Returns how the feed's last file read, if its encoding is to be found and not declared."""
        if getattr(self._feed.format, "encoding", None) != "auto":
            return None
        return self._office.runs.last_reading(self._tenant.tenant, self._feed.feed)

    def _decide(
        self, reading: Reading, finished: Finished, booking: Booking, plan: BookingPlan, tally: Tally, issues: IssuesFile
    ) -> Run:
        tally.left_out += finished.left_out_more
        self._settle_duplicates(reading, finished.duplicates, booking, plan, tally)
        comparison, forbidden = booking.compare()
        fed = frozenset(feed.entity for feed in self._tenant.feeds)
        late = LateIssues(self._feed, plan, self._draft.columns, fed)
        awaits = set_apart(reading, forbidden, booking, plan, tally, late, self._most_rejected, fed)
        counts = Counts(
            rows=finished.rows,
            created=comparison.created,
            updated=comparison.updated,
            unchanged=comparison.unchanged,
            rejected=tally.rejected,
            parked=tally.parked,
            skipped=tally.skipped,
        ).check()
        sums = (finished.accepted, finished.rejected, tally.late_rejected, tally.late_skipped, tally.late_parked)
        totals = control_totals(finished.file, *sums, unasked=finished.skipped)
        run = replace(
            self._draft,
            format=replace(reading.opened.format, readings=finished.readings),
            counts=counts,
            totals=totals,
            unreadable=finished.unreadable,
            effects=self._effects(comparison, tally),
            notes=self._draft.notes + finished.notes + about_losers(tally.gave_way),
            corrects=self._corrected(finished),
            awaits=awaits,
        )
        run = settle_absence(run, comparison, self._feed, plan, booking, reading, tally, self._office.runs)
        drifted = self._drift(finished, tally)
        corrects = run.corrects is not None
        run = self.unjudged = replace(run, notes=run.notes + drifted.notes, habits=self._habits(finished, corrects))
        self._doubts += [] if drifted.refusal is None else [drifted.refusal]
        if counts.rows == 0:
            return self._close_issues(replace(run, ending="empty"), tally, issues)
        refusal = self._another_feeds(finished) or judge_file(counts, self._feed, corrects=corrects)
        judgement = self._judge(run, refusal)
        if isinstance(judgement, Refusal):
            refused = self._refused(counts.rows, judgement.code, judgement.sentence)
            return self._close_issues(refused, tally, issues)
        if judgement:
            until = self._office.clock.now() + self._feed.hold.expires
            part = held_in_part(run, self._feed, plan, judgement, booking, reading, until)
            if part is None:
                return self._close_issues(held_run(run, judgement, booking, until), tally, issues)
            return self._booked(self._close_issues(part, tally, issues), booking)
        return self._booked(self._close_issues(replace(run, ending=ending_of(counts)), tally, issues), booking)

    def _booked(self, run: Run, booking: Booking) -> Run:
        book_for_good(run, booking, self._office.target)
        return run

    def _judge(self, run: Run, refusal: Refusal | None) -> Refusal | tuple[HoldReason, ...]:
        """Returns why the file is refused, or why it is held, nothing if it may be booked.

        A trial is never held: nobody would decide about a few of a file's rows. Nor is what was approved: it is refused if there
        is more to it by now than what was approved.
        """
        doubts = unanswered(self._doubts, run)
        if doubts and (refusal is not None or not may_be_held(run)):
            return doubts[0]  # what reads otherwise explains best why the rest does not fit
        if refusal is not None or is_trial(run):
            return refusal or ()
        guarded = self._feed.hold.guards and run.corrects is None
        history = self._office.runs.last_imports(run.tenant, self._feed.feed, HISTORY) if guarded else ()
        reasons = reasons_to_hold(run, self._feed, history) if guarded else ()
        if run.decision is not None:
            return beyond_approval(reasons, () if run.held is None else run.held.reasons) or ()
        return tuple(HoldReason(one.code, one.sentence) for one in doubts) + reasons

    def _drift(self, finished: Finished, tally: Tally) -> Drift:
        """Returns what has changed in the columns since the feed's last file; nothing in rows that came back corrected."""
        if tally.opened.corrects:
            return Drift(None, ())
        groups, columns = tally.groups.groups(), tally.opened.columns
        return drift(self._last, self._feed, self._entity, columns, finished.rows, groups, finished.contents)

    def _habits(self, finished: Finished, corrects: bool) -> Habits:
        before = self._last.habits if self._last is not None else None
        contents, filled = (None, None) if corrects else (finished.contents, finished.filled)
        return habits_after(before, self._feed, finished.readings, contents, filled)

    def _settle_duplicates(
        self,
        reading: Reading,
        duplicates: tuple[DuplicateKey, ...],
        booking: Booking,
        plan: BookingPlan,
        tally: Tally,
    ) -> None:
        if not duplicates:
            return
        if self._feed.duplicates == "reject":
            late = LateIssues(self._feed, plan, self._draft.columns)
            key_of = {line: found for found in duplicates for line in found.lines}
            tally.reject_late(reading.rows(sorted(key_of)), lambda row: [late.duplicate(key_of[row.row.line], row.row.line)])
        booking.withdraw((found.key, len(found.accepted)) for found in duplicates if found.accepted)
        if self._feed.duplicates == "reject":
            return
        choose = max if self._feed.duplicates == "last_wins" else min
        winners = {choose(found.accepted) for found in duplicates if found.accepted}
        accepted = sorted(line for found in duplicates for line in found.accepted)
        kept: list[LateRow] = []
        for row in reading.rows(accepted):
            if row.row.line in winners:
                kept.append(row)
            else:
                tally.skip_late(row)
        booking.stage(as_block(kept, len(plan.fields)))

    def _effects(self, comparison: Comparison, tally: Tally) -> dict[str, Any]:
        effects = policy_effects(comparison, self._feed)
        if tally.gave_way:
            effects["gave_way"] = len(tally.gave_way)
        if self._only is not None:
            effects["only"] = list(self._only)
        return effects

    def _corrected(self, finished: Finished) -> int | None:
        for run_id in finished.corrected_runs:
            earlier = self._office.runs.get(run_id)
            # The number comes out of the file: it counts only where it names a run of this tenant's own feed.
            if earlier is not None and (earlier.tenant, earlier.feed) == (self._tenant.tenant, self._feed.feed):
                return run_id
        return None

    def _another_feeds(self, finished: Finished) -> Refusal | None:
        """Returns why corrected rows are refused: they are of another sheet, or another member, of the first file, and another
        feed's."""
        found = self._draft.format
        of_a_workbook = found is not None and found.kind in WORKBOOK_KINDS
        if not of_a_workbook and self._feed.members is None:
            return None
        runs = [self._office.runs.get(run_id) for run_id in finished.corrected_runs]
        feeds = {run.feed for run in runs if run is not None and run.tenant == self._tenant.tenant}
        others = [feed.feed for feed in self._tenant.feeds if feed.feed in feeds]
        if not others or self._feed.feed in feeds:
            return None
        told = Sentence(
            "The file holds corrected rows for %(feeds)s, not for %(feed)s.", feeds=", ".join(others), feed=self._feed.feed
        )
        return Refusal("no_sheet" if of_a_workbook else "no_member", told)

    def _refused(self, rows: int, code: str, sentence: Sentence, line: int | None = None) -> Run:
        return replace(self._draft, ending="refused", code=code, sentence=sentence, line=line, counts=refused_counts(rows))

    def _close_issues(self, run: Run, tally: Tally, issues: IssuesFile) -> Run:
        return replace(
            run,
            ended_at=self._office.clock.now(),
            issues=tally.issues,
            groups=tally.groups.groups(),
            issues_sha256=issues.finish(),
            left_out=tally.left_out,
        )

    def _from_receipt(self) -> Run:
        receipt = self._office.target.receipt(self._draft.key)
        if receipt is None:
            raise WeatherError("The database says that this run is booked, and does not show its receipt.")
        return run_from_data(receipt)
