"""A workbook's parts through a parser that takes elements and text, and refuses what no spreadsheet program writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.parsers import expat

from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import Sentence

Attributes = dict[str, str]
_OWN_ENCODINGS = frozenset({"utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "iso-8859-1"})
"""Those that the parser knows by itself. All others it asks Python for, whose codecs must have one byte a character."""

#: No tag, comment or the like is so long. The parser begins one anew with all that it is given of it.
_LONGEST_MARK = 8 << 20


class Parser:
    """Hands on each element by its name without the prefix, and its attributes likewise.

    A document type declaration, with which entities come, is refused before anything of it is looked at.
    """

    def __init__(
        self,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.XmlDeclHandler = _check_encoding
        self._given = 0
        plain = _Plain()
        self._parser.StartElementHandler = lambda name, attributes: start(
            plain[name], {plain[key]: value for key, value in attributes.items()}
        )
        if end is not None:
            self._parser.EndElementHandler = lambda name: end(plain[name])
        if text is not None:
            self._parser.CharacterDataHandler = text

    def feed(self, data: bytes, last: bool = False) -> None:
        """Given the next bytes; hands on what stands in them. Raises SenderError ``damaged_workbook`` where they are no XML."""
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError as error:
            raise damaged() from error
        self._given += len(data)
        if self._given - self._parser.CurrentByteIndex > _LONGEST_MARK:
            raise damaged()


def parse(chunks: Iterable[bytes], start: Callable[[str, Attributes], None], end: Callable[[str], None] | None = None) -> None:
    """Given all bytes of a part; hands on its elements."""
    parser = Parser(start, end)
    for chunk in chunks:
        parser.feed(chunk)
    parser.feed(b"", last=True)


def _check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    """Refuses encodings that the parser would answer with an error of another kind: unknown ones, and those of several bytes."""
    if encoding is not None and not is_known_encoding(encoding):
        raise damaged()


def is_known_encoding(name: str) -> bool:
    """Given an encoding's name, as a part declares it; returns whether it is one that parts may be written in."""
    if name.lower() in _OWN_ENCODINGS:
        return True
    try:
        return len(bytes(range(256)).decode(name, "replace")) == 256
    except (LookupError, ValueError):
        return False


def damaged() -> SenderError:
    """Returns the refusal of a workbook whose inside is not as it should be."""
    return SenderError(
        "damaged_workbook",
        Sentence("The workbook is damaged: a part of it cannot be read. Open it, save it anew and send it again."),
    )


def in_utf8(data: bytes) -> str:
    """Given bytes of a part that is written in UTF-8; returns them as text. Raises SenderError where they are no text."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise damaged() from None


def _refuse_doctype(*_: object) -> None:
    raise SenderError(
        "damaged_workbook",
        Sentence(
            "The workbook holds a document type declaration, which no spreadsheet program writes and which is never read."
            " Export it anew from your program."
        ),
    )


class _Plain(dict[str, str]):
    """Names without their prefixes, each found once: a sheet has a million elements of a handful of names."""

    def __missing__(self, name: str) -> str:
        self[name] = plain = name.rpartition(":")[2]
        return plain
