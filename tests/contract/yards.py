"""Drop folders to hold the sources to their contract: a sender's acts on a local folder, an SFTP server and the twin."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.ftpd import PlainFtpServer
from tests.servers.sshd import SshServer
from tests.servers.vsftpd import FtpServer

from nightclerk.core.secret import SecretReference
from nightclerk.core.source import Filing, FolderSource, FtpSource, FtpsSource, SftpSource
from nightclerk.ports import Source
from nightclerk.sources.deadlines import Deadlines
from nightclerk.sources.folder import Folder
from nightclerk.sources.ftp import Ftp
from nightclerk.sources.memory import Memory
from nightclerk.sources.sftp import Sftp

_SECRETS: dict[str, str] = {}
AnyFtpServer = FtpServer | PlainFtpServer


def secret(text: str) -> SecretReference:
    """Given a secret; returns a reference that ``read_secret`` resolves."""
    _SECRETS[f"SECRET_{len(_SECRETS)}"] = text
    return SecretReference(env=f"SECRET_{len(_SECRETS) - 1}")


def read_secret(reference: SecretReference) -> bytes:
    """Resolves references to files, and those that ``secret`` made."""
    return reference.file.read_bytes() if reference.file is not None else _SECRETS[str(reference.env)].encode()


def sftp_settings(server: SshServer, folder: str = "", **changes: object) -> SftpSource:
    """Given a server and a folder below its drop folder; returns settings that log in by key, with some of them changed."""
    told: dict[str, object] = {
        "kind": "sftp",
        "host": server.host,
        "port": server.port,
        "username": server.user,
        "key": SecretReference(file=server.key),
        "host_keys": [server.fingerprint],
        "folder": f"{server.folder}/{folder}".rstrip("/"),
    }
    return SftpSource.model_validate({key: value for key, value in {**told, **changes}.items() if value is not None})


def ftp_settings(server: AnyFtpServer, folder: str = "", **changes: object) -> FtpSource | FtpsSource:
    """Given a server and a folder below its drop folder; returns settings that log in, with some of them changed."""
    told: dict[str, object] = {
        "kind": "ftps" if "ca_file" in changes or "tls" in changes else "ftp",
        "host": server.host,
        "port": server.port,
        "username": server.user,
        "password": secret(server.password),
        "folder": f"{server.folder}/{folder}".rstrip("/"),
        **changes,
    }
    return FtpsSource.model_validate(told) if told["kind"] == "ftps" else FtpSource.model_validate({**told, "insecure": True})


@dataclass
class Yard:
    """What a sender and an onlooker can do with a drop folder on disk. ``own`` makes a new file the sender's.

    links_seen: hard links can be told. unspeakable: names that the server cannot be asked for.
    """

    path: Path
    make: Callable[[Filing], Source]
    own: Callable[[Path], None] = lambda path: None
    links_seen: bool = True
    unspeakable: tuple[str, ...] = ()

    def put(self, name: str, data: bytes, age: int = 0) -> None:
        """Puts a whole file there at once, over one of the same name, last changed ``age`` seconds before a fixed moment."""
        temporary = self.path.parent / f"upload-{secrets.token_hex(4)}"
        temporary.write_bytes(data)
        os.utime(temporary, (1_790_000_000 - age,) * 2)
        self.own(temporary)
        (self.path / name).parent.mkdir(exist_ok=True)
        self.own((self.path / name).parent)
        temporary.rename(self.path / name)

    def files(self) -> dict[str, bytes]:
        """Returns all regular files with their bytes, by path below the drop folder."""
        found = (Path(top) / name for top, _, names in os.walk(self.path) for name in names)
        return {str(p.relative_to(self.path)): p.read_bytes() for p in found if p.is_file() and not p.is_symlink()}


@dataclass
class MemoryYard:
    """The same over the twin."""

    sources: list[Memory] = field(default_factory=list)
    kept: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    unspeakable: tuple[str, ...] = ()

    def make(self, filing: Filing) -> Memory:
        twin = Memory(filing)
        if self.sources:
            twin.files = self.sources[0].files
        self.sources.append(twin)
        return twin

    def put(self, name: str, data: bytes, age: int = 0) -> None:
        if not self.sources:
            self.make("leave")
        self.sources[0].put(name, data, 1_790_000_000 - age)

    def files(self) -> dict[str, bytes]:
        return {path: stored.data for path, stored in self.sources[0].files.items()} if self.sources else {}


AnyYard = Yard | MemoryYard


def folder_yard(path: Path) -> Yard:
    """Given an empty folder; returns a yard on a local drop folder below it."""
    drop = path / "drop"
    drop.mkdir()
    return Yard(drop, lambda filing: Folder(FolderSource(kind="folder", path=drop, archive=filing)))


def sftp_yard(server: SshServer, deadlines: Deadlines = Deadlines()) -> Yard:  # noqa: B008 - frozen
    """Given a server; returns a yard on a new folder of its own there."""
    name = secrets.token_hex(4)
    drop = server.drop / name
    drop.mkdir()
    server.hand_over(drop)
    return Yard(
        drop,
        lambda filing: Sftp(sftp_settings(server, name, archive=filing), read_secret, deadlines),
        server.hand_over,
        links_seen=False,
    )


def ftp_yard(server: AnyFtpServer, **changes: object) -> Yard:
    """Given a server; returns a yard on a new folder of its own there, used with these settings."""
    name = secrets.token_hex(4)
    drop = server.drop / name
    drop.mkdir()
    server.hand_over(drop)
    return Yard(
        drop,
        lambda filing: Ftp(ftp_settings(server, name, archive=filing, **changes), read_secret),
        server.hand_over,
        links_seen=False,
        # Not every server takes names that are no UTF-8, and none can be asked for one with a line break.
        unspeakable=("line\nbreak.csv",) if isinstance(server, FtpServer) else ("caf\udce9.csv", "line\nbreak.csv"),
    )
