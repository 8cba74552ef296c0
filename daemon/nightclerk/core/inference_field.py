"""One field whose reading is inferred: from the file's columns to evidence, from evidence to the rule that reads them."""

from __future__ import annotations

from typing import Any

import polars as pl

from nightclerk.core.apply_mapping import part_of, text_of
from nightclerk.core.convert.kinds import Locality
from nightclerk.core.convert.written_dates import NO_DATE, shape
from nightclerk.core.entity import EntityField
from nightclerk.core.feed import Feed
from nightclerk.core.inference_candidates import Candidate, date_candidates, number_candidates
from nightclerk.core.inference_evidence import Evidence
from nightclerk.core.mapping import Mapped
from nightclerk.core.reading import FoundReading
from nightclerk.core.table import TextTable, stripped

#: What may stand behind a day.
_TIMES = tuple(
    f"{before}{time}"
    for before in (" ", "T")
    for time in (
        "%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%H:%M%z", "%H:%M:%S%z", "%H:%M:%S.%f%z", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p",
        "%I:%M:%S%p",
    )
)  # fmt: skip
_TIME = r"[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?: ?[AaPp][Mm])?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?$"
#: How a file hands on days and moments of its own.
_OWN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}:[0-9]{2})?$"
_LONGEST = 60
#: So many different texts are remembered.
_MOST_SEEN = 1 << 16


class FieldInference:
    """What is known so far of how one field is to be read. key: ``dates`` or ``decimal``."""

    def __init__(
        self, name: str, key: str, spec: EntityField, feed: Feed, positions: tuple[int, ...], header: str, place: Locality
    ) -> None:
        self.name, self.key, self.spec, self.header = name, key, spec, header
        self.rule: Mapped = feed.mapping[name]
        self._own = feed.has_own_values
        self._text = stripped(part_of(text_of(self.rule, positions, plain=False), self.rule)).alias("cell")
        by_date = key == "dates"
        self.candidates: list[Candidate] = (
            date_candidates(feed, place) if by_date else number_candidates(spec, self.rule, feed, place)
        )
        self.evidence = Evidence(self.candidates)
        self._times: list[str] = []
        self._seen = pl.Series("", [], dtype=pl.String)

    def add(self, table: TextTable) -> None:
        """Given rows; takes in what their cells tell."""
        cells = table.cells.select(table.lines.alias("line"), self._text)
        cells = cells.filter(pl.col("cell").is_not_null() & (pl.col("cell") != "") & (pl.col("cell").str.len_bytes() <= _LONGEST))
        if not cells.is_empty():
            self.evidence.add(self._days(cells) if self.key == "dates" else self._numbers(cells))

    def changes(self) -> dict[str, Any]:
        """Returns what the rule's keys are to be, as far as the cells have told."""
        whole = self.evidence.whole
        return self.changes_of(whole[0] if whole else 0)

    def changes_of(self, candidate: int) -> dict[str, Any]:
        """Given a candidate's place; returns what it says of the rule's keys."""
        changes = self.candidates[candidate].changes
        if self.key != "dates":
            return changes
        (day,) = changes["dates"]
        return {"dates": [day, *(f"{day}{time}" for time in self._times)]}

    def found(self) -> FoundReading | None:
        """Returns the reading that the cells have told, or None where they tell none, or two, so that the file is refused."""
        if not self.evidence.told or self.evidence.differing is not None or self.evidence.apart is not None:
            return None
        changes = self.changes()
        return FoundReading(
            self.name, self.header, tuple(changes.get("dates", ())), changes.get("decimal", ""), changes.get("thousands", "")
        )

    def _days(self, cells: pl.DataFrame) -> pl.DataFrame:
        cell = pl.col("cell")
        nothing = cell.str.contains(NO_DATE)
        cells = cells.filter(~(nothing | cell.str.contains(_OWN)) if self._own else ~nothing)
        day = cell
        if cells.get_column("cell").str.contains(":", literal=True).any():
            day = cell.str.replace(_TIME, "")
            self._note_times(cells)
        return self._new(_different(cells.with_columns(day.alias("day")), "day"), "day")

    def _note_times(self, cells: pl.DataFrame) -> None:
        # Of a time only its shape matters here, and there are few of these.
        ends = cells.get_column("cell").str.extract(f"({_TIME})").drop_nulls().str.replace_all("[0-9]", "0").unique()
        for time in _TIMES:
            if time not in self._times and ends.str.contains(shape(time)).any():
                self._times.append(time)

    def _numbers(self, cells: pl.DataFrame) -> pl.DataFrame:
        # A cell of digits alone is the same number whatever the marks are. Of the others only the shape matters: where digits
        # stand, and whether a zero leads them.
        cells = cells.filter(pl.col("cell").cast(pl.Int64, strict=False).is_null())
        led = pl.col("cell").str.replace("^([^0-9]*)0([0-9]*[^0-9])", "${1}z${2}")
        return self._new(_different(cells.with_columns(led.str.replace_all("[0-9]", "9").alias("shape")), "shape"), "shape")

    def _new(self, texts: pl.DataFrame, by: str) -> pl.DataFrame:
        """Returns those of the texts that were not seen before: the others have told what they can. Dates repeat themselves."""
        if len(self._seen) and not texts.is_empty():
            texts = texts.filter(~pl.col(by).is_in(self._seen.implode()))
        if len(self._seen) < _MOST_SEEN:
            self._seen = pl.concat([self._seen, texts.get_column(by).alias("")])
        return texts


def _different(cells: pl.DataFrame, by: str) -> pl.DataFrame:
    return cells.group_by(by, maintain_order=True).agg(pl.col("line").first(), pl.col("cell").first(), pl.len().alias("count"))
