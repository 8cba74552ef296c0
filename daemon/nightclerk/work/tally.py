"""What has been counted so far of one feed's rows while they stream past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

from nightclerk.core.errors import SenderError
from nightclerk.core.issue import Issue, RejectedRow
from nightclerk.core.judging import IssueGroups, past_rejected_bytes, past_rejected_rows
from nightclerk.core.reading import Block, Cell, LateRow, Money, Opened
from nightclerk.filing.issues_file import IssuesFile, Rejected

#: So many issues of a run are kept in the ledger; all of them are in its issues file.
KEPT_ISSUES = 1000
#: So many bytes of rejected rows are kept; a single row may hold a megabyte.
MOST_BYTES = 64 * 10**6


class Tally:
    """Counts rows, rejected, parked and skipped rows, left-out lines; groups issues and passes them on to the issues file.
    rejected_lines: of the rows that were rejected as they were read.

    most, most_bytes: so many rejected rows are kept. Whatever finds more of them raises SenderError ``too_many_rejected``.
    """

    def __init__(self, opened: Opened, file: IssuesFile, most: int, most_bytes: int = MOST_BYTES) -> None:
        self.opened = opened
        self.rows = 0
        self.rejected = 0
        self.skipped = 0
        self.parked = 0
        self.rejected_lines: list[int] = []
        self.left_out = len(opened.left_out)
        self.gave_way: list[int] = []
        self.issues = 0
        self.first_issues: list[Issue] = []
        self.groups = IssueGroups()
        self.late_rejected: Money = {}
        self.late_skipped: Money = {}
        self.late_parked: Money = {}
        self._file = file
        self._most = most
        self._most_bytes = most_bytes

    def add(self, block: Block) -> None:
        """Given a block as it came from the reader; counts it."""
        self.rows += block.rows
        self.skipped += block.skipped
        self.left_out += len(block.left_out)
        if block.rejected:
            by_line: dict[int, list[Issue]] = defaultdict(list)
            for issue in block.issues:
                by_line[issue.line].append(issue)
            self._file.add(self._noted(self._found(block.rejected, by_line)))

    def reject_late(self, rows: Iterable[LateRow], why: Callable[[LateRow], list[Issue]]) -> None:
        """Given rows read once more and what tells what is wrong with each; takes the accepted ones back out."""
        self._file.add_late(self._noted(self._taken_back(rows, why)))

    def skip_late(self, row: LateRow) -> None:
        """Given an accepted row that gives way to another of its key; counts it as skipped."""
        self.skipped += 1
        self.gave_way.append(row.row.line)
        add_money(self.late_skipped, row)

    def park_late(self, row: LateRow) -> None:
        """Given an accepted row that waits for a row of another entity; counts it as parked."""
        self.parked += 1
        add_money(self.late_parked, row)

    def _found(self, rejected: Iterable[RejectedRow], issues: Mapping[int, list[Issue]]) -> Iterator[Rejected]:
        for row in rejected:
            self.rejected += 1
            self.rejected_lines.append(row.line)
            yield Rejected(row, tuple(issues[row.line]))

    def _taken_back(self, rows: Iterable[LateRow], why: Callable[[LateRow], list[Issue]]) -> Iterator[Rejected]:
        for late in rows:
            if late.values is not None:
                self.rejected += 1
                add_money(self.late_rejected, late)
            yield Rejected(late.row, tuple(why(late)))

    def _noted(self, rejected: Iterable[Rejected]) -> Iterator[Rejected]:
        for one in rejected:
            self._check()
            for issue in one.issues:
                self.issues += 1
                self.groups.add(issue)
                if len(self.first_issues) < KEPT_ISSUES:
                    self.first_issues.append(issue)
            yield one

    def _check(self) -> None:
        if self.rejected > self._most:
            refusal = past_rejected_rows(self.rows, self._most)
        elif self._file.size > self._most_bytes:
            refusal = past_rejected_bytes(self.rows, self.rejected, self._most_bytes)
        else:
            return
        raise SenderError(refusal.code, refusal.sentence)


def add_money(sums: Money, row: LateRow) -> None:
    """Given sums and a row; adds the row's readable amounts to them."""
    for name, (currency, amount) in row.money.items():
        of_field = sums.setdefault(name, {})
        of_field[currency] = str(Decimal(of_field.get(currency, "0")) + Decimal(amount))


def as_block(rows: list[LateRow], width: int) -> Block:
    """Given accepted rows read once more; returns them as a block to be staged. width: how many fields each has."""
    values: list[tuple[Cell, ...]] = [row.values for row in rows if row.values is not None]
    columns = [[one[i] for one in values] for i in range(width)]
    return Block(rows=0, lines=[row.row.line for row in rows if row.values is not None], columns=columns)
