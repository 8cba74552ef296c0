"""Letters wait recipient by recipient until each is accepted or refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nightclerk.core.report import Letter
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.outbox import Outbox

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
LETTER = Letter("<a@b>", "report", ("one@example.com", "two@example.com"), "Acme", b"whole message")


@pytest.fixture
def outbox(ledger: Ledger) -> Outbox:
    return Outbox(ledger)


def test_a_letter_is_put_in_once(outbox: Outbox) -> None:
    outbox.add(LETTER, "acme", NOW)
    outbox.add(LETTER, "acme", NOW)
    due = outbox.due(NOW)
    assert [(letter.message_id, letter.recipients, letter.message) for letter in due] == [
        ("<a@b>", ("one@example.com", "two@example.com"), b"whole message")
    ]


def test_one_refused_recipient_does_not_stop_the_other(outbox: Outbox) -> None:
    outbox.add(LETTER, "acme", NOW)
    letter = outbox.due(NOW)[0]
    outbox.begin(letter)
    outbox.settle(letter.id, {"one@example.com": ("refused", "550 no such user")}, NOW)
    outbox.postpone(letter.id, ("two@example.com",), NOW + timedelta(minutes=1), "451 later")
    assert outbox.due(NOW) == ()
    assert outbox.next_at() == NOW + timedelta(minutes=1)
    later = outbox.due(NOW + timedelta(minutes=1))[0]
    assert (later.recipients, later.attempts) == (("two@example.com",), 1)
    outbox.settle(letter.id, {"two@example.com": ("accepted", None)}, NOW)
    assert outbox.next_at() is None
    assert outbox.listing() == ()
    states = {r["address"]: r["state"] for r in outbox.listing(waiting_only=False)[0]["recipients"]}
    assert states == {"one@example.com": "refused", "two@example.com": "accepted"}


def test_hasten_makes_all_due(outbox: Outbox) -> None:
    outbox.add(LETTER, "acme", NOW)
    letter = outbox.due(NOW)[0]
    outbox.postpone(letter.id, letter.recipients, NOW + timedelta(hours=1), "away")
    outbox.hasten(NOW)
    assert len(outbox.due(NOW)) == 1


def test_a_clock_that_went_back_does_not_hold_letters(outbox: Outbox) -> None:
    outbox.add(LETTER, "acme", NOW)
    letter = outbox.due(NOW)[0]
    outbox.postpone(letter.id, letter.recipients, NOW + timedelta(minutes=1), "away")
    assert outbox.due(NOW) == ()
    assert len(outbox.due(NOW - timedelta(days=1))) == 1


def test_few_letters_are_held_in_memory_and_all_can_be_postponed(outbox: Outbox) -> None:
    for number in range(5):
        outbox.add(replace(LETTER, message_id=f"<{number}@b>"), "acme", NOW)
    assert [letter.message_id for letter in outbox.due(NOW, most=2)] == ["<0@b>", "<1@b>"]
    assert outbox.postpone_all(NOW, NOW + timedelta(minutes=1), "away") == 5
    assert outbox.due(NOW) == ()
