"""Finished runs: recorded with their issues and letters in one transaction, and looked up again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from nightclerk.core.drop import Drop, Fate
from nightclerk.core.issue import Issue
from nightclerk.core.reading import FormatFound
from nightclerk.core.report import Letter
from nightclerk.core.run import Run, in_part, run_from_data, run_to_data
from nightclerk.core.sentence import Sentence
from nightclerk.ledger.claims import Claim
from nightclerk.ledger.drop_rows import drop_of
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.outbox import insert_letter
from nightclerk.ledger.tables import configurations, decisions, drops, issues, runs

#: So many runs of a feed are looked through for one whose encoding could be told.
_REMEMBERED_RUNS = 200
#: So many runs of a feed are looked through for those that booked whole files.
_SEARCHED_RUNS = 30


#: Parked rows that went in are no file of the feed, and tell nothing of its files.
_OF_FILES = sa.not_(sa.exists().where(drops.c.id == runs.c.drop_id, drops.c.retries.is_not(None)))


class FencedOffError(Exception):
    """Another worker took this drop over meanwhile; what this one made of it is void."""


class Runs:
    """The runs in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def record(
        self,
        claim: Claim,
        finished: Sequence[tuple[Run, Sequence[Issue] | None]],
        letters: Sequence[Letter],
        fate: Fate | None,
        configuration: dict[str, str],
        now: datetime,
    ) -> None:
        """Writes all runs of a drop, their first issues and its letters, and turns the claim ``recorded``: one commit.

        With a held run among them the drop becomes ``held`` instead, and nobody's; or ``open`` again where that was decided
        about meanwhile. finished: None for issues that are to stay as they are. configuration: hash → text of each configuration
        that produced a run. Raises FencedOffError when the claim is no longer ours. Recording what is recorded already changes
        nothing.
        """
        with self._ledger.writing() as connection:
            row = connection.execute(sa.select(drops).where(drops.c.id == claim.drop.id)).one()
            if row.attempt != claim.drop.attempt:
                raise FencedOffError(f"drop {claim.drop.id} was taken over")
            if row.state != "open":
                return
            for run, its_issues in finished:
                if its_issues is not None and run.held is not None:  # recorded before, as held
                    connection.execute(issues.delete().where(issues.c.run_id == run.id))
                connection.execute(runs.update().where(runs.c.id == run.id).values(_columns(run)))
                if run.ending in ("imported", "imported_with_rejects") or in_part(run):
                    note_booked(connection, run.id)
                if its_issues:
                    rows = [{"run_id": run.id, "number": n, **_issue(i)} for n, i in enumerate(its_issues, start=1)]
                    connection.execute(issues.insert(), rows)
            for key, text in configuration.items():
                if connection.execute(sa.select(configurations.c.hash).where(configurations.c.hash == key)).first() is None:
                    connection.execute(configurations.insert().values(hash=key, text=text))
            for letter in letters:
                insert_letter(connection, letter, claim.drop.tenant, claim.drop.id, now)
            values: dict[str, Any] = {"state": "recorded", "fate": None if fate is None else asdict(fate)}
            if held := [run.id for run, _ in finished if run.ending == "held"]:
                decided = connection.execute(sa.select(decisions.c.id).where(decisions.c.run_id.in_(held))).first()
                values = {"state": "held" if decided is None else "open", "holder": None, "rest_until": None}
            connection.execute(drops.update().where(drops.c.id == claim.drop.id).values(values))

    def get(self, run_id: int) -> Run | None:
        """Given a run's id; returns it, or None when there is no finished run of that id."""
        with self._ledger.reading() as connection:
            detail = connection.execute(sa.select(runs.c.detail).where(runs.c.id == run_id)).scalar()
        return None if detail is None else run_from_data(detail)

    def by_key(self, key: str) -> Run | None:
        """Given a run's key; returns it, or None when there is no finished run of that key."""
        found = self._select(runs.c.key == key)
        return found[0] if found else None

    def of_drop(self, drop_id: int) -> tuple[Run, ...]:
        """Given a drop's id; returns the finished runs that read it, not those that took one of them back."""
        return self._select(sa.and_(runs.c.drop_id == drop_id, runs.c.undoes.is_(None)))

    def history(self, tenants: Sequence[str] = (), limit: int = 50) -> tuple[Run, ...]:
        """Returns the newest finished runs, newest first: of these tenants, or of all when none is named."""
        return self._select(runs.c.tenant.in_(tenants) if tenants else sa.true(), limit=limit)

    def last_import(self, tenant: str, feed: str) -> Run | None:
        """Returns the feed's newest run that booked something and was not undone, or None."""
        found = self._select(_standing(tenant, feed), limit=1)
        return found[0] if found else None

    def last_booked(self, tenant: str, feed: str) -> Run | None:
        """Returns the run of the feed's files that was booked last, a held file when it was approved; or the one that took a run
        of the feed back since. None where nothing was ever booked."""
        of_files = sa.and_(runs.c.feed == feed, _OF_FILES)
        undoes = sa.and_(runs.c.undoes.is_not(None), runs.c.detail["feed"].as_string() == feed)
        query = sa.select(runs.c.detail).where(runs.c.tenant == tenant, runs.c.booked.is_not(None), sa.or_(of_files, undoes))
        with self._ledger.reading() as connection:
            detail = connection.execute(query.order_by(runs.c.booked.desc()).limit(1)).scalar()
        return None if detail is None else run_from_data(detail)

    def is_being_undone(self, run_id: int) -> bool:
        """Given a run's number; returns whether it, or another run of its drop, is being taken back: what stands in the tables is
        not certain until that is settled."""
        state = sa.select(drops.c.state).join(runs, runs.c.drop_id == drops.c.id).where(runs.c.id == run_id)
        with self._ledger.reading() as connection:
            return connection.execute(state).scalar() == "undoing"

    def last_imports(self, tenant: str, feed: str, most: int) -> tuple[Run, ...]:
        """Returns the feed's newest runs that booked whole files, newest first, at most so many: neither trials nor corrections
        of an earlier file, nor what was undone."""
        found = self._select(
            sa.and_(_standing(tenant, feed), runs.c.detail["corrects"].as_integer().is_(None)), limit=_SEARCHED_RUNS
        )
        return tuple(run for run in found if "only" not in run.effects)[:most]

    def last_reading(self, tenant: str, feed: str) -> FormatFound | None:
        """Returns how the newest file of the feed read that was booked and whose encoding could be told, which it cannot where
        all of it is ASCII; corrections of an earlier one, and what was undone, aside. None if the latest runs have none."""
        latest = (
            sa.select(runs.c.id, runs.c.detail)
            .where(_standing(tenant, feed))
            .order_by(runs.c.id.desc())
            .limit(_REMEMBERED_RUNS)
            .subquery()
        )
        told = latest.c.detail["format"]["evidence"]["by"].as_string()
        first_hand = latest.c.detail["corrects"].as_integer().is_(None)
        query = sa.select(latest.c.detail).where(told != "ascii", first_hand).order_by(latest.c.id.desc()).limit(1)
        with self._ledger.reading() as connection:
            detail = connection.execute(query).scalar()
        return None if detail is None else run_from_data(detail).format

    def issues(self, run_id: int) -> tuple[Issue, ...]:
        """Returns the first issues of a run, as many as were kept in the ledger; all of them are in its issues file."""
        query = sa.select(issues).where(issues.c.run_id == run_id).order_by(issues.c.number)
        with self._ledger.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(Issue(r.line, r.code, Sentence.verbatim(r.message), r.column, r.field, r.value) for r in rows)

    def drop(self, drop_id: int) -> Drop:
        """Given a drop's id; returns it as it was last claimed."""
        with self._ledger.reading() as connection:
            return drop_of(connection.execute(sa.select(drops).where(drops.c.id == drop_id)).one())

    def unfinished(self) -> tuple[dict[str, Any], ...]:
        """Returns the drops that are claimed and not closed yet, or are being undone, for people: id, tenant, name, state,
        claimed_at, attempt."""
        query = sa.select(drops).where(drops.c.state.in_(("open", "held", "recorded", "undoing"))).order_by(drops.c.id)
        with self._ledger.reading() as connection:
            return tuple(dict(row._mapping) for row in connection.execute(query))

    def _select(self, condition: Any, limit: int | None = None) -> tuple[Run, ...]:
        query = sa.select(runs.c.detail).where(condition, runs.c.ending.is_not(None)).order_by(runs.c.id.desc()).limit(limit)
        with self._ledger.reading() as connection:
            return tuple(run_from_data(row.detail) for row in connection.execute(query))


def note_booked(connection: sa.Connection, run_id: int) -> None:
    """Given a run that is being recorded as booked; notes that it was so after all others. Numbers do not tell: a held file has
    its own from when it came."""
    last = sa.select(sa.func.coalesce(sa.func.max(runs.c.booked), 0)).scalar_subquery()
    connection.execute(runs.update().where(runs.c.id == run_id).values(booked=last + 1))


def _standing(tenant: str, feed: str) -> Any:
    """The runs of a feed's files that booked something; one that was undone is out of the feed's history."""
    booked = runs.c.ending.in_(("imported", "imported_with_rejects"))
    return sa.and_(runs.c.tenant == tenant, runs.c.feed == feed, booked, _OF_FILES, runs.c.undone_by.is_(None))


def _columns(run: Run) -> dict[str, Any]:
    return {
        "ending": run.ending,
        "sha256": run.sha256,
        "config_hash": run.config_hash,
        "rejected": run.counts.rejected,
        "parked": run.counts.parked,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "detail": run_to_data(run),
    }


def _issue(issue: Issue) -> dict[str, Any]:
    return {**asdict(issue), "message": str(issue.message)}
