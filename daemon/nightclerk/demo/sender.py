"""Uploads a file over SFTP as accounting software does it: under another name first, or in place and in slices."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import asyncssh

from nightclerk.demo.sftp_server import SftpServer

Manner = Literal["renamed", "in_place"]
SLICES = 8


@dataclass(frozen=True, slots=True)
class Sender:
    """The tenant's accounting software: how it logs in, where it drops, and in which manner it writes.

    pause: seconds between two slices of a file written in place, so that the daemon does see it grow.
    """

    server: SftpServer
    username: str
    password: str
    folder: str
    manner: Manner
    pause: float = 0.3

    def upload(self, file: Path) -> None:
        """Given a local file; returns once it stands under its own name in the drop folder."""
        asyncio.run(self._upload(file))

    async def _upload(self, file: Path) -> None:
        host_key = asyncssh.import_public_key(self.server.host_key)
        async with (
            asyncssh.connect(
                "127.0.0.1",
                self.server.port,
                username=self.username,
                password=self.password,
                client_keys=None,
                config=None,
                agent_path=None,
                known_hosts=([host_key], [], []),
            ) as connection,
            connection.start_sftp_client() as sftp,
        ):
            place = f"{self.folder}/{file.name}"
            if self.manner == "renamed":
                await sftp.put(str(file), f"{place}.part")
                await sftp.rename(f"{place}.part", place)
            else:
                await _write_in_slices(sftp, file.read_bytes(), place, self.pause)


async def _write_in_slices(sftp: asyncssh.SFTPClient, content: bytes, place: str, pause: float) -> None:
    step = -(-len(content) // SLICES)
    async with sftp.open(place, "wb") as remote:
        for start in range(0, len(content), step):
            await remote.write(content[start : start + step])
            await asyncio.sleep(pause)
