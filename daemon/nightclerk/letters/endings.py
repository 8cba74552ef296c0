"""How a run ended, for people: the word, how grave it is, and one sentence."""

from __future__ import annotations

from typing import Literal

from nightclerk.core.absent import ABSENT, REOPENED
from nightclerk.core.drop import Ending
from nightclerk.core.naming import shown
from nightclerk.core.report import Report
from nightclerk.core.run import Run, in_part
from nightclerk.core.sentence import N_
from nightclerk.letters.language import Language
from nightclerk.letters.waited import went_in

Tone = Literal["good", "mixed", "bad", "quiet"]

#: A sign for each tone, so that nobody needs to tell colours apart.
MARKS: dict[Tone, str] = {"good": "✓", "mixed": "!", "bad": "✕", "quiet": "="}

_TONES: dict[Ending, Tone] = {
    "imported": "good",
    "imported_with_rejects": "mixed",
    "refused": "bad",
    "held": "mixed",
    "duplicate": "quiet",
    "empty": "mixed",
    "unrecognised": "mixed",
}
_WORDS: dict[Ending, str] = {
    "imported": N_("Imported"),
    "imported_with_rejects": N_("Imported with rejects"),
    "refused": N_("Refused"),
    "held": N_("Held"),
    "duplicate": N_("Duplicate"),
    "empty": N_("Empty"),
    "unrecognised": N_("Unrecognised"),
}
_WORST_FIRST: tuple[Ending, ...] = (
    "refused", "held", "unrecognised", "empty", "imported_with_rejects", "imported", "duplicate"
)  # fmt: skip
_GRAVITY: tuple[Tone, ...] = ("quiet", "good", "mixed", "bad")
_IMPORTED: frozenset[Ending] = frozenset({"imported", "imported_with_rejects"})


def all_wait(run: Run) -> bool:
    """Given a run; returns whether it booked nothing because all its rows wait for others: nobody is told of a success then."""
    return run.ending == "imported" and run.counts.parked > 0 and booked(run) == 0


def tone_of(run: Run) -> Tone:
    """Given a run; returns how its ending is to be met."""
    return "mixed" if all_wait(run) else _TONES[run.ending]


def ending_word(run: Run, language: Language) -> str:
    """Given a run; returns its ending's name for people."""
    return language.gettext(N_("Waiting") if all_wait(run) else _WORDS[run.ending])


def together(runs: tuple[Run, ...], language: Language) -> tuple[Tone, str]:
    """Given the runs of a drop; returns the tone of the whole and one word for it."""
    tone = max(map(tone_of, runs), key=_GRAVITY.index)
    words = {ending_word(run, language) for run in runs}
    if len(words) == 1:
        return tone, words.pop()
    imported = [run.ending in _IMPORTED and not all_wait(run) for run in runs]
    if all(imported):
        return tone, language.gettext(N_("Imported with rejects"))
    if any(imported):
        return "mixed", language.gettext("Imported in part")
    return tone, language.gettext("Not imported")


def worst_first(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Given the runs of a drop; returns them as a letter tells them: first what needs somebody, last what needs nobody."""
    return tuple(sorted(runs, key=lambda run: _WORST_FIRST.index(run.ending)))


def booked(run: Run) -> int:
    """Given a run; returns how many of its rows are in the tables as the file has them."""
    return run.counts.created + run.counts.updated + run.counts.unchanged


def sentence_for(run: Run, report: Report, language: Language) -> str:
    """Given a run; returns in one or two sentences what became of the file."""
    _ = language.gettext
    match run.ending:
        case "imported" | "imported_with_rejects":
            return went_in(run, report, language) or _imported(run, language)
        case "refused":
            return f"{_nothing(run, report, language)} {_why(run, report, language)}".strip()
        case "held":
            return _held(run, language)
        case "duplicate":
            earlier = run.effects.get("duplicate_of")
            if earlier is None:
                return _("This file was imported before, byte for byte. Nothing was imported again.")
            return _("This file is the one that run %(run)s imported, byte for byte. Nothing was imported again.", run=earlier)
        case "empty":
            return _("The file has no rows. Nothing was imported.")
        case "unrecognised":
            name = shown(report.drop.sighting.name)
            return _("Nobody has told Nightclerk what a file named “%(name)s” holds. Nothing was imported.", name=name)
        case "undo":
            raise ValueError(f"Run {run.id} took another one back: no letter is written of that.")


def _held(run: Run, language: Language) -> str:
    if not in_part(run):
        return language.gettext("The file waits for a decision. Nothing of it has been imported yet.")
    rows, number = run.counts, language.number
    done = language.ngettext(
        "%(done)s of %(n)s row is imported.", "%(done)s of %(n)s rows are imported.", rows.rows, done=number(booked(run))
    )
    waits = language.ngettext("%(n)s row waits for a decision.", "%(n)s rows wait for a decision.", rows.held)
    return f"{done} {waits}"


def _imported(run: Run, language: Language) -> str:
    counts, done = run.counts, booked(run)
    if done < counts.rows:
        first = language.ngettext(
            "%(done)s of %(n)s row is imported.", "%(done)s of %(n)s rows are imported.", counts.rows, done=language.number(done)
        )
    else:
        first = language.ngettext("The only row is imported.", "All %(n)s rows are imported.", counts.rows)
    if counts.rejected:
        second = language.ngettext(
            "%(n)s row was rejected and needs a correction.",
            "%(n)s rows were rejected and need a correction.",
            counts.rejected,
        )
    elif done == 0:
        second = ""
    elif counts.created + counts.updated == 0 and not run.effects.get(ABSENT) and not run.effects.get(REOPENED):
        second = language.gettext("They were known already, so nothing had to be changed.")
    else:
        second = language.gettext(
            "%(created)s new, %(updated)s changed, %(unchanged)s as they were.",
            created=language.number(counts.created),
            updated=language.number(counts.updated),
            unchanged=language.number(counts.unchanged),
        )
    if counts.parked:
        third = language.ngettext("%(n)s row waits for what it names.", "%(n)s rows wait for what they name.", counts.parked)
        return " ".join(filter(None, (first, second, third)))
    return f"{first} {second}".rstrip()


def _nothing(run: Run, report: Report, language: Language) -> str:
    """Where several runs read the file, one of them speaks for its own rows only: others may be imported."""
    if len(report.runs) > 1:
        return language.gettext("The rows for %(feed)s were refused: none of them was imported.", feed=shown(run.feed or ""))
    return language.gettext("The file was refused as a whole: nothing of it was imported.")


def _why(run: Run, report: Report, language: Language) -> str:
    sentence = shown(language.say(run.sentence or "", show_values=report.show_values), 1500)
    if run.line is None or str(run.line) in sentence:
        return sentence
    return language.gettext("Line %(line)s:", line=run.line) + f" {sentence}"
