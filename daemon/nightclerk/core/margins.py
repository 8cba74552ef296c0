"""What stands in a file above, between and below its rows, and what becomes of it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.units import Line, Several, Whole


class Margins(Noun):
    """What is no row, though it stands among the rows. All of it is found by itself; each such line is listed with its reason."""

    comments: Annotated[Line, Field(max_length=10)] | Literal["auto", "none"] = Field(
        "auto",
        description="What records begin with that are left out. `auto`: `#`, unless most of the first records begin so.",
        examples=["//"],
    )
    comment_column: Annotated[Line, Field(max_length=200)] | Literal["auto", "none"] = Field(
        "auto",
        description="The header of a column; rows with anything in it are left out. `auto`: `DONOTIMPORT`, unless it is mapped.",
        examples=["DONOTIMPORT"],
    )
    totals: Literal["verify", "ignore", "none"] = Field(
        "verify",
        description="Totals and subtotals among the rows: `verify`: left out; one that is not the exact sum of the rows above it "
        "refuses the file; `ignore`: left out as they are; `none`: there are none, all such records are rows.",
        examples=["ignore"],
    )
    footer: Literal["auto", "none"] | Several = Field(
        "auto",
        description="Records below the rows that are left out, such as `Report created …` or `Page 1 of 3`: one or several "
        "patterns of their text, with *, ? and [abc]; `auto`: those that are told by their words, or stand alone at the end; "
        "`none`: all records are rows.",
        examples=["Report created*"],
    )
    continuation: Literal["auto", "leave_out", "none"] = Field(
        "auto",
        description="Records without a key that go on with the row above. `auto`: left out where they mostly repeat it; "
        "`leave_out`: all records without a key below a row with one; `none`: all records are rows.",
        examples=["leave_out"],
    )


class Headed(Margins):
    """The same, where the headers stand in the file as well."""

    header_rows: Annotated[Whole, Field(ge=1, le=2)] | Literal["auto"] = Field(
        "auto",
        description="How many records hold the headers. Of two, the upper ones are groups that are carried to the right and put "
        "before the lower ones (`Billing` over `City`: `Billing City`; the mapping may use either), or both are whole headers, "
        "of which the mapping may use either. `auto`: two where the records show it.",
        examples=[2],
    )
    description_row: Literal["auto", "none"] = Field(
        "auto",
        description="The record right below the headers that describes the columns: left out where it is no row; `none`: there "
        "is no such record.",
        examples=["none"],
    )

    @model_validator(mode="after")
    def _rows_of_headers_are_headers(self) -> Self:
        if getattr(self, "header_row", "auto") == "none" and self.header_rows == 2:
            told = "by header_row: none the file has no headers; leave header_rows out, or say in header_row where they stand"
            raise ContradictionsError([(("header_rows",), told)])
        return self
