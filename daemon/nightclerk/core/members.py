"""The files within an archive, its members: which of them is meant, by their names alone. Names are data: nothing is ever written
under one of them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from nightclerk.core.encrypted import name_inside
from nightclerk.core.errors import SenderError
from nightclerk.core.file_names import matches, same_name
from nightclerk.core.naming import shown
from nightclerk.core.sentence import Sentence

#: What systems put beside the files that a person packs.
_BESIDE = re.compile(r"(?:.*/)?(?:__macosx/.*|\.ds_store|\._[^/]*|thumbs\.db|desktop\.ini)", re.IGNORECASE | re.DOTALL)
_MOST_NAMED = 10
_LONGEST_NAMED = 100


def ending_of(files: str, members: object) -> str:
    """Given a feed's ``files`` and ``members``, if it has any; returns what the names of its tables end in, in lower case: that
    of ``clients*.csv.gz`` is ``csv``, and so is that of ``clients*.csv.pgp``."""
    pattern = members if isinstance(members, str) else files
    return name_inside(pattern.lower()).removesuffix(".gz").rpartition(".")[2]


def may_be_zip(files: str) -> bool:
    """Given a feed's ``files``; returns whether a zip archive may have such a name: it ends in ``.zip``, or in
    nothing in particular. An encrypted one ends in ``.zip.pgp``."""
    _, dot, ending = name_inside(files.lower()).rpartition(".")
    return not dot or ending == "zip" or not ending.isalnum()


def is_meant(name: str) -> bool:
    """Given a member's name; returns whether it may be a file that somebody packed: no folder, and nothing that a system adds."""
    plain = _plain(name)
    return not plain.endswith("/") and _BESIDE.fullmatch(plain) is None


def fits(pattern: str, name: str) -> bool:
    """Given the pattern of ``members`` and a member's name; returns whether it fits: the name without its folders, or with them
    where the pattern names a folder."""
    plain = _plain(name)
    return matches(pattern, plain if "/" in pattern else plain.rpartition("/")[2])


def choose(names: Sequence[str], pattern: str | None) -> int:
    """Given the names of all members of an archive, and the pattern that one of them must fit, or None where there must be only
    one; returns the place of the one that is meant.

    Raises SenderError ``no_member`` or ``several_members``.
    """
    meant = [place for place, name in enumerate(names) if is_meant(name)]
    fitting = [place for place in meant if pattern is None or fits(pattern, names[place])]
    if len(fitting) == 1:
        return fitting[0]
    if not meant:
        raise SenderError("no_member", Sentence("The archive is empty: there is no file in it."))
    if not fitting:
        raise _none_fits([names[place] for place in meant], pattern or "")
    raise _several([names[place] for place in fitting], pattern)


def could_be_one(one: str | None, other: str | None) -> bool:
    """Given the ``members`` of two feeds that take the same archive; returns whether they could mean the same member: one is the
    other, or takes in the other as it is written. Without a pattern it is the only member, whatever its name.

    Two patterns that merely overlap mean different members until an archive shows otherwise.
    """
    if one is None or other is None:
        return True
    return same_name(one, other) or fits(one, other) or fits(other, one)


def _none_fits(names: Sequence[str], pattern: str) -> SenderError:
    told = Sentence.counted(
        "The archive holds %(members)s, which is not named as agreed.%(setting)s",
        "The archive holds %(n)s files, none of which is named as agreed: %(members)s.%(setting)s",
        len(names),
        members=_named(names),
        setting=f" The feed takes `members: {json.dumps(pattern, ensure_ascii=False)}`.",
    )
    return SenderError("no_member", told)


def _several(names: Sequence[str], pattern: str | None) -> SenderError:
    proposed = f"members: {json.dumps(_literal(names[0]), ensure_ascii=False)}"
    if pattern is None:
        told = Sentence(
            "The archive holds %(n)s files, and it is not agreed which of them is meant: %(members)s.%(setting)s",
            n=len(names),
            members=_named(names),
            setting=f" To read one of them, the feed says, for example, `{proposed}`; a feed for each reads several.",
        )
    else:
        told = Sentence(
            "The archive holds %(n)s files that are named as agreed, and only one can be meant: %(members)s.%(setting)s",
            n=len(names),
            members=_named(names),
            setting=f" Narrow the feed's `members`, as in `{proposed}`.",
        )
    return SenderError("several_members", told)


def _named(names: Sequence[str]) -> tuple[str, ...]:
    some = tuple(shown(name, _LONGEST_NAMED) for name in names[:_MOST_NAMED])
    return some if len(names) <= _MOST_NAMED else (*some, "…")


def _literal(name: str) -> str:
    """Returns a pattern that this name fits, and names that differ in what no pattern can say."""
    last = shown(_plain(name).rpartition("/")[2], _LONGEST_NAMED)
    return re.sub(r"[\[*?]", "?", last)


def _plain(name: str) -> str:
    return name.replace("\\", "/")
