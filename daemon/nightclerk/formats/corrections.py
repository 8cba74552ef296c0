"""What keeps a cell of a reject file from becoming a formula, and how it is taken off again when the file comes back.

A cell that would start a formula gets a leading ``'``, and so does one that already begins with ``'`` and the like:
so exactly the sender's cells come back.
"""

from __future__ import annotations

import re

_STARTS_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9 \u00a0\u202f.,']*")
GUARDED = r"^'('*[=+\-@\t\r])"


def guarded(cell: str) -> str:
    """Given a cell; returns it with a leading ``'`` where a spreadsheet would take it for a formula. Plain numbers stay."""
    return f"'{cell}" if _STARTS_FORMULA.match(cell) and not _PLAIN_NUMBER.fullmatch(cell) else cell


def as_sent(cell: str) -> str:
    """Given a cell of a reject file; returns it as the sender had written it."""
    return re.sub(GUARDED, r"\1", cell)
