"""The readers of DBF tables, XML exports and text of fixed width for the fuzzers, down to their records."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.fuzz.changes import CORPUS

from nightclerk.core.feed import Feed
from nightclerk.core.reading import Job
from nightclerk.formats.dbf.records import DbfRecords
from nightclerk.formats.fixed_width.records import FixedWidthRecords
from nightclerk.formats.records import Records
from nightclerk.formats.xml.records import XmlRecords

#: Kind → the endings of its files in the corpus.
KINDS = {"dbf": (".dbf",), "xml": (".xml",), "fixed_width": (".txt",)}
_FORMATS: dict[str, list[dict[str, Any]]] = {
    "dbf": [{"encoding": "auto"}, {"encoding": "cp850"}],
    "xml": [{"rows": "Client"}, {"rows": "/Export/Client", "repeated": {"Note": "join"}}],
    "fixed_width": [
        {"columns": {"Code": "1-6", "Nom": "7-20", "Solde": "21-30"}, "encoding": encoding, **more}
        for encoding in ("auto", "cp1252")
        for more in ({}, {"header_row": 1}, {"header_row": "none"})
    ],
}
_FEEDS = {
    kind: [
        Feed.model_validate({
            "feed": "f", "files": "*", "entity": "e", "format": {"kind": kind, **one},
            "mapping": {"code": "Code", "name": "Nom", "balance": "Solde"},
        })
        for one in formats
    ]
    for kind, formats in _FORMATS.items()
}  # fmt: skip


def walk(file: int, copy: int, kind: str, choice: int) -> int:
    """Given a written file, an empty scratch file, the kind and a number; reads all records by one of the kind's feeds, then the
    last of them once more. Returns how many rows there are. Raises SenderError."""
    feed = _FEEDS[kind][choice % len(_FEEDS[kind])]
    records = _records(file, copy, feed)
    rows, last = 0, 0
    for some in records.rows():
        if len(some.lines) != len(some.cells):
            raise AssertionError(f"{len(some.lines)} lines stand beside {len(some.cells)} rows of cells")
        rows += len(some.lines) + len(some.damaged)
        lines = [*some.lines.tail(1), *(one.row.line for one in some.damaged[-1:])]
        last = max([last, *lines])
    if last and not any(last in [*some.lines, *(one.row.line for one in some.damaged)] for some in _again(records, last)):
        raise AssertionError(f"the record of line {last} is not found again")
    return rows


def contents(kind: str) -> list[bytes]:
    """Returns the corpus of a kind."""
    return [content for name, content in CORPUS.items() if name.endswith(KINDS[kind])]


def _again(records: Records, line: int) -> Any:
    return records.again(np.array([line], np.int64))


def _records(file: int, copy: int, feed: Feed) -> Records:
    job = Job("fr", "UTC", feed=feed.model_dump_json(by_alias=True), block_bytes=4096)
    match feed.format.kind:
        case "dbf":
            return DbfRecords(file, copy, job, feed.format, feed)
        case "xml":
            return XmlRecords(file, copy, job, feed.format, feed)
        case _:
            return FixedWidthRecords(file, copy, job, feed.format)  # type: ignore[arg-type]  # the only other kind among these
