"""What files hold and what becomes of it: all that a feed and a preset may both say."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, Strict, model_validator

from nightclerk.core.convert.marks import Grouping
from nightclerk.core.convert.written_dates import DoubledHour
from nightclerk.core.format import WORKBOOK_KINDS, AnyFormat, Delimited
from nightclerk.core.hold import Hold
from nightclerk.core.mapping import Blank, Conflict, Mapped, Thousands, Unknown
from nightclerk.core.members import ending_of
from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.name_expression import as_glob
from nightclerk.core.units import Interval, Line, Several, Share, Truth, Whole
from nightclerk.core.wording import quoted

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
        "otherwise than the feed's last one is held.",
        examples=["%d/%m/%Y", ["%d %b %Y", "excel"]],
    )
    doubled_hour: DoubledHour = Field(
        "reject",
        description="Which of two a date with a time means that is written without its offset from UTC and comes twice in the "
        "tenant's zone, as the clocks are put back, such as 2026-10-25 02:30 in Europe/Paris. `reject`: the row is rejected, as "
        "nothing in it tells which; `first`, `second`: the sender, who cannot write offsets, means this one.",
        examples=["first"],
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
    blank: Blank = Field(
        "keep",
        description="What an empty cell does to a known row: `keep` what stands there, `clear` it, or put the entity's `default` "
        "there, which keeps fields without one. New rows get defaults in any case.",
        examples=["clear"],
    )
    conflict: Conflict = Field(
        "overwrite",
        description="What becomes of a value that stands in a known row where the file has another: `overwrite` it; "
        "`fill_empty`: only empty values are written; `keep_local_edits`: a value that is not what an import last brought there "
        "is kept; `never`: only new rows get it. What is kept is counted in the report.",
        examples=["keep_local_edits"],
    )
    absent: Literal["keep", "clear", "deactivate"] = Field(
        "keep",
        description="What becomes of known rows that the file lacks. `keep`: nothing. `clear`, `deactivate`: the file holds "
        "everything, and rows of this tenant that imports of this feed created and that it lacks get what the entity says "
        "(`absent`). Never by an incomplete file: not one with rejected rows, nor a trial, a correction, or an older file once "
        "more.",
        examples=["clear"],
    )
    absent_despite_rejects: Truth = Field(
        False,
        description="`absent` holds for a file with rejected rows as well. Those whose key can be read count as there.",
        examples=[True],
    )
    unknown_reference: Unknown = Field(
        "park",
        description="What becomes of a new row, or of one whose reference changes, that names a row of another entity which is "
        "not there: `park` it until that one is there; `reject` it; `blank`: the cell counts as empty; `create` that one on the "
        "way. Rows that stay as they are are not asked.",
        examples=["reject"],
    )
    parked_for: Interval = Field(
        timedelta(days=30),
        description="So long parked rows wait for the rows that they name; then they are rejected, with a letter of their own.",
        examples=["10d"],
    )
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
    hold: Hold = Field(
        Hold(),
        description="When a file that is unlike those before it waits for `nightclerk approve` or `nightclerk refuse`. By the "
        "figures only where they are written here; one that reads otherwise than the last one in any case.",
        examples=[{"fewer_rows": "50%", "changed": "30%", "cleared": {"rows": 10, "share": "10%"}}],
    )
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
