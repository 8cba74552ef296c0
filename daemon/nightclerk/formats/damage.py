"""What is said about a damaged record: one issue for each kind of damage, in a fixed order."""

from __future__ import annotations

from nightclerk.core.issue import Issue
from nightclerk.formats.dialect import LONGEST_FIELD, LONGEST_RECORD

_TOLD = {
    "too_few_fields": "the row has {fields}, but the header has {width}; check its delimiters and quotes.",
    "too_many_fields": "the row has {fields}, but the header has {width}; check its delimiters and quotes.",
    "text_after_quote": "a quoted field goes on after its closing quote; double the quotes inside it.",
    "nul_byte": "the row holds a NUL byte, which is not text; export it again.",
    "bare_cr": "the row holds a carriage return without a line feed; quote the field or take it out.",
    "control_character": "the row holds a control character that separates records; take it out.",
    "field_too_long": f"a field is longer than {LONGEST_FIELD >> 20} MB; shorten it, or look for a missing quote.",
    "record_too_long": f"the row is longer than {LONGEST_RECORD >> 20} MB; look for a missing line end or quote.",
}


def damage_issues(line: int, codes: set[str], fields: int, width: int) -> tuple[Issue, ...]:
    """Given a record's line, the codes of its damage, how many fields it has and how many it should have; returns the issues."""
    counted = "1 field" if fields == 1 else f"{fields} fields"
    return tuple(
        Issue(line, code, f"Line {line}: {told.format(fields=counted, width=width)}")
        for code, told in _TOLD.items()
        if code in codes
    )
