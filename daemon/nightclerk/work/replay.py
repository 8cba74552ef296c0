"""A run's archived file walks the whole way once more, as a drop of its own."""

from __future__ import annotations

from dataclasses import replace

from nightclerk.core.drop import HandedIn
from nightclerk.core.errors import OperatorError
from nightclerk.core.run import Run
from nightclerk.work.as_it_was import stored_by
from nightclerk.work.house import House
from nightclerk.work.retry import walk_and_retry
from nightclerk.work.undo import archived


def replay(house: House, number: int, *, as_it_was: bool) -> tuple[Run, ...]:
    """Given a run's number, and whether the configuration that produced it is to be used instead of today's; books the run's
    archived file again and returns the new run, and after it those of parked rows that it let in.

    Raises OperatorError when the run read no file, the archive does not have its very bytes any more, or its tenant or feed is
    not configured; WeatherError as the corridor does.
    """
    run = house.runs.get(number)
    if run is None:
        raise OperatorError(f"There is no finished run {number}.", command="nightclerk runs")
    if run.undoes is not None or run.feed is None:
        what = f"took run {run.undoes} back" if run.undoes is not None else "was read by no feed"
        raise OperatorError(f"Run {number} {what}, so there is nothing to replay.", command=f"nightclerk run {number}")
    if run.retries is not None:
        raise OperatorError(
            f"Run {number} read no file: its rows were parked by run {run.retries}, whose file can be replayed.",
            command=f"nightclerk replay {run.retries}",
        )
    if run.ending == "held":
        raise OperatorError(f"Run {number} is held: it is booked once it is approved.", command=f"nightclerk approve {number}")
    tenant = house.configuration.tenants.get(run.tenant)
    if tenant is None:
        raise OperatorError(f"Run {number} is of tenant {run.tenant}, which is not configured any more.")
    if as_it_was:
        stored_by(house.undos, run.config_hash)
    elif run.feed not in {feed.feed for feed in tenant.feeds}:
        raise OperatorError(
            f"Tenant {tenant.tenant} has no feed {run.feed} any more. Replay the run with the configuration that produced it.",
            command=f"nightclerk replay {number} --as-it-was",
        )
    drop = house.runs.drop(run.drop)
    path = archived(house.archive, run, drop)
    if path is None:
        raise OperatorError(
            f"The archive does not have the file of run {number} any more, or not with the same bytes, so it cannot be replayed. "
            "Ask the sender for it, and hand it in with nightclerk import."
        )
    (sighting,) = house.handed(path).look().sightings
    only = tuple(run.effects["only"]) if "only" in run.effects else None  # a trial stays one
    handed = HandedIn(path, only, replays=number, replayed_by=run.config_hash if as_it_was else None)
    with house.at_work(run.tenant):
        named = replace(sighting, name=drop.sighting.name)
        claim = house.claims.claim_by_hand(run.tenant, named, [run.feed], handed, house.clock.now())
        return walk_and_retry(house, claim)
