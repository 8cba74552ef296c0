"""The subject of a report: tenant, feeds, endings, counts."""

from __future__ import annotations

from nightclerk.core.naming import shown
from nightclerk.core.report import Report
from nightclerk.core.run import Run
from nightclerk.letters.endings import ending_word
from nightclerk.letters.language import Language

MOST_IN_SUBJECT = 180


def subject_of(report: Report, language: Language) -> str:
    """Given a report; returns the subject: tenant, feeds, endings, counts."""
    told = []
    for run in report.runs:
        ending = f"{ending_word(run.ending, language)}{_in_brackets(run, report, language)}"
        told.append(f"{run.feed}: {ending}" if run.feed else ending)
    return shown(f"{shown(report.tenant_name, 80)} · {'; '.join(told)}", MOST_IN_SUBJECT)


def _in_brackets(run: Run, report: Report, language: Language) -> str:
    counts, number = run.counts, language.number
    if run.ending == "imported_with_rejects":
        inside = language.ngettext(
            "%(rejected)s of %(n)s row rejected",
            "%(rejected)s of %(n)s rows rejected",
            counts.rows,
            rejected=number(counts.rejected),
        )
    elif run.ending == "imported":
        inside = language.ngettext(
            "%(n)s row: %(created)s new, %(updated)s changed",
            "%(n)s rows: %(created)s new, %(updated)s changed",
            counts.rows,
            created=number(counts.created),
            updated=number(counts.updated),
        )
    elif run.ending == "unrecognised":
        inside = shown(report.drop.sighting.name, 80)
    elif counts.rows:
        inside = language.ngettext("0 of %(n)s row imported", "0 of %(n)s rows imported", counts.rows)
    else:
        inside = language.gettext("nothing imported")
    return f" ({inside})"
