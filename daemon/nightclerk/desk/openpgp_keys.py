"""How a tenant's OpenPGP keys stand: whether they can be used, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

from nightclerk.core.naming import shown
from nightclerk.core.openpgp import Encryption
from nightclerk.core.openpgp_key import OpenPgpKey
from nightclerk.core.tenant import Tenant
from nightclerk.desk.drop_folders import file_of
from nightclerk.desk.finding import Finding, question
from nightclerk.desk.parallel import Question

#: How long before a key expires it is told of.
_SOON = timedelta(days=30)


class Examiner(Protocol):
    """Looks at keys."""

    def examine(self, by: Encryption, seconds: float) -> tuple[OpenPgpKey, ...]:
        """Given a tenant's settings and the seconds it may take; returns its keys, once each of its own that has not expired has
        opened a message. Raises OperatorError when one cannot be used, WeatherError."""
        ...


def openpgp_keys(tenant: Tenant, keys: Examiner, patience: float) -> Question[list[Finding]]:
    """Given a tenant, what looks at keys, and the seconds it may take; returns the question how its keys stand."""
    settings = tenant.openpgp

    def ask(system: str) -> list[Finding]:
        found = keys.examine(settings, patience) if settings is not None else ()
        return list(_standing(tenant, found, system, datetime.now(UTC)))

    return question("openpgp", ask, patience, ("openpgp", "key"), file_of(tenant.tenant))


def _standing(tenant: Tenant, keys: tuple[OpenPgpKey, ...], system: str, now: datetime) -> Iterator[Finding]:
    file = file_of(tenant.tenant)
    for key in keys:
        use, path = ("opens files", ("openpgp", "key")) if key.own else ("signs files", ("openpgp", "signed_by"))
        named = f"The key {key.fingerprint} ({shown(key.user)})"
        if key.revoked:
            yield Finding("wrong", system, f"{named} was revoked; put its successor there.", file, path)
        elif key.is_over(now) and key.own:
            told = f"{named} has expired: senders can encrypt no more files for it. Give it more time, or make another one."
            yield Finding("doubtful", system, told, file, path)
        elif key.is_over(now):
            told = f"{named} has expired: what it signs is refused. Get its successor, or its new date, from the sender."
            yield Finding("wrong", system, told, file, path)
        elif key.is_over(now + _SOON):
            yield Finding("doubtful", system, f"{named}, which {use}, expires on {key.expires:%Y-%m-%d}.", file, path)
        else:
            yield Finding("fine", system, f"{tenant.tenant}: the key {key.fingerprint} ({shown(key.user)}) {use}", file)
