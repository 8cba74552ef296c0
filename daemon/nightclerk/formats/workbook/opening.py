"""The right book for each kind of workbook."""

from __future__ import annotations

from nightclerk.formats.workbook.archive import Archive
from nightclerk.formats.workbook.book import Book, WorkbookKind
from nightclerk.formats.workbook.ods_book import OdsBook
from nightclerk.formats.workbook.ole import CompoundFile
from nightclerk.formats.workbook.xls_book import XlsBook
from nightclerk.formats.workbook.xlsx_book import XlsxBook


def open_book(file: int, kind: WorkbookKind) -> Book:
    """Given a file's descriptor and what it is; returns it as a book. Raises SenderError where it cannot be read."""
    if kind == "xls":
        return XlsBook(CompoundFile(file))
    archive = Archive(file)
    return XlsxBook(archive) if kind == "xlsx" else OdsBook(archive)
