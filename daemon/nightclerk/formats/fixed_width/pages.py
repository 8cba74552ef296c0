"""What a printed report has on each of its pages: the page break, the lines of its head once more, and lines that are drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

#: Stands at the beginning of the first line of a page.
PAGE_BREAK = "\f"
HEADER_AGAIN, DRAWN = "header again", "footer"
_DRAWN_LINE = r"^[\s|+]*[-=_*~]{3}[-=_*~+|.\s]*$"


def without_breaks(texts: pl.Series) -> pl.Series:
    """Given lines; returns them without the page breaks at their beginnings and ends."""
    if not texts.str.contains(PAGE_BREAK, literal=True).any():
        return texts
    return texts.str.strip_chars(PAGE_BREAK)


class Pages:
    """Tells what stands on each page from the rows."""

    def __init__(self, head: Sequence[str], drawn: bool) -> None:
        """Given the lines of the file up to its header, nothing where it has none, and whether drawn lines are no rows."""
        self._header = head[-1].rstrip() if head else ""
        self._titles = _alike(pl.Series("line", head[:-1], dtype=pl.String)).reverse()
        self._drawn = drawn

    def left_out(self, texts: pl.Series) -> dict[int, str]:
        """Given lines that follow each other; returns which of them, from 0, are no rows, each with the reason.

        A title is told by where it stands above a header that comes once more, whatever figures are in it.
        """
        out: dict[int, str] = {}
        if self._drawn:
            out = dict.fromkeys(texts.str.contains(_DRAWN_LINE).arg_true().to_list(), DRAWN)
        if not self._header or not texts.str.starts_with(self._header).any():
            return out
        again = (texts.str.strip_chars_end() == self._header).arg_true().to_numpy()
        out |= dict.fromkeys(again.tolist(), HEADER_AGAIN)
        for above, title in enumerate(self._titles, 1):
            places = again[again >= above] - above
            same = (_alike(texts.gather(places)) == title).to_numpy() if title and len(places) else np.zeros(len(places), bool)
            out |= dict.fromkeys(places[same].tolist(), HEADER_AGAIN)
        return out


def _alike(texts: pl.Series) -> pl.Series:
    """Returns lines without what differs from page to page: figures, and how many spaces stand beside them."""
    return texts.str.replace_all(r"\d+", "9").str.replace_all(r"\s+", " ").str.strip_chars()
