"""How the bytes of a delimited file fall into records and fields, once that is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

#: The longest field and the longest record that are accepted, in bytes as they stand in the file (UTF-8 for UTF-16 files).
LONGEST_FIELD = 1 << 20
LONGEST_RECORD = 4 << 20

#: Of a record past ``LONGEST_RECORD`` only the cells within this many bytes are ever shown.
SHOWN_OF_OVERLONG = 64 << 10


@dataclass(frozen=True)
class Dialect:
    """delimiter, quote: one ASCII byte; quote is None where no field is ever quoted.

    record_end: the byte that ends a record and a physical line: LF (a CR before it belongs to it), or CR in files of the
    old Macintosh kind that have no LF outside quotes.
    """

    delimiter: bytes
    quote: bytes | None
    record_end: bytes = b"\n"

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
