"""What each number format means."""

from __future__ import annotations

import pytest

from nightclerk.formats.workbook.number_formats import BUILT_IN, number_format

KINDS = {
    "plain": ["General", "GENERAL", "", "0", "0.00", "#,##0", "#,##0.00 €", '# ##0,00 "€"', "0%", "0.00E+00", "# ?/?", "00/00",
              "@", "0.0000", "[$€-40C] #,##0.00", '"€" 00', "[Red]-0.00", "_-* #,##0.00_-;-* #,##0.00_-", "00.00", "0,000",
              "[<=99]0;#,##0", "\\d0", "[Red]General", '"No. "General', "[$-409]General", "[>100]GENERAL;0", "Standard"],
    "date": ["dd/mm/yyyy", "d-mmm-yy", "yyyy\\-mm\\-dd", "[$-40C]d mmmm yyyy;@", "mmm yy", "m/d/yy", 'dd"."mm"."yyyy', "mmmm",
             "yyyy"],
    "moment": ["dd/mm/yyyy hh:mm", "m/d/yy h:mm AM/PM", "yyyy-mm-dd\\Thh:mm:ss", "[$-F400]d/m/yy h:mm:ss.000"],
    "time": ["hh:mm", "h:mm AM/PM", "mm:ss", "[$-F400]h:mm:ss\\ AM/PM", "mm:ss.0"],
    "duration": ["[h]:mm:ss", "[mm]:ss", "[ss]"],
    "code": ["00000", "00", '"FR"00000000000', "000-00-0000", "0000 0000", "00000;[Red]-00000", "\\K00000", "(000) 000"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "written"), [(kind, written) for kind, listed in KINDS.items() for written in listed])
def test_a_format_is_of_a_kind(kind: str, written: str) -> None:
    assert number_format(written).kind == kind


@pytest.mark.parametrize(
    ("written", "digits", "shown"),
    [
        ("00000", "815", "00815"), ("00000", "1234567", "1234567"), ("00", "0", "00"), ('"FR"000-000', "42", "FR000-042"),
        ("000-00-0000", "123456789", "123-45-6789"), ("00-00", "12345", "123-45"), ("\\K000", "7", "K007"),
    ],
)  # fmt: skip
def test_a_code_is_written_as_the_sheet_shows_it(written: str, digits: str, shown: str) -> None:
    assert number_format(written).written(digits) == shown


def test_the_formats_without_a_text_are_dates_and_times() -> None:
    assert {number_format(written).kind for written in BUILT_IN.values()} == {"date", "time", "moment", "duration"}
