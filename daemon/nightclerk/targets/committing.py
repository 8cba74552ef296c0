"""The commit point of the tables, and what a lost answer to it means."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from nightclerk.core.errors import WeatherError
from nightclerk.targets.dialect import Dialect


def commit(dialect: Dialect, connection: Connection) -> None:
    """Given a dialect and its open connection; commits. Raises what the database's no means, and WeatherError where its answer
    was lost."""
    try:
        connection.commit()
    except IntegrityError as error:  # a deferred constraint: the database answered, and the answer is no
        raise dialect.explain(error) from error
    except Exception as error:  # anything else may have come after the commit: only the receipt can tell
        raise WeatherError(
            f"The database {dialect.place} did not confirm the booking ({error.__class__.__name__}); "
            "its receipt will tell whether it was made."
        ) from error
