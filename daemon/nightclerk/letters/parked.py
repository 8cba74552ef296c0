"""Rows of a file that wait for rows of others, for people: for what, and what happens next."""

from __future__ import annotations

from nightclerk.core.naming import shown
from nightclerk.core.report import Report
from nightclerk.core.run import Awaited, Run
from nightclerk.core.sentence import N_
from nightclerk.letters.field_words import column_words
from nightclerk.letters.language import Language

_NEXT = {
    True: N_(
        "Nothing has to be sent again: what waits goes in by itself once the file that brings what is missing has been imported."
        " If a value is wrong, correct it and send the row again."
    ),
    False: N_(
        "No file brings it: it is entered in the application, and what waits goes in by itself once it is there. If a value is"
        " wrong, correct it and send the row again."
    ),
}


def parked_rows(run: Run, report: Report, language: Language) -> list[str]:
    """Given a run; returns a few sentences for each field that names what is not there."""
    booked = run.ending in ("imported", "imported_with_rejects")
    return [f"{_told(one, run, report, language)} {language.gettext(_NEXT[one.fed])}" for one in run.awaits if booked]


def _told(one: Awaited, run: Run, report: Report, language: Language) -> str:
    field = shown(column_words(run, report, one.field, language), 60)
    if not report.show_values:
        return language.ngettext(
            "%(n)s row waits: what it names in %(field)s is not known here yet.",
            "%(n)s rows wait: what they name in %(field)s is not known here yet.",
            one.rows,
            field=field,
        )
    return language.ngettext(
        "%(n)s row waits: what it names in %(field)s is not known here yet: %(values)s.",
        "%(n)s rows wait: what they name in %(field)s is not known here yet: %(values)s.",
        one.rows,
        field=field,
        values=named(one, language),
    )


def named(one: Awaited, language: Language) -> str:
    """Given what rows wait for; returns the first of it by its keys, and how many more there are."""
    told = [shown(value, 60) for value in one.examples]
    more = one.values - len(told)
    if more > 0:
        told.append(language.ngettext("%(n)s more", "%(n)s more", more))
    return language.listed(told)
