"""A key of OpenPGP, as far as people need to know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OpenPgpKey:
    """One of a tenant's keys. own: whether it opens files; else it may have signed them. user: the name in it. expires: when it
    stops being good, or None."""

    fingerprint: str
    user: str
    own: bool
    expires: datetime | None
    revoked: bool

    def is_over(self, now: datetime) -> bool:
        """Given the moment; returns whether it has expired."""
        return self.expires is not None and self.expires <= now
