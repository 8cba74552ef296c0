"""The demonstration's copy of the configuration: the tenants' own files, connected to servers on this machine."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from nightclerk.core.errors import OperatorError
from nightclerk.core.secret import SecretReference
from nightclerk.core.source import SftpSource
from nightclerk.core.tenant import Tenant
from nightclerk.demo.rewriting import replace_section, rewrite
from nightclerk.demo.sftp_server import Account, SftpServer, new_key_pair

DAEMON = """\
# Written by the demonstration: nothing of your own settings, so that your own database and mail server are out of reach.
database: {database}
ledger: {ledger}
state: var
mail:
  host: 127.0.0.1
  port: {port}
  security: none
  from: Nightclerk <nightclerk@nightclerk.example>
  operators: [ops@nightclerk.example]
"""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Where the demonstration leaves secrets for the daemon: a credentials folder and environment variables."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def leave(self, reference: SecretReference, secret: str) -> None:
        """Puts the secret where the reference looks for it; raises OperatorError if that is outside the stage."""
        if reference.credential is not None:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            path = self.folder / reference.credential
            path.touch(mode=0o600)
            path.write_text(secret, encoding="utf-8")
            self.environment["CREDENTIALS_DIRECTORY"] = str(self.folder)
        elif reference.env is not None:
            self.environment[reference.env] = secret
        else:
            raise OperatorError(f"The demonstration cannot write {reference.file}; sample tenants use credential or env.")


def copy_configuration(
    project: Path,
    into: Path,
    tenants: Iterable[str],
    mail_port: int,
    database: str = "sqlite:///var/app.db",
    ledger: str = "sqlite:///var/ledger.db",
) -> None:
    """Copies the entities and the named tenants as they stand; the daemon's own file is written anew, its folder is made.

    database, ledger: what stands there in the daemon's file.
    """
    shutil.copytree(project / "config" / "entities", into / "entities")
    (into / "tenants").mkdir()
    for tenant in tenants:
        shutil.copyfile(project / "config" / "tenants" / f"{tenant}.yaml", into / "tenants" / f"{tenant}.yaml")
    (into.parent / "var").mkdir(mode=0o700)
    daemon = DAEMON.format(port=mail_port, database=database, ledger=ledger)
    (into / "nightclerk.yaml").write_text(daemon, encoding="utf-8")


def admit(tenant: Tenant, secrets_: Secrets) -> Account:
    """Given a tenant; makes the secrets its source logs in with, leaves them for the daemon, and returns the account."""
    source = sftp_source(tenant)
    if source.passphrase is not None:
        raise OperatorError(f"Tenant {tenant.tenant}: the demonstration makes keys without a passphrase; take passphrase out.")
    public = password = None
    if source.key is not None:
        private, public = new_key_pair()
        secrets_.leave(source.key, private)
    if source.password is not None:
        password = secrets.token_urlsafe(12)
        secrets_.leave(source.password, password)
    return Account(source.username, password, public)


def sftp_source(tenant: Tenant) -> SftpSource:
    """Given a tenant; returns its source; raises OperatorError if that is no SFTP server."""
    if not isinstance(tenant.source, SftpSource):
        raise OperatorError(f"Tenant {tenant.tenant}: the demonstration drops over SFTP; its source must be of kind sftp.")
    return tenant.source


def connect(file: Path, server: SftpServer) -> None:
    """Changes what must differ on this machine in a tenant's file: the server's address and key, and how long all waits.

    Nobody watches a demonstration until the night: it looks every second, and at any hour.
    """
    changes: dict[str, str | int | list[str]] = {
        "source.host": "127.0.0.1",
        "source.port": server.port,
        "source.host_keys": [server.fingerprint],
        "ready.unchanged_for": "2s",
    }
    text = rewrite(file.read_text(encoding="utf-8"), changes)
    text = replace_section(text, "schedule", "schedule: {every: 1s}")
    file.write_text(replace_section(text, "process", None), encoding="utf-8")
