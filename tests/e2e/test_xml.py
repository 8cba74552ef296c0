"""An electronic invoice in XML is dropped: its invoices are booked, what is wrong comes back as a workbook and is corrected."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from tests.e2e.offices import TENANT, Office, office

INVOICE = """
entity: invoice
table: invoices
key: [number]
fields:
  number: {type: text, max_length: 50}
  customer: {type: text, required: true}
  issue_date: {type: date, required: true}
  due_date: {type: date}
  amount: {type: money, currency: currency, required: true}
  currency: {type: currency}
"""
FEEDS = """feeds:
  - feed: invoices
    files: "IT*.xml"
    format:
      rows: FatturaElettronicaBody
      repeated: {DatiGenerali/DatiGeneraliDocumento/Causale: join}
      optional: DatiPagamento
    entity: invoice
    mapping:
      number: DatiGenerali/DatiGeneraliDocumento/Numero
      customer: ../FatturaElettronicaHeader/CessionarioCommittente/DatiAnagrafici/CodiceFiscale
      issue_date: DatiGenerali/DatiGeneraliDocumento/Data
      due_date: DatiPagamento/DettaglioPagamento/DataScadenzaPagamento
      amount: DatiGenerali/DatiGeneraliDocumento/ImportoTotaleDocumento
      currency: DatiGenerali/DatiGeneraliDocumento/Divisa
    ignore: DatiBeniServizi
"""
BODY = """  <FatturaElettronicaBody>
    <DatiGenerali><DatiGeneraliDocumento>
      <Divisa>EUR</Divisa><Data>{date}</Data><Numero>{number}</Numero><ImportoTotaleDocumento>{amount}</ImportoTotaleDocumento>
    </DatiGeneraliDocumento></DatiGenerali>
    <DatiBeniServizi><DettaglioLinee><NumeroLinea>1</NumeroLinea></DettaglioLinee></DatiBeniServizi>{payments}
  </FatturaElettronicaBody>
"""
PAYMENT = (
    "<DatiPagamento><DettaglioPagamento><DataScadenzaPagamento>{}</DataScadenzaPagamento></DettaglioPagamento></DatiPagamento>"
)
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronica xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2" versione="FPR12">
  <FatturaElettronicaHeader><CessionarioCommittente><DatiAnagrafici><CodiceFiscale>09876543210</CodiceFiscale></DatiAnagrafici>
  </CessionarioCommittente></FatturaElettronicaHeader>
"""


def invoices(*bodies: str) -> str:
    return HEAD + "".join(bodies) + "</p:FatturaElettronica>\n"


@pytest.fixture
def acme(tmp_path: Path) -> Office:
    made = office(tmp_path, tables=False)
    made.write("config/tenants/acme.yaml", TENANT.partition("feeds:")[0] + FEEDS)
    made.write("config/entities/invoice.yaml", INVOICE)
    assert made.run("tables", "create").returncode == 0
    return made


def booked(acme: Office) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(acme.folder / "var/app.db")) as database:
        wanted = "number, customer, issue_date, due_date, CAST(amount AS TEXT), currency"
        return database.execute(f"SELECT {wanted} FROM invoices ORDER BY number").fetchall()


def test_invoices_are_booked_and_what_is_wrong_is_corrected(acme: Office) -> None:
    good = BODY.format(number=123, date="2026-11-18", amount="32.95", payments=PAYMENT.format("2026-12-30"))
    several = BODY.format(number=124, date="2026-11-19", amount="10.00", payments=PAYMENT.format("2026-12-30") * 2)
    acme.write("drops/acme/IT01_1.xml", invoices(good, several))
    [run] = acme.data("round")
    assert (run["ending"], run["counts"]["created"], run["counts"]["rejected"]) == ("imported_with_rejects", 1, 1)
    assert (run["format"]["kind"], run["format"]["rows"]) == ("xml", "/FatturaElettronica/FatturaElettronicaBody")
    assert run["totals"] == {"amount": {"EUR": {"file": "42.9500", "booked": "32.9500", "rejected": "10.0000"}}}
    [issue] = run["issues"]
    assert (issue["line"], issue["code"], issue["field"]) == (11, "several_values", "due_date")
    [first] = booked(acme)
    assert first[:4] == ("123", "09876543210", "2026-11-18", "2026-12-30")

    made = acme.run("rejected", str(run["run"]), "--output", "drops/acme/IT01_1.xml.rejected.xlsx")
    assert made.returncode == 0, made.stderr
    path = acme.folder / "drops/acme/IT01_1.xml.rejected.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = [cell.value for cell in sheet[1]]
    due = sheet.cell(2, columns.index("DatiPagamento/DettaglioPagamento/DataScadenzaPagamento") + 1)
    assert due.value == "#N/A"  # so that it is rejected again if nobody chooses
    assert "2026-12-30; 2026-12-30" in due.comment.text
    due.value = "2026-12-31"
    book.save(path)
    [again] = acme.data("round")
    assert (again["ending"], again["counts"]["created"], again["corrects"]) == ("imported", 1, run["run"])
    assert [row[3] for row in booked(acme)] == ["2026-12-30", "2026-12-31"]


def test_a_file_that_lacks_what_it_may_lack_and_one_that_lacks_more(acme: Office) -> None:
    acme.write("drops/acme/IT01_2.xml", invoices(BODY.format(number=1, date="2026-11-18", amount="1", payments="")))
    [run] = acme.data("round")
    assert (run["ending"], run["counts"]["created"]) == ("imported", 1)
    body = BODY.format(number=2, date="2026-11-18", amount="1", payments="").replace("Numero>", "Number>")
    acme.write("drops/acme/IT01_3.xml", invoices(body))
    [run] = acme.data("round", status=1)
    assert (run["ending"], run["refused"]["code"]) == ("refused", "column_missing")
    assert "DatiGenerali/DatiGeneraliDocumento/Number" in run["refused"]["message"]


def test_without_a_configuration_it_shows_its_rows_and_paths(acme: Office) -> None:
    good = BODY.format(number=123, date="2026-11-18", amount="32.95", payments=PAYMENT.format("2026-12-30"))
    file = acme.write("IT01_4.xml", invoices(good))
    found = acme.data("inspect", str(file))
    assert found["format"]["rows"] == "/FatturaElettronica/FatturaElettronicaBody"
    assert found["columns"][-1] == "DatiPagamento/DettaglioPagamento/DataScadenzaPagamento"
    shown = acme.run("inspect", str(file), "--rows", "DettaglioLinee")
    assert shown.stdout.startswith("xml, utf-8, rows /FatturaElettronica/FatturaElettronicaBody/DatiBeniServizi/DettaglioLinee\n")
    assert acme.run("inspect", str(file), "--rows", "A/@b").returncode == 2
