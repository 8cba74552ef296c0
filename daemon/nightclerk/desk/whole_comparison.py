"""A target in which nothing is booked and all is compared: what the corridor's clerk walks past while a file is reconciled."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from nightclerk.core.booking import BookingPlan, Comparison, Forbidden
from nightclerk.core.reading import Block, Cell, Finished, Job, LateRow, Opened
from nightclerk.core.reconciliation import Summed
from nightclerk.desk.unbooked import Unbooked, UnbookedBooking
from nightclerk.ports import Format, Reading, Reconciling, Target


class Overheard:
    """A ``Format`` around a ``Format`` that remembers which rows of the last file were rejected as they were read."""

    def __init__(self, reader: Format) -> None:
        self._reader = reader
        self.reading: OverheardReading | None = None

    def read(self, file: BinaryIO, job: Job) -> Reading:
        self.reading = OverheardReading(self._reader.read(file, job))
        return self.reading


class OverheardReading:
    """A ``Reading`` around a ``Reading``."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._rejected = array("q")

    @property
    def opened(self) -> Opened:
        return self._reading.opened

    def blocks(self) -> Iterator[Block]:
        for block in self._reading.blocks():
            self._rejected.extend(row.line for row in block.rejected)
            yield block

    def finished(self) -> Finished:
        return self._reading.finished()

    def rows(self, lines: Iterable[int]) -> Iterator[LateRow]:
        return self._reading.rows(lines)

    def close(self) -> None:
        self._reading.close()

    def rejected_keys(self) -> Iterator[tuple[Cell, ...]]:
        """Yields the keys of the rejected rows, as far as they can be read. To be asked once all blocks were taken."""
        if self._rejected:
            yield from (row.key for row in self._reading.rows(sorted(self._rejected)) if row.key is not None)


class WholeComparison(Unbooked):
    """``Bookable`` around a ``Target``. reader: what the file is read with. reconciling: what was compared last, open until
    ``close``; None before all rows were staged. forbidden: how many rows of it an import would reject, although they were read.
    """

    def __init__(self, target: Target, reader: Overheard, summed: tuple[Summed, ...]) -> None:
        super().__init__(target, 0)
        self._reader = reader
        self.summed = summed
        self._open: Reconciling | None = None
        self.reconciling: Reconciling | None = None
        self.plan: BookingPlan | None = None
        self.forbidden = 0

    def begin(self, plan: BookingPlan, key: str, attempt: int) -> WholeBooking:
        """See ``Target.reconcile``."""
        del key, attempt
        self.close()
        self.forbidden = 0
        self.plan = plan
        self._open = self._target.reconcile(plan, self.summed)
        return WholeBooking(self._open, self)

    def close(self) -> None:
        """Ends the comparison, and leaves the target to whom it belongs."""
        if self._open is not None:
            self._open.abandon()
        self._open = self.reconciling = None

    def compared(self, reconciling: Reconciling) -> tuple[Comparison, Iterator[Forbidden]]:
        """Given what all rows were staged in; compares them, the keys of those that were not staged beside them."""
        if self._reader.reading is not None:
            reconciling.beside(self._reader.reading.rejected_keys())
        comparison, forbidden = reconciling.compare()
        self.reconciling = reconciling
        return comparison, self._counted(forbidden)

    def _counted(self, forbidden: Iterator[Forbidden]) -> Iterator[Forbidden]:
        last = -1
        for one in forbidden:  # by ascending line, one for each field of it
            self.forbidden += one.line != last
            last = one.line
            yield one


class WholeBooking(UnbookedBooking):
    """``Booking`` around a comparison that stays open when it is let go, for what is asked afterwards."""

    def __init__(self, reconciling: Reconciling, kept: WholeComparison) -> None:
        super().__init__(reconciling, kept)
        self._reconciling = reconciling
        self._whole = kept

    def compare(self) -> tuple[Comparison, Iterator[Forbidden]]:
        return self._whole.compared(self._reconciling)

    def book(self, receipt: dict[str, Any]) -> None:
        """Nothing is booked."""
        del receipt

    def abandon(self) -> None:
        """The comparison belongs to the target around it."""
