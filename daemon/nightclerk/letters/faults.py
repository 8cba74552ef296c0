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
    "ambiguous_datetime": N_("A time that comes twice"),
    "not_a_boolean": N_("Neither yes nor no"),
    "not_an_email": N_("Not an email address"),
    "not_a_url": N_("Not a web address"),
    "not_a_currency": N_("Not a currency"),
    "not_a_country": N_("Not a country"),
    "not_in_values": N_("Not one of the agreed values"),
    "no_match": N_("Not written as agreed"),
    "currency_differs": N_("Two currencies for one amount"),
    "too_long": N_("The text is too long"),
    "too_small": N_("The number is too small"),
    "too_large": N_("The number is too large"),
    "too_many_decimals": N_("Too many decimals"),
    "duplicate_key": N_("The same key on several rows"),
    "unknown_key": N_("The key is not known"),
    "known_key": N_("The key exists already"),
    "unknown_reference": N_("What it names is not known"),
    "too_few_fields": N_("Too few fields in the row"),
    "too_many_fields": N_("Too many fields in the row"),
    "text_after_quote": N_("Text after a closing quote"),
    "stray_quote": N_("A stray quote in the row"),
    "quote_not_closed": N_("A quote is not closed"),
    "quote_not_opened": N_("A quote is not opened"),
    "rows_in_quotes": N_("Several rows within quotes"),
    "byte_order_mark": N_("A byte order mark within the file"),
    "other_encoding": N_("The row is in another encoding"),
    "nul_byte": N_("A NUL byte in the row"),
    "bare_cr": N_("A stray carriage return in the row"),
    "field_too_long": N_("A field is far too long"),
    "record_too_long": N_("The row is far too long"),
    "control_character": N_("A control character in the text"),
    "beyond_columns": N_("Text behind the last column"),
    "ends_early": N_("The end of the row is missing"),
    "number_overflow": N_("The number has more digits than its column"),
    "cell_error": N_("The cell holds an error of the sheet"),
    "several_values": N_("Several values where one is wanted"),
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
    "encoding_ambiguous": N_("Export the file as UTF-8, or have its encoding agreed, and drop it again."),
    "reads_differently": N_("Export the file as before, or have the new way agreed, and drop it again."),
    "ambiguous_dates": N_("Have it agreed how dates are written in the file, or write the year first, as in 2026-04-03."),
    "ambiguous_numbers": N_("Have it agreed how numbers are written in the file, or leave the thousands mark out."),
    "column_changed": N_(
        "Look whether each column stands under its own header, and drop the file again, or have the change agreed."
    ),
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
    "password_protected": N_("Save or pack the file without a password and drop it into the same folder."),
    "wrong_kind": N_("Export the file in the agreed format, or have the new one agreed, and drop it again."),
    "expands_too_much": N_("Copy the table into a new workbook, save it and drop that into the same folder."),
    "damaged_workbook": N_(
        "Open the workbook, save it anew and drop it into the same folder; if it cannot be opened, export it again."
    ),
    "damaged_table": _EXPORT_AGAIN,
    "damaged_xml": _ONCE_MORE,
    "document_type": N_("Export the file without a document type declaration and drop it into the same folder."),
    "no_rows": N_("Export the file as agreed, or have the change agreed, and drop it again."),
    "no_sheet": N_("Give the sheet its agreed name, or have the new one agreed, and drop the file again."),
    "several_sheets": N_(
        "Leave one sheet of the agreed name in the workbook, or have it agreed which one is meant, and drop the file again."
    ),
    "no_year": N_("Export the file as before, from one calendar year, and drop it again."),
    "no_member": N_("Give the file in the archive its agreed name, or have the new one agreed, and drop the archive again."),
    "several_members": N_("Pack only the agreed file, or have it agreed which one is meant, and drop the archive again."),
    "packed_twice": N_("Pack the file itself, not an archive with the file in it, and drop it again."),
    "damaged_archive": N_("Pack the file again and drop it into the same folder."),
    "not_encrypted": N_("Encrypt the file with the agreed key and drop it again."),
    "not_decrypted": N_(
        "Encrypt the export anew for the agreed key and drop it again. If it happens again, ask those who look after Nightclerk"
        " for their public key."
    ),
    "not_signed": N_("Sign the file with the agreed key when it is encrypted, and drop it again."),
    "wrong_signature": N_(
        "Sign the file with the agreed key when it is encrypted, or have a new key agreed, and drop it again. If you did not send"
        " this file, tell those who look after Nightclerk."
    ),
    "feed_removed": N_(
        "Your file is not to blame: those who look after Nightclerk changed the settings. If these rows are still wanted, ask"
        " them to set this import up again, then drop the file again."
    ),
    "too_many_parked": N_("Send the file that brings what the rows name first; then drop this one again."),
    "refused_by_hand": N_("Look whether the export ran as it should; then drop the file again."),
    "hold_expired": N_("If the file is right, drop it again and tell those who look after Nightclerk; else export it anew."),
    "not_as_approved": N_(
        "Export the file anew and drop it into the same folder; it is looked at afresh, against what is known by then."
    ),
    "replaced": N_("Nothing: the newer file was taken in its place."),
    "reader_died": _ONCE_MORE,
    "does_not_add_up": _ASK,
    "does_not_match_total": N_(
        "Check that the export ran to its end and that nothing was taken out of it; then drop the whole file again."
    ),
    "tried_too_often": _ONCE_MORE,
}
