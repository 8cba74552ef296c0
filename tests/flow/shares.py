"""Which of the moments of a night the crash tests kill at."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable

#: What share of all moments is added to the few that are always chosen; ``make crashes`` takes all, CI some.
_ASKED = "NIGHTCLERK_CRASH_SHARE"


def chosen_of(few: Iterable[int], moments: Iterable[int], chance: random.Random) -> list[int]:
    """Given those that are always chosen and all that could be; returns in order the first, and of the others the share that
    NIGHTCLERK_CRASH_SHARE asks for, from 0 to 1: none of them unless it is set."""
    share = float(os.environ.get(_ASKED) or 0)
    return sorted({*few, *(number for number in moments if chance.random() < share)})
