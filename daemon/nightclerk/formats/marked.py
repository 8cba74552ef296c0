"""Records that say themselves that they are no rows: comments, a column for that, headers once more, declared footers."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from nightclerk.core.headers import folded
from nightclerk.core.margin_words import COMMENT, COMMENT_COLUMN, NO_COMMENT
from nightclerk.core.margins import Margins
from nightclerk.core.table import trimmed
from nightclerk.formats.frame import Damaged

#: All that begins with # or with a space sorts before it.
_BEHIND_COMMENT = "$"
#: What cannot be trusted to be a comment: quotes and lines may be mixed up in it.
_TOO_DAMAGED = {"record_too_long", "nul_byte", "bare_cr"}
_COMMENT, _NOT_WANTED, _HEADER, _FOOTER = "comment", "marked as not to be imported", "header again", "footer"


class Marked:
    """Finds them. footer: the pattern of declared footers, or None."""

    def __init__(self, margins: Margins, names: Sequence[str], mapped: frozenset[int], header: bool) -> None:
        """Given what is declared, the columns' names, which of them are mapped, and whether the names stand in the file."""
        self._comments = margins.comments
        self._known: dict[str, tuple[pl.Expr, pl.Expr]] | None = None
        self._column = _column(margins.comment_column, names, mapped)
        self._names = [name.strip() for name in names] if header and len([name for name in names if name.strip()]) > 1 else []
        patterns = [margins.footer] if isinstance(margins.footer, str) else margins.footer
        declared = [] if margins.footer in ("auto", "none") else [_as_expression(pattern) for pattern in patterns]
        self._pattern = f"(?is)^\\s*(?:{'|'.join(declared)})\\s*$" if declared else None
        self.footer = re.compile(self._pattern) if self._pattern is not None else None

    def learn(self, cells: pl.DataFrame) -> None:
        """Given the first rows; where most of them begin like a comment, that is how rows begin here."""
        if self._comments == "auto":
            begun = cells.select(_begins(COMMENT).sum()).item() if cells.width else 0
            self._known = None
            self._comments = COMMENT if begun * 2 <= len(cells) else "none"

    def reasons(self, lines: pl.Series, cells: pl.DataFrame) -> dict[int, str]:
        """Given a stretch, its cells named by their places; returns the lines of such records with the reason."""
        asked = self._known = self._known if self._known is not None else self._asked()
        if not asked or cells.is_empty():
            return {}
        if not any(cells.select(expression.any().alias(reason) for reason, (expression, _) in asked.items()).row(0)):
            return {}
        found = cells.select(expression.alias(reason) for reason, (_, expression) in asked.items())
        out: dict[int, str] = {}
        for reason in found.columns:
            out = dict.fromkeys(lines.filter(found.get_column(reason)), reason) | out
        return out

    def reasons_of_damaged(self, damaged: Sequence[Damaged]) -> dict[int, str]:
        """Given damaged records; returns the lines of those that are comments, or not to be imported, with the reason."""
        out: dict[int, str] = {}
        for one in damaged:
            cells = one.row.cells
            if any(issue.code in _TOO_DAMAGED for issue in one.issues) or not cells:
                continue
            first = cells[0].strip()
            if self._comments not in ("none", "auto") and first.startswith(self._comments) and not NO_COMMENT.match(first):
                out[one.row.line] = _COMMENT
            elif self.footer is not None and self.footer.search(next((cell for cell in cells if cell.strip()), "")):
                out[one.row.line] = _FOOTER
        return out

    def _asked(self) -> dict[str, tuple[pl.Expr, pl.Expr]]:
        """Returns for each reason what nearly no row of a usual file answers to, and what tells exactly."""
        asked: dict[str, tuple[pl.Expr, pl.Expr]] = {}
        if self._comments not in ("none", "auto"):
            first = pl.col("0")
            sorted_before = first < _BEHIND_COMMENT  # one look at each cell, where what it begins with would take two
            quick = sorted_before if self._comments == COMMENT else first.str.starts_with(self._comments) | (first < "!")
            asked[_COMMENT] = quick, _begins(self._comments)
        if self._column is not None:
            column = pl.col(str(self._column))
            asked[_NOT_WANTED] = column != "", trimmed(column) != ""
        if self._names:
            place = next(place for place, name in enumerate(self._names) if name)
            whole = [trimmed(pl.col(str(at))) == name for at, name in enumerate(self._names)]
            asked[_HEADER] = pl.col(str(place)) == self._names[place], pl.all_horizontal(whole)
        if self._pattern is not None:
            footer = pl.col("0").str.contains(self._pattern)
            asked[_FOOTER] = footer, footer
        return asked


def _begins(mark: str) -> pl.Expr:
    first = pl.col("0").str.strip_chars_start()
    begun = first.str.starts_with(mark)
    return begun & ~first.str.contains(f"(?i)^{NO_COMMENT.pattern}") if mark == COMMENT else begun


def _column(declared: str, names: Sequence[str], mapped: frozenset[int]) -> int | None:
    if declared == "none":
        return None
    wanted = COMMENT_COLUMN if declared == "auto" else folded(declared)
    found = [place for place, name in enumerate(names) if folded(name).lstrip("#") == wanted.lstrip("#")]
    return found[0] if found and (declared != "auto" or found[0] not in mapped) else None


def _as_expression(pattern: str) -> str:
    """Given a pattern with *, ? and [abc]; returns it as a regular expression."""
    parts = re.split(r"(\*|\?|\[!?[^\]]+\])", pattern)
    known = {"*": ".*", "?": "."}
    return "".join(
        known.get(part, "[" + ("^" if part[1:2] == "!" else "") + re.escape(part[1:-1].lstrip("!")).replace(r"\-", "-") + "]")
        if at % 2
        else re.escape(part)
        for at, part in enumerate(parts)
    )
