"""Which records of a stretch may be no rows: totals, footers, rows that go on with the one above. Whole columns at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from nightclerk.core.convert.currency_signs import CURRENCY
from nightclerk.core.margin_words import FOOTER, NUMBER, RULE, TOTAL, TOTAL_ALONE
from nightclerk.core.table import trimmed

#: How many rows show what the rows of a file look like.
SAMPLE_ROWS = 1000
_CODE_OR_DATE = rf"^(?:[A-Z]{{3}}|{CURRENCY}|\p{{Nd}}{{1,4}}[-/.] ?\p{{Nd}}{{1,2}}[-/.] ?\p{{Nd}}{{1,4}}\.?)$"
_TOTAL_BEHIND = r"(?i)^.{1,100}[\s-](?:sub)?(?:totals?|totale|totaal|ergebnis|gesamt)\s*:?$"
_MOST_KEYS = 200
#: Of so many rows all cells are looked into, to find the columns that hold texts.
_READ_ROWS = 200
#: What sorts before it is blank, or begins with a space or a tab.
_FIRST_SIGN = "!"


@dataclass(frozen=True)
class Habit:
    """What the rows of a file look like.

    key: the columns of the key, or the first one where it is not known; known: whether it is. anchors: columns that are nearly
    always filled. wordy: whether two of these hold texts, so that a total leaves one of them blank. usual: how many
    cells of a row are filled. shapes: of the keys, as ``shape_of``.
    """

    key: tuple[int, ...]
    known: bool
    anchors: tuple[int, ...]
    wordy: bool
    usual: int
    shapes: frozenset[str]


def habit_of(cells: pl.DataFrame, key: Sequence[int] | None) -> Habit:
    """Given the first rows, and the columns of the key (None where it is not known); returns what rows look like."""
    sample = cells.head(SAMPLE_ROWS).select(trimmed(pl.all()))
    counts = sample.select(pl.sum_horizontal(pl.all() != "").alias("filled")).to_series()
    most = max(counts.to_list(), default=0)
    usual = int(counts.filter(counts * 2 > most).median() or 0)  # type: ignore[arg-type]  # a number
    sample = sample.filter(counts * 2 > usual)  # what is much emptier may be no row
    count = max(1, len(sample))
    filled = sample.select((pl.all() != "").sum()).row(0)
    read = sample.head(_READ_ROWS)
    texts = read.select(((pl.all() != "") & ~pl.all().str.contains(NUMBER)).sum()).row(0)
    unknown = (0,) if filled and filled[0] * 2 > count else ()
    found = tuple(key) if key is not None else unknown
    most = max(1, len(read) - 1) * 4  # one of them may be a total
    by_texts = sorted((place for place in range(len(texts)) if texts[place] * 5 > most), key=lambda place: -texts[place])
    words = by_texts[:2]
    anchors = tuple(dict.fromkeys([*found, *words]))
    whole = sample.filter(pl.all_horizontal([pl.col(str(place)) != "" for place in anchors])) if anchors else sample
    keys = [whole.get_column(str(place)).str.replace_all("[0-9]+", "9").unique() for place in found]
    shapes = {shape_of(key) for column in keys for key in column.head(_MOST_KEYS)} - {""}
    return Habit(found, key is not None, anchors, len(words) == 2, usual, frozenset(shapes))


def shape_of(cell: str) -> str:
    """Given a cell; returns what it has in common with others written alike: ``Ab-12`` and ``Xyz-7`` are ``Aa-9``."""
    plain = re.sub(r"[0-9]+", "9", cell.strip())
    plain = re.sub(r"(?:(?![0-9_])[^\W\d]){1,}", lambda found: "A" if found[0].isupper() else "a", plain)
    return re.sub(r"([^A-Za-z9])\1+", r"\1", plain)


def suspects(cells: pl.DataFrame, habit: Habit) -> pl.Series:
    """Given a stretch; returns which of its records may be no rows: most of a file costs a look at a few columns."""
    if not habit.anchors:
        return pl.Series("suspect", [True], dtype=pl.Boolean).new_from_index(0, len(cells))
    asked = [_may_be_blank(str(place)) for place in habit.anchors]
    if not habit.wordy:
        first = pl.col(str(habit.key[0] if habit.key else 0))
        asked += [first.str.contains(TOTAL), first.str.contains(_TOTAL_BEHIND), first.str.contains(FOOTER)]
    return cells.select(pl.any_horizontal(asked).alias("suspect")).to_series()


def _may_be_blank(name: str) -> pl.Expr:
    # Taking white space off would cost more than all else here; what begins with some is looked at again by ``traits``.
    return (pl.col(name) < _FIRST_SIGN).alias(name)


def traits(cells: pl.DataFrame, habit: Habit) -> pl.DataFrame:
    """Given suspects; returns for each: ``filled``, how many cells; ``first``, the text of the first; ``at``, its column;
    ``key_blank``; ``total``: it says so where a row has its key; ``says``: it says so anywhere;
    ``alone``: in words that mean nothing else; ``bare``: nothing but figures; ``unsaid``: one text where the key stands, or
    none there, figures, and a blank where rows have a text: a total in words that nobody knows, or a row;
    ``footer``: it says so; ``lone``: one text in the first column or the key, unlike a key."""
    trim = cells.select(trimmed(pl.all()))
    names = trim.columns
    full = {name: pl.col(name) != "" for name in names}
    neutral = {name: pl.col(name).str.contains(NUMBER) | pl.col(name).str.contains(_CODE_OR_DATE) for name in names}
    label = pl.coalesce([pl.when(full[name] & ~neutral[name]).then(pl.col(name)) for name in names]).fill_null("")
    found = trim.select(
        pl.sum_horizontal(full.values()).cast(pl.Int64).alias("filled"),
        pl.sum_horizontal([full[name] & ~neutral[name] for name in names]).cast(pl.Int64).alias("words"),
        pl.sum_horizontal([pl.col(name).str.contains(NUMBER) for name in names]).cast(pl.Int64).alias("numbers"),
        pl.coalesce([pl.when(full[name]).then(pl.col(name)) for name in names]).fill_null("").alias("first"),
        pl.coalesce([pl.when(full[name]).then(pl.lit(int(name))) for name in names]).fill_null(-1).alias("at"),
        label.alias("label"),
        (pl.all_horizontal([~full[str(place)] for place in habit.key]) if habit.key else pl.lit(True)).alias("key_blank"),
        (
            pl.all_horizontal([~full[str(place)] | (pl.col(str(place)) == label) for place in habit.key])
            if habit.key
            else pl.lit(True)
        ).alias("key_says"),
        (pl.any_horizontal([~full[str(place)] for place in habit.anchors]) if habit.anchors else pl.lit(False)).alias("lacking"),
    )
    says = pl.col("label").str.contains(TOTAL) | pl.col("label").str.contains(_TOTAL_BEHIND)
    few = pl.lit(True) if habit.known else pl.col("filled") * 2 <= habit.usual
    in_front = pl.col("at").is_in([0, *habit.key])
    return found.with_columns(
        ((pl.col("words") == 1) & says & pl.col("key_says") & (pl.col("numbers") > 0)).alias("total"),
        ((pl.col("words") == 1) & says & (pl.col("numbers") > 0)).alias("says"),
        pl.col("label").str.contains(TOTAL_ALONE).alias("alone"),
        ((pl.col("words") == 0) & (pl.col("numbers") > 0) & pl.col("key_blank") & few).alias("bare"),
        ((pl.col("words") == 1) & ~says & pl.col("key_says") & (pl.col("numbers") > 0) & pl.col("lacking")).alias("unsaid"),
        (
            (pl.col("filled") <= (2 if habit.usual > 3 else 1))
            & (pl.col("first").str.contains(FOOTER) | pl.col("first").str.contains(RULE))
            & (habit.usual > 1)
        ).alias("footer"),
        ((pl.col("filled") == 1) & (pl.col("words") == 1) & in_front & (habit.usual > 2)).alias("lone"),
    )


def repeated(cells: pl.DataFrame, above: pl.DataFrame) -> pl.Series:
    """Given records and as many rows above them; returns how many filled cells of each say what the one above says."""
    same = [(cells.get_column(name) != "") & (cells.get_column(name) == above.get_column(name)) for name in cells.columns]
    return pl.select(pl.sum_horizontal(same).cast(pl.Int64)).to_series()
