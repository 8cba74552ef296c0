"""Durations, sizes, shares, paths and other values as people write them in YAML: ``30s``, ``512MB``, ``5%``."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, Strict, StringConstraints, WithJsonSchema

from nightclerk.core.wording import quoted

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_LONGEST = timedelta(days=36500)


def duration(value: Any) -> timedelta:
    """Given ``"30s"``, ``"5m"``, ``"1h"``, ``"2d"`` or a timedelta; returns the timedelta; raises ValueError."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"([0-9]{1,10}(?:\.[0-9]{1,9})?)\s*([smhd])", str(value))
    if not found:
        raise ValueError(f"{quoted(value)} is not a duration; write a number with s, m, h or d, as in 30s or 5m")
    seconds = float(found[1]) * _SECONDS[found[2]]
    if seconds > _LONGEST.total_seconds():
        raise ValueError(f"{quoted(value)} is longer than a hundred years")
    return timedelta(seconds=seconds)


def written_duration(value: timedelta) -> str:
    """Given a timedelta; returns it as people write it, in the largest unit that fits without a fraction: ``5m``."""
    seconds, rest = divmod(value, timedelta(seconds=1))
    for unit in ("d", "h", "m"):
        if seconds and not rest and seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}.{rest.microseconds:06}".rstrip("0").rstrip(".") + "s"


def size(value: Any) -> int:
    """Given ``"512MB"``, ``"1GB"``, ``"64KiB"`` or a number of bytes; returns bytes; raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([KMG]i?B)", str(value), re.IGNORECASE)
    if not found:
        raise ValueError(f"{quoted(value)} is not a size; write a number with KB, MB or GB, as in 512MB")
    return int(float(found[1]) * _BYTES[found[2].upper()])


def written_size(value: int) -> str:
    """Given bytes; returns them as people write them, in the largest unit that fits without a fraction: ``512MB``."""
    for unit, spelling in (("GB", "GB"), ("GIB", "GiB"), ("MB", "MB"), ("MIB", "MiB"), ("KB", "KB"), ("KIB", "KiB")):
        if value and value % _BYTES[unit] == 0:
            return f"{value // _BYTES[unit]}{spelling}"
    return str(value)


def share(value: Any) -> float:
    """Given ``"5%"``; returns the fraction 0.05; raises ValueError."""
    if isinstance(value, float) and 0 <= value <= 1:
        return value
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,9})?)\s*%", str(value))
    if not found or float(found[1]) > 100:
        raise ValueError(f"{quoted(value)} is not a share; write a percentage, as in 5%")
    return float(found[1]) / 100


def _positive(value: Any) -> Any:
    if not value > type(value)(0):
        raise ValueError("this must be more than nothing")
    return value


def _path(value: Any) -> Path:
    if not isinstance(value, str | Path):
        raise ValueError("a path is wanted here")  # noqa: TRY004 - pydantic gathers ValueErrors only
    if not str(value) or "\0" in str(value):
        raise ValueError("a path is wanted here, and this is none")
    if str(value).startswith("~"):
        raise ValueError("write the whole path: ~ means nothing to a daemon")
    return Path(value)


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("this must be one line of text without control characters")
    return value


def several(value: Any) -> Any:
    """Given one value where a list may stand; returns the list."""
    return [value] if isinstance(value, str | int) and not isinstance(value, bool) else value


Duration = Annotated[
    timedelta,
    BeforeValidator(duration),
    PlainSerializer(written_duration, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?\s*[smhd]$"}),
]
Size = Annotated[
    int,
    BeforeValidator(size),
    AfterValidator(_positive),
    PlainSerializer(written_size, return_type=str, when_used="json"),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": r"^\d+(\.\d+)?\s*[KMGkmg]i?[Bb]$"}, {"type": "integer", "minimum": 1}]}
    ),
]
Interval = Annotated[Duration, AfterValidator(_positive)]
"""A duration of more than nothing."""
Share = Annotated[
    float,
    BeforeValidator(share),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?\s*%$"}),
]
Whole = Annotated[int, Strict()]
"""A whole number, written as one: neither ``true`` nor a text."""
Truth = Annotated[bool, Strict()]
"""``true`` or ``false``, and no other spelling."""
FilePath = Annotated[Path, BeforeValidator(_path), WithJsonSchema({"type": "string", "minLength": 1})]
Line = Annotated[str, StringConstraints(min_length=1), AfterValidator(_one_line)]
"""One line of text without control characters."""
Several = Annotated[
    list[Annotated[str, StringConstraints(min_length=1)]],
    BeforeValidator(several),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""A list of texts; one text alone stands for a list of one."""
