"""The house: everything the corridor needs, handed in by ``wiring``. Tests hand in other walls of the same shape."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nightclerk.config.load import Configuration
from nightclerk.core.drop import Drop
from nightclerk.core.errors import StoppingError
from nightclerk.filing.archive import Archive
from nightclerk.filing.holder import OnlyOne
from nightclerk.filing.spool import Spool
from nightclerk.ledger.claims import Claims
from nightclerk.ledger.looks import Looks
from nightclerk.ledger.outbox import Outbox
from nightclerk.ledger.runs import Runs
from nightclerk.ledger.troubles import Troubles
from nightclerk.ports import Channel, Clock, Format, Source, Target


@dataclass
class House:
    """One open Nightclerk.

    source_of: a tenant's source, the same one as long as the house stands. handed: a source for a file handed in by a person.
    channel: None where no mail server is configured; letters then wait. stop: set when the house is to close; the drop
    under way is finished, no other is begun. workers: how many drops may be read and booked at once. ask_again: when, on the
    monotonic clock, the servers of tenants are asked again that were away or refused us.
    """

    configuration: Configuration
    clock: Clock
    claims: Claims
    looks: Looks
    runs: Runs
    outbox: Outbox
    troubles: Troubles
    spool: Spool
    archive: Archive
    postman: OnlyOne
    reader: Format
    target: Target
    channel: Channel | None
    source_of: Callable[[str], Source]
    handed: Callable[[Path], Source]
    stop: threading.Event
    workers: threading.Semaphore
    ask_again: dict[str, float] = field(default_factory=dict)
    _at_work: dict[str, threading.Lock] = field(default_factory=dict)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Holds a place among the workers. Raises StoppingError when the house is to close while all are taken."""
        if not self.workers.acquire(blocking=False):
            while not (taken := self.workers.acquire(timeout=0.2)) and not self.stop.is_set():
                pass
            if self.stop.is_set():
                if taken:
                    self.workers.release()
                raise StoppingError
        try:
            yield
        finally:
            self.workers.release()

    def source_for(self, drop: Drop) -> Source:
        """Given a drop; returns where its file came from."""
        return self.source_of(drop.tenant) if drop.by_hand is None else self.handed(drop.by_hand)

    def at_work(self, tenant: str) -> threading.Lock:
        """Given a tenant; returns the lock that keeps its rounds one after the other."""
        return self._at_work.setdefault(tenant, threading.Lock())
