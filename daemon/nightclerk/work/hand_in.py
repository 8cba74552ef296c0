"""A file handed in by a person walks the same corridor as a dropped one, and stays where it is."""

from __future__ import annotations

from pathlib import Path

from nightclerk.core.errors import OperatorError
from nightclerk.core.routing import route
from nightclerk.core.run import Run
from nightclerk.work.house import House
from nightclerk.work.walk import walk


def hand_in(house: House, tenant: str, path: Path, feed: str | None, only: tuple[str, ...] | None) -> tuple[Run, ...]:
    """Given a tenant's name, a local file, a feed (or None: by the file's name) and the keys of a trial; returns its runs.

    Raises OperatorError when no feed or several feeds fit, or when the file cannot be read; WeatherError as the corridor does.
    """
    chosen = _feed(house, tenant, path.name, feed)
    (sighting,) = house.handed(path).look().sightings
    with house.at_work(tenant):
        claim = house.claims.claim_by_hand(tenant, sighting, chosen, path.resolve(), only, house.clock.now())
        return walk(house, claim)


def _feed(house: House, tenant: str, name: str, feed: str | None) -> str:
    feeds = house.configuration.tenants[tenant].feeds
    names = [each.feed for each in feeds]
    if feed is not None:
        if feed not in names:
            raise OperatorError(f"Tenant {tenant} has no feed {feed}; it has {', '.join(names)}.")
        return feed
    fitting = route(feeds, name)
    if len(fitting) != 1:
        found = "No feed" if not fitting else "More than one feed"
        raise OperatorError(f"{found} of tenant {tenant} takes a file named {name}. Name one of {', '.join(names)} with --feed.")
    return fitting[0].feed
