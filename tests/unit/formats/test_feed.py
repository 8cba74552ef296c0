"""Reading with a feed: judged rows, duplicate keys, control totals, chosen keys, corrected files."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.formats.reading import read

from nightclerk.core.entity import Entity
from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.reading import DuplicateKey, Job

ENTITY = Entity.model_validate({
    "entity": "customer", "table": "customers", "key": ["code", "number"],
    "fields": {
        "code": {"type": "text"}, "number": {"type": "integer"}, "name": {"type": "text", "required": True},
        "balance": {"type": "money", "currency": "currency"}, "currency": {"type": "currency"},
    },
})  # fmt: skip
FEED: dict[str, Any] = {
    "feed": "clients", "files": "*.csv", "entity": "customer", "decimal": ",",
    "mapping": {"code": "Code", "number": "No", "name": ["Raison sociale", "Nom"], "balance": "Solde", "currency": "Devise"},
}  # fmt: skip
HEAD = "Code;No;Nom;Solde;Devise\r\n"


def feed_job(block_bytes: int = 1 << 20, only: tuple[str, ...] | None = None, **changed: Any) -> Job:
    feed = Feed.model_validate(FEED | changed)
    return Job(
        "fr", "Europe/Paris", feed=feed.model_dump_json(by_alias=True), entity=ENTITY.model_dump_json(by_alias=True),
        only=only, block_bytes=block_bytes,
    )  # fmt: skip


def test_rows_are_judged_block_by_block() -> None:
    found = read((HEAD + "A;1;Ann;1,50;EUR\r\nB;x;;2,25;EUR\r\nC;3\r\n").encode(), feed_job(20), late=[2, 3, 4])
    assert found.opened.written == ("code", "number", "name", "balance", "currency")
    assert found.rows == {2: ("A", 1, "Ann", "1.5000", "EUR")}
    assert sorted(found.codes) == [(3, "not_an_integer"), (3, "required"), (4, "too_few_fields")]
    assert [row.cells for row in found.rejected] == [("B", "x", "", "2,25", "EUR"), ("C", "3")]
    assert [(late.values, late.money) for late in found.late] == [
        (("A", 1, "Ann", "1.5000", "EUR"), {"balance": ("EUR", "1.5000")}),
        (None, {"balance": ("EUR", "2.2500")}),
        (None, {}),
    ]


def test_columns_without_a_header_are_dropped_while_they_hold_nothing() -> None:
    found = read((HEAD.strip() + ";;\r\nA;1;Ann;1;EUR;;\r\nB;2;Bob;1;EUR;;x\r\nC;3;Cyd;1;EUR\r\n").encode(), feed_job())
    assert found.opened.columns == ("Code", "No", "Nom", "Solde", "Devise")
    assert list(found.rows) == [2]
    assert found.codes == [(3, "too_many_fields"), (4, "too_few_fields")]
    assert "has 7 fields, but the header has 5;" in found.issues[0].message
    assert "has 5 fields, but the header has 7;" in found.issues[1].message


def test_duplicates_are_found_over_the_whole_file_and_confirmed() -> None:
    rows = [f"K{number % 300};{number // 300 % 2};Name;1,00;EUR\r\n" for number in range(900)]
    rows[700] = "K100;0;;1,00;EUR\r\n"
    found = read((HEAD + "".join(rows)).encode(), feed_job(512))
    assert len(found.finished.duplicates) == 300
    by_key = {each.key: each for each in found.finished.duplicates}
    assert by_key["K7", 0] == DuplicateKey(("K7", 0), (9, 609), (9, 609))
    assert by_key["K100", 0] == DuplicateKey(("K100", 0), (102, 702), (102,))
    assert [each.lines[0] for each in found.finished.duplicates] == list(range(2, 302))


def test_control_totals_are_exact_and_add_up() -> None:
    rows = "A;1;Ann;12345678901234,1234;EUR\r\nB;2;Bob;0,0001;EUR\r\nC;3;;-5,00;EUR\r\nD;4;Dan;abc;USD\r\n"
    rows += "E;5;Eve;7;\r\nF;6;Fay;;USD\r\n"
    finished = read((HEAD + rows * 40).encode(), feed_job(300)).finished
    assert finished.file == {"balance": {"EUR": "493827156049164.9400", "": "280.0000"}}
    assert finished.accepted == {"balance": {"EUR": "493827156049364.9400", "": "280.0000"}}
    assert finished.rejected == {"balance": {"EUR": "-200.0000"}}
    assert finished.unreadable == {"balance": 40}


def test_only_some_keys() -> None:
    rows = "A;1;Ann;1,00;EUR\r\nB;2;;2,00;EUR\r\nC;3;Cat;4,00;EUR\r\nA;1;Ann;8,00;EUR\r\nD;x;Dan;1,00;EUR\r\nE\r\n"
    found = read((HEAD + rows).encode(), feed_job(only=("A|1", "B|2", "Z|9")))
    assert set(found.rows) == {2, 5}
    assert found.codes == [(3, "required")]
    assert (found.skipped, found.finished.rows) == (3, 6)
    assert found.finished.file == {"balance": {"EUR": "16.0000"}}
    assert found.finished.accepted == {"balance": {"EUR": "9.0000"}}
    assert found.finished.rejected == {"balance": {"EUR": "2.0000"}}
    assert found.finished.skipped == {"balance": {"EUR": "5.0000"}}
    assert [each.key for each in found.finished.duplicates] == [("A", 1)]


def test_the_header_is_the_record_with_most_mapped_spellings() -> None:
    data = "Code;Nom;;;\r\nListe;;;;\r\nDEVISE;solde;no;code;RAISON  SOCIALE\r\nEUR;1,00;1;A;Ann\r\n"
    found = read(data.encode(), feed_job())
    assert (found.opened.format.header_row, list(found.rows.values())) == (3, [("A", 1, "Ann", "1.0000", "EUR")])


def test_a_feed_whose_headers_are_nowhere_is_told_so() -> None:
    with pytest.raises(SenderError) as refused:
        read(b"1;2;3;4;5\r\n1;2;3;4;5\r\n", feed_job())
    assert refused.value.code == "no_header"
    with pytest.raises(SenderError) as refused:
        read(b'"Debtors\r\nas of today";;\r\n\r\nCode;No;Nom;Balance;Currency\r\n1;2;3;4;5\r\n', feed_job())
    assert (refused.value.code, refused.value.line) == ("column_missing", 4)


def test_a_corrected_reject_file_is_read_without_its_own_columns() -> None:
    head = "Code;No;Nom;Solde;Devise;_line;_code;_field;_value;_message;_run\r\n"
    rows = "'=A;1;'-x;-5,00;EUR;7;required;name;;Gone.;812\r\n''@B;2;@y;1;EUR;8;a | b;;;;813\r\nC;3;Cat;1;EUR;9;;;;;812\r\n"
    found = read((head + rows).encode(), feed_job(40))
    assert found.opened.corrects
    assert found.opened.columns == ("Code", "No", "Nom", "Solde", "Devise")
    assert list(found.rows.values()) == [
        ("=A", 1, "-x", "-5.0000", "EUR"), ("'@B", 2, "@y", "1.0000", "EUR"), ("C", 3, "Cat", "1.0000", "EUR"),
    ]  # fmt: skip
    assert found.finished.corrected_runs == (812, 813)
