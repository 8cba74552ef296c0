"""A zip archive around tables: the list of its members, and one of them unpacked. Nothing is written under a member's name."""

from __future__ import annotations

import copy
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator

from nightclerk.formats.descriptor_file import DescriptorFile
from nightclerk.formats.packed.refusals import (
    damaged,
    incomplete,
    joined,
    no_file,
    protected,
    too_large,
    too_many,
    unknown_packing,
)
from nightclerk.formats.text import read_at
from nightclerk.formats.unlisted import begins_unlisted, behind_the_list

MOST_MEMBERS = 10_000
#: The list of members is read as a whole before they can be counted; 100 bytes or so are usual for each.
_LONGEST_LIST = 4 << 20
_CHUNK = 1 << 20
#: What can be unpacked piece by piece; what other methods make of a few bytes has no bound.
_BOUNDED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED, _UTF_8 = 0x1, 0x800
_UNIX = 3
_END = b"PK\x05\x06"
_END_SIZE, _LONGEST_COMMENT = 22, 1 << 16


class ZipArchive:
    """An open archive. Raises SenderError for all that is wrong with it."""

    def __init__(self, file: int) -> None:
        """Given the descriptor of the file.

        Raises SenderError ``incomplete`` when its end is missing, ``damaged_archive`` when its list of members makes no sense,
        or there is more than it names, ``several_members`` when it is far too long.
        """
        try:
            self._zip = zipfile.ZipFile(_Listing(file))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
            raise (damaged() if _has_an_end(file) else incomplete()) from error
        self._members = self._zip.infolist()
        if len(self._members) > MOST_MEMBERS:
            raise too_many(MOST_MEMBERS)
        if begins_unlisted(file, self._zip) or behind_the_list(file):
            raise joined()
        self.names = [_name(member) for member in self._members]

    def chunks(self, place: int, most: int) -> Iterator[bytes]:
        """Given a member's place and the most bytes it may have; yields what is in it, checked against its check sum and length.

        Raises SenderError ``password_protected``, ``wrong_kind``, ``file_too_large``, ``incomplete`` or ``damaged_archive``.
        """
        member = self._members[place]
        if member.flag_bits & _ENCRYPTED:
            raise protected()
        if not _is_file(member):
            raise no_file(self.names[place])
        if member.compress_type not in _BOUNDED:
            raise unknown_packing(self.names[place])
        if member.file_size > most:
            raise too_large(most)
        yield from self._unpacked(member, self.names[place])

    def _unpacked(self, member: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
        # What it says of its length is not what ends it: a member that says too little would be cut where it says, in silence.
        longer = copy.copy(member)
        longer.file_size = 1 << 62
        found = 0
        try:
            with self._zip.open(longer) as opened:
                while chunk := opened.read(_CHUNK):
                    found += len(chunk)
                    yield chunk
        except EOFError as error:
            raise incomplete() from error
        except NotImplementedError as error:
            raise unknown_packing(name) from error
        except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError) as error:
            raise damaged() from error
        except OSError as error:
            if error.errno is not None:
                raise  # our own disk: no fault of the sender's
            raise damaged() from error
        if found != member.file_size:
            raise damaged()


class _Listing(DescriptorFile):
    """The file, of which nothing but an endless list of members is ever read in one piece that long."""

    def read(self, size: int = -1) -> bytes:
        if size > _LONGEST_LIST:
            raise too_many(MOST_MEMBERS)
        return super().read(size)


def _is_file(member: zipfile.ZipInfo) -> bool:
    mode = stat.S_IFMT(member.external_attr >> 16)
    return member.create_system != _UNIX or mode in {0, stat.S_IFREG}


def _name(member: zipfile.ZipInfo) -> str:
    """Returns a member's name. Programs that do not say that they write UTF-8 often do so all the same."""
    if member.flag_bits & _UTF_8:
        return member.orig_filename
    try:
        return member.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.orig_filename


def _has_an_end(file: int) -> bool:
    """Returns whether the record is there that ends an archive; a comment may follow it."""
    size = os.fstat(file).st_size
    tail = min(size, _LONGEST_COMMENT + _END_SIZE)
    return _END in read_at(file, size - tail, tail)
