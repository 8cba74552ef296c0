"""What stands around and between rows: the same of text and of a workbook."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.formats.reading import Read, job, read
from tests.unit.formats.test_feed import ENTITY
from tests.unit.formats.workbook.files import by_xlsxwriter

from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Job

HEAD = ["Code", "No", "Nom", "Solde", "Devise"]
ROWS = [["A1", "1", "Ann", "10.50", "EUR"], ["B2", "2", "Bob", "20.25", "EUR"], ["C3", "3", "Cyd", "30.36", "EUR"]]
ACCEPTED = [(code, int(number), name, f"{amount}00", currency) for code, number, name, amount, currency in ROWS]
TOTAL = "61.11"
MAPPING = {"code": "Code", "number": "No", "name": "Nom", "balance": "Solde", "currency": "Devise"}

kinds = pytest.mark.parametrize("kind", ["delimited", "xlsx"])


def written(kind: str, records: list[list[str]]) -> bytes:
    if kind == "xlsx":
        return by_xlsxwriter({"S": [[cell or None for cell in record] for record in records]})
    width = max(map(len, records))
    return "".join(";".join([*record, *[""] * width][:width]) + "\r\n" for record in records).encode()


def feed_job(kind: str, mapping: dict[str, Any] = MAPPING, block_bytes: int = 1 << 20, **format_: Any) -> Job:
    feed = Feed.model_validate({
        "feed": "f", "files": "*", "entity": "customer", "mapping": mapping, "format": {"kind": kind, **format_},
    })  # fmt: skip
    return Job(
        "fr", "Europe/Paris", feed=feed.model_dump_json(by_alias=True), entity=ENTITY.model_dump_json(by_alias=True),
        block_bytes=block_bytes,
    )  # fmt: skip


def with_feed(kind: str, records: list[list[str]], **given: Any) -> Read:
    return read(written(kind, records), feed_job(kind, **given))


def left(found: Read) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in sorted(found.left_out, key=lambda one: one.line) if one.reason != "blank row"]


def accepted(found: Read) -> list[tuple[Any, ...]]:
    return list(found.rows.values())


@kinds
@pytest.mark.parametrize("total", [["Total", "", "", TOTAL], ["", "", "Summe:", TOTAL], ["", "", "", TOTAL], ["3 x", "", "", ""]])
def test_a_total_is_verified_and_left_out(kind: str, total: list[str]) -> None:
    if total[0] == "3 x":
        total = ["", "", "TOTAL GENERAL", TOTAL, "EUR"]
    found = with_feed(kind, [HEAD, *ROWS, [], total])
    assert (accepted(found), found.codes, left(found)) == (ACCEPTED, [], [(6, "total, verified")])
    assert found.finished.file == {"balance": {"EUR": "61.1100"}}
    assert "Line 6 is a total" in str(found.finished.notes[0])


@pytest.mark.parametrize("total", [["Bilduma", "", "", TOTAL], ["", "", "kopsavilkums", TOTAL, "EUR"], ["Σ 3", "", "", TOTAL]])
@kinds
def test_a_total_in_words_that_nobody_knows_is_verified_by_its_figures(kind: str, total: list[str]) -> None:
    found = with_feed(kind, [HEAD, *ROWS, total])
    assert (accepted(found), found.codes, left(found)) == (ACCEPTED, [], [(5, "total, verified")])


@kinds
def test_a_row_whose_figure_happens_to_be_the_sum_of_few_is_a_row_and_doubted(kind: str) -> None:
    found = with_feed(kind, [HEAD, ROWS[0], ROWS[1], ["Bilduma", "9", "", "30.75", "EUR"], ROWS[2]])
    assert (found.finished.rows, left(found)) == (4, [])
    found = with_feed(kind, [HEAD, ROWS[0], ROWS[1], ["Bilduma", "", "", "30.75", "EUR"]])
    assert (found.finished.rows, left(found)) == (3, [])
    assert "Line 4 may be a total" in str(found.finished.notes[0])


@pytest.mark.parametrize(
    "rows",
    [
        ["Screw;Iron;1", "Nut;Iron;1", "Bolt;Iron;1", "3/8 washer;;3"],
        ["Screw;Iron;1234.56", "Nut;Iron;0", "Bolt;Iron;0", "Wall plug 8;;1234.56"],
        ["Screw;Iron;500", "Nut;Iron;300", "Bolt;Iron;200", "Anchor 9;;1000"],
    ],
)
def test_small_round_and_repeated_figures_that_add_up_are_rows(rows: list[str]) -> None:
    found = read("\n".join(["Item;Kind;Stock", *rows, "Rivet;Brass;7", "Clamp;Steel;8"]).encode(), Job("en", "UTC"))
    assert (len(found.rows), left(found)) == (6, [])


def test_records_by_figures_alone_cost_no_more_when_there_are_many() -> None:
    rows = [f"{'' if at % 5 < 2 else f'R{at}'};City {at % 90};{at * 37 % 99991}.{at % 100:02}" for at in range(20_000)]
    began = time.process_time()
    found = read("\n".join(["Ref;City;Amount", *rows]).encode(), Job("en", "UTC"))
    assert len(found.rows) == 20_000
    assert time.process_time() - began < 6


@kinds
def test_a_key_like_the_others_is_no_total(kind: str) -> None:
    found = with_feed(kind, [HEAD, *ROWS, ["D4", "4", "", TOTAL, "EUR"]])
    assert (found.finished.rows, left(found), found.finished.notes) == (4, [], ())


@kinds
def test_totals_above_their_rows(kind: str) -> None:
    found = with_feed(kind, [HEAD, ["Total", "", "", TOTAL], *ROWS])
    assert (accepted(found), left(found)) == (ACCEPTED, [(2, "total, not verified")])
    found = with_feed(kind, [HEAD, ["Bilduma", "", "", TOTAL], *ROWS])
    assert (found.finished.rows, left(found)) == (4, [])
    assert "Line 2 may be a total" in str(found.finished.notes[0])


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", " "])
@pytest.mark.parametrize("sign", ["", " zł", " Kč", " ₺"])
def test_a_total_with_any_space_between_its_digits_and_any_currency(space: str, sign: str) -> None:
    rows = [["A1", "1", "Ann", f"1{space}000,50{sign}"], ["B2", "2", "Bob", f"2{space}000,25{sign}"]]
    mapping = {**MAPPING, "balance": {"from": "Solde", "decimal": ",", "thousands": " "}}
    del mapping["currency"]
    found = with_feed("delimited", [HEAD[:4], *rows, ["Total", "", "", f"3{space}000,75{sign}"]], mapping=mapping)
    assert left(found) == [(4, "total, verified")]


@kinds
def test_a_total_that_is_not_the_sum_refuses_the_file(kind: str) -> None:
    records = [HEAD, *ROWS, ["Total", "", "", "61.12"]]
    with pytest.raises(SenderError) as refused:
        with_feed(kind, records)
    assert (refused.value.code, refused.value.line) == ("does_not_match_total", 5)
    assert '"61.12"' in str(refused.value)
    assert "add up to 61.11." in str(refused.value)
    assert left(with_feed(kind, records, totals="ignore")) == [(5, "total, not verified")]
    assert with_feed(kind, records, totals="none").finished.rows == 4


@kinds
def test_figures_alone_that_are_not_the_sum_are_a_row(kind: str) -> None:
    found = with_feed(kind, [HEAD, *ROWS, ["", "", "", "61.12"]])
    assert (found.finished.rows, left(found)) == (4, [])
    assert {line for line, _ in found.codes} == {5}


@kinds
def test_subtotals_of_groups_and_a_grand_total(kind: str) -> None:
    records = [
        HEAD,
        ROWS[0],
        ROWS[1],
        ["Sous-total", "", "", "30.75"],
        ROWS[2],
        ["Sous-total", "", "", "30.36"],
        ["Total", "", "", TOTAL],
    ]
    found = with_feed(kind, records)
    assert accepted(found) == ACCEPTED
    assert left(found) == [(4, "total, verified"), (6, "total, verified"), (7, "total, verified")]


@kinds
def test_a_row_that_is_called_like_a_total_is_a_row(kind: str) -> None:
    records = [HEAD, *ROWS, ["T1", "4", "Total", "5", "EUR"], ["Total", "5", "Total Energies", "5", "EUR"]]
    found = with_feed(kind, records)
    assert (len(found.rows), left(found)) == (5, [])


def test_a_damaged_row_above_keeps_a_total_from_being_verified() -> None:
    found = read(written("delimited", [HEAD, *ROWS]) + b"D4;4;Dan;;EUR;more\r\nTotal;;;99;\r\n", feed_job("delimited"))
    assert found.codes == [(5, "too_many_fields")]
    assert left(found) == [(6, "total, not verified")]


@kinds
@pytest.mark.parametrize(
    "footer", ["Report created 2026-11-21 by admin", "Page 1 of 3", "*** end ***", "3 lignes", "Gedruckt am 1.2.2026", "-----"]
)
def test_footers_are_left_out(kind: str, footer: str) -> None:
    found = with_feed(kind, [HEAD, *ROWS, [], [footer], ["Grundlage: alle offenen Posten"]])
    assert (accepted(found), found.codes) == (ACCEPTED, [])
    assert left(found) == [(6, "footer"), (7, "footer")]


def test_a_footer_with_a_single_field_is_left_out_and_a_broken_row_is_not() -> None:
    whole = written("delimited", [HEAD, *ROWS])
    assert left(read(whole + b"\r\nall open items\r\n", feed_job("delimited"))) == [(6, "footer")]
    for end in (b"D4", b"D4;4", b"D4;4;Dan;1"):
        assert read(whole + end, feed_job("delimited")).codes == [(5, "too_few_fields")]
    assert read(whole + b"Total;61.11\r\n", feed_job("delimited")).finished.rows == 3


@kinds
def test_text_between_rows_is_no_footer(kind: str) -> None:
    found = with_feed(kind, [HEAD, ROWS[0], ["Grundlage: alle offenen Posten"], *ROWS[1:]])
    assert (len(found.rows), {line for line, _ in found.codes}, left(found)) == (3, {3}, [])


@kinds
def test_a_key_alone_at_the_end_is_a_row(kind: str) -> None:
    found = with_feed(kind, [HEAD, *ROWS, ["D4"]])
    assert (found.finished.rows, left(found)) == (4, [])


@kinds
def test_declared_footers_and_none(kind: str) -> None:
    records = [HEAD, *ROWS, ["Stichtag heute"], ["D4", "4", "Dan", "1", "EUR"]]
    assert left(with_feed(kind, records, footer="stichtag*")) == [(5, "footer")]
    assert with_feed(kind, [HEAD, *ROWS, ["*** end ***"]], footer="none").finished.rows == 4


@kinds
def test_comments_and_marked_rows(kind: str) -> None:
    head = [*HEAD, "DONOTIMPORT"]
    records = [head, ["# a comment"], *ROWS, ["D4", "4", "Dan", "1", "EUR", "x"], ["#E5", "5", "Eve", "1", "EUR"]]
    found = with_feed(kind, records)
    assert accepted(found) == ACCEPTED
    assert left(found) == [(2, "comment"), (6, "marked as not to be imported"), (7, "comment")]
    assert found.opened.notes == ()
    kept = with_feed(kind, records, comments="none", comment_column="none")
    assert (kept.finished.rows, len(kept.rows)) == (6, 5)


@kinds
def test_keys_that_begin_like_comments_are_rows(kind: str) -> None:
    found = with_feed(kind, [HEAD, *(["#" + code, *others] for code, *others in ROWS), ["#N/A", "9", "x", "1", "EUR"]])
    assert len(found.rows) == 4


@kinds
def test_a_header_once_more_is_left_out(kind: str) -> None:
    assert left(with_feed(kind, [HEAD, ROWS[0], HEAD, *ROWS[1:]])) == [(3, "header again")]


@kinds
def test_a_description_below_the_header(kind: str) -> None:
    described = ["Unique code of the customer", "Running number", "Name, required", "Balance in the currency", "Three letters"]
    found = with_feed(kind, [HEAD, described, *ROWS])
    assert (accepted(found), left(found)[0][0], found.codes) == (ACCEPTED, 2, [])
    assert with_feed(kind, [HEAD, described, *ROWS], description_row="none").codes != []


@kinds
def test_technical_keys_below_the_labels_are_headers_too(kind: str) -> None:
    keys = ["CUST_ID", "CUST_NO", "CUST_NAME", "BALANCE_AMT", "CURR_CODE"]
    mixed = MAPPING | {"name": "CUST_NAME", "balance": "balance_amt"}
    for mapping in (MAPPING, mixed, dict(zip(MAPPING, keys, strict=True))):
        found = with_feed(kind, [HEAD, keys, *ROWS], mapping=mapping)
        assert accepted(found) == ACCEPTED


@kinds
def test_groups_above_labels(kind: str) -> None:
    upper, lower = ["Code", "No", "Facturation", "", "Livraison", ""], ["", "", "Nom", "Solde", "Nom", "Solde"]
    rows = [[*row[:4], "x", "9"] for row in ROWS]
    mapping = {"code": "Code", "number": "No", "name": "Facturation Nom", "balance": "Facturation Solde"}
    for declared in ({}, {"header_rows": 2, "header_row": 1}):
        found = with_feed(kind, [upper, lower, *rows], mapping=mapping, **declared)
        assert found.opened.columns == ("Code", "No", "Facturation Nom", "Facturation Solde", "Livraison Nom", "Livraison Solde")
        assert [row[2] for row in accepted(found)] == ["Ann", "Bob", "Cyd"]


@kinds
def test_continuation_rows(kind: str) -> None:
    records = [HEAD, ROWS[0], ["", "", "Ann"], *ROWS[1:]]
    head = [*HEAD, "a", "b", "c"]
    wide = [head, [*ROWS[0], "1", "2", "3"], ["", "", "Ann", "10.50", "", "7"], *([*row, "1", "2", "3"] for row in ROWS[1:])]
    assert left(with_feed(kind, wide)) == [(3, "continuation of the row above")]
    assert {line for line, _ in with_feed(kind, wide, continuation="none").codes} == {3}
    assert {line for line, _ in with_feed(kind, records).codes} == {3}, "it misses its key"
    assert left(with_feed(kind, records, continuation="leave_out")) == [(3, "continuation of the row above")]


@kinds
def test_a_row_without_its_key_is_rejected(kind: str) -> None:
    found = with_feed(kind, [HEAD, *ROWS, ["", "4", "Dan", "1", "EUR"]])
    assert ({line for line, _ in found.codes}, left(found)) == ({5}, [])


@kinds
def test_blank_rows_in_any_number_leave_room_for_other_lines(kind: str) -> None:
    found = with_feed(kind, [HEAD, *ROWS, *[[""]] * 5000, ["Total", "", "", TOTAL]])
    assert left(found) == [(5005, "total, verified")]
    assert (len(found.left_out), found.finished.left_out_more) == (1001, 4000)


def test_totals_far_below_are_held_against_all_rows() -> None:
    rows = [[f"K{number}", "1", "Name", "0.10", "EUR"] for number in range(5000)]
    found = with_feed("delimited", [HEAD, *rows, ["Total", "", "", "500.00"]], block_bytes=4096)
    assert (len(found.rows), left(found)) == (5000, [(5002, "total, verified")])
    with pytest.raises(SenderError):
        with_feed("delimited", [HEAD, *rows[1:], ["Total", "", "", "500.00"]], block_bytes=4096)


@kinds
def test_without_a_feed(kind: str) -> None:
    data = written(kind, [["List"], [], HEAD, *ROWS, ["Total", "", "", TOTAL], [], ["Page 1 of 1"]])
    found = read(data, job())
    assert (found.finished.rows, left(found)) == (3, [(1, "above the header"), (7, "total, verified"), (9, "footer")])
    other = read(written(kind, [HEAD, *ROWS, ["Total", "", "", "1"]]), job())
    assert left(other) == [(5, "total, not verified")]


def test_an_unnamed_column_is_called_by_its_place() -> None:
    found = with_feed("delimited", [["Code", "No", "", "Solde"], *(row[:4] for row in ROWS)], mapping={
        "code": "Code", "number": "No", "name": "column 3",
    })  # fmt: skip
    assert [row[2] for row in accepted(found)] == ["Ann", "Bob", "Cyd"]


MARGIN = st.sampled_from([[], ["Alle Kunden"], ["Report created 2026-11-21"], ["# comment"], ["Page 1 of 3"]])


@kinds
@settings(max_examples=15, deadline=None)
@given(
    above=st.lists(st.sampled_from([[], ["Kundenliste"], ["# by admin"]]), max_size=3),
    between=st.lists(st.sampled_from([[], ["# comment"], ["Page 1 of 3"], HEAD]), max_size=3),
    amounts=st.lists(st.integers(-(10**6), 10**6), min_size=7, max_size=10),
    total=st.booleans(),
    below=st.lists(MARGIN, max_size=3),
    block=st.integers(20, 400),
)
def test_what_stands_around_changes_no_row(
    kind: str,
    above: list[list[str]],
    between: list[list[str]],
    amounts: list[int],
    total: bool,
    below: list[list[str]],
    block: int,
) -> None:
    rows = [[f"K{at}", "1", f"Name {at}", f"{amount / 100:.2f}", "EUR"] for at, amount in enumerate(amounts)]
    plain = with_feed(kind, [HEAD, *rows])
    records = [*above, HEAD, rows[0], *between, *rows[1:]]
    if total:
        records.append(["Total", "", "", f"{sum(amounts) / 100:.2f}"])
    found = with_feed(kind, [*records, *below], block_bytes=block)
    assert (accepted(found), found.codes, found.finished.file) == (accepted(plain), plain.codes, plain.finished.file)
