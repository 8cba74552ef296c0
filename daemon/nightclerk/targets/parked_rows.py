"""What is read of ``nightclerk_parked``, and what is taken out of it once its rows have gone in or are given up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, select

from nightclerk.core.booking import ParkedRow
from nightclerk.core.errors import WeatherError
from nightclerk.core.parked import WITHDRAWN, KeptRow, ParkedGroup
from nightclerk.targets.dialect import Dialect
from nightclerk.targets.parked import PARKED

#: So many rows are named in one statement.
_PAGE = 500


def parked_groups(dialect: Dialect, connection: Connection, tenant: str | None) -> tuple[ParkedGroup, ...]:
    """Given a tenant, or None for all; returns its parked rows by feed, run and what they wait for, longest waiting
    first; none where the database has no table for them."""
    if dialect.absent(connection, PARKED.name, ()) is None:
        return ()
    what = (PARKED.c.tenant, PARKED.c.feed, PARKED.c.entity, PARKED.c.run_key, PARKED.c.missing)
    since, first = func.min(PARKED.c.parked_at), func.min(PARKED.c.id)
    query = select(*what, func.count().label("number"), since.label("since")).group_by(*what).order_by(first)
    query = query.where(PARKED.c.run_key.not_like(f"{WITHDRAWN}%"))
    if tenant is not None:
        query = query.where(PARKED.c.tenant == tenant)
    return tuple(
        ParkedGroup(
            tenant=row.tenant,
            feed=row.feed,
            entity=row.entity,
            run_key=row.run_key,
            missing=tuple(json.loads(row.missing).items()),
            rows=row.number,
            since=_in_utc(row.since),
        )
        for row in connection.execute(query)
    )


def kept_rows(dialect: Dialect, connection: Connection, tenant: str, run_key: str) -> tuple[KeptRow, ...]:
    """Given a tenant and the run that parked rows; returns those that still wait, by line."""
    if dialect.absent(connection, PARKED.name, ()) is None:
        return ()
    query = select(PARKED).where(PARKED.c.tenant == tenant, PARKED.c.run_key == run_key).order_by(PARKED.c.line)
    return tuple(
        KeptRow(
            id=row.id,
            key=json.loads(row.key),
            row=ParkedRow(
                line=row.line,
                fields=json.loads(row.fields),
                source=tuple(json.loads(row.source)),
                missing=json.loads(row.missing),
            ),
        )
        for row in connection.execute(query)
    )


def unpark(connection: Connection, ids: Sequence[int]) -> None:
    """Given the numbers of parked rows that wait no longer; takes them out, within the caller's transaction.

    Raises WeatherError when one of them is not there any more: a newer file has brought it again, or it went in already.
    """
    gone = 0
    for start in range(0, len(ids), _PAGE):
        gone += connection.execute(delete(PARKED).where(PARKED.c.id.in_(ids[start : start + _PAGE]))).rowcount
    if gone != len(ids):
        raise WeatherError("Rows that waited were brought again, or taken up elsewhere, meanwhile. They are looked at anew.")


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
