"""How the bytes of a delimited file fall into records and fields, once that is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from nightclerk.formats.spaced import drawn_forward

#: The longest field and the longest record that are accepted, in bytes as they stand in the file (UTF-8 for UTF-16 files).
LONGEST_FIELD = 1 << 20
LONGEST_RECORD = 4 << 20

#: How a quote inside a quoted field is written: twice (RFC 4180), behind a backslash, or as it is.
InnerQuotes = Literal["doubled", "backslash", "bare"]

#: Of a record past ``LONGEST_RECORD`` only the cells within this many bytes are ever shown.
SHOWN_OF_OVERLONG = 64 << 10


@dataclass(frozen=True)
class Dialect:
    """delimiter, quote: one ASCII byte; quote is None where no field is ever quoted.

    record_end: the byte that ends a record and a physical line: LF (a CR before it belongs to it), or CR in files of the
    old Macintosh kind that have no LF outside quotes. inner: how a quote inside a quoted field is written.
    strict: the file shows that its writer quotes every field with a quote in it, so that one in an unquoted field is damage.
    spaced: spaces may stand between a delimiter and the quote that opens a field, and are no text.
    """

    delimiter: bytes
    quote: bytes | None
    record_end: bytes = b"\n"
    inner: InnerQuotes = "doubled"
    strict: bool = False
    spaced: bool = False

    def regular(self, data: bytes) -> bytes:
        """Given bytes from a record's start; returns them, as many, with quotes behind a backslash written twice instead, and
        spaces before a field's quotes behind these."""
        if self.spaced and self.quote is not None and self.inner != "bare":
            return drawn_forward(self._without_backslashes(data), self.delimiter, self.quote)
        return self._without_backslashes(data)

    def _without_backslashes(self, data: bytes) -> bytes:
        if self.inner != "backslash" or self.quote is None or b"\\" not in data:
            return data
        double = self.quote * 2
        if b"\\\\" not in data:
            return data.replace(b"\\" + self.quote, double)
        return self._escaped.sub(lambda found: found[0] if found[0] == b"\\\\" else double, data)

    def plain(self, cell: str) -> str:
        """Given a cell as it was cut from regular bytes; returns what it says: two backslashes are one where they escape."""
        return cell.replace("\\\\", "\\") if self.inner == "backslash" else cell

    def closing(self, data: bytes, at: int) -> int:
        """Given regular bytes and a place inside quotes; returns where the closing quote stands, or the bytes' end."""
        if self.inner == "bare":
            bare = self._closes_bare.search(data, at)
            return bare.start() if bare else len(data)
        inside = self.quoted.match(data, at)
        return inside.end() if inside else len(data)

    def unescaped(self, cell: bytes) -> bytes:
        """Given the inside of a quoted field, from regular bytes; returns it without what keeps its quotes apart."""
        quote = self.quote or b""
        return cell if self.inner == "bare" else cell.replace(quote + quote, quote)

    @cached_property
    def _escaped(self) -> re.Pattern[bytes]:
        return re.compile(rb"\\[\\" + re.escape(self.quote or b"") + b"]")

    @cached_property
    def _closes_bare(self) -> re.Pattern[bytes]:
        line_end = rb"\r?\n" if self.record_end == b"\n" else rb"\r"
        return re.compile(re.escape(self.quote or b"") + b"(?=" + re.escape(self.delimiter) + b"|" + line_end + rb"|\Z)")

    @cached_property
    def field_end(self) -> re.Pattern[bytes]:
        """Finds the end of an unquoted field."""
        return re.compile(b"[" + re.escape(self.delimiter) + self.record_end + b"]")

    @cached_property
    def quoted(self) -> re.Pattern[bytes]:
        """Matches the inside of a quoted field up to its closing quote, or to the end of the bytes."""
        quote = re.escape(self.quote or b"")
        return re.compile(b"(?:[^" + quote + b"]++|" + quote + quote + b")*+")

    @cached_property
    def leaves_record_or_enters_quote(self) -> re.Pattern[bytes]:
        """Finds, outside quotes, the record's end or the opening quote of the record's next quoted field."""
        opened = b"|" + re.escape(self.delimiter + self.quote) if self.quote else b""
        return re.compile(re.escape(self.record_end) + opened)

    @cached_property
    def blank(self) -> re.Pattern[bytes]:
        """Matches records without any content: delimiters, spaces, quotes and line ends only."""
        return re.compile(b"[" + re.escape(self.blank_bytes) + b"]*+")

    @property
    def blank_bytes(self) -> bytes:
        return b" \t\r\n" + self.delimiter + (self.quote or b"")
