"""How a file reads without any configuration: what a person looks at before writing the first line of one."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from nightclerk.core.column_names import distinct
from nightclerk.core.doubts import Damage, Doubt, column_doubts, header_doubts
from nightclerk.core.encrypted import HEAD, is_encrypted
from nightclerk.core.errors import OperatorError, ReaderDiedError, SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.format import Delimited
from nightclerk.core.issue import LeftOut
from nightclerk.core.naming import shown
from nightclerk.core.profile import ColumnProfile, Profile
from nightclerk.core.reading import Block, FormatFound, FoundReading, Job
from nightclerk.core.record_text import LINE, Style, head_text, record_text
from nightclerk.core.sentence import Sentence
from nightclerk.desk.output import format_data
from nightclerk.ports import Format, Reading

#: Larger blocks than the corridor's: fewer of them cost less to look at, and nothing else is held here.
_BLOCK_BYTES = 2 << 20


@dataclass(frozen=True)
class Asked:
    """What a person wants read: the file, how it is written as far as that is known, the language of its code pages, of a
    workbook the sheet, by name or number, of an archive the file in it, by a pattern of its name, and of XML the path of
    the elements that are its rows."""

    path: Path
    format: Delimited
    language: str = "en"
    sheet: str | int | None = None
    member: str | None = None
    rows: str | None = None


@dataclass(frozen=True)
class Inspection:
    """How a file reads.

    columns: its headers as they stand, up to the last that is not blank; names: the same made distinct, in this order;
    profiles: what each of these columns holds.
    rows: damaged ones too. left_out: the lines that are no rows, as many as the reader names.
    """

    format: FormatFound
    columns: tuple[str, ...]
    names: tuple[str, ...]
    profiles: tuple[ColumnProfile, ...]
    rows: int
    left_out: tuple[LeftOut, ...]
    doubts: tuple[Doubt, ...]

    @property
    def readings(self) -> tuple[FoundReading, ...]:
        """Returns how the written dates and numbers of its columns read by themselves, where all cells together leave one way.
        The own ones of a sheet or a table are not written."""
        found: list[FoundReading] = []
        if self.format.sheet is not None or self.format.kind == "dbf":
            return ()
        for name, one in zip(self.names, self.profiles, strict=True):
            dates = one.dates[:1] if one.undecided_date is None else ()
            decimal, thousands = one.marks or ("", None)
            if dates or decimal:
                found.append(FoundReading(name, name, dates, decimal, thousands or ""))
        return tuple(found)


def inspect(reader: Format, asked: Asked, beside: Callable[[Block], None] | None = None) -> Inspection:
    """Given a reader, what to read, and who wants to see the rows as well, block by block; returns how it reads.

    Raises SenderError when the file is refused, OperatorError when it cannot be opened.
    """
    damage = Damage()
    with raw_reading(reader, asked) as reading:
        opened = reading.opened
        # The own numbers of a sheet or a table always come with a point.
        profile = Profile(
            len(opened.columns), decimal="." if opened.format.sheet is not None or opened.format.kind == "dbf" else None
        )
        left_out = list(opened.left_out)
        for block in reading.blocks():
            profile.add(block.lines, block.columns)
            damage.add(block.issues)
            left_out += block.left_out
            if beside is not None:
                beside(block)
        finished = reading.finished()
    names, profiles = _names(opened.columns), profile.columns()
    doubts = [
        *_doubts_of_format(opened.format),
        *(Doubt("note", None, note) for note in (*opened.notes, *finished.notes)),
        *header_doubts(opened.columns, names, profiles),
    ]
    columns = _named(opened.columns)
    names, profiles = names[: len(columns)], profiles[: len(columns)]
    for header, name, found in zip(columns, names, profiles, strict=True):
        doubts += column_doubts(header, name, found, asked.language)
    doubts += damage.doubts()
    if finished.left_out_more:
        told = f"{finished.left_out_more} more lines were left out; only the first {len(left_out)} are listed."
        doubts.append(Doubt("left_out_more", None, told))
    return Inspection(opened.format, columns, names, profiles, finished.rows, tuple(left_out), tuple(doubts))


def write_records(reader: Format, asked: Asked, style: Style, write: Callable[[bytes], object]) -> Damage:
    """Given a reader, what to read, and where bytes go; writes all sound records with their ``_line``, in UTF-8.

    Returns the damaged records, which are left out, as are columns behind the last header. Raises as ``inspect``, perhaps after
    some records have been written.
    """
    damage = Damage()
    with raw_reading(reader, asked) as reading:
        names = _names(_named(reading.opened.columns))
        write(head_text(style, names).encode())
        for block in reading.blocks():
            write(record_text(style, block.lines, block.columns[: len(names)], names).encode())
            damage.add(block.issues)
    return damage


def inspection_data(found: Inspection) -> dict[str, Any]:
    """Given how a file reads; returns the object that ``inspect --json`` prints."""
    return {
        "format": format_data(replace(found.format, readings=found.readings)),
        "columns": list(found.columns),
        "rows": found.rows,
        "left_out": [{"line": one.line, "reason": one.reason} for one in found.left_out],
        "types": {name: profile.kind for name, profile in zip(found.names, found.profiles, strict=True)},
        "totals": {
            name: f"{profile.total:f}"
            for name, profile in zip(found.names, found.profiles, strict=True)
            if profile.total is not None
        },
        "doubts": [{"code": doubt.code, "column": doubt.column, "message": doubt.message} for doubt in found.doubts],
    }


def refusal_data(refusal: SenderError) -> dict[str, Any]:
    """Given why a file is refused; returns the object that ``inspect --json`` prints instead."""
    return {"refused": {"code": refusal.code, "line": refusal.line, "message": str(refusal)}}


def _named(columns: tuple[str, ...]) -> tuple[str, ...]:
    return columns[: max((place for place, header in enumerate(columns, 1) if header), default=0)]


def _names(columns: tuple[str, ...]) -> tuple[str, ...]:
    return distinct(columns, taken=(LINE,))


def _doubts_of_format(found: FormatFound) -> Iterator[Doubt]:
    if found.evidence is not None and found.evidence.told is not None:
        yield Doubt("encoding_guessed", None, f"{found.evidence.told} That is a guess: look whether accented letters are right.")


@contextmanager
def raw_reading(reader: Format, asked: Asked, feed: Feed | None = None) -> Iterator[Reading]:
    """Given a reader, what to read, and a feed that knows how the file is written, if there is one: it then decides that alone;
    opens the file, its rows as text. Raises as ``inspect``, within the block too."""
    job = Job(
        asked.language,
        "UTC",
        feed=feed.model_dump_json(by_alias=True) if feed is not None else None,
        format=asked.format.model_dump_json(),
        block_bytes=_BLOCK_BYTES,
        sheet=asked.sheet,
        member=asked.member,
        rows=asked.rows,
    )
    with _opened(asked.path) as file:
        _not_encrypted(file)
        with closing(reader.read(file, job)) as reading:
            try:
                yield reading
            except ReaderDiedError as error:
                raise SenderError("reader_died", Sentence.verbatim(str(error))) from error


def _not_encrypted(file: BinaryIO) -> None:
    """Raises SenderError where the file is encrypted: a key belongs to a tenant, and there is none here."""
    encrypted = is_encrypted(file.read(HEAD))
    file.seek(0)
    if encrypted:
        told = (
            "The file is encrypted with OpenPGP, and only a tenant's key opens it. See what it holds with: nightclerk preview "
            "TENANT FILE; or decrypt it first, as with: gpg --decrypt FILE."
        )
        raise SenderError("not_decrypted", Sentence.verbatim(told))


def _opened(path: Path) -> BinaryIO:
    try:
        # A pipe that nobody writes to would never open, and cannot be read twice.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return open(descriptor, "rb")  # noqa: PTH123 - a descriptor, not a path
        os.close(descriptor)
    except OSError as error:
        raise OperatorError(f"{shown(str(path))} cannot be opened: {error.strerror}. Name a file that can be read.") from error
    raise OperatorError(f"{shown(str(path))} is not a file. Name a file; what comes through a pipe must be saved first.")
