"""Values that ops write in YAML (constants, the right-hand sides of ``values``, defaults), in canonical form.

YAML's own notation holds for them, whatever the file's is: ``12.50``, ``2026-11-21``, ``true``. No polars here: the
configuration is checked in a process that has none loaded.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from nightclerk.core.convert.codes import COUNTRIES, CURRENCIES
from nightclerk.core.convert.shapes import EMAIL, LONGEST_EMAIL, URL, WORDS
from nightclerk.core.entity import BOUNDED, TEXTUAL, EntityField
from nightclerk.core.reading import Cell
from nightclerk.core.wording import did_you_mean, listed, quoted

Written = str | int | bool | Decimal | None


def check_constant(field: EntityField, value: Written) -> str | None:
    """Given a field and a value from the configuration; returns what is wrong with it, or None if it fits the field."""
    try:
        canonical(field, value)
    except ValueError as error:
        return str(error)
    return None


def canonical(field: EntityField, value: Written) -> Cell:
    """Given a field and a value from the configuration; returns the cell it means; raises ValueError where it does not fit.

    None and blank text are a blank cell, which a required field does not take.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        if field.required:
            raise ValueError("the field is required, so the value must not be blank")
        return None
    cell = _READERS[field.type](value)
    if field.type in BOUNDED:
        number = Decimal(cell) if isinstance(cell, str | int) else Decimal(0)
        if field.min is not None and number < field.min:
            raise ValueError(f"{value} is less than {field.min}, the least allowed")
        if field.max is not None and number > field.max:
            raise ValueError(f"{value} is greater than {field.max}, the most allowed")
    if field.one_of is not None and cell not in field.one_of:
        raise ValueError(
            f"{quoted(value)} is not one of {listed(field.one_of)}{did_you_mean(str(cell), field.one_of)}".rstrip(".")
        )
    if field.type in TEXTUAL and field.max_length is not None and len(str(cell)) > field.max_length:
        raise ValueError(f"{value!r} is longer than {field.max_length} characters")
    return cell


def _text(value: Written) -> Cell:
    if isinstance(value, bool):
        raise ValueError(f"{str(value).lower()} is no text; put it in quotes")  # noqa: TRY004 - a problem of YAML, not of Python
    text = str(value).strip()
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text):
        raise ValueError(f"{text!r} holds a control character")
    return text


def _integer(value: Written) -> Cell:
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]+", str(value).strip()):
        raise ValueError(f"{value!r} is not a whole number")
    number = int(str(value))
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"{value} is too large to be kept")
    return number


def _number(value: Written) -> Cell:
    if isinstance(value, bool) or not re.fullmatch(
        r"[+-]?[0-9]+(?:\.[0-9]+)?", f"{value:f}" if isinstance(value, Decimal) else str(value).strip()
    ):
        raise ValueError(f"{value!r} is not a number; write it with a point, as in 12.50")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if abs(number) >= 10**14:
        raise ValueError(f"{value} has more than 14 digits before the point")
    rounded = round(number, 4)
    if rounded != number:
        raise ValueError(f"{value} has more than 4 decimals")
    return f"{rounded if rounded else abs(rounded):f}"


def _date(value: Written) -> Cell:
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise ValueError(f"{value!r} is not a date; write it as in 2026-11-21") from None


def _datetime(value: Written) -> Cell:
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(f"{value!r} is not a date and time; write it in UTC, as in 2026-11-21 14:30:00") from None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).strftime("%Y-%m-%d %H:%M:%S")


def _boolean(value: Written) -> Cell:
    found = value if isinstance(value, bool) else WORDS.get(str(value).strip().lower())
    if found is None:
        raise ValueError(f"{value!r} says neither yes nor no; write true or false")
    return found


def _email(value: Written) -> Cell:
    text = str(value).strip()
    if not re.fullmatch(EMAIL, text) or len(text) > LONGEST_EMAIL:
        raise ValueError(f"{value!r} is not an email address")
    return text


def _url(value: Written) -> Cell:
    text = str(value).strip()
    if not re.fullmatch(URL, text):
        raise ValueError(f"{value!r} is not a web address")
    return text


def _currency(value: Written) -> Cell:
    code = str(value).strip().upper()
    if code not in CURRENCIES:
        raise ValueError(f"{value!r} is not a currency code; write three letters, as in EUR")
    return code


def _country(value: Written) -> Cell:
    code = str(value).strip().upper()
    code = COUNTRIES.get(code, code)
    if code not in COUNTRIES.values():
        raise ValueError(f"{value!r} is not a country code; write two letters, as in FR")
    return code


_READERS = {
    "text": _text, "integer": _integer, "decimal": _number, "money": _number, "date": _date, "datetime": _datetime,
    "boolean": _boolean, "email": _email, "url": _url, "currency": _currency, "country": _country,
    "list": _text, "reference": _text,
}  # fmt: skip
