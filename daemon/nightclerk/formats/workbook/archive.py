"""The zip archive that an XLSX or ODS workbook is: its parts, never more of them than its size allows."""

from __future__ import annotations

import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator

from nightclerk.core.errors import SenderError
from nightclerk.core.sentence import Sentence
from nightclerk.formats.descriptor_file import DescriptorFile
from nightclerk.formats.text import read_at
from nightclerk.formats.unlisted import begins_unlisted, behind_the_list
from nightclerk.formats.workbook.xml_parts import damaged

#: Real workbooks have some dozens of parts; pictures make some hundreds.
_MOST_PARTS = 10_000
#: The parts that are read may be so many times as large as the file; real ones are up to about thirty times.
_MOST_TIMES = 150
_ALWAYS = 64 << 20
_FIRST = 1 << 18
#: Small parts that are read whole: the list of sheets, the styles.
MOST_SMALL = 32 << 20


class Archive:
    """An open archive. Raises SenderError for all that is wrong with it."""

    def __init__(self, descriptor: int) -> None:
        """Given the descriptor of the file.

        Raises SenderError ``incomplete`` when its end is missing, ``damaged_workbook`` when its list of parts makes no sense,
        names two different parts alike, or another workbook stands before or behind it.
        """
        size = os.fstat(descriptor).st_size
        try:
            self._zip = zipfile.ZipFile(DescriptorFile(descriptor))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise (damaged() if _has_an_end(descriptor, size) else incomplete()) from error
        self._parts = _by_name(self._zip.infolist())
        if len(self._zip.infolist()) > _MOST_PARTS:
            raise _too_large()
        if begins_unlisted(descriptor, self._zip) or behind_the_list(descriptor).startswith(b"PK"):
            raise _joined()
        self._left = size * _MOST_TIMES + _ALWAYS
        self._counted: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._parts

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, in lower case."""
        return tuple(self._parts)

    def chunks(self, name: str, size: int = 1 << 20) -> Iterator[bytes]:
        """Given a part's name; yields its bytes, checked against their check sum at the end. ``size``: of each chunk, about; the
        first is smaller, for those who only look at the beginning.

        Raises SenderError ``password_protected``, ``expands_too_much``, ``incomplete`` or ``damaged_workbook``.
        """
        part = self._parts.get(_plain(name))
        if part is None:
            raise damaged()
        if part.flag_bits & 1:
            raise protected()
        if part.filename not in self._counted:
            self._counted.add(part.filename)
            self._left -= part.file_size  # more than it says here is never unpacked
        if self._left < 0:
            raise _too_large()
        try:
            with self._zip.open(part) as opened:
                yield opened.read(min(size, _FIRST))
                while chunk := opened.read(size):
                    yield chunk
        except EOFError as error:
            raise incomplete() from error
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError) as error:
            raise damaged() from error
        except OSError as error:
            if error.errno is not None:
                raise  # our own disk: no fault of the sender's
            raise damaged() from error  # what bzip2 says of damaged data

    def whole(self, name: str) -> bytes:
        """Given the name of a small part; returns all of it."""
        found = bytearray()
        for chunk in self.chunks(name):
            found += chunk
            if len(found) > MOST_SMALL:
                raise _too_large()
        return bytes(found)


def _has_an_end(descriptor: int, size: int) -> bool:
    """Returns whether the record is there that ends an archive; a comment of up to 64 KB may follow it."""
    tail = min(size, (1 << 16) + 22)
    return b"PK\x05\x06" in read_at(descriptor, size - tail, tail)


def incomplete() -> SenderError:
    """Returns the refusal of a workbook that is cut off."""
    return SenderError(
        "incomplete",
        Sentence("The workbook is not whole: its end is missing, as when an upload or an export broke off. Send it again."),
    )


def _by_name(parts: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Returns the parts by their plain names. Raises SenderError where one name is that of two: which of them programs show
    differs from one to the other."""
    found: dict[str, zipfile.ZipInfo] = {}
    for part in parts:
        other = found.setdefault(_plain(part.filename), part)
        if (other.CRC, other.file_size) != (part.CRC, part.file_size):
            raise damaged()
    return found


def _joined() -> SenderError:
    return SenderError(
        "damaged_workbook",
        Sentence(
            "The workbook holds more than its own list of parts names, as when two files were joined into one. Open it, save it"
            " anew and send it again."
        ),
    )


def protected() -> SenderError:
    """Returns the refusal of an encrypted workbook."""
    return SenderError(
        "password_protected",
        Sentence("The workbook is protected by a password, so that it cannot be read. Save it without one and send it again."),
    )


def too_much() -> SenderError:
    """Returns the refusal of a workbook that holds far more than its size lets expect."""
    return _too_large()


def _too_large() -> SenderError:
    return SenderError(
        "expands_too_much",
        Sentence(
            "Unpacked, the workbook would be far larger than any table of its size is; it is not read."
            " Export only the table, as a new workbook."
        ),
    )


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
