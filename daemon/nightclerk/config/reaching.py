"""A database's whole address, its password looked up at the moment of use: given to the driver, never shown."""

from __future__ import annotations

import ssl

from nightclerk.config.secrets import resolve
from nightclerk.core.database import Database
from nightclerk.core.errors import OperatorError


def driver_url(database: Database) -> str:
    """Given a database of the configuration, its paths absolute; returns its URL for SQLAlchemy, the password filled in.

    Raises OperatorError when the password is not where the configuration says.
    """
    if database.url.kind == "sqlite":
        return database.url.for_driver(None, "")
    password = None
    if database.password is not None:
        try:
            password = resolve(database.password).decode()
        except UnicodeDecodeError:
            raise OperatorError(f"The password for {database.url.place} is no text in UTF-8; write it anew.") from None
    # The driver brings its own encryption library along, which does not know where this system keeps its certificates.
    return database.url.for_driver(password, ssl.get_default_verify_paths().cafile or "system")
