"""What a database tells of a table's columns, whatever words their types are declared with."""

from __future__ import annotations

import warnings
from typing import Any

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import SAWarning


def columns_reflected(connection: Connection, table: str) -> list[Any]:
    """Given a table's name; returns its columns as SQLAlchemy reflects them. Raises NoSuchTableError.

    Types that it does not know, such as ``tinyint(1)`` on SQLite, come as the nearest that it does; of that it would warn, and
    nothing here depends on it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        return list(inspect(connection).get_columns(table))
