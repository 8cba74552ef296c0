"""What the cells of one column say for and against the ways to read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from nightclerk.core.column_fit import Place
from nightclerk.core.inference_candidates import Candidate


@dataclass(frozen=True)
class Differing:
    """A cell that two candidates read as different values: their places in the list, and what they read."""

    at: Place
    candidates: tuple[int, int]
    values: tuple[str, str]


@dataclass(frozen=True)
class Apart:
    """Two cells that no candidate reads both: each with a candidate that reads it and not the other."""

    at: tuple[Place, Place]
    candidates: tuple[int, int]


@dataclass
class Evidence:
    """The evidence on a column. A cell that no candidate reads says nothing; it will be an issue of its row."""

    candidates: Sequence[Candidate]
    _read: dict[int, int] = field(default_factory=dict)
    _alone: dict[tuple[int, int], Place] = field(default_factory=dict)
    _differing: dict[tuple[int, int], Differing] = field(default_factory=dict)

    def add(self, texts: pl.DataFrame) -> None:
        """Given different texts in the order they come: ``line`` and ``cell`` of the first of each, ``count``, and what the
        candidates' expressions want; takes them in."""
        if texts.is_empty():
            return
        values = texts.select(candidate.value.alias(str(at)) for at, candidate in enumerate(self.candidates))
        read = {at: values.get_column(str(at)).is_not_null() for at in range(len(self.candidates))}
        reading = [at for at in read if read[at].any()]
        for at in reading:
            self._read[at] = self._read.get(at, 0) + int(texts.get_column("count").filter(read[at]).sum())
            for other, others in read.items():
                if other != at and (at, other) not in self._alone:
                    self._note_alone(texts, read[at] & ~others, at, other)
        whole = [at for at in self.whole if at in reading]
        for number, at in enumerate(whole):
            for other in whole[number + 1 :]:
                if self._family(at) != self._family(other) and (at, other) not in self._differing:
                    self._note_differing(texts, values, at, other)

    @property
    def whole(self) -> list[int]:
        """Returns the candidates that read every cell that any candidate reads, the most trusted first."""
        missing = {missing for _, missing in self._alone}
        return [at for at in range(len(self.candidates)) if at not in missing]

    @property
    def decided(self) -> bool:
        """Whether no further cell can make two of the remaining candidates differ."""
        return len({self._family(at) for at in self.whole}) <= 1

    @property
    def told(self) -> bool:
        """Whether the cells themselves tell the family."""
        return bool(self._read) and self.decided

    @property
    def differing(self) -> Differing | None:
        """Returns a cell that two of the remaining candidates read differently, or None."""
        whole = set(self.whole)
        found = (one for pair, one in self._differing.items() if whole >= set(pair))
        return min(found, key=lambda one: one.at.line, default=None)

    @property
    def apart(self) -> Apart | None:
        """Returns two cells that cannot be read together, if no candidate reads all cells: the first is of the candidate that
        reads most of them."""
        if self.whole:
            return None
        best = max(self._read, key=lambda at: (self._read[at], -at))
        unread = [(place.line, at) for (at, missing), place in self._alone.items() if missing == best]
        others = [(line, at) for line, at in unread if (best, at) in self._alone] or unread
        other = min(others)[1]
        first = self._alone.get((best, other)) or self._alone[(other, best)]
        return Apart((first, self._alone[(other, best)]), (best, other))

    def _family(self, at: int) -> str:
        return self.candidates[at].family

    def _note_alone(self, texts: pl.DataFrame, alone: pl.Series, at: int, other: int) -> None:
        first = alone.arg_max()
        if first is not None and alone[first]:
            self._alone[(at, other)] = _place(texts, first)

    def _note_differing(self, texts: pl.DataFrame, values: pl.DataFrame, at: int, other: int) -> None:
        one, another = values.get_column(str(at)), values.get_column(str(other))
        differ = (one != another).fill_null(value=False)
        first = differ.arg_max()
        if first is not None and differ[first]:
            read = (str(one[first]), str(another[first]))
            self._differing[(at, other)] = Differing(_place(texts, first), (at, other), read)


def _place(texts: pl.DataFrame, row: int) -> Place:
    return Place(texts.get_column("line")[row], texts.get_column("cell")[row])
