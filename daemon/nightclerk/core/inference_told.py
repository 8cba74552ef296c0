"""Why a column cannot be read by itself: both readings, on cells of the file, and the line that says which one is meant."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from nightclerk.core.errors import SenderError
from nightclerk.core.inference_evidence import Apart, Differing
from nightclerk.core.inference_field import FieldInference
from nightclerk.core.naming import shown
from nightclerk.core.rule_line import line_with
from nightclerk.core.sentence import N_, Sentence, Value

_CODES = {"dates": "ambiguous_dates", "decimal": "ambiguous_numbers"}
_MONTHS = (
    N_("%(day)s January %(year)s"),
    N_("%(day)s February %(year)s"),
    N_("%(day)s March %(year)s"),
    N_("%(day)s April %(year)s"),
    N_("%(day)s May %(year)s"),
    N_("%(day)s June %(year)s"),
    N_("%(day)s July %(year)s"),
    N_("%(day)s August %(year)s"),
    N_("%(day)s September %(year)s"),
    N_("%(day)s October %(year)s"),
    N_("%(day)s November %(year)s"),
    N_("%(day)s December %(year)s"),
)


def about_differing(field: FieldInference, found: Differing) -> SenderError:
    """Given a column and a cell of it that two readings of the column read differently; returns the refusal."""
    reading, other = (_value(field, value) for value in found.values)
    told = Sentence(
        '"%(value)s" in line %(line)s, column "%(header)s", is %(reading)s or %(other_reading)s, and no cell of the column tells'
        " which.%(setting)s",
        value=shown(found.at.value),
        line=str(found.at.line),
        header=shown(field.header),
        reading=reading,
        other_reading=other,
        setting=f" The mapping says it: {_lines(field, found.candidates)}.",
    )
    return SenderError(_CODES[field.key], told, found.at.line)


def about_apart(field: FieldInference, found: Apart) -> SenderError:
    """Given a column and two cells of it that no single reading reads; returns the refusal."""
    first, other = found.at
    told = Sentence(
        '"%(value)s" in line %(line)s and "%(key)s" in line %(other_line)s, column "%(header)s", are not written in one way, so'
        " that it is uncertain what they mean.%(setting)s",
        value=shown(first.value),
        line=str(first.line),
        key=shown(other.value),
        other_line=str(other.line),
        header=shown(field.header),
        setting=f" To reject the rows written otherwise, the mapping says one way: {_lines(field, found.candidates)}.",
    )
    return SenderError(_CODES[field.key], told, other.line)


def _lines(field: FieldInference, candidates: tuple[int, int]) -> str:
    first, other = (line_with(field.name, field.rule, field.changes_of(at)) for at in candidates)
    return f"`{first}` or `{other}`"


def _value(field: FieldInference, value: str) -> Value:
    if field.key == "dates":
        return day_in_words(date.fromisoformat(value))
    number = Decimal(value).normalize()
    return f"{number:f}"


def day_in_words(day: date) -> Sentence:
    """Given a day; returns it as people write it, with the name of the month."""
    return Sentence(_MONTHS[day.month - 1], day=str(day.day), year=f"{day.year:04}")
