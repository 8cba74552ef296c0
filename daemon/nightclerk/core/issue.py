"""What is wrong with a row or a file: values with a code, a place and a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from nightclerk.core.sentence import N_, Sentence

#: Codes of rows' issues → what the sender can do about it. The sentence of each issue names the value and the place.
ROW_CODES: dict[str, str] = {
    "required": N_("Fill in the value."),
    "required_for_new": N_("Fill in the value: this key is new, and every new row needs this value."),
    "not_an_integer": N_("Write a whole number."),
    "not_a_number": N_("Write the number as the other rows do."),
    "not_a_date": N_("Write the date as agreed."),
    "not_a_datetime": N_("Write the date and time as agreed."),
    "ambiguous_datetime": N_("Have it agreed which of the two is meant, or that times are written with their offset from UTC."),
    "not_a_boolean": N_("Write one of the agreed words for yes and no."),
    "not_an_email": N_("Write a whole address, as in name@example.com."),
    "not_a_url": N_("Write a whole address, as in https://example.com."),
    "not_a_currency": N_("Write the three letters of the currency, as in EUR."),
    "not_a_country": N_("Write the two letters of the country, as in FR."),
    "not_in_values": N_("Write one of the agreed values."),
    "no_match": N_("Write the value as agreed."),
    "currency_differs": N_("Correct the currency of the row, or the one beside the amount."),
    "too_long": N_("Shorten the text."),
    "too_small": N_("Check the number."),
    "too_large": N_("Check the number."),
    "too_many_decimals": N_("Round the number to at most four decimals."),
    "duplicate_key": N_("Keep one row for this key."),
    "unknown_key": N_("Only known rows may be updated here; this key is not known."),
    "known_key": N_("Only new rows may be created here; this key exists already."),
    "unknown_reference": N_("Correct the value, or have what it names brought in first; then send the row again."),
    "too_few_fields": N_("Compare the row with the header: a column is missing in it, or a quote is not closed."),
    "too_many_fields": N_(
        "Compare the row with the header: a cell holds the sign between the columns and needs quotes around it."
    ),
    "text_after_quote": N_("Write each quote inside the text twice."),
    "stray_quote": N_("Write quotes in this row as in the other rows."),
    "quote_not_closed": N_("Close the quote, or write it as the other rows do if it belongs to the text."),
    "quote_not_opened": N_("Put a quote before the text that goes on in the next lines."),
    "rows_in_quotes": N_("Look for a stray quote in the first and the last of these lines."),
    "byte_order_mark": N_("Export the file in one piece, not put together from several."),
    "other_encoding": N_("Export the file in one piece, in one encoding."),
    "nul_byte": N_("Export the row again."),
    "bare_cr": N_("Put quotes around the text with the line break, or take the line break out."),
    "field_too_long": N_("Shorten the text, or look for a missing quote."),
    "record_too_long": N_("Shorten the row, or look for a missing quote."),
    "control_character": N_("Take out the control character."),
    "beyond_columns": N_("Export the row again: something in it moved its columns, or a text is longer than its column."),
    "ends_early": N_("Export the file again: the end of the row is missing."),
    "number_overflow": N_("Write the number; where it comes from, its column needs room for more digits."),
    "cell_error": N_("Correct the formula in the cell, or write the value."),
    "several_values": N_("Leave one value, or have agreed what several mean."),
    "formula_uncomputed": N_("Open the workbook in a spreadsheet program, save it, and send that."),
}

#: Codes of refused files.
REFUSALS: frozenset[str] = frozenset(
    {
        "claimed_twice", "not_text", "wrong_encoding", "unbalanced_quote", "no_header", "no_delimiter", "column_missing",
        "column_twice", "too_many_rejected", "too_few_rows", "too_many_rows", "nothing_accepted", "file_too_large",
        "reader_memory", "reader_time", "reader_died", "too_many_columns", "size_differs", "does_not_add_up",
        "does_not_match_total", "tried_too_often", "incomplete", "password_protected", "wrong_kind", "expands_too_much",
        "damaged_workbook", "damaged_table", "damaged_xml", "document_type", "no_rows", "no_sheet", "no_year",
        "feed_removed", "encoding_ambiguous", "reads_differently", "ambiguous_dates", "ambiguous_numbers", "column_changed",
        "no_member", "several_members", "several_sheets", "packed_twice", "damaged_archive", "not_encrypted",
        "not_decrypted", "not_signed", "wrong_signature", "refused_by_hand", "hold_expired", "replaced",
        "not_as_approved", "too_many_parked",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong with one row.

    line: where the record starts in the file, from 1. column: the sender's header; field: ours; either may be None when the
    whole row is meant. value: the cell as it stood (cut to 200 characters), or None. message: one sentence.
    """

    line: int
    code: str
    message: Sentence
    column: str | None = None
    field: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A record that was not booked, as the sender wrote it: its cells as text, in the file's order."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that is not a row and was left out: a title above the header, a blank row."""

    line: int
    reason: str
