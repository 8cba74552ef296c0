"""Exported rows as a DOCX document: one table whose header is repeated on every page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from nightclerk.core.printout import Printout

_WIDE_FROM = 7
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def document(
    path: Path,
    printout: Printout,
    tenant: str,
    rows: Sequence[Sequence[str]],
    sums: Sequence[tuple[str, str, str]],
    created: datetime,
) -> None:
    """Given what ``export_pages.pages`` is given, and the moment; writes the document."""
    made: Any = Document()
    made.core_properties.title, made.core_properties.author = _plain(printout.title), "Nightclerk"
    made.core_properties.created = made.core_properties.modified = created.replace(tzinfo=None)
    made.styles["Normal"].font.size = Pt(8 if len(printout.columns) <= 2 * _WIDE_FROM else 6)
    _lay_out(made.sections[0], wide=len(printout.columns) >= _WIDE_FROM)
    made.add_heading(_plain(printout.title), 1)
    for word, said in (("", tenant), *printout.about):
        line = made.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        line.add_run(_plain(printout.line(word, said) if word else said)).bold = not word
    _table(made, printout, rows)
    if sums:
        made.add_heading(_plain(printout.words["sum"]), 2)
        for title, currency, amount in sums:
            made.add_paragraph(_plain(printout.line(title, f"{currency} {amount}".strip())))
    _number_pages(made.sections[0].footer.paragraphs[0], printout.words["page"])
    made.save(str(path))


def _lay_out(section: Any, *, wide: bool) -> None:
    section.page_width, section.page_height = (Cm(29.7), Cm(21)) if wide else (Cm(21), Cm(29.7))
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.5)


def _table(made: Any, printout: Printout, rows: Sequence[Sequence[str]]) -> None:
    """One table. Its rows are made as XML: python-docx looks the whole table through for each cell that it is asked for."""
    table = made.add_table(rows=1, cols=len(printout.columns))
    table.style = "Light Grid Accent 1"
    for cell, column in zip(table.rows[0].cells, printout.columns, strict=True):
        cell.text = _plain(column.title)
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(_element("w:tblHeader", "true"))
    properties.append(_element("w:cantSplit", "true"))
    right = [column.to_the_right for column in printout.columns]
    for row in rows:
        line = OxmlElement("w:tr")
        for text, to_the_right in zip(row, right, strict=True):
            line.append(_cell(_plain(text), to_the_right))
        table._tbl.append(line)


def _cell(text: str, to_the_right: bool) -> Any:
    cell, paragraph = OxmlElement("w:tc"), OxmlElement("w:p")
    if to_the_right:
        properties = OxmlElement("w:pPr")
        properties.append(_element("w:jc", "right"))
        paragraph.append(properties)
    if text:
        run, words = OxmlElement("w:r"), OxmlElement("w:t")
        words.text = text
        words.set(qn("xml:space"), "preserve")
        run.append(words)
        paragraph.append(run)
    cell.append(paragraph)
    return cell


def _number_pages(paragraph: Any, words: str) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for part in re.split(r"(\{n\}|\{of\})", words):
        run = paragraph.add_run("" if part in ("{n}", "{of}") else part)
        if part in ("{n}", "{of}"):
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), "PAGE" if part == "{n}" else "NUMPAGES")
            run._r.addprevious(field)


def _element(name: str, value: str) -> Any:
    made = OxmlElement(name)
    made.set(qn("w:val"), value)
    return made


def _plain(text: str) -> str:
    """Returns the text without what XML cannot hold."""
    return _CONTROL.sub("\ufffd", text)
