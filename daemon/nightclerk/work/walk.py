"""A claimed drop is walked to its end, or laid to rest in order when it cannot go on now."""

from __future__ import annotations

import random

import structlog

from nightclerk.core.errors import NightclerkError, OperatorError
from nightclerk.core.naming import shown
from nightclerk.core.retry import backoff
from nightclerk.core.run import Run
from nightclerk.ledger.claims import Claim
from nightclerk.ledger.runs import FencedOffError
from nightclerk.work.house import House
from nightclerk.work.process import process

log = structlog.get_logger(__name__)


def walk(house: House, claim: Claim) -> tuple[Run, ...]:
    """Given a claim; processes it and returns its runs, none when the file was put back.

    Lets the claim rest when the walk cannot go on now, and raises what stopped it.
    """
    with structlog.contextvars.bound_contextvars(drop=claim.drop.id, file=shown(claim.drop.sighting.name)):
        try:
            return process(house, claim)
        except FencedOffError:
            log.warning("fenced_off")
            return ()
        except NightclerkError as error:
            if claim.drop.by_hand is not None and isinstance(error, OperatorError):
                house.claims.put_back(claim)  # the person who handed the file in reads the sentence
                raise
            _rest(house, claim, str(error), orderly=True)
            raise
        except Exception as error:
            # A fault of ours: the try stays counted, so that a file that always meets it is put aside in the end.
            _rest(house, claim, repr(error), orderly=False)
            raise


def _rest(house: House, claim: Claim, reason: str, orderly: bool) -> None:
    wait = backoff(claim.drop.attempt, random.random())  # noqa: S311 - spreads retries, guards nothing
    house.claims.rest(claim, house.clock.now() + wait, orderly)
    log.warning("rests", reason=reason, seconds=round(wait.total_seconds()))
