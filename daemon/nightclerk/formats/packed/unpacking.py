"""A file as it came, or what is in it where it is an archive: unpacked within the fence, one member, one level deep, bounded."""

from __future__ import annotations

from dataclasses import dataclass

from nightclerk.core.members import choose
from nightclerk.core.naming import shown
from nightclerk.formats.packed.gzip_stream import name_within, unpacked_gzip
from nightclerk.formats.packed.kind import UNPACKED, archive_kind, begins_as_office, is_office
from nightclerk.formats.packed.refusals import other_archive, packed_twice
from nightclerk.formats.packed.scratch import fill
from nightclerk.formats.packed.zip_archive import ZipArchive

_LONGEST_NAME = 255


@dataclass(frozen=True)
class Table:
    """A table as a file of its own. file: its descriptor; member: what it was called in the archive, empty where that does not
    say, and None where there is no archive around it."""

    file: int
    member: str | None


def unpacked(file: int, scratch: int, members: str | None, most: int) -> Table:
    """Given the descriptors of a file and of an empty scratch file, the pattern of the member that is meant if there may be
    several, and the most bytes a table may have; returns the table, which is in the scratch file where it had to be unpacked.

    Raises SenderError where the archive must be refused: ``incomplete``, ``damaged_archive``, ``no_member``, ``several_members``,
    ``password_protected``, ``packed_twice``, ``file_too_large`` or ``wrong_kind``.
    """
    kind = _kind(file)
    if kind is None:
        return Table(file, None)
    if kind not in UNPACKED:
        raise other_archive(kind)
    if kind == "gzip":
        fill(scratch, unpacked_gzip(file), most)
        member = name_within(file)
    else:
        archive = ZipArchive(file)
        if is_office(archive.names):
            return Table(file, None)
        place = choose(archive.names, members)
        fill(scratch, archive.chunks(place, most), most)
        member = archive.names[place]
    inner = _kind(scratch)
    if inner is not None and not (inner == "zip" and is_office(ZipArchive(scratch).names)):
        raise packed_twice(inner)
    return Table(scratch, shown(member, _LONGEST_NAME))


def _kind(file: int) -> str | None:
    """Returns which archive a file is, or None: a zip that begins as an office document is read as one, whole or not."""
    kind = archive_kind(file)
    return None if kind == "zip" and begins_as_office(file) else kind
