"""A tenant: a customer of the company that runs Nightclerk, with a source, feeds and readers of reports."""

from __future__ import annotations

import re
import zoneinfo
from datetime import timedelta
from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema, model_validator

from nightclerk.core.feed import Feed
from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.naming import slug
from nightclerk.core.units import Duration, FilePath, Interval, Line, Truth, Whole
from nightclerk.core.wording import did_you_mean, quoted

LANGUAGES = ("en", "fr", "es", "de", "it", "pt", "nl")


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _zone(name: str) -> str:
    if name not in _zones():
        near = did_you_mean(name, _zones())
        raise ValueError(f"no time zone {quoted(name)}{near if near != '.' else '; use a name such as Europe/Paris'}")
    return name


def addresses(value: Any) -> Any:
    """Given a list, or text with addresses between ``;`` or ``,``; returns a list without empty ones."""
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[;,]", value) if part.strip()]
    return value


#: Addresses as people have them. Quoted local parts, comments and address literals are valid mail and no reader's address.
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f]+@[^\s@<>,;:\"()\[\]\\\x00-\x1f]+\.[A-Za-z0-9-]+|[\w.+-]+@localhost")


def _address(value: str) -> str:
    if not ADDRESS.fullmatch(value):
        raise ValueError(f"{quoted(value)} is not an email address")
    return value


Addresses = Annotated[
    list[Annotated[str, AfterValidator(_address)]],
    BeforeValidator(addresses),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class SecretReference(Noun):
    """Where a secret is kept. Exactly one of the three; the secret itself never stands in a YAML file."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    env: str | None = Field(None, description="An environment variable's name.", examples=["ACME_PASSWORD"])
    file: FilePath | None = Field(None, description="A file that holds it.", examples=["/etc/nightclerk/acme.key"])
    credential: str | None = Field(None, description="A systemd credential's name.", examples=["acme-key"])

    @model_validator(mode="before")
    @classmethod
    def _no_literal(cls, value: Any) -> Any:
        if isinstance(value, dict | cls):
            return value
        # The value may be the secret itself: it is neither repeated nor described.
        raise ValueError("a secret is never written here; give {env: NAME}, {file: PATH} or {credential: NAME}")

    @model_validator(mode="after")
    def _names_are_names(self) -> Self:
        if self.env is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", self.env):
            raise ValueError("env is the name of an environment variable: letters, digits and _, as in ACME_PASSWORD")
        if self.credential is not None and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", self.credential):
            raise ValueError("credential is the name of a systemd credential: letters, digits and - _ ., as in acme-key")
        return self

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(x is not None for x in (self.env, self.file, self.credential)) != 1:
            raise ValueError("give exactly one of {env: NAME}, {file: PATH} and {credential: NAME}")
        return self


def _plain_name(name: str) -> str:
    if "/" in name or name in {".", ".."}:
        raise ValueError(f"{quoted(name)}: an archive folder is a plain name below the drop folder")
    return name


class Archive(Noun):
    """Folders on the server, below the drop folder, into which files are moved once they are done with."""

    processed: Annotated[Line, AfterValidator(_plain_name)] = Field(
        "processed", description="For imported files.", examples=["processed"]
    )
    failed: Annotated[Line, AfterValidator(_plain_name)] = Field(
        "failed", description="For all other files.", examples=["failed"]
    )


def _filing(value: Any) -> str | None:
    if isinstance(value, dict | Archive):
        return "folders"
    return "word" if value in ("leave", "delete") else None


Filing = Annotated[
    Annotated[Archive, Tag("folders")] | Annotated[Literal["leave", "delete"], Tag("word")],
    Discriminator(
        _filing,
        custom_error_type="filing",
        custom_error_message="write leave or delete, or two folders, as in {processed: processed, failed: failed}",
    ),
]
Unrecognised = Literal["report", "failed", "ignore"]


class _AnySource(Noun):
    archive: Filing = Field(
        Archive(),
        description="Where files go on the server once they are done with; or `leave`, or `delete`.",
        examples=[{"processed": "processed", "failed": "failed"}],
    )
    unrecognised: Unrecognised = Field(
        "report",
        description="A file that no feed knows: reported once and left, moved to the failed folder, or ignored.",
        examples=["report"],
    )


class FolderSource(_AnySource):
    """A folder on this machine: a local one, or an SFTP server's drop folder."""

    kind: Literal["folder"] = Field(description="A folder on this machine.", examples=["folder"])
    path: FilePath = Field(description="The folder.", examples=["/srv/drops/acme"])
    watch: Truth = Field(True, description="Also watch it, so that files are noticed at once.", examples=[True])


def host_named(name: str) -> str:
    """Given a server's name or address; returns it. Raises ValueError, which repeats nothing, when it holds more than that."""
    if re.search(r"[\s/@]", name):
        raise ValueError("this is the server's name alone, as in sftp.acme.example, without :// and without a login")
    return name


def _fingerprint(written: str) -> str:
    if not re.fullmatch(r"SHA256:[A-Za-z0-9+/]{43}=?", written):
        raise ValueError(f"{quoted(written)} is not a fingerprint; it begins with SHA256: and has 43 characters more")
    return written


class SftpSource(_AnySource):
    """A folder on an SFTP server."""

    kind: Literal["sftp"] = Field(description="A folder on an SFTP server.", examples=["sftp"])
    host: Annotated[Line, AfterValidator(host_named)] = Field(
        description="The server's name or address.", examples=["sftp.acme.example"]
    )
    port: Whole = Field(22, ge=1, le=65535, description="The server's port.", examples=[22])
    username: Line = Field(description="The login name.", examples=["nightclerk"])
    key: SecretReference | None = Field(None, description="The private key.", examples=[{"credential": "acme-key"}])
    passphrase: SecretReference | None = Field(
        None, description="The private key's passphrase.", examples=[{"credential": "acme-passphrase"}]
    )
    password: SecretReference | None = Field(None, description="The password.", examples=[{"env": "ACME_PASSWORD"}])
    host_keys: list[Annotated[str, AfterValidator(_fingerprint)]] = Field(
        default=[],
        description="The server's host key fingerprints; several while a key is being rotated.",
        examples=[["SHA256:uNiVztksCsDhcc0u9e8BrVqVVZBgVcdkOyyoiBQyiqE"]],
    )
    known_hosts: FilePath | None = Field(
        None, description="A known_hosts file, instead of fingerprints.", examples=["/etc/nightclerk/known_hosts"]
    )
    folder: Line = Field(".", description="The drop folder on the server.", examples=["/export"])

    @model_validator(mode="after")
    def _can_log_in(self) -> Self:
        if self.key is None and self.password is None:
            raise ValueError("give key, password or both, as in key: {credential: acme-key}")
        if self.passphrase is not None and self.key is None:
            raise ContradictionsError([(("passphrase",), "a passphrase is for a key, and no key is given")])
        if bool(self.host_keys) == (self.known_hosts is not None):
            raise ValueError("give either host_keys or known_hosts; the server's key is never learnt by itself")
        return self


Source = Annotated[FolderSource | SftpSource, Field(discriminator="kind")]


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


class Schedule(Noun):
    """When the drop folder is looked at."""

    every: Interval = Field(timedelta(minutes=5), description="How often.", examples=["5m"])


class Reporting(Noun):
    """Who reads the reports and what goes with them."""

    to: Addresses = Field(
        default=[],
        description="The readers: a list, or text with ; or , between the addresses.",
        examples=["compta@acme.example; ops@acme.example"],
    )
    attach: Literal["rejected_rows", "nothing"] = Field(
        "rejected_rows",
        description="What is attached: the rejected rows, to be corrected and dropped again.",
        examples=["rejected_rows"],
    )
    show_values: Truth = Field(
        True,
        description="Whether cell values may stand in mails; false also leaves the attachment out.",
        examples=[False],
    )


class Tenant(Noun):
    """One tenant's file."""

    tenant: Annotated[str, AfterValidator(slug)] = Field(
        description="The tenant's name; the file is named after it.", examples=["acme"]
    )
    name: Line = Field(max_length=100, description="As people call it.", examples=["Acme SARL"])
    language: Literal["en", "fr", "es", "de", "it", "pt", "nl"] = Field(
        "en", description="The language of its files, for their encodings.", examples=["fr"]
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        description="Its time zone: written times without a zone, and the times in reports.", examples=["Europe/Paris"]
    )
    source: Source = Field(description="Where its files are dropped.", examples=[{"kind": "folder", "path": "/srv/drops/acme"}])
    ready: Ready = Field(Ready(), description="When a file counts as whole.", examples=[{"unchanged_for": "30s"}])
    schedule: Schedule = Field(Schedule(), description="When to look.", examples=[{"every": "5m"}])
    feeds: list[Feed] = Field(
        min_length=1,
        description="What its files hold.",
        examples=[[{"feed": "clients", "files": "clients_*.csv", "entity": "customer", "mapping": {"code": "Code client"}}]],
    )
    report: Reporting = Field(Reporting(), description="Who reads the reports.", examples=[{"to": "compta@acme.example"}])
