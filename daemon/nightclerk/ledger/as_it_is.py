"""The ledger as it stands, for those who only look: not made, not upgraded, not written to."""

from __future__ import annotations

import sqlalchemy as sa

from nightclerk.core.errors import OperatorError
from nightclerk.ledger.engine import Ledger, store_for
from nightclerk.ledger.upgrade import HEAD, version_of


def ledger_as_it_is(url: str, wait: float = 30.0) -> Ledger | None:
    """Given the ledger's URL and the seconds to wait for a lock; returns it open, or None when there is none yet.

    Raises OperatorError for one of another version, WeatherError when it cannot be reached.
    """
    store = store_for(sa.make_url(url), wait)
    engine = store.engine_for_looking()
    if engine is None:
        return None
    ledger = Ledger(store, (engine, engine))
    try:
        with engine.begin() as connection:
            version = version_of(connection)
    except sa.exc.SQLAlchemyError as error:
        ledger.close()
        raise store.explain_opening(error) from error
    if version == HEAD:
        return ledger
    ledger.close()
    if version is None:
        return None
    raise OperatorError(
        f"The ledger {store.place} was written by another version of Nightclerk (its tables are {version}, and {HEAD} is "
        "wanted). An older one is brought up to date by this command; a newer one needs that version of Nightclerk.",
        command="nightclerk status",
    )
