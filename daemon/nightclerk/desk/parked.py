"""The rows that wait for others, as people ask for them: how many of each tenant, and each with what it waits for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from nightclerk.config.configuration import Configuration
from nightclerk.config.reaching import driver_url
from nightclerk.core.destination import Destination
from nightclerk.core.errors import NightclerkError
from nightclerk.core.parked import ParkedGroup
from nightclerk.desk.finding import Finding
from nightclerk.desk.output import moment
from nightclerk.ledger.runs import Runs
from nightclerk.targets.sql import SqlTarget


def parked_counts(configuration: Configuration) -> dict[str, int]:
    """Given the configuration; returns how many rows of each tenant wait. Tenants whose database cannot be asked are left out."""
    counts: dict[str, int] = {}
    for destination, tenants in _tenants_at(configuration).items():
        try:
            found = _waiting(destination, None)
        except NightclerkError:
            continue
        rows = Counter[str]()
        for group in found:
            rows[group.tenant] += group.rows
        counts |= {tenant: rows[tenant] for tenant in tenants}
    return counts


def parked_rows(configuration: Configuration, runs: Runs, tenant: str) -> list[dict[str, Any]]:
    """Given the configuration, the runs and a tenant; returns its rows that wait, as ``parked --json`` prints them: those of the
    feed's oldest file first. Raises WeatherError, OperatorError."""
    feeds = {feed.feed: feed for feed in configuration.tenants[tenant].feeds}
    found: list[dict[str, Any]] = []
    with closing(_target(configuration.destination_of(tenant))) as target:
        groups = {group.run_key: group for group in reversed(target.waiting(tenant))}
        for run_key, group in reversed(groups.items()):
            parker = runs.by_key(run_key)
            since = group.since if parker is None else parker.ended_at
            days = feeds[group.feed].parked_for if group.feed in feeds else None
            found += [
                {
                    "feed": group.feed,
                    "entity": group.entity,
                    "run": None if parker is None else parker.id,
                    "file": None if parker is None else parker.file,
                    "line": kept.row.line,
                    "key": kept.key,
                    "missing": kept.row.missing,
                    "since": moment(since),
                    "until": _until(since, days),
                }
                for kept in target.waiting_rows(tenant, run_key)
            ]
    return found


def parked_findings(configuration: Configuration) -> Iterator[Finding]:
    """Given the configuration; yields the parked rows of tenants and feeds that are not configured any more: nobody takes them
    up.

    Raises WeatherError, OperatorError.
    """
    total, left = 0, Counter[tuple[str, str, str]]()
    for destination in _tenants_at(configuration):
        for group in _waiting(destination, None):
            total += group.rows
            tenant = configuration.tenants.get(group.tenant)
            known = {(feed.feed, feed.entity) for feed in (() if tenant is None else tenant.feeds)}
            if (group.feed, group.entity) not in known:
                left[group.tenant, group.feed, destination.place] += group.rows
    for (name, feed, place), number in sorted(left.items()):
        told = (
            f"{_counted(number)} in {place}, of feed {feed} of {name}, which is not configured any more. They are taken up once "
            "it is there again."
        )
        command = f"nightclerk parked {name}" if name in configuration.tenants else None
        yield Finding("doubtful", "parked rows", told, command=command)
    if not left:
        yield Finding("fine", "parked rows", f"{_counted(total)} for others, each of a feed that is configured")


def _until(since: datetime, days: timedelta | None) -> str | None:
    return None if days is None else moment(since + days)


def _counted(number: int) -> str:
    return "1 row waits" if number == 1 else f"{number} rows wait"


def _tenants_at(configuration: Configuration) -> dict[Destination, list[str]]:
    found: dict[Destination, list[str]] = {Destination(configuration.daemon.database): []} if not configuration.tenants else {}
    for tenant in configuration.tenants:
        found.setdefault(configuration.destination_of(tenant), []).append(tenant)
    return found


def _waiting(destination: Destination, tenant: str | None) -> tuple[ParkedGroup, ...]:
    with closing(_target(destination)) as target:
        return target.waiting(tenant)


def _target(destination: Destination) -> SqlTarget:
    database = destination.database
    return SqlTarget(driver_url(database), wait=database.lock_wait.total_seconds(), schema=destination.schema)
