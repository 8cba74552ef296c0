"""What was found in a file: sums that add up, faults by kind, and what else is good to know."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from nightclerk.core.issue import ROW_CODES
from nightclerk.core.naming import shown
from nightclerk.core.report import Report
from nightclerk.core.run import ControlTotal, IssueGroup, Run
from nightclerk.letters.faults import HEADINGS
from nightclerk.letters.field_words import column_words
from nightclerk.letters.holding import approved
from nightclerk.letters.language import Language
from nightclerk.letters.policies import policies
from nightclerk.letters.waited import still_waiting

#: Codes of rows of which nobody can tell what their fields hold.
_UNCUT = frozenset(
    {
        "too_few_fields", "too_many_fields", "text_after_quote", "stray_quote", "quote_not_closed", "quote_not_opened",
        "rows_in_quotes", "byte_order_mark", "other_encoding", "nul_byte", "bare_cr", "control_character", "field_too_long",
        "record_too_long", "beyond_columns", "ends_early",
    }
)  # fmt: skip
#: Fields or keys that one sentence names at most.
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Totals:
    """Control totals of one money field in one currency."""

    name: str
    file: str
    booked: str
    rejected: str
    skipped: str | None = None
    parked: str | None = None
    held: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Faults of one kind. where: the column, or empty when whole rows are meant."""

    heading: str
    where: str
    number: str
    examples: tuple[str, ...]
    advice: str


def control_totals(run: Run, report: Report, language: Language) -> tuple[Totals, ...]:
    """Given a run; returns its control totals, field by field and currency by currency."""
    return tuple(
        _totals(_money_name(column_words(run, report, field, language), currency, len(by_currency), language), total, language)
        for field, by_currency in run.totals.items()
        for currency, total in by_currency.items()
    )


def _totals(name: str, total: ControlTotal, language: Language) -> Totals:
    """What was skipped or waits is named where there is any: sums of rows that gave way to others of their key, name what is not
    there, or are held."""
    others = (total.skipped, total.parked, total.held)
    file, booked, rejected, *written = language.amounts(total.file, total.booked, total.rejected, *others)
    told = (text if Decimal(amount) else None for text, amount in zip(written, others, strict=True))
    return Totals(name, file, booked, rejected, *told)


def _money_name(field: str, currency: str, currencies: int, language: Language) -> str:
    if currency:
        return f"{shown(field)}, {shown(currency)}"
    return language.gettext("%(field)s, without a currency", field=shown(field)) if currencies > 1 else shown(field)


def faults(groups: tuple[IssueGroup, ...], show_values: bool, language: Language) -> tuple[Fault, ...]:
    """Given kinds of issues; returns them for people. Without ``show_values`` only the lines are named."""
    told = (
        Fault(
            heading=language.gettext(HEADINGS[group.code]) if group.code in HEADINGS else shown(group.code),
            where=shown(group.column or group.field or ""),
            number=language.number(group.count),
            examples=_examples(group, show_values, language),
            advice=language.gettext(ROW_CODES[group.code]) if group.code in ROW_CODES else "",
        )
        for group in groups
    )
    return tuple(dict.fromkeys(told))  # a column that fills two fields has each of its faults twice


def _examples(group: IssueGroup, show_values: bool, language: Language) -> tuple[str, ...]:
    first = group.examples[:2]
    if show_values:
        return tuple(shown(language.say(message), 400) for _, _, message in first)
    return (language.gettext("For example line %(lines)s.", lines=language.listed([str(line) for line, _, _ in first])),)


def notes(run: Run, report: Report, language: Language) -> tuple[str, ...]:
    """Given a run; returns sentences that are good to know and ask for nothing."""
    told = []
    _ = language.gettext
    if run.corrects is not None:
        told.append(_("This file brings corrections to run %(run)s.", run=run.corrects))
    if report.drop.by_hand is not None:
        told.append(_("The file was handed in by a person on the machine itself, not taken from the server."))
    if "only" in run.effects:
        told.append(_trial(run.effects["only"], report.show_values, language))
    told += approved(run, language)
    told += still_waiting(run, report, language)
    told += policies(run, report, language) if run.ending in ("imported", "imported_with_rejects") else []
    told += [
        language.ngettext(
            "%(n)s amount in %(field)s could not be read and is in no sum.",
            "%(n)s amounts in %(field)s could not be read and are in no sum.",
            count,
            field=shown(column_words(run, report, field, language)),
        )
        for field, count in run.unreadable.items()
        if count
    ]
    if run.totals and any(group.code in _UNCUT and group.field is None for group in run.groups):
        told.append(_("Damaged rows are in no sum, since it is not certain what stands in which of their columns."))
    if run.left_out:
        told.append(
            language.ngettext(
                "%(n)s line is no row, such as a title or a blank line, and was left out.",
                "%(n)s lines are no rows, such as titles and blank lines, and were left out.",
                run.left_out,
            )
        )
    told += [shown(language.say(note), 400) for note in run.notes]
    if run.attempt > 1 and run.decision is None:
        told.append(
            _(
                "The work on this file was interrupted and taken up again (attempt %(attempt)s). Nothing was imported twice.",
                attempt=run.attempt,
            )
        )
    return tuple(told)


def _trial(keys: list[str], show_values: bool, language: Language) -> str:
    trial = language.ngettext("A trial with %(n)s key only.", "A trial with %(n)s keys only.", len(keys))
    if not show_values:
        return trial
    named = language.listed([shown(key) for key in keys[:MOST_NAMED]])
    return trial + " " + language.gettext("Among them: %(keys)s.", keys=named)
