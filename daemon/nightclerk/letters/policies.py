"""What ``blank`` and ``conflict`` did to known rows, for people."""

from __future__ import annotations

from typing import assert_never

from nightclerk.core.booking import Effect
from nightclerk.core.naming import shown
from nightclerk.core.policy import EFFECTS
from nightclerk.core.report import Report
from nightclerk.core.run import Run
from nightclerk.letters.absent_rows import absent_rows
from nightclerk.letters.field_words import column_words
from nightclerk.letters.language import Language


def policies(run: Run, report: Report, language: Language) -> list[str]:
    """Given a run; returns a sentence for each effect on each field, and for what became of records that the file lacks."""
    told = [
        _told(effect, count, shown(column_words(run, report, field, language)), language)
        for effect in EFFECTS
        for field, count in run.effects.get(effect, {}).items()
        if count
    ]
    return told + absent_rows(run, language)


def _told(effect: Effect, count: int, field: str, language: Language) -> str:
    if effect == "kept_blank":
        return language.ngettext(
            "%(n)s known value of %(field)s was kept, because its cell in the file is empty.",
            "%(n)s known values of %(field)s were kept, because their cells in the file are empty.",
            count,
            field=field,
        )
    if effect == "kept_edited":
        return language.ngettext(
            "%(n)s value of %(field)s was kept: it was edited here since the last import.",
            "%(n)s values of %(field)s were kept: they were edited here since the last import.",
            count,
            field=field,
        )
    if effect == "kept_filled":
        return language.ngettext(
            "%(n)s value of %(field)s was kept: the file has another one, and only empty ones are filled in.",
            "%(n)s values of %(field)s were kept: the file has others, and only empty ones are filled in.",
            count,
            field=field,
        )
    if effect == "kept_never":
        return language.ngettext(
            "%(n)s value of %(field)s was kept: the file has another one, and only new records get it.",
            "%(n)s values of %(field)s were kept: the file has others, and only new records get them.",
            count,
            field=field,
        )
    if effect == "cleared":
        return language.ngettext(
            "%(n)s known value of %(field)s was cleared, because its cell in the file is empty.",
            "%(n)s known values of %(field)s were cleared, because their cells in the file are empty.",
            count,
            field=field,
        )
    if effect == "defaulted":
        return language.ngettext(
            "%(n)s known value of %(field)s was set to its default, because its cell in the file is empty.",
            "%(n)s known values of %(field)s were set to their default, because their cells in the file are empty.",
            count,
            field=field,
        )
    if effect == "created_on_the_way":
        return language.ngettext(
            "%(n)s record named in %(field)s was not known yet and was created on the way.",
            "%(n)s records named in %(field)s were not known yet and were created on the way.",
            count,
            field=field,
        )
    if effect == "reference_blanked":
        return language.ngettext(
            "%(n)s cell of %(field)s counts as empty: what it names is not known here.",
            "%(n)s cells of %(field)s count as empty: what they name is not known here.",
            count,
            field=field,
        )
    assert_never(effect)
