"""What a preview says is what the import then does, whatever the policies: counts, totals, effects, notes, ending and sample."""

from __future__ import annotations

import json
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool
from tests.examples import examples
from tests.flow.houses import HandClock
from tests.servers.postgres import postgres_url

from nightclerk.config.load import load
from nightclerk.config.reaching import driver_url
from nightclerk.config.secrets import resolve
from nightclerk.core.run import Run
from nightclerk.desk.preview import Ahead, Asked, NoRuns, Preview, preview
from nightclerk.desk.unbooked import DryOffice
from nightclerk.filing.issues_file import IssuesFile
from nightclerk.filing.openpgp.decryption import Decryption
from nightclerk.formats.fence import Fence
from nightclerk.formats.fork_server import ForkServer
from nightclerk.sources.handed import Handed
from nightclerk.targets.sql import SqlTarget
from nightclerk.targets.tables import create_tables
from nightclerk.work.booking import Clerk
from nightclerk.work.early import draft_of

ENTITY = """
entity: customer
table: customers
key: [code]
fields:
  code: {type: text, max_length: 50}
  name: {type: text, default: nobody}
  phone: {type: text, required_for_new: true, default: "0"}
  active: {type: boolean}
  currency: {type: currency, default: EUR}
  balance: {type: money, currency: currency}
"""
TENANT = """
tenant: acme
name: Acme
timezone: Europe/Paris
source: {{kind: folder, path: drops/acme}}
ready: {{unchanged_for: 0s}}
report: {{to: books@acme.example}}
feeds:
  - feed: clients
    files: "clients*.csv"
    entity: customer
    dates: "%d/%m/%Y"
    decimal: ","
    format: {{kind: delimited, encoding: utf-8, delimiter: ";"}}
    mode: {mode}
    duplicates: {duplicates}
    blank: {blank}
    conflict: {conflict}
    mapping:
      code: Code
      name: {{from: Name, blank: {name_blank}, conflict: {name_conflict}}}
      phone: {{from: Phone, conflict: {phone_conflict}}}
      active: {{from: Active, values: {{"1": true, "0": false}}}}
      currency: Devise
      balance: {{from: Solde, blank: {balance_blank}}}
"""
BLANKS = st.sampled_from(["keep", "clear", "default"])
CONFLICTS = st.sampled_from(["overwrite", "fill_empty", "keep_local_edits", "never"])
POLICIES = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(["upsert", "upsert", "upsert", "create_only", "update_only"]),
        "duplicates": st.sampled_from(["reject", "last_wins", "first_wins"]),
        "blank": BLANKS,
        "conflict": CONFLICTS,
        "name_blank": BLANKS,
        "name_conflict": CONFLICTS,
        "phone_conflict": CONFLICTS,
        "balance_blank": st.sampled_from(["keep", "clear"]),
    }
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from("ABCDE"),
        st.sampled_from(["", "Anna", "Bert"]),
        st.sampled_from(["", "1", "22"]),
        st.sampled_from(["", "1", "0"]),
        st.sampled_from(["", "", "USD"]),
        st.sampled_from(["", "1,5", "-2", "x"]),
    ),
    max_size=8,
)
EDITS = st.lists(
    st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["name", "phone"]), st.sampled_from([None, "Anna", "typed in"])),
    max_size=3,
)
NIGHTS = st.lists(st.tuples(EDITS, ROWS), min_size=1, max_size=3)
#: Of a run: what only one that took place has.
OWN = {"id": 0, "key": "", "drop": 0, "issues_sha256": None, "file": "", "sha256": None}


class Place:
    """A reader, and a database that is found empty."""

    def __init__(self, reader: Fence, url: str) -> None:
        self.reader = reader
        self.url = url
        driver = make_url(url)
        driver = driver.set(drivername="postgresql+psycopg") if driver.get_backend_name() == "postgresql" else driver
        self.engine: Engine = create_engine(driver, poolclass=NullPool)

    def run(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.engine.begin() as connection:
            done = connection.execute(text(statement), values)
            return [tuple(row) for row in done] if done.returns_rows else []

    def picture(self) -> list[list[tuple[Any, ...]]]:
        tables = ("customers", "nightclerk_receipts", "nightclerk_changes", "nightclerk_imported")
        return [sorted(self.run(f"SELECT * FROM {table}"), key=repr) for table in tables]


@pytest.fixture(scope="module")
def reader() -> Iterator[Fence]:
    server = ForkServer()
    fence = Fence(10**9, timedelta(minutes=1), server=server)
    fence.start()
    yield fence
    server.close()


def tenant_with(policies: dict[str, str]) -> str:
    """Where known rows are never touched there is nothing to say about them."""
    made = TENANT.format(**policies)
    return made if policies["mode"] != "create_only" else re.sub(r",? +(blank|conflict): \w+", "", made)


def walk(place: Place, folder: Path, policies: dict[str, str], nights: list[tuple[list[Any], list[Any]]]) -> None:
    """Several nights: somebody types values in, a file is looked at and then booked."""
    texts = {"nightclerk.yaml": f"database: {place.url}\nledger: sqlite:///var/ledger.db\nstate: var\n"}
    texts |= {"entities/customer.yaml": ENTITY, "tenants/acme.yaml": tenant_with(policies)}
    for name, content in texts.items():
        path = folder / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    configuration, problems = load(folder / "config")
    assert configuration is not None
    assert [str(problem) for problem in problems if not problem.warning] == []
    create_tables(driver_url(configuration.daemon.database), configuration.entities.values())
    with closing(SqlTarget(driver_url(configuration.daemon.database), wait=1)) as target:
        ahead = Ahead(HandClock(), place.reader, target, NoRuns(), Decryption(resolve, threading.Event()))
        for number, (edits, rows) in enumerate(nights):
            for code, column, value in edits:
                place.run(f"UPDATE customers SET {column} = :value WHERE code = :code", value=value, code=code)
            path = folder / "clients.csv"
            path.write_text("Code;Name;Phone;Active;Devise;Solde\n" + "".join(";".join(row) + "\n" for row in rows))
            before = place.picture()
            seen = preview(ahead, configuration, Asked("acme", "clients", path, Handed(path), None, 100))
            assert place.picture() == before
            compare(place, seen, book(ahead, configuration, path, f"run-{number}"))


def book(ahead: Ahead, configuration: Any, path: Path, key: str) -> Run:
    tenant = configuration.tenants["acme"]
    draft = draft_of(
        configuration, tenant, "clients", run=1, key=key, drop=1, file=path.name, size=path.stat().st_size, now=ahead.clock.now()
    )
    office: Any = DryOffice(ahead.clock, ahead.reader, ahead.target, ahead.runs)  # type: ignore[arg-type]  # and yet it books
    entity = configuration.entities_of("acme")["customer"]
    clerk = Clerk(office, tenant, tenant.feeds[0], entity, draft, configuration.daemon.limits.rejected_rows)
    issues = IssuesFile(path.with_name("issues.jsonl"))
    try:
        return clerk.book(lambda: path.open("rb"), issues, None)
    finally:
        issues.close()


def compare(place: Place, seen: Preview, run: Run) -> None:
    assert replace(seen.run, **OWN) == replace(run, **OWN)
    logged = place.run(
        "SELECT c.line, c.kind, c.key, c.fields FROM nightclerk_changes AS c JOIN nightclerk_receipts AS r ON r.id = c.receipt "
        "WHERE r.run_key = :key ORDER BY c.line",
        key=run.key,
    )
    assert [(one.line, one.before is None, one.key) for one in seen.sample] == [
        (line, kind == "created", json.loads(key)) for line, kind, key, _ in logged
    ]
    for one, (_, kind, _, fields) in zip(seen.sample, logged, strict=True):
        if kind == "updated":
            assert one.before is not None
            assert {name: [old, one.after[name]] for name, old in one.before.items()} == json.loads(fields)
        else:
            names = ("code", "name", "phone", "active", "currency", "balance")
            columns = ", ".join(names)
            (row,) = place.run(f"SELECT {columns} FROM customers WHERE code = :code", code=one.key["code"])
            assert {name: str(cell) for name, cell in zip(names, row, strict=True) if cell is not None} == {
                name: str(int(cell)) if isinstance(cell, bool) and place.url.startswith("sqlite") else str(cell)
                for name, cell in one.after.items()
            }


PROPERTY = settings(
    max_examples=examples(10),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@PROPERTY
@given(policies=POLICIES, nights=NIGHTS)
def test_on_sqlite(reader: Fence, policies: dict[str, str], nights: list[tuple[list[Any], list[Any]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        walk(Place(reader, f"sqlite:///{folder}/app.db"), Path(folder), policies, nights)


@pytest.fixture(scope="module")
def shelf(reader: Fence) -> Place:
    return Place(reader, postgres_url())


@PROPERTY
@given(policies=POLICIES, nights=NIGHTS)
def test_on_postgresql(shelf: Place, policies: dict[str, str], nights: list[tuple[list[Any], list[Any]]]) -> None:
    for table in ("customers", "nightclerk_receipts", "nightclerk_changes", "nightclerk_imported"):
        shelf.run(f"DROP TABLE IF EXISTS {table}")
    with tempfile.TemporaryDirectory() as folder:
        walk(shelf, Path(folder), policies, nights)
