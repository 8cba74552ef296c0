"""The daemon's own settings: ``nightclerk.yaml``."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from nightclerk.core.database import Address, Database
from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.reporting import Addresses
from nightclerk.core.secret import SecretReference
from nightclerk.core.source import host_named
from nightclerk.core.units import FilePath, Interval, Line, Size, Whole


def _sender(written: str) -> str:
    if not re.fullmatch(r"[^<>@\x00-\x1f]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+", written):
        raise ValueError("this must be one address, as in Nightclerk <nightclerk@example.com>")
    return written


class Mail(Noun):
    """The mail server that takes the letters."""

    host: Annotated[Line, AfterValidator(host_named)] = Field(description="The mail server.", examples=["smtp.example.com"])
    port: Whole = Field(587, ge=1, le=65535, description="Its port.", examples=[587])
    security: Literal["none", "starttls", "tls"] = Field(
        "starttls", description="How the connection is protected; certificates are verified.", examples=["starttls"]
    )
    ca_file: FilePath | None = Field(
        None, description="Certificates to trust instead of the system's.", examples=["/etc/nightclerk/ca.pem"]
    )
    username: str | None = Field(None, description="The login name, if the server wants one.", examples=["nightclerk"])
    password: SecretReference | None = Field(None, description="The password.", examples=[{"credential": "smtp-password"}])
    sender: Annotated[Line, AfterValidator(_sender)] = Field(
        alias="from",
        description="The sender of all letters.",
        examples=["Nightclerk <nightclerk@example.com>"],
    )
    operators: Addresses = Field(default=[], description="Who looks after Nightclerk.", examples=[["ops@example.com"]])

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ContradictionsError(
                [(("username" if self.password is None else "password",), "give username and password together")]
            )
        if self.username is not None and self.security == "none" and self.host not in {"localhost", "127.0.0.1", "::1"}:
            message = "a password must not cross a network unprotected; use starttls or tls"
            raise ContradictionsError([(("security",), message)])
        return self


class Limits(Noun):
    """What one file may cost."""

    file_size: Size = Field(
        512 * 10**6, description="The largest file that is taken; as much may be in an archive, unpacked.", examples=["512MB"]
    )
    memory: Size = Field(10**9, description="The most resident memory of a reader.", examples=["1GB"])
    time: Interval = Field(timedelta(minutes=5), description="The longest a reader may take.", examples=["5m"])
    rejected_rows: Whole = Field(
        100_000,
        ge=1,
        description="A file with more rejected rows is refused without being read to its end; so many of them are kept.",
        examples=[100000],
    )


class Daemon(Noun):
    """What holds for all tenants."""

    database: Database = Field(
        description="Where rows are booked: an SQLite file, or a database on a PostgreSQL, MariaDB or MySQL server.",
        examples=[
            "sqlite:///var/app.db",
            {"url": "postgresql://nightclerk@db.example.com/app", "password": {"env": "DB_PASSWORD"}},
            {"url": "mariadb://nightclerk@db.example.com/app", "password": {"env": "DB_PASSWORD"}},
        ],
    )
    ledger: Database = Field(
        Database(url=Address("sqlite", "var/ledger.db")),
        description="Nightclerk's own memory. On a PostgreSQL server it keeps to a schema of its own, named nightclerk.",
        examples=["sqlite:///var/ledger.db"],
    )
    state: FilePath = Field(Path("var"), description="The folder for spool, archive and outbox.", examples=["var"])
    mail: Mail | None = Field(
        None,
        description="The mail server; without it letters wait.",
        examples=[{"host": "smtp.example.com", "from": "Nightclerk <nightclerk@example.com>"}],
    )
    workers: Whole = Field(2, ge=1, le=64, description="How many drops are worked on at once.", examples=[2])
    limits: Limits = Field(Limits(), description="What one file may cost.", examples=[{"file_size": "512MB"}])
