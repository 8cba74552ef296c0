"""What passes between the fenced reader child and the process that books: jobs, blocks and late rows.

These are plain frozen dataclasses so that both ends can check what arrives by its type. Columns, not cells: a block
carries one list per field. Cells are in canonical form, the same for every target:
text, email, url, currency, country → ``str``; integer → ``int``; boolean → ``bool``; decimal and money → ``str`` with
exactly four decimals (``"-1234.5000"``); date → ``"YYYY-MM-DD"``; datetime → ``"YYYY-MM-DD HH:MM:SS"`` in UTC;
a blank cell → ``None``.
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
class Job:
    """What a reader child is asked to do with the one file it is handed.

    feed, entity: the configuration as JSON (``model_dump_json``), or None to read raw text without any configuration.
    format: the ``Delimited`` to use when there is no feed, as JSON; a workbook is then told by its content, and ``sheet`` says
    which sheet of it is meant, by name or number. only: keys (as text, the parts joined by ``|``) to keep;
    all other rows are skipped. block_bytes: how much of the file is cut at a time.
    csv: the accepted rows are to come as CSV, not as columns.
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


@dataclass(frozen=True, slots=True)
class FormatFound:
    """How the file reads. header_row counts all records from 1, blank ones too; None if there is none.

    kind: as the feed's format has it. Workbooks have a sheet, and no encoding, delimiter, quote or line end.
    """

    kind: str
    encoding: str | None
    delimiter: str | None
    quote: str | None
    header_row: int | None
    line_end: str | None
    sheet: str | None = None
    bom: bool = False


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

    file: sums over all rows with a readable amount; accepted: over the rows sent in blocks; rejected: over the others.
    unreadable: how many cells of each money field could not be read. corrected_runs: the ``_run`` values found.
    left_out_more: how many left-out lines there are beyond those that ``opened`` and the blocks named. notes: sentences that
    only the whole file could tell.
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


@dataclass(frozen=True, slots=True)
class Refused:
    """The reader's last word about a file that cannot be taken as a whole."""

    code: str
    message: Sentence
    line: int | None = None


@dataclass(frozen=True, slots=True)
class LateRow:
    """A record asked for again by its line: as the sender wrote it, converted where it had been accepted, and its money."""

    row: RejectedRow
    values: tuple[Cell, ...] | None
    money: dict[str, tuple[str, str]] = field(default_factory=dict)
    """field → (currency, amount) of the readable amounts."""
