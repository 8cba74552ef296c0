"""How files are written: delimited text, text of fixed width, workbooks, DBF tables, XML."""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from nightclerk.core.element_path import field_path, row_path
from nightclerk.core.margins import Headed, Margins
from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.units import Line, Several, Whole
from nightclerk.core.wording import quoted

#: The last position of a line that a column may have.
LAST_POSITION = 1 << 20
_POSITIONS = re.compile(r"\s*([0-9]{1,7})\s*(?:-\s*([0-9]{1,7})\s*)?", re.ASCII)
_PRINTABLE = bytes(range(32, 127))


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


def _of_single_bytes(name: str) -> str:
    """Returns the encoding. Raises ValueError where it does not write plain letters as one byte each, as DBF files do."""
    try:
        plain = name == "auto" or _PRINTABLE.decode(name) == _PRINTABLE.decode("ascii")
    except UnicodeDecodeError:
        plain = False
    if not plain:
        raise ValueError(f"no DBF file is written in {quoted(name)}; name a code page, as in cp850 or cp1252")
    return name


def positions(value: Any) -> tuple[int, int]:
    """Given ``11-40``, ``[11, 40]`` or the number of one position; returns the first and the last one, counted from 1.

    Raises ValueError where these are no positions, or go backwards.
    """
    pair: list[Any] = list(value) if isinstance(value, list | tuple) else [value, value]
    if isinstance(value, str) and (found := _POSITIONS.fullmatch(value)):
        pair = [int(found[1]), int(found[2] or found[1])]
    if len(pair) != 2 or not all(type(one) is int for one in pair):
        raise ValueError(f"{quoted(str(value))} is not a column's place; write its first and last position, as in 11-40")
    first, last = pair
    if first < 1:
        raise ValueError("positions are counted from 1")
    if last < first:
        raise ValueError(f"the column ends at {last}, before it begins at {first}; write the smaller position first")
    if last > LAST_POSITION:
        raise ValueError(f"{last} is behind the last position that is read, which is {LAST_POSITION}")
    return first, last


_PLACES = {
    "anyOf": [
        {"type": "string", "pattern": r"^\s*[0-9]{1,7}\s*(-\s*[0-9]{1,7}\s*)?$"},
        {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 2, "maxItems": 2},
        {"type": "integer", "minimum": 1},
    ]
}
Positions = Annotated[tuple[int, int], BeforeValidator(positions), WithJsonSchema(_PLACES)]


def _field_paths(written: list[str]) -> list[str]:
    return [field_path(one) for one in written]


ElementPath = Annotated[Line, AfterValidator(field_path)]


class FixedWidth(Margins):
    """How text of fixed width is written: each column stands at the same positions of every line."""

    kind: Literal["fixed_width"] = Field(
        description="Text with columns at fixed positions and nothing between them.", examples=["fixed_width"]
    )
    encoding: Annotated[str, AfterValidator(codec_named)] = Field(
        "auto",
        description="The encoding, by its Python codec name; `auto`: found as that of delimited text.",
        examples=["cp850"],
    )
    columns: dict[Line, Positions] = Field(
        min_length=1,
        max_length=2000,
        description="Each column's name with its first and last position, counted from 1, in the order of the line. Positions "
        "are characters, not bytes. Text behind the last column rejects its row, text between two columns is a note: a column "
        "that nobody wants is named here and in `ignore`.",
        examples=[{"Code": "1-10", "Name": "11-40", "Balance": [41, 52]}],
    )
    header_row: Annotated[Whole, Field(ge=1)] | Literal["none"] = Field(
        "none",
        description="The line that holds the headers, counted from 1: they are compared with the columns, and lines above are "
        "left out.",
        examples=[1],
    )
    record_length: Annotated[Whole, Field(ge=1, le=LAST_POSITION)] | None = Field(
        None, description="How many characters each record has, in a file without line ends.", examples=[120]
    )

    @model_validator(mode="after")
    def _columns_follow_each_other(self) -> Self:
        wrong: list[tuple[tuple[str | int, ...], str]] = []
        seen: dict[str, str] = {}
        before, end = "", 0
        for name, (first, last) in self.columns.items():
            plain = "".join(name.split()).casefold()
            if first <= end:
                wrong.append((("columns", name), f"it begins at {first}, but {quoted(before)} above it ends at {end}"))
            elif not plain or plain.startswith("_"):
                wrong.append((("columns", name), "a column needs a name, and one that does not begin with _, which marks ours"))
            elif plain in seen:
                wrong.append((("columns", name), f"{quoted(seen[plain])} is the same name; each column needs one of its own"))
            seen.setdefault(plain, name)
            before, end = name, max(end, last)
        if self.record_length is not None and self.record_length < end:
            wrong.append((("record_length",), f"the last column ends at {end}, behind the end of a record"))
        if wrong:
            raise ContradictionsError(wrong)
        return self


class Dbf(Noun):
    """How a DBF table of dBase, FoxPro, Clipper and their kin is read. Columns and their types stand in the file itself.

    Memo columns are not read, since their text is in a second file, and deleted records are left out.
    """

    kind: Literal["dbf"] = Field(description="A DBF table: dBase III to 7, FoxPro, Visual FoxPro.", examples=["dbf"])
    encoding: Annotated[str, AfterValidator(codec_named), AfterValidator(_of_single_bytes)] = Field(
        "auto",
        description="The encoding, by its Python codec name; `auto`: the code page that the file names, else by its words.",
        examples=["cp850"],
    )


class Xml(Noun):
    """How an XML export is read: which element is a row. Its columns are the elements and attributes within it, by their paths.

    The mapping's headers are these paths, from the row element (`Header/Number`, `@currency`, `.` for its own text), up from it
    (`../Customer/Name`) or from the document's first element (`/Invoices/Customer/Name`); what stands outside of the rows must
    come before them. Prefixes of namespaces do not matter. `nightclerk inspect` shows the paths of a file.
    """

    kind: Literal["xml"] = Field(description="An XML export, such as FatturaPA, SAF-T or UBL.", examples=["xml"])
    rows: Annotated[Line, AfterValidator(row_path), Field(max_length=1000)] = Field(
        description="The element that is a row: its name wherever it stands, or its whole path from the first element.",
        examples=["FatturaElettronicaBody", "/AuditFile/MasterFiles/Customer"],
    )
    repeated: dict[ElementPath, Literal["first", "join"]] = Field(
        default={},
        description="What several of one element in a row mean: `first`: only the first of them is read, with all that is in it; "
        'its values are joined with "; " by `join`. Without it such a row is rejected where the value is mapped.',
        examples=[{"DatiPagamento/DettaglioPagamento": "first", "DatiGenerali/DatiGeneraliDocumento/Causale": "join"}],
    )
    optional: Annotated[Several, AfterValidator(_field_paths)] = Field(
        default=[],
        description="Elements that a whole file may lack, with all that is in them; any other mapped element that stands nowhere "
        "in a file refuses it.",
        examples=[["DatiPagamento", "../FatturaElettronicaHeader/CessionarioCommittente"]],
    )
    encoding: Annotated[str, AfterValidator(codec_named)] = Field(
        "auto",
        description="The encoding, by its Python codec name; `auto`: as the file itself declares it, else UTF-8.",
        examples=["cp1252"],
    )


def delimiter_named(value: str) -> str:
    """Given ``auto`` or a delimiter; returns it. Raises ValueError when it cannot be one."""
    if value != "auto" and (len(value) != 1 or value in '"\r\n\0' or value.isalnum() or not value.isascii()):
        raise ValueError('a delimiter is one ASCII character that is no letter, digit, quote or line end; a tab is written "\\t"')
    return value


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
        if self.quote == "none" and self.inner_quotes != "auto":
            raise ContradictionsError([(("inner_quotes",), "fields have no quotes by quote: none; leave one of the two out")])
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
