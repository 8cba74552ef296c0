"""The right reader for a file: as its feed declares it, or without a feed by its content."""

from __future__ import annotations

from nightclerk.core.errors import SenderError
from nightclerk.core.feed import WORKBOOK_KINDS, Delimited, Feed, Workbook
from nightclerk.core.reading import Job
from nightclerk.core.sentence import Sentence
from nightclerk.formats.content_kind import UNDER_THE_NAME_OF_WORKBOOKS, check_delimited, check_workbook, content_kind
from nightclerk.formats.delimited import DelimitedRecords
from nightclerk.formats.reader import Reader
from nightclerk.formats.records import Records
from nightclerk.formats.workbook.opening import open_book
from nightclerk.formats.workbook.records import WorkbookRecords
from nightclerk.formats.workbook.returned import holds_ours
from nightclerk.formats.workbook.sheets import name_or_number


def open_reader(file: int, keys: int, copy: int, job: Job) -> Reader:
    """Given the descriptors of the file and of two empty scratch files, and the job; finds out how the file reads.

    Raises SenderError wherever the file must be refused as a whole.
    """
    feed = Feed.model_validate_json(job.feed) if job.feed is not None else None
    return Reader(_with_feed(file, copy, job, feed) if feed is not None else _by_content(file, copy, job), keys, job, feed)


def _with_feed(file: int, copy: int, job: Job, feed: Feed) -> Records:
    if isinstance(feed.format, Workbook):
        found = content_kind(file)
        back = _returned(file, feed, feed.format) if found == "xlsx" != feed.format.kind else None
        if back is not None:
            return back
        check_workbook(found, feed.format.kind)
        return WorkbookRecords(open_book(file, feed.format.kind), feed.format, feed.sheet, feed)
    check_delimited(file)
    return DelimitedRecords(file, copy, job, feed.format, feed)


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
    if found in UNDER_THE_NAME_OF_WORKBOOKS:
        check_workbook(found, "xlsx")
    if job.sheet is not None:
        raise SenderError("no_sheet", Sentence("The file is not a workbook, so that it has no sheets. Leave the sheet out."))
    return DelimitedRecords(file, copy, job, declared, None)
