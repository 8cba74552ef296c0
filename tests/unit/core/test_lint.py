"""Each collector of ``lint``: what it finds, and what it leaves alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl
import pytest

from nightclerk.core.lint import messages
from nightclerk.core.lint.check_digits import MOST_CHECKED
from nightclerk.core.lint.finding import LintFinding
from nightclerk.core.lint.kept import Kept
from nightclerk.core.lint.names import Names
from nightclerk.core.lint.roles import roles_of
from nightclerk.core.lint.whole_file import FileLint, Known, Quality

NONE = "plain words of no kind"
AMOUNTS = [f"{number * 7 % 90 + 10},{number % 100:02}" for number in range(60)]
DAYS = [f"{number % 28 + 1:02}/{number % 12 + 1:02}/2026" for number in range(60)]


def quality(columns: dict[str, Sequence[str]], block: int = 29) -> Quality:
    """Columns of one length, taken in by small blocks, as a file of which line 1 is the header."""
    found = FileLint(Known(tuple(columns), "en", (None,) * len(columns)))
    rows = max(map(len, columns.values()))
    for first in range(0, rows, block):
        cells = [list(column[first : first + block]) for column in columns.values()]
        found.add(list(range(first + 2, first + 2 + len(cells[0]))), cells, ())
    return found.quality()


def findings(header: str, cells: Iterable[str]) -> list[LintFinding]:
    return list(quality({header: [*cells]}).findings)


def found(header: str, cells: Iterable[str]) -> dict[str, tuple[int, ...]]:
    return {one.code: one.lines for one in findings(header, cells)}


@pytest.mark.parametrize(
    ("header", "good", "bad", "code"),
    [
        ("Notes", [NONE] * 9, " padded", "padded"),
        ("Notes", [NONE] * 9, "trailing ", "padded"),
        ("Notes", [NONE] * 9, "no-break at the end\u00a0", "padded"),
        ("Notes", [NONE] * 9, "two  spaces", "doubled_space"),
        ("Notes", [NONE] * 9, "no\u00a0break", "no_break_space"),
        ("Notes", [NONE] * 9, "zero\u200bwidth", "hidden_character"),
        ("Notes", [NONE] * 9, "right\u200fto left", "hidden_character"),
        ("Notes", [NONE] * 9, "a\tb", "control_character"),
        ("Notes", [NONE] * 9, "SociÃ©tÃ©", "broken_text"),
        ("Notes", [NONE] * 9, "So\ufffdiété", "broken_text"),
        ("Notes", [NONE] * 9, "#N/A", "no_value_written"),
        ("Date", DAYS, "30/02/2026", "impossible_date"),
        ("Date", DAYS, "2026-04-05", "mixed_dates"),
        ("Date", DAYS, "5 mars 2026", "mixed_dates"),
        ("Date", DAYS, "5.4.26", "mixed_dates"),
        ("Date", DAYS, "04/27/2026", "mixed_day_order"),
        ("Date", DAYS, "soon", "not_a_date"),
        ("Date", DAYS, "05/05/2206", "far_date"),
        ("Date", DAYS, "05/05/1926", "outlying_date"),
        ("Date", ["20260131"] * 30, "20260231", "impossible_date"),
        ("Amount", AMOUNTS, "12.50", "mixed_decimals"),
        ("Amount", AMOUNTS, "about 12", "not_a_number"),
        ("Amount", AMOUNTS, "0,0000000000091", "float_dust"),
        ("Amount", AMOUNTS, "9000000,00", "outlier"),
        ("Customer code", [f"12{number}" for number in range(30)], "1.23457E+12", "shortened_number"),
        ("Email", ["a@example.org"] * 9, "b.example.org", "bad_email"),
        ("Email", ["a@example.org"] * 9, "a@b.fr; c@d.fr", "several_emails"),
        ("Email", ["a@example.org"] * 9, "x@gmial.com", "mistyped_email"),
        ("SIREN", ["732 829 320"] * 9, "732829321", "bad_siren"),
        ("SIREN", ["732829320"] * 9, "73282932", "bad_siren"),
        ("SIRET", ["73282932000074"] * 9, "73282932000075", "bad_siret"),
        ("SIREN / SIRET", ["73282932000074", "732829320"] * 9, "73282932000075", "bad_siren"),
        ("USt-IdNr.", ["DE136695976", "BE 0428.759.497"] * 9, "DE136695978", "bad_vat"),
        ("IBAN", ["GB82 WEST 1234 5698 7654 32"] * 9, "GB82WEST12345698765433", "bad_iban"),
        ("Active", ["yes", "no"] * 20, "perhaps", "mixed_types"),
        ("Mode", ["Virement", "Chèque"] * 30, "VIREMENT", "several_spellings"),
        ("Mode", ["Virement", "Chèque"] * 30, "Viremnet", "rare_spelling"),
        ("Comment", [f"Delivered to door {number}" for number in range(200)], "ALL CAPITALS HERE", "mixed_case"),
    ],
)
def test_one_bad_cell_is_found_with_its_line_and_none_without_it(header: str, good: list[str], bad: str, code: str) -> None:
    assert found(header, good) == {}
    cells = [*good, bad]
    told = {one.code: one for one in findings(header, cells)}
    assert code in told
    assert (told[code].lines, told[code].column) == ((len(cells) + 1,), header)
    assert told[code].example == bad
    assert told[code].message.endswith(".")
    assert "{" not in told[code].message


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Amount", ["1\u202f234,50", "12,00"] * 20),  # a space between thousands
        ("Amount", [str(10**power) for power in range(1, 7)] * 20),  # wide, without a gap
        ("Code", ["1E464", "C0012", "0013"]),
        ("Contacts", ["a@example.org; b@example.org"] * 9),
        ("Notes", ["A first sentence.  A second one."]),
        ("VAT", ["20%", "5,5%"] * 20),
        ("VAT number", ["CHE-123.456.788", "GB999999973", "DE136695976"] * 9),  # other countries' are not judged
        ("Reference", [str(number * 7919 % 10**9).zfill(9) for number in range(1, 300)]),  # nine digits, and no SIREN
        ("Website", ["https://example.org/?q=a"] * 5),
        ("Due date", ["00000000", "20260131", "20260228"] * 20),
        ("Since", [f"01/01/{year}" for year in range(1975, 2026)]),
        ("Document", [f"2026{number:04}" for number in range(1300, 1500)]),  # eight digits, and no dates
        ("Customer", ["می\u200cخواهم", "Ann"]),  # joiners belong to the script
    ],
)
def test_what_is_right_is_left_alone(header: str, cells: list[str]) -> None:
    assert found(header, cells) == {}


def test_counts_and_lines_go_over_blocks() -> None:
    cells = [NONE] * 20 + [" a"] * 30
    (one,) = findings("Notes", cells)
    assert (one.code, one.count, one.lines) == ("padded", 30, (22, 23, 24, 25, 26))
    assert one.message.startswith('30 values begin or end with a space, first " a" in line 22.')


def test_marks_in_one_column_are_told_by_the_fewer() -> None:
    (one,) = findings("Amount", ["1.50"] * 30 + ["2,50", "3,50"])
    assert (one.code, one.count) == ("mixed_decimals", 2)
    assert "2 values have a decimal comma" in one.message
    assert "30 a decimal point" in one.message


# --- keys ------------------------------------------------------------------------------------------------------------------

CODES = [f"C{number:04}" for number in range(1, 61)]


def test_a_key_is_guessed_by_its_header_and_its_values() -> None:
    names = [f"Name {number}" for number in range(60)]
    assert quality({"Client": names, "Code client": CODES, "Phone number": CODES}).key == ("Code client",)
    assert quality({"Phone number": CODES}).key == ()
    assert quality({"Code": ["A", "B"] * 30}).key == ()
    assert "No column looks like a key" in quality({"Client": names}).notes[0]


@pytest.mark.parametrize(
    ("twin", "code"),
    [("C0002", "duplicate_key"), ("c-0002", "near_duplicate_key"), ("C2", "near_duplicate_key"), ("CO002", "near_duplicate_key"),
     ("C0 002", "near_duplicate_key"), ("Ç0002", "near_duplicate_key"), ("", "blank_key"), ("C0099", None), ("D0002", None)],
)  # fmt: skip
def test_twins_of_keys(twin: str, code: str | None) -> None:
    told = findings("Code", [*CODES, twin])
    assert [one.code for one in told] == ([code] if code else [])
    if code:
        assert told[0].lines == (62,)
    if code and twin:
        assert "in line 62" in told[0].message


# --- names -----------------------------------------------------------------------------------------------------------------

COMPANIES = ["Boulangerie Lefebvre SARL", "Garage Moreau", "Atelier Girard SAS", "Librairie Rousseau", "Menuiserie Fontaine 12"]


@pytest.mark.parametrize(
    "twin",
    ["BOULANGERIE LEFEBVRE", "Boulangerie Lefebvre S.A.R.L.", "Boulangerie Lefèbvre", "Boulangerie Lefevbre SARL",
     "Garage Moraeu", "oulangerie Lefebvre", "Boulangeri Lefebvre", "Librairie  Rousseau", "Librairie-Rousseau",
     "LibrairieRousseau"],
)  # fmt: skip
def test_names_that_are_nearly_the_same(twin: str) -> None:
    told = [one for one in findings("Raison sociale", [*COMPANIES, twin]) if one.code == "near_duplicate_name"]
    assert [(one.count, one.lines) for one in told] == [(1, (7,))]
    assert "in line 7" in told[0].message


@pytest.mark.parametrize(
    "other",
    ["Boulangerie Lefebvre SAS", "Menuiserie Fontaine 13", "Garage Morel", "Atelier Giraud et Fils", "Librairie Dupuis"],
)
def test_names_of_others(other: str) -> None:
    assert "near_duplicate_name" not in found("Raison sociale", [*COMPANIES, other])


def test_values_that_come_again_are_no_near_duplicates() -> None:
    assert found("Customer name", COMPANIES * 5) == {}


def test_what_is_not_compared_is_said() -> None:
    names = Names(Kept(most=3))
    names.add(pl.Series(["Garage Moreau", "Other", "Another", "Garage Moraeu"]), pl.Series([2, 3, 4, 5]))
    assert names.more
    assert list(names.findings("Name")) == []
    values = [f"FR{number:02}{number:09}" for number in range(MOST_CHECKED + 10)]
    assert "Check digits were looked at in the first" in quality({"VAT number": values}, block=30_000).notes[-1]


# --- headers ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("Code client", "key"), ("Customer No.", "key"), ("Kundennr", "key"), ("Debitorennummer", "key"), ("Código", "key"),
        ("Codice cliente", "key"), ("Klantnummer", "key"), ("Número", "key"), ("N° pièce", "key"), ("CustId", "key"),
        ("Raison sociale", "name"), ("Company Name", "name"), ("Firmenname", "name"), ("Razón social", "name"),
        ("Ragione sociale", "name"), ("Nome", "name"), ("Bedrijfsnaam", "name"), ("Courriel", "email"), ("E-Mail", "email"),
        ("Correo electrónico", "email"), ("N° TVA", "vat"), ("USt-IdNr.", "vat"), ("Partita IVA", "vat"), ("BTW-nummer", "vat"),
        ("SIREN", "siren"), ("IBAN-Nr. 9", "iban"), ("Date facture", "date"), ("Montant TTC", "amount"),
    ],
)  # fmt: skip
def test_headers_say_what_a_column_is_for(header: str, role: str) -> None:
    assert role in roles_of(header, "en")


@pytest.mark.parametrize(
    ("header", "role"),
    [("Phone number", "key"), ("Code postal", "key"), ("Vorname", "name"), ("Contact name", "name"), ("File name", "name"),
     ("N° TVA", "key"), ("Account name", "key"), ("CompteLib", "key"), ("Invoice number", "amount")],
)  # fmt: skip
def test_headers_that_say_something_else(header: str, role: str) -> None:
    assert role not in roles_of(header, "en")


def test_charts_say_how_the_values_lie() -> None:
    some = quality(
        {"Date": DAYS, "Amount": AMOUNTS, "Mode": ["Cash", "Card", "Card"] * 20, "Text": [NONE * n for n in range(60)]}
    )
    charts = {one.name: one.chart for one in some.columns}
    assert [charts[name].of for name in ("Date", "Amount", "Mode", "Text")] == ["months", "amounts", "values", "lengths"]
    assert charts["Mode"].bars == (("Card", 40), ("Cash", 20))
    assert sum(count for _, count in charts["Date"].bars) == 60
    assert charts["Amount"].bars == (("10", 60),)


def test_every_message_is_used() -> None:
    folder = Path(messages.__file__).parent
    written = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.name != "messages.py")
    assert [code for code in messages.MESSAGES if not re.search(f'"{code}"', written)] == []
