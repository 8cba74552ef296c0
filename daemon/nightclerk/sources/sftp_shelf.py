"""The few acts on a drop folder of an SFTP server: looking at one file, renaming, removing."""

from __future__ import annotations

import errno
import stat
from contextlib import suppress

import paramiko

from nightclerk.core.drop import Sighting
from nightclerk.core.errors import OperatorError
from nightclerk.core.source import SftpSource
from nightclerk.sources.sftp_client import Client, StatusError

_STRANGE = {
    stat.S_IFLNK: "it is a symbolic link, which is never followed",
    stat.S_IFDIR: "",
    stat.S_IFIFO: "it is a pipe, not a file",
    stat.S_IFSOCK: "it is a socket, not a file",
    stat.S_IFCHR: "it is a device, not a file",
    stat.S_IFBLK: "it is a device, not a file",
}
#: What our ledger cannot hold: 8 EiB.
_NO_SIZE = 1 << 63
_BY_LETTER = {"-": stat.S_IFREG, "d": stat.S_IFDIR, "l": stat.S_IFLNK, "p": stat.S_IFIFO, "s": stat.S_IFSOCK}


class Shelf:
    """``releasing.Shelf`` over an SFTP client. Symbolic links are seen as such; the server alone can keep us from following one
    that is swapped in between two steps, inside the sender's own folder."""

    def __init__(self, client: Client, folder: bytes, settings: SftpSource) -> None:
        self._client = client
        self._folder = folder
        self._settings = settings

    def glance(self, path: str) -> Sighting | None:
        found = self._lstat(path)
        return None if found is None or why_not(found, path) is not None else sighting_of(path, found)

    def occupied(self, path: str) -> bool:
        return self._lstat(path) is not None

    def shift(self, path: str, to: str, ours: bool) -> None:
        place = to.rpartition("/")[0]
        if place:
            self._make_folder(place)
        names = path_of(self._folder, path), path_of(self._folder, to)
        try:
            if ours and self._client.renames_in_one_step and self._lstat(to) is None:
                # OpenSSH's plain rename links the new name and then removes whatever has the old one by now, which may be an
                # upload of this moment; and Linux forbids it that link on another user's file. Its other way does neither. It
                # would replace what is at the new name, but nothing is, and nobody else writes to a name of ours.
                self._client.posix_rename(*names)
            else:
                self._client.rename(*names)
        except StatusError as error:
            if error.errno == errno.ENOENT:
                raise FileNotFoundError(errno.ENOENT, "the file is gone", path) from error
            # The protocol does not tell why; so we look.
            if self._lstat(to) is not None:
                raise FileExistsError(errno.EEXIST, "the name is taken", to) from error
            raise

    def erase(self, path: str) -> None:
        try:
            self._client.remove(path_of(self._folder, path))
        except StatusError as error:
            if error.errno != errno.ENOENT:
                raise

    def _make_folder(self, place: str) -> None:
        found = self._lstat(place)
        if found is None:
            with suppress(StatusError):  # made by somebody else just now, or refused: the next look tells
                self._client.mkdir(path_of(self._folder, place))
            found = self._lstat(place)
        if found is None or _kind(found) != stat.S_IFDIR:
            raise OperatorError(
                f"The archive folder {place} in {self._settings.folder} at {self._settings.host} "
                + ("cannot be made. " if found is None else "is not a folder. ")
                + f"Create it so that {self._settings.username} may write there, or name another one under source.archive."
            )

    def _lstat(self, path: str) -> paramiko.SFTPAttributes | None:
        try:
            return self._client.lstat(path_of(self._folder, path))
        except StatusError as error:
            if error.errno == errno.ENOENT:
                return None
            raise


def path_of(folder: bytes, path: str) -> bytes:
    """Given the drop folder and a path below it; returns the path as the server spells it."""
    return folder.rstrip(b"/") + b"/" + path.encode("utf-8", "surrogateescape")


def sighting_of(name: str, found: paramiko.SFTPAttributes) -> Sighting:
    """Given a name and what the server says about the file; returns the sighting; without a time, size alone tells."""
    return Sighting(name, found.st_size or 0, found.st_mtime or 0)


def why_not(found: paramiko.SFTPAttributes, name: str | None = None) -> str | None:
    """Given what the server says about an entry; returns None for a drop, "" for a folder, else why it is none."""
    name = found.filename if name is None else name.rpartition("/")[2]
    if not name or "/" in name or "\0" in name:
        return "its name cannot be a file's name"
    if found.st_size is None:
        return "the server does not tell its size"
    if found.st_size >= _NO_SIZE:
        return "the server tells a size that no file has"
    kind = _kind(found)
    return None if kind == stat.S_IFREG else _STRANGE.get(kind, "it is not a file")


def _kind(found: paramiko.SFTPAttributes) -> int:
    """Returns the kind as in ``stat``; where a server tells none, by the first letter of its long line, else a file."""
    kind = stat.S_IFMT(found.st_mode or 0)
    return kind or _BY_LETTER.get(getattr(found, "longname", "")[:1], stat.S_IFREG)
