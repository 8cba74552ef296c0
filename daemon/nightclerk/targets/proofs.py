"""Which receipts stand in the target: the proofs of what was booked, for whoever compares them with the ledger. Reads only."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, select
from sqlalchemy.exc import SQLAlchemyError

from nightclerk.targets.database import dialect_for
from nightclerk.targets.receipts import RECEIPTS


def receipt_keys(
    url: str | URL, start: str, folder: Path | None = None, wait: float = 30.0, schema: str | None = None
) -> frozenset[str] | None:
    """Given the database's address and how the keys of an installation begin; returns the keys of its committed receipts, or
    None where the database has no table for them. Raises WeatherError or OperatorError."""
    dialect = dialect_for(url, folder, wait, schema=schema)
    failures: tuple[type[Exception], ...] = (SQLAlchemyError, *dialect.failures)
    engine = dialect.viewer()
    try:
        with engine.connect() as connection:
            dialect.look(connection)
            if dialect.absent(connection, RECEIPTS.name, ()) is None:
                return None
            ours = RECEIPTS.c.run_key.startswith(start, autoescape=True)
            return frozenset(connection.execute(select(RECEIPTS.c.run_key).where(ours)).scalars())
    except failures as error:
        raise dialect.explain(error) from error
    finally:
        engine.dispose()
