"""References on the whole way: what a feed says of rows that name what is not there, and what its sender reads of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.flow.houses import Desk, desk

from nightclerk.core.run import Run
from nightclerk.desk.output import run_data
from nightclerk.work.undo import undo

INVOICE = """\
entity: invoice
table: invoices
key: [number]
fields:
  number: {type: text}
  customer: {type: reference, to: customer}
  country: {type: reference, to: area}
  amount: {type: money, currency: EUR}
"""
AREA = "entity: area\ntable: areas\nkey: [code]\nfields:\n  code: {type: text}\n"
FEED = """\
  - feed: factures
    files: "factures_*.csv"
    format: {{kind: delimited, delimiter: ";", encoding: utf-8}}
    entity: invoice
    decimal: ","
    unknown_reference: {policy}
    mapping: {{number: No, customer: Client, country: Pays, amount: Montant}}
"""
HEADER = b"No;Client;Pays;Montant\n"
ROWS = HEADER + b"F1;0001;;10,00\nF2;C9;;20,50\nF3;C9;XX;5,00\nF4;C8;;1,00\n"


@contextmanager
def house(folder: Path, policy: str) -> Iterator[Desk]:
    with desk(folder, feeds=FEED.format(policy=policy), entities={"invoice": INVOICE, "area": AREA}) as made:
        yield made


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with house(tmp_path, "park") as made:
        yield made


def taken(at: Desk, name: str, content: bytes) -> Run:
    """Drops a file and takes it; returns its own run."""
    at.sources["acme"].put(name, content)
    at.round()
    return next(run for run in at.round(minutes=1).runs if run.file == name and run.waited is None)


def select(folder: Path, what: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "var/app.db")) as app:
        return app.execute(what).fetchall()


def customers(at: Desk) -> None:
    run = taken(at, "clients_1.csv", b"Code;Nom\n0001;Dupont\n")
    assert run.ending == "imported", run.sentence


def test_rows_wait_and_the_figures_say_so(at: Desk, tmp_path: Path) -> None:
    customers(at)
    run = taken(at, "factures_1.csv", ROWS)
    assert (run.ending, run.counts.created, run.counts.parked, run.counts.rejected) == ("imported", 1, 3, 0)
    total = run.totals["amount"]["EUR"]
    assert (total.file, total.booked, total.parked, total.rejected) == ("36.5000", "10.0000", "26.5000", "0.0000")
    assert [(one.field, one.entity, one.rows, one.values, one.examples, one.fed) for one in run.awaits] == [
        ("customer", "customer", 3, 2, ("C9", "C8"), True),
        ("country", "area", 1, 1, ("XX",), False),
    ]
    assert select(tmp_path, "SELECT number FROM invoices") == [("F1",)]
    waits = select(tmp_path, "SELECT line, key, source, missing, feed, run_key FROM nightclerk_parked ORDER BY line")
    assert [(line, json.loads(key), json.loads(missing)) for line, key, _, missing, _, _ in waits] == [
        (3, {"number": "F2"}, {"customer": "C9"}),
        (4, {"number": "F3"}, {"customer": "C9", "country": "XX"}),
        (5, {"number": "F4"}, {"customer": "C8"}),
    ]
    assert json.loads(waits[0][2]) == ["F2", "C9", "", "20,50"]
    assert {(feed, key) for *_, feed, key in waits} == {("factures", run.key)}
    printed = run_data(run)
    assert printed["totals"]["amount"]["EUR"]["parked"] == "26.5000"
    assert printed["awaits"][0] == {"field": "customer", "entity": "customer", "rows": 3, "values": 2, "examples": ["C9", "C8"]}


def test_the_letter_says_what_waits_and_what_happens_next(at: Desk) -> None:
    customers(at)
    taken(at, "factures_1.csv", ROWS)
    told = " ".join(at.letters("report")[-1].split())
    assert "3 lignes attendent" in told
    assert "C9 et C8" in told
    assert "XX" in told


def test_a_file_with_rows_that_wait_is_never_a_duplicate(at: Desk) -> None:
    customers(at)
    taken(at, "factures_1.csv", ROWS)
    again = taken(at, "factures_2.csv", ROWS)
    assert (again.ending, again.counts.unchanged, again.counts.parked) == ("imported", 1, 3)
    assert sum(group.rows for group in at.house.target.waiting("acme")) == 3  # the same keys: each waits once


def test_a_newer_file_takes_the_place_of_what_waits(at: Desk, tmp_path: Path) -> None:
    customers(at)
    taken(at, "factures_1.csv", ROWS)
    taken(at, "factures_2.csv", HEADER + b"F2;0001;;20,50\n")
    assert select(tmp_path, "SELECT number FROM invoices ORDER BY number") == [("F1",), ("F2",)]
    assert [json.loads(key)["number"] for (key,) in select(tmp_path, "SELECT key FROM nightclerk_parked ORDER BY line")] == [
        "F3",
        "F4",
    ]


def test_rows_are_rejected_with_what_is_missing(tmp_path: Path) -> None:
    with house(tmp_path, "reject") as at:
        customers(at)
        run = taken(at, "factures_1.csv", ROWS)
        assert (run.ending, run.counts.created, run.counts.rejected) == ("imported_with_rejects", 1, 3)
        groups = {(group.code, group.column): group for group in run.groups}
        assert groups["unknown_reference", "Client"].count == 3
        messages = [str(message) for group in run.groups for _, _, message in group.examples]
        assert (
            'Line 3, column Client: there is no customer "C9" yet; the file that brings it has not come, or the value is wrong.'
        ) in messages
        assert (
            'Line 4, column Pays: there is no area "XX", and no file brings one; '
            "it has to be there before, or the value is wrong."
        ) in messages
        assert run.totals["amount"]["EUR"].rejected == "26.5000"
        assert select(tmp_path, "SELECT * FROM nightclerk_parked") == []


def test_cells_count_as_empty(tmp_path: Path) -> None:
    with house(tmp_path, "blank") as at:
        customers(at)
        run = taken(at, "factures_1.csv", ROWS)
        assert (run.ending, run.counts.created) == ("imported", 4)
        assert run.effects["reference_blanked"] == {"customer": 3, "country": 1}
        assert select(tmp_path, "SELECT customer, country FROM invoices WHERE number = 'F3'") == [(None, None)]


def test_rows_whose_cells_counted_as_empty_are_taken_back_unless_somebody_touched_them(tmp_path: Path) -> None:
    with house(tmp_path, "blank") as at:
        customers(at)
        run = taken(at, "factures_1.csv", ROWS)
        assert run.effects["reference_blanked"] == {"customer": 3, "country": 1}
        with closing(sqlite3.connect(tmp_path / "var/app.db")) as app, app:
            app.execute("UPDATE invoices SET customer = '0001' WHERE number = 'F4'")  # as somebody who knows it better
        done = undo(at.house, run.id, lambda rows: None)
        assert (done.tally.reverted, done.tally.kept) == ({"deleted": 3}, 1)
        assert select(tmp_path, "SELECT number, customer FROM invoices") == [("F4", "0001")]


def test_what_is_missing_is_created(tmp_path: Path) -> None:
    with house(tmp_path, "create") as at:
        customers(at)
        run = taken(at, "factures_1.csv", ROWS)
        assert (run.ending, run.counts.created) == ("imported", 4)
        assert run.effects["created_on_the_way"] == {"customer": 2, "country": 1}
        assert select(tmp_path, "SELECT code, name FROM customers ORDER BY code") == [
            ("0001", "Dupont"),
            ("C8", "C8"),
            ("C9", "C9"),
        ]


def test_all_rows_of_a_file_may_wait(at: Desk) -> None:
    run = taken(at, "factures_1.csv", ROWS)
    assert (run.ending, run.counts.parked) == ("imported", 4)


def test_rows_with_another_fault_are_rejected(at: Desk) -> None:
    customers(at)
    run = taken(at, "factures_1.csv", ROWS + b"F5;C9;;abc\n")
    assert (run.counts.parked, run.counts.rejected) == (3, 1)
    assert [group.code for group in run.groups] == ["not_a_number"]


def test_customers_that_invoices_name_are_not_undone(at: Desk) -> None:
    run = taken(at, "clients_1.csv", b"Code;Nom\n0001;Dupont\n0002;Durand\n")
    taken(at, "factures_1.csv", HEADER + b"F1;0001;;10,00\n")
    done = undo(at.house, run.id, lambda rows: None)
    assert (done.tally.reverted, done.tally.could_not) == ({"deleted": 1}, {"referred": 1})
