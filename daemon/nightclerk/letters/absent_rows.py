"""What became of records that a file lacks, and of those that came back, for people."""

from __future__ import annotations

from nightclerk.core.absent import ABSENT, ABSENT_PARKED, REOPENED
from nightclerk.core.run import Held, Run
from nightclerk.letters.language import Language


def absent_rows(run: Run, language: Language) -> list[str]:
    """Given a run that was booked; returns a sentence for each thing that was done."""
    effects, told = run.effects.get(ABSENT, {}), []
    if cleared := effects.get("cleared"):
        told.append(
            language.ngettext(
                "%(n)s record that the file no longer holds was cleared.",
                "%(n)s records that the file no longer holds were cleared.",
                cleared,
            )
        )
    if deactivated := effects.get("deactivated"):
        told.append(
            language.ngettext(
                "%(n)s record that the file no longer holds was deactivated.",
                "%(n)s records that the file no longer holds were deactivated.",
                deactivated,
            )
        )
    if parked := run.effects.get(ABSENT_PARKED):
        told.append(
            language.ngettext(
                "%(n)s row of an earlier file that was waiting is not in this file any more: it waits no longer.",
                "%(n)s rows of earlier files that were waiting are not in this file any more: they wait no longer.",
                parked,
            )
        )
    if reopened := run.effects.get(REOPENED):
        told.append(
            language.ngettext(
                "%(n)s record that was gone is in the file again and was reopened.",
                "%(n)s records that were gone are in the file again and were reopened.",
                reopened,
            )
        )
    return told


def would_be_absent(held: Held, language: Language) -> list[str]:
    """Given what a held file waits for; returns a sentence for each thing that would be done."""
    effects, told = held.effects.get(ABSENT, {}), []
    if cleared := effects.get("cleared"):
        told.append(
            language.ngettext(
                "%(n)s record that the file no longer holds would be cleared.",
                "%(n)s records that the file no longer holds would be cleared.",
                cleared,
            )
        )
    if deactivated := effects.get("deactivated"):
        told.append(
            language.ngettext(
                "%(n)s record that the file no longer holds would be deactivated.",
                "%(n)s records that the file no longer holds would be deactivated.",
                deactivated,
            )
        )
    return told
