"""Yes and no, in the words of the languages whose exports are read."""

from __future__ import annotations

import polars as pl

from nightclerk.core.convert.converter import Converter, Reason
from nightclerk.core.convert.folding import plain, plainly
from nightclerk.core.convert.shapes import WORDS


def boolean(cell: pl.Expr) -> Converter:
    """Given a column of trimmed text; returns its converter; case and accents do not matter. A blank is blank, not no: ``X`` and
    blank need ``values``."""
    usual = pl.when(cell.is_in(_cases(True))).then(pl.lit(True)).when(cell.is_in(_cases(False))).then(pl.lit(False))
    words = {plain(word): meaning for word, meaning in WORDS.items()}
    read = plainly(cell).replace_strict(words, default=None, return_dtype=pl.Boolean)
    return Converter(pl.Boolean, (usual, read), lambda _: Reason("not_a_boolean", '"%(value)s" says neither yes nor no.'))


def _cases(means: bool) -> list[str]:
    words = [word for word, meaning in WORDS.items() if meaning is means]
    return [case for word in words for case in dict.fromkeys((word, word.capitalize(), word.upper()))]
