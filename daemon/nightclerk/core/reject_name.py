"""What a file of rejected rows is called, and which file's name is meant when it comes back: the one it was made of.

``clients_1.csv`` becomes ``clients_1.rejected.csv``; where several feeds read the file, ``clients_1.items.rejected.csv`` for
the feed ``items``. All but delimited text goes back as XLSX: ``clients_1.rejected.xlsx``, and of ``clients_1.ods``
``clients_1.ods.rejected.xlsx``. What came out of an archive goes back without one: of ``clients_1.zip``
``clients_1.zip.rejected.csv``, and what came encrypted without that: of ``clients_1.csv.pgp`` ``clients_1.csv.pgp.rejected.csv``,
which its sender may encrypt in turn. So it is taken by the feed of the first file however narrow the feed's pattern is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nightclerk.core.encrypted import name_inside, named_encrypted

#: Browsers and people add to a name what makes it another one: `` (1)``, `` - Copy``, ``_corrected``.
_REJECTED = re.compile(r"(?P<stem>.+)\.rejected(?:[ (_-][^.]*)?(?P<ending>\.[^.]*)?", re.DOTALL | re.IGNORECASE)
_ENDING = re.compile(r"(?P<stem>.+?)(?P<ending>\.[^.]*)?", re.DOTALL)
_WORKBOOK, _TEXT = ".xlsx", ".csv"


@dataclass(frozen=True, slots=True)
class Returned:
    """The names that a file of rejected rows may stand for. own: those of a file that one feed read; by_feed: what may be
    a feed's name, with the names of a file that several feeds read, this one among them."""

    own: tuple[str, ...]
    feed: str | None
    by_feed: tuple[str, ...]


def reject_name(name: str, workbook: bool, feed: str | None = None, packed: bool = False) -> str:
    """Given a file's name, whether it is a workbook, the feed where several read it, and whether it came in an archive; returns
    what its rejected rows are called. What is left of a file of rejected rows has the same name again.
    """
    if _REJECTED.fullmatch(name_inside(name)):
        name = name_inside(name)
    found = _ENDING.fullmatch(name)
    stem, ending = (found["stem"], found["ending"] or "") if found else (name, "")
    if workbook and ending.lower() != _WORKBOOK:
        stem, ending = name, _WORKBOOK
    elif packed or named_encrypted(name):
        stem, ending = name, _TEXT
    elif _REJECTED.fullmatch(name):
        return name
    return f"{stem}.{feed}.rejected{ending}" if feed is not None else f"{stem}.rejected{ending}"


def returned(name: str) -> Returned | None:
    """Given a file's name; returns what it may stand for, or None when it is no name of rejected rows."""
    found = _REJECTED.fullmatch(name) or _REJECTED.fullmatch(name_inside(name))
    if found is None:
        return None
    stem, ending = found["stem"], found["ending"] or ""
    first, dot, feed = stem.rpartition(".")
    split = bool(first and dot and feed)
    return Returned(_names(stem, ending), feed if split else None, _names(first, ending) if split else ())


def _names(stem: str, ending: str) -> tuple[str, ...]:
    return (stem + ending, stem) if ending else (stem,)
