"""What an entity says of rows that a file lacks: what is written into one that is gone, and into one that is there."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from nightclerk.core.model import Noun
from nightclerk.core.naming import identifier
from nightclerk.core.units import Truth, Whole

_Name = Annotated[str, AfterValidator(identifier)]
Value = str | Whole | Truth | Decimal | None
RUN_DATE = "run_date"
"""Stands for the day of the run in the tenant's zone, in a field of dates."""
ABSENT, REOPENED, ABSENT_PARKED, ABSENT_LEFT = "absent", "reopened", "absent_parked", "absent_left"
"""The effects of a run: absent → what was done → rows; reopened → rows that came back; absent_parked → rows of earlier files that
waited for others, and wait no longer, because this file lacks them; absent_left → true where rows that it lacks were left alone
because newer files had been imported."""
DONE = {"clear": "cleared", "deactivate": "deactivated"}


class Absent(Noun):
    """What is written into a row that the file of a feed which holds everything lacks, and into one that it holds."""

    gone: dict[_Name, Value] = Field(
        min_length=1,
        description="Field → value of a row that the file lacks; in a date `run_date`, the day of the run. A row in which all of "
        "it stands already is left alone, and so is a field that neither the feed's mapping nor `back` fills: no file would "
        "bring its value back.",
        examples=[{"status": "cleared", "cleared_on": RUN_DATE}],
    )
    back: dict[_Name, Value] = Field(
        default={},
        description="Field → value of every row that the file holds, where the feed's mapping does not fill the field: a row "
        "that comes back gets it, and so does a new one.",
        examples=[{"status": "open", "cleared_on": None}],
    )


class Absences(Noun):
    """What each `absent` of feeds writes."""

    clear: Absent | None = Field(
        None,
        description="What `absent: clear` writes.",
        examples=[{"gone": {"status": "cleared", "cleared_on": RUN_DATE}, "back": {"status": "open", "cleared_on": None}}],
    )
    deactivate: Absent | None = Field(
        None,
        description="What `absent: deactivate` writes.",
        examples=[{"gone": {"active": False}, "back": {"active": True}}],
    )

    def of(self, absent: str) -> Absent | None:
        """Given what a feed says of absent rows; returns what that writes, None where it writes nothing."""
        return {"clear": self.clear, "deactivate": self.deactivate}.get(absent)
