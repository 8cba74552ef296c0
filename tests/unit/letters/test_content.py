"""What letters say: word for word for each ending."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.letters import reports

from nightclerk.core.drop import ENDINGS
from nightclerk.core.issue import REFUSALS, ROW_CODES
from nightclerk.core.report import Report
from nightclerk.core.run import ControlTotal, Counts, IssueGroup
from nightclerk.letters.content import MOST_FAULTS, Content, bar_widths, content_of
from nightclerk.letters.endings import MARKS, ending_word, tone_of
from nightclerk.letters.faults import ADVICE, HEADINGS
from nightclerk.letters.language import language_for
from nightclerk.letters.subject import subject_of

ENGLISH = language_for("en", "Europe/Paris")


def said(report: Report) -> Content:
    return content_of(report, ENGLISH)


SUBJECTS = {
    "imported": "Crédit Lumière · clients: Imported (1,204 rows: 12 new, 30 changed)",
    "unchanged": "Crédit Lumière · clients: Imported (1,204 rows: 0 new, 0 changed)",
    "with_rejects": "Crédit Lumière · clients: Imported with rejects (18 of 1,204 rows rejected)",
    "refused": "Crédit Lumière · clients: Refused (nothing imported)",
    "too_many_rejected": "Crédit Lumière · clients: Refused (0 of 1,204 rows imported)",
    "duplicate": "Crédit Lumière · clients: Duplicate (0 of 1,204 rows imported)",
    "empty": "Crédit Lumière · clients: Empty (nothing imported)",
    "unrecognised": "Crédit Lumière · Unrecognised (Photos de vacances.zip)",
    "held": "Crédit Lumière · clients: Held (0 of 1,204 rows imported)",
    "claimed_twice": "Crédit Lumière · clients and contacts: Refused (nothing imported)",
    "several": "Crédit Lumière · contacts, open-items and clients: Imported in part (2,390 of 2,408 rows imported)",
}
SENTENCES = {
    "imported": "All 1,204 rows are imported. 12 new, 30 changed, 1,162 as they were.",
    "unchanged": "All 1,204 rows are imported. They were known already, so nothing had to be changed.",
    "with_rejects": "1,186 of 1,204 rows are imported. 18 rows were rejected and need a correction.",
    "refused": "The file was refused as a whole: nothing of it was imported."
    ' Line 1: The file has no column "Code client", which code is read from, and none like it.'
    ' Its columns are "Code", "Nom", "Courriel", "Solde".',
    "too_many_rejected": "The file was refused as a whole: nothing of it was imported."
    " 301 of 1,204 rows (25.1 %) had something wrong, but at most 5 % may be rejected.",
    "duplicate": "This file is the one that run 790 imported, byte for byte. Nothing was imported again.",
    "empty": "The file has no rows. Nothing was imported.",
    "unrecognised": "Nobody has told Nightclerk what a file named “Photos de vacances.zip” holds. Nothing was imported.",
    "held": "The file waits for a decision. Nothing of it has been imported yet.",
    "claimed_twice": "2 imports are set up for this file. Nothing of it was imported.",
    "several": "3 imports read this file; 2 of them took rows of it.",
}
STEPS = {
    "imported": "Nothing. This is for your information.",
    "with_rejects": "Correct the rows in the attached file and drop it into the same folder."
    " Columns whose names begin with _ say what is wrong; they may stay.",
    "refused": "Export the file with all agreed columns, or have the change agreed, and drop it again.",
    "too_many_rejected": "Correct the rows in your system, export the whole file anew and drop it into the same folder."
    " The rows with faults are attached.",
    "duplicate": "Nothing, if you meant to send it twice. If you expected new data, check that the export ran.",
    "empty": "Check that the export ran and was not filtered to nothing; then drop the file again.",
    "unrecognised": "Check the file's name. If the file is meant for Nightclerk, ask those who look after it to set it up.",
    "held": "Those who look after Nightclerk decide. If you know that the file is wrong, tell them, and drop a right one.",
    "claimed_twice": "Your file is not to blame. Ask those who look after Nightclerk to set the imports apart in the settings,"
    " and drop the file again once they have.",
}


@pytest.mark.parametrize(("name", "subject"), SUBJECTS.items())
def test_the_subject_names_tenant_feed_ending_and_counts(name: str, subject: str) -> None:
    assert subject_of(reports.ALL[name](), ENGLISH) == subject


@pytest.mark.parametrize(("name", "sentence"), SENTENCES.items())
def test_one_sentence_says_what_became_of_the_file(name: str, sentence: str) -> None:
    assert said(reports.ALL[name]()).sentence == sentence


@pytest.mark.parametrize(("name", "step"), STEPS.items())
def test_the_reader_is_told_what_to_do_next(name: str, step: str) -> None:
    assert said(reports.ALL[name]()).parts[0].step == step


@pytest.mark.parametrize("others", [{"parked": 3}, {"parked": 2, "skipped": 1}, {"skipped": 3}, {"parked": 2, "rejected": 1}])
def test_rows_that_are_not_in_the_tables_were_not_known_already(others: dict[str, int]) -> None:
    run = reports.run(counts=Counts(rows=3, **others).check(), totals={})
    sentence = said(reports.report(run)).sentence
    assert sentence.startswith("0 of 3 rows are imported.")
    assert "known already" not in sentence
    assert ("rows wait for what they name." in sentence) is ("parked" in others)


def test_every_ending_has_a_word_a_tone_a_sentence_and_a_next_step() -> None:
    for ending in ENDINGS:
        run = reports.run(ending=ending)
        content = said(reports.report(run))
        assert content.ending == ending_word(run, ENGLISH)
        assert content.mark == MARKS[tone_of(run)]
        assert content.sentence.endswith(".")
        assert content.parts[0].step.endswith(".")


def test_every_code_has_words() -> None:
    assert set(HEADINGS) == set(ROW_CODES)
    assert set(ADVICE) == set(REFUSALS)


def test_one_of_several_runs_speaks_for_its_own_rows_and_not_for_the_file() -> None:
    refused, *others = said(reports.several()).parts
    assert refused.sentence.startswith("The rows for contacts were refused: none of them was imported. Line 1: The file")
    assert {other.ending for other in others} == {"Imported", "Imported with rejects"}


def test_several_runs_that_all_took_rows_are_told_so() -> None:
    told = said(reports.report(reports.run(), reports.run(id=813, feed="contacts"))).sentence
    assert told == "2 imports read this file, and each of them took rows of it."


def test_several_runs_together_are_what_a_reader_would_call_them() -> None:
    one, two = reports.run(), reports.run(id=813, feed="contacts")

    def ending(*endings: str) -> tuple[str, str]:
        made = said(reports.report(*(replace(run, ending=end) for run, end in zip((one, two), endings, strict=True))))
        return made.tone, made.ending

    assert ending("imported", "imported") == ("good", "Imported")
    assert ending("imported", "imported_with_rejects") == ("mixed", "Imported with rejects")
    assert ending("imported", "refused") == ("mixed", "Imported in part")
    assert ending("imported", "duplicate") == ("mixed", "Imported in part")
    assert ending("refused", "empty") == ("bad", "Not imported")
    assert ending("duplicate", "duplicate") == ("quiet", "Duplicate")


def test_rows_are_told_apart_and_add_up() -> None:
    part = said(reports.with_rejects()).parts[0]
    assert [(piece.label, piece.number) for piece in part.slices] == [
        ("New", "12"),
        ("Changed", "30"),
        ("Unchanged", "1,144"),
        ("Rejected", "18"),
    ]
    assert part.rows == "1,204"
    refused = said(reports.too_many_rejected()).parts[0]
    assert [(piece.label, piece.number) for piece in refused.slices] == [("Not imported", "1,204")]
    skipped = said(reports.report(reports.run(counts=Counts(rows=3, created=2, skipped=1)))).parts[0]
    assert ("Left aside", "1") in [(piece.label, piece.number) for piece in skipped.slices]
    assert said(reports.empty()).parts[0].slices == ()


def test_one_row_is_one_row() -> None:
    assert said(reports.report(reports.run(counts=Counts(rows=1, created=1)))).sentence.startswith("The only row is imported.")
    rejected = reports.report(reports.run(ending="imported_with_rejects", counts=Counts(rows=2, created=1, rejected=1)))
    assert said(rejected).sentence == "1 of 2 rows are imported. 1 row was rejected and needs a correction."


def test_control_totals_are_exact_and_written_as_people_write_them() -> None:
    totals = said(reports.with_rejects()).parts[0].totals
    assert [(each.name, each.file, each.booked, each.rejected) for each in totals] == [
        ("Balance, EUR", "1,284,310.55", "1,281,102.10", "3,208.45"),
        ("Balance, USD", "-90,112.00", "-90,112.00", "0.00"),
        ("Balance, without a currency", "15.125", "0.000", "15.125"),
    ]
    huge = {"balance": {"": ControlTotal("99999999999999999999999999999999999.1234", "0.0000", "0.1000")}}
    (total,) = said(reports.report(reports.run(totals=huge))).parts[0].totals
    assert total.name == "Balance"
    assert total.file == "99,999,999,999,999,999,999,999,999,999,999,999.1234"


def test_many_kinds_of_faults_are_cut_and_counted() -> None:
    kinds = tuple(IssueGroup("not_a_date", f"Spalte {n}", "since", 1, ((2, "x", "m"),)) for n in range(MOST_FAULTS + 3))
    run = replace(reports.with_rejects().runs[0], groups=kinds)
    part = said(replace(reports.with_rejects(), runs=(run,))).parts[0]
    assert len(part.faults) == MOST_FAULTS
    assert part.more_faults == "And 3 more kinds of fault. The attached file names them all."
    assert (
        said(replace(reports.with_rejects(), runs=(run,), reject_files=())).parts[0].more_faults == "And 3 more kinds of fault."
    )


def test_many_sums_are_cut_and_counted() -> None:
    sums = {"balance": {f"{n:03}": ControlTotal("1.0000", "1.0000", "0.0000") for n in range(30)}}
    part = said(reports.report(reports.run(totals=sums))).parts[0]
    assert (len(part.totals), part.more_totals) == (20, "And 10 more sums.")


def test_a_fault_of_a_column_that_fills_two_fields_is_told_once() -> None:
    both = tuple(IssueGroup("control_character", "Nom", field, 1, ((2, "x", "m"),)) for field in ("name", "print_as"))
    run = replace(reports.with_rejects().runs[0], groups=both)
    assert [fault.where for fault in said(replace(reports.with_rejects(), runs=(run,))).parts[0].faults] == ["Nom"]


def test_sums_say_that_damaged_rows_are_in_none() -> None:
    told = "Damaged rows are in no sum, since it is not certain what stands in which of their columns."
    damaged = (IssueGroup("too_few_fields", None, None, 1, ((2, None, "m"),)),)
    run = replace(reports.with_rejects().runs[0], groups=damaged)
    assert told in said(replace(reports.with_rejects(), runs=(run,))).parts[0].notes
    run = replace(run, totals={})
    assert told not in said(replace(reports.with_rejects(), runs=(run,))).parts[0].notes


def test_what_is_good_to_know_is_told() -> None:
    notes = said(reports.imported()).parts[0].notes
    assert notes == (
        "14 known values of Phone were kept, because their cells in the file are empty.",
        "1 known value of Email was kept, because its cell in the file is empty.",
        "3 lines are no rows, such as titles and blank lines, and were left out.",
        'Column "Agence" is neither mapped nor ignored; it was not read.',
    )
    assert said(reports.tried_again()).parts[0].notes == (
        "This file brings corrections to run 790.",
        "The work on this file was interrupted and taken up again (attempt 3). Nothing was imported twice.",
    )
    assert said(reports.with_rejects()).parts[0].notes == ("2 amounts in Balance could not be read and are in no sum.",)


def test_the_file_is_named_with_its_place_its_time_and_how_it_was_read() -> None:
    assert said(reports.with_rejects()).facts == (
        ("File", "clients_20261121.csv (84.2\u00a0kB)"),
        ("Taken", "21 Nov 2026, 03:03 (Europe/Paris)"),
        ("Where it lies now", "/export/processed/clients_20261121.20261121T020312Z.run812.csv"),
        ("Read as", "delimited text, semicolon between the fields, Windows-1252, headers in row 1"),
        ("Attached", "clients_20261121.rejected.csv (18 rows)"),
        ("Our copy", "clients_20261121.20261121T020312Z.run812.csv"),
        ("Run number", "812"),
    )
    assert ("Where it lies now", "no longer on the server") in said(replace(reports.imported(), server_place=None)).facts


def test_a_file_handed_in_by_a_person_shows_no_path_of_our_machine() -> None:
    by_hand = replace(reports.imported(), drop=reports.drop(by_hand=Path("/home/ops/x/clients.csv")), server_place="/home/ops/x")
    assert ("Where it lies now", "with the person who handed it in") in said(by_hand).facts
    assert "/home/ops" not in str(said(by_hand))


def test_a_name_that_ends_with_a_full_stop_is_followed_by_none() -> None:
    assert ".." not in said(replace(reports.imported(), tenant_name="Acme & Co.")).closing


def test_rejected_rows_that_are_not_attached_are_corrected_at_home() -> None:
    step = said(reports.with_rejects(reject_files=())).parts[0].step
    assert step == "Correct these rows in your system. They are taken with the next file you drop into the same folder."
    cut = said(reports.with_rejects(reject_files=(reports.reject_file(complete=False),))).parts[0].step
    assert "send the whole file again" in cut


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=7).filter(any))
def test_a_bar_is_full_and_shows_what_is_there(counts: list[int]) -> None:
    widths = bar_widths(counts)
    assert sum(widths) == 100
    assert all((width >= 2) if count else (width == 0) for count, width in zip(counts, widths, strict=True))
