"""Why a file is held, what would change, and who decides, for its sender's people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nightclerk.core.absent import ABSENT
from nightclerk.core.booking import Change
from nightclerk.core.lists import as_read
from nightclerk.core.naming import shown
from nightclerk.core.reading import Cell
from nightclerk.core.report import Report
from nightclerk.core.run import Held, Run, in_part
from nightclerk.letters.absent_rows import would_be_absent
from nightclerk.letters.field_words import column_words
from nightclerk.letters.language import Language
from nightclerk.letters.notation import Notation

#: So many of the changes that booking would make are shown in a letter; the command ``run`` shows more.
MOST_CHANGES = 5
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = re.compile(r"-?[0-9]{1,18}\.[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a held file waits for. changes: a line for each of the first, values before and after."""

    reasons: tuple[str, ...]
    would: str
    changes: tuple[str, ...]
    decides: str


def waiting(run: Run, report: Report, language: Language) -> Waiting | None:
    """Given a run; returns what it waits for, None where it is not held."""
    if run.held is None or run.ending != "held":
        return None
    return Waiting(
        reasons=tuple(shown(language.say(one.sentence, show_values=report.show_values), 600) for one in run.held.reasons),
        would=_would(run, run.held, language),
        changes=tuple(_changes(run, report, language)) if report.show_values else (),
        decides=_decides(run, run.held, language),
    )


def _decides(run: Run, held: Held, language: Language) -> str:
    until = language.moment(held.until)
    if in_part(run):
        return language.gettext(
            "Those who look after Nightclerk decide. If nobody has decided by %(moment)s, these rows are not imported.",
            moment=until,
        )
    return language.gettext(
        "Those who look after Nightclerk decide. If nobody has decided by %(moment)s, the file is refused.", moment=until
    )


def approved(run: Run, language: Language) -> list[str]:
    """Given a run; returns the sentence that says that it was held and approved, if it was."""
    if run.decision is None or run.decision.action != "approve":
        return []
    return [language.gettext("The file was held, and approved on %(moment)s.", moment=language.moment(run.decision.at))]


def _would(run: Run, held: Held, language: Language) -> str:
    counts, number = held.counts, language.number
    told = language.gettext(
        "%(created)s new, %(updated)s changed, %(unchanged)s as they were.",
        created=number(counts.created),
        updated=number(counts.updated),
        unchanged=number(counts.unchanged),
    )
    if counts.rejected:
        rejected = language.ngettext("%(n)s row would be rejected.", "%(n)s rows would be rejected.", counts.rejected)
        told = f"{told} {rejected}"
    told = " ".join([told, *would_be_absent(held, language)])
    return language.gettext("If the file is approved: %(told)s", told=told)


def _changes(run: Run, report: Report, language: Language) -> Iterator[str]:
    for change in _shown_first(run.held)[:MOST_CHANGES] if run.held is not None else ():
        key = ", ".join(_cell(part, language) for part in change.key.values())
        if change.before is None:
            yield language.gettext("%(key)s: new", key=key)
        else:
            fields = language.gettext("; ").join(_fields(change, change.before, run, report, language))
            yield language.gettext("%(key)s: %(fields)s", key=key, fields=fields)


def _shown_first(held: Held) -> list[Change]:
    """Where too many records are not in the file any more, these tell most."""
    absent_first = any(reason.code == ABSENT for reason in held.reasons)
    return sorted(held.sample, key=lambda change: change.line >= 0) if absent_first else list(held.sample)


def _fields(change: Change, before: dict[str, Cell], run: Run, report: Report, language: Language) -> Iterator[str]:
    for name, cell in change.after.items():
        called = column_words(run, report, name, language)
        yield f"{shown(called, 60)} {_cell(before[name], language)} → {_cell(cell, language)}"


def _cell(cell: Cell, language: Language) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return language.gettext("yes") if cell else language.gettext("no")
    text = str(as_read(cell))
    if _DAY.fullmatch(text):
        return Notation(language).of("date")(text)
    return language.amounts(text)[0] if isinstance(cell, str) and _AMOUNT.fullmatch(text) else shown(text, 60)
