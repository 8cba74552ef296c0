"""Records that may be the end of a file, held back until it is known what follows them."""

from __future__ import annotations

from collections.abc import Iterator

from nightclerk.core.issue import LeftOut
from nightclerk.formats.frame import Rows

#: A footer has a few lines; what goes on for longer is rows.
_MOST = 50


class HeldBack:
    """Records held back, in order."""

    def __init__(self) -> None:
        self._held: list[Rows] = []

    def add(self, rows: Rows) -> None:
        """Given records; holds them back as well."""
        self._held.append(rows)

    @property
    def too_many(self) -> bool:
        """Whether these are more than any footer has."""
        return sum(len(rows.lines) + len(rows.damaged) for rows in self._held) > _MOST

    def released(self) -> Iterator[Rows]:
        """Yields what was held back, as rows; nothing is held back any longer."""
        held, self._held = self._held, []
        yield from held

    def left_out(self, reason: str) -> tuple[LeftOut, ...]:
        """Given a reason; returns what was held back as left out, at the end of the file."""
        lines = [
            *(line for rows in self._held for line in rows.lines),
            *(one.row.line for rows in self._held for one in rows.damaged),
        ]
        self._held = []
        return tuple(LeftOut(line, reason) for line in sorted(lines))
