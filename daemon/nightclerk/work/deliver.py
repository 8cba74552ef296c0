"""Step 12: the outbox is emptied into the channel, on its own clock."""

from __future__ import annotations

import random
from dataclasses import dataclass

import structlog

from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError
from nightclerk.core.report import Refusal
from nightclerk.core.retry import backoff
from nightclerk.ledger.outbox import Waiting
from nightclerk.ports import Channel
from nightclerk.work.house import House
from nightclerk.work.reports import notice

log = structlog.get_logger(__name__)


#: So many letters that meet nothing but weather, one after the other, and the rest of them need not be tried now.
WEATHER_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one delivery did: recipients accepted and refused, letters postponed. next_in: seconds until the next is due.

    trouble: why letters were postponed, as a sentence. for_ops: it is one that only ops can mend, such as a refused login.
    """

    accepted: int = 0
    refused: int = 0
    postponed: int = 0
    next_in: float | None = None
    trouble: str | None = None
    for_ops: bool = False


def deliver_waiting(house: House) -> Delivered:
    """Hands every letter that is due to the mail server. One postman at a time; a second one goes home at once.

    A letter counts as accepted when the server said so and that is written down; after a crash between the two it is
    handed in again under the same Message-ID.
    """
    house = house.present()
    if house.channel is None:
        return Delivered()
    if not house.postman.try_take():
        return Delivered(next_in=_next_in(house))
    try:
        trip = _Trip(house, house.channel)
        while trip.goes_on and (letters := house.outbox.due(house.clock.now())):
            for letter in letters:
                if house.stop.is_set():
                    trip.goes_on = False
                if trip.goes_on:
                    trip.hand_in(letter)
    finally:
        house.postman.let_go()
    return Delivered(trip.accepted, trip.refused, trip.postponed, _next_in(house), trip.trouble, trip.for_ops)


@dataclass(slots=True)
class _Trip:
    """One way to the mail server: what came of it so far. in_a_row: letters that met nothing but weather, without a break."""

    house: House
    channel: Channel
    accepted: int = 0
    refused: int = 0
    postponed: int = 0
    trouble: str | None = None
    for_ops: bool = False
    in_a_row: int = 0
    goes_on: bool = True

    def hand_in(self, letter: Waiting) -> None:
        self.house.outbox.begin(letter)
        try:
            outcome = self.channel.post(letter.message, letter.recipients)
        except (WeatherError, OperatorError) as error:
            self._turn_back(letter, error)
            return
        except Exception as error:  # a fault of ours with this letter: recorded here, and it must not stop the others
            log.exception("posting_failed", letter=letter.id)
            self.postponed += 1
            _postpone(self.house, letter, letter.recipients, f"A fault in Nightclerk: {type(error).__name__}. See the log.")
            return
        self.in_a_row = 0
        self.accepted += len(letter.recipients) - len(outcome)
        self.refused += sum(refusal.permanent for refusal in outcome.values())
        _settle(self.house, letter, outcome)

    def _turn_back(self, letter: Waiting, error: NightclerkError) -> None:
        """Postpones the letter; and all others as well once it is clear that the server takes none, rather than wait for each."""
        self.trouble = str(error)
        self.for_ops = self.for_ops or isinstance(error, OperatorError)
        self.postponed += 1
        self.in_a_row += 1
        _postpone(self.house, letter, letter.recipients, self.trouble)
        if isinstance(error, OperatorError) or self.in_a_row >= WEATHER_ENOUGH:
            now = self.house.clock.now()
            self.postponed += self.house.outbox.postpone_all(now, now + backoff(1, random.random()), self.trouble)  # noqa: S311 - spreads retries
            self.goes_on = False


def _settle(house: House, letter: Waiting, outcome: dict[str, Refusal]) -> None:
    now = house.clock.now()
    settled: dict[str, tuple[str, str | None]] = {
        address: ("refused", outcome[address].words) if address in outcome else ("accepted", None)
        for address in letter.recipients
        if address not in outcome or outcome[address].permanent
    }
    house.outbox.settle(letter.id, settled, now)
    later = tuple(address for address in letter.recipients if address not in settled)
    if later:
        _postpone(house, letter, later, outcome[later[0]].words)
    log.info("posted", letter=letter.id, accepted=len(letter.recipients) - len(outcome), refused=len(outcome))
    refused = sorted(address for address, refusal in outcome.items() if refusal.permanent)
    if refused and letter.kind == "report":
        _tell_refused(house, letter, refused, outcome)


def _postpone(house: House, letter: Waiting, addresses: tuple[str, ...], words: str) -> None:
    wait = backoff(letter.attempts + 1, random.random())  # noqa: S311 - spreads retries, guards nothing
    house.outbox.postpone(letter.id, addresses, house.clock.now() + wait, words)
    log.warning("letter_postponed", letter=letter.id, seconds=round(wait.total_seconds()), reason=words)


def _tell_refused(house: House, letter: Waiting, refused: list[str], outcome: dict[str, Refusal]) -> None:
    """Ops are told that a reader cannot be written to; the letter itself is not sent to them, it is the tenant's."""
    told = "; ".join(f"{address} ({outcome[address].words})" for address in refused)
    sentence = f"The mail server refused {told} for the report «{letter.subject}». Correct report.to of tenant {letter.tenant}."
    note = notice(house, letter.tenant or "", letter.message_id, sentence)
    if note is not None:
        house.outbox.add(note, letter.tenant, house.clock.now())


def _next_in(house: House) -> float | None:
    due = house.outbox.next_at()
    return None if due is None else max(0.0, (due - house.clock.now()).total_seconds())
