"""Where the demonstration books and remembers: two SQLite files, a PostgreSQL server of its own, or a database that is named."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from nightclerk.config.reaching import driver_url
from nightclerk.core.database import Address, Database, address
from nightclerk.core.errors import OperatorError
from nightclerk.core.secret import SecretReference
from nightclerk.demo.application import Application
from nightclerk.demo.copying import Secrets
from nightclerk.demo.postgresql import postgresql

PASSWORD = SecretReference(env="NIGHTCLERK_DEMO_DATABASE_PASSWORD")


@dataclass(frozen=True, slots=True)
class Place:
    """Where all is booked. title: for people. setting and ledger: as they stand in ``nightclerk.yaml``. url: the database's whole
    address, password included. look: a command that shows its tables. given: what people's commands need in front of them, a
    password of their own as stars.
    """

    title: str
    setting: str
    ledger: str
    url: str
    look: str
    given: str = ""


@contextmanager
def open_place(chosen: str, folder: Path, kept: Secrets) -> Iterator[Place]:
    """Given ``sqlite``, ``postgresql`` or a PostgreSQL address, the stage's folder and where it keeps secrets; yields the place.

    Raises OperatorError for any other choice, and for a database that is not empty: what stands in it could be somebody's.
    """
    if chosen == "sqlite":
        file = folder / "var" / "app.db"
        yield Place("SQLite", "sqlite:///var/app.db", "sqlite:///var/ledger.db", f"sqlite:///{file}", f"sqlite3 {file} '.tables'")
    elif chosen == "postgresql":
        password = secrets.token_urlsafe(12)
        with postgresql(password) as server:
            found = replace(_address(server.address), password=password)
            title = "a PostgreSQL server of its own"
            # Its password ends with it, and is nobody's secret.
            place = _on_a_server(found, kept, title, f"PGPASSWORD={password} {server.programs / 'psql'}")
            yield replace(place, given=f"{PASSWORD.env}={password} ")
    else:
        found = _address(chosen)
        place = _on_a_server(found, kept, f"PostgreSQL ({found.place})", "psql")
        with Application(place.url) as application:
            there = application.tables()
        if there:
            raise OperatorError(
                f"The database {found.place} is not empty ({there[0]} is in it), and the demonstration would write into it; "
                "name an empty one."
            )
        yield place


def _address(written: str) -> Address:
    try:
        found = address(written)
    except ValueError as error:
        raise OperatorError(
            f"--database takes sqlite, postgresql, or the address of an empty PostgreSQL database: {error}."
        ) from None
    if found.kind != "postgresql":
        raise OperatorError("--database takes sqlite, postgresql, or the address of an empty PostgreSQL database.")
    return found


def _on_a_server(found: Address, kept: Secrets, title: str, client: str) -> Place:
    """The password goes where the daemon looks for secrets, and never into a file."""
    shown = replace(found, password=None)
    setting = f'{{url: "{shown}"}}'
    if found.password is not None:
        kept.leave(PASSWORD, found.password)
        setting = f'{{url: "{shown}", password: {{env: {PASSWORD.env}}}}}'
    given = f"{PASSWORD.env}=*** " if found.password is not None else ""
    return Place(title, setting, setting, driver_url(Database(url=found)), f"{client} '{shown}' -c '\\dt'", given)
