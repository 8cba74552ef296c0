"""How PostgreSQL writes and reads ``fields`` of ``nightclerk_imported``: SQL for ``imported.packed`` and ``unpacked``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nightclerk.targets.imported import BETWEEN, INSTEAD, KNOWN, NULL

_BETWEEN, _INSTEAD = f"chr({ord(BETWEEN)})", f"chr({ord(INSTEAD)})"


class Packed:
    """order: the fields as ``imported.in_order`` has them."""

    def __init__(self, order: Sequence[str]) -> None:
        self._order = order

    def row(self, told: Mapping[str, str], before: str | None = None) -> str:
        """Given field → SQL of what is to be told of it, as ``told`` has it, never null; returns SQL of the whole. before: SQL of
        a whole whose other fields stay; None where there is none."""
        stays = {name: "''" if before is None else f"coalesce({self.part(before, name)}, '')" for name in self._order}
        return f" || {_BETWEEN} || ".join((stays | dict(told)).values())

    def part(self, whole: str, field: str) -> str:
        """SQL: what the whole tells of a field: an empty text where nothing is known of it, null where the whole is null."""
        return f"split_part({whole}, {_BETWEEN}, {self._order.index(field) + 1})"

    @staticmethod
    def told(text: str) -> str:
        """Given SQL of a value of a file as text, which holds no control characters: the reader lets none through, and to look
        for them again takes as long as to write the value; returns SQL of what is told of it."""
        return f"coalesce('{KNOWN}' || {text}, '{NULL}')"

    @staticmethod
    def told_standing(text: str) -> str:
        """Likewise, given SQL of a value of the table, which any program may have written."""
        return Packed.told(f"replace({text}, {_BETWEEN}, {_INSTEAD})")
