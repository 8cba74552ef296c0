"""What was begun and not brought to an end, and what one memory knows and the other does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from nightclerk.config.configuration import Configuration
from nightclerk.config.reaching import driver_url
from nightclerk.core.destination import Destination
from nightclerk.core.errors import NightclerkError
from nightclerk.core.naming import shown
from nightclerk.core.run import Run
from nightclerk.core.wording import listed
from nightclerk.desk.finding import Finding, of_error
from nightclerk.ledger.health import Booked, Health, Unfinished
from nightclerk.targets.proofs import receipt_keys

#: A letter that waits longer than this is told: the mail server is tried again all the while.
LONG_WAIT = timedelta(hours=24)
#: So many of one kind are named, and the others counted.
_NAMED = 5


def no_ledger(configuration: Configuration) -> Iterator[Finding]:
    """Given the configuration where no ledger was found; yields whether there is one to come or one that was lost. Raises
    WeatherError or OperatorError."""
    place, state = configuration.daemon.ledger.url.place, configuration.daemon.state
    kept = [folder for folder in (state / "archive", state / "spool") if any(path.is_file() for path in folder.rglob("*"))]
    booked = [one.place for one in configuration.entities_at() if _keys(one, "")]
    signs = [f"files lie in {folder}" for folder in kept] + [f"there are receipts in {one}" for one in booked]
    if signs:
        told = (
            f"There is no ledger at {place}, but {listed(signs, 'and')}: it was lost, or the setting `ledger` means another one. "
            "Stop the daemon and put the last backup in its place; without one a new ledger begins."
        )
        yield Finding("wrong", "ledger", told)
    else:
        yield Finding("fine", "ledger", f"{place} is not there yet; it is made when it is first needed")


def drops(begun: Sequence[Unfinished], alive: Mapping[str, bool]) -> Iterator[Finding]:
    """Given the drops that were begun, and which processes live a moment later; yields those that nobody works on. What rests
    until a time yet to come is in order."""
    left = [one for one in begun if one.holder is not None and not alive.get(one.holder, False)]
    for one in left[:_NAMED]:
        drop = one.drop
        what, then = ("The undo of a run of drop", "settles") if one.state == "undoing" else ("Drop", "goes on with")
        told = f"{what} {drop.id} of {drop.tenant}, {shown(drop.sighting.name)}, was left by a process that ended."
        yield Finding("wrong", "drops", f"{told} The next round {then} it.", command=f"nightclerk round {drop.tenant}")
    if len(left) > _NAMED:
        told = f"{_counted(len(left) - _NAMED, 'more drop')} were left by processes that ended."
        yield Finding("wrong", "drops", told, command="nightclerk round")
    working = sum(alive.values())
    running = f"{_counted(working, 'process', 'processes')} of Nightclerk at work" if working else "Nightclerk is not running"
    yield Finding("fine", "drops", f"{running}, {_counted(len(begun) - len(left), 'drop')} under way")


def holds(waiting: Sequence[Run], now: datetime) -> Iterator[Finding]:
    """Given the held runs and the present moment; yields those that nobody has decided about."""
    for run in waiting[:_NAMED]:
        until = run.held.until if run.held is not None else now
        told = f"Run {run.id} of {run.tenant}, {run.file}, is held and waits for a decision until {until:%Y-%m-%d %H:%M} UTC."
        yield Finding("doubtful", "holds", told, command=f"nightclerk run {run.id}")
    if len(waiting) > _NAMED:
        told = f"{_counted(len(waiting) - _NAMED, 'more run')} wait for a decision."
        yield Finding("doubtful", "holds", told, command="nightclerk status")
    if not waiting:
        yield Finding("fine", "holds", "no file waits for a decision")


def letters(health: Health, now: datetime) -> Iterator[Finding]:
    """Given what the ledger knows and the present moment; yields the letters that wait for too long."""
    stuck = health.stuck(now - LONG_WAIT)
    for one in stuck[:_NAMED]:
        since = f"{one.since:%Y-%m-%d %H:%M} UTC, after {_counted(one.attempts, 'try', 'tries')}"
        words = f" The server said: {one.words}" if one.words else ""
        told = f"The letter «{shown(one.subject)}» waits for {one.address} since {since}.{words}"
        yield Finding("wrong", "letters", told, command="nightclerk post")
    if len(stuck) > _NAMED:
        told = f"{_counted(len(stuck) - _NAMED, 'more letter')} waited as long."
        yield Finding("wrong", "letters", told, command="nightclerk post --list")
    if not stuck:
        yield Finding("fine", "letters", "none waits for more than a day")


def receipts(configuration: Configuration, health: Health) -> Iterator[Finding]:
    """Given the configuration and what the ledger knows; yields the runs that were booked and have no receipt in their database,
    whether there are receipts of ours that belong to no run, and each database that cannot be asked.

    A run whose tenant has moved to another database since is judged by the former one, where that is still configured.
    """
    # The daemon may be at work: what was booked before the receipts are read has one, and a receipt that is read then belongs to
    # a run that is open or booked afterwards, in this order.
    installation, runs = health.installation(), health.booked()
    if installation is None:
        return
    common = Destination(configuration.daemon.database)
    begun_in = {key: {one.whereabouts for one in run.begun_in or (common,)} for key, run in runs.items()}
    at = {one.whereabouts: one for one in (common, *configuration.entities_at())}
    wanted = set().union({one.whereabouts for one in configuration.entities_at()}, *begun_in.values())
    keys, asked = frozenset[str](), set[tuple[str, ...]]()
    for place in (one for one in at if one in wanted):
        try:
            found = _keys(at[place], f"{installation}-")
        except NightclerkError as error:
            yield of_error(error, "receipts", "", ())
            continue
        keys, asked = keys | (found or frozenset()), asked | ({place} if found is not None else set())
    if not asked:
        return
    yield from _compared({key: run for key, run in runs.items() if begun_in[key] <= asked}, keys, health)


def _keys(destination: Destination, start: str) -> frozenset[str] | None:
    database = destination.database
    return receipt_keys(driver_url(database), start, wait=database.lock_wait.total_seconds(), schema=destination.schema)


def _compared(runs: Mapping[str, Booked], keys: frozenset[str], health: Health) -> Iterator[Finding]:
    known = health.open_keys()
    known |= health.booked().keys()
    # What was imported once more since then is no loss any more.
    made_good = {run.what: run.number for key, run in runs.items() if key in keys}
    lost = [run for key, run in runs.items() if key not in keys]
    unproven = sorted(run.number for run in lost if made_good.get(run.what, run.number) <= run.number)
    if unproven:
        more = len(unproven) - _NAMED
        numbers = [*map(str, unproven[:_NAMED]), *([f"{more} more"] if more > 0 else [])]
        told = (
            f"The database has no receipt of run {listed(numbers, 'and')}, although the ledger says that it was booked. The "
            "database may have been put back to an older state: import the files again from the archive if rows are missing."
        )
        yield Finding("wrong", "receipts", told, command=f"nightclerk run {unproven[0]}")
    strange = len(keys - known)
    if strange:
        told = (
            f"The database has {_counted(strange, 'receipt')} of runs that the ledger does not know. The ledger may be of an "
            "older state: files that were taken since may be taken and reported once more."
        )
        yield Finding("wrong", "receipts", told)
    if not unproven and not strange:
        yield Finding("fine", "receipts", f"{len(keys)} in the database, all known to the ledger, none missing")


def _counted(number: int, noun: str, nouns: str | None = None) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {nouns or f'{noun}s'}"
