"""One file that several feeds read, on its way through the corridor: each feed's rows once, whatever happens between two of them,
and one letter for all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from tests.unit.work.houses import Desk, desk

from nightclerk.core.booking import BookingPlan
from nightclerk.core.errors import WeatherError
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
    mapping="code: No, name: Nom, gl_debit_account: {constant: '1100'}, gl_credit_account: {constant: '4100'}",
)


class OnceAway:
    """The target, whose database is away when the second of a drop's runs wants to begin."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.begun: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)

    def begin(self, plan: BookingPlan, key: str, attempt: int) -> Booking:
        self.begun.append(plan.entity)
        if len(self.begun) == 2:
            raise WeatherError("The database is away.")
        return self._target.begin(plan, key, attempt)


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
