"""The right reader for a file: as its feed declares it, or without a feed by its content."""

from __future__ import annotations

from dataclasses import replace

from nightclerk.core.entity import ResolvedEntity
from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.format import WORKBOOK_KINDS, Dbf, Delimited, FixedWidth, Workbook, Xml
from nightclerk.core.margins import Margins
from nightclerk.core.reading import Job
from nightclerk.core.sentence import Sentence
from nightclerk.formats.content_kind import UNDER_THE_NAME_OF_WORKBOOKS, check_delimited, check_kind, check_workbook, content_kind
from nightclerk.formats.datev_header import with_first_line, with_year
from nightclerk.formats.dbf.records import DbfRecords
from nightclerk.formats.delimited import DelimitedRecords
from nightclerk.formats.fixed_width.guess import guess
from nightclerk.formats.fixed_width.records import FixedWidthRecords
from nightclerk.formats.packed.refusals import no_archive
from nightclerk.formats.packed.unpacking import unpacked
from nightclerk.formats.reader import Reader
from nightclerk.formats.records import Records
from nightclerk.formats.shaped import ShapedRecords
from nightclerk.formats.workbook.opening import open_book
from nightclerk.formats.workbook.records import WorkbookRecords
from nightclerk.formats.workbook.returned import holds_ours
from nightclerk.formats.workbook.sheets import name_or_number
from nightclerk.formats.xml.records import XmlRecords
from nightclerk.formats.xml.source import looks_like_xml, may_be_xml

#: Kinds that hold nothing but rows.
_ROWS_ALONE = {"dbf", "xml"}


def open_reader(file: int, keys: int, copy: int, room: int, job: Job) -> Reader:
    """Given the descriptors of the file and of three empty scratch files, and the job; finds out how the file reads.

    Raises SenderError wherever the file must be refused as a whole.
    """
    feed = Feed.model_validate_json(job.feed) if job.feed is not None else None
    members = feed.members if feed is not None else job.member
    table = unpacked(file, room, members, job.unpacked_bytes)
    agreed, feed = feed, with_year(feed, table.file) if feed is not None else None

    def opened() -> Records:
        return _with_feed(table.file, copy, job, feed) if feed is not None else _by_content(table.file, copy, job)

    records = opened()
    # Rejected rows of a member come back as they went out, without an archive around them.
    if members is not None and table.member is None and records.opening.header.runs is None:
        raise no_archive()
    came = _as_it_came(feed, records)
    reader = Reader(_shaped(records, job, feed), lambda: _shaped(opened(), job, feed), keys, job, came, table.member)
    if agreed is not None:
        reader.opened = replace(reader.opened, format=with_first_line(agreed, table.file, reader.opened.format))
    return reader


def _as_it_came(feed: Feed | None, records: Records) -> Feed | None:
    """Returns the feed as it reads a workbook where rejected rows of another kind came back as one: people may have written days
    into it that are the sheet's own."""
    if feed is None or feed.has_own_values or records.opening.format.kind not in WORKBOOK_KINDS:
        return feed
    return feed.model_copy(update={"format": Workbook(kind="xlsx")})


def _shaped(records: Records, job: Job, feed: Feed | None) -> Records:
    """Returns the records without what stands around and between them; rejected rows that come back are rows alone."""
    margins = feed.format if feed is not None else Delimited.model_validate_json(job.format or "{}")
    if not isinstance(margins, Margins) or records.opening.header.runs is not None or records.opening.format.kind in _ROWS_ALONE:
        return records
    entity = ResolvedEntity.model_validate_json(job.entity) if job.entity is not None else None
    return ShapedRecords(records, margins, feed, entity)


def _with_feed(file: int, copy: int, job: Job, feed: Feed) -> Records:
    if isinstance(feed.format, Workbook):
        found = content_kind(file)
        back = _returned(file, feed, feed.format) if found == "xlsx" != feed.format.kind else None
        if back is not None:
            return back
        check_workbook(found, feed.format.kind)
        return WorkbookRecords(open_book(file, feed.format.kind), feed.format, feed.sheet, feed)
    if isinstance(feed.format, FixedWidth | Dbf | Xml):
        return _other_kind(file, copy, job, feed, feed.format)
    check_delimited(file)
    return DelimitedRecords(file, copy, job, feed.format, feed)


def _other_kind(file: int, copy: int, job: Job, feed: Feed, declared: FixedWidth | Dbf | Xml) -> Records:
    if isinstance(declared, Xml) and may_be_xml(file):
        return XmlRecords(file, copy, job, declared, feed)
    found = content_kind(file)
    back = _returned(file, feed, Workbook(kind="xlsx")) if found == "xlsx" else None
    if back is not None:
        return back
    check_kind(found, declared.kind)
    if isinstance(declared, FixedWidth):
        return FixedWidthRecords(file, copy, job, declared)
    if isinstance(declared, Dbf):
        return DbfRecords(file, copy, job, declared, feed)
    return XmlRecords(file, copy, job, declared, feed)


def _returned(file: int, feed: Feed, declared: Workbook) -> Records | None:
    """Returns the records of an XLSX file that holds rejected rows of ours, which go out as XLSX whatever kind came in."""
    try:
        book = open_book(file, "xlsx")
        ours = holds_ours(book)
    except SenderError:
        return None  # nobody can tell whose it is; it is refused in a moment for being of another kind
    found = WorkbookRecords(book, declared, feed.sheet, feed) if ours else None
    return found if found is not None and found.opening.header.runs is not None else None


def _by_content(file: int, copy: int, job: Job) -> Records:
    declared = Delimited.model_validate_json(job.format or "{}")
    found = content_kind(file)
    if found in WORKBOOK_KINDS:
        workbook = Workbook.model_validate({"kind": found, "header_row": declared.header_row})
        book = open_book(file, workbook.kind)
        return WorkbookRecords(book, workbook, name_or_number(book, job.sheet), None)
    if found == "html":
        check_delimited(file)
    if found in UNDER_THE_NAME_OF_WORKBOOKS - {"xml"}:
        check_workbook(found, "xlsx")
    if job.sheet is not None:
        raise SenderError("no_sheet", Sentence("The file is not a workbook, so that it has no sheets. Leave the sheet out."))
    if found == "xml" or looks_like_xml(file):
        return XmlRecords(file, copy, job, None, None, declared.encoding)
    if found == "dbf":
        return DbfRecords(file, copy, job, _table(declared.encoding), None)
    records = DelimitedRecords(file, copy, job, declared, None)
    return _by_positions(file, copy, job, records, declared.encoding) if declared.delimiter == "auto" else records


def _by_positions(file: int, copy: int, job: Job, delimited: DelimitedRecords, encoding: str) -> Records:
    """Returns the records by their columns' positions where these tell more than any delimiter."""
    found = guess(file, delimited.opening, encoding)
    if found is None:
        return delimited
    records: DelimitedRecords | FixedWidthRecords = delimited
    if found.format is not None:
        records = FixedWidthRecords(file, copy, job, found.format)
    format = replace(records.opening.format, positions=found.positions)
    records.opening = replace(records.opening, format=format, notes=(*records.opening.notes, found.note))
    return records


def _table(encoding: str) -> Dbf:
    try:
        return Dbf(kind="dbf", encoding=encoding)
    except ValueError as error:
        told = Sentence("No DBF table is written in %(encoding)s. Name a code page, as in cp850 or cp1252.", encoding=encoding)
        raise SenderError("wrong_encoding", told) from error
