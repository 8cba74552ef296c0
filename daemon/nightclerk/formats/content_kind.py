"""What a file is by its content, whatever its name says."""

from __future__ import annotations

import base64
import re

from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import N_, Sentence
from nightclerk.formats.dbf.table import looks_like_table
from nightclerk.formats.text import read_at
from nightclerk.formats.workbook.archive import Archive, protected
from nightclerk.formats.workbook.ole import MAGIC, CompoundFile

_ZIP = b"PK\x03\x04"
#: What signed data (CMS, as in p7m files) calls itself in its first bytes, and how these bytes begin as text.
_SIGNED = bytes.fromhex("06092a864886f70d010702")
_SIGNED_WITHIN, _SIGNED_AS_TEXT = 24, re.compile(rb"\s*(?:-----BEGIN (?:PKCS7|CMS)-----\s*)?(MI[0-9A-Za-z+/]{38})")
_HEAD = 4096
_WORKBOOKS = {"xlsx": "XLSX", "xls": "XLS", "ods": "ODS"}
_MARKUP = (
    (re.compile(rb"^\s*<(?s:.)*urn:oasis:names:tc:opendocument:xmlns:office:"), "flat_ods"),
    (re.compile(rb"<\?mso-application\s+progid=.Excel|urn:schemas-microsoft-com:office:spreadsheet"), "xml_2003"),
    (
        re.compile(rb"^\s*(?:(?:<!DOCTYPE\s+html|<html|<head|<table|<meta|<style|<body|<div)\b|MIME-Version:)", re.IGNORECASE),
        "html",
    ),
    (re.compile(rb"^\s*<\?xml"), "xml"),
)
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!DOCTYPE\s+html|html)\b", re.IGNORECASE)
#: What spreadsheet programs open like a workbook, and what would make no sense read as lines of text.
UNDER_THE_NAME_OF_WORKBOOKS = frozenset({"html", "xml_2003", "flat_ods", "xml", "xlsb", "old"})
#: What else may come under the name of a workbook.
_OTHERS = {
    "html": N_("an HTML page, which some programs export under the name of a workbook"),
    "xml_2003": N_("an XML table of Excel 2003"),
    "flat_ods": N_("an OpenDocument file as flat XML (FODS)"),
    "xml": N_("an XML file"),
    "xlsb": N_("a binary workbook (XLSB)"),
    "zip": N_("a zip archive"),
    "document": N_("an office document of another kind"),
    "dbf": N_("a DBF table"),
    "old": N_("a sheet of a program older than Excel 95"),
    "pdf": N_("a PDF document"),
    "gzip": N_("a gzip archive"),
    "binary": N_("of an unknown kind"),
}
_AGREED = {"delimited": N_("delimited text (CSV)"), "fixed_width": N_("text of fixed width"), "dbf": N_("a DBF table")}
_AGREED["xml"] = _OTHERS["xml"]


def content_kind(file: int) -> str:
    """Given a file's descriptor; returns ``xlsx``, ``xls``, ``ods``, ``dbf``, ``delimited`` for text, or one of the other kinds.

    Raises SenderError ``password_protected`` for an encrypted workbook, ``incomplete`` or ``damaged_workbook`` for a cut one,
    ``wrong_kind`` for a file that lies within its signature.
    """
    head = read_at(file, 0, _HEAD)
    _check_unsigned(head)
    if head.startswith(_ZIP):
        return _in_archive(file)
    if head.startswith(MAGIC):
        return _in_compound(file)
    if looks_like_table(file):
        return "dbf"
    for magic, kind in ((b"%PDF", "pdf"), (b"\x1f\x8b", "gzip")):
        if head.startswith(magic):
            return kind
    if re.match(rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00", head):
        return "old"
    plain = head.removeprefix(b"\xef\xbb\xbf")
    for pattern, kind in _MARKUP:
        if pattern.search(plain):
            return kind
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "binary"
    return "delimited" if head else "empty"


def check_workbook(found: str, wanted: str) -> None:
    """Given what a file is and the kind of workbook that a feed reads; raises SenderError ``wrong_kind`` if these differ,
    ``no_header`` for an empty file."""
    if found == wanted:
        return
    if found == "empty":
        raise SenderError("no_header", Sentence("The file is empty: it has no header and no rows."))
    if found in _WORKBOOKS:
        told = Sentence(
            "The file is an %(found)s workbook, but %(wanted)s is agreed. Send it as %(wanted)s, or ask those who look after"
            " Nightclerk to accept %(found)s files.%(setting)s",
            found=_WORKBOOKS[found],
            wanted=_WORKBOOKS[wanted],
            setting=_setting(found),
        )
    elif found == "delimited":
        told = Sentence(
            "The file is text, as a CSV file is, and not a workbook. Export it as %(wanted)s, or ask those who look"
            " after Nightclerk to accept CSV files.%(setting)s",
            wanted=_WORKBOOKS[wanted],
            setting=_setting(found),
        )
    else:
        told = Sentence(
            "The file is %(what)s, not an %(wanted)s workbook. Export it as %(wanted)s.",
            what=Sentence(_OTHERS[found]),
            wanted=_WORKBOOKS[wanted],
        )
    raise SenderError("wrong_kind", told)


def check_delimited(file: int) -> None:
    """Given a file's descriptor; raises SenderError ``wrong_kind`` where it is signed, a workbook, a table, XML or a web
    page, not text."""
    if looks_like_table(file):
        raise _other("dbf", "delimited")
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s", read_at(file, 0, _HEAD)):
        raise _other("xml", "delimited")
    head = read_at(file, 0, _HEAD)
    _check_unsigned(head)
    if _PAGE.match(head):
        told = Sentence(
            "The file is a web page (HTML), not delimited text. Programs hand out such a page in the place of an export when"
            " something went wrong: open it in a browser to see what it says, and export the file anew as CSV."
        )
        raise SenderError("wrong_kind", told)
    if not head.startswith((_ZIP, MAGIC)):
        return
    try:
        found = content_kind(file)
    except SenderError:
        return  # whatever it is, it is no text, which is told in a moment
    if found in _WORKBOOKS:
        told = Sentence(
            "The file is an %(found)s workbook, but CSV (delimited text) is agreed. Export it as CSV, or ask those who look after"
            " Nightclerk to accept %(found)s files.%(setting)s",
            found=_WORKBOOKS[found],
            setting=_setting(found),
        )
        raise SenderError("wrong_kind", told)


def check_kind(found: str, wanted: str) -> None:
    """Given what a file is and what is agreed, ``fixed_width``, ``dbf`` or ``xml``; raises SenderError ``wrong_kind`` where it is
    clearly something else, ``no_header`` for an empty file. What may be it, with damage, passes."""
    if found == "empty":
        raise SenderError("no_header", Sentence("The file is empty: it has no header and no rows."))
    may_be_it = {"fixed_width": {"delimited", "binary"}, "dbf": {"dbf", "binary"}, "xml": {"xml"}}
    if found not in may_be_it[wanted]:
        raise _other(found, wanted)


def _check_unsigned(head: bytes) -> None:
    """Raises SenderError ``wrong_kind`` where a file begins as a signed one, in bytes or as text."""
    as_text = _SIGNED_AS_TEXT.match(head)
    begins = base64.b64decode(as_text[1]) if as_text is not None else head
    if begins[:1] == b"0" and _SIGNED in begins[:_SIGNED_WITHIN]:
        told = Sentence(
            "The file is signed electronically (p7m), and what was signed lies within the signature, where it is not read. Send"
            " the file itself, as it was before it was signed."
        )
        raise SenderError("wrong_kind", told)


def _other(found: str, wanted: str) -> SenderError:
    """Returns the refusal of a file that is of another kind than agreed."""
    what = Sentence("a workbook (%(found)s)", found=_WORKBOOKS[found]) if found in _WORKBOOKS else None
    known = found in {*_WORKBOOKS, *_AGREED}
    told = Sentence(
        "The file is %(what)s, but %(wanted)s is agreed. Export it as agreed, or have the new kind agreed.%(setting)s",
        what=what or Sentence(_AGREED.get(found) or _OTHERS[found]),
        wanted=Sentence(_AGREED[wanted]),
        setting=_setting(found) if known else "",
    )
    return SenderError("wrong_kind", told)


def _setting(kind: str) -> str:
    return f" To accept it, the feed's format says `kind: {kind}`."


def _in_archive(file: int) -> str:
    archive = Archive(file)
    names = archive.names
    if "content.xml" in archive and "meta-inf/manifest.xml" in archive:
        if b":encryption-data" in archive.whole("META-INF/manifest.xml"):
            raise protected()
        mime = archive.whole("mimetype") if "mimetype" in archive else b""
        return "ods" if b"spreadsheet" in mime or not mime else "document"
    if "[content_types].xml" in archive:
        types = archive.whole("[Content_Types].xml").lower()
        if b"sheet.binary" in types:
            return "xlsb"
        if b"spreadsheetml" in types or any(name.startswith("xl/") for name in names):
            return "xlsx"
        return "document"
    return "zip"


def _in_compound(file: int) -> str:
    streams = CompoundFile(file).names
    if "encryptedpackage" in streams:
        raise protected()
    return "xls" if {"workbook", "book"} & set(streams) else "document"
