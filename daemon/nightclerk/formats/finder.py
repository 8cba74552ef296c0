"""The plan of reading a file, with the columns in it whose reading is left to be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from nightclerk.core.convert.kinds import Locality
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.inference import plan_inference
from nightclerk.core.reading import FoundReading, Job
from nightclerk.core.table import TextTable
from nightclerk.core.verdict import Judged, ReadingPlan, plan_reading
from nightclerk.formats.frame import Rows
from nightclerk.formats.header import Header
from nightclerk.formats.lookahead import look_ahead
from nightclerk.formats.records import Records

_UNREAD = frozenset({"not_a_date", "not_a_datetime", "not_a_number", "not_an_integer"})


class Finder:
    """Finds out how columns read that the feed leaves to be found (``dates: auto``, ``decimal: auto``), and plans by it.

    Rows that come back corrected are read as the feed's last files were: a few cells would tell nothing.
    """

    def __init__(self, feed: Feed, entity: Entity, job: Job, header: Header, columns: tuple[str, ...]) -> None:
        """Raises SenderError as ``plan_reading`` does."""
        self._entity, self._columns, self._also = entity, columns, header.also
        self._place = Locality(job.timezone, job.language)
        known = job.readings if header.runs is not None else ()
        self._feed, self._inference = plan_inference(feed, entity, columns, self._place, header.also, known)
        self._known = known

    def look_ahead(
        self, records: Records, afresh: Callable[[], Records], cells: Callable[[Rows], pl.DataFrame]
    ) -> tuple[Records, Iterator[Rows] | None]:
        """See ``formats.lookahead``; where nothing is to be found, no row is looked at, and the second is None."""
        if self._inference is None:
            return records, None
        return look_ahead(records, afresh, self._inference, cells)

    def plan(self) -> ReadingPlan:
        """Returns the plan, as far as it is known how the columns read. Raises SenderError as ``plan_reading`` does."""
        feed = self._inference.feed() if self._inference is not None else self._feed
        return plan_reading(feed, self._entity, self._columns, self._place.timezone, self._place.language, self._also)

    def check(self) -> None:
        """Raises SenderError ``ambiguous_dates`` or ``ambiguous_numbers`` where the cells do not tell one reading."""
        if self._inference is not None:
            self._inference.check()

    def found(self) -> tuple[FoundReading, ...]:
        """Returns the readings that the cells have told."""
        return self._inference.found() if self._inference is not None else ()

    def reads_more(self, table: TextTable, judged: Judged) -> bool:
        """Given rows and what became of them; returns whether there is now another plan that reads more of their cells, as with
        the first thousands mark of a file. Raises SenderError where that would be another reading than the cells before had."""
        if self._inference is None or not judged.issues:
            return False
        wrong = [issue for issue in judged.issues if issue.code in _UNREAD and issue.field in self._inference.names]
        if not wrong:
            return False
        before = self._inference.feed()
        lines = pl.Series(sorted({issue.line for issue in wrong}), dtype=pl.Int64)
        chosen = table.lines.is_in(lines.implode())
        rows = TextTable(table.lines.filter(chosen), table.cells.filter(chosen))
        self._inference.add(rows, {issue.field for issue in wrong if issue.field is not None})
        self._inference.check()
        return self._inference.feed() != before
