"""The twin of a mail server: keeps what it is handed, and misbehaves on request."""

from __future__ import annotations

from dataclasses import dataclass, field

from nightclerk.core.errors import NightclerkError
from nightclerk.core.report import Refusal


@dataclass(frozen=True, slots=True)
class Posted:
    """One letter as it was accepted: its bytes and those it was accepted for."""

    message: bytes
    recipients: tuple[str, ...]


@dataclass(slots=True)
class Memory:
    """A ``Channel`` without a network.

    posted: what was accepted, oldest first. refuse: recipients it does not take, with the answer. failure: raised by every
    call while it is set, as a server that is away or a login that is refused would make it.
    """

    posted: list[Posted] = field(default_factory=list)
    refuse: dict[str, Refusal] = field(default_factory=dict)
    failure: NightclerkError | None = None

    def post(self, message: bytes, recipients: tuple[str, ...]) -> dict[str, Refusal]:
        """See ``ports.Channel``."""
        if self.failure is not None:
            raise self.failure
        refused = {address: self.refuse[address] for address in recipients if address in self.refuse}
        accepted = tuple(address for address in dict.fromkeys(recipients) if address not in refused)
        if accepted:
            self.posted.append(Posted(bytes(message), accepted))
        return refused
