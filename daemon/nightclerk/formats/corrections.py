"""What a cell of a reject file is written as beside what the sender wrote, and how it is told when the file comes back.

In delimited text a cell that would start a formula gets a leading ``'``, and so does one that already begins with ``'`` and the
like: so exactly the sender's cells come back. In a workbook cells are text whatever they begin with.
"""

from __future__ import annotations

import re

#: What a spreadsheet would take for a formula, and the numbers that it would not; the same to Python's ``re`` and to polars.
STARTS_FORMULA = "^'*[=+\\-@\t\r]"
PLAIN_NUMBER = "^[+-]?[0-9][0-9 \u00a0\u202f.,']*$"
#: What stands in a cell of a reject workbook that had no value, or several of which somebody has to choose one: left so, its row
#: is rejected again. Such cells are told from others that hold this text by the codes that the row was rejected for.
NO_VALUE = "#N/A"
WITHOUT_VALUE: frozenset[str] = frozenset({"cell_error", "formula_uncomputed", "number_overflow", "several_values"})
GUARDED = r"^'('*[=+\-@\t\r])"


def guarded(cell: str) -> str:
    """Given a cell; returns it with a leading ``'`` where a spreadsheet would take it for a formula. Plain numbers stay."""
    return f"'{cell}" if re.match(STARTS_FORMULA, cell) and not re.fullmatch(PLAIN_NUMBER, cell) else cell


def as_sent(cell: str) -> str:
    """Given a cell of a reject file; returns it as the sender had written it."""
    return re.sub(GUARDED, r"\1", cell)
