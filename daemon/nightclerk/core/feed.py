"""A feed: "files named like this hold that"."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, GetJsonSchemaHandler, Strict, Tag, model_validator
from pydantic.json_schema import JsonSchemaValue

from nightclerk.core.convert.marks import Grouping
from nightclerk.core.format import Dbf, FixedWidth, Xml, codec_named
from nightclerk.core.mapping import Mapped, Thousands
from nightclerk.core.margins import Headed
from nightclerk.core.members import ending_of, may_be_zip
from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.name_expression import NameExpression, as_glob, without_folder
from nightclerk.core.naming import slug
from nightclerk.core.units import Line, Several, Share, Truth, Whole
from nightclerk.core.wording import quoted


def delimiter_named(value: str) -> str:
    """Given ``auto`` or a delimiter; returns it. Raises ValueError when it cannot be one."""
    if value != "auto" and (len(value) != 1 or value in '"\r\n\0' or value.isalnum() or not value.isascii()):
        raise ValueError('a delimiter is one ASCII character that is no letter, digit, quote or line end; a tab is written "\\t"')
    return value


def _glob_or_expression(value: Any) -> str:
    return "expression" if isinstance(value, dict | NameExpression) else "glob"


class Delimited(Headed):
    """How a delimited text file is written. Everything can be found by itself; what is given is held to."""

    kind: Literal["delimited"] = Field("delimited", description="Delimited text: CSV, TSV.", examples=["delimited"])
    encoding: Annotated[str, AfterValidator(codec_named)] = Field(
        "auto",
        description="The encoding, by its Python codec name; `auto`: by its byte order mark, else strict UTF-8, else UTF-16 or "
        "that code page of the tenant's language (Windows, ISO, DOS, Mac) in which its words make sense. A file whose words make "
        "sense in two is refused, and so is one in another encoding than the feed's last one.",
        examples=["cp1252"],
    )
    delimiter: Annotated[str, AfterValidator(delimiter_named)] = Field(
        "auto", description='The character between fields; a tab is written "\\t".', examples=[";"]
    )
    quote: Literal["auto", '"', "'", "none"] = Field(
        "auto",
        description="The character around fields; `auto`: \", unless the first lines keep to ' or to none, which "
        "is then told in a note.",
        examples=['"'],
    )
    inner_quotes: Literal["auto", "doubled", "backslash", "bare"] = Field(
        "auto",
        description='How a quote inside a quoted field is written: `doubled` (""), `backslash` (\\") or `bare` (as it is); '
        "`auto`: doubled, unless the first lines keep to another, which is then told in a note. A row that does not "
        "keep to it is rejected.",
        examples=["backslash"],
    )
    header_row: Annotated[Whole, Field(ge=1)] | Literal["auto", "none"] = Field(
        "auto",
        description="The record that holds the headers, counted from 1, blank ones too; `none`: columns are 1, 2, 3.",
        examples=[1],
    )

    @model_validator(mode="after")
    def _signs_differ(self) -> Self:
        if self.delimiter == self.quote != "auto":
            raise ContradictionsError([(("delimiter",), f"{quoted(self.quote)} is the quote; they must differ")])
        return self


class Workbook(Headed):
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


AnyFormat = Annotated[Delimited | FixedWidth | Workbook | Dbf | Xml, Field(discriminator="kind")]
WORKBOOK_KINDS: tuple[str, ...] = ("xlsx", "xls", "ods")
#: Kinds whose files are named after them.
_NAMED_KINDS: tuple[str, ...] = (*WORKBOOK_KINDS, "dbf", "xml")
#: How days and moments of the file itself are handed on: in no other way can they be told from each other.
_DAY, _MOMENT = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"
#: What ``dates`` and ``decimal`` say where they are to be found.
AUTO = "auto"
_SOME_YEAR = 2024
_READ = {"delimited": "delimited text", "fixed_width": "text of fixed width", "dbf": "DBF tables", "xml": "XML"}


class Tolerance(Noun):
    """How much may be wrong before the file as a whole is refused."""

    rejected: Share | None = Field(None, description="The greatest share of rejected rows.", examples=["5%"])
    at_least_rows: Whole = Field(0, ge=0, description="A file with fewer rows is refused as incomplete.", examples=[300])


def kind_told(feed: dict[str, Any], given: dict[str, Any]) -> str | None:
    """Given a feed and its format as they are written; returns the kind that is written, or that the format's keys or else the
    ending of the files' names (of an archive's members) tell; None where nothing does."""
    if "kind" in given:
        return str(given["kind"])
    if "columns" in given or "rows" in given:
        return "fixed_width" if "columns" in given else "xml"
    ending = ending_of(as_glob(feed.get("files", "")), feed.get("members"))
    return ending if ending in _NAMED_KINDS else None


class Contents(Noun):
    """What files hold and what becomes of it: all that a feed and a preset may both say."""

    members: Annotated[Line, Field(max_length=255)] | None = Field(
        None,
        description="Of a zip archive, the one file in it that is read, with *, ? and [abc], with or without its folders; "
        "without it the archive must hold a single file. Several feeds may read several files of one archive.",
        examples=["clients*.csv"],
    )
    sheet: Annotated[Whole, Field(ge=1)] | Annotated[Line, Strict(), Field(max_length=100)] | None = Field(
        None,
        description="The sheet of a workbook: its name, with *, ? and [abc] for the one visible sheet of such a name, or its "
        "number counted from 1; without it the first one that is neither hidden nor empty. Several feeds may read several sheets "
        "of one file.",
        examples=["Clients", "Clients 20*", 2],
    )
    entity: str = Field(description="The entity the rows become.", examples=["customer"])
    format: AnyFormat = Field(
        Delimited(),
        description="How the file is written; its kind follows from the ending of `files`, or of `members`, where nothing is "
        "written. Zip and gz archives are told by their content and unpacked: what counts is the file in them.",
        examples=[{"kind": "delimited"}, {"kind": "xlsx"}],
    )
    dates: Several = Field(
        ["%Y-%m-%d"],
        min_length=1,
        description="How dates are written, one or several ways. %b and %B are names of months in the tenant's language or "
        "English, short or long; `excel` and `excel1904` are a spreadsheet's numbers of days. Dates of zeros are blank. `auto`: "
        "found in each column by all its cells; a file is refused in which they leave two ways, or need two, and one that reads "
        "otherwise than the feed's last one.",
        examples=["%d/%m/%Y", ["%d %b %Y", "excel"]],
    )
    decimal: Literal[".", ",", "auto"] = Field(
        ".",
        description="The decimal mark; `auto`: it and the thousands mark are found in each column by all its cells, or the file "
        "is refused, as with `dates: auto`.",
        examples=[","],
    )
    thousands: Thousands | None = Field(
        None, description="The thousands mark; a space means every kind of space.", examples=[" "]
    )
    grouping: Grouping = Field(
        "threes",
        description="How digits are grouped: in threes, or as in 1,23,456.78 (`indian`).",
        examples=["indian"],
    )
    round: Truth = Field(
        False,
        description="Rounds numbers with more than four decimals, and dust such as 9.09495E-13, to four; else they reject their "
        "row.",
        examples=[True],
    )
    year: Annotated[Whole, Field(ge=1000, le=9999)] | Literal["header"] | None = Field(
        None,
        description="The year of dates that are written without one, as in `%d%m`; `header`: that of the period in the first "
        "line of a file in DATEV's format.",
        examples=[2026, "header"],
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
        """A format without a kind has the one that the files' names end in, or those of an archive's members; with columns by
        position it is of fixed width, with the element that is a row XML."""
        given = value.get("format", {}) if isinstance(value, dict) else None
        if not isinstance(given, dict) or "kind" in given:
            return value
        return {**value, "format": {"kind": kind_told(value, given) or "delimited", **given}}

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.sheet is not None and not self.reads_workbooks:
            read = f"only workbooks have sheets, and this feed reads {_READ[self.format.kind]}"
            told = f"{read}; take sheet out, or write format: {{kind: xlsx}}"
            raise ContradictionsError([(("sheet",), told)])
        if self.year == "header" and self.format.kind != "delimited":
            told = "only delimited text can have a first line in DATEV's format; give the year itself, as in year: 2026"
            raise ContradictionsError([(("year",), told)])
        if self.thousands is not None and self.thousands == self.decimal:
            raise ContradictionsError([(("thousands",), f"{quoted(self.decimal)} is the decimal mark; they must differ")])
        if self.max_rows is not None and self.max_rows < self.tolerate.at_least_rows:
            least = self.tolerate.at_least_rows
            raise ContradictionsError([(("max_rows",), f"this is less than tolerate.at_least_rows, which is {least}")])
        return self

    @property
    def reads_workbooks(self) -> bool:
        """Whether the files are workbooks."""
        return self.format.kind in WORKBOOK_KINDS

    @property
    def known_year(self) -> int | None:
        """The year of dates without one; a leap year in its place where each file tells its own."""
        return _SOME_YEAR if self.year == "header" else self.year

    @property
    def has_own_values(self) -> bool:
        """Whether the files hold numbers and days of their own, beside those that somebody wrote."""
        return self.reads_workbooks or self.format.kind == "dbf"

    def spellings(self) -> tuple[str, ...]:
        """Returns all headers that the mapping knows."""
        return tuple(spelling for rule in self.mapping.values() for one in rule.alternatives() for spelling in one)

    def dates_read(self, written: list[str]) -> list[str]:
        """Given how dates are written in some columns; returns how they may be read there, those of the file itself included."""
        own = [_DAY, _MOMENT] if self.has_own_values else []
        return [*written, *(one for one in own if one not in written)]

    def decimal_of(self, rule: Mapped) -> Literal[".", ",", "auto"]:
        """Given one rule of the mapping; returns the decimal mark of its columns, or ``auto`` where it is to be found."""
        return rule.decimal or self.decimal

    def infers_dates(self, rule: Mapped) -> bool:
        """Given one rule of the mapping; returns whether it is to be found how the dates of its columns are written."""
        return (rule.dates or self.dates) == [AUTO]


class Feed(Contents):
    """Files named like this hold that: a name pattern, a format, an entity, a mapping, policies."""

    feed: Annotated[str, AfterValidator(slug)] = Field(description="The feed's name.", examples=["clients"])
    files: Annotated[
        Annotated[Line, Field(max_length=255), AfterValidator(without_folder), Tag("glob")]
        | Annotated[NameExpression, Tag("expression")],
        Discriminator(_glob_or_expression),
    ] = Field(
        description="The files' names, with *, ? and [abc], or as a regular expression behind `regex`; case does not matter.",
        examples=["clients_*.csv", {"regex": "clients_[0-9]{8}\\.csv"}],
    )
    preset: Annotated[str, AfterValidator(slug)] | None = Field(
        None,
        description="A known export to start from: `presets/NAME.yaml`, or one that Nightclerk brings. What is written here goes "
        "before it: in `format` and `tolerate` key by key, in `mapping` field by field. `ignore` adds to it, and `null` takes "
        "out what it says.",
        examples=["xero-contacts"],
    )

    @model_validator(mode="after")
    def _has_members(self) -> Self:
        if self.members is not None and not may_be_zip(as_glob(self.files)):
            told = "only zip archives have members, and these files are no archives; take members out, or have files end in .zip"
            raise ContradictionsError([(("members",), told)])
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Returns the schema of what people write: beside a preset it need not be whole, and null takes a field out."""
        whole = handler.resolve_ref_schema(handler(core_schema))
        whole["required"] = [key for key in whole["required"] if key not in ("entity", "mapping")]
        whole["anyOf"] = [{"required": ["preset"]}, {"required": ["entity", "mapping"]}]
        mapping = whole["properties"]["mapping"]
        mapping["additionalProperties"] = {"anyOf": [mapping["additionalProperties"], {"type": "null"}]}
        return whole
