"""An SFTP server on loopback for one tenant: a fresh host key, a few accounts, and one folder that is their whole world."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from nightclerk.demo.background import Background


@dataclass(frozen=True, slots=True)
class Account:
    """Who may log in: with the password, with the public key (one OpenSSH line), or with either."""

    username: str
    password: str | None = None
    public_key: str | None = None


class SftpServer:
    """Serves the folder ``root`` as ``/`` to all of its accounts, from construction until ``close``.

    port: where it listens on 127.0.0.1. fingerprint: of its host key, as OpenSSH writes it (``SHA256:…``). host_key: its
    public half, as one OpenSSH line. TCP_NODELAY is set on every connection, as asyncio does by itself.
    """

    def __init__(self, root: Path, accounts: tuple[Account, ...]) -> None:
        self.root = root
        self._accounts = {account.username: account for account in accounts}
        self._open: set[asyncssh.SSHServerConnection] = set()
        key = asyncssh.generate_private_key("ssh-ed25519")
        self.fingerprint: str = key.get_fingerprint()
        self.host_key: str = key.export_public_key().decode().strip()
        self._background = Background("demo-sftp-server")
        self._listener = self._background.run(self._listen(key))
        self.port: int = self._listener.get_port()

    def close(self) -> None:
        """Ends all connections and stops listening."""
        self._background.run(self._end())
        self._background.close()

    async def _listen(self, key: asyncssh.SSHKey) -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: _Door(self._accounts, self._open),
            server_host_keys=[key],
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(self.root).encode()),
            agent_forwarding=False,
            allow_scp=False,
        )

    async def _end(self) -> None:
        self._listener.close()
        for connection in list(self._open):
            connection.abort()
        await self._listener.wait_closed()


class _Door(asyncssh.SSHServer):
    """Decides who comes in; one for each connection."""

    def __init__(self, accounts: dict[str, Account], open_: set[asyncssh.SSHServerConnection]) -> None:
        self._accounts = accounts
        self._open = open_
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._open.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # a lost connection is nothing to a server
        if self._connection is not None:
            self._open.discard(self._connection)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        account = self._accounts.get(username)
        wanted = account.password if account is not None else None
        return wanted is not None and hmac.compare_digest(wanted.encode(), password.encode())

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        account = self._accounts.get(username)
        if account is None or account.public_key is None:
            return False
        return bool(key.public_data == asyncssh.import_public_key(account.public_key).public_data)


def new_key_pair() -> tuple[str, str]:
    """Returns a fresh private key and its public half, both as OpenSSH writes them."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    return key.export_private_key().decode(), key.export_public_key().decode().strip()
