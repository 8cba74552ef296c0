"""What a test does where something that it needs is not to be had."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def all_wanted() -> bool:
    """Whether this is a place that has everything, as CI has (NIGHTCLERK_ALL_SERVERS): nothing may be left out there."""
    return bool(os.environ.get("NIGHTCLERK_ALL_SERVERS"))


def lacking(reason: str) -> NoReturn:
    """Given what is missing; ends the test: it failed where all are wanted, and is left out anywhere else."""
    if all_wanted():
        pytest.fail(f"cannot be left out here (NIGHTCLERK_ALL_SERVERS): {reason}")
    pytest.skip(reason)
