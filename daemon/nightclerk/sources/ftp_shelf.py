"""The few acts on a drop folder of an FTP server: looking at one file, renaming, removing."""

from __future__ import annotations

import errno
import ftplib
import os
import re

from nightclerk.core.drop import Sighting
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.naming import shown
from nightclerk.core.source import FtpSource, FtpsSource
from nightclerk.sources.ftp_client import Client
from nightclerk.sources.ftp_files import Files, on_wire
from nightclerk.sources.ftp_listing import Entry
from nightclerk.sources.reaching import server_of, words

#: How servers say that a right is missing; their codes do not tell.
_NOT_ALLOWED = re.compile(r"denied|permission|privilege|not allowed|not permitted", re.IGNORECASE)


class Shelf:
    """``releasing.Shelf`` over an FTP conversation that stands in the drop folder.

    FTP knows no rename that refuses to replace: we look first, and a file that is uploaded under the new name between the look
    and the rename is lost. Towards names of ours nobody uploads. A name is given back to a newer upload that was renamed by
    mistake; there it takes two uploads of one name within the same few round trips.
    """

    def __init__(self, client: Client, files: Files, settings: FtpSource | FtpsSource) -> None:
        self._client = client
        self._files = files
        self._settings = settings

    def glance(self, path: str) -> Sighting | None:
        found = self._files.one(path)
        return None if found is None or found.why_not is not None else sighting_of(path, found)

    def occupied(self, path: str) -> bool:
        return self._files.one(path) is not None

    def shift(self, path: str, to: str, ours: bool) -> None:
        del ours
        place = to.rpartition("/")[0]
        if place:
            self._make_folder(place)
        if self.occupied(to):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), to)
        try:
            self._client.rename(on_wire(path), on_wire(to))
        except ftplib.error_perm as error:
            # The code does not tell why; so we look.
            if self._files.one(path) is None:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from error
            raise self._refused(f"putting away {shown(path)}", error) from error

    def erase(self, path: str) -> None:
        try:
            self._client.voidcmd("DELE " + on_wire(path))
        except ftplib.error_perm as error:
            if self._files.one(path) is not None:
                raise self._refused(f"deleting {shown(path)}", error) from error

    def _make_folder(self, place: str) -> None:
        if self._files.is_folder(place):
            return
        said = "it is a link"
        try:
            self._client.voidcmd("MKD " + on_wire(place))
        except ftplib.error_perm as error:  # or made by somebody else just now: the next look tells
            said = words(error)
        if not self._files.is_folder(place):
            raise OperatorError(
                f"The archive folder {place} in {self._settings.folder} at {self._settings.host} cannot be made, or is no plain "
                f"folder ({said}). Create it so that {self._settings.username} may write there, or name another one under "
                "source.archive."
            )

    def _refused(self, doing: str, error: Exception) -> OperatorError:
        return not_allowed(self._settings, doing, error)


def sighting_of(name: str, found: Entry) -> Sighting | None:
    """Given a name and what the server says about the file; returns the sighting; without a time, size alone tells."""
    return None if found.size is None else Sighting(name, found.size, found.stamp or 0, found.mark)


def unreadable(settings: FtpSource | FtpsSource, doing: str, error: Exception) -> OperatorError | WeatherError:
    """Given why the server gives no data; returns the error that says who must act."""
    if _NOT_ALLOWED.search(str(error)):
        return not_allowed(settings, doing, error)
    return WeatherError(f"{server_of(settings)} could not do {doing}: {words(error)}. The next look decides.")


def not_allowed(settings: FtpSource | FtpsSource, doing: str, error: Exception) -> OperatorError:
    """Given what the server refuses for good; returns the error that tells ops."""
    return OperatorError(
        f"{server_of(settings)} does not allow {doing}: {words(error)}. Give {settings.username} the right to read, rename and "
        f"delete in {settings.folder}."
    )
