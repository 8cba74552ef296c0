"""``nightclerk reconcile``: what differs between a file and the tables, in words, as data and as files; and it writes nothing."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.e2e.offices import Office, office
from tests.e2e.test_preview_command import Picture, place

__all__ = ["place"]  # the fixture

HEADER = "Code;Name;Email;Solde\n"
BOOKED = HEADER + "A;Anna;anna@a.example;1,50\nB;Bert;;2,25\nZ;=Zoe;;1000\n"
OTHER = HEADER + "A;Anne;;1,75\nB;Bert;no address;2,25\nC;Carl;;3\nD;;x@a.example;4\n"


@pytest.fixture
def acme(tmp_path: Path) -> Office:
    made = office(tmp_path)
    made.write("clients.csv", BOOKED)
    made.write("clients_2.csv", OTHER)
    assert made.run("import", "acme", "clients.csv").returncode == 0
    return made


def test_it_tells_all_that_differs_and_leaves_no_trace(place: tuple[Office, Callable[[], Picture]]) -> None:
    acme, picture = place
    acme.write("clients.csv", BOOKED)
    acme.write("clients_2.csv", OTHER)
    assert acme.data("import", "acme", "clients.csv")["ending"] == "imported"
    before = picture()
    assert acme.data("reconcile", "acme", "clients.csv")["agrees"] is True
    found = acme.data("reconcile", "acme", "clients_2.csv", status=1)
    assert picture() == before
    assert (found["agrees"], found["ending"]) == (False, "imported_with_rejects")
    counts = {"rows": 4, "same": 0, "different": 1, "only_in_file": 1, "only_in_tables": 1, "rejected": 2, "skipped": 0}
    assert found["counts"] == counts
    assert found["fields"] == {"name": {"written": 1}, "email": {"kept_blank": 1}, "balance": {"written": 1}}
    sums = {"file": "11.0000", "rejected": "6.2500", "skipped": "0.0000", "tables": "1003.7500", "difference": "-992.7500"}
    assert found["sums"] == {"balance": {"EUR": sums}}
    assert [(one["line"], one["key"], one["field"], one["file"], one["tables"], one["reason"]) for one in found["different"]] == [
        (2, {"code": "A"}, "name", "Anne", "Anna", None),
        (2, {"code": "A"}, "email", None, "anna@a.example", "kept_blank"),
        (2, {"code": "A"}, "balance", "1.7500", "1.5000", None),
    ]
    carl: dict[str, Any] = {"code": "C", "name": "Carl", "email": None, "balance": "3.0000"}
    assert found["only_in_file"] == [{"line": 4, "values": carl, "reason": None}]
    zoe = {"code": "Z", "name": "=Zoe", "email": None, "balance": "1000.0000"}
    assert found["only_in_tables"] == [{"values": zoe}]  # and not B, which stands in a row that was rejected
    assert [(one["line"], one["code"]) for one in found["rejected"]] == [(3, "not_an_email"), (5, "required")]


def test_nothing_is_said_of_rows_that_an_import_would_clear(acme: Office) -> None:
    entity, tenant = (acme.folder / "config" / path for path in ("entities/customer.yaml", "tenants/acme.yaml"))
    entity.write_text(entity.read_text() + "absent: {clear: {gone: {email: null, name: gone}}}\n")
    tenant.write_text(tenant.read_text() + "    absent: clear\n")
    assert "left as they are, because 2 rows" in acme.data("preview", "acme", "clients_2.csv")["notes"][0]
    assert acme.data("reconcile", "acme", "clients_2.csv", status=1)["notes"] == []


def test_people_read_tables_and_bookkeepers_get_files(acme: Office) -> None:
    told = acme.run("reconcile", "acme", "clients_2.csv", "--limit", "2", "--csv", "out", "--xlsx", "out.xlsx")
    assert told.returncode == 1
    lines = [" ".join(line.split()) for line in told.stdout.splitlines()]
    assert lines[0] == "clients_2.csv of acme/clients differs from the tables"
    for line in (
        "in the file 4",
        "only in the tables 1",
        "balance EUR 11.0000 6.2500 0.0000 1003.7500 -992.7500",
        "email 1 kept: the file's cell is empty",
        "Values that differ: the first 2 of 3",
        "2 A name Anne Anna",
        "Only in the file: 1",
        "4 C Carl 3.0000",
        "Z =Zoe 1000.0000",
        "Rejected, and so not compared: 2",
    ):
        assert line in lines
    assert lines[-3:] == ["Nothing was written to the database.", "Wrote 6 files into out.", "Wrote out.xlsx."]
    check_files(acme)
    again = acme.run("reconcile", "acme", "clients_2.csv", "--csv", "out", "--json")
    assert (again.returncode, again.stdout, again.stderr) == (
        2, "", "out holds files already. Name another folder with --csv.\n"
    )  # fmt: skip
    again = acme.run("reconcile", "acme", "clients_2.csv", "--xlsx", "out.xlsx")
    assert again.stderr == "out.xlsx cannot be written: it is there already. Name another file with --xlsx.\n"


def check_files(acme: Office) -> None:
    names = ["different", "only_in_file", "only_in_tables", "rejected", "rows", "sums"]
    assert sorted(path.name for path in (acme.folder / "out").iterdir()) == [f"{name}.csv" for name in names]
    written = {}
    for name in names:
        with (acme.folder / f"out/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            written[name] = list(csv.reader(file))
    assert written["different"][0] == ["line", "code", "field", "in the file", "in the tables", "reason"]
    assert written["different"][2] == ["2", "A", "email", "", "anna@a.example", "kept_blank"]
    assert written["only_in_tables"][1] == ["Z", "'=Zoe", "", "1000.0000"]  # a spreadsheet must take it for no formula
    assert written["sums"][1] == ["balance", "EUR", "11.0000", "6.2500", "0.0000", "1003.7500", "-992.7500"]
    assert [row[:2] for row in written["rejected"][1:]] == [["3", "not_an_email"], ["5", "required"]]
    book = openpyxl.load_workbook(acme.folder / "out.xlsx")
    assert book.sheetnames == ["Rows", "Sums", "Different", "Only in the file", "Only in the tables", "Rejected"]
    assert [cell.value for cell in book["Only in the tables"][2]] == ["Z", "=Zoe", None, "1000.0000"]
    assert book["Only in the tables"]["B2"].data_type == "s"
