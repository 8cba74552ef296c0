"""A tenant's tables in a schema of its own: everything stands there, and nothing is found elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from tests.contract.targets import CUSTOMER, block, book, plan
from tests.servers.postgres import postgres_url

from nightclerk.core.booking import Comparison
from nightclerk.core.entity import Entity
from nightclerk.core.errors import OperatorError
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Cell
from nightclerk.core.rows_wanted import RowsWanted
from nightclerk.core.undo import plan_undo
from nightclerk.targets.proofs import receipt_keys
from nightclerk.targets.sql import SqlTarget
from nightclerk.targets.tables import create_tables, table_faults

LOOSE = CUSTOMER.model_copy(update={"tenant_column": "none"})
PLAN = plan(fields=("code", "site", "name"), tenant_column=None)
SCHEMAS = ("acme", "Select")  # one that must be quoted


class Server:
    """One database with two schemas, and the plain one beside them."""

    def __init__(self) -> None:
        self.url = postgres_url()
        self.targets = {name: SqlTarget(self.url, wait=5.0, schema=name) for name in SCHEMAS}

    def made(self, *entities: Entity) -> None:
        for name in SCHEMAS:
            create_tables(self.url, entities or [LOOSE], schema=name)

    def asked(self, question: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url) as connection:
            done = connection.execute(question)
            return done.fetchall() if done.description else []


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    for target in made.targets.values():
        target.close()


def test_tables_are_made_in_the_schema_which_is_made_as_well(server: Server) -> None:
    printed = create_tables(server.url, [LOOSE], schema="Select", run=False)
    assert printed[0] == 'CREATE SCHEMA "Select"'
    assert printed[1].startswith('CREATE TABLE "Select".customers (')
    assert server.asked("SELECT 1 FROM information_schema.tables WHERE table_name = 'customers'") == []
    assert create_tables(server.url, [LOOSE], schema="Select") == printed
    assert create_tables(server.url, [LOOSE], schema="Select") == []
    found = server.asked("SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_name ~ 'customers|nightclerk'")
    assert found == [("Select",)]
    assert table_faults(server.url, [LOOSE], schema="Select") == []


def test_each_schema_has_its_rows_its_receipts_and_its_log(server: Server) -> None:
    server.made()
    one, other = (server.targets[name] for name in SCHEMAS)
    rows: dict[int, tuple[Cell, ...]] = {2: ("A", 1, "Anna"), 3: ("B", 1, "Bert")}
    assert book(one, PLAN, rows, "run-1")[0] == Comparison(2, 0, 0, {})
    assert book(other, PLAN, {2: ("A", 1, "Zoe")}, "run-2")[0] == Comparison(1, 0, 0, {})
    assert book(one, PLAN, rows, "run-3")[0].unchanged == 2
    assert (one.receipt("run-2"), other.receipt("run-1")) == (None, None)
    assert one.receipt("run-1") == {"key": "run-1"}
    assert receipt_keys(server.url, "run", schema="acme") == frozenset({"run-1", "run-3"})
    assert server.asked('SELECT name FROM "Select".customers') == [("Zoe",)]
    assert server.asked("SELECT count(*) FROM acme.nightclerk_changes") == [(2,)]
    with closing(one.rows(RowsWanted("acme", LOOSE, ("code", "name")))) as portions:
        assert list(portions) == [[["A", "B"], ["Anna", "Bert"]]]


def test_local_edits_previews_reconciliations_and_undos_stay_in_the_schema(server: Server) -> None:
    server.made()
    one, other = (server.targets[name] for name in SCHEMAS)
    keeps = plan(fields=("code", "site", "name"), tenant_column=None, conflict={"name": "keep_local_edits"})
    for target in (one, other):
        book(target, keeps, {2: ("A", 1, "Anna")}, "run-1")
    server.asked("UPDATE acme.customers SET name = 'Local'")
    seen = one.preview(keeps)
    seen.stage(block({2: ("A", 1, "Anne")}))
    assert seen.compare()[0] == Comparison(0, 0, 1, {"kept_edited": {"name": 1}})
    seen.abandon()
    comparing = other.reconcile(keeps, ())
    comparing.stage(block({2: ("A", 1, "Anne")}))
    comparing.compare()
    assert comparing.reckoned().different == 1
    comparing.abandon()
    assert book(other, keeps, {2: ("A", 1, "Anne")}, "run-2")[0].updated == 1
    feed = Feed.model_validate(
        {"feed": "f", "files": "*", "entity": "customer", "mapping": {"code": "c", "site": "s", "name": "n"}}
    )
    undoing = other.undo(plan_undo("acme", feed, LOOSE, "run-2"), "undo-2", 1)
    assert [row.decision.outcome for rows in undoing.others() for row in rows] == ["reverted"]
    undoing.book({"key": "undo-2"})
    assert server.asked('SELECT name FROM "Select".customers') == [("Anna",)]
    assert server.asked("SELECT name FROM acme.customers") == [("Local",)]


def test_a_table_that_the_schema_lacks_is_not_found_in_another_one(server: Server) -> None:
    create_tables(server.url, [LOOSE])  # in the login's own search path
    for target in server.targets.values():
        with pytest.raises(OperatorError, match=r"customers.* do not exist in .*\(schema (acme|Select)\)") as raised:
            target.begin(PLAN, "run-1", 1)
        assert raised.value.command == "nightclerk tables create"
        assert target.receipt("run-1") is None
    [told] = table_faults(server.url, [LOOSE], schema="acme")
    assert "(schema acme)" in told
    assert server.asked("SELECT count(*) FROM public.customers") == [(0,)]
