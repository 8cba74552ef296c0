"""What is said about a damaged record: one issue for each kind of damage, in a fixed order."""

from __future__ import annotations

from nightclerk.core.issue import Issue
from nightclerk.core.sentence import N_, Sentence
from nightclerk.core.sentences import about_row
from nightclerk.formats.dialect import LONGEST_FIELD, LONGEST_RECORD

_TOLD = {
    "too_few_fields": N_("the row has %(fields)s, but the header has %(width)s; check its delimiters and quotes."),
    "too_many_fields": N_("the row has %(fields)s, but the header has %(width)s; check its delimiters and quotes."),
    "text_after_quote": N_("a quoted field goes on after its closing quote; double the quotes inside it."),
    "stray_quote": N_("a quote stands where the file's other rows have none; another one is missing, or it is one too many."),
    "quote_not_closed": N_("a quote is opened and not closed; the rows behind it were read without it."),
    "quote_not_opened": N_("the text of the row goes on in the lines below, up to a quote; put one before the text as well."),
    "rows_in_quotes": N_("the quotes of the row enclose lines that each look like a row of their own; look for a stray quote."),
    "byte_order_mark": N_("the row begins with a byte order mark, as a file does; it seems that files were put together."),
    "other_encoding": N_("the row is in another encoding (UTF-8) than the rest of the file; write all of it in one."),
    "nul_byte": N_("the row holds a NUL byte, which is not text; export it again."),
    "bare_cr": N_("the row holds a carriage return without a line feed; quote the field or take it out."),
    "control_character": N_("the row holds a control character that separates records; take it out."),
    "field_too_long": N_("a field is longer than %(most_bytes)s; shorten it, or look for a missing quote."),
    "record_too_long": N_("the row is longer than %(most_bytes)s; look for a missing line end or quote."),
}
_MOST = {"field_too_long": LONGEST_FIELD, "record_too_long": LONGEST_RECORD}


def damage_issues(line: int, codes: set[str], fields: int, width: int) -> tuple[Issue, ...]:
    """Given a record's line, the codes of its damage, how many fields it has and how many it should have; returns the issues."""
    found = []
    for code, template in _TOLD.items():
        if code not in codes:
            continue
        if code in _MOST:
            message = about_row(line, template, most_bytes=_MOST[code])
        elif code in {"too_few_fields", "too_many_fields"}:
            message = about_row(line, template, fields=Sentence.counted("%(n)s field", "%(n)s fields", fields), width=width)
        else:
            message = about_row(line, template)
        found.append(Issue(line, code, message))
    return tuple(found)
