"""A feed: "files named like this hold that"."""

from __future__ import annotations

import codecs
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, Strict, model_validator

from nightclerk.core.mapping import Mapped, Thousands
from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.naming import slug
from nightclerk.core.units import Line, Several, Share, Whole
from nightclerk.core.wording import quoted


def codec_named(name: str) -> str:
    """Given ``auto`` or an encoding; returns it as Python names it. Raises ValueError when it is none of text."""
    if name == "auto":
        return name
    try:
        found = codecs.lookup(name)
    except LookupError:
        raise ValueError(f"no encoding {quoted(name)}; use a Python codec name, as in utf-8 or cp1252") from None
    if not found._is_text_encoding:
        raise ValueError(f"{quoted(name)} is not an encoding of text; use a Python codec name, as in utf-8 or cp1252")
    return found.name


def delimiter_named(value: str) -> str:
    """Given ``auto`` or a delimiter; returns it. Raises ValueError when it cannot be one."""
    if value != "auto" and (len(value) != 1 or value in '"\r\n\0' or value.isalnum() or not value.isascii()):
        raise ValueError('a delimiter is one ASCII character that is no letter, digit, quote or line end; a tab is written "\\t"')
    return value


def _file_pattern(value: str) -> str:
    if "/" in value:
        raise ValueError("write the files' names without a folder: only files directly in the drop folder are taken")
    return value


class Delimited(Noun):
    """How a delimited text file is written. Everything can be found by itself; what is given is held to."""

    kind: Literal["delimited"] = Field("delimited", description="Delimited text: CSV, TSV.", examples=["delimited"])
    encoding: Annotated[str, AfterValidator(codec_named)] = Field(
        "auto",
        description="The encoding, by its Python codec name; `auto`: BOM, then strict UTF-8, then cp1252.",
        examples=["cp1252"],
    )
    delimiter: Annotated[str, AfterValidator(delimiter_named)] = Field(
        "auto", description='The character between fields; a tab is written "\\t".', examples=[";"]
    )
    quote: Literal['"', "'", "none"] = Field('"', description="The character around fields.", examples=['"'])
    header_row: Annotated[Whole, Field(ge=1)] | Literal["auto", "none"] = Field(
        "auto",
        description="The record that holds the headers, counted from 1, blank ones too; `none`: columns are 1, 2, 3.",
        examples=[1],
    )

    @model_validator(mode="after")
    def _signs_differ(self) -> Self:
        if self.delimiter == self.quote:
            raise ContradictionsError([(("delimiter",), f"{quoted(self.quote)} is the quote; they must differ")])
        return self


class Workbook(Noun):
    """How a workbook is read. Cells are read as text, each as its number format means it; dates and numbers of the sheet itself
    are read whatever the feed says of written ones."""

    kind: Literal["xlsx", "xls", "ods"] = Field(
        description="A workbook: `xlsx` (also with macros), `xls` of Excel 95 to 2003, or `ods`.", examples=["xlsx"]
    )
    header_row: Annotated[Whole, Field(ge=1)] | Literal["auto", "none"] = Field(
        "auto",
        description="The row of the sheet that holds the headers; `none`: columns are 1, 2, 3.",
        examples=[1],
    )


AnyFormat = Annotated[Delimited | Workbook, Field(discriminator="kind")]
WORKBOOK_KINDS: tuple[str, ...] = ("xlsx", "xls", "ods")
#: How moments of the sheet itself are handed on: in no other way can they be told from each other.
_DAY, _MOMENT = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"


class Tolerance(Noun):
    """How much may be wrong before the file as a whole is refused."""

    rejected: Share | None = Field(None, description="The greatest share of rejected rows.", examples=["5%"])
    at_least_rows: Whole = Field(0, ge=0, description="A file with fewer rows is refused as incomplete.", examples=[300])


class Feed(Noun):
    """Files named like this hold that: a name pattern, a format, an entity, a mapping, policies."""

    feed: Annotated[str, AfterValidator(slug)] = Field(description="The feed's name.", examples=["clients"])
    files: Annotated[Line, AfterValidator(_file_pattern)] = Field(
        max_length=255, description="The files' names, with *, ? and [abc]; case does not matter.", examples=["clients_*.csv"]
    )
    sheet: Annotated[Whole, Field(ge=1)] | Annotated[Line, Strict(), Field(max_length=100)] | None = Field(
        None,
        description="The sheet of a workbook: its name, or its number counted from 1; without it the first one that is neither "
        "hidden nor empty. Several feeds may read several sheets of one file.",
        examples=["Clients", 2],
    )
    entity: str = Field(description="The entity the rows become.", examples=["customer"])
    format: AnyFormat = Field(
        Delimited(),
        description="How the file is written; its kind follows from the ending of `files` where nothing is written.",
        examples=[{"kind": "delimited"}, {"kind": "xlsx"}],
    )
    dates: Several = Field(
        ["%Y-%m-%d"], min_length=1, description="How dates are written, one or several ways.", examples=["%d/%m/%Y"]
    )
    decimal: Literal[".", ","] = Field(".", description="The decimal mark.", examples=[","])
    thousands: Thousands | None = Field(
        None, description="The thousands mark; a space means every kind of space.", examples=[" "]
    )
    mapping: dict[str, Mapped] = Field(
        min_length=1,
        description="For each field of the entity, where its value comes from.",
        examples=[{"code": "Code client", "name": ["Raison sociale", "Nom"]}],
    )
    ignore: Several = Field(
        default=[], description="Columns of the file that are known and not wanted.", examples=[["Colonne interne"]]
    )
    mode: Literal["upsert", "create_only", "update_only"] = Field(
        "upsert", description="A row that the mode forbids is rejected.", examples=["update_only"]
    )
    blank: Literal["keep", "clear"] = Field("keep", description="What an empty cell does to a known row.", examples=["clear"])
    duplicates: Literal["reject", "last_wins", "first_wins"] = Field(
        "reject",
        description="Several rows with one key: reject them all, or let one win and skip the others.",
        examples=["last_wins"],
    )
    columns: Literal["strict"] = Field(
        "strict",
        description="A mapped column that is missing refuses the file; a new column is a note.",
        examples=["strict"],
    )
    tolerate: Tolerance = Field(
        Tolerance(), description="How much may be wrong.", examples=[{"rejected": "5%", "at_least_rows": 300}]
    )
    max_rows: Whole | None = Field(None, ge=1, description="A file with more rows is refused.", examples=[25000])
    order: Literal["name", "time"] = Field(
        "name", description="In which order several waiting files are taken.", examples=["time"]
    )

    @model_validator(mode="before")
    @classmethod
    def _kind_by_name(cls, value: Any) -> Any:
        """A format without a kind has the one that the files' names end in."""
        given = value.get("format", {}) if isinstance(value, dict) else None
        if not isinstance(given, dict) or "kind" in given:
            return value
        ending = str(value.get("files", "")).lower().rpartition(".")[2]
        return {**value, "format": {"kind": ending if ending in WORKBOOK_KINDS else "delimited", **given}}

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.sheet is not None and not self.reads_workbooks:
            told = "only workbooks have sheets, and this feed reads delimited text; take sheet out, or write format: {kind: xlsx}"
            raise ContradictionsError([(("sheet",), told)])
        if self.thousands is not None and self.thousands == self.decimal:
            raise ContradictionsError([(("thousands",), f"{quoted(self.decimal)} is the decimal mark; they must differ")])
        if self.max_rows is not None and self.max_rows < self.tolerate.at_least_rows:
            least = self.tolerate.at_least_rows
            raise ContradictionsError([(("max_rows",), f"this is less than tolerate.at_least_rows, which is {least}")])
        return self

    @property
    def reads_workbooks(self) -> bool:
        """Whether the files are workbooks."""
        return self.format.kind != "delimited"

    def spellings(self) -> tuple[str, ...]:
        """Returns all headers that the mapping knows."""
        return tuple(spelling for rule in self.mapping.values() for one in rule.alternatives() for spelling in one)

    def dates_read(self, written: list[str]) -> list[str]:
        """Given how dates are written in some columns; returns how they may be read there, those of a sheet itself included."""
        own = [_DAY, _MOMENT] if self.reads_workbooks else []
        return [*written, *(one for one in own if one not in written)]

    def decimal_of(self, rule: Mapped) -> Literal[".", ","]:
        """Given one rule of the mapping; returns the decimal mark of its columns."""
        return rule.decimal or self.decimal
