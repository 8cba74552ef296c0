"""Names that are probably meant to be the same: by the words without their writing, and by one or two letters."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from nightclerk.core.convert.folding import folded
from nightclerk.core.lint.finding import LintFinding
from nightclerk.core.lint.kept import Kept
from nightclerk.core.lint.keys import Pair, of_pairs

#: So many different names of one column are compared.
MOST_NAMES = 100_000
#: A name of so many letters may differ in one letter; one of so many in two.
_ONE_LETTER, _TWO_LETTERS = 8, 16
#: How many neighbours in the alphabet each name is compared with, forwards and backwards.
_NEIGHBOURS = 6
_LONGEST = 60
_SMALLEST_WORD = 4
#: Legal forms, each with its spellings. Two names of different forms are two companies.
_FORMS = {
    form: spellings.split()
    for form, spellings in {
        "sarl": "sarl srl srls", "sas": "sas sasu", "sa": "sa spa", "eurl": "eurl", "snc": "snc", "sci": "sci", "scp": "scp",
        "gmbh": "gmbh mbh", "ag": "ag", "kg": "kg", "ohg": "ohg", "ug": "ug", "ltd": "ltd limited", "llc": "llc", "llp": "llp",
        "plc": "plc", "inc": "inc incorporated", "corp": "corp corporation", "co": "co company cie",
        "sl": "sl slu", "lda": "lda ltda", "bv": "bv", "nv": "nv", "oy": "oy", "ab": "ab", "as": "as aps",
    }.items()
}  # fmt: skip
_FORM_OF = {spelling: form for form, spellings in _FORMS.items() for spelling in spellings}
_FORM = rf"\b(?:{'|'.join(_FORM_OF)})\b"
#: S.A.R.L. is written without points as well.
_INITIALS = r"\b(\p{L})\.\s?"


class Names:
    """The values of one column of names."""

    def __init__(self, kept: Kept | None = None) -> None:
        self._kept = kept or Kept()

    @property
    def more(self) -> bool:
        """Whether there were more rows, or different names, than are compared."""
        return self._kept.more or len(self._kept.values()) > MOST_NAMES

    def add(self, values: pl.Series, lines: pl.Series) -> None:
        """Given filled, trimmed values and their lines; takes them in."""
        self._kept.add(values, lines)

    def findings(self, column: str) -> Iterator[LintFinding]:
        """Given the column's name; yields what was found."""
        cell = pl.col("value")
        names = self._kept.values().head(MOST_NAMES).select("value", "line", fold=_core(cell), form=_form(cell))
        names = names.filter(pl.col("fold") != "")
        pairs = [*_same(names), *_near(names.unique(["fold", "form"], keep="first", maintain_order=True))]
        if pairs:
            yield of_pairs("near_duplicate_name", column, pairs)


def near_pairs(names: pl.DataFrame) -> list[tuple[str, str]]:
    """Given different texts in a column ``fold``; returns the pairs that one letter, or in long ones two, tells apart: no digits,
    and no words of three letters or less."""
    found = pl.concat([_by_deletions(names), _by_neighbours(names)])
    ordered = found.select(one=pl.min_horizontal("one", "other"), other=pl.max_horizontal("one", "other"))
    found = ordered.unique(maintain_order=True)  # both ways may find a pair, in either order
    one, other = found["one"], found["other"]
    if found.is_empty():
        return []
    apart = pl.Series(process.cpdist(one.to_list(), other.to_list(), scorer=OSA.distance, score_cutoff=2), dtype=pl.Int32)
    found = found.with_columns(apart=apart, length=pl.min_horizontal(one.str.len_chars(), other.str.len_chars()))
    close = (pl.col("apart") == 1) & (pl.col("length") >= _ONE_LETTER)
    close |= (pl.col("apart") == 2) & (pl.col("length") >= _TWO_LETTERS)
    digits = pl.col("one").str.replace_all("[^0-9]", "") == pl.col("other").str.replace_all("[^0-9]", "")
    return [pair for pair in found.filter(close & digits).select("one", "other").iter_rows() if _in_long_words(*pair)]


def _words(name: pl.Expr) -> pl.Expr:
    return folded(name.str.replace_all(_INITIALS, "${1}"))


def _core(name: pl.Expr) -> pl.Expr:
    """Names without case, accents, punctuation and legal forms; at most so long."""
    words = _words(name)
    bare = words.str.replace_all(_FORM, " ").str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(bare.str.len_chars() > 2).then(bare).otherwise(words).str.slice(0, _LONGEST)


def _form(name: pl.Expr) -> pl.Expr:
    """The legal form within names, blank where there is none."""
    return _words(name).str.extract(f"({_FORM})").replace_strict(_FORM_OF, default="").fill_null("")


def _same(names: pl.DataFrame) -> list[Pair]:
    """The names that nothing but their writing, or a legal form that one of them lacks, tells apart: each with the first of its
    kind."""
    joined = names.with_columns(fold=pl.col("fold").str.replace_all(" ", "")).filter(pl.len().over("fold") > 1)
    first = joined.group_by("fold", "form", maintain_order=True).agg(pl.col("value", "line").first())
    alike = joined.join(first, on=["fold", "form"], suffix="_first", maintain_order="left")
    alike = alike.filter(pl.col("value") != pl.col("value_first"))
    without = first.filter(pl.col("form") == "").select("fold", value_first="value", line_first="line")
    lacking = first.filter(pl.col("form") != "").join(without, on="fold", maintain_order="left")
    wanted = ("value_first", "line_first", "value", "line")
    pairs = [_in_order(*row) for frame in (alike, lacking) for row in frame.select(wanted).iter_rows()]
    return sorted(pairs, key=lambda pair: (pair[3], pair[1]))


def _near(names: pl.DataFrame) -> list[Pair]:
    by_fold: dict[str, list[tuple[str, int, str]]] = {}
    for value, line, fold, form in names.iter_rows():
        by_fold.setdefault(fold, []).append((value, line, form))
    pairs = []
    for one, other in near_pairs(names.unique("fold", keep="first", maintain_order=True)):
        if one.replace(" ", "") == other.replace(" ", ""):
            continue
        alike = [(a, b) for a in by_fold[one] for b in by_fold[other] if a[2] == b[2] or not (a[2] and b[2])]
        if alike:
            (value, line, _), (near, second, _) = alike[0]
            pairs.append(_in_order(value, line, near, second))
    return sorted(pairs, key=lambda pair: (pair[3], pair[1]))


def _in_order(one: str, line: int, other: str, second: int) -> Pair:
    return (one, line, other, second) if line <= second else (other, second, one, line)


def _by_deletions(names: pl.DataFrame) -> pl.DataFrame:
    """The pairs that share a text when one letter, or none, is taken out of each: all that one letter tells apart."""
    texts = names.select("fold", at=pl.int_range(pl.len(), dtype=pl.UInt32)).filter(pl.col("fold").str.len_chars() >= _ONE_LETTER)
    fold = pl.col("fold")
    signatures = [texts.select("at", sign=fold.hash(0))]
    for place in range(_LONGEST):
        texts = texts.filter(fold.str.len_chars() > place)
        if texts.is_empty():
            break
        less = pl.concat_str(fold.str.slice(0, place), fold.str.slice(place + 1))
        signatures.append(texts.select("at", sign=less.hash(0)))
    found = pl.concat(signatures).unique().filter(pl.len().over("sign") > 1)
    # Of very many with one signature each is paired with the first alone.
    first = found.group_by("sign").agg(first=pl.col("at").min())
    pairs = (
        found.join(first, on="sign").filter(pl.col("at") != pl.col("first")).select("first", "at").unique().sort("first", "at")
    )
    every = names["fold"]
    return pl.DataFrame({"one": every.gather(pairs["first"]), "other": every.gather(pairs["at"])})


def _by_neighbours(names: pl.DataFrame) -> pl.DataFrame:
    """The pairs of long names that stand near each other in the alphabet, read forwards or backwards."""
    long = names.filter(pl.col("fold").str.len_chars() >= _TWO_LETTERS)["fold"]
    found = [pl.DataFrame(schema={"one": pl.String, "other": pl.String})]
    for ordered in (long.sort(), pl.select(pl.lit(long).sort_by(pl.lit(long).str.reverse())).to_series()):
        for step in range(1, min(_NEIGHBOURS, len(ordered) - 1) + 1):
            one, other = ordered.head(len(ordered) - step), ordered.tail(len(ordered) - step)
            found.append(pl.DataFrame({"one": one.alias("one"), "other": other.alias("other")}))
    return pl.concat(found)


def _in_long_words(one: str, other: str) -> bool:
    """Whether two texts differ in words that are long enough to be mistyped."""
    words, others = one.split(), other.split()
    if len(words) != len(others):
        return abs(len(words) - len(others)) == 1 and one.replace(" ", "") == other.replace(" ", "")
    pairs = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return all(min(map(len, pair)) >= _SMALLEST_WORD and not any(map(str.isdigit, pair[0] + pair[1])) for pair in pairs)
