"""``hold``: when a file that may be booked waits for a person all the same, because it is unlike those before it."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from nightclerk.core.model import Noun
from nightclerk.core.units import Interval, Share, Truth, Whole


class Cleared(Noun):
    """How many values empty cells may clear. A file that clears more than either says is held."""

    rows: Whole | None = Field(
        None, ge=0, description="So many values, of all fields together; the only limit of a feed's first file.", examples=[10]
    )
    share: Share | None = Field(None, description="This share of the known rows, in any one field.", examples=["10%"])


class AbsentRows(Noun):
    """How many known rows a file may lack that holds everything. One that lacks more than either says is held."""

    rows: Whole | None = Field(
        None, ge=0, description="So many rows; the only limit of a feed's first file that tells what is absent.", examples=[50]
    )
    share: Share | None = Field(
        None, description="This share of the rows that were there: those that the file lacks and the known ones it holds.",
        examples=["20%"],
    )  # fmt: skip


class Hold(Noun):
    """When a file is held, how long, and what a newer one does. What is usual is the median of the feed's last ten imports;
    shares of fewer than ten rows tell nothing, and a feed's first file has nothing to be compared with."""

    fewer_rows: Share | None = Field(
        None, description="The file has fewer than this share of the usual number of rows.", examples=["50%"]
    )
    changed: Share | None = Field(None, description="More than this share of the known rows would change.", examples=["30%"])
    cleared: Cleared | None = Field(
        None,
        description="Empty cells would clear more values than this (`blank: clear`).",
        examples=[{"rows": 10, "share": "10%"}],
    )
    absent: AbsentRows | None = Field(
        None,
        description="More known rows would be cleared or deactivated than this, because the file lacks them (`absent`).",
        examples=[{"rows": 50, "share": "20%"}],
    )
    emptied: Share | None = Field(
        None, description="A column is filled in fewer than this share of the rows that usually fill it.", examples=["50%"]
    )
    total: Share | None = Field(
        None,
        description="A control total is farther from its usual amount than this share of it, in any one currency.",
        examples=["50%"],
    )
    stale: Truth = Field(
        False,
        description="The file brings nothing new: the bytes of the last one, or as many rows and the same sums, and every row "
        "as it stands already. A file that ends as `duplicate` is not held.",
        examples=[True],
    )
    expires: Interval = Field(
        timedelta(days=7), description="A file that nobody has decided about is refused after this time.", examples=["7d"]
    )
    newest_wins: Truth = Field(
        False,
        description="A newer file of the feed refuses the one that is held and goes ahead; else it waits behind it.",
        examples=[True],
    )

    hold_part: Truth = Field(
        False,
        description="What is safe in a held file is booked at once, and only the rows that it is held for wait: those that would "
        "change (`changed`), or in which values would be cleared (`cleared`, `emptied`). A file that is held for anything else "
        "waits as a whole.",
        examples=[True],
    )

    @property
    def guards(self) -> bool:
        """Whether the figures of files are looked at."""
        shares = (self.fewer_rows, self.changed, self.emptied, self.total)
        counted = self.cleared is not None or self.absent is not None
        return self.stale or counted or any(share is not None for share in shares)
