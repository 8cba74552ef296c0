"""A drop folder on an SFTP server.

What the protocol cannot tell: link counts, so a hard link on the server looks like any file; and times finer than a second, so
two versions of one size within one second look alike (the settling time lies far above that).
"""

from __future__ import annotations

import errno
import logging
import socket
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from typing import BinaryIO

from nightclerk.core.drop import Fate, Listing, Released, Sighting
from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError
from nightclerk.core.naming import shown
from nightclerk.core.source import SftpSource
from nightclerk.sources.deadlines import Deadlines
from nightclerk.sources.reaching import shut, words
from nightclerk.sources.releasing import release
from nightclerk.sources.sftp_client import Client, StatusError
from nightclerk.sources.sftp_login import Secrets, Session, log_in
from nightclerk.sources.sftp_shelf import Shelf, path_of, sighting_of, why_not
from nightclerk.sources.sizes import too_large

# paramiko logs whole tracebacks of what we catch and say better; nothing of it is news.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)

#: More than this in one folder is no drop folder, but a mistake or an attack on our memory.
_MOST_ENTRIES = 1_000_000


class Sftp:
    """``ports.Source`` on an SFTP server. The stamp is the modification time in seconds; there is no mark.

    One connection is kept while it is healthy. When one is found broken before a call it is made anew in silence; when it
    breaks during a call, that call fails and the next one makes it anew.
    """

    def __init__(
        self,
        settings: SftpSource,
        secrets: Secrets,
        deadlines: Deadlines = Deadlines(),  # noqa: B008 - frozen
        tenant: str = "TENANT",
    ) -> None:
        """``secrets`` resolves references to keys, passphrases and passwords; it is asked at each login and nothing is kept.
        ``tenant`` is whose source it is, for the commands that errors name."""
        self._tenant = tenant
        self._settings = settings
        self._secrets = secrets
        self._deadlines = deadlines
        self._folder = settings.folder.encode("utf-8", "surrogateescape").rstrip(b"/") or b"/"
        self._session: Session | None = None
        self._guard = threading.Lock()
        self._line: socket.socket | None = None
        self._closings = 0

    def look(self) -> Listing:
        seen: dict[str, Sighting] = {}
        strange: list[tuple[str, str]] = []
        until = time.monotonic() + self._deadlines.listing
        with self._talk("the listing") as client:
            for entry in client.entries(self._folder, until):
                if entry.filename in {".", ".."}:
                    continue
                if len(seen) + len(strange) >= _MOST_ENTRIES:
                    raise OperatorError(
                        f"{self._settings.folder} at {self._settings.host} has more than {_MOST_ENTRIES:,} files. Clear it up."
                    )
                reason = why_not(entry)
                if reason is None:
                    seen[entry.filename] = sighting_of(entry.filename, entry)
                elif reason:
                    strange.append((entry.filename, reason))
        return Listing(tuple(sorted(seen.values())), tuple(sorted(strange)))

    def again(self, sighting: Sighting) -> Sighting | None:
        with self._talk("the second look") as client:
            return Shelf(client, self._folder, self._settings).glance(sighting.name)

    def fetch(self, sighting: Sighting, into: BinaryIO, limit: int) -> int:
        if sighting.size > limit:
            raise too_large(sighting.name, sighting.size, limit)
        written = 0
        with closing(self._pieces(sighting, limit)) as pieces:
            for piece in pieces:
                into.write(piece)
                written += len(piece)
        return written

    def _pieces(self, sighting: Sighting, limit: int) -> Generator[bytes]:
        """Yields the file's bytes; whoever takes them writes them outside of our guard, so that its faults keep their names."""
        until = time.monotonic() + self._deadlines.transfer
        total = 0
        with self._talk(f"the download of {shown(sighting.name)}") as client:
            client.wait_at_most(self._deadlines.idle)
            with closing(client.pieces(path_of(self._folder, sighting.name), sighting.size, until)) as pieces:
                for piece in pieces:
                    total += len(piece)
                    if total > limit:
                        raise too_large(sighting.name, total, limit)
                    yield piece

    def release(self, sighting: Sighting, fate: Fate) -> Released:
        with self._talk(f"putting away {shown(sighting.name)}") as client:
            return release(Shelf(client, self._folder, self._settings), sighting, fate, self._settings.archive)

    def close(self) -> None:
        with self._guard:
            self._closings += 1
            line, self._line = self._line, None
            session, self._session = self._session, None
        if line is not None:
            shut(line)
        if session is not None:
            # paramiko's farewell may fail in any way on a broken line, and the line is shut.
            with suppress(Exception):
                session.close()

    def _connected(self) -> Session:
        """Returns the live session, or a new one; one that another thread closed meanwhile is never kept."""
        with self._guard:
            session, closings = self._session, self._closings
        if session is not None and session.alive():
            return session
        if session is not None:
            self.close()
            closings += 1

        def hold(line: socket.socket) -> None:
            with self._guard:
                if self._closings != closings:
                    raise WeatherError(f"The connection to {self._settings.host} was given up.")
                self._line = line

        session = log_in(self._settings, self._secrets, self._deadlines, hold, self._tenant)
        with self._guard:
            if self._closings == closings:
                self._session = session
                return session
        session.close()
        raise WeatherError(f"The connection to {self._settings.host} was given up.")

    @contextmanager
    def _talk(self, doing: str) -> Iterator[Client]:
        """Yields the client, and turns all that the library raises meanwhile into errors that say who must act.

        After anything but a plain answer of the server the connection is closed: what still comes over it has lost its meaning.
        """
        server = f"{self._settings.host} port {self._settings.port}"
        client = self._connected().client
        try:
            client.wait_at_most(self._deadlines.reply)
            yield client
        except NightclerkError:
            raise
        except StatusError as error:
            raise self._told(error, doing) from error
        except TimeoutError as error:
            self.close()
            raise WeatherError(f"{server} did not go on within its time during {doing}.") from error
        except Exception as error:  # a broken or hostile server makes paramiko raise anything; kept as the cause
            self.close()
            raise WeatherError(f"The connection to {server} broke during {doing} ({words(error)}).") from error

    def _told(self, error: StatusError, doing: str) -> NightclerkError:
        """Given what the server answered; returns the error that says who must act."""
        server, folder = f"{self._settings.host} port {self._settings.port}", self._settings.folder
        if error.errno == errno.ENOENT and doing == "the listing":
            return OperatorError(f"The drop folder {folder} does not exist at {server}. Create it, or correct source.folder.")
        if error.errno == errno.ENOENT:
            return WeatherError(f"{server} has no such file during {doing}: {error.strerror}. The next look decides.")
        if error.errno in {errno.EACCES, errno.ENOTSUP}:
            return OperatorError(
                f"{server} does not allow {doing}: {error.strerror}. "
                f"Give {self._settings.username} the right to read and rename in {folder}."
            )
        return WeatherError(f"{server} could not do {doing}: {error.strerror}.")
