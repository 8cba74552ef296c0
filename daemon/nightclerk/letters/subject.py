"""The subject of a report: tenant, feeds, ending, counts."""

from __future__ import annotations

from nightclerk.core.naming import shown
from nightclerk.core.report import Report
from nightclerk.core.run import Run, absent_done, in_part
from nightclerk.letters.endings import booked, ending_word, together, worst_first
from nightclerk.letters.language import Language

MOST_IN_SUBJECT = 180


def subject_of(report: Report, language: Language) -> str:
    """Given a report; returns the subject: tenant, feeds, ending, counts, and how many records that a file lacks were
    cleared or deactivated, or that it is about rows that had waited and no file. Several runs are summed up."""
    if len(report.runs) == 1:
        (run,) = report.runs
        ending, inside = ending_word(run, language), _counts(run, report, language)
    else:
        _, ending = together(report.runs, language)
        inside = _all_counts(report.runs, language)
    if gone := sum(map(absent_done, report.runs)):
        inside = language.ngettext("%(counts)s, %(n)s record gone", "%(counts)s, %(n)s records gone", gone, counts=inside)
    if any(run.waited is not None for run in report.runs):
        inside = language.gettext("%(counts)s, after waiting", counts=inside)
    feeds = language.listed([run.feed for run in worst_first(report.runs) if run.feed])
    told = f"{ending} ({inside})"
    if feeds:
        told = language.gettext("%(feeds)s: %(told)s", feeds=shown(feeds, 60), told=told)
    return shown(f"{shown(report.tenant_name, 80)} · {told}", MOST_IN_SUBJECT)


def _counts(run: Run, report: Report, language: Language) -> str:
    counts, number = run.counts, language.number
    if run.ending == "imported_with_rejects":
        return language.ngettext(
            "%(rejected)s of %(n)s row rejected",
            "%(rejected)s of %(n)s rows rejected",
            counts.rows,
            rejected=number(counts.rejected),
        )
    if run.ending == "imported" and counts.parked:
        return language.ngettext(
            "%(done)s of %(n)s row imported, %(parked)s waiting",
            "%(done)s of %(n)s rows imported, %(parked)s waiting",
            counts.rows,
            done=number(booked(run)),
            parked=number(counts.parked),
        )
    if run.ending == "imported":
        return language.ngettext(
            "%(n)s row: %(created)s new, %(updated)s changed",
            "%(n)s rows: %(created)s new, %(updated)s changed",
            counts.rows,
            created=number(counts.created),
            updated=number(counts.updated),
        )
    if run.ending == "unrecognised":
        return shown(report.drop.sighting.name, 80)
    return _imported_of(booked(run) if in_part(run) else 0, counts.rows, language)


def _all_counts(runs: tuple[Run, ...], language: Language) -> str:
    imported = [run for run in runs if run.ending in {"imported", "imported_with_rejects"} or in_part(run)]
    return _imported_of(sum(map(booked, imported)), sum(run.counts.rows for run in runs), language)


def _imported_of(done: int, rows: int, language: Language) -> str:
    if rows == 0:
        return language.gettext("nothing imported")
    return language.ngettext(
        "%(done)s of %(n)s row imported", "%(done)s of %(n)s rows imported", rows, done=language.number(done)
    )
