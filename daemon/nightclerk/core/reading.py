"""What passes between the fenced reader child and the process that books: jobs, blocks and late rows.

These are plain frozen dataclasses so that both ends can check what arrives by its type. Columns, not cells: a block
carries one list per field. Cells are in canonical form, the same for every target:
text, email, url, currency, country → ``str``; integer → ``int``; boolean → ``bool``; decimal and money → ``str`` with
exactly four decimals (``"-1234.5000"``); date → ``"YYYY-MM-DD"``; datetime → ``"YYYY-MM-DD HH:MM:SS"`` in UTC;
list → its members, each once, in the order of their characters' codes, with CELL_SEPARATOR between them; reference → as the key
field that it names; a blank cell → ``None``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nightclerk.core.issue import Issue, LeftOut, RejectedRow
from nightclerk.core.sentence import Sentence

Cell = str | int | bool | None
CELL_SEPARATOR = "\x1f"
"""Stands between cells where they travel as text. The reader rejects every record that holds it."""
Money = dict[str, dict[str, str]]
"""field → currency → an exact sum as text. The currency of a row without a readable one is ``""``."""


@dataclass(frozen=True, slots=True)
class FoundReading:
    """How a column is read that the settings leave to be found (``auto``): what its cells told.

    field, column: the field and the header it is read from. dates: the ways to write dates, the day's first; none for numbers.
    decimal, thousands: the marks of numbers; empty where there is none, or the cells did not tell.
    """

    field: str
    column: str
    dates: tuple[str, ...] = ()
    decimal: str = ""
    thousands: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """What a reader child is asked to do with the one file it is handed.

    feed, entity: the configuration as JSON (``model_dump_json``), or None to read raw text without any configuration.
    format: the ``Delimited`` to use when there is no feed, as JSON; a workbook is then told by its content, and ``sheet`` says
    which sheet of it is meant, by name or number. only: keys (as text, the parts joined by ``|``) to keep;
    all other rows are skipped. block_bytes: how much of the file is cut at a time.
    csv: the accepted rows are to come as CSV, not as columns. remembered: the encoding of the feed's last file, which decides
    where the words of this one leave a doubt. member: where there is no feed, the pattern of the file that is meant within an
    archive. unpacked_bytes: how many bytes a file may have once it is unpacked. rows: where there is no feed, the path of the
    elements of an XML file that are its rows. readings: what the feed's last files told of columns that are left to be found;
    only rejected rows that come back are read by it. most_duplicates: once keys that stand in more accepted rows than this are
    named, no more are; for who refuses such a file anyhow.
    """

    language: str
    timezone: str
    feed: str | None = None
    entity: str | None = None
    format: str | None = None
    only: tuple[str, ...] | None = None
    block_bytes: int = 3 << 19
    sheet: str | int | None = None
    csv: bool = False
    remembered: str | None = None
    member: str | None = None
    unpacked_bytes: int = 512 * 10**6
    rows: str | None = None
    readings: tuple[FoundReading, ...] = ()
    most_duplicates: int | None = None


@dataclass(frozen=True, slots=True)
class EncodingEvidence:
    """How the encoding of a file is known.

    by: ``declared``; ``mark``, a byte order mark; ``header``, the header of a DBF table; ``ascii``, it holds nothing else;
    ``utf-8``, all of it is strict UTF-8; or ``guess``, by what its words are in the code pages of the tenant's language, or by
    the shape of UTF-16.
    alike: all encodings in which its bytes read the same, where it is a guess. told and samples: what the guess rests on, and two
    words as they read.
    """

    by: str
    alike: tuple[str, ...] = ()
    told: Sentence | None = None
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormatFound:
    """How the file reads. header_row counts all records from 1, blank ones too; None if there is none.

    kind: as the feed's format has it. Workbooks have a sheet, and no encoding, delimiter, quote or line end. evidence: how the
    encoding is known; runs of older versions lack it. member: the file within an archive that was read, empty where the archive
    does not name it; None where there was no archive. rows: of an XML file, the path of the elements that are its rows.
    positions: each column's name with its first and last position from 1, where text of fixed width was told by its content; none
    where it seems to be such text, but nothing tells its columns; None elsewhere.
    readings: how columns read that were left to be found. first_line: the line above the header, as it stands, where the days
    below it have no year without it, so that rejected rows must go out below it.
    """

    kind: str
    encoding: str | None
    delimiter: str | None
    quote: str | None
    header_row: int | None
    line_end: str | None
    sheet: str | None = None
    bom: bool = False
    evidence: EncodingEvidence | None = None
    member: str | None = None
    rows: str | None = None
    readings: tuple[FoundReading, ...] = ()
    first_line: str | None = None
    positions: tuple[tuple[str, int, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The first word of a reader: the format, the file's columns, the fields that the blocks will carry, in this order.

    written: the fields of the entity that the mapping fills (blocks carry exactly these); without a feed the columns themselves,
    whose cells then are text as it stands. notes: sentences such as a new column that nobody asked for.
    corrects: the file is a corrected reject file (it has the ``_run`` column).
    """

    format: FormatFound
    columns: tuple[str, ...]
    written: tuple[str, ...]
    notes: tuple[Sentence, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """The accepted rows of one stretch of the file, column by column, with what was wrong in it.

    rows: all records of the stretch, good or bad (left-out lines are not rows). lines: the start line of each accepted row.
    columns: one list per field of ``Opened.written``, each as long as ``lines``. issues and rejected: of the rows not accepted.
    skipped: rows left aside because of ``Job.only``. csv: if the job asked for it, the rows in this form, and no columns: each
    its line and its cells with CELL_SEPARATOR between them, in UTF-8, ended by a line feed; cells in quotes where CSV wants it,
    blank ones empty, empty texts as ``""``.
    """

    rows: int
    lines: list[int]
    columns: list[list[Cell]]
    issues: tuple[Issue, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    skipped: int = 0
    csv: bytes | None = None


@dataclass(frozen=True, slots=True)
class DuplicateKey:
    """Several records with one key. key: its parts in canonical form, in the entity's order; lines: all of them, ascending.

    accepted: those of the lines that were in a block (the others had been rejected for something else).
    """

    key: tuple[Cell, ...]
    lines: tuple[int, ...]
    accepted: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """The last word of a reader's first pass.

    file: sums over all rows with a readable amount; accepted: over the rows sent in blocks; rejected: over those that
    were not; skipped: over those that ``Job.only`` leaves aside.
    unreadable: how many cells of each money field could not be read. corrected_runs: the ``_run`` values found.
    left_out_more: how many left-out lines there are beyond those that ``opened`` and the blocks named. notes: sentences that
    only the whole file could tell. readings: as in ``FormatFound``, now that all cells were seen. contents: of the fields that
    take any text, how many of the first rows hold which kind of content (``core.text_kinds``). filled: of each written field, the
    share of the accepted rows that hold a value.
    """

    rows: int
    duplicates: tuple[DuplicateKey, ...]
    file: Money
    accepted: Money
    rejected: Money
    unreadable: dict[str, int]
    corrected_runs: tuple[int, ...] = ()
    left_out_more: int = 0
    notes: tuple[Sentence, ...] = ()
    readings: tuple[FoundReading, ...] = ()
    contents: dict[str, dict[str, int]] = field(default_factory=dict)
    filled: dict[str, float] = field(default_factory=dict)
    skipped: Money = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """The reader's last word about a file that cannot be taken as a whole."""

    code: str
    message: Sentence
    line: int | None = None


@dataclass(frozen=True, slots=True)
class LateRow:
    """A record asked for again by its line: as the sender wrote it, converted where it had been accepted, and its money. key: as
    ``DuplicateKey``'s, of a row that was not accepted as well; None where it cannot be read."""

    row: RejectedRow
    values: tuple[Cell, ...] | None
    money: dict[str, tuple[str, str]] = field(default_factory=dict)
    """field → (currency, amount) of the readable amounts."""
    key: tuple[Cell, ...] | None = None
