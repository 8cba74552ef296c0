"""Relative paths start at the configuration's parent folder: here they become absolute."""

from __future__ import annotations

import os
from pathlib import Path

from nightclerk.core.daemon import Daemon
from nightclerk.core.database import Database
from nightclerk.core.openpgp import Encryption
from nightclerk.core.secret import SecretReference
from nightclerk.core.source import FolderSource, FtpSource, FtpsSource, Source, ftps_port
from nightclerk.core.tenant import Tenant


def base_of(folder: Path) -> Path:
    """Given the configuration's folder; returns its parent, absolute, where relative paths start."""
    return Path(os.path.abspath(folder)).parent  # noqa: PTH100 - absolute() keeps "..", resolve() follows links; neither is meant


def daemon_at(daemon: Daemon, base: Path) -> Daemon:
    """Given the daemon's settings; returns them with absolute paths and database files."""
    mail = daemon.mail
    if mail is not None:
        mail = mail.model_copy(
            update={
                "ca_file": None if mail.ca_file is None else base / mail.ca_file,
                "password": _secret_at(mail.password, base),
            }
        )
    return daemon.model_copy(
        update={
            "database": _database_at(daemon.database, base),
            "ledger": _database_at(daemon.ledger, base),
            "state": base / daemon.state,
            "mail": mail,
        }
    )


def tenant_at(tenant: Tenant, base: Path) -> Tenant:
    """Given a tenant; returns it with absolute paths and database file."""
    database = None if tenant.database is None else _database_at(tenant.database, base)
    source, openpgp = _source_at(tenant.source, base), _openpgp_at(tenant.openpgp, base)
    return tenant.model_copy(update={"source": source, "openpgp": openpgp, "database": database})


def _openpgp_at(settings: Encryption | None, base: Path) -> Encryption | None:
    if settings is None:
        return None
    return settings.model_copy(
        update={
            "key": _secret_at(settings.key, base),
            "passphrase": _secret_at(settings.passphrase, base),
            "signed_by": [base / path for path in settings.signed_by],
        }
    )


def _source_at(source: Source, base: Path) -> Source:
    if isinstance(source, FolderSource):
        return source.model_copy(update={"path": base / source.path})
    if isinstance(source, FtpSource):
        return source.model_copy(update={"password": _secret_at(source.password, base)})
    if isinstance(source, FtpsSource):
        ca_file = None if source.ca_file is None else base / source.ca_file
        return source.model_copy(update={"password": _secret_at(source.password, base), "ca_file": ca_file})
    return source.model_copy(
        update={
            "known_hosts": None if source.known_hosts is None else base / source.known_hosts,
            "key": _secret_at(source.key, base),
            "passphrase": _secret_at(source.passphrase, base),
            "password": _secret_at(source.password, base),
        }
    )


def _secret_at(reference: SecretReference | None, base: Path) -> SecretReference | None:
    if reference is None or reference.file is None:
        return reference
    return reference.model_copy(update={"file": base / reference.file})


def _database_at(database: Database, base: Path) -> Database:
    return database.model_copy(update={"url": database.url.at(base), "password": _secret_at(database.password, base)})


def same_place(source: Source) -> tuple[str, ...]:
    """Given a source with absolute paths; returns what is equal for two sources that look at one folder."""
    if isinstance(source, FolderSource):
        return ("folder", os.path.realpath(source.path))
    protocol, port = source.kind, source.port
    if isinstance(source, FtpSource | FtpsSource):  # one server may be reached in all three ways
        protocol, port = "ftp", 21 if source.port == ftps_port("implicit") else source.port
    return (protocol, source.host.casefold(), str(port), source.username, os.path.normpath(source.folder))
