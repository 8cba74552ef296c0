"""Regular expressions that ops may write: the part of the language that the readers' engine runs in a time that grows with the
text alone, whatever the text. No polars here: the configuration is checked in a process that has none loaded.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

LONGEST = 200
#: How many signs a pattern may be with its repetitions written out, so that the engine's tables stay small.
MOST_SIGNS = 200
_TOKEN = re.compile(
    r"""
    (?P<class>\[\^?(?:\\[dDwWsStnr]|\\[^\w\s<>]|[^\\\[\]&~-]|-(?!-))+\])
    | (?P<open>\((?:\?:|\?i:)?(?!\?))
    | (?P<close>\))
    | (?P<repeat>\{[0-9]+(?:,[0-9]*)?\}\??|[*+?]\??)
    | (?P<flag>\A\(\?i\))
    | (?P<plain>\\[dDwWsSbBtnr]|\\[^\w\s<>]|[^\\()\[\]{}*+?])
    """,
    re.VERBOSE,
)
#: What other engines have and this one has not, with a hint.
_FOREIGN = (
    (r"\(\?<?[=!]", "it looks ahead or behind, which no engine does in a sure time; match what stands around it and put "
     "parentheses around the part that is wanted, as in \"TVA (FR[0-9]{11})\""),
    (r"\\[1-9]|\(\?P=", "it refers back to what a group matched, which no engine does in a sure time; write out "
     "what may stand there"),
    (r"\(\?P?<", "groups have no names here; write plain parentheses"),
    (r"\(\?>|[*+?}]\+", "it forbids to step back, which this engine never does; take the + or the ?> out"),
    (r"[*+?}][*?{]", "one repetition follows another; put parentheses around the first"),
    (r"\[[^\]]*(?:\[|&|~|--)", "within brackets, [ & ~ and -- are written with a backslash before them"),
    (r"\\[pPxuUN0]", "characters are written as they are, or with \\d, \\w, \\s"),
)  # fmt: skip


def fault_of_pattern(pattern: str, *, empty: bool = False) -> str | None:
    """Given a regular expression, and whether it may also fit no text at all; returns what is wrong with it, or None: too
    long, not regular, or of another engine."""
    if len(pattern) > LONGEST:
        return f"a pattern has at most {LONGEST} characters, and this one has {len(pattern)}"
    place = _end_of_known(pattern)
    if place < len(pattern):
        hint = next((hint for foreign, hint in _FOREIGN if (found := re.search(foreign, pattern)) and found.end() > place), None)
        hint = hint or f"a backslash may be missing before {pattern[place]}"
        return f"{pattern!r} is not read from its sign {place + 1} on: {hint}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Python's own plans for later versions
            compiled = re.compile(pattern)
    except re.error as error:
        where = "" if error.pos is None else f" from its sign {error.pos + 1} on"
        return f"{pattern!r} is no regular expression{where}: {error.msg}"
    if not empty and compiled.fullmatch(""):
        return f"{pattern!r} also fits no text at all, so that it finds nothing everywhere; ask for one sign at least"
    if _size(pattern) > MOST_SIGNS:
        return f"{pattern!r} makes more than {MOST_SIGNS} signs when its repetitions are written out; use + for any number"
    return None


def group_of(pattern: str) -> int:
    """Given a sound pattern; returns which of its groups is wanted: the first, or 0, the whole match, where it has none."""
    return min(re.compile(pattern).groups, 1)


def tokens(pattern: str) -> Iterator[tuple[str, str]]:
    """Given a sound pattern; yields its tokens: what each is (``class``, ``open``, ``close``, ``repeat``, ``flag`` or ``plain``),
    and how it is written."""
    place = 0
    while found := _TOKEN.match(pattern, place):
        yield str(found.lastgroup), found[0]
        place = found.end()


def _end_of_known(pattern: str) -> int:
    place, before = 0, None
    while place < len(pattern):
        found = _TOKEN.match(pattern, place)
        if found is None or (found.lastgroup == before == "repeat"):
            return place
        place, before = found.end(), found.lastgroup
    return place


def _size(pattern: str) -> int:
    """Given a sound pattern; returns how many signs it is when every repetition is written out as often as it must be."""
    sizes, last, place = [0], 0, 0
    while found := _TOKEN.match(pattern, place):
        place = found.end()
        if found.lastgroup == "open":
            sizes.append(0)
            continue
        if found.lastgroup == "repeat":
            numbers = [int(number) for number in re.findall("[0-9]+", found[0])]
            more = last * max(0, max(numbers, default=1) - 1)
            sizes[-1] += more
            last += more
            continue
        last = max(1, sizes.pop()) if found.lastgroup == "close" else 1
        sizes[-1] += last
    return sizes[0]
