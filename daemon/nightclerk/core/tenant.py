"""A tenant: a customer of the company that runs Nightclerk, with a source, feeds and readers of reports."""

from __future__ import annotations

import re
import zoneinfo
from datetime import timedelta
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from nightclerk.core.database import Database
from nightclerk.core.destination import schema_named
from nightclerk.core.feed import Feed
from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.naming import slug
from nightclerk.core.openpgp import Encryption
from nightclerk.core.reporting import Reporting
from nightclerk.core.schedule import DEFAULT_SCHEDULE, Process, Schedule, Schedules
from nightclerk.core.source import Source
from nightclerk.core.units import Duration, Interval, Line
from nightclerk.core.view import View
from nightclerk.core.wording import did_you_mean, quoted

TenantLanguage = Literal[
    "en", "fr", "es", "de", "it", "pt", "nl",
    "ar", "be", "bg", "bs", "ca", "cs", "cy", "da", "el", "et", "eu", "fa", "fi", "ga", "gl", "he", "hi", "hr", "hu", "is", "ja",
    "ko", "lt", "lv", "mk", "mt", "nb", "nn", "no", "pl", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "th", "tr", "uk", "vi", "zh",
]  # fmt: skip


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _zone(name: str) -> str:
    if name not in _zones():
        near = did_you_mean(name, _zones())
        raise ValueError(f"no time zone {quoted(name)}{near if near != '.' else '; use a name such as Europe/Paris'}")
    return name


class Ready(Noun):
    """When a file counts as whole: unchanged for a while, or announced by a done file."""

    unchanged_for: Duration = Field(timedelta(seconds=30), description="Two looks this far apart must agree.", examples=["30s"])
    done_file: str | None = Field(
        None,
        description="The file that says another is whole; {stem} and {name} stand for the other's name.",
        examples=["{stem}.ok"],
    )
    temporary: list[str] = Field(
        ["*.part", "*.filepart", "*.tmp", "*.writing", ".*", "~*"],
        description="Names of files still being written; they are left alone.",
        examples=[["*.part", "*.tmp"]],
    )
    unstable_after: Interval = Field(
        timedelta(hours=1), description="A file still changing after this long is reported once.", examples=["1h"]
    )

    @model_validator(mode="after")
    def _done_file_differs(self) -> Self:
        if self.done_file is not None and not re.search(r"\{(stem|name)\}", self.done_file):
            raise ContradictionsError([(("done_file",), 'this must contain {stem} or {name}, as in "{stem}.ok"')])
        if self.done_file == "{name}":
            message = 'this must differ from the name of the file it announces, as in "{name}.ok"'
            raise ContradictionsError([(("done_file",), message)])
        return self


class Tenant(Noun):
    """One tenant's file."""

    tenant: Annotated[str, AfterValidator(slug)] = Field(
        description="The tenant's name; the file is named after it.", examples=["acme"]
    )
    name: Line = Field(max_length=100, description="As people call it.", examples=["Acme SARL"])
    language: TenantLanguage = Field(
        "en",
        description="The language of its people and its files: of its letters, and for the code pages that `encoding: auto` "
        "tries. Letters are written in en, fr and es; those of a tenant with another language in English.",
        examples=["fr"],
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        description="Its time zone: written times without a zone, and the times in reports.", examples=["Europe/Paris"]
    )
    source: Source = Field(description="Where its files are dropped.", examples=[{"kind": "folder", "path": "/srv/drops/acme"}])
    database: Database | None = Field(
        None,
        description="Where its rows are booked; where nothing is written, in the database of all tenants.",
        examples=[
            "sqlite:///var/acme.db",
            {"url": "postgresql://nightclerk@db.example.com/acme", "password": {"env": "DB_ACME"}},
        ],
    )
    schema_name: Annotated[str, AfterValidator(schema_named)] | None = Field(
        None,
        alias="schema",
        description="The schema of the database in which its tables stand, and Nightclerk's own for it. MariaDB and MySQL call a "
        "database so.",
        examples=["acme"],
    )
    ready: Ready = Field(Ready(), description="When a file counts as whole.", examples=[{"unchanged_for": "30s"}])
    schedule: Schedules = Field(
        DEFAULT_SCHEDULE,
        description="When to look, every five minutes where nothing is written; one schedule, or a list of them.",
        examples=[{"every": "5m"}, [{"at": ["06:00"]}, {"cron": "30 22 * * sun"}]],
    )
    process: Process | None = Field(
        None,
        description="The quiet hours that files wait for; at any hour where nothing is written.",
        examples=[{"between": ["20:00", "06:00"]}],
    )
    openpgp: Encryption | None = Field(
        None,
        description="How its files are encrypted with OpenPGP; where nothing is written they are not, and one that is encrypted "
        "is refused.",
        examples=[{"key": {"credential": "acme-openpgp"}, "signed_by": "keys/acme-sender.asc"}],
    )
    feeds: list[Feed] = Field(
        min_length=1,
        description="What its files hold.",
        examples=[[{"feed": "clients", "files": "clients_*.csv", "entity": "customer", "mapping": {"code": "Code client"}}]],
    )
    views: dict[Annotated[str, AfterValidator(slug)], View] = Field(
        default={},
        description="Saved choices of columns, rows and order, by name, for `nightclerk export --view`.",
        examples=[{"unpaid": {"entity": "invoice", "where": "amount_remaining > 0", "sort": ["-amount_remaining"]}}],
    )
    report: Reporting = Field(Reporting(), description="Who reads the reports.", examples=[{"to": "compta@acme.example"}])

    @property
    def schedules(self) -> tuple[Schedule, ...]:
        """All its schedules."""
        return (self.schedule,) if isinstance(self.schedule, Schedule) else tuple(self.schedule)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The rules of its time zone."""
        return zoneinfo.ZoneInfo(self.timezone)
