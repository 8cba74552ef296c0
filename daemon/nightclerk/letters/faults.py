"""What is wrong, for people: a heading for each kind of fault in rows, and advice for each reason to refuse a file."""

from __future__ import annotations

from nightclerk.core.sentence import N_

#: Codes of rows' issues → a heading. What to do about it stands in ``core.issue.ROW_CODES``.
HEADINGS: dict[str, str] = {
    "required": N_("The value is missing"),
    "required_for_new": N_("The value is missing in new rows"),
    "not_an_integer": N_("Not a whole number"),
    "not_a_number": N_("Not a number"),
    "not_a_date": N_("Not a date"),
    "not_a_datetime": N_("Not a date and time"),
    "not_a_boolean": N_("Neither yes nor no"),
    "not_an_email": N_("Not an email address"),
    "not_a_url": N_("Not a web address"),
    "not_a_currency": N_("Not a currency"),
    "not_a_country": N_("Not a country"),
    "not_in_values": N_("Not one of the agreed values"),
    "too_long": N_("The text is too long"),
    "too_small": N_("The number is too small"),
    "too_large": N_("The number is too large"),
    "too_many_decimals": N_("Too many decimals"),
    "duplicate_key": N_("The same key on several rows"),
    "unknown_key": N_("The key is not known"),
    "known_key": N_("The key exists already"),
    "too_few_fields": N_("Too few fields in the row"),
    "too_many_fields": N_("Too many fields in the row"),
    "text_after_quote": N_("Text after a closing quote"),
    "nul_byte": N_("A NUL byte in the row"),
    "bare_cr": N_("A stray carriage return in the row"),
    "field_too_long": N_("A field is far too long"),
    "record_too_long": N_("The row is far too long"),
    "control_character": N_("A control character in the text"),
    "cell_error": N_("The cell holds an error of the sheet"),
    "formula_uncomputed": N_("The formula was never calculated"),
}

_EXPORT_AGAIN = N_("Export the file anew and drop it into the same folder.")
_WHOLE_FILE = N_("Correct the rows in your system, export the whole file anew and drop it into the same folder.")
_ASK = N_("There is nothing wrong with your file that we know of. Ask those who look after Nightclerk to look into it.")
_ONCE_MORE = N_(
    "Export the file anew and drop it into the same folder. If it happens again, ask those who look after Nightclerk."
)

#: Codes of refused files → what the sender can do. The run's own sentence says what happened.
ADVICE: dict[str, str] = {
    "claimed_twice": N_(
        "Your file is not to blame. Ask those who look after Nightclerk to set the imports apart in the settings, and drop the"
        " file again once they have."
    ),
    "not_text": N_("Export the file as CSV (delimited text) and drop it into the same folder."),
    "wrong_encoding": N_("Export the file in the agreed encoding, or have the new one agreed, and drop it again."),
    "unbalanced_quote": N_(
        "A quote is opened and never closed, or the upload broke off. Export the file anew and drop it again."
    ),
    "no_header": N_("Export the file with its column headers and drop it again."),
    "no_delimiter": N_("Export the file with the agreed sign between the columns and drop it again."),
    "column_missing": N_("Export the file with all agreed columns, or have the change agreed, and drop it again."),
    "column_twice": N_("Give each column a header of its own, export the file anew and drop it again."),
    "too_many_rejected": _WHOLE_FILE,
    "nothing_accepted": _WHOLE_FILE,
    "too_few_rows": N_("Check that the export ran to its end and was not filtered; then drop the whole file again."),
    "too_many_rows": N_("Check that the export was filtered as agreed; then drop the file again."),
    "file_too_large": N_("Split the export into smaller files, or have a higher limit agreed."),
    "too_many_columns": N_("Export only the agreed columns and drop the file again."),
    "size_differs": _EXPORT_AGAIN,
    "reader_memory": N_(
        "The file could not be read within its limits. Split it into smaller files, or have higher limits agreed."
    ),
    "reader_time": N_("The file could not be read within its limits. Split it into smaller files, or have higher limits agreed."),
    "incomplete": N_("Send the file again; wait until the upload has come to its end."),
    "password_protected": N_("Save the workbook without a password and drop it into the same folder."),
    "wrong_kind": N_("Export the file in the agreed format, or have the new one agreed, and drop it again."),
    "expands_too_much": N_("Copy the table into a new workbook, save it and drop that into the same folder."),
    "damaged_workbook": N_(
        "Open the workbook, save it anew and drop it into the same folder; if it cannot be opened, export it again."
    ),
    "no_sheet": N_("Give the sheet its agreed name, or have the new one agreed, and drop the file again."),
    "feed_removed": N_(
        "Your file is not to blame: those who look after Nightclerk changed the settings. If these rows are still wanted, ask"
        " them to set this import up again, then drop the file again."
    ),
    "reader_died": _ONCE_MORE,
    "does_not_add_up": _ASK,
    "tried_too_often": _ONCE_MORE,
}
