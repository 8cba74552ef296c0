"""What is wrong with a row or a file: values with a code, a place and a sentence."""

from __future__ import annotations

from dataclasses import dataclass

#: Codes of rows' issues → what the sender can do about it. The sentence of each issue names the value and the place.
ROW_CODES: dict[str, str] = {
    "required": "Fill in the value.",
    "required_for_new": "Fill in the value: this key is not known yet, and new ones need it.",
    "not_an_integer": "Write a whole number.",
    "not_a_number": "Write the number as the other rows do.",
    "not_a_date": "Write the date as agreed.",
    "not_a_datetime": "Write the date and time as agreed.",
    "not_a_boolean": "Write one of the agreed words for yes and no.",
    "not_an_email": "Write a whole address, as in name@example.com.",
    "not_a_url": "Write a whole address, as in https://example.com.",
    "not_a_currency": "Write the three letters of the currency, as in EUR.",
    "not_a_country": "Write the two letters of the country, as in FR.",
    "not_in_values": "Write one of the agreed values.",
    "too_long": "Shorten the text.",
    "too_small": "Check the number.",
    "too_large": "Check the number.",
    "too_many_decimals": "Round the number to at most four decimals.",
    "duplicate_key": "Keep one row for this key.",
    "unknown_key": "Only known rows may be updated here; this key is not known.",
    "known_key": "Only new rows may be created here; this key exists already.",
    "too_few_fields": "Compare the row with the header: a column is missing in it, or a quote is not closed.",
    "too_many_fields": "Compare the row with the header: a cell holds the sign between the columns and needs quotes around it.",
    "text_after_quote": "Write each quote inside the text twice.",
    "nul_byte": "Export the row again.",
    "bare_cr": "Put quotes around the text with the line break, or take the line break out.",
    "field_too_long": "Shorten the text, or look for a missing quote.",
    "record_too_long": "Shorten the row, or look for a missing quote.",
    "control_character": "Take out the control character.",
}

#: Codes of refused files.
REFUSALS: frozenset[str] = frozenset(
    {
        "claimed_twice", "not_text", "wrong_encoding", "unbalanced_quote", "no_header", "no_delimiter",
        "column_missing", "column_twice", "too_many_rejected", "too_few_rows", "too_many_rows", "nothing_accepted",
        "file_too_large", "reader_memory", "reader_time", "reader_died", "too_many_columns", "size_differs",
        "does_not_add_up", "tried_too_often",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong with one row.

    line: where the record starts in the file, from 1. column: the sender's header; field: ours; either may be None when the
    whole row is meant. value: the cell as it stood (cut to 200 characters), or None. message: one English sentence.
    """

    line: int
    code: str
    message: str
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
