"""Reaches every system that the configuration names, without changing anything there: what answers, and what does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from nightclerk.config.configuration import Configuration
from nightclerk.config.files import DAEMON_FILE
from nightclerk.config.problems import KeyPath
from nightclerk.config.reaching import driver_url
from nightclerk.config.secrets import resolve
from nightclerk.config.shape import key_of
from nightclerk.core.daemon import Mail
from nightclerk.core.destination import Destination
from nightclerk.core.entity import Entity
from nightclerk.core.errors import OperatorError
from nightclerk.core.model import Noun
from nightclerk.core.secret import SecretReference
from nightclerk.desk.drop_folders import drop_folder, file_of
from nightclerk.desk.finding import Finding, of_error, question
from nightclerk.desk.machine import state_folder
from nightclerk.desk.openpgp_keys import Examiner, openpgp_keys
from nightclerk.desk.parallel import Question, ask_all
from nightclerk.ledger.as_it_is import ledger_as_it_is
from nightclerk.ledger.runs import Runs
from nightclerk.ports import Source
from nightclerk.targets.tables import CREATE_COMMAND, table_faults

#: Seconds that one system may take to answer.
PATIENCE = 30.0
_TABLE, _COLUMN = re.compile(r"\btable (\w+)"), re.compile(r"\bcolumn (\w+)")


class Postbox(Protocol):
    """A mail server that can be tried without a letter."""

    def reach(self) -> None:
        """Connects, logs in and says goodbye; raises WeatherError or OperatorError."""
        ...


@dataclass(frozen=True)
class Doors:
    """The adapters that a check goes through, new ones for it alone. mail: None where no mail server is configured. keys: what
    looks at tenants' OpenPGP keys."""

    source_of: Callable[[str], Source]
    mail: Postbox | None
    keys: Examiner


def reach(configuration: Configuration, doors: Doors, tenants: Sequence[str], patience: float = PATIENCE) -> list[Finding]:
    """Given the configuration, the ways to its systems, and the tenants to look at; returns what was found, each system in turn.

    What all tenants share is looked at in any case. All at once, so that it takes no longer than the slowest, at most
    ``patience`` seconds for each (for each batch, where they are more than a few dozen).
    """
    found = list(_secrets(configuration, tenants))
    unready = {(finding.file, finding.path[0]) for finding in found}
    questions = [one for file, one in _databases(configuration, tenants, patience) if (file, "database") not in unready]
    questions += [one for key, one in _shared(configuration, doors, patience) if (DAEMON_FILE, key) not in unready]
    questions += [
        drop_folder(configuration.tenants[name], doors.source_of(name), patience)
        for name in tenants
        if (file_of(name), "source") not in unready
    ]
    questions += [
        openpgp_keys(configuration.tenants[name], doors.keys, patience)
        for name in tenants
        if (file_of(name), "openpgp") not in unready
    ]
    return found + [finding for findings in ask_all(questions, patience) for finding in findings]


def _shared(configuration: Configuration, doors: Doors, patience: float) -> Iterator[tuple[str, Question[list[Finding]]]]:
    """Yields what is asked of the systems that all tenants share, each with its key in the daemon's file."""
    daemon, mail = configuration.daemon, doors.mail
    yield "ledger", question(f"ledger {daemon.ledger.url.place}", partial(_ledger, configuration), patience, ("ledger",))
    yield "state", question(f"folder {daemon.state}", partial(_state, daemon.state), patience, ("state",))
    if daemon.mail is not None and mail is not None:
        system = f"mail {daemon.mail.host}:{daemon.mail.port}"
        yield "mail", question(system, partial(_mail, daemon.mail, mail), patience, ("mail", "host"))


# --- where rows are booked ----------------------------------------------------------------------------------------------


def _databases(
    configuration: Configuration, tenants: Sequence[str], patience: float
) -> Iterator[tuple[str, Question[list[Finding]]]]:
    """Yields what is asked of each database once, with the file that names it: of the one of all tenants, and of those that these
    tenants have for themselves."""
    files = {configuration.destination_of(name): file_of(name) for name in reversed(tenants)}
    files[Destination(configuration.daemon.database)] = DAEMON_FILE
    for destination, entities in configuration.entities_at().items():
        if destination in files:
            file = files[destination]
            ask = partial(_database, destination, entities, file)
            yield file, question(f"database {destination.place}", ask, patience, ("database",), file)


def _database(destination: Destination, entities: Mapping[str, Entity], file: str, system: str) -> list[Finding]:
    database = destination.database
    wait = database.lock_wait.total_seconds()
    faults = table_faults(driver_url(database), entities.values(), wait=wait, schema=destination.schema)
    if faults:
        return [_at_its_field(fault, system, entities, file) for fault in faults]
    return [Finding("fine", system, f"the tables of all entities are there and fit ({len(entities)})", file)]


def _at_its_field(fault: str, system: str, entities: Mapping[str, Entity], file: str) -> Finding:
    """A fault of a table, at the entity and the field that it speaks of; of several missing tables, at the database."""
    table, column = _TABLE.search(fault), _COLUMN.search(fault)
    command = CREATE_COMMAND if " not exist " in fault else None
    for name, entity in entities.items():
        if table is not None and table[1] == entity.table:
            columns = {entity.column(field): field for field in entity.fields}
            path: KeyPath = ("table",) if column is None or column[1] not in columns else ("fields", columns[column[1]])
            return Finding("wrong", system, fault, f"entities/{name}.yaml", path, command)
    return Finding("wrong", system, fault, file, ("database",), command)


# --- what all tenants share ---------------------------------------------------------------------------------------------


def _ledger(configuration: Configuration, system: str) -> list[Finding]:
    database = configuration.daemon.ledger
    ledger = ledger_as_it_is(driver_url(database), database.lock_wait.total_seconds())
    if ledger is None:
        return [Finding("fine", system, "not there yet; it is made when the first file is taken")]
    try:
        last = Runs(ledger).history(limit=1)
    finally:
        ledger.close()
    return [Finding("fine", system, f"the last run is {last[0].id}" if last else "no runs yet")]


def _state(folder: Path, _system: str) -> list[Finding]:
    return list(state_folder(folder))


def _mail(mail: Mail, postbox: Postbox, system: str) -> list[Finding]:
    postbox.reach()
    safely = {"none": "without protection", "starttls": "over STARTTLS", "tls": "over TLS"}[mail.security]
    who = "no login wanted" if mail.username is None else f"logged in as {mail.username}"
    return [Finding("fine", system, f"reached {safely}, {who}")]


# --- secrets ------------------------------------------------------------------------------------------------------------


def _secrets(configuration: Configuration, tenants: Sequence[str]) -> Iterator[Finding]:
    """A finding for each secret that is not where the configuration says."""
    places: list[tuple[str, Noun]] = [(DAEMON_FILE, configuration.daemon)]
    places += [(file_of(name), configuration.tenants[name]) for name in tenants]
    for file, noun in places:
        for path, reference in _references(noun, ()):
            try:
                resolve(reference)
            except OperatorError as error:
                yield replace(of_error(error, "secret", file, path), path=path)


def _references(noun: Noun, path: KeyPath) -> Iterator[tuple[KeyPath, SecretReference]]:
    for name, field in type(noun).model_fields.items():
        value, inner = getattr(noun, name), (*path, key_of(name, field))
        if isinstance(value, SecretReference):
            yield inner, value
        elif isinstance(value, Noun):
            yield from _references(value, inner)
