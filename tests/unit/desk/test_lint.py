"""Linting through the real fenced reader, and the page that is made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.unit.formats.packed.archives import zipped
from tests.unit.formats.workbook.files import by_openpyxl

from nightclerk.core.entity import Entity
from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.format import Delimited
from nightclerk.desk.inspect import Asked
from nightclerk.desk.lint import AsFeed, Linted, lint, lint_data
from nightclerk.desk.lint_page import lint_page
from nightclerk.formats.fence import Fence

HEADERS = ["Code", "Name", "Email", "Created", "Amount", "VAT number"]
#: Line → what is wrong there, column by column.
FAULTS = {
    6: ("C0004", "Garage Moraeu", "nobody", "2026-02-30", "n.c.", "DE136695978"),
    7: ("c-5", " Atelier Girard", "a@b.fr; c@d.fr", "05/04/2026", "9000000.00", "DE13669597"),
}
ENTITY = Entity.model_validate(
    {
        "entity": "customer",
        "table": "customers",
        "key": ["code"],
        "fields": {"code": {"type": "text"}, "name": {"type": "text"}, "since": {"type": "date"}, "balance": {"type": "money"}},
    }
)


@pytest.fixture(scope="module")
def reader() -> Iterator[Fence]:
    fence = Fence(10**9, timedelta(minutes=1))
    yield fence
    fence.close()


def rows() -> list[tuple[str, ...]]:
    good = [
        (f"C{n:04}", f"Firm number {n}", f"a{n}@example.org", f"2026-03-{n % 28 + 1:02}", f"{n}.50", "DE136695976")
        for n in range(2, 62)
    ]
    good[2 - 2] = ("C0002", "Garage Moreau", "g@example.org", "2026-03-01", "2.50", "DE136695976")
    return [FAULTS.get(line, row) for line, row in enumerate(good, 2)]


def linted(reader: Fence, path: Path, configured: AsFeed | None = None, **declared: object) -> Linted:
    return lint(reader, Asked(path, Delimited.model_validate(declared)), configured)


def codes(found: Linted) -> set[tuple[str, str | None, tuple[int, ...]]]:
    return {(one.code, one.column, one.lines) for one in found.quality.findings}


EXPECTED = {
    ("duplicate_key", "Code", (6,)), ("near_duplicate_key", "Code", (7,)), ("near_duplicate_name", "Name", (6,)),
    ("padded", "Name", (7,)), ("bad_email", "Email", (6,)), ("several_emails", "Email", (7,)),
    ("impossible_date", "Created", (6,)), ("mixed_dates", "Created", (7,)), ("no_value_written", "Amount", (6,)),
    ("outlier", "Amount", (7,)), ("bad_vat", "VAT number", (6, 7)),
}  # fmt: skip


def csv_of(records: list[tuple[str, ...]]) -> str:
    return "".join(",".join(f'"{cell}"' for cell in record) + "\r\n" for record in [tuple(HEADERS), *records])


def xlsx_of(records: list[tuple[str, ...]]) -> bytes:
    """Numbers and days as the sheet's own, as far as they are some."""
    sheet: list[list[object]] = [[*HEADERS]]
    for record in records:
        amount = float(record[4]) if record[4] != "n.c." else record[4]
        day = date.fromisoformat(record[3]) if re.fullmatch("2026-03-..", record[3]) else record[3]
        sheet.append([*record[:3], day, amount, record[5]])
    return by_openpyxl({"Customers": sheet})  # type: ignore[dict-item]  # cells of several kinds


@pytest.mark.parametrize("kind", ["csv", "zip", "xlsx"])
def test_all_faults_are_found_in_every_kind_of_file(reader: Fence, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"customers.{kind}"
    text = csv_of(rows()).encode()
    path.write_bytes({"csv": lambda: text, "zip": lambda: zipped({"a.csv": text}), "xlsx": lambda: xlsx_of(rows())}[kind]())
    found = linted(reader, path)
    assert codes(found) == EXPECTED
    assert len(found.quality.findings) == len(EXPECTED)
    assert (found.rows, found.quality.key) == (60, ("Code",))


def test_a_file_without_faults_has_no_findings(reader: Fence, tmp_path: Path) -> None:
    good = [row for line, row in enumerate(rows(), 2) if line not in FAULTS]
    (tmp_path / "good.csv").write_text(csv_of(good), encoding="utf-8")
    (tmp_path / "good.xlsx").write_bytes(xlsx_of(good))
    for name in ("good.csv", "good.xlsx"):
        found = linted(reader, tmp_path / name)
        assert (found.quality.findings, found.notes) == ((), ())


def test_damaged_rows_and_headers_are_findings_too(reader: Fence, tmp_path: Path) -> None:
    path = tmp_path / "damaged.csv"
    path.write_text("Code;Name;;NAME\nA;Anna;x;y\nB;Bert\nC;Cora;;y\n", encoding="utf-8")
    assert codes(linted(reader, path, header_row=1)) == {
        ("damaged_rows", None, (3,)), ("unnamed_column", "column 3", ()), ("header_repeated", "NAME", ()),
    }  # fmt: skip


def feed(**given: object) -> Feed:
    mapping = {"code": {"from": "Réf", "pad": {"to": 4, "with": "0"}}, "name": "Tiers", "since": "Depuis", "balance": "Solde"}
    return Feed.model_validate(
        {"feed": "clients", "files": "*.csv", "entity": "customer", "decimal": ",", "mapping": mapping, **given}
    )


def test_a_feed_says_how_the_file_reads_and_what_the_key_is(reader: Fence, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    text = "Titre|x\nRéf|Tiers|Depuis|Solde\n7|Anna Muster|2026-01-02|1.234\n0007|Bert Muster|2026-01-03|12\n8|Anna  Mutser|x|3\n"
    path.write_text(text, encoding="utf-8")
    configured = AsFeed(feed(format={"delimiter": "|", "header_row": 2}), ENTITY)
    found = linted(reader, path, configured)
    (key,) = [one for one in found.quality.findings if one.code == "duplicate_key"]
    assert (key.column, key.lines, key.example, key.level) == ("Réf", (4,), "0007", "wrong")  # as the mapping pads it
    assert {one.code for one in found.quality.findings} == {"duplicate_key", "doubled_space", "not_a_date", "near_duplicate_name"}
    assert lint_data(found)["key"] == {"columns": ["Réf"], "by": "feed"}


def test_a_key_column_that_is_missing_refuses_the_file(reader: Fence, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_text("Ref.;Tiers\n7;Anna\n", encoding="utf-8")
    with pytest.raises(SenderError, match="has no column") as refused:
        linted(reader, path, AsFeed(feed(), ENTITY))
    assert refused.value.code == "column_missing"


class Page(HTMLParser):
    """What a page is made of: whether its elements close, its charts, and what it would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.charts, self.fetched, self.open = 0, 0, [""]
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.charts += tag == "svg"
        self.fetched += tag in {"script", "link", "img", "iframe"} or any(name in {"src", "href", "onload"} for name, _ in attrs)
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_stands_alone_and_takes_no_cell_for_markup(reader: Fence, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>"
    path = tmp_path / "customers<b>.csv"
    records = [(*row[:1], hostile, *row[2:]) if line == 9 else row for line, row in enumerate(rows(), 2)]
    path.write_text(csv_of([*records, (hostile + "\u202e", *rows()[0][1:])]).replace("VAT number", "<i>VAT"), encoding="utf-8")
    text = lint_page(linted(reader, path))
    page = Page(text)
    assert (page.fetched, page.open) == (0, [""])
    assert page.charts >= 4
    assert "<i>" not in text
    assert "&lt;i&gt;VAT" in text
    assert "\u202e" not in text
    assert "prefers-color-scheme: dark" in text
    for one in EXPECTED:
        assert f"<code>{one[0]}</code>" in text or one[0] == "bad_vat"
