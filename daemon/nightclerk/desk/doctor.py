"""Looks whether files, ledger, tables and folders agree with each other, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from nightclerk.config.configuration import Configuration
from nightclerk.config.reaching import driver_url
from nightclerk.core.destination import Destination
from nightclerk.core.entity import Entity
from nightclerk.core.errors import NightclerkError
from nightclerk.desk.finding import Finding, of_error
from nightclerk.desk.loose_ends import drops, holds, letters, no_ledger, receipts
from nightclerk.desk.machine import libraries, state_folder, zones
from nightclerk.desk.parked import parked_findings
from nightclerk.desk.shelves import Watched, archive, spool
from nightclerk.filing.holder import holders
from nightclerk.ledger.as_it_is import ledger_as_it_is
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.health import Health
from nightclerk.ledger.holds import Holds
from nightclerk.ledger.troubles import Troubles
from nightclerk.targets.tables import CREATE_COMMAND, table_faults


@dataclass(frozen=True)
class Visit:
    """What a visit looks at. files: how many of the newest archived files are compared with their hash, None for all of them.
    now: the present moment. watched: makes a sequence one whose progress is shown."""

    configuration: Configuration
    files: int | None
    now: datetime
    watched: Watched


def visit(about: Visit) -> Iterator[Finding]:
    """Given what to look at; yields what is found, fine or not, part by part. What cannot be reached is a finding as well."""
    configuration = about.configuration
    daemon = configuration.daemon
    yield from libraries()
    yield from zones(configuration.tenants.values())
    yield from state_folder(daemon.state)
    for destination, entities in configuration.entities_at().items():
        yield from _told("database", partial(_database, destination, entities))
    ledger: Ledger | None = None
    try:
        ledger = ledger_as_it_is(driver_url(daemon.ledger), daemon.ledger.lock_wait.total_seconds())
    except NightclerkError as error:
        yield of_error(error, "ledger", "", ())
        return
    if ledger is None:
        yield from _told("ledger", partial(no_ledger, configuration))
        return
    try:
        yield from _told("ledger", partial(_ledger, about, ledger))
    finally:
        ledger.close()


def doctor_data(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Given findings; returns the list that ``doctor --json`` prints."""
    return [{"level": one.level, "part": one.system, "message": one.sentence, "command": one.command} for one in findings]


def _told(part: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What a part says, up to where it can be reached no more."""
    try:
        yield from look()
    except NightclerkError as error:
        yield of_error(error, part, "", ())


def _database(destination: Destination, entities: Mapping[str, Entity]) -> Iterator[Finding]:
    url, wait = driver_url(destination.database), destination.database.lock_wait.total_seconds()
    faults = table_faults(url, entities.values(), wait=wait, schema=destination.schema)
    for fault in faults:
        yield Finding("wrong", "database", fault, command=CREATE_COMMAND if " not exist " in fault else None)
    if not faults:
        yield Finding("fine", "database", f"{destination.place}: the tables of all entities are there and fit")


def _ledger(about: Visit, ledger: Ledger) -> Iterator[Finding]:
    health, state = Health(ledger), about.configuration.daemon.state
    place = about.configuration.daemon.ledger.url.place
    faults = health.faults()
    for fault in faults:
        told = f"The ledger {place} is damaged: {fault}. Stop the daemon and put the last backup in its place."
        yield Finding("wrong", "ledger", told)
    if faults:
        return  # what else it says is not to be trusted
    yield Finding("fine", "ledger", f"{place} ({health.product()}) is sound")
    newest = health.newest()
    if newest is not None and newest > about.now + timedelta(minutes=1):
        told = f"The last run ended at {newest:%Y-%m-%d %H:%M} UTC, which is yet to come: the machine's clock was set back."
        yield Finding("wrong", "clock", f"{told} Set it right.", command="timedatectl status")
    # Before the processes: one that begins a drop from here on is not yet asked for.
    begun = (*health.unfinished(), *health.undoing())
    yield from drops(begun, holders(state))
    yield from holds(Holds(ledger).waiting(), about.now)
    yield from letters(health, about.now)
    for tenant, (sentence, since) in Troubles(ledger).all().items():
        yield Finding(
            "wrong",
            "source",
            f"{tenant}, since {since:%Y-%m-%d %H:%M} UTC: {sentence}",
            command=f"nightclerk check --connect {tenant}",
        )
    yield from _told("receipts", partial(receipts, about.configuration, health))
    yield from _told("parked rows", partial(parked_findings, about.configuration))
    yield from spool(state, health)
    yield from archive(state, health, about.files, about.watched)
