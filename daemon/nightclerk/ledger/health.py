"""What the ledger knows of its own soundness, and what stands in it that others must agree with. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from nightclerk.core.destination import Destination, destination_from_text
from nightclerk.core.drop import Drop
from nightclerk.ledger.drop_rows import drop_of
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.tables import drops, installation, letters, recipients, runs

_MOST_FAULTS = 5


@dataclass(frozen=True, slots=True)
class Filed:
    """A file that the archive should hold: its drop, the name it is filed under and its SHA-256."""

    drop: Drop
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A drop that is begun and not closed. holder: who works on it, None while it rests until rest_until."""

    drop: Drop
    state: str
    holder: str | None
    rest_until: datetime | None


@dataclass(frozen=True, slots=True)
class Booked:
    """A run that booked something: its number; the same text for the same bytes of the same feed; where its drop was begun, none
    for the database of all tenants."""

    number: int
    what: str
    begun_in: tuple[Destination, ...]


@dataclass(frozen=True, slots=True)
class Stuck:
    """A letter that waits: since when, to whom, how often it was tried, and what the mail server said last."""

    letter: int
    subject: str
    address: str
    since: datetime
    attempts: int
    words: str | None


class Health:
    """Questions to the ledger that nobody asks on the way of a file."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def faults(self) -> tuple[str, ...]:
        """Returns what the database itself finds wrong with its file, the first few; a server checks itself."""
        with self._ledger.reading() as connection:
            if connection.dialect.name != "sqlite":
                return ()
            try:
                checked = connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST_FAULTS})").scalars().all()
                orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_MOST_FAULTS)
            except sa.exc.DatabaseError as error:
                if isinstance(error, sa.exc.OperationalError):  # locked or unreadable, which is another matter
                    raise
                return (str(error.orig),)
        broken = [f"a row of {row[0]} belongs to one of {row[2]} that is not there" for row in orphans]
        return tuple([str(line) for line in checked if line != "ok"] + broken)

    def product(self) -> str:
        """Returns the database's kind and version."""
        with self._ledger.reading() as connection:
            version = ".".join(map(str, connection.dialect.server_version_info or ()))
            return f"{'SQLite' if connection.dialect.name == 'sqlite' else 'PostgreSQL'} {version}"

    def installation(self) -> str | None:
        """Returns this installation's id, with which the keys of its runs begin; None before the first run."""
        with self._ledger.reading() as connection:
            return connection.execute(sa.select(installation.c.id)).scalar()

    def booked(self) -> dict[str, Booked]:
        """Returns every run that booked something, by its key."""
        counts = runs.c.detail["counts"]
        in_part = sa.and_(runs.c.ending == "held", counts["held"].as_integer() < counts["rows"].as_integer())
        booked = sa.or_(runs.c.ending.in_(("imported", "imported_with_rejects", "undo")), in_part)
        query = sa.select(runs.c.key, runs.c.id, runs.c.tenant, runs.c.feed, runs.c.sha256, drops.c.begun_in).where(booked)
        read = cache(destination_from_text)
        with self._ledger.reading() as connection:
            return {
                row.key: Booked(row.id, f"{row.tenant} {row.feed} {row.sha256}", tuple(map(read, row.begun_in or ())))
                for row in connection.execute(query.join(drops, drops.c.id == runs.c.drop_id))
            }

    def open_keys(self) -> frozenset[str]:
        """Returns the keys of runs that are not recorded yet: theirs may stand in the target already."""
        with self._ledger.reading() as connection:
            return frozenset(connection.execute(sa.select(runs.c.key).where(runs.c.ending.is_(None))).scalars())

    def filed(self, most: int | None = None) -> Iterator[Filed]:
        """Yields the files that the archive should hold, newest first, at most so many."""
        name = runs.c.detail["archived_as"].as_string()
        query = (
            sa.select(drops, name.label("filed_as"), runs.c.sha256)
            .join(runs, runs.c.drop_id == drops.c.id)
            .where(drops.c.state == "closed", runs.c.sha256.is_not(None), name.is_not(None))
            .order_by(drops.c.id.desc(), runs.c.id)
            .limit(most)
        )
        last = None
        with self._ledger.reading() as connection:
            for row in connection.execute(query):
                if row.id != last:  # several feeds may have read one drop
                    last = row.id
                    yield Filed(drop_of(row), row.filed_as, row.sha256)

    def unfinished(self) -> tuple[Unfinished, ...]:
        """Returns the drops that are begun, not closed and not held, oldest first."""
        return self._in_state("open", "recorded")

    def undoing(self) -> tuple[Unfinished, ...]:
        """Returns the drops of which a run is being taken back, oldest first."""
        return self._in_state("undoing")

    def held(self) -> tuple[Unfinished, ...]:
        """Returns the drops that wait for a decision, oldest first."""
        return self._in_state("held")

    def _in_state(self, *states: str) -> tuple[Unfinished, ...]:
        query = sa.select(drops).where(drops.c.state.in_(states)).order_by(drops.c.id)
        with self._ledger.reading() as connection:
            return tuple(Unfinished(drop_of(row), row.state, row.holder, row.rest_until) for row in connection.execute(query))

    def stuck(self, before: datetime) -> tuple[Stuck, ...]:
        """Returns the letters written before then that somebody still waits for, oldest first."""
        query = (
            sa.select(letters.c.id, letters.c.subject, letters.c.written_at, recipients)
            .join(letters, recipients.c.letter_id == letters.c.id)
            .where(recipients.c.state == "waiting", letters.c.written_at < before)
            .order_by(letters.c.id)
        )
        with self._ledger.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(Stuck(r.id, r.subject, r.address, r.written_at, r.attempts, r.words) for r in rows)

    def newest(self) -> datetime | None:
        """Returns when the last run ended, by our own clock."""
        with self._ledger.reading() as connection:
            found: datetime | None = connection.execute(
                sa.select(sa.func.max(runs.c.ended_at, type_=runs.c.ended_at.type))
            ).scalar()
            return found
