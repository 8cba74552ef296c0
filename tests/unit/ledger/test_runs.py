"""Runs, their issues and their letters go into the ledger in one commit, once, with whatever the sender wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from nightclerk.core.drop import Fate, Look, Sighting
from nightclerk.core.issue import Issue
from nightclerk.core.report import Letter
from nightclerk.core.run import Counts, Run
from nightclerk.core.sentence import Sentence
from nightclerk.ledger.claims import Claim, Claims
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.looks import Looks
from nightclerk.ledger.outbox import Outbox
from nightclerk.ledger.runs import FencedOffError, Runs
from nightclerk.ledger.troubles import Troubles

NOW = datetime(2026, 11, 21, 2, 0, 0, 123456, tzinfo=UTC)
FILE = Sighting("clients.csv", 120, 5, "7")
HOSTILE = "a\0b 'é' 😀 {\"\\\\\": 1}"
SHOWN = HOSTILE.replace("\0", "␀")


def claimed(ledger: Ledger) -> tuple[Claims, Claim]:
    Looks(ledger).keep("acme", {}, [Look(FILE, since=NOW, seen=NOW, appeared=NOW)])
    claims = Claims(ledger, "me", lambda name: False)
    claim = claims.claim("acme", FILE, ["clients"], NOW)
    assert claim is not None
    return claims, claim


def finished(claim: Claim) -> Run:
    slot = claim.slots[0]
    return Run(
        id=slot.id,
        key=slot.key,
        drop=claim.drop.id,
        tenant="acme",
        feed="clients",
        entity="customer",
        file="clients.csv",
        size=120,
        sha256="0" * 64,
        started_at=NOW,
        ended_at=NOW,
        ending="imported_with_rejects",
        counts=Counts(rows=2, created=1, rejected=1),
        attempt=1,
        effects={"kept": {HOSTILE: 3}},
    )


def record(ledger: Ledger, claim: Claim) -> None:
    issue = Issue(3, "not_a_date", Sentence.verbatim(f"The value {HOSTILE} is no date."), "Né", "since", HOSTILE)
    letter = Letter("<run@b>", "report", ("a@b",), "Acme", b"\0whole")
    Runs(ledger).record(claim, [(finished(claim), [issue])], [letter], Fate("processed", "x.csv"), {"hash": '{"name":"é"}'}, NOW)


def test_a_run_is_kept_as_it_was_with_what_the_sender_wrote(ledger: Ledger) -> None:
    _, claim = claimed(ledger)
    record(ledger, claim)
    runs = Runs(ledger)
    assert runs.get(claim.slots[0].id) == finished(claim)
    assert runs.last_import("acme", "clients") == finished(claim)
    kept = runs.issues(claim.slots[0].id)[0]
    assert (kept.line, kept.column, kept.value) == (3, "Né", SHOWN)
    assert str(kept.message) == f"The value {SHOWN} is no date."
    assert [letter.message for letter in Outbox(ledger).due(NOW)] == [b"\0whole"]


def test_recording_again_changes_nothing_and_who_was_taken_over_cannot_record(ledger: Ledger) -> None:
    claims, claim = claimed(ledger)
    record(ledger, claim)
    record(ledger, claim)
    assert len(Runs(ledger).history()) == 1
    assert len(Outbox(ledger).due(NOW)) == 1
    claims.lay_down(claim)
    again = claims.take_over(claim.drop.id, NOW)
    assert again is not None
    assert (again.state, again.fate) == ("recorded", Fate("processed", "x.csv"))
    with pytest.raises(FencedOffError):
        record(ledger, claim)


def test_a_trouble_with_other_peoples_words_is_one_trouble(ledger: Ledger) -> None:
    troubles = Troubles(ledger)
    for told in (True, False):
        letter = Letter(f"<{told}@b>", "notice", ("ops@b",), HOSTILE, b"x")
        sentence = HOSTILE + b"\xe9".decode("ascii", "surrogateescape")
        noted = troubles.note("acme", sentence, NOW, lambda since, given=letter: given, at_once=True, patience=NOW)
        assert noted.told == told
    assert troubles.all()["acme"][0] == SHOWN + "?"
    assert Outbox(ledger).listing()[0]["subject"] == SHOWN


def test_a_moment_is_kept_to_the_microsecond(ledger: Ledger) -> None:
    claimed(ledger)
    assert Looks(ledger).of("acme")["clients.csv"] == Look(FILE, since=NOW, seen=NOW, appeared=NOW, drop=1)
    assert replace(Looks(ledger).of("acme")["clients.csv"], drop=None).seen.tzinfo == UTC
