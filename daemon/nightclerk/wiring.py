"""Settings in, House out: the only file that names concrete adapters."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nightclerk.config.load import Configuration, load
from nightclerk.config.problems import Problem
from nightclerk.config.reaching import driver_url
from nightclerk.config.secrets import resolve
from nightclerk.core.daemon import Limits
from nightclerk.core.destination import Destination
from nightclerk.core.errors import OperatorError
from nightclerk.core.source import FolderSource, SftpSource
from nightclerk.core.source import Source as SourceSettings
from nightclerk.core.tenant import Tenant
from nightclerk.desk.export import Desk
from nightclerk.desk.preview import Ahead, NoRuns
from nightclerk.desk.reach import Doors
from nightclerk.filing.archive import Archive
from nightclerk.filing.durable import explained, make_folder
from nightclerk.filing.holder import Holder, OnlyOne, residence
from nightclerk.filing.openpgp.decryption import Decryption
from nightclerk.filing.spool import Spool
from nightclerk.formats.fence import Fence
from nightclerk.formats.fork_server import ForkServer
from nightclerk.ledger.as_it_is import ledger_as_it_is
from nightclerk.ledger.beginnings import Beginnings
from nightclerk.ledger.claims import Claims
from nightclerk.ledger.engine import Ledger, Resident, open_ledger
from nightclerk.ledger.holds import Holds
from nightclerk.ledger.looks import Looks
from nightclerk.ledger.outbox import Outbox
from nightclerk.ledger.rounds import RoundNotes
from nightclerk.ledger.runs import Runs
from nightclerk.ledger.troubles import Troubles
from nightclerk.ledger.undos import Undos
from nightclerk.ports import Format, Source
from nightclerk.sources.handed import Handed
from nightclerk.sources.patient import Patient
from nightclerk.targets.destinations import Targets
from nightclerk.work.house import Fittings, House
from nightclerk.work.places import Places
from nightclerk.work.recover import tidy
from nightclerk.work.undo import Means, Told

if TYPE_CHECKING:
    from nightclerk.channels.email import Email


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
def open_records(configuration: Configuration, resident: Resident | None = None) -> Iterator[Ledger]:
    """Given the configuration, and for those who are to take claims where they live; opens the ledger alone."""
    database = configuration.daemon.ledger
    ledger = open_ledger(driver_url(database), database.lock_wait.total_seconds(), resident)
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
            resident = Resident(residence(daemon.state), f"{os.uname().nodename}, state folder {daemon.state}")
        except OSError as error:
            raise explained(error, daemon.state) from error
        stack.callback(holder.close)
        ledger = stack.enter_context(open_records(configuration, resident))
        targets = _targets(stack)
        reader = server or ForkServer()
        stack.callback(reader.close)
        sources = Sources()
        stack.callback(sources.close)

        def fitted(configuration: Configuration) -> Fittings:
            limits = configuration.daemon.limits
            fence = Fence(limits.memory, limits.time, scratch=daemon.state, server=reader, unpacked=limits.file_size)
            return Fittings(sources.under(configuration), fence, _channel(configuration))

        fittings = fitted(configuration)
        stop = threading.Event()
        house = House(
            configuration=configuration,
            clock=SystemClock(stop),
            claims=Claims(ledger, holder.name, holder.alive),
            looks=Looks(ledger),
            runs=Runs(ledger),
            holds=Holds(ledger),
            undos=Undos(ledger, holder.name, holder.alive),
            outbox=Outbox(ledger),
            troubles=Troubles(ledger),
            round_notes=RoundNotes(ledger),
            beginnings=Beginnings(ledger),
            spool=Spool(daemon.state),
            opener=Decryption(resolve, stop),
            archive=Archive(daemon.state),
            postman=OnlyOne(daemon.state, "postman"),
            reader=fittings.reader,
            target=targets.at(Destination(daemon.database)),
            target_at=targets.at,
            channel=fittings.channel,
            source_of=fittings.source_of,
            handed=Handed,
            stop=stop,
            workers=Places(daemon.workers),
            fitted=fitted,
        )
        tidy(house)
        yield house


@contextmanager
def open_ahead(configuration: Configuration, tenant: str, server: ForkServer | None = None) -> Iterator[Ahead]:
    """Given the configuration, a tenant's name, and the reader's fork server if it was started before; opens what a look ahead
    works with, none of which writes anything to ledger, database or state folder.

    Raises OperatorError, WeatherError.
    """
    daemon = configuration.daemon
    with ExitStack() as stack:
        reader = server or ForkServer()
        stack.callback(reader.close)
        ledger = ledger_as_it_is(driver_url(daemon.ledger), daemon.ledger.lock_wait.total_seconds())
        if ledger is not None:
            stack.callback(ledger.close)
        target = _targets(stack).at(configuration.destination_of(tenant))
        fence = Fence(daemon.limits.memory, daemon.limits.time, server=reader, unpacked=daemon.limits.file_size)
        runs, stop = NoRuns() if ledger is None else Runs(ledger), threading.Event()
        yield Ahead(SystemClock(stop), fence, target, runs, Decryption(resolve, stop))


@contextmanager
def open_export(configuration: Configuration, tenant: str) -> Iterator[Desk]:
    """Given the configuration and a tenant's name; opens what an export works with, none of which writes anything to ledger,
    database or state."""
    daemon = configuration.daemon
    with ExitStack() as stack:
        ledger = ledger_as_it_is(driver_url(daemon.ledger), daemon.ledger.lock_wait.total_seconds())
        if ledger is not None:
            stack.callback(ledger.close)
        target = _targets(stack).at(configuration.destination_of(tenant))
        runs = NoRuns() if ledger is None else Runs(ledger)
        yield Desk(target, datetime.now(UTC), runs.last_reading)


@contextmanager
def open_hindsight(configuration: Configuration, number: int, told: Told, server: ForkServer) -> Iterator[Means | None]:
    """Given the configuration, a run's number, what is given the rows, and the reader's fork server; opens what a look at undoing
    that run works with, or None where there is no such run. As ``open_ahead``, nothing is written."""
    daemon = configuration.daemon
    ledger = ledger_as_it_is(driver_url(daemon.ledger), daemon.ledger.lock_wait.total_seconds())
    with ExitStack() as stack:
        run = None if ledger is None else Runs(stack.enter_context(closing(ledger))).get(number)
        if ledger is None or run is None:
            yield None
            return
        ahead = stack.enter_context(open_ahead(configuration, run.tenant, server))
        runs, undos, archive = Runs(ledger), Undos(ledger, "", lambda holder: True), Archive(daemon.state)
        yield Means(configuration, ahead.reader, ahead.target, ahead.opener, archive, runs, undos, told)


@contextmanager
def open_doors(configuration: Configuration) -> Iterator[Doors]:
    """Given the configuration; yields the ways to its systems for a check, none of which is open yet."""
    sources = Sources()
    try:
        yield Doors(sources.under(configuration), _channel(configuration), Decryption(resolve, threading.Event()))
    finally:
        sources.close()


def _targets(stack: ExitStack) -> Targets:
    targets = Targets(lambda destination: driver_url(destination.database))
    stack.callback(targets.close)
    return targets


class Sources:
    """One live source for each tenant, made when it is first asked for, and anew when the tenant's source has changed."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[SourceSettings, Source]] = {}
        self._lock = threading.Lock()

    def under(self, configuration: Configuration) -> Callable[[str], Source]:
        """Given a configuration; returns what gives a tenant's source as it stands there. Closes those of tenants not in it."""
        with self._lock:
            gone = [self._open.pop(name)[1] for name in self._open.keys() - configuration.tenants.keys()]
        for source in gone:
            source.close()
        return lambda tenant: self._of(configuration.tenants[tenant])

    def _of(self, tenant: Tenant) -> Source:
        """Whoever asks has the tenant to himself (``House.at_work``), so that nobody still uses the source that is replaced."""
        with self._lock:
            settings, source = self._open.get(tenant.tenant, (None, None))
            if source is not None and settings == tenant.source:
                return source
            made = _source(tenant)
            self._open[tenant.tenant] = tenant.source, made
        if source is not None:
            source.close()
        return made

    def close(self) -> None:
        """Closes them all."""
        with self._lock:
            for _, source in self._open.values():
                source.close()
            self._open.clear()


def _source(tenant: Tenant) -> Source:
    settings, name = tenant.source, tenant.tenant
    if isinstance(settings, FolderSource):
        from nightclerk.sources.folder import Folder

        return Patient(lambda: Folder(settings))
    if isinstance(settings, SftpSource):
        from nightclerk.sources.sftp import Sftp

        return Patient(lambda: Sftp(settings, resolve, tenant=name))
    from nightclerk.sources.ftp import Ftp

    return Patient(lambda: Ftp(settings, resolve, tenant=name))


def _channel(configuration: Configuration) -> Email | None:
    mail = configuration.daemon.mail
    if mail is None:
        return None
    from nightclerk.channels.email import Email

    password = mail.password
    return Email(mail, lambda: None if password is None else resolve(password).decode())


@contextmanager
def open_reader() -> Iterator[Format]:
    """Opens a reader of files for those who need no configuration, with the limits that hold when none is given."""
    limits = Limits()
    fence = Fence(limits.memory, limits.time, unpacked=limits.file_size)
    fence.start()
    try:
        yield fence
    finally:
        fence.close()
