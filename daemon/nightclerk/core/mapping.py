"""How a field is made from the sender's columns."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue

from nightclerk.core.convert.marks import Grouping
from nightclerk.core.convert.pattern import fault_of_pattern
from nightclerk.core.convert.written_dates import DoubledHour
from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.units import Several, Truth, Whole
from nightclerk.core.wording import quoted


def _thousands(value: str) -> str:
    if len(value) != 1 or value.isalnum() or value in "+-()%":
        raise ValueError(f'{quoted(value)} cannot part thousands; write one sign, as in " " or "."')
    return value


def _pattern(value: str) -> str:
    fault = fault_of_pattern(value)
    if fault is not None:
        raise ValueError(fault)
    return value


Thousands = Annotated[str, AfterValidator(_thousands)]
Value = str | Whole | Truth | None
Blank = Literal["keep", "clear", "default"]
Conflict = Literal["overwrite", "fill_empty", "keep_local_edits", "never"]
Unknown = Literal["park", "reject", "blank", "create"]


class Pad(Noun):
    """Fill a text up on the left to a fixed width."""

    to: Whole = Field(ge=1, le=100, description="The width to fill up to.", examples=[8])
    fill: str = Field("0", alias="with", min_length=1, max_length=1, description="The character.", examples=["0"])


class Mapped(Noun):
    """One field's rule. In YAML a plain header stands for ``{from: header}``, a list for several spellings of one header."""

    source: Several = Field(
        default=[],
        alias="from",
        description="The column's header, or several spellings of it; with `join`, the columns to join in this order.",
        examples=["Code client", ["Raison sociale", "Nom"]],
    )
    first_of: Several = Field(
        default=[],
        description="Several columns: the first that is not empty.",
        examples=[["Enseigne", "Raison sociale"]],
    )
    constant: Value = Field(None, description="The same value for every row.", examples=["FR"])
    join: str | None = Field(None, description="Joins the columns of `from` with this text.", examples=[", "])
    extract: Annotated[str, Field(min_length=1), AfterValidator(_pattern)] | None = Field(
        None,
        description="Takes the part of the cell that this regular expression finds: its first group, or the whole match. A cell "
        "in which it finds nothing rejects the row. `join`, `first_of` and `collapse_spaces` come before it; `case`, `pad`, "
        "`values` and the reading as the field's type after it. It does not look ahead or behind, nor refer back.",
        examples=["FR[0-9]{11}", "^([0-9]+) -"],
    )
    values: dict[str, Value] | None = Field(
        None, description="Looks the cell up and takes the value beside it.", examples=[{"0": True, "1": False}]
    )
    dates: Several | None = Field(
        None, description="How dates are written in this column, or `auto`, if not as in the feed.", examples=["%d/%m/%Y"]
    )
    doubled_hour: DoubledHour | None = Field(
        None,
        description="Which time this column means by one that comes twice as the clocks are put back, if not as in the feed.",
        examples=["first"],
    )
    decimal: Literal[".", ",", "auto"] | None = Field(
        None, description="The decimal mark of this column, or `auto`, if not the feed's.", examples=[","]
    )
    thousands: Thousands | None = Field(
        None,
        description="The thousands mark of this column; a space means every kind of space.",
        examples=[" "],
    )
    grouping: Grouping | None = Field(
        None, description="How this column's digits are grouped, if not as in the feed.", examples=["indian"]
    )
    credit: Literal["negative", "positive"] = Field(
        "negative",
        description="The sign of amounts marked H, C or CR; those marked S, D or DR have the other one.",
        examples=["positive"],
    )
    round: Truth | None = Field(None, description="Rounds what has too many decimals, if not as in the feed.", examples=[True])
    blank: Blank | None = Field(
        None, description="What an empty cell does to a known row, if not as in the feed.", examples=["keep"]
    )
    conflict: Conflict | None = Field(
        None,
        description="What becomes of another value that stands in a known row, if not as in the feed.",
        examples=["keep_local_edits", "fill_empty"],
    )
    unknown_reference: Unknown | None = Field(
        None,
        description="Of a reference: what becomes of a row whose value names none that is there, if not as in the feed.",
        examples=["create"],
    )
    case: Literal["upper", "lower"] | None = Field(None, description="Changes the letters' case.", examples=["upper"])
    pad: Pad | None = Field(None, description="Fills the text up on the left.", examples=[{"to": 8, "with": "0"}])
    split: Annotated[Several, Field(min_length=1)] | None = Field(
        None,
        description="Of a list: the sign between its members in one cell, or several such signs; without it a cell is one "
        "member. Spaces around members do not count.",
        examples=[",", [";", ","]],
    )
    membership: Literal["set", "add"] = Field(
        "set",
        description="Of a list: `set`: the cell is the whole list; `add`: what it lacks stays in the list.",
        examples=["add"],
    )
    content: Literal["steady", "any"] = Field(
        "steady",
        description="`any`: this text may be of another kind in each file. Else a file is refused in which a required field's "
        "column suddenly holds something else than in the file before it, such as dates where names stood.",
        examples=["any"],
    )
    collapse_spaces: Truth = Field(False, description="Makes one space of several.", examples=[True])

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        if isinstance(value, str | int | list) and not isinstance(value, bool):
            return {"from": value}
        if not isinstance(value, dict | cls):
            message = "this must be a column's header, a list of its spellings, or keys such as {from: Code client}"
            raise ValueError(message)  # noqa: TRY004 - pydantic gathers ValueErrors only
        return value

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        given = [bool(self.source), bool(self.first_of), self.constant is not None]
        if sum(given) != 1:
            raise ValueError("give exactly one of from, first_of and constant, as in {from: Code client}")
        if self.join is not None and len(self.source) < 2:
            raise ContradictionsError(
                [(("join",), 'join needs two or more columns in from, as in {from: [Rue, Rue 2], join: ", "}')]
            )
        if self.thousands is not None and self.thousands == self.decimal:
            raise ContradictionsError([(("thousands",), f"{quoted(self.decimal)} is the decimal mark; they must differ")])
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Returns the schema with the short forms beside the long one, so that editors accept all three."""
        whole = handler.resolve_ref_schema(handler(core_schema))
        description = whole.pop("description", "")
        header = {"type": ["string", "integer"], "description": "The column's header."}
        spellings = {"type": "array", "items": {"type": ["string", "integer"]}, "description": "Spellings of one header."}
        return {"description": description, "anyOf": [header, spellings, whole]}

    def alternatives(self) -> list[list[str]]:
        """Returns the columns the rule needs: one list of accepted spellings per needed column."""
        if self.constant is not None:
            return []
        if self.first_of:
            return [[name] for name in self.first_of]
        if self.join is not None:
            return [[name] for name in self.source]
        return [self.source]
