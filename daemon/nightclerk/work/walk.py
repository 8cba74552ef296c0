"""A claimed drop is walked to its end, or laid to rest in order when it cannot go on now."""

from __future__ import annotations

import structlog

from nightclerk.core.errors import FaultError, NightclerkError, OperatorError, WeatherError
from nightclerk.core.naming import shown
from nightclerk.core.retry import backoff
from nightclerk.core.run import Run
from nightclerk.filing.durable import explained
from nightclerk.ledger.claims import Claim
from nightclerk.ledger.runs import FencedOffError
from nightclerk.work.house import House
from nightclerk.work.process import booked, process
from nightclerk.work.where_begun import house_for

log = structlog.get_logger(__name__)


def walk(house: House, claim: Claim) -> tuple[Run, ...]:
    """Given a claim; processes it and returns its runs, none when the file was put back.

    Lets the claim rest when the walk cannot go on now, and raises what stopped it: WeatherError, OperatorError, or FaultError for
    a fault of ours. Ends with the claim laid down, whatever happens.
    """
    with structlog.contextvars.bound_contextvars(drop=claim.drop.id, file=shown(claim.drop.sighting.name)):
        try:
            keys = [slot.key for slot in claim.slots if slot.feed is not None]
            house = house_for(house, claim.drop.tenant, claim.drop.id, keys, first=claim.drop.attempt == 1)
            return process(house, claim)
        except FencedOffError:
            log.warning("fenced_off")
            return ()
        except NightclerkError as error:
            if isinstance(error, OperatorError) and _given_back(house, claim):
                raise
            # Rows that the database always turns down are left in the end; a file is only ever refused for its own faults.
            _rest(house, claim, str(error), orderly=claim.drop.retries is None or isinstance(error, WeatherError))
            raise
        except OSError as error:  # sources and readers explain their own: this is our disk
            trouble = explained(error, house.configuration.daemon.state)
            _rest(house, claim, str(trouble), orderly=True)
            raise trouble from error
        except Exception as error:
            # A fault of ours: the try stays counted, so that a file that always meets it is put aside in the end.
            log.exception("fault", file=shown(claim.drop.sighting.name))
            _rest(house, claim, repr(error), orderly=False)
            raise FaultError(
                f"A fault in Nightclerk ({type(error).__name__}) stopped the work on {shown(claim.drop.sighting.name)}. It will "
                "be tried again a few times and then be put aside; other files go on. The log tells more, as in journalctl."
            ) from error
        finally:
            house.claims.lay_down(claim)


def _given_back(house: House, claim: Claim) -> bool:
    """Forgets a file handed in by a person, of which nothing is booked; they read the sentence and hand it in again."""
    if claim.drop.by_hand is None or claim.state != "open":
        return False
    try:
        if house.runs.of_drop(claim.drop.id) or booked(house, claim):
            return False
        if not house.claims.put_back(claim):
            return False
    except NightclerkError as error:
        log.warning("not_given_back", reason=str(error))
        return False
    house.spool.forget(claim.drop)
    return True


def _rest(house: House, claim: Claim, reason: str, orderly: bool) -> None:
    wait = backoff(claim.drop.attempt, house.luck())
    try:
        house.claims.rest(claim, house.clock.now() + wait, orderly)
    except WeatherError as error:  # the next round finds it laid down, and takes it up
        log.warning("rest_not_noted", reason=str(error))
    log.warning("rests", reason=reason, seconds=round(wait.total_seconds()))
