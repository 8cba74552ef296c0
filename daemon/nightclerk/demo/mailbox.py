"""A mail server on loopback that keeps every letter as a file: for looking at, not for sending on."""

from __future__ import annotations

import asyncio
import email
import email.policy
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from nightclerk.core.naming import shown
from nightclerk.demo.background import Background


@dataclass(frozen=True, slots=True)
class Arrived:
    """A letter that was accepted, however many times it came. files: the .eml, then what can be looked at in it."""

    message_id: str
    subject: str
    recipients: tuple[str, ...]
    files: tuple[Path, ...]


class Mailbox:
    """Takes letters for anybody on 127.0.0.1, from construction until ``close``, and writes them into a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._letters: dict[str, Arrived] = {}
        self._transports: set[asyncio.BaseTransport] = set()
        self._background = Background("demo-mailbox")
        self._server = self._background.run(self._listen())
        self.port: int = self._server.sockets[0].getsockname()[1]

    def letters(self) -> list[Arrived]:
        """Returns the letters that have come so far, in the order of their coming."""
        return list(self._letters.values())

    def close(self) -> None:
        """Stops listening; the folder stays."""
        self._background.run(self._end())
        self._background.close()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keeps the letter; the same Message-ID again adds its recipients to the first."""
        del server, session
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        message = email.message_from_bytes(content, policy=email.policy.default)
        known = self._letters.get(str(message["Message-ID"]))
        if known is None:
            files = _keep(self.folder, len(self._letters) + 1, content, message)
            known = Arrived(str(message["Message-ID"]), str(message["Subject"]), (), files)
        everyone = tuple(dict.fromkeys((*known.recipients, *envelope.rcpt_tos)))
        self._letters[known.message_id] = replace(known, recipients=everyone)
        return "250 Message accepted for delivery"

    async def _listen(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(self._converse, "127.0.0.1", 0)

    def _converse(self) -> SMTP:
        return _Closing(self, self._transports)

    async def _end(self) -> None:
        self._server.close()
        for transport in list(self._transports):
            transport.close()
        await self._server.wait_closed()


class _Closing(SMTP):
    """aiosmtpd's conversation that can be ended from outside."""

    def __init__(self, handler: Mailbox, transports: set[asyncio.BaseTransport]) -> None:
        super().__init__(handler, enable_SMTPUTF8=True, ident="demo mailbox")
        self._transports = transports
        self._mine: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._mine = transport
        self._transports.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._mine is not None:
            self._transports.discard(self._mine)
        super().connection_lost(error)


def _keep(folder: Path, number: int, wire: bytes, message: EmailMessage) -> tuple[Path, ...]:
    """Writes the letter as it came, its HTML for a browser and its attachments; returns the files."""
    letter = folder / f"{number}.eml"
    letter.write_bytes(wire)
    files = [letter]
    page = message.get_body(("html",))
    if page is not None:
        files.append(folder / f"{number}.html")
        files[-1].write_text(page.get_content(), encoding="utf-8")
    for part in message.iter_attachments():
        name = shown(part.get_filename() or "attachment").replace("/", "_")
        files.append(folder / f"{number}.{name}")
        content = part.get_content()
        files[-1].write_bytes(content if isinstance(content, bytes) else str(content).encode())
    return tuple(files)
