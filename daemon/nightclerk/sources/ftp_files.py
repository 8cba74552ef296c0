"""Finding out about files on an FTP server, in one of two ways.

By facts: MLSD tells everything about a whole folder at once, MLST about one file. By questions: LIST tells names and kinds, and
SIZE and MDTM are asked for each file, because LIST rounds times to minutes; where LIST is written in no known way, NLST tells
the names alone.
"""

from __future__ import annotations

import ftplib
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from nightclerk.core.errors import OperatorError
from nightclerk.sources.ftp_client import Client, NonsenseError, TornError
from nightclerk.sources.ftp_listing import Entry, by_columns, by_facts, lines, moment

#: What a line of LIST shows can only change unseen within the minute in which it was first seen.
_MINUTE = 61
_UNKNOWN = {"500", "502", "504"}
_NOTHING = re.compile(r"no files|no such|not found|empty", re.IGNORECASE)
_NO_SIZE = "the server does not tell its size"


class Files(Protocol):
    """What can be asked about files in the folder where the client stands. Raises what the client raises."""

    def all(self, until: float) -> Iterator[Entry]:
        """Given a moment of ``time.monotonic``; yields what lies in the folder now."""
        ...

    def one(self, path: str) -> Entry | None:
        """Given a name, or a folder, ``/`` and a name; returns what stands there now, or None."""
        ...

    def is_folder(self, name: str) -> bool:
        """Returns whether a folder stands there, and no link to one as far as the server tells."""
        ...


def _told(client: Client, command: str, until: float, binary: bool | None) -> Iterator[bytes]:
    """Yields the lines of a listing. Where a server cuts its protected connections off instead of ending them, as some do, its
    word that it was all is taken, but no line that was cut in the middle: a file that is missing now is seen at the next look."""
    with suppress(TornError):
        yield from lines(client.data(command, until, binary))


def on_wire(path: str) -> str:
    """Given a path; returns it as the client sends it, one character for each byte. The client refuses one with a line break.

    Signs at its beginning that some servers take for an option, a home folder or nothing are guarded.
    """
    guarded = f"./{path}" if path[:1] in {" ", "-", "~"} else path
    return guarded.encode("utf-8", "surrogateescape").decode("latin-1")


class Facts:
    """``Files`` by MLSD and MLST."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def all(self, until: float) -> Iterator[Entry]:
        strange, known = [], False
        for line in _told(self._client, "MLSD", until, binary=None):
            entry = by_facts(line)
            known = known or entry is not None
            if entry is None:  # the rest of a name with a line break, perhaps; the other files are not to suffer from it
                strange.append(Entry(line.decode("utf-8", "surrogateescape"), "the server lists it in a way that cannot be read"))
            else:
                yield entry
        if strange and not known:
            raise NonsenseError("no line of the listing has facts")
        yield from strange

    def one(self, path: str) -> Entry | None:
        try:
            reply = self._client.sendcmd("MLST " + on_wire(path))
        except ftplib.error_perm as error:
            if str(error)[:3] in _UNKNOWN:
                raise
            return None
        inner = [line for line in reply.split("\n")[1:] if line.startswith(" ")]
        entry = by_facts(inner[0][1:].encode("latin-1")) if inner else None
        if entry is None:
            raise NonsenseError("the answer to MLST has no facts")
        return entry

    def is_folder(self, name: str) -> bool:
        found = self.one(name)
        return found is not None and found.why_not == ""


@dataclass(slots=True)
class _Known:
    """What was asked about a file. looks: its line of LIST at that time; since, asked: moments of ``time.monotonic``."""

    looks: bytes
    since: float
    asked: float
    entry: Entry

    def holds(self, looks: bytes) -> bool:
        """Whether it still holds for a file whose line now looks like that."""
        return bool(looks) and looks == self.looks and self.asked - self.since > _MINUTE


@dataclass(slots=True)
class Memory:
    """What a tenant's server said before, kept over its connections. strange: entries that were no files at the last listing."""

    known: dict[str, _Known] = field(default_factory=dict)
    strange: dict[str, str] | None = None
    times: bool = True


class Questions:
    """``Files`` by LIST or NLST, SIZE and MDTM. Files whose line of LIST stays as it was are not asked about again and again."""

    def __init__(self, client: Client, memory: Memory, folder: str) -> None:
        """``folder`` is where the client stands, or nothing where that is not known."""
        self._client = client
        self._memory = memory
        self._folder = folder

    def all(self, until: float) -> Iterator[Entry]:
        listed = self._listed(until)
        before, self._memory.known = self._memory.known, {}
        now = time.monotonic()
        for entry in listed:
            if entry.why_not is not None:
                yield entry
                continue
            known = before.pop(entry.name, None)
            if known is None or not known.holds(entry.looks):
                if time.monotonic() > until:
                    self._memory.known |= before  # the next look goes on from here
                    raise TimeoutError("the listing does not end")
                since = known.since if known is not None and known.looks == entry.looks else now
                known = _Known(entry.looks, since, time.monotonic(), self._asked(entry.name, of_any_kind=not entry.looks))
            self._memory.known[entry.name] = known
            yield known.entry

    def one(self, path: str) -> Entry | None:
        if "/" not in path and not path.startswith("."):  # names of ours are no links, and not every listing shows them
            strange = self._strange()
            if path in strange:
                return Entry(path, strange[path])
        found = self._asked(path)
        return None if found.why_not is not None else found

    def is_folder(self, name: str) -> bool:
        strange = self._strange()
        if name not in strange:
            self._memory.strange = None
            strange = self._strange()
        return strange.get(name) == ""

    def _strange(self) -> dict[str, str]:
        if self._memory.strange is None:
            self._listed(time.monotonic() + _MINUTE)
        return self._memory.strange or {}

    def _listed(self, until: float) -> list[Entry]:
        """Returns what LIST shows, and what of it is in no known way as NLST shows it; remembers what are no files."""
        listed: list[Entry] = []
        whole = True
        try:
            for line in _told(self._client, "LIST", until, binary=False):
                entry = by_columns(line)
                if entry is not None and entry.name not in {".", ".."}:
                    listed.append(entry)
                whole = whole and (entry is not None or line.lower().startswith(b"total "))
        except (ftplib.error_perm, ftplib.error_temp) as error:
            whole = _says_nothing(error)
        if not whole:
            found = {entry.name for entry in listed}
            listed += [Entry(name, None) for name in self._names(until) if name not in found]
        self._memory.strange = {entry.name: entry.why_not for entry in listed if entry.why_not is not None}
        return listed

    def _names(self, until: float) -> list[str]:
        try:
            found = [line.decode("utf-8", "surrogateescape") for line in _told(self._client, "NLST", until, binary=False)]
        except (ftplib.error_perm, ftplib.error_temp) as error:
            if _says_nothing(error):
                return []
            raise
        return [name for name in (each.rpartition("/")[2] for each in found) if name not in {"", ".", ".."}]

    def _asked(self, path: str, of_any_kind: bool = False) -> Entry:
        """Asks for size and time. of_any_kind: it may well be a folder."""
        self._client.ask_in_binary()
        size = self._number("SIZE", path)
        if size is None:
            return Entry(path, "" if of_any_kind and self._can_be_entered(path) else _NO_SIZE)
        written = self._reply("MDTM", path) if self._memory.times else None
        return Entry(path, None, size, moment(written or ""))

    def _number(self, command: str, path: str) -> int | None:
        written = (self._reply(command, path) or "").strip()
        return int(written) if re.fullmatch(r"[0-9]{1,18}", written) else None

    def _reply(self, command: str, path: str) -> str | None:
        """Asks one question; returns the answer, or None if there is none for this path."""
        try:
            return self._client.answer(f"{command} {on_wire(path)}")
        except ftplib.error_perm as error:
            if str(error)[:3] in _UNKNOWN and command == "MDTM":
                self._memory.times = False
            elif str(error)[:3] in _UNKNOWN:
                raise OperatorError(
                    f"{self._client.host} tells the size of files neither by MLSD nor by SIZE, so that a whole file cannot be "
                    "told from a half one. It needs another FTP server."
                ) from error
            return None

    def _can_be_entered(self, name: str) -> bool:
        try:
            self._client.voidcmd("CWD " + on_wire(name))
        except ftplib.error_perm:
            return False
        self._client.voidcmd(f"CWD {self._folder}" if self._folder else "CDUP")
        return True


def _says_nothing(error: Exception) -> bool:
    """Says whether a refusal to list means that the folder is empty, as some servers answer."""
    return str(error)[:3] in {"450", "550"} and _NOTHING.search(str(error)) is not None
