"""Settings in, House out: the only file that names concrete adapters."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from nightclerk.config.load import Configuration, load
from nightclerk.config.problems import Problem
from nightclerk.config.secrets import resolve
from nightclerk.core.daemon import Limits
from nightclerk.core.errors import OperatorError
from nightclerk.core.tenant import FolderSource, SecretReference, Tenant
from nightclerk.filing.archive import Archive
from nightclerk.filing.durable import explained, make_folder
from nightclerk.filing.holder import Holder, OnlyOne
from nightclerk.filing.spool import Spool
from nightclerk.formats.fence import Fence
from nightclerk.formats.fork_server import ForkServer
from nightclerk.ledger.claims import Claims
from nightclerk.ledger.engine import Ledger, open_ledger
from nightclerk.ledger.looks import Looks
from nightclerk.ledger.outbox import Outbox
from nightclerk.ledger.runs import Runs
from nightclerk.ledger.troubles import Troubles
from nightclerk.ports import Channel, Format, Source
from nightclerk.sources.handed import Handed
from nightclerk.sources.patient import Patient
from nightclerk.targets.sql import SqlTarget
from nightclerk.work.house import House
from nightclerk.work.recover import tidy


class WrongConfigurationError(OperatorError):
    """The configuration cannot be used; ``problems`` says why, each with its place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems), command="nightclerk check")
        self.problems = problems


class SystemClock:
    """The machine's clock, and a wait that ends early when the house is to close."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float) -> bool:
        return self._stop.wait(seconds)


def load_configuration(folder: Path) -> tuple[Configuration, list[Problem]]:
    """Given the configuration's folder; returns what is usable of it, and all problems.

    Raises WrongConfigurationError when nothing is usable.
    """
    configuration, problems = load(folder)
    if configuration is None:
        raise WrongConfigurationError(problems)
    return configuration, problems


@contextmanager
def open_records(configuration: Configuration) -> Iterator[Ledger]:
    """Given the configuration; opens the ledger alone, for those who only look things up."""
    ledger = open_ledger(configuration.daemon.ledger)
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def open_house(configuration: Configuration, server: ForkServer | None = None) -> Iterator[House]:
    """Given the configuration, and the reader's fork server if it was started before; opens everything the corridor needs, and
    closes it at the end.

    Raises OperatorError, WeatherError.
    """
    daemon = configuration.daemon
    with ExitStack() as stack:
        try:
            make_folder(daemon.state)
            holder = Holder(daemon.state)
        except OSError as error:
            raise explained(error, daemon.state) from error
        stack.callback(holder.close)
        ledger = stack.enter_context(open_records(configuration))
        target = SqlTarget(daemon.database)
        stack.callback(target.close)
        fence = Fence(daemon.limits.memory, daemon.limits.time, scratch=daemon.state, server=server)
        stack.callback(fence.close)
        sources = Sources(configuration)
        stack.callback(sources.close)
        stop = threading.Event()
        house = House(
            configuration=configuration,
            clock=SystemClock(stop),
            claims=Claims(ledger, holder.name, holder.alive),
            looks=Looks(ledger),
            runs=Runs(ledger),
            outbox=Outbox(ledger),
            troubles=Troubles(ledger),
            spool=Spool(daemon.state),
            archive=Archive(daemon.state),
            postman=OnlyOne(daemon.state, "postman"),
            reader=fence,
            target=target,
            channel=_channel(configuration),
            source_of=sources.of,
            handed=Handed,
            stop=stop,
            workers=threading.Semaphore(daemon.workers),
        )
        tidy(house)
        yield house


class Sources:
    """One live source for each tenant, made when it is first asked for."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._open: dict[str, Source] = {}
        self._lock = threading.Lock()

    def of(self, tenant: str) -> Source:
        """Given a tenant's name; returns its source."""
        with self._lock:
            if tenant not in self._open:
                self._open[tenant] = _source(self._configuration.tenants[tenant])
            return self._open[tenant]

    def close(self) -> None:
        """Closes them all."""
        with self._lock:
            for source in self._open.values():
                source.close()
            self._open.clear()


def _source(tenant: Tenant) -> Source:
    if isinstance(tenant.source, FolderSource):
        from nightclerk.sources.folder import Folder

        settings = tenant.source
        return Patient(lambda: Folder(settings))
    from nightclerk.sources.sftp import Sftp

    sftp = tenant.source
    return Patient(lambda: Sftp(sftp, resolve))


def _channel(configuration: Configuration) -> Channel | None:
    mail = configuration.daemon.mail
    if mail is None:
        return None
    from nightclerk.channels.email import Email

    return Email(mail, lambda: _password(mail.password))


def _password(reference: SecretReference | None) -> str | None:
    return None if reference is None else resolve(reference).decode()


@contextmanager
def open_reader() -> Iterator[Format]:
    """Opens a reader of files for those who need no configuration, with the limits that hold when none is given."""
    limits = Limits()
    fence = Fence(limits.memory, limits.time)
    fence.start()
    try:
        yield fence
    finally:
        fence.close()
