"""What is read of a drop: its bytes as they came, or what is encrypted in them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Protocol

import structlog

from nightclerk.core.daemon import Limits
from nightclerk.core.decrypted import not_encrypted, without_key
from nightclerk.core.drop import Spooled
from nightclerk.core.encrypted import HEAD, is_encrypted, may_be_encrypted, named_encrypted
from nightclerk.core.errors import SenderError
from nightclerk.core.openpgp import Encryption
from nightclerk.core.tenant import Tenant

log = structlog.get_logger(__name__)


class Opener(Protocol):
    """Opens encrypted files."""

    def decrypt(self, path: Path, by: Encryption, scratch: Path, most: int, seconds: float) -> BinaryIO:
        """Given an encrypted file, the tenant's settings, a folder of ours, and the most bytes and seconds that it may take;
        returns what is encrypted in it, in a file without a name.

        Raises SenderError when it is not taken, OperatorError when a key is wrong, WeatherError, StoppingError.
        """
        ...


class Content:
    """What a drop holds, decrypted once however many feeds read it and however often. Nothing of it has a name on the disk, so
    that it is gone when this is closed, and with the process.

    name: the drop's. scratch: the folder of ours in which keys lie while they are used; None: where the drop's bytes are.
    """

    def __init__(self, opener: Opener, tenant: Tenant, name: str, limits: Limits, scratch: Path | None = None) -> None:
        self._opener = opener
        self._settings = tenant.openpgp
        self._named = named_encrypted(name)
        self._limits = limits
        self._scratch = scratch
        self._decrypted: BinaryIO | SenderError | None = None

    def open(self, spooled: Spooled) -> BinaryIO:
        """Given the drop's bytes; returns what is to be read of them, at its beginning.

        Raises SenderError ``not_encrypted``, ``not_decrypted`` and others when it is not taken; OperatorError, WeatherError.
        """
        if self._decrypted is None:
            with spooled.path.open("rb") as file:
                head = file.read(HEAD)
            encrypted = is_encrypted(head)
            if self._settings is None:
                if encrypted:
                    raise without_key()
                return spooled.path.open("rb")
            if not encrypted and not self._named:
                if self._settings.required:
                    raise not_encrypted()
                return spooled.path.open("rb")
            self._decrypted = self._decrypt(spooled, self._settings)
            if (
                isinstance(self._decrypted, SenderError)
                and self._decrypted.code == "not_decrypted"
                and not may_be_encrypted(head)
            ):
                # GnuPG takes a first letter beyond ASCII for the beginning of a message, and asks for a password.
                self._decrypted = not_encrypted()
        if isinstance(self._decrypted, SenderError):
            raise self._decrypted
        # Opened anew, so that each reader has a place of its own in the file.
        return Path(f"/proc/self/fd/{self._decrypted.fileno()}").open("rb")

    def _decrypt(self, spooled: Spooled, by: Encryption) -> BinaryIO | SenderError:
        most, seconds = self._limits.file_size, self._limits.time.total_seconds()
        try:
            file = self._opener.decrypt(spooled.path, by, self._scratch or spooled.path.parent, most, seconds)
        except SenderError as error:
            return error
        log.info("decrypted", encrypted_bytes=spooled.size, bytes=os.fstat(file.fileno()).st_size, signed=bool(by.signed_by))
        return file

    def close(self) -> None:
        """Lets go of what was decrypted."""
        if self._decrypted is not None and not isinstance(self._decrypted, SenderError):
            self._decrypted.close()
        self._decrypted = None
