"""What two kinds of names have in common where one may be told by a regular expression: a walk through both at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from nightclerk.config import patterns
from nightclerk.core.convert.pattern import tokens
from nightclerk.core.expression import Expression, Place
from nightclerk.core.file_names import plain_name
from nightclerk.core.name_expression import NameExpression, expression

Names = str | NameExpression
_Pair = tuple[Place, Place]

#: How many pairs of places are looked at before nothing is said; two expressions that people write have some dozens.
_MOST_PAIRS = 2000
#: One sign of each kind that a pattern may tell apart, beside those that it names.
_OTHERS = "x0_. -é€"


def covers(wide: Names, narrow: Names) -> bool:
    """Given two kinds of names; returns whether every name of ``narrow`` is surely one of ``wide`` as well."""
    if isinstance(wide, str) and isinstance(narrow, str):
        return patterns.covers(wide, narrow)
    first, second = _written(wide), _written(narrow)
    if first is None or second is None or first == second:
        return first is not None and first == second
    one, other = expression(first), expression(second)
    pairs = [pair for _, pair in _walk(one, other, _signs(first, second), lambda pair: bool(pair[1].states))]
    ends = [place for place, beside in pairs if other.may_end(beside)]
    return len(pairs) < _MOST_PAIRS and bool(ends) and all(map(one.may_end, ends))


def common_name(one: Names, other: Names) -> str | None:
    """Given two kinds of names; returns a name that is of both, or None where there is none or none can be told."""
    if isinstance(one, str) and isinstance(other, str):
        return patterns.common_name(one, other)
    written = _written(one), _written(other)
    if written[0] is None or written[1] is None:
        return None
    first, second = expression(written[0]), expression(written[1])
    for name, (place, beside) in _walk(first, second, _signs(*written), lambda pair: all(each.states for each in pair)):
        if name and first.may_end(place) and second.may_end(beside):
            return name
    return None


def _walk(one: Expression, other: Expression, signs: str, wanted: Callable[[_Pair], bool]) -> Iterator[tuple[str, _Pair]]:
    """Yields the pairs of places that the same names lead to, each once and with its shortest name."""
    begin = (one.begin, other.begin)
    waiting, seen = [("", begin)], {begin}
    for name, pair in waiting:  # which grows
        yield name, pair
        for sign in signs:
            on = (one.after(pair[0], sign), other.after(pair[1], sign))
            if on not in seen and wanted(on) and len(seen) < _MOST_PAIRS:
                seen.add(on)
                waiting.append((name + sign, on))


def _signs(*written: str | None) -> str:
    """Given expressions; returns one sign at least of each kind that they tell apart: what they name, and what is beside that."""
    named = chain.from_iterable(token for one in written for _, token in tokens(one or ""))
    near = sorted({chr(ord(sign) + by) for sign in named for by in (-1, 0, 1) if 1 < ord(sign) < 0xD7FF})
    plain = (plain_name(sign) for sign in chain(_OTHERS[0], near, _OTHERS))
    return "".join(dict.fromkeys(sign for sign in plain if len(sign) == 1 and sign.isprintable() and sign != "/"))


def _written(names: Names) -> str | None:
    """Returns them as an expression; None for a pattern with ``[…]``, of which only sameness can be told."""
    if isinstance(names, NameExpression):
        return names.regex
    if "[" in names:
        return None
    parts = {"*": ".*", "?": "."}
    return "".join(parts.get(sign, sign if _needs_nothing(sign) else f"\\{sign}") for sign in names)


def _needs_nothing(sign: str) -> bool:
    return sign.isalnum() or sign.isspace() or sign in "_<>"
