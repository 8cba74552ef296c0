"""How a text must be given to xlsxwriter so that exactly this text stands in the cell."""

from __future__ import annotations

import re
from html import escape

from nightclerk.formats.sheet_title import LONGEST_CELL, longest_start

_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_SHARING = re.compile("_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def exactly(text: str) -> str:
    """Given a cell's text; returns what xlsxwriter is to be given so that exactly this stands in the cell.

    It hands on what begins and ends like the XML of a dressed text as it is, and of two escapes that share an underscore
    (``_x0041_x0042_``) it sees one. Such texts are given as that XML, in which nothing is left for it to see.
    """
    dressed = text.startswith("<r>") and text.endswith("</r>")
    if not dressed and not _SHARING.search(text):
        return text
    escaped = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", _ESCAPE.sub("_x005F_", text))
    xml = f'<r><t xml:space="preserve">{escape(escaped, quote=False).replace("_", "&#95;")}</t></r>'
    if longest_start(xml, LONGEST_CELL) == xml:
        return xml
    return f" {text}" if dressed else text  # spaces around a cell do not matter to any value
