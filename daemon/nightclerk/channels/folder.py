"""Letters as files: one ``.eml`` for each, in a folder, for work without a mail server."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from pathlib import Path

from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError
from nightclerk.core.report import Refusal

_PASSING = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ESTALE, errno.EINTR}


class Folder:
    """A ``Channel`` that writes each letter whole and durable into ``path``, which is made if it is missing.

    The file's name comes from the letter's date and Message-ID, so a letter that is posted again stands there once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def post(self, message: bytes, recipients: tuple[str, ...]) -> dict[str, Refusal]:
        """See ``ports.Channel``. No recipient is ever refused. Raises WeatherError when the disk is full or ailing."""
        if recipients:
            try:
                self._path.mkdir(parents=True, exist_ok=True)
                _write_whole(self._path / _file_name(message), message)
            except OSError as error:
                raise self._told(error) from error
        return {}

    def _told(self, error: OSError) -> NightclerkError:
        what = f"The letter could not be written into the folder {self._path}: {error.strerror or error}."
        if error.errno in _PASSING:
            return WeatherError(f"{what} It is tried again later.")
        return OperatorError(f"{what} Let Nightclerk write into that folder, or name another one.")


def _file_name(message: bytes) -> str:
    """Given a letter; returns a name made of its date and a hash of its Message-ID, fit for every file system."""
    headers = BytesHeaderParser(policy=compat32).parsebytes(message)
    identity = str(headers["Message-ID"]).encode() if headers["Message-ID"] else message
    try:
        moment = f"{parsedate_to_datetime(str(headers['Date'])):%Y%m%dT%H%M%S}"
    except ValueError:
        moment = "undated"
    return f"{moment}-{hashlib.sha256(identity).hexdigest()[:16]}.eml"


def _write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that under its name there is never anything but all of it, also after a power cut."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
