"""A file handed in by a person walks the same corridor as a dropped one, and stays where it is."""

from __future__ import annotations

from pathlib import Path

from nightclerk.core.drop import HandedIn
from nightclerk.core.errors import OperatorError
from nightclerk.core.routing import rivals, route
from nightclerk.core.run import Run
from nightclerk.core.tenant import Tenant
from nightclerk.work.house import House
from nightclerk.work.retry import in_turn, walk_and_retry


def hand_in(house: House, tenant: str, path: Path, feed: str | None, only: tuple[str, ...] | None) -> tuple[Run, ...]:
    """Given a tenant's name, a local file, a feed (or None: by the file's name) and the keys of a trial; returns its runs, and
    after them those of parked rows that they let in (``Run.retries``).

    Raises OperatorError when no feed or several feeds fit, or when the file cannot be read; WeatherError as the corridor does.
    """
    noun = house.configuration.tenants[tenant]
    names = feeds_for(noun, path, feed)
    chosen = [each.feed for each in in_turn(house, noun, [each for each in noun.feeds if each.feed in names])]
    (sighting,) = house.handed(path).look().sightings
    with house.at_work(tenant):
        claim = house.claims.claim_by_hand(tenant, sighting, chosen, HandedIn(path.resolve(), only), house.clock.now())
        return walk_and_retry(house, claim)


def feeds_for(tenant: Tenant, path: Path, feed: str | None) -> tuple[str, ...]:
    """Given a tenant, a file and the feed that a person named, if any; returns the feeds that read the file: several
    where each reads a sheet, or a member of an archive, of its own.

    Raises OperatorError when there is no such feed, when none takes files of that name, when several want the same rows,
    or when there is no such file.
    """
    names = [each.feed for each in tenant.feeds]
    if feed is not None:
        if feed not in names:
            raise OperatorError(f"Tenant {tenant.tenant} has no feed {feed}; it has {', '.join(names)}.")
        return (feed,)
    fitting = route(tenant.feeds, path.name)
    if not fitting or rivals(fitting):
        if not path.exists():
            raise OperatorError(f"{path} cannot be read: No such file or directory.")
        found = "More than one feed" if fitting else "No feed"
        raise OperatorError(
            f"{found} of tenant {tenant.tenant} takes a file named {path.name}. Name one of {', '.join(names)} with --feed."
        )
    return tuple(each.feed for each in fitting)
