"""How many examples a property is tried with: few each time all tests run, many where there is time (``make damage``)."""

from __future__ import annotations

import os

_TIMES = int(os.environ.get("NIGHTCLERK_EXAMPLES", "1"))


def examples(few: int) -> int:
    """Given how many are enough for every day; returns how many to try, so many times as ``NIGHTCLERK_EXAMPLES`` says."""
    return few * _TIMES
