"""What an approval of a held file answers for, and what it does not: the tables live on while the file waits."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from nightclerk.core.judging import Refusal
from nightclerk.core.run import HoldReason
from nightclerk.core.sentence import Sentence, joined

#: What booking would do to the tables may have grown by this share since it was approved.
LEEWAY = Decimal("0.1")
#: The figure by which a reason grows, of those that depend on the tables. What is wrong with the file itself is approved with it.
_GROWING = {"changed": "updated", "cleared": "values", "absent": "absent"}


def beyond_approval(reasons: Sequence[HoldReason], approved: Sequence[HoldReason]) -> Refusal | None:
    """Given why an approved file would be held today, and why it was when it was approved; returns why it is refused all the
    same, or None.

    A reason is answered if the file was held for the same one (code, field, currency) and it has not grown by more than
    ``LEEWAY``. The bytes are those that were seen, so only what they would do to the tables can grow.
    """
    known = {_what(one): one for one in approved}
    more = [one for one in reasons if (before := known.get(_what(one))) is None or _has_grown(one, before)]
    if not more:
        return None
    told = Sentence(
        "The file was approved, and by now there is more to it than what was approved: %(reasons)s",
        reasons=joined(*(one.sentence for one in more)),
    )
    return Refusal("not_as_approved", told)


def _what(reason: HoldReason) -> tuple[str, str | None, str | None]:
    return reason.code, reason.figures.get("field"), reason.figures.get("currency")


def _has_grown(now: HoldReason, before: HoldReason) -> bool:
    name = _GROWING.get(now.code)
    if name is None:
        return False
    return Decimal(now.figures[name]) > (1 + LEEWAY) * Decimal(before.figures[name])
