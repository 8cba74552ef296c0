"""Conditions as people write them: what they mean, and at which character a mistake is told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.targets import CUSTOMER

from nightclerk.core.condition import Condition, holds
from nightclerk.core.condition_text import ConditionError, read_condition
from nightclerk.core.entity import Entity
from nightclerk.core.reading import Cell

INVOICE = Entity.model_validate(
    {
        "entity": "invoice",
        "table": "invoices",
        "key": ["number"],
        "fields": {
            "number": {"type": "text"},
            "currency": {"type": "currency"},
            "country": {"type": "country"},
            "amount": {"type": "money", "max": 100},
            "paid": {"type": "boolean"},
            "days": {"type": "integer"},
            "due": {"type": "date"},
            "seen": {"type": "datetime"},
            "email": {"type": "email"},
        },
    }
)
ROW: dict[str, Cell] = {
    "number": "O'Neil (1)", "currency": "EUR", "country": "FR", "amount": "12.5000", "paid": False, "days": 30,
    "due": "2026-11-21", "seen": "2026-11-21 10:00:00", "email": None,
}  # fmt: skip


@pytest.mark.parametrize(
    "text, found",
    [
        ("amount>12 and country=FR", True),
        ("amount > 12.5 or country = BE", False),
        ("amount<>12.50", False),
        ("amount != 13", True),
        ("amount <= 1000", True),
        ("country in (be, fr)", True),
        ("country not in (BE, 'FR')", False),
        ("not country = BE and not paid = true", True),
        ("not (country = FR and paid = no)", False),
        ("country = BE or country = FR and amount > 100", False),
        ("(country = BE or country = FR) and amount > 10", True),
        ("email is empty AND days IS NOT EMPTY", True),
        ("email = a@b.example", False),
        ("email != a@b.example", True),
        ("number = 'O''Neil (1)'", True),
        ('number = "O\'Neil (1)"', True),
        ("number contains NEIL", True),
        ('number starts with "o\'"', True),
        ("number starts with neil", False),
        ("due >= 2026-11-21 and due < 2026-11-22", True),
        ("seen > '2026-11-21 09:59:59'", True),
        ("seen < 2026-11-21T10:00:01", True),
        ("days = 30", True),
        ("  days=30  ", True),
    ],
)
def test_what_a_condition_means(text: str, found: bool) -> None:
    assert holds(read_condition(text, INVOICE), ROW) is found


@pytest.mark.parametrize(
    "text, at, told",
    [
        ("amuont > 0", 1, 'no field "amuont" in entity invoice; did you mean "amount"?'),
        ("amount > 0 and countri = FR", 16, 'no field "countri" in entity invoice; did you mean "country"?'),
        ("amount > many", 10, "amount is money: 'many' is not a number; write it with a point, as in 12.50"),
        ("amount > 0,5", 11, '"," is not expected here'),
        ("amount > 0.00001", 10, "amount is money: 0.00001 has more than 4 decimals"),
        ("country = France", 11, "country is country: 'France' is not a country code"),
        ("due > 21/11/2026", 7, "due is date: '21/11/2026' is not a date; write it as in 2026-11-21"),
        ("paid > true", 6, "paid is boolean, of which none is greater or smaller; use =, != or in"),
        ("days contains 3", 6, "days is integer; contains is for texts"),
        ("number = Acme SARL", 15, '"SARL" is not expected here; write and or or before it, or put a value of several words in'),
        ("(amount > 0", 12, '")" is expected here'),
        ("amount > 0)", 11, '")" is not expected here'),
        ("number = 'Acme", 10, "this quote is not closed"),
        ("", 1, "a field is expected here"),
        ("amount", 7, "after amount one of"),
        ("amount >", 9, "a value is expected here"),
        ("country in FR", 12, '"(" is expected here, not "FR"'),
        ("number is full", 11, '"empty" is expected here, not "full"'),
        ("number = ''", 10, "nothing equals a blank; write number is empty"),
        ("amount > 0 and", 15, "a field is expected here"),
        ("amount > 0; drop table invoices", 10, "amount is money: '0;' is not a number"),
        ("(" * 41 + "amount > 0", 41, "more than 40 levels"),
        ("amount > 0 " * 400, 4001, "a condition has at most 4000"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(text: str, at: int, told: str) -> None:
    with pytest.raises(ConditionError) as caught:
        read_condition(text, INVOICE)
    assert (caught.value.at, str(caught.value)[: len(told)]) == (at, told)


@settings(max_examples=300, deadline=None, database=None)
@given(st.text(alphabet="abno ()=<>!,\"'.0-9\\;%\n\u00e9", max_size=40) | st.text(max_size=20))
def test_any_text_is_a_condition_or_told(text: str) -> None:
    try:
        found: Condition = read_condition(text, CUSTOMER)
    except ConditionError as error:
        told = (error.at, str(error))
    else:
        told = (1, repr(found))
    assert 1 <= told[0] <= len(text) + 1
    assert told[1]
