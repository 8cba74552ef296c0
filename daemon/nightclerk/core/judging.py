"""May the file as a whole be booked; how it ended; its control totals and its issues by kind. Values in, values out."""

from __future__ import annotations

import decimal
from dataclasses import dataclass, field
from decimal import Decimal

from nightclerk.core.drop import Ending
from nightclerk.core.errors import BookkeepingError
from nightclerk.core.feed import Feed
from nightclerk.core.issue import Issue
from nightclerk.core.reading import Money
from nightclerk.core.run import ControlTotal, Counts, IssueGroup
from nightclerk.core.sentence import Sentence

#: Room for the sum of more rows than any disk holds; a result that would need rounding raises instead.
_EXACT = decimal.Context(prec=60, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.Overflow])
_ZERO = Decimal("0.0000")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is refused as a whole: a code of ``core.issue.REFUSALS`` and a sentence for the sender."""

    code: str
    sentence: Sentence


def judge_file(counts: Counts, feed: Feed, corrects: bool = False) -> Refusal | None:
    """Given the counts after comparison, the feed's limits, and whether the rows are corrections of an earlier file's; returns
    why the file is refused, or None if it may be booked.

    A file without any row is never refused here: it ends as ``empty``. What is tolerated is said of a whole export: a few
    corrected rows are neither incomplete, nor too faulty when one of them is still wrong.
    """
    rows, least = counts.rows, feed.tolerate.at_least_rows
    if rows == 0:
        return None
    if rows < least and not corrects:
        return Refusal("too_few_rows", _too_few(rows, least))
    if feed.max_rows is not None and rows > feed.max_rows:
        return Refusal("too_many_rows", _too_many(rows, feed.max_rows))
    if counts.rejected and not counts.created + counts.updated + counts.unchanged + counts.parked + counts.held:
        if rows == 1:
            return Refusal("nothing_accepted", Sentence("The only row had something wrong and could not be accepted."))
        return Refusal("nothing_accepted", _none_accepted(rows, counts.rejected))
    share = feed.tolerate.rejected
    if share is not None and not corrects and counts.rejected > _fraction(share) * rows:
        return Refusal("too_many_rejected", _too_many_rejected(counts, _fraction(share)))
    return None


def past_rejected_rows(rows: int, most: int) -> Refusal:
    """Given how many rows were looked at and how many of a file may be rejected; returns why one with more is read no further."""
    told = Sentence(
        "More than %(most)s of the first %(rows)s rows of this file had something wrong, so it was read no further and"
        " nothing was imported. When so many are wrong it is seldom the rows: look at the first of them, and at how the file is"
        " exported.",
        most=most,
        rows=rows,
    )
    return Refusal("too_many_rejected", told)


def past_parked_rows(rows: int, most: int) -> Refusal:
    """Given how many rows a file has and how many of them may wait; returns why one in which more would wait is refused."""
    told = Sentence(
        "More than %(most)s of the %(rows)s rows of this file name something that is not there yet, and so many cannot wait:"
        " nothing was imported. Send the file that brings what they name first, then this one again.",
        most=most,
        rows=rows,
    )
    return Refusal("too_many_parked", told)


def past_rejected_bytes(rows: int, rejected: int, most: int) -> Refusal:
    """Given how many rows were looked at, how many of them were rejected, and how many bytes of a file's rejected rows are kept;
    returns why one with more is read no further."""
    told = Sentence(
        "%(rejected)s of the first %(rows)s rows of this file had something wrong, and they are longer than the %(most_bytes)s"
        " that are kept of such rows, so it was read no further and nothing was imported. Look at how the file is exported.",
        rejected=rejected,
        rows=rows,
        most_bytes=most,
    )
    return Refusal("too_many_rejected", told)


def ending_of(counts: Counts) -> Ending:
    """Given the counts of a file that was not refused, nor a duplicate, nor unrecognised; returns how its run ended."""
    if counts.rows == 0:
        return "empty"
    if counts.held == counts.rows:
        return "held"
    return "imported_with_rejects" if counts.rejected else "imported"


def refused_counts(rows: int) -> Counts:
    """Given how many rows a refused file has; returns its counts: all skipped. Also those of a duplicate."""
    return Counts(rows=rows, skipped=rows)


def control_totals(
    file: Money,
    accepted: Money,
    rejected: Money,
    late_rejected: Money,
    skipped: Money | None = None,
    parked: Money | None = None,
    unasked: Money | None = None,
) -> dict[str, dict[str, ControlTotal]]:
    """Given exact sums per money field and currency: of all rows, of those the reader accepted, of those it rejected, of
    those among the accepted that were rejected later (duplicates, mode, required for new), of those that gave way, of those
    that wait, and of those that a trial leaves aside, which the reader neither accepted nor rejected.

    Returns field → currency → totals with file = booked + rejected + parked + skipped; raises BookkeepingError when they do not
    add up.
    """
    totals: dict[str, dict[str, ControlTotal]] = {}
    sums = (file, accepted, rejected, late_rejected, skipped or {}, parked or {}, unasked or {})
    for name in _keys(*sums):
        buckets = [money.get(name, {}) for money in sums]
        for currency in _keys(*buckets):
            whole, taken, refused, late, gave_way, waiting, others = (_amount(bucket.get(currency)) for bucket in buckets)
            booked = _EXACT.subtract(_EXACT.subtract(_EXACT.subtract(taken, late), gave_way), waiting)
            turned_away, aside = _EXACT.add(refused, late), _EXACT.add(gave_way, others)
            if _EXACT.add(_EXACT.add(_EXACT.add(booked, turned_away), aside), waiting) != whole:
                raise BookkeepingError(
                    f"{name} in {currency or 'no currency'}: the file holds {whole}, but {booked} booked, {turned_away} rejected,"
                    f" {waiting} parked and {aside} skipped do not add up to it."
                )
            total = ControlTotal(f"{whole:f}", f"{booked:f}", f"{turned_away:f}", f"{aside:f}", f"{waiting:f}")
            totals.setdefault(name, {})[currency] = total
    return totals


@dataclass(slots=True)
class IssueGroups:
    """Groups issues by code, column and field as they stream by, keeping the first few of each kind as examples."""

    examples: int = 2
    _found: dict[tuple[str, str | None, str | None], tuple[int, list[Issue]]] = field(default_factory=dict)

    def add(self, issue: Issue) -> None:
        """Counts one more issue."""
        kind = (issue.code, issue.column, issue.field)
        count, first = self._found.get(kind, (0, []))
        if count < self.examples:
            first.append(issue)
        self._found[kind] = (count + 1, first)

    def groups(self) -> tuple[IssueGroup, ...]:
        """Returns the kinds so far, the most frequent first, equal ones in the order they first came."""
        return tuple(
            IssueGroup(code, column, name, count, tuple((issue.line, issue.value, issue.message) for issue in first))
            for (code, column, name), (count, first) in sorted(self._found.items(), key=lambda kind: -kind[1][0])
        )


def _keys(*parts: dict[str, object] | Money | dict[str, str]) -> list[str]:
    return list(dict.fromkeys(key for part in parts for key in part))


def _amount(text: str | None) -> Decimal:
    return _ZERO if text is None else _EXACT.add(Decimal(text), _ZERO)


def _fraction(share: float) -> Decimal:
    # 29 % arrives as 0.29 or 0.28999999999999998: what ops wrote has few digits.
    return Decimal(repr(round(share, 9)))


def _percent(share: Decimal) -> Decimal:
    # One decimal, or as many as a share needs that is not to look like nothing or like all.
    percent = share * 100
    for places in (1, 3):
        rounded = round(percent, places)
        if 0 < rounded < 100 or percent in {0, 100}:
            return Decimal(f"{rounded.normalize():f}")
    return round(percent, 6)


def _too_few(rows: int, least: int) -> Sentence:
    return Sentence.counted(
        "The file has %(n)s row, but at least %(least)s are expected; it looks incomplete.",
        "The file has %(n)s rows, but at least %(least)s are expected; it looks incomplete.",
        rows,
        least=least,
    )


def _too_many(rows: int, most: int) -> Sentence:
    return Sentence.counted(
        "The file has %(n)s row, but at most %(most)s are accepted.",
        "The file has %(n)s rows, but at most %(most)s are accepted.",
        rows,
        most=most,
    )


def _none_accepted(rows: int, rejected: int) -> Sentence:
    return Sentence(
        "None of the %(rows)s rows could be accepted; %(rejected)s had something wrong.", rows=rows, rejected=rejected
    )


def _too_many_rejected(counts: Counts, allowed: Decimal) -> Sentence:
    return Sentence.counted(
        "%(rejected)s of %(n)s row (%(share)s %%) had something wrong, but at most %(most)s %% may be rejected.",
        "%(rejected)s of %(n)s rows (%(share)s %%) had something wrong, but at most %(most)s %% may be rejected.",
        counts.rows,
        rejected=counts.rejected,
        share=_percent(Decimal(counts.rejected) / counts.rows),
        most=_percent(allowed),
    )
