"""A drop of fixed width and one of DBF on their way: booked, rejected rows out as a workbook, corrected, booked as well."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.flow.houses import desk
from tests.flow.test_corrections import attached, corrected, customers
from tests.unit.formats.dbf_files import Column, table

MAPPING = "{code: Code, name: Nom, print_as: Nom, email: Courriel, balance: Solde, since: Depuis}"
FEED = """\
  - feed: fiches
    files: "{files}"
    entity: customer
    format: {format}
    dates: "{dates}"
    decimal: ","
    tolerate: {{rejected: 50%}}
    mapping: {mapping}
"""
COLUMNS = "{columns: {Code: 1-8, Nom: 9-28, Courriel: 29-48, Solde: 49-60, Depuis: 61-68}, encoding: cp850}"
ROWS = [
    ("00000007", "Société Émile", "emile@a.example", "1234,50", "21112026"),
    ("00000008", "Bob", "bob@", "-0,10", "01022026"),
    ("00000009", "Châtaigne", "", "", ""),
    ("00000010", "Di", "di@d.example", "7,00", "31022026"),
]
BOOKED = [
    ("00000007", "Société Émile", "emile@a.example", "1234.5000", "2026-11-21"),
    ("00000008", "Bob", "bob@b.example", "-0.1000", "2026-02-01"),
    ("00000009", "Châtaigne", None, None, None),
    ("00000010", "Di", "di@d.example", "7.0000", "2026-02-28"),
]


def fixed_width() -> bytes:
    lines = [f"{code:8}{name:20}{email:20}{balance:>12}{since:8}" for code, name, email, balance, since in ROWS]
    return "\r\n".join([*lines, "\x1a"]).encode("cp850")


def dbf() -> bytes:
    columns = [Column("CODE", length=8), Column("NOM", length=20), Column("COURRIEL", length=20), Column("SOLDE", "N", 12, 2),
               Column("DEPUIS", "D", 8), Column("NOTES", "M", 10)]  # fmt: skip
    rows = [(*row[:3], row[3].replace(",", "."), row[4][4:] + row[4][2:4] + row[4][:2], "") for row in ROWS]
    return table(columns, [*rows, ("X", "gone", "", "", "", "")], version=0x83, driver=0x02, encoding="cp850", deleted=[4])


@pytest.mark.parametrize(
    ("name", "data", "format", "dates", "read_as"),
    [
        ("fiches.txt", fixed_width(), COLUMNS, "%d%m%Y", "texte à largeur fixe, DOS 850"),
        ("fiches.dbf", dbf(), "{kind: dbf}", "%d/%m/%Y", "table DBF, DOS 850"),
    ],
)
def test_what_is_wrong_goes_out_as_a_workbook_and_comes_back(
    tmp_path: Path, name: str, data: bytes, format: str, dates: str, read_as: str
) -> None:
    feeds = FEED.format(files=name, format=format, dates=dates, mapping=MAPPING)
    with desk(tmp_path, feeds=feeds) as at:
        at.sources["acme"].put(name, data)
        at.take()
        ((rejected, _, content),) = attached(at)
        assert rejected == f"{name}.rejected.xlsx"
        assert read_as in at.letters("report")[0]
        at.sources["acme"].put(rejected, corrected(content, {"C2": "bob@b.example", "E3": date(2026, 2, 28)}))
        at.take()
        second, first = at.house.runs.history()
        assert (first.ending, first.counts.created, first.counts.rejected) == ("imported_with_rejects", 2, 2)
        assert (second.ending, second.counts.created, second.corrects) == ("imported", 2, first.id)
    assert customers(tmp_path) == BOOKED
