"""Rejected rows of a workbook on their way: out with the letter, corrected, dropped again, booked, linked to the first run."""

from __future__ import annotations

import email
import io
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from email.policy import default
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.flow.houses import Desk, desk
from tests.unit.formats.workbook.files import Shown, Value, by_odfpy, by_openpyxl

from nightclerk.core.errors import OperatorError
from nightclerk.desk.history import find_run, reject_file_of
from nightclerk.work.hand_in import hand_in

XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FEED = """\
  - feed: {feed}
    files: "{files}"
    sheet: {sheet}
    entity: {entity}
    dates: "%d/%m/%Y"
    decimal: ","
    tolerate: {{at_least_rows: 3, rejected: 50%}}
    mapping: {mapping}
"""
MAPPING = "{code: Code, name: Nom, print_as: Nom, email: Courriel, balance: Solde, since: Depuis}"


def feed(feed: str = "fiches", files: str = "fiches.xlsx", sheet: str = "Clients", entity: str = "customer",
         mapping: str = MAPPING) -> str:  # fmt: skip
    return FEED.format(feed=feed, files=files, sheet=sheet, entity=entity, mapping=mapping)


SHEET: list[list[Value]] = [
    ["Fiches clients au 21/11/2026"],
    ["Code", "Nom", "Courriel", "Solde", "Depuis", "Interne"],
    [Shown(7, "0000"), "Ann", "ann@a.example", 12.5, date(2026, 4, 3), "x"],
    [Shown(8, "0000"), "Bob", "bob@", 1234.56, date(2026, 5, 4), "y"],
    ["0009", "Cy", "cy@c.example", "1234,50", "31/02/2026", "z"],
    [Shown(10, "0000"), "Di", None, 0.1, date(2026, 7, 6), None],
]


def attached(at: Desk) -> list[tuple[str, str, Any]]:
    """The files of all letters so far: name, kind, content."""
    rows = at.house.outbox.due(at.clock.now() + timedelta(days=999), most=1000)
    messages = [email.message_from_bytes(row.message, policy=default) for row in rows]
    return [
        (str(part.get_filename()), part.get_content_subtype(), part.get_content())
        for message in messages
        for part in message.iter_attachments()  # type: ignore[attr-defined]  # the policy makes it an EmailMessage
    ]


def corrected(content: bytes, cells: dict[str, Any]) -> bytes:
    """The workbook with some cells changed, as a spreadsheet program saves it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for place, value in cells.items():
        book.worksheets[0][place] = value
        if isinstance(value, date):
            book.worksheets[0][place].number_format = "dd/mm/yyyy"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def customers(root: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(root / "var" / "app.db")) as database:
        return database.execute("SELECT code, name, email, balance, since FROM customers ORDER BY code").fetchall()


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_corrected_workbook_is_booked_as_if_it_had_been_right_at_once(tmp_path: Path, kind: str) -> None:
    write = {"xlsx": by_openpyxl, "ods": by_odfpy}[kind]
    with desk(tmp_path, feeds=feed(files=f"fiches.{kind}")) as at:
        at.sources["acme"].put(f"fiches.{kind}", write({"Info": [["rien"]], "Clients": SHEET}))
        at.take()
        ((name, subtype, content),) = attached(at)
        assert name == {"xlsx": "fiches.rejected.xlsx", "ods": "fiches.ods.rejected.xlsx"}[kind]
        assert subtype == XLSX
        sheet = openpyxl.load_workbook(io.BytesIO(content))["Clients"]
        assert [cell.value for cell in sheet[3]][:6] == ["0009", "Cy", "cy@c.example", "1234,50", "31/02/2026", "z"]
        assert sheet["C2"].comment.text.startswith("Ligne\u00a04, colonne Courriel\u00a0: «\u00a0bob@\u00a0»")
        assert sheet["E3"].comment.text.startswith("Ligne\u00a05, colonne Depuis")
        at.sources["acme"].put(name, corrected(content, {"C2": "bob@b.example", "E3": date(2026, 6, 5)}))
        at.take()
        second, first = at.house.runs.history()
        assert (first.ending, first.counts.created, first.counts.rejected) == ("imported_with_rejects", 2, 2)
        assert (second.ending, second.counts.created, second.corrects, second.file) == ("imported", 2, first.id, name)
        assert "Ce fichier" in at.letters("report")[-1] or str(first.id) in at.letters("report")[-1]
    assert customers(tmp_path) == [
        ("0007", "Ann", "ann@a.example", "12.5000", "2026-04-03"),
        ("0008", "Bob", "bob@b.example", "1234.5600", "2026-05-04"),
        ("0009", "Cy", "cy@c.example", "1234.5000", "2026-06-05"),
        ("0010", "Di", None, "0.1000", "2026-07-06"),
    ]


def test_what_is_still_wrong_comes_back_once_more_and_what_is_right_is_booked(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed()) as at:
        at.sources["acme"].put("fiches.xlsx", by_openpyxl({"Clients": SHEET}))
        at.take()
        ((name, _, content),) = attached(at)
        at.sources["acme"].put(name, corrected(content, {"E3": "05/06/2026"}))
        at.take()
        second, first = at.house.runs.history()
        assert (second.ending, second.counts.created, second.counts.rejected, second.corrects) == (
            "imported_with_rejects", 1, 1, first.id,
        )  # fmt: skip
        _, (again, _, more) = attached(at)
        assert again == name
        at.sources["acme"].put(again, corrected(more, {"C2": "bob@b.example"}))
        at.take()
        assert (at.house.runs.history()[0].ending, at.house.runs.history()[0].corrects) == ("imported", second.id)
    assert [row[0] for row in customers(tmp_path)] == ["0007", "0008", "0009", "0010"]


@pytest.mark.parametrize("sheets", [("Clients", "Comptes"), (1, 2), ("Cli*", "compte?")])
def test_of_several_sheets_each_comes_back_to_its_own_feed(tmp_path: Path, sheets: tuple[Any, Any]) -> None:
    customers_too = feed(sheet=sheets[0], mapping="{code: Code, name: Nom, print_as: Nom}")
    feeds = customers_too + feed("comptes", sheet=sheets[1], entity="gl_account", mapping="{number: Code, name: Nom}")
    rows: list[list[Value]] = [["Code", "Nom"], ["701", "Ventes"], ["702", None], ["703", "Ports"]]
    with desk(tmp_path, feeds=feeds) as at:
        at.sources["acme"].put("fiches.xlsx", by_openpyxl({"Clients": SHEET, "Comptes": rows}))
        at.take()
        ((name, _, content),) = attached(at)
        assert name == "fiches.comptes.rejected.xlsx"
        at.sources["acme"].put(name, corrected(content, {"B2": "Port"}))
        at.take()
        at.sources["acme"].put("fiches.xlsx", corrected(content, {"B2": "Ports"}))  # renamed: what is in it tells whose it is not
        at.take()
        runs = at.house.runs.history()
        first = {run.feed: run.id for run in runs[-2:]}
        assert [(run.feed, run.ending, run.code) for run in runs[2:3]] == [("comptes", "imported", None)]
        assert {run.feed: (run.ending, run.code) for run in runs[:2]} == {
            "fiches": ("refused", "no_sheet"), "comptes": ("imported", None),
        }  # fmt: skip
        assert {run.feed: run.corrects for run in runs[:2]} == {"fiches": None, "comptes": first["comptes"]}
        assert (runs[2].corrects, len(runs)) == (first["comptes"], 5)
    assert [row[0] for row in customers(tmp_path)] == ["0007", "0008", "0009", "0010"]


def test_a_reject_file_by_hand(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with desk(tmp_path / "house", feeds=feed()) as at:
        (folder / "fiches.xlsx").write_bytes(by_openpyxl({"Clients": SHEET}))
        (run,) = hand_in(at.house, "acme", folder / "fiches.xlsx", None, None)
        tenant = at.house.configuration.tenants["acme"]
        made = reject_file_of(at.house.runs, at.house.archive, run, tenant)
        assert (made.name, made.rows, made.complete) == ("fiches.rejected.xlsx", 2, True)
        ((_, _, content),) = attached(at)
        assert content == made.content  # written again it is the same
        (folder / made.name).write_bytes(corrected(made.content, {"C2": "bob@b.example", "E3": "05/06/2026"}))
        (second,) = hand_in(at.house, "acme", folder / made.name, None, None)
        assert (second.ending, second.corrects) == ("imported", run.id)
        with pytest.raises(OperatorError, match="no rejected rows"):
            reject_file_of(at.house.runs, at.house.archive, find_run(at.house.runs, second.id), tenant)
