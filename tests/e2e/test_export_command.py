"""``nightclerk export``: an entity's rows for the feed that reads them again, and for people."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from tests.e2e.offices import Office, office

from nightclerk.core.errors import OperatorError
from nightclerk.desk.export import Wish, asked
from nightclerk.wiring import load_configuration

FILE = "Code;Name;Email;Solde\nA;Anna;anna@a.example;1,50\nB;'=1+1;;-2,25\nC;Total Énergies;c@c.example;1000\nD;#D;;\n"
VIEW = 'views: {owing: {entity: customer, columns: [code, name], where: "balance > 0", sort: -balance}}\n'


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office that has imported four customers, one of whom is called like a formula."""
    folder = tmp_path_factory.mktemp("export")
    made = office(folder)
    tenant = folder / "config/tenants/acme.yaml"
    tenant.write_text(tenant.read_text() + VIEW)
    (folder / "clients.csv").write_text(FILE.replace("'=", "="), encoding="utf-8")
    assert made.run("import", "acme", "clients.csv").returncode == 0
    return made


def test_the_file_has_the_feeds_own_headers_and_notation_and_no_formula(acme: Office) -> None:
    done = acme.run("export", "acme", "customer", "--output", "again.csv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "again.csv: 4 rows of customer\n", "")
    text = (acme.folder / "again.csv").read_text(encoding="utf-8-sig")
    assert text == (
        "Code;Name;Email;Solde;_nightclerk\nA;Anna;anna@a.example;1,50;\nB;'=1+1;;-2,25;\n"
        "C;Total Énergies;c@c.example;1000,00;\nD;#D;;;\n"
    )
    run = acme.data("import", "acme", "again.csv", "--feed", "clients")
    assert (run["ending"], run["counts"]["unchanged"], run["issues"], run["notes"]) == ("imported", 4, [], [])
    again = acme.run("export", "acme", "customer", "--output", "again.csv")
    assert (again.returncode, again.stderr) == (
        2, "again.csv cannot be written: it is there already. Name another file with --output.\n",
    )  # fmt: skip


def test_fields_that_keep_local_edits_are_told(acme: Office) -> None:
    tenant = acme.folder / "config" / "tenants" / "acme.yaml"
    before = tenant.read_text()
    tenant.write_text(before.replace("email: Email", "email: {from: Email, conflict: keep_local_edits}"))
    assert acme.run("export", "acme", "customer", "--output", "whole.csv").stderr == (
        "Once this file is imported, what was typed into email counts as brought by it, and the next file writes over it. "
        "With --columns such fields can be left out.\n"
    )
    assert acme.run("export", "acme", "customer", "--columns", "code,name", "--output", "less.csv").stderr == ""
    tenant.write_text(before)


def test_a_view_a_filter_and_an_order_choose_what_is_printed(acme: Office) -> None:
    assert acme.data("export", "acme", "customer", "--view", "owing") == [
        {"code": "C", "name": "Total Énergies"},
        {"code": "A", "name": "Anna"},
    ]
    found = acme.data("export", "acme", "customer", "--where", "not balance >= 0", "--columns", "balance,code", "--sort", "code")
    assert found == [{"balance": "-2.2500", "code": "B"}, {"balance": None, "code": "D"}]
    assert acme.data("export", "acme", "customer", "--where", "code = x") == []


def test_chosen_columns_keep_what_the_feed_needs(acme: Office) -> None:
    done = acme.run("export", "acme", "customer", "--columns", "email", "--where", "code = A")
    assert done.stdout.splitlines() == ["\ufeffCode;Name;Email;Solde;_nightclerk", "A;Anna;anna@a.example;;"]
    assert done.stderr == "Added, since the feed clients would reject rows without them or empty them: code and name.\n"


def test_what_cannot_be_meant_is_told(acme: Office) -> None:
    configuration, _ = load_configuration(acme.folder / "config")
    wrong = [
        (Wish("acme", "custmer"), 'There is no entity "custmer"; did you mean "customer"?'),
        (
            Wish("acme", "customer", where="balanse > 0", columns=("code", "nmae")),
            '--columns: no field "nmae" in entity customer; did you mean "name"?\n'
            '--where: at character 1: no field "balanse" in entity customer; did you mean "balance"?',
        ),
        (Wish("acme", "customer", view="owning"), 'Tenant acme has no view "owning"; did you mean "owing"?'),
        (Wish("acme", "customer", feed="no"), 'No feed "no" of tenant acme reads customer; the feeds that do are clients.'),
    ]
    for wish, told in wrong:
        with pytest.raises(OperatorError) as caught:
            asked(configuration, wish)
        assert str(caught.value) == told
    done = acme.run("export", "acme", "customer", "--json", "--as", "pdf")
    said = "With --json the rows themselves are printed; leave --as and --feed out.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


def test_a_workbook_for_people_has_typed_cells_sums_and_no_formula(acme: Office) -> None:
    assert acme.run("export", "acme", "customer", "--as", "xlsx", "--output", "people.xlsx").returncode == 0
    done = acme.run("export", "acme", "customer", "--as", "xlsx", "--feed", "clients", "--output", "again.xlsx")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "The feed clients reads delimited files, so that it would not read a workbook again. "
        "Leave --as out for a file that it reads, or --feed for a workbook for people.\n"
    )
    sheet = openpyxl.load_workbook(acme.folder / "people.xlsx").worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[:3] == [
        ["Code", "Name", "Email", "Currency", "Solde"],
        ["A", "Anna", "anna@a.example", "EUR", 1.5],
        ["B", "=1+1", None, "EUR", -2.25],
    ]
    assert (sheet["B3"].data_type, sheet.freeze_panes, sheet.auto_filter.ref) == ("s", "A2", "A1:E5")
    assert rows[-1] == ["Sum EUR", None, None, None, 999.25]


def test_a_pdf_and_a_document_hold_the_rows(acme: Office) -> None:
    assert acme.run("export", "acme", "customer", "--as", "pdf", "--output", "people.pdf").returncode == 0
    assert (acme.folder / "people.pdf").read_bytes().startswith(b"%PDF-")
    assert acme.run("export", "acme", "customer", "--as", "docx", "--output", "people.docx").returncode == 0
    content = (acme.folder / "people.docx").read_bytes()
    table = Document(io.BytesIO(content)).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["Code", "Name", "Email", "Currency", "Solde"]
    assert [cell.text for cell in table.rows[3].cells] == ["C", "Total Énergies", "c@c.example", "EUR", "1,000.00"]
    assert "w:tblHeader" in zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()


def test_rows_that_the_feed_would_change_are_told_and_nothing_is_written(tmp_path: Path) -> None:
    made = office(tmp_path)
    tenant = tmp_path / "config/tenants/acme.yaml"
    made.write("clients.csv", "Code;Name;Email;Solde\nA;Anna;;1,50\n")
    assert made.run("import", "acme", "clients.csv").returncode == 0
    tenant.write_text(tenant.read_text().replace("name: Name,", "name: {constant: Bert},"))
    done = made.run("export", "acme", "customer", "--output", "again.csv")
    assert (done.returncode, done.stderr) == (
        2,
        '1 row would change when read again, since the feed clients gives every row name "Bert". The first is A, name "Anna". '
        "Leave such rows out with --where.\n",
    )
    assert not (tmp_path / "again.csv").exists()
    assert json.loads(made.run("export", "acme", "customer", "--columns", "name", "--json").stdout) == [{"name": "Anna"}]
