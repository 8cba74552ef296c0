"""Names and texts as XLSX can hold them."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_TITLE = 31
#: The most characters of a cell, as XLSX counts them.
LONGEST_CELL = 32_767


def sheet_title(name: str) -> str:
    """Given a sheet's name, as a workbook of any kind may have it; returns it as an XLSX sheet may be named, which it nearly
    always is already. The same name has the same title."""
    title = longest_start(_FORBIDDEN.sub("_", name), _LONGEST_TITLE)
    title = re.sub("^'|'$", "_", title)
    if not title.strip():
        return "Sheet1"
    return f"{title}_" if title.lower() == "history" else title


def longest_start(text: str, most: int) -> str:
    """Given a text; returns its start of at most so many characters as XLSX counts them: those beyond U+FFFF twice."""
    return text.encode("utf-16-le", "surrogatepass")[: most * 2].decode("utf-16-le", "ignore")
