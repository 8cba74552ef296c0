"""The names of a feed's files where a pattern with ``*`` does not tell them apart: a regular expression."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from nightclerk.core.convert.pattern import fault_of_pattern
from nightclerk.core.expression import Expression
from nightclerk.core.expression_parts import ending_of_names, parts_of
from nightclerk.core.file_names import matches
from nightclerk.core.model import Noun
from nightclerk.core.units import Line


def without_folder(value: str) -> str:
    """Given a pattern of files' names; returns it. Raises ValueError where it names a folder."""
    if "/" in value:
        raise ValueError("write the files' names without a folder: only files directly in the drop folder are taken")
    return value


def _sound(value: str) -> str:
    fault = fault_of_pattern(without_folder(value), empty=True)
    if fault is not None:
        raise ValueError(fault)
    return value


class NameExpression(Noun):
    """The names of files as a regular expression."""

    regex: Annotated[Line, AfterValidator(_sound)] = Field(
        description="The regular expression. It fits the whole name, case does not matter, and it does not look ahead or behind, "
        "nor refer back.",
        examples=["clients_[0-9]{8}\\.csv"],
    )

    def __str__(self) -> str:
        """Returns the expression as it is written."""
        return self.regex


def takes(files: str | NameExpression, name: str) -> bool:
    """Given a feed's ``files`` and the name of a file; returns whether it is one of them."""
    return matches(files, name) if isinstance(files, str) else expression(files.regex).fits(name)


def as_glob(files: object) -> str:
    """Given a feed's ``files`` as they are written, right or wrong; returns a pattern that says at least what all of these names
    end in, where they end alike: ``*.csv`` for ``{regex: 'clients_[0-9]+\\.csv'}``."""
    regex: Any = files.regex if isinstance(files, NameExpression) else files.get("regex") if isinstance(files, dict) else None
    if not isinstance(regex, str):
        return str(files)
    return f"*{ending_of_names(parts_of(regex))}" if fault_of_pattern(regex, empty=True) is None else "*"


@lru_cache(maxsize=256)
def expression(pattern: str) -> Expression:
    """Given a sound pattern; returns it made ready."""
    return Expression(pattern)
