"""What kind of text stands in the columns of fields that take any text: told by the first rows, in a few words."""

from __future__ import annotations

from collections import Counter

import polars as pl

from nightclerk.core.table import stripped
from nightclerk.core.verdict import ReadingPlan

#: So many of the first rows are looked at.
SAMPLED_ROWS = 1000
_SPACE = "[ \u00a0\u202f]"
_CURRENCY = f"(?:[€$£]|[A-Z]{{3}}{_SPACE}?)"
_DAY = "(?:[12][0-9]{3}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-3]?[0-9][-/.][0-3]?[0-9][-/.](?:[0-9]{4}|[0-9]{2}))"
_GROUPS = rf"[0-9]{{1,3}}(?:(?:[.,'’]|{_SPACE})?[0-9]{{3}})*"
_WORDS, _MIXED = "words", "mixed"
#: Kinds of text and their shapes, the first that fits counting. What has no digit is ``words``, all else ``mixed``.
_SHAPES = {
    "email": r"^[^\s@]+@[^\s@]+\.[^\s@]+$",
    "url": r"^(?i:https?://|www\.)\S+$",
    "digits": "^[0-9]+$",
    "date": f"^{_DAY}(?:[ T][0-9:.]+.*)?$",
    "amount": rf"^[-+(]?{_CURRENCY}?{_GROUPS}[.,][0-9]{{1,4}}\)?-?(?:{_SPACE}?{_CURRENCY})?$",
    "phone": r"^\+?[0-9(][0-9 ().\-/]{5,}$",
    _WORDS: "^[^0-9]+$",
}
#: Words that nothing else can be, which most texts are: told apart first, they need not be held against every shape.
_PLAIN_WORDS = "^[^0-9@:(wW][^0-9@:(]*$"


class TextKinds:
    """Counts the kinds of text in the first rows of a file, field by field."""

    def __init__(self, plan: ReadingPlan) -> None:
        texts = dict(zip((field.name for field in plan.read), plan.texts, strict=True))
        self._texts = [stripped(texts[field.name]).alias(field.name) for field in plan.read if field.plain]
        self._counts: dict[str, Counter[str]] = {field.name: Counter() for field in plan.read if field.plain}
        self._left = SAMPLED_ROWS if self._texts else 0

    def add(self, cells: pl.DataFrame) -> None:
        """Given the cells of some rows; takes those of the first rows in."""
        if not self._left or cells.is_empty():
            return
        some = cells.head(self._left).select(self._texts)
        self._left -= len(some)
        fields, texts = some.unpivot(variable_name="field", value_name="cell").filter(pl.col("cell") != "").get_columns()
        for kind, shape in ((_WORDS, _PLAIN_WORDS), *_SHAPES.items()):
            fits = texts.str.contains(shape)
            self._count(kind, fields.filter(fits))
            fields, texts = fields.filter(~fits), texts.filter(~fits)
        self._count(_MIXED, fields)

    def counts(self) -> dict[str, dict[str, int]]:
        """Returns, field by field, how many of the rows hold text of which kind; blank ones are not counted."""
        return {name: dict(counts) for name, counts in self._counts.items() if counts}

    def _count(self, kind: str, fields: pl.Series) -> None:
        for name, count in Counter(fields.to_list()).items():
            self._counts[name][kind] += count
