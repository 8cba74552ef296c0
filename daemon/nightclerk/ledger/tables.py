"""The ledger's tables. ``migrations/`` makes them; a test holds the two together."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint
from sqlalchemy.types import TypeDecorator

from nightclerk.core.sentence import Sentence, sentence_from_data, sentence_to_data


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, kept without zone. Given and returned with one."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class FileName(TypeDecorator[str]):
    """A file's name as the source spells it. Kept as bytes: a name need not be valid text."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        return None if value is None else os.fsencode(value)

    def process_result_value(self, value: bytes | None, dialect: Any) -> str | None:
        return None if value is None else os.fsdecode(value)


class Said(TypeDecorator[Sentence]):
    """A sentence, kept as JSON so that it can be said in any language; one that an older version kept is plain text."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Sentence | None, dialect: Any) -> str | None:
        return None if value is None else json.dumps(sentence_to_data(value), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Any) -> Sentence | None:
        if value is None:
            return None
        return sentence_from_data(json.loads(value) if value.startswith(("[", '"')) else value)


class Words(TypeDecorator[str]):
    """Free text, cells and other people's words among it. PostgreSQL keeps no NUL, and text that is no Unicode is none anywhere:
    their places are taken by signs that show as much."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """Given any text; returns it as ``Words`` are kept."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode()


metadata = MetaData()

installation = Table(
    "installation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("resident", Text),  # the machine and state folder that works with this ledger; see ``engine.Resident``
    Column("resident_words", Text),
)

looks = Table(
    "looks",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("name", FileName, primary_key=True),
    Column("size", sa.BigInteger, nullable=False),
    Column("stamp", sa.BigInteger, nullable=False),
    Column("mark", Words, nullable=False),
    Column("since", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("appeared", Moment, nullable=False),
    Column("drop_id", Integer),
    Column("reported", sa.Boolean, nullable=False),
)

drops = Table(
    "drops",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("name", FileName, nullable=False),
    Column("size", sa.BigInteger, nullable=False),
    Column("stamp", sa.BigInteger, nullable=False),
    Column("mark", Words, nullable=False),
    Column("claimed_at", Moment, nullable=False),
    Column("state", Text, nullable=False),  # open → recorded → closed; open → held → open; closed → undoing → closed; or put_back
    Column("holder", Text),  # who works on it; NULL while it rests after weather
    Column("attempt", Integer, nullable=False),  # claims so far; the fence
    Column("tries", Integer, nullable=False),  # claims that did not end in an orderly way, this one included
    Column("reader_deaths", Integer, nullable=False),
    Column("rest_until", Moment),
    Column("by_hand", FileName),
    Column("only", sa.JSON),
    Column("note", Said),
    Column("fate", sa.JSON),
    Column("closed_at", Moment),
    Column("released", Text),
    Column("replays", Integer),  # the run whose archived file is booked again
    Column("replayed_by", Text),  # the hash of the earlier configuration by which it is; NULL for the present one
    Column("retries", Integer),  # the run whose parked rows are booked; such a drop has no file of its own
    Column("begun_in", sa.JSON),  # destinations, in order; NULL for the database of all tenants
    sqlite_autoincrement=True,
)
Index("drops_unfinished", drops.c.state, drops.c.tenant)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("drop_id", Integer, ForeignKey("drops.id"), nullable=False),
    Column("tenant", Text, nullable=False),
    Column("feed", Text),
    Column("ending", Text),  # NULL until recorded
    Column("sha256", Text),
    Column("config_hash", Text),
    Column("rejected", Integer),
    Column("parked", Integer),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("detail", sa.JSON),
    Column("undoes", Integer),  # the run that this one takes back; its own feed is NULL then, as it reads no file
    Column("undone_by", Integer),  # the run that took this one back, while that stands
    Column("booked", Integer),  # ascends in the order in which runs were booked; NULL for one that booked nothing
    UniqueConstraint("drop_id", "feed"),
    sqlite_autoincrement=True,
)
Index("runs_of_feed", runs.c.tenant, runs.c.feed, runs.c.id)
Index("runs_booked", runs.c.booked)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False, unique=True),  # a held run is decided once
    Column("action", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    Column("words", Words),
    sqlite_autoincrement=True,
)

configurations = Table(
    "configurations",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("text", Words, nullable=False),
)

issues = Table(
    "issues",
    metadata,
    Column("run_id", Integer, ForeignKey("runs.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("line", Integer, nullable=False),
    Column("column", Words),
    Column("field", Words),
    Column("code", Text, nullable=False),
    Column("value", Words),
    Column("message", Words, nullable=False),
)

letters = Table(
    "letters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("tenant", Text),
    Column("drop_id", Integer, ForeignKey("drops.id")),
    Column("subject", Words, nullable=False),
    Column("message", sa.LargeBinary, nullable=False),
    Column("written_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

recipients = Table(
    "recipients",
    metadata,
    Column("letter_id", Integer, ForeignKey("letters.id"), primary_key=True),
    Column("address", Words, primary_key=True),
    Column("state", Text, nullable=False),  # waiting → accepted | refused
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("words", Words),
    Column("settled_at", Moment),
)
Index("recipients_waiting", recipients.c.state, recipients.c.next_at)

rounds = Table(
    "rounds",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("kept_until", Moment),  # the times of its schedule before this were kept
    Column("refused_at", Moment),  # its server refused us; NULL when it does not
    Column("refused_with", Text),  # the fingerprint of the settings that it refused
)

troubles = Table(
    "troubles",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("sentence", Words, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("told", sa.Boolean, nullable=False),
)
