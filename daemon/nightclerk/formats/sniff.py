"""How a text is cut: its record end and its delimiter, found from its beginning by consistency."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice

from nightclerk.core.errors import SenderError
from nightclerk.core.headers import folded
from nightclerk.core.sentence import Sentence
from nightclerk.formats.aligned import MARKS, stands_within_numbers
from nightclerk.formats.cutter import Record, records
from nightclerk.formats.dialect import Dialect
from nightclerk.formats.spaced import stand_behind_spaces
from nightclerk.formats.text import Text

#: How much of a file is looked at to find out how it is written, and how many records of that.
SAMPLE_BYTES = 256 << 10
SAMPLE_RECORDS = 100
_MARKS_BYTES = 32 << 10
HEADER_RECORDS = 50
_ENOUGH_BEHIND = 4

#: In the order of trust: a comma is the likeliest to stand in text and numbers.
CANDIDATES = (b"\t", b";", b"|", b",")
#: Looked at where none of these divides the text: what few programs write, and hardly any text holds evenly.
_RARE_CANDIDATES = (b"~", b"^", b"\x1f", b"\x1e", b"\x01", b"#", b":")
_RARE_EVENNESS, _RARE_FIELDS = 0.95, 3
#: A first line that names the delimiter, for spreadsheet programs.
_NAMED = re.compile(rb'"?sep=([\t\x1f !#-/:-@\[-`{-~])"?\r?\n', re.IGNORECASE)
#: A line that is drawn, as between the title and the rows of a list, is divided by nothing.
_DRAWN_LINE = re.compile(rb"[\s*=_+|~.-]{3,}")
#: The comma stands first, so that it alone is searched for.
_COMMA_IN_NUMBER = re.compile(rb",(?<=\d,)(?=\d)")


@dataclass(frozen=True)
class Sample:
    """The beginning of a text. whole: it is all of it; else its last record may be cut and is left out."""

    text: Text
    data: bytes
    whole: bool
    _cut: dict[Dialect, list[Record]] = field(default_factory=dict)

    def records(self, dialect: Dialect) -> list[Record]:
        """Returns the first records, blank ones too."""
        found = self._cut.get(dialect)
        if found is None:
            every = records(dialect.regular(self.data), dialect)
            whole = (r for r in every if r.ended or (self.whole and r.open_quote is None))
            found = self._cut[dialect] = [_plain(r, dialect) for r in islice(whole, SAMPLE_RECORDS)]
        return found

    def cells(self, record: Record) -> list[str]:
        """Returns a record's cells as text."""
        return [self.text.decode(cell) for cell in record.cells]

    def matches(self, dialect: Dialect, expected: set[str]) -> list[int]:
        """Given headers, folded; returns for each of the first records how many of them it holds (``matching``)."""
        return matching(map(self.cells, self.records(dialect)[:HEADER_RECORDS]), expected)


def _plain(record: Record, dialect: Dialect) -> Record:
    if dialect.inner != "backslash":
        return record
    return replace(record, cells=[cell.replace(b"\\\\", b"\\") for cell in record.cells])


def matching(records: Iterable[Sequence[str]], expected: set[str]) -> list[int]:
    """Given the first records as cells, and headers, folded; returns for each record how many of them it holds.

    It ends a few records behind one that holds several: a header of two rows is still compared, data no longer.
    """
    found: list[int] = []
    for cells in records if expected else ():
        found.append(len(expected & {_fold(cell) for cell in cells}))
        if max(found) > 2 and max(found[-_ENOUGH_BEHIND:]) < max(found):
            break
    return found


def sample_of(text: Text) -> Sample:
    """Given a text; returns its beginning."""
    data = text.read(text.start, SAMPLE_BYTES)
    return Sample(text, data, whole=text.start + len(data) >= text.size)


def find_record_end(sample: Sample, quote: bytes | None) -> bytes:
    """Returns LF, or CR when the text has CRs and no LF outside quotes."""
    data = sample.data
    if b"\r" not in data:
        return b"\n"
    if quote is not None and quote in data:
        q = re.escape(quote)
        data = re.sub(q + b"[^" + q + b"]*+" + q, b"", data)
    return b"\n" if b"\n" in data else b"\r"


def written_line_end(sample: Sample, record_end: bytes) -> str:
    """Returns the line end that most lines of the sample have, as text."""
    if record_end == b"\r":
        return "\r"
    crlf = sample.data.count(b"\r\n")
    return "\r\n" if crlf * 2 > sample.data.count(b"\n") else "\n"


def find_dialect(sample: Sample, delimiter: str, mark: bytes | None, spellings: Iterable[str]) -> Dialect:
    """Given a sample, the delimiter or ``auto``, the quote or None, and headers that are expected; returns how to cut it.

    A file of one column gets a delimiter that it does not use. Raises SenderError ``no_delimiter`` when none can be told.
    """
    record_end = find_record_end(sample, mark)

    def cut_at(byte: bytes) -> Dialect:
        return Dialect(byte, mark, record_end, spaced=stand_behind_spaces(sample.data, byte, mark))

    if delimiter != "auto":
        return cut_at(delimiter.encode("ascii"))
    expected = {folded(spelling) for spelling in spellings}

    def best_of(delimiters: Iterable[bytes]) -> _Candidate | None:
        divides = [byte for byte in delimiters if byte in sample.data and not _is_mark(sample, byte)]
        cuts = [_Candidate.of(cut_at(byte), sample, expected) for byte in divides]
        return max(cuts, key=lambda candidate: (candidate.matches, candidate.score), default=None)

    named = _NAMED.match(sample.data)
    by_file = best_of((named[1],)) if named is not None else None
    if by_file is not None and by_file.score > 0:
        return by_file.dialect
    usual, rare = best_of(CANDIDATES), best_of(_RARE_CANDIDATES)
    if rare is not None and rare.matches <= 1 and rare.score < _RARE_EVENNESS * math.log2(_RARE_FIELDS):
        rare = None
    if usual is not None and (usual.matches > 1 or usual.score > 0):
        # A colon also stands in times; the other rare ones stand in no text as evenly as between fields.
        better = (
            rare is not None and rare.dialect.delimiter != b":" and rare.matches >= usual.matches and rare.score > usual.score
        )
        return rare.dialect if rare is not None and better else usual.dialect
    if rare is not None:
        return rare.dialect
    unused = next((byte for byte in CANDIDATES if byte not in sample.data), None)
    if unused is None:
        raise SenderError(
            "no_delimiter",
            Sentence(
                "No character divides the first lines evenly into fields; semicolon, tab, bar and comma were tried. "
                "Export it with one of these between the columns.%(setting)s",
                setting=" If it has another, the feed's format names it: `delimiter: …`.",
            ),
        )
    return Dialect(unused, mark, record_end)


def _is_mark(sample: Sample, byte: bytes) -> bool:
    beginning = sample.data[:_MARKS_BYTES]
    return byte in MARKS and stands_within_numbers(beginning.decode(sample.text.encoding, "ignore"), byte.decode("ascii"))


@lru_cache(4096)
def _fold(cell: str) -> str:
    return folded(cell)


@dataclass(frozen=True)
class _Candidate:
    """matches: how many expected headers one record holds. score: how evenly the records are cut, and into how many fields."""

    dialect: Dialect
    matches: int
    score: float

    @classmethod
    def of(cls, dialect: Dialect, sample: Sample, expected: set[str]) -> _Candidate:
        found = [one for one in sample.records(dialect) if not one.blank and not _DRAWN_LINE.fullmatch(b"".join(one.cells))]
        matches = max(sample.matches(dialect, expected), default=0)
        return cls(dialect, matches, _evenness(found, sample, dialect))


def _evenness(found: list[Record], sample: Sample, dialect: Dialect) -> float:
    """Returns how evenly a delimiter cuts records into two or more fields: 0 for not at all."""
    counts = Counter(len(record.cells) for record in found if not record.stray)
    counts.pop(1, None)
    if not counts:
        return 0.0
    fields, records_of_that = max(counts.items(), key=lambda item: (item[1], item[0]))
    share = records_of_that / len(found)
    if share < 0.5:
        # Ragged, but divided nearly everywhere: better than nothing, worse than any even cut.
        divided = sum(len(record.cells) > 1 for record in found) / len(found)
        return divided / 4 if divided >= 0.9 else 0.0
    score = share * math.log2(fields)
    if dialect.delimiter == b",":
        commas = sample.data.count(b",")
        between_digits = len(_COMMA_IN_NUMBER.findall(sample.data))
        if between_digits * 2 > commas:
            score /= 2 * math.log2(fields)  # they look like decimal commas: any other even delimiter is likelier
    return score
