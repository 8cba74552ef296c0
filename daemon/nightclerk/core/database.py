"""Which database, and how it is used: the address that ops write, checked and taken apart once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import parse_qsl, quote, unquote

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue

from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.secret import SecretReference
from nightclerk.core.units import Interval
from nightclerk.core.wording import did_you_mean, listed, quoted

_EXAMPLE = "postgresql://nightclerk@db.example.com/app"
_SQLITE = "sqlite:///"
#: What may follow ``?`` in an address: what the PostgreSQL client library calls so, without what is set otherwise.
SETTINGS = (
    "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "ssl_min_protocol_version", "sslnegotiation",
    "channel_binding", "require_auth", "gssencmode", "krbsrvname", "passfile", "target_session_attrs", "application_name",
    "options", "connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
)  # fmt: skip
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile")
MARIADB_SETTINGS = (
    "unix_socket", "connect_timeout", "ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_cert", "ssl_verify_identity", "ssl_disabled",
)  # fmt: skip
"""What may follow ``?`` in an address of MariaDB or MySQL: what its driver calls so."""
_MARIADB_FILES = ("ssl_ca", "ssl_cert", "ssl_key")
_YES_OR_NO = ("ssl_verify_cert", "ssl_verify_identity", "ssl_disabled")
_MARIADB: dict[str, Literal["mysql", "mariadb"]] = {"mariadb": "mariadb", "mysql": "mysql"}
_MARIADB_EXAMPLE = "mariadb://nightclerk@db.example.com/app"
_NAMES = {"postgresql": "PostgreSQL", "mariadb": "MariaDB", "mysql": "MySQL"}
SslMode = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
_LOOPBACK = re.compile(r"localhost|127(\.[0-9]{1,3}){3}|::1", re.IGNORECASE)
_SERVER = re.compile(
    r"(?:(?P<user>[^:/@]*)(?::(?P<password>[^@]*))?@)?"
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9._-]*))(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/(?P<database>[^/?#]*))?(?:\?(?P<settings>[^#]*))?"
)


@dataclass(frozen=True, slots=True)
class Address:
    """A database's address. database: a file's path, or a database's name; host: a name, or the folder of a socket; None is the
    client library's own default. password: one that was written into the address, never shown. settings: what followed ``?``.
    """

    kind: Literal["sqlite", "postgresql", "mysql", "mariadb"]
    database: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    host: str | None = None
    port: int | None = None
    settings: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """The address as people write it, without any password."""
        return self._url(self.settings)

    @property
    def place(self) -> str:
        """Returns the database as people know it."""
        if self.kind == "sqlite":
            return self.database
        where = "this machine" if self.host is None else self.host if self.port is None else f"{self.host}:{self.port}"
        return f"{self.database} on {where}"

    def at(self, base: Path) -> Address:
        """Returns the address with absolute paths, given where relative ones start."""
        if self.kind == "sqlite":
            return replace(self, database=str(base / self.database))
        files = _FILES if self.kind == "postgresql" else _MARIADB_FILES
        settings = tuple((key, str(base / value) if key in files else value) for key, value in self.settings)
        return replace(self, settings=settings)

    def for_driver(self, password: str | None, authorities: str) -> str:
        """Returns the whole URL for SQLAlchemy, secrets included: never to be shown.

        password: used where the address holds none. authorities: the file of those certificate authorities that the system
        trusts. A server on another machine must prove who it is unless ``sslmode`` says otherwise.
        """
        if self.kind == "sqlite":
            return str(self)
        if self.kind != "postgresql":
            return self._for_mariadb(password, authorities)
        settings = dict(self.settings)
        if self.host is not None and not self.host.startswith("/") and not _LOOPBACK.fullmatch(self.host):
            settings.setdefault("sslmode", "verify-full")
        if settings.get("sslmode") in {"verify-ca", "verify-full"}:
            settings.setdefault("sslrootcert", authorities)
        return self._url(tuple(settings.items()), self.password or password, "postgresql+psycopg")

    def _for_mariadb(self, password: str | None, authorities: str) -> str:
        settings = dict(self.settings)
        remote = self.host is not None and not _LOOPBACK.fullmatch(self.host)
        if remote and "ssl_disabled" not in settings:
            settings.setdefault("ssl_ca", authorities)
            if "ssl_verify_cert" not in settings:
                settings.setdefault("ssl_verify_identity", "true")
        return self._url(tuple(settings.items()), self.password or password, f"{self.kind}+pymysql")

    def _url(self, settings: tuple[tuple[str, str], ...], password: str | None = None, kind: str | None = None) -> str:
        if self.kind == "sqlite":
            return _SQLITE + quote(self.database, safe=_PLAIN)
        login = "" if self.user is None else quote(self.user, safe="")
        login += "" if password is None else f":{quote(password, safe='')}"
        in_settings = self.host is None or self.host.startswith("/")
        host = "" if in_settings else f"[{self.host}]" if ":" in str(self.host) else str(self.host)
        port = "" if self.port is None else f":{self.port}"
        if in_settings and self.host is not None:
            settings = (("host", self.host), *settings)
        if in_settings and self.port is not None:  # without a host there is no place for it
            settings, port = (*settings, ("port", str(self.port))), ""
        query = "&".join(f"{key}={quote(value, safe='/')}" for key, value in settings)
        where = f"{login}@{host}{port}" if login else f"{host}{port}"
        return f"{kind or self.kind}://{where}/{quote(self.database, safe='')}{'?' if query else ''}{query}"


#: What stays as it is in a file's path: all but what an address would take for its end or for a code.
_PLAIN = "".join(chr(n) for n in range(0x20, 0x7F) if chr(n) not in "%?#") + "/"


def address(value: Any) -> Address:
    """Given an address as text; returns it taken apart. Raises ValueError in a sentence that repeats nothing of it but its
    kind and the names of settings: it may hold a password."""
    if isinstance(value, Address):
        return value
    if not isinstance(value, str):
        raise ValueError(f"this must be a database's address, as in sqlite:///var/app.db or {_EXAMPLE}")  # noqa: TRY004 - pydantic gathers ValueErrors only
    written, found, rest = value.partition("://")
    kind, _, driver = written.partition("+")
    if not found or not written.replace("+", "").isalnum():
        raise ValueError(f"this is no database address; write it as in sqlite:///var/app.db or {_EXAMPLE}")
    if kind == "sqlite":
        if driver or not re.fullmatch(r"/[^?#\x00]*[^?#/\x00]", rest) or rest.startswith("/:"):
            raise ValueError("sqlite:/// is followed by a file and nothing else, as in sqlite:///var/app.db")
        return Address("sqlite", unquote(rest[1:]))
    if kind == "postgres":
        raise ValueError('no kind of database "postgres"; did you mean "postgresql"?')
    if (server := _MARIADB.get(kind)) is not None:
        if driver not in {"", "pymysql"}:
            raise ValueError(f"Nightclerk speaks to {_NAMES[kind]} by its own driver; write {kind}://, as in {_MARIADB_EXAMPLE}")
        return _server(rest, server)
    if kind != "postgresql":
        raise ValueError(
            f"databases of the kind {kind} are not supported; use sqlite, postgresql, mariadb or mysql, as in {_EXAMPLE}"
        )
    if driver not in {"", "psycopg"}:
        raise ValueError(f"Nightclerk speaks to PostgreSQL by its own driver; write postgresql://, as in {_EXAMPLE}")
    return _server(rest, "postgresql")


def _server(rest: str, kind: Literal["postgresql", "mysql", "mariadb"]) -> Address:
    parts = _SERVER.fullmatch(rest)
    if parts is None:
        raise ValueError(
            f"this is no {_NAMES[kind]} address; write {kind}://USER@HOST:PORT/DATABASE, with the signs @ : / ? # % in any of "
            "these written as %40 %3A %2F %3F %23 %25"
        )
    if not parts["database"]:
        example = _EXAMPLE if kind == "postgresql" else _MARIADB_EXAMPLE
        raise ValueError(f"the database's name is missing; write it behind the host, as in {example}")
    settings = _settings(parts["settings"] or "", kind)
    host = parts["ipv6"] or parts["host"] or None
    if host is not None and "host" in settings:
        raise ValueError("the host is written twice: before the database's name and behind it")
    host = settings.pop("host", host)
    if host is not None and not re.fullmatch(r"/[^\x00]+|[A-Za-z0-9._:-]+", host):
        raise ValueError("host must be one server's name, or the whole path of the folder with its socket")
    if parts["port"] and "port" in settings:
        raise ValueError("the port is written twice: before the database's name and behind it")
    port = settings.pop("port", parts["port"])
    if port is not None and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError("port must be a whole number from 1 to 65535")
    password = settings.pop("password", None) or (unquote(parts["password"]) if parts["password"] else None)
    user = unquote(parts["user"]) if parts["user"] else None
    return Address(kind, unquote(parts["database"]), user, password, host, int(port) if port else None, tuple(settings.items()))


def _settings(text: str, kind: str) -> dict[str, str]:
    known = SETTINGS if kind == "postgresql" else MARIADB_SETTINGS
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text))
    except ValueError:
        raise ValueError("what follows ? must be settings, as in ?sslmode=verify-full&connect_timeout=5") from None
    found: dict[str, str] = {}
    for key, value in pairs:
        if key not in {*known, "password"}:
            near = did_you_mean(key, known)
            raise ValueError(f"no setting {quoted(key)} for {_NAMES[kind]}" + ("; take it out" if near == "." else near))
        if key in found:
            raise ValueError(f"the setting {key} is written twice")
        if not value or "\x00" in value:
            raise ValueError(f"the setting {key} says nothing; write a value, or take it out")
        found[key] = value
    for key in _YES_OR_NO:
        if found.get(key, "true") not in {"true", "false"}:
            raise ValueError(f"{key} must be true or false, not {quoted(found[key])}")
    mode = found.get("sslmode")
    if mode is not None and mode not in get_args(SslMode):
        raise ValueError(
            f"sslmode must be {listed(get_args(SslMode))}, not {quoted(mode)}{did_you_mean(mode, get_args(SslMode))}"
        )
    return found


Url = Annotated[
    Address,
    BeforeValidator(address),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^(sqlite:///|postgresql(\\+psycopg)?://|(mariadb|mysql)(\\+pymysql)?://)"}),
]


class Database(Noun):
    """A database and how it is used. In YAML the plain address stands for ``{url: ADDRESS}``.

    A PostgreSQL address may go on with settings of its client library: ``?host=/run/postgresql`` for a socket,
    ``?sslrootcert=ca.pem`` for the authority that signed the server's certificate. A server on another machine must prove by a
    verified certificate who it is, unless ``sslmode`` says otherwise.

    A MariaDB or MySQL address (``mariadb://USER@HOST/NAME``, ``mysql://…``) may go on with ``unix_socket``, ``connect_timeout``,
    ``ssl_ca``, ``ssl_cert``, ``ssl_key``, ``ssl_verify_cert``, ``ssl_verify_identity`` and ``ssl_disabled``. There too a server
    on another machine must prove who it is, unless one of the last three says otherwise; on this machine nothing is encrypted
    unless one of them is written. The ledger is never kept there.
    """

    url: Url = Field(description="Its address, without the password.", examples=["postgresql://nightclerk@db.example.com/app"])
    password: SecretReference | None = Field(
        None, description="The password, if the server wants one.", examples=[{"credential": "db-password"}]
    )
    lock_wait: Interval = Field(
        timedelta(seconds=30),
        description="How long to wait for what others keep locked, before it is tried again later.",
        examples=["30s"],
    )

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return value if isinstance(value, dict | cls) else {"url": value}

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.url.kind == "sqlite" and self.password is not None:
            raise ContradictionsError([(("password",), "an SQLite file knows no password; take this out")])
        if self.password is not None and self.url.password is not None:
            raise ContradictionsError([(("url",), "this holds a password although password says where it is kept; take it out")])
        return self

    @model_serializer(mode="wrap")
    def _short(self, serialize: SerializerFunctionWrapHandler) -> Any:
        whole = serialize(self)
        plain = all(getattr(self, name) == part.default for name, part in type(self).model_fields.items() if name != "url")
        return whole["url"] if plain and "url" in whole else whole

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Returns the schema with the short form beside the long one, so that editors accept both."""
        whole = handler.resolve_ref_schema(handler(core_schema))
        description = whole.pop("description", "")
        short = {"type": "string", "description": "Its address, without a password."}
        return {"description": description, "anyOf": [short, whole]}
