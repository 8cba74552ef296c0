"""How long each step at a source may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds that each step may take at most.

    connect: finding the server's address and reaching it. greeting: until keys are agreed with it. login: until it has let us
    in and opened its file service. reply: each answer. idle: between two pieces of a file. listing: one whole look.
    transfer: one whole file. grace: how much longer ``Patient`` waits, so that the source's own, more exact word comes first.
    """

    connect: float = 10
    greeting: float = 15
    login: float = 15
    reply: float = 30
    idle: float = 30
    listing: float = 120
    transfer: float = 1800
    grace: float = 5

    @property
    def opening(self) -> float:
        """The seconds it may take to make a connection anew, host key found by a second or third try included."""
        return 3 * (self.connect + self.greeting) + self.login

    def of(self, call: str) -> float:
        """Given the name of a call of ``ports.Source``; returns the seconds after which it counts as hung."""
        own = {"look": self.listing, "again": self.reply, "fetch": self.transfer, "release": 12 * self.reply}
        return self.opening + own[call] + self.grace
