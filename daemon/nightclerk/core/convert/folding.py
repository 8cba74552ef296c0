"""Words as people write them, folded to what their spellings have in common; the same for one text and for a column of them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_NO_WORD = r"[^\w]+|_+"


def plain(text: str) -> str:
    """Given a text; returns it without case and accents."""
    apart = unicodedata.normalize("NFD", text.lower())
    return "".join(sign for sign in apart if not unicodedata.category(sign).startswith("M")).replace("ß", "ss")


def fold(text: str) -> str:
    """Given a text; returns its words without case, accents and punctuation, one space between them."""
    return re.sub(_NO_WORD, " ", plain(text)).strip()


def plainly(cell: pl.Expr) -> pl.Expr:
    """Given cells; returns what ``plain`` returns for each."""
    return cell.str.to_lowercase().str.normalize("NFD").str.replace_all(r"\p{M}", "").str.replace_all("ß", "ss", literal=True)


def folded(cell: pl.Expr) -> pl.Expr:
    """Given cells; returns what ``fold`` returns for each."""
    return plainly(cell).str.replace_all(_NO_WORD, " ").str.strip_chars()
