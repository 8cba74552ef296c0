"""Rows that waited for others, for people: that they went in or were given up, and which ones still wait."""

from __future__ import annotations

from nightclerk.core.naming import shown
from nightclerk.core.report import Report
from nightclerk.core.run import Awaited, Run
from nightclerk.letters.field_words import column_words
from nightclerk.letters.language import Language
from nightclerk.letters.parked import named


def went_in(run: Run, report: Report, language: Language) -> str | None:
    """Given a run; returns in a few sentences what became of rows that had waited, None where it is a file's run."""
    if run.waited is None:
        return None
    counts, since, file = run.counts, language.moment(run.waited.since), shown(run.file, 80)
    told = []
    if done := counts.created + counts.updated + counts.unchanged:
        told.append(
            language.ngettext(
                "%(n)s row of “%(file)s” had waited since %(moment)s and is imported now.",
                "%(n)s rows of “%(file)s” had waited since %(moment)s and are imported now.",
                done,
                file=file,
                moment=since,
            )
        )
        told += [_there(one, run, report, language) for one in run.waited.came]
    if run.waited.given_up:
        told.append(
            language.ngettext(
                "%(n)s row of “%(file)s” has waited since %(moment)s, which is too long, and was rejected.",
                "%(n)s rows of “%(file)s” have waited since %(moment)s, which is too long, and were rejected.",
                run.waited.given_up,
                file=file,
                moment=since,
            )
        )
        told += [_missing(one, run, report, language) for one in run.waited.never_came]
    if others := counts.rejected - run.waited.given_up:
        told.append(
            language.ngettext(
                "%(n)s row was rejected and needs a correction.", "%(n)s rows were rejected and need a correction.", others
            )
        )
    # Its figures are not those of the file that it names.
    told.append(
        language.gettext("This letter counts only what had waited; the file was read by run %(run)s.", run=str(run.retries))
    )
    return " ".join(told)


def still_waiting(run: Run, report: Report, language: Language) -> list[str]:
    """Given a run; returns what else of its feed waits, of earlier files, and for what."""
    found = report.waiting.get(run.id)
    if found is None:
        return []
    told = language.ngettext(
        "%(n)s row of an earlier file still waits, since %(moment)s.",
        "%(n)s rows of earlier files still wait, the first since %(moment)s.",
        found.rows,
        moment=language.moment(found.since),
    )
    return [" ".join([told, *(_missing(one, run, report, language) for one in found.awaits)])]


def _there(one: Awaited, run: Run, report: Report, language: Language) -> str:
    field = shown(column_words(run, report, one.field, language), 60)
    if not report.show_values:
        return language.gettext("What was missing in %(field)s is there now.", field=field)
    return language.gettext("What was missing in %(field)s is there now: %(values)s.", field=field, values=named(one, language))


def _missing(one: Awaited, run: Run, report: Report, language: Language) -> str:
    field = shown(column_words(run, report, one.field, language), 60)
    if not report.show_values:
        return language.gettext("What is named in %(field)s is not known here.", field=field)
    return language.gettext("What is named in %(field)s is not known here: %(values)s.", field=field, values=named(one, language))
