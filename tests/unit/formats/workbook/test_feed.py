"""Workbooks read with a feed: its date formats and marks are for written dates and numbers, not for those of the sheet itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from tests.unit.formats.reading import Read, read
from tests.unit.formats.workbook.files import DAY, MOMENT, WRITERS, Shown, Value, by_xlsxwriter, sheet_xml

from nightclerk.core.entity import Entity
from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.reading import DuplicateKey, Job

ENTITY = Entity.model_validate(
    {
        "entity": "customer",
        "table": "customers",
        "key": ["code"],
        "fields": {
            "code": {"type": "text"},
            "name": {"type": "text", "required": True},
            "balance": {"type": "money", "currency": "EUR"},
            "since": {"type": "date"},
            "seen": {"type": "datetime"},
            "days": {"type": "integer"},
            "active": {"type": "boolean"},
        },
    }
)
HEAD: list[Value] = ["Code", "Nom", "Solde", "Depuis", "Vu", "Jours", "Actif"]
MAPPING = {"code": "Code", "name": "Nom", "balance": "Solde", "since": "Depuis", "seen": "Vu", "days": "Jours", "active": "Actif"}


def feed_job(kind: str = "xlsx", only: tuple[str, ...] | None = None, **given: Any) -> Job:
    settings = {"decimal": ",", "thousands": ".", "dates": ["%d/%m/%Y", "%d/%m/%Y %H:%M"], "mapping": MAPPING, **given}
    feed = Feed.model_validate({"feed": "f", "files": "*", "entity": "customer", "format": {"kind": kind}, **settings})
    return Job("fr", "Europe/Paris", feed.model_dump_json(by_alias=True), ENTITY.model_dump_json(), only=only)


def read_rows(rows: list[list[Value]], **given: Any) -> Read:
    return read(by_xlsxwriter({"S": [HEAD, *rows]}), feed_job(**given))


@pytest.mark.parametrize("writer", WRITERS)
def test_values_of_the_sheet_and_written_ones_are_read_side_by_side(writer: str) -> None:
    moment = datetime(2026, 7, 1, 14, 30)  # noqa: DTZ001
    rows: list[list[Value]] = [
        HEAD,
        [Shown(7, "0000"), "Ann", 1234.567, date(2026, 4, 3), moment, 30, True],
        ["0008", "Bob", "1.234,5", "03/04/2026", "01/07/2026 14:30", "30", "oui"],
        [9, 10.5, -0.5, date(2026, 12, 31), date(2026, 7, 1), 0, False],
    ]
    kind, write = WRITERS[writer]
    found = read(write({"S": rows}), feed_job(kind))
    assert found.issues == []
    assert found.rows == {
        2: ("0007", "Ann", "1234.5670", "2026-04-03", "2026-07-01 12:30:00", 30, True),
        3: ("0008", "Bob", "1234.5000", "2026-04-03", "2026-07-01 12:30:00", 30, True),
        4: ("9", "10,5", "-0.5000", "2026-12-31", "2026-06-30 22:00:00", 0, False),
    }
    assert found.finished.file == {"balance": {"EUR": "2468.5670"}}


def test_a_column_may_have_a_mark_of_its_own() -> None:
    mapping = {**MAPPING, "balance": {"from": "Solde", "decimal": ".", "thousands": ","}}
    found = read_rows([["A", "Ann", 1234.567], ["B", "Bob", "1,234.5"]], mapping=mapping)
    assert [row[2] for row in found.rows.values()] == ["1234.5670", "1234.5000"]


@pytest.mark.parametrize("writer", ["openpyxl", "xlsxwriter", "xlwt"])
@pytest.mark.parametrize(("value", "dressed"), [(1.125, "00000"), (3_000_000.125, DAY), (3_000_000.125, MOMENT), (-1.125, DAY)])
def test_a_number_that_its_format_cannot_show_is_never_another_number(writer: str, value: float, dressed: str) -> None:
    rows: list[list[Value]] = [HEAD, ["A", Shown(value, dressed), Shown(value, dressed)]]
    kind, write = WRITERS[writer]
    found = read(write({"S": rows}), feed_job(kind))
    assert found.rows == {2: ("A", f"{value}".replace(".", ","), f"{value:.4f}", None, None, None, None)}
    found = read(write({"S": rows}), feed_job(kind, decimal=".", thousands=","))
    assert found.rows == {2: ("A", f"{value}", f"{value:.4f}", None, None, None, None)}


def test_a_code_keeps_the_points_that_its_format_puts_in_it() -> None:
    data = by_xlsxwriter({"S": [HEAD, [Shown(12345678, r"00\.000\.000"), Shown(1125, '0"."000')]]})
    assert read(data, feed_job()).rows[2][:2] == ("12.345.678", "1.125")


def test_every_fault_of_a_row_is_told_and_a_cell_without_a_value_once() -> None:
    inline = "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{header}</t></is></c>'
        for letter, header in zip("ABCDEFGH", [*HEAD, "X"], strict=True)
    )
    text = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
    rows = (
        f'<row r="1">{inline}</row>'
        f'<row r="2">{text.format("A2", "A")}<c r="C2" t="e"><v>#N/A</v></c><c r="F2"><f>1+1</f></c></row>'
        f'<row r="3">{text.format("A3", "B")}{text.format("B3", "Bob")}<c r="H3" t="e"><v>#REF!</v></c></row>'
        f'<row r="4">{text.format("A4", "B")}{text.format("B4", "Ben")}<c r="C4"><v>1.5</v></c></row>'
    )
    found = read(sheet_xml(rows), feed_job(mapping=MAPPING), late=[2, 3])
    assert found.codes == [(2, "cell_error"), (2, "formula_uncomputed"), (2, "required")]
    assert [(issue.column, issue.field, issue.value) for issue in found.issues] == [
        ("Solde", "balance", "#N/A"), ("Jours", "days", None), ("Nom", "name", ""),
    ]  # fmt: skip
    assert set(found.rows) == {3, 4}  # an error in a column that nobody reads is none
    assert [(row.line, row.cells) for row in found.rejected] == [(2, ("A", "", "#N/A", "", "", "", "", ""))]
    assert found.finished.unreadable == {"balance": 1}
    assert found.finished.duplicates == (DuplicateKey(("B",), (3, 4), (3, 4)),)
    assert [late.values is None for late in found.late] == [True, False]


def test_only_some_keys() -> None:
    found = read_rows([["A", "Ann"], ["B", "Bob"], ["C", None]], only=("B",))
    assert (set(found.rows), found.skipped, found.finished.rows, found.codes) == ({3}, 2, 3, [])


def test_the_feeds_sheet_is_read() -> None:
    data = by_xlsxwriter({"Total": [["Nom", "Code"], ["x", "y"]], "Clients": [HEAD, ["A", "Ann"]]})
    assert read(data, feed_job(sheet="CLIENTS ")).rows[2][:2] == ("A", "Ann")
    assert read(data, feed_job(sheet=2)).opened.notes == ()
    with pytest.raises(SenderError, match='no sheet "Kunden"') as refused:
        read(data, feed_job(sheet="Kunden"))
    assert refused.value.code == "no_sheet"


def test_headers_are_found_below_titles_as_in_text() -> None:
    rows: list[list[Value]] = [["Clients Acme"], ["Code", None, "au 21/11/2026"], [None], ["  CODE", *HEAD[1:]], ["A", "Ann"]]
    found = read(by_xlsxwriter({"S": rows}), feed_job())
    assert (found.opened.format.header_row, set(found.rows)) == (4, {5})
    with pytest.raises(SenderError) as missing:
        read(by_xlsxwriter({"S": [["Code", "Nom"], ["A", "Ann"]]}), feed_job())
    assert (missing.value.code, missing.value.line) == ("column_missing", 1)
    with pytest.raises(SenderError) as twice:
        read(by_xlsxwriter({"S": [[*HEAD, "nom"], ["A", "Ann"]]}), feed_job())
    assert twice.value.code == "column_twice"


def test_a_corrected_workbook_is_read_without_our_own_columns() -> None:
    ours: list[Value] = ["_line", "_code", "_field", "_value", "_message", "_run"]
    rows: list[list[Value]] = [
        [*HEAD, *ours],
        ["'=A", "Ann", 1.5, None, None, None, None, 7, "required", "name", "", "Gone.", 812],
    ]
    found = read(by_xlsxwriter({"S": rows}), feed_job())
    assert found.opened.corrects
    assert found.opened.columns == tuple(HEAD)
    assert found.finished.corrected_runs == (812,)
    assert list(found.rows.values()) == [("'=A", "Ann", "1.5000", None, None, None, None)]


def test_the_kind_follows_from_the_files_ending() -> None:
    def kind(**given: Any) -> str:
        return Feed.model_validate({"feed": "f", "entity": "customer", "mapping": MAPPING, **given}).format.kind

    assert [kind(files=f"clients_*.{ending}") for ending in ("XLSX", "xls", "ods", "csv", "xlsx.gz")] == [
        "xlsx", "xls", "ods", "delimited", "xlsx",
    ]  # fmt: skip
    assert kind(files="*.xlsx", format={"header_row": 3}) == "xlsx"
    assert kind(files="*.xls", format={"kind": "delimited"}) == "delimited"
