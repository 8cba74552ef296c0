"""An XML text through a parser that refuses what no export needs: document types, entities, endless names and endless depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.parsers import expat

from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import N_, Sentence
from nightclerk.formats.text import Text

#: The most bytes of one tag, comment or instruction: the parser reads an unfinished one anew with each chunk.
MOST_TAG = 4 << 20
_CHUNK = 1 << 18
_CODES = expat.errors.codes
_BROKEN_OFF = {
    _CODES[expat.errors.XML_ERROR_NO_ELEMENTS],
    _CODES[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    _CODES[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    _CODES[expat.errors.XML_ERROR_PARTIAL_CHAR],
}
_TOLD = {
    _CODES[expat.errors.XML_ERROR_INVALID_TOKEN]: N_("a sign stands there that may not stand there as it is, such as & or <"),
    _CODES[expat.errors.XML_ERROR_TAG_MISMATCH]: N_("an element is closed there that is not the one that is open"),
    _CODES[expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE]: N_("an element has the same attribute twice"),
    _CODES[expat.errors.XML_ERROR_UNDEFINED_ENTITY]: N_("an entity is used there that XML does not have"),
    _CODES[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]: N_("something follows the end of the document"),
    _CODES[expat.errors.XML_ERROR_BAD_CHAR_REF]: N_("a character is written there that XML does not have"),
}
_OTHER = N_("something stands there that is no XML")

TAG_TOO_LONG = N_("In line %(line)s of the file a single tag or comment begins that is far too long.")
TEXT_TOO_LONG = N_("In line %(line)s of the file the text of a single element goes on far too long.")
ROW_TOO_LONG = N_("In line %(line)s of the file a single row goes on far too long.")
TOO_DEEP = N_("In line %(line)s of the file elements stand within elements far too deep.")
TOO_MANY_NAMES = N_("In line %(line)s the file has come to far too many different elements.")

Start = Callable[[str, list[str]], None]


class Stream:
    """Hands the text on: elements with their attributes as ``[name, value, …]``, names with their prefixes, and text.

    ``parser``: its handlers may be changed on the way. ``fed``: how many bytes the parser has been given.
    """

    def __init__(self, text: Text, start: Start, end: Callable[[str], object]) -> None:
        self._text = text
        self.fed = 0
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler, parser.EndElementHandler = start, end

    def parts(self) -> Iterator[None]:
        """Takes the text part by part; yields after each. Raises SenderError where it is no XML, ends too early, or would need
        more memory than any export should."""
        offset, size = self._text.start, self._text.size
        while offset < size:
            data = self._text.read(offset, _CHUNK)
            offset += len(data)
            self._parse(data if self._text.encoding == "utf-8" else self._text.decode(data).encode())
            if self.fed - self.parser.CurrentByteIndex > MOST_TAG:
                raise self.refusal(TAG_TOO_LONG)
            yield
        self._parse(b"", last=True)
        yield

    def refusal(self, template: str) -> SenderError:
        """Given the template of a sentence about the line that the parser has come to; returns the refusal."""
        line = self.parser.CurrentLineNumber
        return SenderError("damaged_xml", Sentence(template, line=str(line)), line)

    def _parse(self, data: bytes, last: bool = False) -> None:
        self.fed += len(data)
        try:
            self.parser.Parse(data, last)
        except expat.ExpatError as error:
            raise _refusal(error, last) from error

    def _refuse_doctype(self, *_: object) -> None:
        line = self.parser.CurrentLineNumber
        told = Sentence(
            "The file holds a document type declaration (DOCTYPE), in line %(line)s. Such files are never read, because"
            " what it declares can stand for anything. Export the file without it.",
            line=str(line),
        )
        raise SenderError("document_type", told, line)


def _refusal(error: expat.ExpatError, last: bool) -> SenderError:
    if last and error.code in _BROKEN_OFF:
        told = Sentence(
            "The file ends in the middle, in line %(line)s: the export or the upload broke off. Send it again.",
            line=str(error.lineno),
        )
        return SenderError("incomplete", told, error.lineno)
    told = Sentence(
        "The file is no sound XML: in line %(line)s, at character %(place)s, %(what)s.",
        line=str(error.lineno),
        place=str(error.offset + 1),
        what=Sentence(_TOLD.get(error.code, _OTHER)),
    )
    return SenderError("damaged_xml", told, error.lineno)
