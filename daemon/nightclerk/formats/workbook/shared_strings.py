"""The table of texts that the cells of an XLSX workbook share."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import Sentence
from nightclerk.formats.dialect import LONGEST_FIELD
from nightclerk.formats.workbook.xml_parts import Attributes, Parser, damaged, in_utf8
from nightclerk.formats.workbook.xml_text import meant, pieces, unescaped

_OPEN, _CLOSE = b"<si><t>", b"</t></si>"
_SPACED = b'<t xml:space="preserve">'
_END = b"</sst>"


def shared_strings(chunks: Iterable[bytes]) -> pl.Series:
    """Given the bytes of the part that holds them; returns all texts in order."""
    found: list[pl.Series] = [pl.Series("text", [], dtype=pl.String)]
    head, data = b"", b""
    for chunk in chunks:
        data += chunk
        if not head:
            head, data = _after_head(data)
            Parser(_Texts().start).feed(head)  # which refuses a document type
        cut = data.rfind(b"<si>") if head else -1
        if cut > 0:
            found.append(_texts(head, data[:cut]))
            data = data[cut:]
        elif len(data) > 4 * LONGEST_FIELD:
            raise _too_long()
    if not head:
        # A table without texts, or written in a way of its own; or no XML at all.
        return pl.Series("text", _exact(b"", data), dtype=pl.String)
    end = data.rfind(_END)
    if end < 0:
        raise damaged()
    found.append(_texts(head, data[:end]))
    return pl.concat(found, rechunk=True)


def _after_head(data: bytes) -> tuple[bytes, bytes]:
    """Splits the beginning of the part before its first text, where that begins in the usual way."""
    at = data.find(b"<si>")
    return (data[:at], data[at:]) if at > 0 else (b"", data)


def _texts(head: bytes, data: bytes) -> pl.Series:
    """Given whole texts, each as an element; returns them. Those that are one plain text each are cut out at once."""
    plain = data.replace(_SPACED, b"<t>") if _SPACED in data else data
    count = plain.count(_OPEN)
    usual = plain.startswith(_OPEN) and plain.endswith(_CLOSE) and plain.count(b"<") == 4 * count
    if usual and plain.count(_CLOSE + _OPEN) == count - 1:
        inner = in_utf8(plain[len(_OPEN) : -len(_CLOSE)])
        texts = meant(pieces(inner, (_CLOSE + _OPEN).decode()))
    else:
        texts = pl.Series("text", _exact(head, data + _END), dtype=pl.String)
    if len(texts) and int(texts.str.len_bytes().max()) > LONGEST_FIELD:  # type: ignore[arg-type]  # there are texts
        raise _too_long()
    return texts


def _exact(head: bytes, data: bytes) -> list[str]:
    reader = _Texts()
    parser = Parser(reader.start, reader.end, reader.text)
    parser.feed(head)
    parser.feed(data, last=True)
    return reader.found


class _Texts:
    """Takes in the elements: each text may consist of several runs; how it is spoken is no part of it."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._text: list[str] = []
        self._taking = False
        self._phonetic = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "si":
            self._text = []
        elif name == "rPh":
            self._phonetic += 1
        elif name == "t":
            self._taking = not self._phonetic

    def end(self, name: str) -> None:
        if name == "si":
            self.found.append(unescaped("".join(self._text)))
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "t":
            self._taking = False

    def text(self, text: str) -> None:
        if self._taking:
            self._text.append(text)


def _too_long() -> SenderError:
    return SenderError(
        "damaged_workbook",
        Sentence("A cell of the workbook holds far more text than a cell can hold; the workbook is damaged. Export it anew."),
    )
