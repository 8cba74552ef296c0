"""Rows that wait for others: they go in when those are there, or are given up when their days run out, each night told of."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import TypeAdapter
from tests.flow.houses import Desk, desk

from nightclerk.cli.undone import sentences
from nightclerk.config.configuration import Configuration
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.parked import KeptRow
from nightclerk.core.printed import OUTPUTS
from nightclerk.core.run import Run, of_the_file
from nightclerk.core.undo import UndoTally
from nightclerk.desk.history import reject_file_of
from nightclerk.desk.output import run_data
from nightclerk.work.decide import decide
from nightclerk.work.hand_in import hand_in
from nightclerk.work.replay import replay
from nightclerk.work.undo import Undone, undo

INVOICE = """\
entity: invoice
table: invoices
key: [number]
fields:
  number: {type: text}
  customer: {type: reference, to: customer, required: true}
  amount: {type: money, currency: currency}
  currency: {type: currency, default: EUR}
"""
PAYMENT = """\
entity: payment
table: payments
key: [number]
fields:
  number: {type: text}
  invoice: {type: reference, to: invoice}
"""
FEEDS = """\
  - feed: paiements
    files: "paiements_*.csv"
    format: {kind: delimited, delimiter: ";", encoding: utf-8}
    entity: payment
    mapping: {number: No, invoice: Facture}
  - feed: factures
    files: "factures_*.csv"
    format: {kind: delimited, delimiter: ";", encoding: utf-8}
    entity: invoice
    decimal: ","
    parked_for: 10d
    mapping: {number: No, customer: Client, amount: Montant}
"""
CUSTOMER = """\
entity: customer
table: customers
key: [code]
fields:
  code: {type: text}
  name: {type: text}
  print_as: {type: text}
"""
ENTITIES = {"customer": CUSTOMER, "invoice": INVOICE, "payment": PAYMENT}
INVOICES = b"No;Client;Montant\nF1;C1;10,00\nF2;C2;20,50\nF3;C9;5,00\n"
CUSTOMERS = b"Code;Nom\nC1;Dupont\nC2;Durand\n"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, feeds=FEEDS, entities=ENTITIES) as made:
        yield made


def dropped(at: Desk, **files: bytes) -> list[Run]:
    """Drops files (``factures_1=…``) and takes them in two rounds."""
    for name, content in files.items():
        at.sources["acme"].put(f"{name}.csv", content)
    at.round()
    done = at.round(minutes=1)
    assert done.trouble is None
    return list(done.runs)


def stand(tmp_path: Path, table: str = "invoices", column: str = "customer") -> dict[str, str]:
    with closing(sqlite3.connect(tmp_path / "var/app.db")) as app:
        return dict(app.execute(f"SELECT number, {column} FROM {table} ORDER BY number"))


def waiting(at: Desk) -> int:
    return sum(group.rows for group in at.house.target.waiting("acme"))


def waiting_rows(at: Desk, run: Run) -> tuple[KeptRow, ...]:
    return at.house.target.waiting_rows("acme", run.key)


def test_invoices_that_come_before_their_customers_go_in_when_these_come(at: Desk, tmp_path: Path) -> None:
    (parker,) = dropped(at, factures_1=INVOICES)
    assert (parker.ending, parker.counts.parked, stand(tmp_path)) == ("imported", 3, {})
    assert at.round(hours=23).runs == ()
    customers, retry = dropped(at, clients_1=CUSTOMERS)
    assert (customers.feed, retry.feed, retry.retries, retry.ending) == ("clients", "factures", parker.id, "imported")
    assert (retry.counts.rows, retry.counts.created, retry.counts.parked) == (2, 2, 0)
    assert retry.totals["amount"]["EUR"].booked == "30.5000"
    printed = TypeAdapter(OUTPUTS["run"]).validate_python(run_data(retry)).model_dump()
    assert (printed["retries"], printed["waited"]["since"]) == (parker.id, "2026-11-21T02:01:00Z")
    (came,) = printed["waited"]["came"]
    assert (came["field"], came["entity"], came["values"], came["examples"]) == ("customer", "customer", 2, ["C1", "C2"])
    assert (stand(tmp_path), waiting(at)) == ({"F1": "C1", "F2": "C2"}, 1)
    letter = at.letters("report")[-1]
    assert "C1 et C2" in letter
    assert "C9" in letter.partition("BON À SAVOIR")[2]
    (last,) = dropped(at, factures_2=b"No;Client;Montant\nF4;C1;1,00\n")
    assert last.counts.created == 1
    assert "C9" in at.letters("report")[-1].partition("BON À SAVOIR")[2], "each letter of the feed lists what still waits"
    _, late = dropped(at, clients_2=b"Code;Nom\nC9;Leroy\n")
    assert (late.retries, late.counts.created, waiting(at)) == (parker.id, 1, 0)
    (clean,) = dropped(at, factures_3=b"No;Client;Montant\nF5;C1;1,00\n")
    assert clean.counts.created == 1
    assert "C9" not in at.letters("report")[-1]


def test_parents_go_first_within_a_round_whatever_the_order_of_the_feeds(at: Desk, tmp_path: Path) -> None:
    runs = dropped(at, paiements_1=b"No;Facture\nP1;F1\n", factures_1=INVOICES[:30], clients_1=CUSTOMERS)
    assert [run.feed for run in runs] == ["clients", "factures", "paiements"]
    assert [run.counts.parked for run in runs] == [0, 0, 0]
    assert stand(tmp_path, "payments", "invoice") == {"P1": "F1"}


def test_what_went_in_brings_in_what_waits_for_it(at: Desk, tmp_path: Path) -> None:
    dropped(at, paiements_1=b"No;Facture\nP1;F1\nP2;F7\n")
    dropped(at, factures_1=INVOICES)
    runs = dropped(at, clients_1=CUSTOMERS)
    assert [(run.feed, run.counts.created) for run in runs] == [("clients", 2), ("factures", 2), ("paiements", 1)]
    assert (stand(tmp_path, "payments", "invoice"), waiting(at)) == ({"P1": "F1"}, 2)


def test_a_parent_that_never_comes_is_given_up_after_its_days(at: Desk, tmp_path: Path) -> None:
    (parker,) = dropped(at, factures_1=INVOICES)
    assert at.round(days=9, hours=23).runs == ()
    (given_up,) = at.round(hours=1).runs
    assert (given_up.retries, given_up.ending) == (parker.id, "imported_with_rejects")
    assert (given_up.counts.rows, given_up.counts.rejected, given_up.waited and given_up.waited.given_up) == (3, 3, 3)
    assert (waiting(at), stand(tmp_path)) == (0, {})
    assert [issue.code for issue in at.house.runs.issues(given_up.id)] == ["unknown_reference"] * 3
    letter = at.letters("report")[-1]
    assert "C1, C2 et C9" in letter
    file = reject_file_of(at.house.runs, at.house.archive, given_up, at.house.configuration.tenants["acme"])
    assert file.rows == 3
    assert b"F3;C9;5,00" in file.content
    assert at.round(days=1).runs == ()
    dropped(at, clients_1=CUSTOMERS)
    fixed = file.content.replace(b"C9", b"C2")
    (corrected,) = dropped(at, factures_1=fixed)
    assert (corrected.corrects, corrected.counts.created) == (given_up.id, 3)


def test_those_whose_parents_are_there_go_in_when_the_others_are_given_up(at: Desk, tmp_path: Path) -> None:
    dropped(at, factures_1=INVOICES)
    with closing(sqlite3.connect(tmp_path / "var/app.db")) as app, app:
        app.execute("INSERT INTO customers (tenant, code, name) VALUES ('acme', 'C1', 'by the application')")
    (run,) = at.round(days=10).runs
    assert (run.counts.created, run.counts.rejected, stand(tmp_path), waiting(at)) == (1, 2, {"F1": "C1"}, 0)


def test_what_the_application_made_itself_is_found_within_the_hour(at: Desk, tmp_path: Path) -> None:
    dropped(at, factures_1=INVOICES)
    with closing(sqlite3.connect(tmp_path / "var/app.db")) as app, app:
        app.execute("INSERT INTO customers (tenant, code, name) VALUES ('acme', 'C1', 'by the application')")
    assert at.round(minutes=30).runs == ()
    (run,) = at.round(minutes=31).runs
    assert (run.retries, run.counts.created) == (1, 1)


def test_an_older_parked_row_never_overwrites_what_a_newer_file_brought(at: Desk, tmp_path: Path) -> None:
    dropped(at, factures_1=INVOICES)
    _, first = dropped(at, clients_1=b"Code;Nom\nC2;Durand\n")
    assert first.counts.created == 1
    (newer,) = dropped(at, factures_2=b"No;Client;Montant\nF1;C2;99,00\n")
    assert newer.counts.created == 1
    _, *retries = dropped(at, clients_2=b"Code;Nom\nC1;Dupont\nC9;Leroy\n")
    assert [run.counts.rows for run in retries] == [1]
    assert stand(tmp_path) == {"F1": "C2", "F2": "C2", "F3": "C9"}
    assert stand(tmp_path, column="amount")["F1"] == "99.0000"


def test_rows_are_judged_by_the_policies_of_today(at: Desk, tmp_path: Path) -> None:
    dropped(at, factures_1=INVOICES)
    reconfigured(at, "factures", mode="update_only")
    _, retry = dropped(at, clients_1=CUSTOMERS)
    assert (retry.ending, retry.counts.rejected, stand(tmp_path)) == ("imported_with_rejects", 3, {})
    assert {issue.code for issue in at.house.runs.issues(retry.id)} == {"unknown_key", "unknown_reference"}
    assert waiting(at) == 0, "what waiting does not cure is rejected, and waits no longer"


def test_a_retry_is_no_file_of_the_feed(at: Desk, tmp_path: Path) -> None:
    (parker,) = dropped(at, factures_1=INVOICES)
    _, retry = dropped(at, clients_1=CUSTOMERS)
    last = at.house.runs.last_booked("acme", "factures")
    assert last is not None
    assert last.id == parker.id
    with pytest.raises(OperatorError, match=f"parked by run {parker.id}"):
        replay(at.house, retry.id, as_it_was=False)
    (again,) = dropped(at, factures_1=INVOICES)
    assert again.ending == "imported", "a file with parked rows is no import of which another one is a duplicate"


def test_a_retry_is_taken_back_like_any_run(at: Desk, tmp_path: Path) -> None:
    dropped(at, factures_1=INVOICES)
    _, retry = dropped(at, clients_1=CUSTOMERS)
    undone = undo(at.house, retry.id, lambda rows: None)
    assert (undone.tally.reverted, undone.file_gone, stand(tmp_path)) == ({"deleted": 2}, False, {})


def test_a_run_that_only_parked_rows_is_taken_back(at: Desk, tmp_path: Path) -> None:
    (first,) = dropped(at, factures_1=INVOICES)
    assert first.counts.parked == first.counts.rows == waiting(at)
    undone = undo(at.house, first.id, lambda rows: None)
    assert (undone.parked, waiting(at)) == (first.counts.rows, 0)
    assert [*sentences(undone)][-1].endswith("3 rows that waited for others taken out of waiting")
    assert [run.feed for run in dropped(at, clients_1=CUSTOMERS)] == ["clients"]
    assert stand(tmp_path) == {}
    assert replay(at.house, first.id, as_it_was=False)[0].counts.created == 2


def test_an_undo_of_an_undo_parks_the_rows_again(at: Desk, tmp_path: Path) -> None:
    (first,) = dropped(at, factures_1=INVOICES)
    before = waiting_rows(at, first)
    numbers = [first.id]
    for stands in (False, True, False, True):
        undone = undo(at.house, numbers[-1], lambda rows: None)
        assert undone.by is not None
        numbers.append(undone.by.id)
        assert (undone.parked, undone.parks, waiting(at)) == (3, stands, 3 if stands else 0)
        told = "parked again" if stands else "taken out of waiting"
        assert [*sentences(undone)][-1] == f"  3 rows that waited for others {told}"
        assert undone.by.effects["parked_again" if stands else "parked"] == 3
    assert [(one.key, one.row) for one in waiting_rows(at, first)] == [(one.key, one.row) for one in before]
    _, retry = dropped(at, clients_1=CUSTOMERS)
    assert (retry.retries, retry.counts.created) == (first.id, 2)


def test_an_undo_of_an_undo_leaves_out_what_newer_files_have_brought(at: Desk, tmp_path: Path) -> None:
    (first,) = dropped(at, factures_1=INVOICES)
    by = undo(at.house, first.id, lambda rows: None).by
    assert by is not None
    (newer,) = dropped(at, factures_2=b"".join(INVOICES.splitlines(keepends=True)[:2]))
    undone = undo(at.house, by.id, lambda rows: None)
    assert (newer.counts.parked, undone.parked, waiting(at)) == (1, 2, 3)
    assert len(waiting_rows(at, first)) == 2


def test_a_file_handed_in_by_a_person_brings_in_what_waits_for_it(at: Desk, tmp_path: Path) -> None:
    dropped(at, factures_1=INVOICES)
    (tmp_path / "clients_1.csv").write_bytes(CUSTOMERS)
    run, retry = hand_in(at.house, "acme", tmp_path / "clients_1.csv", None, None)
    assert of_the_file((run, retry)) == (run,)
    assert (retry.feed, retry.counts.created) == ("factures", 2)
    assert (run.feed, stand(tmp_path)) == ("clients", {"F1": "C1", "F2": "C2"})


def test_what_is_approved_brings_in_what_waits_for_it(at: Desk, tmp_path: Path) -> None:
    reconfigured(at, "clients", hold={"fewer_rows": "50%"})
    dropped(at, clients_1=CUSTOMERS + b"".join(f"D{number};Duval\n".encode() for number in range(10)))
    dropped(at, factures_1=INVOICES)
    (held,) = dropped(at, clients_2=b"Code;Nom\nC9;Dumas\n")
    assert (held.ending, waiting(at)) == ("held", 1)
    run, retry = decide(at.house, held.id, "approve", "ann")
    assert (run.id, run.ending, retry.feed, retry.counts.created, waiting(at)) == (held.id, "imported", "factures", 1, 0)


def test_rows_of_a_feed_that_is_gone_stay_and_ops_are_told_once(at: Desk, tmp_path: Path) -> None:
    dropped(at, factures_1=INVOICES)
    before = at.house.configuration
    at.house.configuration = with_feeds(before, [one for one in before.tenants["acme"].feeds if one.feed != "factures"])
    for _ in range(3):
        assert [run.feed for run in at.round(hours=2).runs] == []
    told = [text for text in at.letters() if "factures" in text]
    assert len(told) == 1
    assert "nightclerk" in told[0]
    at.house.configuration = before
    _, retry = dropped(at, clients_1=CUSTOMERS)
    assert retry.counts.created == 2


def test_rows_with_a_field_that_is_gone_stay_and_ops_are_told_once(at: Desk, tmp_path: Path) -> None:
    dropped(at, factures_1=INVOICES)
    before = at.house.configuration
    mapping = {"number": {"from": "No"}, "customer": {"from": "Client"}}
    reconfigured(at, "factures", mapping=mapping)
    assert [run.feed for run in dropped(at, clients_1=CUSTOMERS)] == ["clients"]
    at.round(hours=2)
    assert len([text for text in at.letters() if "factures" in text]) == 1
    at.house.configuration = before
    (retry,) = at.round(hours=2).runs
    assert (retry.counts.created, waiting(at)) == (2, 1)


class AwayAtBooking:
    """A target whose database goes away when a retry is booked, once. after: the commit itself has come through."""

    def __init__(self, target: Any, after: bool) -> None:
        self._target = target
        self._after = after
        self.away = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)

    def begin(self, plan: Any, *more: Any) -> Any:
        booking = self._target.begin(plan, *more)
        book = booking.book

        def broken(receipt: dict[str, Any]) -> None:
            if receipt.get("retries") is None or self.away:
                book(receipt)
                return
            self.away = True
            if self._after:
                book(receipt)
            raise WeatherError("The connection was lost.")

        booking.book = broken
        return booking


@pytest.mark.parametrize("after", [False, True])
def test_a_database_that_goes_away_costs_nothing(at: Desk, tmp_path: Path, after: bool) -> None:
    (parker,) = dropped(at, factures_1=INVOICES)
    at.house.target = AwayAtBooking(at.house.target, after)
    at.sources["acme"].put("clients_1.csv", CUSTOMERS)
    at.round()
    runs = [*at.round(minutes=1).runs, *at.round(hours=2).runs, *at.round(hours=2).runs]
    assert [run.retries for run in runs] == [None, parker.id]
    assert (stand(tmp_path), waiting(at)) == ({"F1": "C1", "F2": "C2"}, 1)
    assert len([text for text in at.letters("report") if "C1 et C2" in text]) == 1


STOCK = """\
entity: invoice
table: invoices
key: [number]
fields:
  number: {type: text}
  customer: {type: reference, to: customer, required: true}
  amount: {type: money, currency: currency}
  currency: {type: currency, default: EUR}
  status: {type: text}
absent: {clear: {gone: {status: cleared}, back: {status: open}}}
"""


def test_a_row_that_a_newer_complete_file_lacks_waits_no_longer(tmp_path: Path) -> None:
    whole = FEEDS.replace("parked_for: 10d", "absent: clear")
    with desk(tmp_path, feeds=whole, entities=ENTITIES | {"invoice": STOCK}) as at:
        (first,) = dropped(at, factures_1=INVOICES)
        assert (first.counts.parked, first.effects) == (3, {})
        (bad,) = dropped(at, factures_2=b"No;Client;Montant\nF1;C1;10,00\nF9;C1;1,00\nF8;C9;x\n")
        assert (bad.ending, waiting(at)) == ("imported_with_rejects", 4), "it does not tell what is gone"
        (second,) = dropped(at, factures_3=b"No;Client;Montant\nF1;C1;10,00\n")
        assert (second.counts.parked, second.effects, waiting(at)) == (1, {"absent_parked": 3}, 1)
        assert "3 lignes de fichiers antérieurs" in at.letters("report")[-1]
        told = [*sentences(Undone(second, UndoTally()), preview=True)]
        assert told[-1].startswith("3 parked rows that the run took out do not wait again; nightclerk replay")
        _, retry = dropped(at, clients_1=CUSTOMERS)
        assert (retry.counts.created, stand(tmp_path)) == (1, {"F1": "C1"})
        (third,) = dropped(at, factures_4=b"No;Client;Montant\nF2;C9;20,50\n")
        assert (third.counts.parked, third.effects, waiting(at)) == (1, {"absent": {"cleared": 1}}, 1)
        dropped(at, factures_5=b"No;Client;Montant\nF1;C1;10,00\n")
        assert (waiting(at), stand(tmp_path, column="status")) == (0, {"F1": "open"})


class Failing:
    """A target that fails where it is told to. waiting, booking: what it raises when it is asked for parked rows, and when their
    retry is booked."""

    def __init__(self, target: Any, waiting: Exception | None = None, booking: Exception | None = None) -> None:
        self._target = target
        self._waiting = waiting
        self._booking = booking

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)

    def waiting(self, tenant: str | None) -> Any:
        if self._waiting is not None:
            raise self._waiting
        return self._target.waiting(tenant)

    def begin(self, plan: Any, *more: Any) -> Any:
        booking = self._target.begin(plan, *more)
        book = booking.book

        def turned_down(receipt: dict[str, Any]) -> None:
            if receipt.get("retries") is not None and self._booking is not None:
                raise self._booking
            book(receipt)

        booking.book = turned_down
        return booking


@pytest.mark.parametrize("error", [OperatorError("The table invoices turns the rows down."), ZeroDivisionError("planted")])
def test_rows_that_never_go_in_are_left_after_a_few_tries(at: Desk, tmp_path: Path, error: Exception) -> None:
    (parker,) = dropped(at, factures_1=INVOICES)
    whole, at.house.target = at.house.target, Failing(at.house.target, booking=error)
    at.sources["acme"].put("clients_1.csv", CUSTOMERS)
    for _ in range(8):
        at.round(hours=2)
    assert (waiting(at), stand(tmp_path)) == (3, {})
    (told,) = [text for text in at.letters() if "left alone" in text]
    assert f"replay {parker.id}" in told
    assert "begun 3 times" in told
    done = at.round(hours=2)
    assert (done.trouble, done.rests_for) == (None, None)
    at.house.target = whole
    assert at.round(hours=2).runs == (), "they are left until their file is booked once more"
    replay(at.house, parker.id, as_it_was=False)
    assert (stand(tmp_path), waiting(at)) == ({"F1": "C1", "F2": "C2"}, 1)


@pytest.mark.parametrize("error", [WeatherError("The database is away."), OperatorError("No."), ZeroDivisionError("planted")])
def test_what_stops_parked_rows_stops_no_look(at: Desk, tmp_path: Path, error: Exception) -> None:
    dropped(at, factures_1=INVOICES)
    whole, at.house.target = at.house.target, Failing(at.house.target, waiting=error)
    at.sources["acme"].put("clients_1.csv", CUSTOMERS)
    done = at.round(hours=2)
    assert done.trouble is not None
    assert done.unreachable is isinstance(error, WeatherError)
    assert "clients_1.csv" in at.house.looks.of("acme")
    assert [run.feed for run in at.round(minutes=1).runs] == ["clients"]
    at.house.target = whole
    (retry,) = at.round(hours=2).runs
    assert (retry.counts.created, stand(tmp_path)) == (2, {"F1": "C1", "F2": "C2"})


def test_what_waits_is_listed(at: Desk, tmp_path: Path) -> None:
    from nightclerk.cli import nightclerk

    dropped(at, factures_1=INVOICES)
    root = ["--config", str(tmp_path / "config")]
    found = CliRunner().invoke(nightclerk, [*root, "parked", "acme", "--json"])
    rows = json.loads(found.stdout)
    TypeAdapter(OUTPUTS["parked"]).validate_python(rows)
    assert [(row["line"], row["key"], row["missing"]) for row in rows] == [
        (2, {"number": "F1"}, {"customer": "C1"}),
        (3, {"number": "F2"}, {"customer": "C2"}),
        (4, {"number": "F3"}, {"customer": "C9"}),
    ]
    assert (rows[0]["since"], rows[0]["until"]) == ("2026-11-21T02:01:00Z", "2026-12-01T02:01:00Z")
    assert "customer C9" in CliRunner().invoke(nightclerk, [*root, "parked", "acme"]).stdout
    (status,) = json.loads(CliRunner().invoke(nightclerk, [*root, "status", "--json"]).stdout)
    assert status["parked_rows"] == 3
    findings = json.loads(CliRunner().invoke(nightclerk, [*root, "doctor", "--json"]).stdout)["findings"]
    assert [one["message"] for one in findings if one["part"] == "parked rows"] == [
        "3 rows wait for others, each of a feed that is configured"
    ]


def test_rows_that_had_waited_are_not_told_as_a_file(at: Desk, tmp_path: Path) -> None:
    from nightclerk.cli import nightclerk

    dropped(at, factures_1=INVOICES)
    _, retry = dropped(at, clients_1=CUSTOMERS)
    root = ["--config", str(tmp_path / "config")]
    told = CliRunner().invoke(nightclerk, [*root, "run", str(retry.id)]).stdout
    assert "2 rows that had waited: 2 created" in told
    assert f"Not a file: rows of the file of run {retry.retries} that it parked, and that waited since 2026-11-21" in told
    assert f"read by run {retry.retries} as delimited" in told
    assert "had waited" in told.partition("total of")[2].splitlines()[0]
    assert "sha256" not in told
    assert json.loads(CliRunner().invoke(nightclerk, [*root, "run", str(retry.id), "--json"]).stdout)["sha256"] is None
    letter = at.letters("report")[-1]
    assert "Ayant attendu 2" in letter
    assert "Dans le fichier" not in letter


def reconfigured(at: Desk, feed: str, **changes: Any) -> None:
    """The feed with other keys, as if its file had been changed."""
    feeds = at.house.configuration.tenants["acme"].feeds
    made = [one if one.feed != feed else type(one).model_validate(one.model_dump(by_alias=True) | changes) for one in feeds]
    at.house.configuration = with_feeds(at.house.configuration, made)


def with_feeds(configuration: Configuration, feeds: list[Any]) -> Configuration:
    tenant = configuration.tenants["acme"].model_copy(update={"feeds": feeds})
    return replace(configuration, tenants={"acme": tenant})
