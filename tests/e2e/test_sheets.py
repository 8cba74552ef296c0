"""One workbook whose sheets are read by two feeds: one drop, a run for each feed, one letter."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import xlsxwriter
from tests.e2e.offices import TENANT, Office, office

TWO_SHEETS = """feeds:
  - feed: clients
    files: "books*.xlsx"
    format: {kind: xlsx}
    sheet: Clients
    entity: customer
    mapping: {code: Code, name: Name}
  - feed: others
    files: "books*.xlsx"
    format: {kind: xlsx}
    sheet: Others
    entity: customer
    mode: update_only
    mapping: {code: Code, email: Email}
"""


@pytest.fixture
def acme(tmp_path: Path) -> Office:
    made = office(tmp_path)
    made.write("config/tenants/acme.yaml", TENANT.partition("feeds:")[0] + TWO_SHEETS)
    assert made.run("tables", "create").returncode == 0
    return made


def workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in {
            "Clients": [("Code", "Name"), ("007", "Anna"), ("008", "Bert")],
            "Others": [("Code", "Email"), ("007", "anna@a.example"), ("009", "nobody"), ("008", "bert@b.example")],
        }.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return path


def booked(acme: Office) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(acme.folder / "var/app.db")) as database:
        return database.execute("SELECT code, name, email FROM customers ORDER BY code").fetchall()


def test_a_dropped_workbook_makes_a_run_for_each_sheet_and_one_letter(acme: Office) -> None:
    workbook(acme.folder / "drops/acme/books_1.xlsx")
    first, second = acme.data("round")
    assert (first["feed"], first["ending"], first["counts"]["created"]) == ("clients", "imported", 2)
    assert (second["feed"], second["ending"]) == ("others", "imported_with_rejects")
    assert (second["counts"]["updated"], second["counts"]["rejected"]) == (2, 1)
    assert first["drop"] == second["drop"]
    assert booked(acme) == [("007", "Anna", "anna@a.example"), ("008", "Bert", "bert@b.example")]
    assert len(acme.data("post", "--list")) == 1
    assert [path.parent.name for path in (acme.folder / "drops/acme").rglob("*.xlsx")] == ["processed"]


def test_by_hand_and_beforehand_it_is_a_list(acme: Office) -> None:
    file = workbook(acme.folder / "books_1.xlsx")
    assert [one["feed"] for one in acme.data("import", "acme", str(file))] == ["clients", "others"]
    ahead = acme.data("preview", "acme", str(file))
    assert [(one["feed"], one["ending"], one["counts"]["skipped"]) for one in ahead[:1]] == [("clients", "duplicate", 2)]
    assert [(one["feed"], one["format"]["sheet"], one["counts"]["rows"]) for one in ahead[1:]] == [("others", "Others", 3)]
    assert acme.data("import", "acme", str(file), "--feed", "clients")["ending"] == "duplicate"
