"""Why an archive is refused as a whole."""

from __future__ import annotations

from nightclerk.core.errors import SenderError
from nightclerk.core.naming import shown
from nightclerk.core.sentence import N_, Sentence

_KINDS = {
    "zip": N_("a zip archive"),
    "gzip": N_("a gzip archive"),
    "tar": N_("a tar archive"),
    "7z": N_("a 7-Zip archive"),
    "rar": N_("a RAR archive"),
    "bzip2": N_("a bzip2 archive"),
    "xz": N_("an xz archive"),
    "zstandard": N_("a Zstandard archive"),
    "lz4": N_("an LZ4 archive"),
    "compress": N_("an archive of compress (.Z)"),
    "cab": N_("a CAB archive"),
    "arj": N_("an ARJ archive"),
    "lha": N_("an LHA archive"),
}


def incomplete() -> SenderError:
    """Returns the refusal of an archive that is cut off."""
    told = Sentence("The archive is not whole: its end is missing, as when an upload or an export broke off. Send it again.")
    return SenderError("incomplete", told)


def damaged() -> SenderError:
    """Returns the refusal of an archive whose bytes make no sense, or not those that it says itself."""
    told = Sentence("The archive is damaged: what is in it cannot be unpacked as it was packed. Pack the file again and send it.")
    return SenderError("damaged_archive", told)


def behind_the_end() -> SenderError:
    """Returns the refusal of a gz file with something behind its end that is no gz."""
    told = Sentence("The gzip archive has something behind its end that cannot be unpacked. Pack the file again and send it.")
    return SenderError("damaged_archive", told)


def joined() -> SenderError:
    """Returns the refusal of a zip archive that holds more than its list of members names."""
    told = Sentence(
        "The zip archive holds more than its own list of files names, as when two files were joined into one. Pack the file again"
        " and send it."
    )
    return SenderError("damaged_archive", told)


def protected() -> SenderError:
    """Returns the refusal of an encrypted member."""
    told = Sentence(
        "The archive is protected by a password, so that it cannot be read. Pack the file without one and send it again."
    )
    return SenderError("password_protected", told)


def unknown_packing(name: str) -> SenderError:
    """Given a member's name; returns its refusal for being packed in a way that is not known here."""
    told = Sentence(
        "%(name)s is packed in the archive in a way that cannot be read here. Pack it as an ordinary zip archive and send it"
        " again.",
        name=shown(name),
    )
    return SenderError("wrong_kind", told)


def no_file(name: str) -> SenderError:
    """Given a member's name; returns its refusal for being a link, or a device, and no file."""
    told = Sentence("%(name)s in the archive is a link and not a file. Pack the file itself and send it again.", name=shown(name))
    return SenderError("wrong_kind", told)


def too_many(most: int) -> SenderError:
    """Given how many members an archive may have; returns the refusal of one with more."""
    return SenderError(
        "several_members", Sentence("The archive holds more than %(most)s files. Pack only those agreed.", most=most)
    )


def too_large(most: int) -> SenderError:
    """Given how many bytes a file may have; returns the refusal of an archive with a larger one."""
    told = Sentence("Unpacked, the file is larger than the %(most_bytes)s that are allowed.", most_bytes=most)
    return SenderError("file_too_large", told)


def packed_twice(kind: str) -> SenderError:
    """Given the kind of an archive within the archive; returns the refusal."""
    told = Sentence(
        "What is packed in the archive is %(what)s once more. Pack the file only once and send it again.",
        what=Sentence(_KINDS[kind]),
    )
    return SenderError("packed_twice", told)


def other_archive(kind: str) -> SenderError:
    """Given the kind of an archive that is not unpacked here; returns the refusal."""
    told = Sentence(
        "The file is %(what)s, which is not unpacked here. Pack it as zip or gz and send it again.", what=Sentence(_KINDS[kind])
    )
    return SenderError("wrong_kind", told)


def no_archive() -> SenderError:
    """Returns the refusal of a file that is none, where members of an archive are agreed."""
    return SenderError("wrong_kind", Sentence("The file is not a zip archive, but one is agreed. Pack it and send it again."))
