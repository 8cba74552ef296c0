"""Texts of which only a few are allowed: what is said of another one."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from nightclerk.core.convert.converter import Reason
from nightclerk.core.sentence import N_

_ALL = N_('"%(value)s" is not one of the allowed values (%(allowed)s).')
_NEAR = N_('"%(value)s" is not one of the allowed values (%(allowed)s); did you mean "%(near)s"?')
_NEAR_ENOUGH = 0.6


def one_of_these(allowed: tuple[str, ...]) -> Callable[[str], Reason]:
    """Given the values that a field takes; returns what gives, for a text that is none of them, the reason, which names them all
    and the one that is most like it."""
    folded = {_folded(value): value for value in allowed}

    def why(text: str) -> Reason:
        near = difflib.get_close_matches(_folded(text), folded, n=1, cutoff=_NEAR_ENOUGH)
        if not near:
            return Reason("not_in_values", _ALL, {"allowed": allowed})
        return Reason("not_in_values", _NEAR, {"allowed": allowed, "near": folded[near[0]]})

    return why


def _folded(text: str) -> str:
    return text.casefold().replace(" ", "_").replace("-", "_")
