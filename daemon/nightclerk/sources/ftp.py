"""A drop folder on an FTP server, with or without TLS.

What the protocol cannot tell: link counts, so a hard link on the server looks like any file, unless the server tells files'
numbers (``unique``) and both names lie in the folder; and often times finer than a second, so two versions of one size within one
second look alike (the settling time lies far above that).
"""

from __future__ import annotations

import ftplib
import re
import threading
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO

from nightclerk.core.drop import Fate, Listing, Released, Sighting
from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError
from nightclerk.core.naming import shown
from nightclerk.sources.deadlines import Deadlines
from nightclerk.sources.ftp_client import BROKEN, Client, TornError
from nightclerk.sources.ftp_files import Facts, Files, Memory, Questions, on_wire
from nightclerk.sources.ftp_listing import MOST_LINES, EndlessListingError, Entry
from nightclerk.sources.ftp_login import AnyFtp, Secrets, log_in, no_folder
from nightclerk.sources.ftp_shelf import Shelf, sighting_of, unreadable
from nightclerk.sources.held import Held
from nightclerk.sources.reaching import server_of, words
from nightclerk.sources.releasing import release
from nightclerk.sources.sizes import too_large


@dataclass(frozen=True, slots=True)
class _Talk:
    """A live conversation that stands in the drop folder."""

    client: Client
    files: Files
    folder: str
    held: Held


#: Signs by which some servers replace what they cannot write in UTF-8; then they do not know the file by that name.
_DOUBTFUL = re.compile("[?\ufffd\udc80-\udcff]")


class Ftp:
    """``ports.Source`` on an FTP server. The stamp is the modification time, see ``ftp_listing.moment``; the mark is the file's
    number where the server tells it.

    One connection is kept while it is healthy. Before each listing the server is asked whether it still stands; when it is found
    broken before a call it is made anew in silence; when it breaks during a call, that call fails and the next one makes it anew.
    """

    def __init__(
        self,
        settings: AnyFtp,
        secrets: Secrets,
        deadlines: Deadlines = Deadlines(),  # noqa: B008 - frozen
        tenant: str = "TENANT",
    ) -> None:
        """``secrets`` resolves the reference to the password; it is asked at each login and nothing is kept. ``tenant`` is whose
        source it is, for the commands that errors name."""
        self._settings = settings
        self._secrets = secrets
        self._deadlines = deadlines
        self._tenant = tenant
        self._memory = Memory()
        self._guard = threading.Lock()
        self._talk: _Talk | None = None
        self._held: Held | None = None
        self._busy = False

    def look(self) -> Listing:
        until = time.monotonic() + self._deadlines.listing
        with self._talking("the listing", first=True) as talk:
            self._return(talk)
            found = [_askable(talk.files, entry) for entry in list(talk.files.all(until))]
        names = Counter(entry.mark for entry in found if entry.why_not is None and entry.mark)
        seen: dict[str, Sighting] = {}
        strange: dict[str, str] = {}
        for entry in found:
            sighting = sighting_of(entry.name, entry)
            if entry.why_not is None and names[entry.mark] > 1:
                strange[entry.name] = f"it has {names[entry.mark]} names here (links), so others may change it behind our back"
            elif entry.why_not is None and sighting is not None:
                seen[entry.name] = sighting
            elif entry.why_not != "":
                strange[entry.name] = entry.why_not or "the server does not tell its size"
        return Listing(tuple(sorted(seen.values())), tuple(sorted(strange.items())))

    def again(self, sighting: Sighting) -> Sighting | None:
        with self._talking("the second look") as talk:
            return Shelf(talk.client, talk.files, self._settings).glance(sighting.name)

    def fetch(self, sighting: Sighting, into: BinaryIO, limit: int) -> int:
        if sighting.size > limit:
            raise too_large(sighting.name, sighting.size, limit)
        written = 0
        with closing(self._pieces(sighting, limit)) as pieces:
            for piece in pieces:
                into.write(piece)
                written += len(piece)
        return written

    def release(self, sighting: Sighting, fate: Fate) -> Released:
        with self._talking(f"putting away {shown(sighting.name)}") as talk:
            shelf = Shelf(talk.client, talk.files, self._settings)
            return release(shelf, sighting, fate, self._settings.archive)

    def close(self) -> None:
        with self._guard:
            held, self._held = self._held, None
            talk, self._talk = self._talk, None
            if held is not None:
                held.shut()
            # A thread that is at work closes its sockets itself: their numbers must not mean others while it still uses them.
            if talk is not None and not self._busy:
                talk.client.close()

    def _pieces(self, sighting: Sighting, limit: int) -> Generator[bytes]:
        """Yields the file's bytes; whoever takes them writes them outside of our guard, so that its faults keep their names."""
        until = time.monotonic() + self._deadlines.transfer
        total, doing = 0, f"the download of {shown(sighting.name)}"
        with self._talking(doing) as talk:
            try:
                with closing(talk.client.data("RETR " + on_wire(sighting.name), until, binary=True)) as pieces:
                    for piece in pieces:
                        total += len(piece)
                        if total > limit:
                            raise too_large(sighting.name, total, limit)
                        yield piece
            except ftplib.error_perm as error:
                raise unreadable(self._settings, doing, error) from error
            except TornError as error:
                if total != sighting.size:
                    raise WeatherError(f"{server_of(self._settings)} broke off {doing} after {total:,} bytes.") from error
            if total < sighting.size and Shelf(talk.client, talk.files, self._settings).glance(sighting.name) == sighting:
                raise WeatherError(
                    f"{server_of(self._settings)} ended {doing} after {total:,} of {sighting.size:,} bytes as if it were whole."
                )

    def _return(self, talk: _Talk) -> None:
        """Goes to the drop folder once more: one that was removed, or replaced, is not to be looked at any longer."""
        if talk.folder:
            try:
                talk.client.voidcmd("CWD " + talk.folder)
            except ftplib.error_perm as error:
                raise no_folder(self._settings, error) from error

    def _connected(self, first: bool) -> _Talk:
        """Given whether a round begins with it; returns the live conversation, or a new one. One that another thread closed
        meanwhile is never kept."""
        with self._guard:
            talk = self._talk
        if talk is not None and talk.client.stands(ask=first):
            return talk
        if talk is not None:
            self.close()
            talk.client.end()
        held = Held()
        with self._guard:
            self._held = held
        session = log_in(self._settings, self._secrets, self._deadlines, held, self._tenant)
        client, folder = session.client, session.folder
        talk = _Talk(client, Facts(client) if session.facts else Questions(client, self._memory, folder), folder, held)
        with self._guard:
            if not held.over:
                self._talk = talk
                return talk
        client.end()
        raise WeatherError(f"The connection to {self._settings.host} was given up.")

    @contextmanager
    def _talking(self, doing: str, first: bool = False) -> Iterator[_Talk]:
        """Yields the conversation, and turns all that the libraries raise meanwhile into errors that say who must act.

        After anything but a plain answer of the server the connection is closed: what still comes over it has lost its meaning.
        """
        server = server_of(self._settings)
        talk: _Talk | None = None
        with self._guard:
            self._busy = True
        try:
            talk = self._connected(first)
            talk.client.wait_at_most(self._deadlines.reply)
            yield talk
        except NightclerkError:
            raise
        except ftplib.error_perm as error:
            raise unreadable(self._settings, doing, error) from error
        except ftplib.error_temp as error:
            if str(error).startswith("421"):
                self.close()
            raise WeatherError(f"{server} could not do {doing} now: {words(error)}.") from error
        except EndlessListingError as error:
            self.close()
            raise OperatorError(
                f"{self._settings.folder} at {self._settings.host} has more than {MOST_LINES:,} files. Clear it up."
            ) from error
        except TimeoutError as error:
            self.close()
            raise WeatherError(f"{server} did not go on within its time during {doing}.") from error
        except BROKEN as error:
            self.close()
            raise WeatherError(f"The connection to {server} broke during {doing} ({words(error)}).") from error
        finally:
            with self._guard:
                self._busy = False
                if talk is not None and talk.held.over:
                    talk.client.close()


def _askable(files: Files, entry: Entry) -> Entry:
    """Returns the entry as it is, or as strange where the server lists it under a name by which it does not know it itself."""
    if entry.why_not is not None or not _DOUBTFUL.search(entry.name) or files.one(entry.name) is not None:
        return entry
    return replace(entry, why_not="the server does not know it by the name under which it lists it")
