"""Which code page a DBF table is written in: as declared, or as its header names it, else by evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from nightclerk.core.reading import EncodingEvidence, Job
from nightclerk.core.sentence import Sentence
from nightclerk.formats.dbf.table import Table
from nightclerk.formats.encoding import find_encoding

#: The byte of the header → the code page. 0 names none; a few name pages that no codec has (895, 620).
_DRIVERS = {
    **dict.fromkeys((0x01, 0x09, 0x0B, 0x0D, 0x0F, 0x11, 0x15, 0x18, 0x19, 0x1B), "cp437"),
    **dict.fromkeys((0x02, 0x0A, 0x0E, 0x10, 0x12, 0x14, 0x16, 0x1A, 0x1D, 0x25, 0x37), "cp850"),
    **dict.fromkeys((0x03, 0x57, 0x58, 0x59), "cp1252"),
    **dict.fromkeys((0x08, 0x17, 0x66), "cp865"),
    **dict.fromkeys((0x1F, 0x22, 0x23, 0x40, 0x64, 0x87), "cp852"),
    **dict.fromkeys((0x26, 0x65), "cp866"),
    **dict.fromkeys((0x13, 0x7B), "cp932"),
    **dict.fromkeys((0x4D, 0x7A), "cp936"),
    **dict.fromkeys((0x4E, 0x79), "cp949"),
    **dict.fromkeys((0x4F, 0x78), "cp950"),
    **dict.fromkeys((0x50, 0x7C), "cp874"),
    **dict.fromkeys((0x1C, 0x6C), "cp863"),
    **dict.fromkeys((0x6A, 0x86), "cp737"),
    **dict.fromkeys((0x6B, 0x88), "cp857"),
    0x04: "mac-roman", 0x24: "cp860", 0x67: "cp861", 0x7D: "cp1255", 0x7E: "cp1256", 0x96: "mac-cyrillic",
    0x97: "mac-latin2", 0x98: "mac-greek", 0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253", 0xCC: "cp1257",
}  # fmt: skip
_FRAMES = "[\u2500-\u259f]"
_BY_NAME = re.compile(r"DB(?:HEBREW|WIN|(?P<page>[0-9]{3}))")


def named_page(table: Table) -> str | None:
    """Given a table; returns the code page that its header names, or None."""
    if isinstance(table.driver, int):
        return _DRIVERS.get(table.driver)
    found = _BY_NAME.match(table.driver)
    if found is None:
        return None
    page = f"cp{found['page'] or '1252'}"
    return page if page in _DRIVERS.values() else None


def find_page(table: Table, declared: str, texts: Iterable[bytes], job: Job, copy: int) -> tuple[str, EncodingEvidence]:
    """Given a table, the encoding that is declared or ``auto``, the text of all its records, a line each, the job, and the
    descriptor of an empty scratch file; returns the encoding, and how it is known.

    Raises SenderError as ``find_encoding`` where the table names no code page and its words do not tell it either.
    """
    if declared != "auto":
        return declared, EncodingEvidence("declared")
    named = named_page(table)
    if named is not None:
        return named, EncodingEvidence("header")
    with open(copy, "wb", closefd=False) as written:
        written.writelines(texts)
    found = find_encoding(copy, "auto", job.language, copy, job.remembered)
    return found.written, found.evidence


def unnamed(encoding: str, evidence: EncodingEvidence) -> tuple[Sentence, ...]:
    """Given an encoding and how it is known; returns the note that it was guessed, if it was."""
    if evidence.by != "guess":
        return ()
    return (
        Sentence(
            "The DBF table does not name its code page; it is read as %(encoding)s. Look whether accented letters are"
            " right.%(setting)s",
            encoding=encoding,
            setting=" If not, the feed's format names the right one: `encoding: …`.",
        ),
    )


def has_frames(encoding: str) -> bool:
    """Returns whether a code page has frames and blocks, as those of DOS do."""
    return any("\u2500" <= bytes([byte]).decode(encoding, "ignore") <= "\u259f" for byte in range(128, 256))


def drawing(texts: pl.Series) -> str:
    """Given texts of a table; returns the frames and blocks among their characters, which words do not hold: a sign that they
    are written in another code page than the table names."""
    held = texts.filter(texts.str.contains(_FRAMES))
    found = held.str.extract_all(_FRAMES).explode(empty_as_null=False).drop_nulls()
    return "".join(found.unique(maintain_order=True).head(10))
