"""What each finding says: its level, what it is, and what to do.

``{these}`` stands for how many values there are, ``{first}`` for the first of them with its line, ``{one|several}`` for what fits
their number; other names are filled in by who finds it.
"""

from __future__ import annotations

import re
from typing import Literal

from nightclerk.core.wording import quoted

Level = Literal["wrong", "doubtful"]
_FORMS = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")

MESSAGES: dict[str, tuple[Level, str]] = {
    "impossible_date": (
        "wrong",
        "{these} {names|name} a day that does not exist, first {first}. Write the right day, or leave it blank.",
    ),
    "mixed_dates": (
        "wrong",
        "Dates are written in {ways} ways: {usual}; {others}. Write all in one way.",
    ),
    "mixed_day_order": (
        "wrong",
        "{these} can only have the {part} first, first {first}, though others have the {other} first. A date that could "
        "be either is not to be trusted.",
    ),
    "not_a_date": (
        "wrong",
        "{these} {is no date|are no dates} where nearly all others are, first {first}. Write a date, or leave it blank.",
    ),
    "far_date": (
        "doubtful",
        "{these} {is|are} before {since} or after {until}, first {first}. Correct the year, or leave it blank.",
    ),
    "outlying_date": (
        "doubtful",
        "{these} {is|are} {gap} or more years away from all others, first {first}. Look whether the year is right.",
    ),
    "shortened_number": (
        "wrong",
        "{these} {was|were} shortened by a spreadsheet, first {first}; digits may be lost. Export again with the column as text.",
    ),
    "mixed_decimals": (
        "wrong",
        "{these} {has|have} a decimal {mark}, first {first}, and {usual} a decimal {other}. Write one decimal mark.",
    ),
    "not_a_number": (
        "wrong",
        "{these} {is no number|are no numbers} where nearly all others are, first {first}. Write a number, or leave it blank.",
    ),
    "float_dust": (
        "doubtful",
        "{these} {has|have} nine or more decimals, first {first}. Round where they come from, or import with round: true.",
    ),
    "outlier": (
        "doubtful",
        "{these} {is|are} more than ten times as large as all others, first {first}. Look whether a decimal mark is missing.",
    ),
    "bad_email": (
        "wrong",
        "{these} {is no email address|are no email addresses}, first {first}. Write a whole address, as in name@example.com.",
    ),
    "several_emails": (
        "doubtful",
        "{these} {holds|hold} several email addresses, first {first}. A field of type email takes one; keep one.",
    ),
    "mistyped_email": (
        "doubtful",
        "{these} {has|have} a domain that is probably mistyped, first {first}. Ask for the right address.",
    ),
    "failed_check": (
        "wrong",
        "{these} {fails|fail} the check of {kind}, first {first}: a digit is mistyped, or two are swapped. Ask for the "
        "right one.",
    ),
    "mostly_failed_check": (
        "wrong",
        "{these} {fails|fail} the check of {kind}, first {first}, and fewer pass it: these are other numbers, or made up. Look "
        "which.",
    ),
    "misshapen": (
        "wrong",
        "{these} {does|do} not have the form of {kind}, first {first}. Ask for the right one, or leave it blank.",
    ),
    "mixed_types": (
        "wrong",
        "{these} {does|do} not read as {what} where nearly all others do, first {first}. Correct {it|them}, or leave "
        "{it|them} blank.",
    ),
    "no_value_written": (
        "doubtful",
        "{these} {stands|stand} for no value, first {first}. Leave the cell blank instead.",
    ),
    "padded": (
        "doubtful",
        "{these} {begins or ends|begin or end} with a space, first {first}. Imports take such spaces off; other programs "
        "may not.",
    ),
    "doubled_space": (
        "doubtful",
        "{these} {holds|hold} several spaces in a row, first {first}. Write one space.",
    ),
    "no_break_space": (
        "doubtful",
        "{these} {holds|hold} a no-break space, which looks like a space but is not found by searching for one, first "
        "{first}. Write plain spaces.",
    ),
    "hidden_character": (
        "wrong",
        "{these} {holds|hold} a character that nobody can see (zero-width, or of text direction; here shown as ?), first "
        "{first}. Type the value anew.",
    ),
    "control_character": (
        "wrong",
        "{these} {holds|hold} a tab or another control character (here shown as ?), first {first}. Take it out.",
    ),
    "broken_text": (
        "wrong",
        "{these} {holds|hold} letters that an encoding has broken, first {first}. Correct them where they come from; the "
        "export cannot be mended.",
    ),
    "several_spellings": (
        "doubtful",
        "{these} {is|are} spelled in another way than the same {one|ones} elsewhere, first {first} instead of {usual}. "
        "Spell each in one way.",
    ),
    "rare_spelling": (
        "doubtful",
        "{these} {is|are} probably mistyped, first {first}, where {usual} stands {often} times. Correct what is wrong.",
    ),
    "mixed_case": (
        "doubtful",
        "{these} {is|are} written {written}, unlike the others, first {first}. Write all in one way.",
    ),
    "blank_key": (
        "wrong",
        "{rows} no key, first in line {line}. Fill it in, or take the {row|rows} out.",
    ),
    "duplicate_key": (
        "wrong",
        "{rows} the key of another row above, first {first} after line {line}. Keep one row for each key.",
    ),
    "near_duplicate_key": (
        "doubtful",
        "{pairs} of keys {differs|differ} only in case, accents, spaces, signs, leading zeros, or O and 0: {listed}. If "
        "they mean the same, write them in one way.",
    ),
    "near_duplicate_name": (
        "doubtful",
        "{pairs} of names {is|are} nearly the same: {listed}. Look whether they are one and the same.",
    ),
}


def message(code: str, count: int, first: tuple[str, int] | None, **values: object) -> str:
    """Given what a finding is, how many values it is about, the first of them with its line, and what else its sentence names;
    returns the sentence."""
    told = _FORMS.sub(lambda forms: forms[1] if count == 1 else forms[2], MESSAGES[code][1])
    known = {"these": "1 value" if count == 1 else f"{count} values", **values}
    if first is not None:
        known["first"] = f"{quoted(first[0])} in line {first[1]}"
    return told.format(**known)
