"""Real exports of others' systems, read as independent readers read them.

They are not part of this project: ``NIGHTCLERK_REAL_EXPORTS`` names the folder that holds them with their ``expected.json``.
Without it all of this is skipped.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.unit.formats.reading import read

from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Job

FOLDER = os.environ.get("NIGHTCLERK_REAL_EXPORTS")
EXPECTED: dict[str, Any] = json.loads((Path(FOLDER) / "expected.json").read_text(encoding="utf-8")) if FOLDER else {}
DELIMITED = sorted(name for name, expected in EXPECTED.items() if expected["reader"]["format"] == "delimited")
SHEETS = [(name, sheet) for name, expected in EXPECTED.items() for sheet in expected.get("tables", ())]
TABLES = sorted(name for name, expected in EXPECTED.items() if expected["reader"]["format"] == "dbf")
#: Files whose damage is reported rather than read: records of other widths, NUL characters.
DAMAGED = {"RCV-venta-extra-empty-impuestos-rows.csv", "Graph.Customers.csv"}
WHOLE = [name for name in DELIMITED if Path(name).name not in DAMAGED]
WITHOUT_HEADER = {"Graph.Customers.csv"}

pytestmark = pytest.mark.skipif(FOLDER is None, reason="NIGHTCLERK_REAL_EXPORTS is not set")


@dataclass(frozen=True)
class Export:
    """One file: what is expected, what ``inspect`` says, and the records it writes."""

    name: str
    expected: dict[str, Any]
    found: dict[str, Any]
    records: list[dict[str, str]]

    @property
    def damaged(self) -> bool:
        return self.name in DAMAGED


def folder_of(name: str) -> str:
    return Path(name).parent.name


@pytest.fixture(scope="module", params=DELIMITED, ids=folder_of)
def export(request: pytest.FixtureRequest) -> Export:
    path, expected = Path(FOLDER or "") / request.param, EXPECTED[request.param]
    found = _nightclerk(str(path), "--json")
    records = [json.loads(line) for line in _nightclerk(str(path), "--to", "jsonl").splitlines()]
    return Export(path.name, expected, json.loads(found), records)


def test_the_format_is_found(export: Export) -> None:
    reader = export.expected["reader"]
    assert export.found["format"]["delimiter"] == {"TAB": "\t"}.get(reader["delimiter"], reader["delimiter"])
    assert export.found["format"]["header_row"] == reader["header_record"]
    encoding = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(reader["encoding"], reader["encoding"])
    assert export.found["format"]["encoding"] == encoding


def test_columns_and_rows(export: Export) -> None:
    if export.name in WITHOUT_HEADER:
        assert len(export.found["columns"]) == export.expected["n_columns"]
    else:
        assert export.found["columns"] == export.expected["columns"]
    assert export.found["rows"] == export.expected["data_rows"]
    assert len(export.records) == export.found["rows"] or export.damaged


def test_what_is_no_row_is_left_out_with_its_reason(export: Export) -> None:
    above, blank = {"above the header"}, {"blank row"}
    below = [one for one in export.found["left_out"] if one["reason"] not in above | blank]
    assert [one["line"] for one in below] == [one["record"] for one in export.expected["non_data_records"]]
    assert {one["reason"] for one in below} <= {"total, verified", "continuation of the row above"}
    header = export.expected["reader"]["header_record"] or 0
    blanks = [one["line"] for one in export.found["left_out"] if one["reason"] in blank and one["line"] > header]
    assert len(blanks) == export.expected["blank_rows_after_header"]


def test_damage_is_told(export: Export) -> None:
    assert ("damaged_rows" in {doubt["code"] for doubt in export.found["doubts"]}) == export.damaged


@pytest.mark.parametrize("export", WHOLE, indirect=True, ids=folder_of)
def test_totals(export: Export) -> None:
    for column, total in export.expected["totals"].items():
        found = Decimal(export.found["totals"][column])
        assert found == Decimal(total["sum"])
        assert sum(record[column].strip() != "" for record in export.records) == total["non_empty"]


@pytest.mark.parametrize("export", WHOLE, indirect=True, ids=folder_of)
def test_single_values(export: Export) -> None:
    for spot in export.expected["spot"]:
        assert export.records[spot["data_row"] - 1][spot["column"]] == spot["value"]


def test_values_under_the_wrong_headers_are_told(export: Export) -> None:
    shifted = {doubt["column"] for doubt in export.found["doubts"] if doubt["code"] == "wrong_header"}
    assert shifted == ({"TransNo", "Payment Date"} if export.name.startswith("Wakefield") else set())


def _nightclerk(*arguments: str) -> str:
    command = [sys.executable, "-m", "nightclerk", "inspect", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout


@pytest.fixture(scope="module", params=SHEETS, ids=lambda sheet: sheet[1])
def sheet(request: pytest.FixtureRequest) -> Export:
    name, asked = request.param
    path, expected = Path(FOLDER or "") / name, EXPECTED[name]["tables"][asked]
    found = json.loads(_nightclerk(str(path), "--sheet", asked, "--json"))
    records = [json.loads(line) for line in _nightclerk(str(path), "--sheet", asked, "--to", "jsonl").splitlines()]
    return Export(path.name, {**expected, "kind": EXPECTED[name]["reader"]["format"].split()[0]}, found, records)


def test_a_sheet_reads_as_independent_readers_read_it(sheet: Export) -> None:
    expected, found = sheet.expected, sheet.found
    assert (found["format"]["kind"], found["format"]["header_row"]) == (expected["kind"], expected["header_row"])
    assert (found["columns"], found["rows"]) == (expected["columns"], expected["data_rows"])
    for column, total in expected["totals"].items():
        assert round(Decimal(found["totals"][column]), 4) == Decimal(total["sum"])
        assert sum(record[column] != "" for record in sheet.records) == total["non_empty"]
    for spot in expected["spot"]:
        value, read = spot["value"], sheet.records[spot["data_row"] - 1][spot["column"]]
        assert read == value if isinstance(value, str) else Decimal(read) == Decimal(str(value))


INVOICES = sorted(name for name, expected in EXPECTED.items() if expected["reader"]["format"] == "xml")
_DOCUMENT, _AMOUNTS, _PAYMENT = "DatiGenerali/DatiGeneraliDocumento/", "DatiBeniServizi/", "DatiPagamento/DettaglioPagamento/"
_CUSTOMER = "../FatturaElettronicaHeader/CessionarioCommittente/DatiAnagrafici/"


@pytest.mark.parametrize("name", INVOICES, ids=folder_of)
def test_xml_reads_as_independent_readers_read_it(name: str) -> None:
    path, expected = str(Path(FOLDER or "") / name), EXPECTED[name]
    asked = (path, "--rows", expected["reader"]["record_path"])
    found = json.loads(_nightclerk(*asked, "--json"))
    assert (found["format"]["kind"], found["format"]["encoding"]) == ("xml", expected["reader"]["encoding"].lower())
    assert found["rows"] == expected["data_rows"] == json.loads(_nightclerk(path, "--json"))["rows"]
    records = [json.loads(line) for line in _nightclerk(*asked, "--to", "jsonl").splitlines()]
    for record, invoice in zip(records, expected["invoices"], strict=True):
        names = {"Numero": "number", "Data": "date", "TipoDocumento": "type", "Divisa": "currency"}
        assert {key: record[_DOCUMENT + name] for name, key in names.items()} == {key: invoice[key] for key in names.values()}
        assert record[_AMOUNTS + "DatiRiepilogo/ImponibileImporto"] == invoice["taxable"]
        assert record[_AMOUNTS + "DatiRiepilogo/Imposta"] == invoice["tax"]
        assert record[_PAYMENT + "ImportoPagamento"].split("; ") == invoice["payment"]
        assert record[_PAYMENT + "DataScadenzaPagamento"].split("; ") == invoice["due"]
        assert len(record[_AMOUNTS + "DettaglioLinee/NumeroLinea"].split("; ")) == invoice["lines"]
        assert record[_CUSTOMER + "Anagrafica/Denominazione"] == expected["customer"]["name"]
        assert record[_CUSTOMER + "CodiceFiscale"] == expected["customer"]["tax_id"]


@pytest.mark.parametrize("name", TABLES)
def test_a_dbf_table_reads_as_independent_readers_read_it(name: str) -> None:
    path, expected = str(Path(FOLDER or "") / name), EXPECTED[name]
    found = json.loads(_nightclerk(path, "--json"))
    records = [json.loads(line) for line in _nightclerk(path, "--to", "jsonl").splitlines()]
    assert (found["format"]["kind"], found["columns"]) == ("dbf", expected["columns"])
    assert found["rows"] == len(records) == expected["data_rows"]
    assert len(found["left_out"]) == expected["deleted_rows"]
    for column, total in expected["totals"].items():
        assert Decimal(found["totals"][column]) == Decimal(total["sum"])
        assert sum(record[column] != "" for record in records) == total["non_empty"]
    for spot in expected["spot"]:
        value, read = spot["value"], records[spot["data_row"] - 1][spot["column"]]
        assert read == value if isinstance(value, str) else Decimal(read) == Decimal(str(value))
    assert any("DESC" in doubt["message"] and "not read" in doubt["message"] for doubt in found["doubts"])


def test_month_first_dates_are_found_by_the_few_rows_that_prove_them(tmp_path: Path) -> None:
    """Of 2,466 invoices of the IBM Watson sample nearly all could be read with the day first as well."""
    (name,) = (name for name in EXPECTED if "ibm-watson-ar" in name)
    entity = {
        "entity": "invoice",
        "table": "invoices",
        "key": ["number"],
        "fields": {"number": {"type": "text"}, "date": {"type": "date"}, "amount": {"type": "decimal"}},
    }
    mapping = {"number": "invoiceNumber", "date": "InvoiceDate", "amount": "InvoiceAmount"}
    feed = {"feed": "a", "files": "*.csv", "entity": "invoice", "dates": "auto", "decimal": "auto", "mapping": mapping}
    job = Job("en", "UTC", Feed.model_validate(feed).model_dump_json(), Entity.model_validate(entity).model_dump_json())
    found = read((Path(FOLDER or "") / name).read_bytes(), job)
    assert [(one.field, one.dates, one.decimal) for one in found.finished.readings] == [
        ("date", ("%m/%d/%Y",), ""),
        ("amount", (), "."),
    ]
    assert (len(found.rows), found.issues) == (2466, [])
    assert found.rows[2] == ("0000611365", "2013-01-02", "55.9400")
