"""What the header of a DBF table says: its columns, how many records there are, and which code page it names.

The kinds differ in few things: dBase 7 has a longer header with longer names, Visual FoxPro types of its own and bits for
missing values.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass

from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import Sentence
from nightclerk.formats.text import read_at

#: First bytes of tables: FoxBASE+ and dBase III to V, Visual FoxPro, dBase 7, with memos, SQL tables, HiPer-Six.
_VERSIONS = frozenset(b"\x03\x04\x05\x30\x31\x32\x43\x63\x7b\x83\x8b\x8c\x8e\xb3\xcb\xe5\xf5\xfb")
_VISUAL_FOXPRO = frozenset(b"\x30\x31\x32")
_DBASE_7 = 4
_LONGEST_HEADER = 1 << 16
_HEAD, _HEAD_7, _END = 32, 68, 0x0D
_FIELD, _FIELD_7 = struct.Struct("<11sc4xBBB13x"), struct.Struct("<32scBB13x")
#: Types whose content is in a second file, or in a form that is not known for certain.
_ELSEWHERE = frozenset("MGPWQO")
_KNOWN = frozenset("CNFDLIBYT+@V0") | _ELSEWHERE
#: How many bytes numbers and moments have that are not written as text.
_LENGTHS = {"I": 4, "+": 4, "Y": 8, "T": 8, "@": 8}
_NULLABLE = 2
_DOUBLE = 8
_SPACES = b" \0"


@dataclass(frozen=True)
class Column:
    """One column. name: as its bytes stand; type: its letter; offset, length: where it stands in a record, in bytes.

    long: whether its decimals are the high byte of its length. nullable: whether a bit says that it has no value.
    """

    name: bytes
    type: str
    offset: int
    length: int
    nullable: bool

    @property
    def is_read(self) -> bool:
        """Whether its values stand in the table in a known form."""
        if self.type == "B":
            return self.length == _DOUBLE  # in other programs' tables it is a memo of bytes
        return self.type not in _ELSEWHERE


@dataclass(frozen=True)
class Table:
    """What a header says. records: how many it announces; start: where the first one stands; length: how many bytes each has.

    columns: without the one that holds the bits of missing values, which is ``nulls``. driver: the byte, or in dBase 7 the name,
    of the code page.
    """

    version: int
    records: int
    start: int
    length: int
    columns: tuple[Column, ...]
    nulls: Column | None
    driver: int | str

    @property
    def is_dbase_7(self) -> bool:
        """Whether it is a table of dBase 7, whose numbers are written in another way."""
        return _is_dbase_7(self.version)


def looks_like_table(file: int) -> bool:
    """Given a file's descriptor; returns whether it begins as a DBF table does, with columns that fit its records."""
    try:
        read_header(file)
    except SenderError:
        return False
    return True


def open_table(file: int) -> Table:
    """Given a file's descriptor; returns what its header says, compared with what there is.

    Raises SenderError ``damaged_table``, ``incomplete`` where records are missing, ``password_protected``.
    """
    table = read_header(file)
    size = os.fstat(file).st_size
    end = table.start + table.records * table.length
    if end > size:
        raise missing(table, max(0, size - table.start) // table.length)
    rest = read_at(file, end, table.length).partition(b"\x1a")[0]
    if rest.strip(_SPACES):
        raise damaged(Sentence("it holds more than the %(records)s records that its header announces", records=table.records))
    return table


def read_header(file: int) -> Table:
    """Given a file's descriptor; returns what its header says. Raises SenderError ``damaged_table`` where it is none, or not
    whole, ``password_protected`` for an encrypted table."""
    head = read_at(file, 0, _HEAD)
    if len(head) < _HEAD or head[0] not in _VERSIONS:
        raise damaged(Sentence("it does not begin with the header of such a table"))
    version, records, start, length = struct.unpack_from("<B3xIHH", head)
    size = os.fstat(file).st_size
    if length < 2 or start <= _HEAD or start > size:
        raise damaged(Sentence("its header is not whole"))
    if head[15] == 1 and version not in _VISUAL_FOXPRO:
        raise SenderError("password_protected", Sentence("The DBF table is encrypted. Export it without encryption."))
    seven = _is_dbase_7(version)
    header = read_at(file, 0, min(start, _LONGEST_HEADER))
    found = _columns(header, _HEAD_7 if seven else _HEAD, _FIELD_7 if seven else _FIELD)
    columns = _placed(found, length)
    driver = header[32:64].split(b"\0")[0].decode("latin-1") if seven else head[29]
    nulls = next((column for column in columns if column.type == "0"), None)
    return Table(version, records, start, length, tuple(column for column in columns if column.type != "0"), nulls, driver)


def damaged(what: Sentence) -> SenderError:
    """Given what is wrong; returns the refusal of a table that cannot be read."""
    told = Sentence("The DBF table is damaged: %(what)s. Export it anew and send that.", what=what)
    return SenderError("damaged_table", told)


def missing(table: Table, found: int) -> SenderError:
    """Given a table and how many whole records are there; returns the refusal."""
    told = Sentence.counted(
        "The table's header announces %(records)s records, but only %(n)s is there: an upload or an export broke off. Export it"
        " anew and send that.",
        "The table's header announces %(records)s records, but only %(n)s are there: an upload or an export broke off. Export it"
        " anew and send that.",
        found,
        records=table.records,
    )
    return SenderError("incomplete", told)


def _is_dbase_7(version: int) -> bool:
    return version & 7 == _DBASE_7 and version not in _VISUAL_FOXPRO


@dataclass(frozen=True)
class _Described:
    name: bytes
    type: str
    length: int
    decimals: int
    flags: int


def _columns(header: bytes, at: int, form: struct.Struct) -> list[_Described]:
    """Returns the columns that a header describes."""
    found = []
    while at < len(header) and header[at] != _END:
        if at + form.size > len(header):
            raise damaged(Sentence("its header is not whole"))
        name, letter, length, decimals, *flags = form.unpack_from(header, at)
        kind = letter.decode("latin-1").upper()
        if kind not in _KNOWN or not length or length != _LENGTHS.get(kind, length):
            raise damaged(Sentence("its header describes a column of an unknown type"))
        found.append(_Described(name.partition(b"\0")[0].strip(), kind, length, decimals, flags[0] if flags else 0))
        at += form.size
    if not found or at >= len(header):
        raise damaged(Sentence("its header is not whole"))
    return found


def _placed(found: list[_Described], length: int) -> list[Column]:
    """Returns the columns with their places in a record. Long texts have a second byte of their length where decimals stand."""
    for long in (False, True):
        columns, offset = [], 1
        for one in found:
            width = one.length + 256 * one.decimals if long and one.type == "C" else one.length
            columns.append(Column(one.name, one.type, offset, width, bool(one.flags & _NULLABLE)))
            offset += width
        if offset == length:
            return columns
    raise damaged(Sentence("its columns together are not as long as its records"))
