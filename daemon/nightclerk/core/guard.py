"""Whether a file that may be booked is unlike this feed's history: the guards of ``hold``. Values in, values out."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from decimal import Decimal

from nightclerk.core.absent import ABSENT
from nightclerk.core.feed import Feed
from nightclerk.core.headers import header_of
from nightclerk.core.naming import shown
from nightclerk.core.run import HoldReason, Run
from nightclerk.core.sentence import Sentence

#: So many of a feed's last runs tell what is usual.
HISTORY = 10
#: Shares of fewer rows tell nothing.
FEWEST_ROWS = 10
_EVERYTHING = 100


def reasons_to_hold(run: Run, feed: Feed, history: Sequence[Run]) -> tuple[HoldReason, ...]:
    """Given the run of a file as it would be booked, its feed, and the feed's last runs that booked whole files, newest first
    (see ``HISTORY``); returns why the file waits for a person, nothing if it need not.

    Without any history only the numbers of values that would be cleared and of rows that are absent are looked at.
    """
    found = [*_cleared(run, feed, bool(history)), *_absent(run, feed, bool(history))]
    if history:
        found = [*_fewer_rows(run, feed, history), *_changed(run, feed), *found]
        if _usual_rows(history) >= FEWEST_ROWS:
            found += [*_emptied(run, feed, history), *_totals(run, feed, history)]
        found += _stale(run, feed, history[0])
    return tuple(found)


def _fewer_rows(run: Run, feed: Feed, history: Sequence[Run]) -> Iterator[HoldReason]:
    rows, usual, least = run.counts.rows, _usual_rows(history), feed.hold.fewer_rows
    if least is None or usual < FEWEST_ROWS or rows >= least * usual:
        return
    told = Sentence.counted(
        "The file has %(n)s row; the files before it had about %(usual)s.",
        "The file has %(n)s rows; the files before it had about %(usual)s.",
        rows,
        usual=usual,
    )
    yield HoldReason("fewer_rows", told, {"rows": str(rows), "usual": str(usual)})


def _changed(run: Run, feed: Feed) -> Iterator[HoldReason]:
    most, count, known = feed.hold.changed, run.counts.updated, _known_rows(run)
    if most is None or known < FEWEST_ROWS or count <= most * known:
        return
    told = Sentence(
        "%(percent)s%% of the known rows would change: %(count)s of %(known)s.",
        percent=_percent(count / known),
        count=count,
        known=known,
    )
    yield HoldReason("changed", told, {"updated": str(count), "known": str(known)})


def _cleared(run: Run, feed: Feed, has_history: bool) -> Iterator[HoldReason]:
    """Of all fields together as a number; of each as a share of the known rows, once there were files before."""
    limits, fields = feed.hold.cleared, run.effects.get("cleared", {})
    if limits is None or not fields:
        return
    count, known = sum(fields.values()), _known_rows(run)
    if limits.rows is not None and count > limits.rows:
        told = Sentence.counted(
            "An empty cell would clear %(n)s value that is known.", "Empty cells would clear %(n)s values that are known.", count
        )
        yield HoldReason("cleared", told, {"values": str(count), "known": str(known)})
    if limits.share is None or not has_history or known < FEWEST_ROWS:
        return
    for name, one in fields.items():
        if one > limits.share * known:
            told = Sentence(
                'Empty cells would clear "%(header)s" in %(percent)s%% of the known rows: %(count)s of %(known)s.',
                header=_header(run, feed, name),
                percent=_percent(one / known),
                count=one,
                known=known,
            )
            yield HoldReason("cleared", told, {"field": name, "values": str(one), "known": str(known)})


def _absent(run: Run, feed: Feed, has_history: bool) -> Iterator[HoldReason]:
    """As a number, and as a share of the rows that were there."""
    limits, count = feed.hold.absent, sum(run.effects.get(ABSENT, {}).values())
    if limits is None or not count:
        return
    there = _known_rows(run) + count
    too_many = limits.rows is not None and count > limits.rows
    if limits.share is not None and has_history and there >= FEWEST_ROWS:
        too_many = too_many or count > limits.share * there
    if too_many:
        told = Sentence.counted(
            "%(n)s of the %(known)s records that were there is not in the file any more.",
            "%(n)s of the %(known)s records that were there are not in the file any more.",
            count,
            known=there,
        )
        yield HoldReason(ABSENT, told, {"absent": str(count), "known": str(there)})


def _emptied(run: Run, feed: Feed, history: Sequence[Run]) -> Iterator[HoldReason]:
    least, now = feed.hold.emptied, run.habits.filled if run.habits is not None else {}
    if least is None or not now:
        return
    filled = [one.habits.filled for one in history if one.habits is not None]
    for name, share in now.items():
        before = [one[name] for one in filled if name in one]
        usual = statistics.median(before) if before else 0.0
        # What only a few rows ever had may be gone one night.
        if usual * _usual_rows(history) < FEWEST_ROWS or share >= least * usual:
            continue
        told = Sentence(
            'Column "%(header)s" is filled in %(percent)s%% of the rows; in the files before this one it was in %(before)s%%.',
            header=_header(run, feed, name),
            percent=_percent(share),
            before=_percent(usual),
        )
        yield HoldReason("emptied", told, {"field": name, "filled": f"{share:.4f}", "usual": f"{usual:.4f}"})


def _totals(run: Run, feed: Feed, history: Sequence[Run]) -> Iterator[HoldReason]:
    most = feed.hold.total
    if most is None:
        return
    known = dict.fromkeys((name, currency) for one in history for name, of in one.totals.items() for currency in of)
    for name, currency in known:
        if name not in feed.mapping:
            continue
        before = [Decimal(one.totals[name][currency].file) for one in history if currency in one.totals.get(name, {})]
        usual, total = statistics.median(before), run.totals.get(name, {}).get(currency)
        now = Decimal(total.file) if total is not None else Decimal(0)
        # A currency that most files lack need not be in this one.
        if usual == 0 or 2 * len(before) <= len(history) or abs(now - usual) <= Decimal(str(most)) * abs(usual):
            continue
        told = Sentence(
            'The sum of "%(header)s"%(currency)s is %(value)s; in the files before this one it was about %(reading)s.',
            header=_header(run, feed, name),
            currency=f" ({currency})" if currency else "",
            value=_amount(now),
            reading=_amount(usual),
        )
        yield HoldReason("total", told, {"field": name, "currency": currency, "total": f"{now:f}", "usual": f"{usual:f}"})


def _stale(run: Run, feed: Feed, last: Run) -> Iterator[HoldReason]:
    if not feed.hold.stale or run.replays is not None:
        return  # what a person asks for again is meant to be the same
    if run.sha256 is not None and run.sha256 == last.sha256:
        told = Sentence("This is the file before it once more, unchanged, although new data was expected.")
        yield HoldReason("stale", told, {"run": str(last.id)})
    elif run.counts.unchanged and (run.counts.created, run.counts.updated) == (0, 0) and _same_figures(run, last):
        told = Sentence(
            "The file brings nothing new, although new data was expected: it has as many rows and the same sums as the one before"
            " it, and all that it says is known."
        )
        yield HoldReason("stale", told, {"run": str(last.id)})


def _same_figures(run: Run, last: Run) -> bool:
    sums = [{(n, c): Decimal(t.file) for n, of in one.totals.items() for c, t in of.items()} for one in (run, last)]
    return sums[0] == sums[1] and (run.counts.rows, run.counts.rejected) == (last.counts.rows, last.counts.rejected)


def _usual_rows(history: Sequence[Run]) -> int:
    return statistics.median_low([one.counts.rows for one in history])


def _known_rows(run: Run) -> int:
    return run.counts.updated + run.counts.unchanged


def _percent(share: float) -> int:
    """Whole percents; what is not all is never called all, nor what is something nothing."""
    if share <= 0 or share >= 1:
        return _EVERYTHING if share >= 1 else 0
    return min(max(round(_EVERYTHING * share), 1), _EVERYTHING - 1)


def _amount(value: Decimal) -> Decimal:
    """With the decimals it needs, two at least where it has any."""
    return value.quantize(Decimal("0.01")) if value == value.quantize(Decimal("0.01")) else value.normalize()


def _header(run: Run, feed: Feed, name: str) -> str:
    return shown(header_of(feed, name, run.columns) or name)
