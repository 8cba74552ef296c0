"""A claim is one conditional write: taken once, taken over only from the dead, given back in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from nightclerk.core.drop import Look, Sighting
from nightclerk.core.errors import WeatherError
from nightclerk.ledger.claims import Claims
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.looks import Looks
from nightclerk.ledger.tables import drops

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
FILE = Sighting("clients.csv", 120, 5, "7")


def seen(ledger: Ledger, sighting: Sighting = FILE) -> None:
    Looks(ledger).keep("acme", {}, [Look(sighting, since=NOW, seen=NOW, appeared=NOW)])


def claims(ledger: Ledger, holder: str = "me", living: frozenset[str] = frozenset()) -> Claims:
    return Claims(ledger, holder, lambda name: name in living)


def test_a_sighting_is_claimed_once(ledger: Ledger) -> None:
    seen(ledger)
    first = claims(ledger).claim("acme", FILE, ["clients"], NOW)
    second = claims(ledger, "other").claim("acme", FILE, ["clients"], NOW)
    assert first is not None
    assert first.drop.attempt == 1
    assert [slot.feed for slot in first.slots] == ["clients"]
    assert second is None


def test_a_version_that_is_gone_meanwhile_is_not_claimed(ledger: Ledger) -> None:
    seen(ledger)
    assert claims(ledger).claim("acme", Sighting("clients.csv", 121, 5, "7"), ["clients"], NOW) is None
    assert claims(ledger).unfinished() == ()


def test_only_what_a_dead_process_holds_is_taken_over(ledger: Ledger) -> None:
    seen(ledger)
    held = claims(ledger, "gone").claim("acme", FILE, ["clients"], NOW)
    assert held is not None
    assert claims(ledger, "me", frozenset({"gone"})).unfinished() == ()
    assert claims(ledger, "me", frozenset({"gone"})).take_over(held.drop.id, NOW) is None
    mine = claims(ledger, "me").take_over(held.drop.id, NOW)
    assert mine is not None
    assert (mine.drop.attempt, mine.tries, mine.slots) == (2, 2, held.slots)


def test_bad_weather_gives_the_try_back_and_a_fault_of_ours_does_not(ledger: Ledger) -> None:
    seen(ledger)
    mine = claims(ledger)
    claim = mine.claim("acme", FILE, ["clients"], NOW)
    for expected in (1, 1):
        assert claim is not None
        assert claim.tries == expected
        mine.rest(claim, NOW + timedelta(minutes=1), orderly=True)
        assert mine.take_over(claim.drop.id, NOW) is None, "it rests"
        claim = mine.take_over(claim.drop.id, NOW + timedelta(minutes=2))
    assert claim is not None
    mine.rest(claim, NOW, orderly=False)
    again = mine.take_over(claim.drop.id, NOW, hurry=True)
    assert again is not None
    assert again.tries == 2
    assert again.drop.attempt == 4


class Flapping:
    """A ledger whose server goes away: before it writes, or after it has written and before it says so."""

    def __init__(self, inner: Ledger) -> None:
        self.inner = inner
        self.away = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        if self.away == "before":
            raise WeatherError("The server is away.")
        with self.inner.writing() as connection:
            yield connection
        if self.away == "after":
            raise WeatherError("The server went away.")


@pytest.mark.parametrize("away", ["before", "after"])
def test_bad_weather_gives_the_try_back_also_when_that_cannot_be_written_down(ledger: Ledger, away: str) -> None:
    """The server that holds both the ledger and the tables restarts under a walk again and again; the file is not to blame."""
    seen(ledger)
    flapping = Flapping(ledger)
    mine = claims(flapping)  # type: ignore[arg-type]  # it has the shape of what it wraps
    claim = mine.claim("acme", FILE, ["clients"], NOW)
    for _ in range(3):
        assert claim is not None
        assert claim.tries == 1
        flapping.away = away
        with pytest.raises(WeatherError):
            mine.rest(claim, NOW, orderly=True)
        mine.lay_down(claim)
        flapping.away = ""
        claim = mine.take_over(claim.drop.id, NOW)
    assert claim is not None
    assert claim.drop.attempt == 4
    killed = claims(ledger, "the next process").take_over(claim.drop.id, NOW)
    assert killed is not None
    assert killed.tries == 2


def test_a_closed_drop_whose_file_was_moved_makes_room_for_the_next_of_its_name(ledger: Ledger) -> None:
    seen(ledger)
    mine = claims(ledger)
    claim = mine.claim("acme", FILE, ["clients"], NOW)
    assert claim is not None
    assert mine.busy_feeds("acme") == {"clients"}
    mine.close(claim, "moved", NOW)
    assert Looks(ledger).of("acme") == {}
    assert mine.busy_feeds("acme") == frozenset()
    seen(ledger)
    assert mine.claim("acme", FILE, ["clients"], NOW) is not None


def test_a_file_left_in_place_is_remembered_as_taken(ledger: Ledger) -> None:
    seen(ledger)
    mine = claims(ledger)
    claim = mine.claim("acme", FILE, [None], NOW)
    assert claim is not None
    mine.close(claim, "left", NOW)
    assert Looks(ledger).of("acme")["clients.csv"].drop == claim.drop.id
    assert mine.claim("acme", FILE, ["clients"], NOW) is None


def test_names_of_any_bytes_are_kept(ledger: Ledger) -> None:
    name = b"caf\xe9 \n.csv".decode("utf-8", "surrogateescape")
    sighting = Sighting(name, 1, 2)
    seen(ledger, sighting)
    assert Looks(ledger).of("acme")[name].sighting == sighting


def test_a_look_does_not_undo_a_claim_made_meanwhile(ledger: Ledger) -> None:
    seen(ledger)
    looks = Looks(ledger)
    before = looks.of("acme")
    claim = claims(ledger).claim("acme", FILE, ["clients"], NOW)
    assert claim is not None
    looks.keep("acme", before, [Look(FILE, since=NOW, seen=NOW + timedelta(seconds=5), appeared=NOW)])
    assert looks.of("acme")["clients.csv"].drop == claim.drop.id
    looks.keep("acme", before, [])
    assert looks.of("acme")["clients.csv"].drop == claim.drop.id


def test_what_was_laid_down_without_a_word_is_taken_up_again_by_the_same_process(ledger: Ledger) -> None:
    """A walk that could not even write that it rests (a full disk, a locked ledger) must not block its file until a restart."""
    seen(ledger)
    mine = claims(ledger)
    claim = mine.claim("acme", FILE, ["clients"], NOW)
    assert claim is not None
    assert mine.unfinished() == (), "it is in hand"
    assert mine.take_over(claim.drop.id, NOW) is None
    mine.lay_down(claim)
    assert mine.unfinished() == (claim.drop.id,)
    again = mine.take_over(claim.drop.id, NOW)
    assert again is not None
    assert again.drop.attempt == 2
    assert mine.unfinished() == ()


def test_a_rest_ends_although_the_clock_went_back(ledger: Ledger) -> None:
    seen(ledger)
    mine = claims(ledger)
    claim = mine.claim("acme", FILE, ["clients"], NOW)
    assert claim is not None
    mine.rest(claim, NOW + timedelta(minutes=30), orderly=True)
    assert mine.take_over(claim.drop.id, NOW) is None
    assert mine.resting("acme") == NOW + timedelta(minutes=30)
    assert mine.take_over(claim.drop.id, NOW - timedelta(days=1)) is not None


def test_what_is_recorded_is_never_forgotten(ledger: Ledger) -> None:
    seen(ledger)
    mine = claims(ledger)
    claim = mine.claim("acme", FILE, ["clients"], NOW)
    assert claim is not None
    with ledger.writing() as connection:
        connection.execute(drops.update().values(state="recorded"))
    assert not mine.put_back(claim)
    assert mine.begun() == {claim.drop.id}


def test_the_done_file_of_a_drop_is_remembered(ledger: Ledger) -> None:
    done, other = Sighting("clients.ok", 0, 6, "8"), Sighting("clients.txt", 3, 5, "9")
    for sighting in (FILE, done, other):
        seen(ledger, sighting)
    mine = claims(ledger)
    claim = mine.claim("acme", FILE, ["clients"], NOW, announced_by=done)
    assert claim is not None
    assert Looks(ledger).used_by(claim.drop) == (done,)
    assert Looks(ledger).untaken("acme", "clients") == (other,)
    mine.close(claim, "moved", NOW)
    assert set(Looks(ledger).of("acme")) == {"clients.ok", "clients.txt"}
