"""Whether a tenant's server may be asked now, and what its answers mean for when it is asked again."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from nightclerk.core.breaker import REFUSED_REST, Breaker, Refusal, failed, fingerprint, refused
from nightclerk.core.errors import NightclerkError, OperatorError, RefusedError
from nightclerk.core.source import FolderSource
from nightclerk.core.tenant import Tenant
from nightclerk.work.house import House

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rest:
    """seconds: until the server is to be asked, 0 for now. refused: it refused us, and not even a drop may go back to it."""

    seconds: float = 0.0
    refused: bool = False


def rest_of(house: House, tenant: Tenant, by_command: bool = False) -> Rest:
    """Given a tenant; returns its server's rest. by_command: a command asks, which is no restart of the daemon."""
    if isinstance(tenant.source, FolderSource):  # our own folder minds nothing, and is to be seen as soon as it is back
        return Rest()
    breaker = _breaker(house, tenant, by_command)
    if breaker.refusal is not None and house.round_notes.refusal(tenant.tenant) is None:
        breaker = house.breakers[tenant.tenant] = Breaker()  # a command got in meanwhile
    seconds = breaker.rests_for(fingerprint(tenant.source), house.clock.now(), house.clock.monotonic())
    return Rest(seconds, refused=breaker.refusal is not None and seconds > 0)


def left_alone(house: House, tenant: Tenant) -> str:
    """Given a tenant whose server refused us; returns the sentence that says until when it is left alone."""
    refusal = house.breakers[tenant.tenant].refusal
    until = "" if refusal is None else f" before {refusal.asked + REFUSED_REST:%Y-%m-%d %H:%M} UTC"
    return f"The server refused us and is not asked again{until}, unless its settings change or you run {ask_now(tenant)}."


def ask_now(tenant: Tenant) -> str:
    """Given a tenant; returns the command that asks its server at once."""
    return f"nightclerk round {tenant.tenant}"


def answered(house: House, tenant: Tenant) -> None:
    """Given a tenant whose server let us look; all that was held against it is forgotten."""
    if not isinstance(tenant.source, FolderSource) and _breaker(house, tenant).refusal is not None:
        house.round_notes.forgive(tenant.tenant)
    house.breakers[tenant.tenant] = Breaker()


def not_answered(house: House, tenant: Tenant, error: NightclerkError) -> float:
    """Given a tenant and why its server could not be used; returns the seconds until it is asked again."""
    breaker = house.breakers.get(tenant.tenant, Breaker())
    now, monotonic = house.clock.now(), house.clock.monotonic()
    settings = fingerprint(tenant.source)
    after = failed(breaker, isinstance(error, OperatorError), house.luck(), monotonic)
    if isinstance(error, RefusedError):
        after = refused(Refusal(now, settings))
        house.round_notes.refuse(tenant.tenant, Refusal(now, settings))
        log.warning("left_alone", hours=REFUSED_REST.total_seconds() / 3600)
    house.breakers[tenant.tenant] = after
    return after.rests_for(settings, now, monotonic)


def _breaker(house: House, tenant: Tenant, by_command: bool = False) -> Breaker:
    """What an earlier process knew is taken over when the tenant is first met."""
    if tenant.tenant not in house.breakers:
        refusal = house.round_notes.refusal(tenant.tenant)
        house.breakers[tenant.tenant] = Breaker(refusal=refusal, since_start=by_command)
    return house.breakers[tenant.tenant]
