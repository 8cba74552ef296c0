"""From the name of one file to the pattern of all that will follow it, and to the name of a feed."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from nightclerk.core.naming import shown

_MOST = 60
#: Days and running numbers: digits, and what parts them.
_CHANGING = re.compile(r"[0-9]+(?:[-_.T ]*[0-9]+)*")
_QUARTER = re.compile(r"\*[-_ ]*[QT]\*")


def pattern_of(name: str) -> str:
    """Given a file's name; returns the pattern of its kind: every number in it is ``*``. What a pattern means otherwise is any
    sign."""
    stem, ending = _parts(name)
    changing = _CHANGING.sub("*", literal_name(stem))
    changing = re.sub(r"\*+", "*", _QUARTER.sub("*", changing))
    return changing + ending if changing else f"*{ending}"


def literal_name(name: str) -> str:
    """Given a file's name; returns the pattern that it fits, and names that differ in what no pattern can say."""
    return re.sub(r"[\[\]*?/\\]", "?", shown(name))


def feed_name(text: str) -> str:
    """Given a file's stem or a sheet's name; returns it as the name of a feed, without numbers; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", _CHANGING.sub(" ", _parts(text)[0])).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]+", "-", plain).strip("-")[:_MOST].strip("-")


def _parts(name: str) -> tuple[str, str]:
    """Returns a name without its endings, and these; of a number with a point nothing is an ending."""
    suffixes = [one for one in PurePosixPath(name).suffixes[-2:] if re.fullmatch(r"\.[A-Za-z][A-Za-z0-9]{0,5}", one)]
    if len(suffixes) == 2 and suffixes[-1].lower() not in (".gz", ".zip", ".pgp", ".gpg", ".asc"):
        suffixes = suffixes[-1:]
    ending = "".join(suffixes)
    return (name[: len(name) - len(ending)], ending) if ending and name.endswith(ending) else (name, "")
