from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nightclerk.core.booking import BookingPlan, Forbidden, ParkedRow, plan_booking
from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.parked import (
    KeptRow,
    ParkedGroup,
    as_block,
    given_up,
    money_of,
    plan_for_parked,
    still_waiting,
    still_waits,
)
from nightclerk.core.reading import Cell
from nightclerk.core.resolving import resolved

SINCE = datetime(2026, 11, 20, 2, 3, tzinfo=UTC)
CUSTOMER = Entity.model_validate(
    {"entity": "customer", "table": "customers", "key": ["code"], "fields": {"code": {"type": "text"}}}
)
FEED = Feed.model_validate(
    {"feed": "f", "files": "*", "entity": "invoice", "mapping": {"number": "N", "amount": "A", "currency": "C", "fee": "F"}}
)
INVOICE = resolved(
    Entity.model_validate(
        {
            "entity": "invoice",
            "table": "invoices",
            "key": ["number"],
            "fields": {
                "number": {"type": "text"},
                "customer": {"type": "reference", "to": "customer"},
                "amount": {"type": "money", "currency": "currency"},
                "fee": {"type": "money", "currency": "CHF"},
                "currency": {"type": "currency", "default": "EUR"},
                "issued": {"type": "date"},
                "open": {"type": "boolean"},
                "days": {"type": "integer"},
                "kind": {"type": "text", "required": True},
                "status": {"type": "text", "default": "open"},
            },
        }
    ),
    {"customer": CUSTOMER},
)


def plan(*names: str) -> BookingPlan:
    mapping = {name: {"from": name} for name in names}
    feed = {"feed": "invoices", "files": "i*.csv", "entity": "invoice", "mapping": mapping}
    return plan_booking("acme", Feed.model_validate(feed), INVOICE)


def row(line: int = 2, missing: dict[str, Cell] | None = None, **fields: Cell) -> KeptRow:
    return KeptRow(line, {"number": fields["number"]}, ParkedRow(line, fields, (), missing or {}))


def test_parked_rows_are_booked_by_their_own_fields() -> None:
    today = plan("number", "customer", "amount", "kind", "status")
    made = plan_for_parked(today, INVOICE, [row(number="F1", customer="C1")])
    assert made is not None
    assert [field.name for field in made.fields] == ["number", "customer"]
    assert [one.field for one in made.references] == ["customer"]
    assert "kind" in made.missing_for_new
    assert ("status", "text", "open") in made.absent_defaults
    assert made.absence is None
    assert as_block(made, [row(number="F1", customer="C1"), row(3, number="F2", customer=None)]).columns == [
        ["F1", "F2"],
        ["C1", None],
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"number": "F1", "amount": "1.0000"},  # not read any more
        {"number": "F1", "days": "12"},  # was a text
        {"number": "F1", "days": True},
        {"number": "F1", "open": 1},
        {"number": "F1", "issued": "20.11.2026"},
        {"number": 7},
    ],
)
def test_rows_that_todays_configuration_does_not_fit_stay(fields: dict[str, Any]) -> None:
    assert plan_for_parked(plan("number", "days", "open", "issued"), INVOICE, [row(**fields)]) is None


def test_rows_of_another_key_stay() -> None:
    other = KeptRow(1, {"code": "F1"}, ParkedRow(2, {"number": "F1"}, (), {}))
    assert plan_for_parked(plan("number"), INVOICE, [other]) is None


def test_amounts_are_told_with_their_currencies() -> None:
    assert money_of(FEED, INVOICE, {"number": "F1", "amount": "1.0000", "fee": "2.0000", "currency": "USD"}) == {
        "amount": ("USD", "1.0000"),
        "fee": ("CHF", "2.0000"),
    }
    silent: dict[str, Cell] = {"amount": "1.0000", "currency": None, "fee": None}
    assert money_of(FEED, INVOICE, silent) == {"amount": ("", "1.0000")}
    default = FEED.model_copy(update={"blank": "default"})
    assert money_of(default, INVOICE, silent) == {"amount": ("EUR", "1.0000")}


def test_a_row_waits_where_nothing_else_is_wrong_with_it() -> None:
    waits, fault = Forbidden(2, "unknown_reference", "customer", "C1", parks=True), Forbidden(3, "unknown_key")
    other = Forbidden(3, "unknown_reference", "customer", "C1", parks=True)
    assert still_waiting([waits, fault, other]) == {2: [waits]}


def test_days_run_out_to_the_second() -> None:
    assert not given_up(SINCE, timedelta(days=30), SINCE + timedelta(days=30) - timedelta(seconds=1))
    assert given_up(SINCE, timedelta(days=30), SINCE + timedelta(days=30))


def test_what_waits_is_summed_up_by_field_with_its_first_values() -> None:
    groups = [
        ParkedGroup("acme", "invoices", "invoice", "run", (("customer", f"C{number}"),), 2, SINCE + timedelta(hours=number))
        for number in range(12)
    ]
    found = still_waits(groups, plan("number", "customer"), {"customer"})
    assert found is not None
    assert (found.rows, found.since) == (24, SINCE)
    (one,) = found.awaits
    assert (one.field, one.entity, one.rows, one.values, one.fed) == ("customer", "customer", 24, 12, True)
    assert one.examples == tuple(f"C{number}" for number in range(10))
    assert still_waits([], plan("number"), ()) is None
