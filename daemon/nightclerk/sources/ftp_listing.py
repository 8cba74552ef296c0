"""What an FTP server writes about the files in a folder, read: lines of facts (MLSD, MLST), and the columns of LIST.

Pure functions over bytes. Facts are a standard; columns are whatever the server's system prints for people, of which the two
usual ways are known: that of Unix and that of DOS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: More than this in one folder is no drop folder, but a mistake or an attack on our memory.
MOST_LINES = 100_000
#: No name is longer than 255 bytes, and nothing else in a line takes much.
LONGEST_LINE = 8192
#: What our ledger cannot hold: 8 EiB.
_NO_SIZE = 1 << 63
_END = b"\r\n"
_LINK = "it is a symbolic link, which is never followed"
_STRANGE = "it is not a file"
_UNSPEAKABLE = "its name has a line break, with which no FTP server can be asked for it"
_BY_LETTER = {
    "-": None, "d": "", "l": _LINK, "p": "it is a pipe, not a file", "s": "it is a socket, not a file",
    "b": "it is a device, not a file", "c": "it is a device, not a file",
}  # fmt: skip
_BY_TYPE = {"file": None, "dir": "", "cdir": "", "pdir": ""}
#: As ``ls -l`` does it; the owner's and the group's names may hold spaces, the month any letters.
_UNIX = re.compile(
    rb"(?P<letter>[-dlpscbD])[-rwxsStTlL]{9}[+.@]?\s.*?(?<![^\s,])(?P<size>\d{1,20})\s+"
    rb"(?P<date>(?:[^\W\d]\S{1,9}\s+\d{1,2}|\d{1,2}\.?\s+[^\W\d]\S{1,9})\s+(?:\d{1,2}:\d{2}|\d{4})"
    rb"|\d{4}-\d{2}-\d{2}\s+\d{2}:\d{2}(?::\d{2}\S*(?:\s[+-]\d{4})?)?)\s(?P<name>.+)",
    re.DOTALL,
)
_DOS = re.compile(
    rb"(?P<date>\d{2,4}[-/.]\d{2}[-/.]\d{2,4}\s+\d{1,2}:\d{2}(?::\d{2})?\s?(?:[AaPp]\.?[Mm]\.?)?)\s+"
    rb"(?:(?P<size>\d{1,20})|<(?P<word>[A-Z]+)>)\s+?(?P<name>.+)",
    re.DOTALL,
)
_MOMENT = re.compile(r"(\d{14,15})(?:\.(\d{1,20}))?")
#: A device's and a file's number, as servers on Unix write them; whatever else may change from one connection to the next.
_NUMBERS = re.compile(r"[0-9A-Fa-f]+[gU][0-9A-Fa-f]+")


class EndlessLineError(ValueError):
    """A listing has a line that no name makes so long."""


class EndlessListingError(ValueError):
    """A listing has more lines than any drop folder has files."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a folder. why_not: None for a regular file, "" for a folder, otherwise why it is no drop.

    size, stamp, mark: as in ``Sighting``, as far as the line tells them. looks: all of the line but the name; while it stays the
    same the file has not changed, to the precision of the line.
    """

    name: str
    why_not: str | None
    size: int | None = None
    stamp: int | None = None
    mark: str = ""
    looks: bytes = b""


def lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Given a listing in pieces; yields its lines without their ends. Raises EndlessLineError, EndlessListingError.

    Lines end with CR LF, so that a name may hold a line feed; where a server never writes the two together, a line feed ends one.
    """
    rest, end, count = b"", b"", 0
    for piece in pieces:
        rest += piece
        if not end and (_END in rest or len(rest) > LONGEST_LINE):
            end = _END if _END in rest else b"\n"
        if end:
            *whole, rest = rest.split(end)
            count += len(whole)
            if count > MOST_LINES:
                raise EndlessListingError
            yield from (_short(line) for line in whole if line)
        _short(rest)
    yield from (line for line in rest.split(end or b"\n") if line)


def by_facts(line: bytes) -> Entry | None:
    """Given a line of MLSD, or the inner one of MLST; returns its entry, or None if it is no such line.

    The server's word is all there is: one that shows a symbolic link as the file it leads to is believed.
    """
    written, space, name = line.partition(b" ")
    if not space or not name or not written.endswith(b";"):
        return None
    facts = {}
    for fact in written.decode("latin-1").split(";"):
        key, _, value = fact.partition("=")
        facts[key.lower()] = value
    kind = facts.get("type", "").lower()
    why_not = _BY_TYPE.get(kind, _LINK if "link" in kind else _STRANGE)
    mark = facts.get("unique", "")
    return Entry(
        name=_text(name),
        why_not=_speakable(name, why_not),
        size=_number(facts.get("size", "")),
        stamp=moment(facts.get("modify", "")),
        mark=mark if _NUMBERS.fullmatch(mark) else "",
        looks=written,
    )


def by_columns(line: bytes) -> Entry | None:
    """Given a line of LIST; returns its entry, without a stamp, or None if it is written in no way that is known."""
    found = _UNIX.fullmatch(line)
    if found is not None:
        why_not = _BY_LETTER.get(found["letter"].decode(), _STRANGE)
        name = found["name"].partition(b" -> ")[0] if why_not == _LINK else found["name"]
        size = _number(found["size"].decode())
        return Entry(_text(name), _speakable(name, why_not), size, looks=line[: found.start("name")])
    found = _DOS.fullmatch(line)
    if found is None:
        return None
    if found["word"] is not None:
        return Entry(_text(found["name"].lstrip()), "" if found["word"] == b"DIR" else _LINK)
    return Entry(_text(found["name"]), None, _number(found["size"].decode()), looks=line[: found.start("name")])


def moment(written: str) -> int | None:
    """Given a time stamp as servers write it, ``20261121020312`` or with a fraction; returns it in thousandths of a second.

    It is a number that grows with time and has gaps (no minute is longer than 100 seconds); it is only compared with its like.
    """
    found = _MOMENT.fullmatch(written.strip())
    if found is None:
        return None
    # Servers with a fault of the year 2000 wrote 19126 for 2026.
    digits = f"20{found[1][3:]}" if found[1].startswith("191") and len(found[1]) == 15 else found[1][:14]
    return int(digits) * 1000 + int((found[2] or "").ljust(3, "0")[:3])


def _speakable(name: bytes, why_not: str | None) -> str | None:
    """What follows a line break would be taken for another command, so such a name is never sent."""
    return _UNSPEAKABLE if why_not is None and re.search(rb"[\r\n\0]", name) else why_not


def _short(line: bytes) -> bytes:
    if len(line) > LONGEST_LINE:
        raise EndlessLineError
    return line


def _number(written: str) -> int | None:
    return int(written) if re.fullmatch(r"[0-9]{1,19}", written) and int(written) < _NO_SIZE else None


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
