"""The house: everything the corridor needs, handed in by ``wiring``. Tests hand in other walls of the same shape."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from nightclerk.config.load import Configuration
from nightclerk.core.breaker import Breaker
from nightclerk.core.destination import Destination
from nightclerk.core.drop import Drop
from nightclerk.core.errors import StoppingError
from nightclerk.filing.archive import Archive
from nightclerk.filing.holder import OnlyOne
from nightclerk.filing.spool import Spool
from nightclerk.ledger.beginnings import Beginnings
from nightclerk.ledger.claims import Claims
from nightclerk.ledger.holds import Holds
from nightclerk.ledger.looks import Looks
from nightclerk.ledger.outbox import Outbox
from nightclerk.ledger.rounds import RoundNotes
from nightclerk.ledger.runs import Runs
from nightclerk.ledger.troubles import Troubles
from nightclerk.ledger.undos import Undos
from nightclerk.ports import Channel, Clock, Format, Source, Target
from nightclerk.work.content import Opener
from nightclerk.work.places import Places


@dataclass(frozen=True, slots=True)
class ParkedLook:
    """When a tenant's parked rows were looked for, and whether there were any."""

    at: datetime
    any: bool


@dataclass(frozen=True, slots=True)
class Fittings:
    """The parts of a house that are made for one configuration; see there."""

    source_of: Callable[[str], Source]
    reader: Format
    channel: Channel | None


@dataclass
class House:
    """One open Nightclerk.

    A daemon's house may be given another configuration while it works (``take``). Whoever does a piece of work that must see one
    configuration from beginning to end (a round, a delivery) does it in ``present()``.

    target: the database of all tenants; in ``of(tenant)``, where that tenant's rows are booked. Whoever books, asks for receipts
    or takes back does so in the latter. target_at: the target at any destination, which connects to nothing before it is asked.
    source_of: a tenant's source, the same one as long as the house stands. handed: a source for a file handed in by a person.
    opener: opens files that are encrypted. channel: None where no mail server is configured; letters then wait. stop: set when
    the house is to close; the drop under way is finished, no other is begun. workers: how many drops may be read and booked at
    once. breakers: how the servers of tenants have been answering, see ``work.asking``. parked: when each tenant's parked rows
    were looked for, see ``work.retry``. luck: a random number from 0 to 1, which
    spreads retries.
    """

    configuration: Configuration
    clock: Clock
    claims: Claims
    looks: Looks
    runs: Runs
    holds: Holds
    undos: Undos
    outbox: Outbox
    troubles: Troubles
    round_notes: RoundNotes
    beginnings: Beginnings
    spool: Spool
    opener: Opener
    archive: Archive
    postman: OnlyOne
    reader: Format
    target: Target
    target_at: Callable[[Destination], Target]
    channel: Channel | None
    source_of: Callable[[str], Source]
    handed: Callable[[Path], Source]
    stop: threading.Event
    workers: Places
    fitted: Callable[[Configuration], Fittings]
    breakers: dict[str, Breaker] = field(default_factory=dict)
    parked: dict[str, ParkedLook] = field(default_factory=dict)
    luck: Callable[[], float] = random.random
    _at_work: dict[str, threading.Lock] = field(default_factory=dict)
    _swap: threading.Lock = field(default_factory=threading.Lock)

    def present(self) -> House:
        """Returns the house as it stands now. All but the configuration and its fittings are shared with the original."""
        with self._swap:
            return replace(self)

    def of(self, tenant: str) -> House:
        """Given a tenant; returns the house as that tenant's: as it stands now, its target where the tenant's rows are booked.

        Raises OperatorError where that cannot be had, as without its password.
        """
        present = self.present()
        there = present.configuration.destination_of(tenant)
        if there != Destination(present.configuration.daemon.database):
            present.target = present.target_at(there)
        return present

    def take(self, configuration: Configuration) -> None:
        """Given another configuration; what begins from now on goes by it, what is under way ends as it began.

        Folders, ledger and database stay those that the house was opened with.
        """
        fittings = self.fitted(configuration)
        with self._swap:
            self.configuration = configuration
            self.source_of = fittings.source_of
            self.reader = fittings.reader
            self.channel = fittings.channel
        self.workers.resize(configuration.daemon.workers)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Holds a place among the workers. Raises StoppingError when the house is to close while all are taken."""
        if not self.workers.take(seconds=0):
            while not (taken := self.workers.take(seconds=0.2)) and not self.stop.is_set():
                pass
            if self.stop.is_set():
                if taken:
                    self.workers.leave()
                raise StoppingError
        try:
            yield
        finally:
            self.workers.leave()

    def source_for(self, drop: Drop) -> Source:
        """Given a drop; returns where its file came from."""
        return self.source_of(drop.tenant) if drop.by_hand is None else self.handed(drop.by_hand)

    def at_work(self, tenant: str) -> threading.Lock:
        """Given a tenant; returns the lock that keeps its rounds one after the other."""
        return self._at_work.setdefault(tenant, threading.Lock())
