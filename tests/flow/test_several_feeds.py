"""One file that several feeds read, on its way through the corridor: each feed's rows once, whatever happens between two of them,
and one letter for all."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from tests.flow.houses import Desk, desk

from nightclerk.config.load import load
from nightclerk.core.booking import BookingPlan
from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError
from nightclerk.ledger.runs import Runs
from nightclerk.ports import Booking, Target

FEED = """  - feed: {name}
    files: "plannit_*.xlsx"
    format: {{kind: xlsx}}
    sheet: {sheet}
    entity: {entity}
    mapping: {{{mapping}}}
"""
CUSTOMERS = FEED.format(name="personnes", sheet="Clients", entity="customer", mapping="code: No, name: Nom, print_as: Nom")
PRODUCTS = FEED.format(
    name="produits",
    sheet="Produits",
    entity="product",
    mapping="code: No, name: Nom, gl_debit_account: {constant: '1100', unknown_reference: create}, "
    "gl_credit_account: {constant: '4100', unknown_reference: create}",
)


class OnceAway:
    """The target, which is away, or lacks something, when the second of a drop's runs wants to begin. nth: or another one."""

    def __init__(self, target: Target, error: NightclerkError | None = None, nth: int = 2) -> None:
        self._target = target
        self._error = error or WeatherError("The database is away.")
        self._nth = nth
        self.begun: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)

    def begin(self, plan: BookingPlan, key: str, attempt: int) -> Booking:
        self.begun.append(plan.entity)
        if len(self.begun) == self._nth:
            raise self._error
        return self._target.begin(plan, key, attempt)


class OnceUnrecorded:
    """The ledger's runs, the first of which cannot be written down."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._away = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._runs, name)

    def record(self, *what: Any) -> None:
        if self._away:
            self._away = False
            raise WeatherError("The ledger is locked.")
        self._runs.record(*what)


def workbook(**sheets: list[tuple[str, str]]) -> bytes:
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for at, row in enumerate([("No", "Nom"), *rows]):
                page.write_row(at, 0, row)
    return content.getvalue()


BOTH = workbook(Clients=[("01", "Anne"), ("02", "Béa")], Produits=[("P1", "Coude"), ("P2", "")])


def standing(root: Path, table: str) -> list[tuple[str]]:
    with closing(sqlite3.connect(root / "var" / "app.db")) as database:
        return database.execute(f"SELECT code FROM {table} ORDER BY code").fetchall()


def endings(at: Desk) -> list[tuple[str | None, str, str | None]]:
    return sorted((run.feed, run.ending, run.code) for run in at.house.runs.history())


def test_bad_weather_between_two_feeds_books_neither_twice_and_writes_one_letter(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=CUSTOMERS + PRODUCTS) as at:
        away = OnceAway(at.house.target)
        at.house.target = away
        at.sources["acme"].put("plannit_1.xlsx", BOTH)
        at.take()
        assert (standing(tmp_path, "customers"), standing(tmp_path, "products")) == ([("01",), ("02",)], [])
        assert (endings(at), at.letters("report")) == ([], [])
        at.round(hours=1)
        assert away.begun == ["customer", "product", "product"]
        assert endings(at) == [("personnes", "imported", None), ("produits", "imported_with_rejects", None)]
        assert (standing(tmp_path, "customers"), standing(tmp_path, "products")) == ([("01",), ("02",)], [("P1",)])
        (letter,) = at.letters("report")
        assert "personnes" in letter
        assert "produits" in letter
        assert [path.partition("/")[0] for path in at.sources["acme"].files] == ["processed"]


def test_a_sheet_that_is_missing_refuses_its_feed_alone(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=CUSTOMERS + PRODUCTS) as at:
        at.sources["acme"].put("plannit_1.xlsx", workbook(Clients=[("01", "Anne")], Autre=[]))
        at.take()
        assert endings(at) == [("personnes", "imported", None), ("produits", "refused", "no_sheet")]
        assert standing(tmp_path, "customers") == [("01",)]
        assert len(at.letters("report")) == 1
        assert [path.partition("/")[0] for path in at.sources["acme"].files] == ["failed"]


def test_two_feeds_that_could_read_the_same_sheet_are_both_refused(tmp_path: Path) -> None:
    other = PRODUCTS.replace("plannit_*", "plan*_1").replace("sheet: Produits", "sheet: 2")
    with desk(tmp_path, feeds=CUSTOMERS + other) as at:
        at.sources["acme"].put("plannit_1.xlsx", BOTH)
        at.take()
        assert endings(at) == [("personnes", "refused", "claimed_twice"), ("produits", "refused", "claimed_twice")]
        assert (standing(tmp_path, "customers"), standing(tmp_path, "products")) == ([], [])
        (letter,) = at.letters("report")
        assert "personnes" in letter
        assert [path.partition("/")[0] for path in at.sources["acme"].files] == ["failed"]


# --- what changes between two feeds ----------------------------------------------------------------------------------------

LACKING = "The table products has no column name."


def reload(at: Desk, root: Path, was: str, now: str) -> None:
    """Edits the tenant's file and has the house take it, as ops do."""
    file = root / "config" / "tenants" / "acme.yaml"
    assert was in file.read_text()
    file.write_text(file.read_text().replace(was, now))
    configuration, problems = load(root / "config")
    assert configuration is not None, problems
    sources, channel = at.house.source_of, at.house.channel
    at.house.take(configuration)
    at.house.source_of, at.house.channel = sources, channel


def booked_once(root: Path) -> bool:
    """Whether the first feed's rows, its receipt and its changes stand exactly once."""
    with closing(sqlite3.connect(root / "var" / "app.db")) as database:
        receipts = database.execute("SELECT count(*) FROM nightclerk_receipts").fetchone()
        changes = database.execute("SELECT count(*) FROM nightclerk_changes").fetchone()
    return (standing(root, "customers"), receipts, changes) == ([("01",), ("02",)], (1,), (2,))


@pytest.mark.parametrize("now", ["", PRODUCTS.replace("produits", "articles")], ids=["removed", "renamed"])
def test_a_feed_that_is_gone_never_takes_back_what_another_booked(tmp_path: Path, now: str) -> None:
    with desk(tmp_path, feeds=CUSTOMERS + PRODUCTS) as at:
        at.house.target = OnceAway(at.house.target, OperatorError(LACKING))
        at.sources["acme"].put("plannit_1.xlsx", BOTH)
        at.take()
        assert (booked_once(tmp_path), at.house.runs.history()) == (True, ())
        reload(at, tmp_path, PRODUCTS, now)
        done = at.round(hours=1)
        assert (done.trouble, booked_once(tmp_path)) == (None, True)
        assert endings(at) == [("personnes", "imported", None), ("produits", "refused", "feed_removed")]
        (gone,) = [run for run in done.runs if run.feed == "produits"]
        assert "produits" in str(gone.sentence)
        assert gone.sha256 == hashlib.sha256(BOTH).hexdigest()
        (letter,) = at.letters("report")
        assert "personnes" in letter
        assert "produits" in letter
        assert [path.partition("/")[0] for path in at.sources["acme"].files] == ["failed"]
        assert at.round(hours=2).runs == ()
        assert booked_once(tmp_path)


def test_a_feed_that_is_gone_takes_nothing_back_although_it_stands_before_the_one_that_booked(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=PRODUCTS + CUSTOMERS) as at:
        at.house.runs = OnceUnrecorded(at.house.runs)
        at.sources["acme"].put("plannit_1.xlsx", workbook(Clients=[("01", "Anne"), ("02", "Béa")]))
        at.take()
        assert (booked_once(tmp_path), at.house.runs.history()) == (True, ())
        reload(at, tmp_path, PRODUCTS, "")
        at.round(hours=1)
        assert booked_once(tmp_path)
        assert endings(at) == [("personnes", "imported", None), ("produits", "refused", "feed_removed")]
        assert len(at.letters("report")) == 1


def test_a_file_of_which_nothing_is_booked_is_taken_anew_by_the_feeds_that_are_left(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=CUSTOMERS + PRODUCTS) as at:
        at.house.target = OnceAway(at.house.target, OperatorError(LACKING), nth=1)
        at.sources["acme"].put("plannit_1.xlsx", BOTH)
        at.take()
        reload(at, tmp_path, PRODUCTS, "")
        at.round(hours=1)
        assert (standing(tmp_path, "customers"), at.letters("report")) == ([], [])
        at.take()
        assert endings(at) == [("personnes", "imported", None)]
        assert booked_once(tmp_path)
        assert len(at.letters("report")) == 1


@pytest.mark.parametrize("now", [None, workbook(Clients=[("09", "Zoé")], Produits=[("P9", "Vis")])], ids=["gone", "changed"])
def test_a_file_that_is_another_when_it_is_fetched_again_takes_nothing_back(tmp_path: Path, now: bytes | None) -> None:
    with desk(tmp_path, feeds=CUSTOMERS + PRODUCTS) as at:
        at.house.target = OnceAway(at.house.target)
        at.sources["acme"].put("plannit_1.xlsx", BOTH)
        at.take()
        (spooled,) = (tmp_path / "var" / "spool").glob("*/*.data")
        spooled.unlink()
        del at.sources["acme"].files["plannit_1.xlsx"]
        if now is not None:
            at.sources["acme"].put("plannit_1.xlsx", now)

        done = at.round(hours=1)

        assert (done.trouble, booked_once(tmp_path)) == (None, True)
        assert endings(at) == [("personnes", "imported", None), ("produits", "refused", "incomplete")]
        assert len(at.letters("report")) == 1
        at.take()
        assert endings(at)[:1] == [("personnes", "imported", None)]
        assert standing(tmp_path, "products") == ([] if now is None else [("P9",)])
        assert len(at.letters("report")) == (1 if now is None else 2)
