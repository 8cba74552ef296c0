"""Opens files that are encrypted with OpenPGP, and says how a tenant's keys stand."""

from __future__ import annotations

import errno
import os
import tempfile
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from nightclerk.core.decrypted import Said, damaged, fault_of
from nightclerk.core.encrypted import HEAD, has_checksum
from nightclerk.core.errors import OperatorError, SenderError, WeatherError
from nightclerk.core.openpgp import Encryption
from nightclerk.core.openpgp_key import OpenPgpKey
from nightclerk.core.sentence import Sentence
from nightclerk.filing.openpgp.armor import dearmored
from nightclerk.filing.openpgp.key_ring import PREFIX, KeyRing, Resolve, key_ring
from nightclerk.filing.openpgp.program import TooMuchSaidError, TooSlowError

_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
#: Validity in a listing → that the key is of no use any more.
_REVOKED = "r"


class Decryption:
    """GnuPG in processes of its own, each with a home for that work alone. May be used from any thread.

    resolve: looks up secrets. stop: set when the house is to close; what is under way is then given up.
    """

    def __init__(self, resolve: Resolve, stop: threading.Event) -> None:
        self._resolve = resolve
        self._stop = stop

    def decrypt(self, path: Path, by: Encryption, scratch: Path, most: int, seconds: float) -> BinaryIO:
        """Given an encrypted file, the tenant's settings, a folder of ours, and the most bytes and seconds that it may take;
        returns what is encrypted in it, whole and as it was sealed: a file without a name, which is gone with its last reader.

        Raises SenderError when it is not taken (``core.decrypted.fault_of``), ``reader_time`` past ``seconds``; OperatorError
        when a key is wrong, WeatherError when our disk does not take it, StoppingError.
        """
        with ExitStack() as kept:
            into = kept.enter_context(tempfile.TemporaryFile(dir=scratch, buffering=0))
            with (
                key_ring(by, self._resolve, scratch, seconds, self._stop) as ring,
                tempfile.TemporaryDirectory(prefix=PREFIX, dir=scratch) as folder,
            ):
                whole = path if has_checksum(_tail(path)) else dearmored(path, Path(folder))
                said = _decrypted(ring, whole, into, most, seconds)
            reasons = [os.strerror(number) for number in _DISK]
            if said.exit != 0 and any(reason in said.errors for reason in reasons):
                raise WeatherError(f"There is no room in {scratch} for what is encrypted in a file. Make room there.")
            too_large = "max-output" in said.errors or os.fstat(into.fileno()).st_size > most
            fault = fault_of(said, frozenset(ring.signers), too_large)
            if fault is not None:
                raise fault
            kept.pop_all()
        into.seek(0)
        return into

    def examine(self, by: Encryption, seconds: float) -> tuple[OpenPgpKey, ...]:
        """Given a tenant's settings; returns its keys, once each of its own that has not expired has opened a message.

        Raises OperatorError when one cannot be read or does not open anything, WeatherError.
        """
        with (
            tempfile.TemporaryDirectory(prefix="nightclerk-") as scratch,
            key_ring(by, self._resolve, Path(scratch), seconds, self._stop) as ring,
        ):
            try:
                keys = _listed(ring)
                for key in keys:
                    if key.own and not key.revoked and not key.is_over(datetime.now(UTC)):
                        _try(ring, key.fingerprint, Path(scratch))
            except TooSlowError:
                raise WeatherError("GnuPG did not come to an end while it looked at a key.") from None
        return keys


def _decrypted(ring: KeyRing, path: Path, into: BinaryIO, most: int, seconds: float) -> Said:
    unsigned = [] if ring.signers else ["--skip-verify"]
    arguments = ["--passphrase-fd", "0", "--max-output", str(most), *unsigned, "--output", "-", "--decrypt", "--"]
    try:
        return ring.gpg.run([*arguments, str(path.absolute())], ring.passphrase, into, most)
    except TooMuchSaidError:
        raise damaged() from None
    except TooSlowError:
        told = Sentence("Decrypting the file took longer than the %(seconds)s seconds that are allowed.", seconds=round(seconds))
        raise SenderError("reader_time", told) from None


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - HEAD))
        return file.read()


def _try(ring: KeyRing, fingerprint: str, scratch: Path) -> None:
    """Encrypts a message for the key and opens it."""
    message = scratch / "message"
    with message.open("wb") as file:
        said = ring.gpg.run(["--recipient", fingerprint, "--encrypt"], b"open me", file)
    if said.exit != 0:
        raise OperatorError(f"openpgp.key: nothing can be encrypted for the key {fingerprint}; give one that is for encryption.")
    with tempfile.TemporaryFile() as into:
        said = _decrypted(ring, message, into, 100, ring.gpg.seconds)
    fault = fault_of(said, frozenset(), too_large=False)
    if isinstance(fault, OperatorError):
        raise fault
    if fault is not None:
        raise OperatorError(f"openpgp.key: the key {fingerprint} does not open what is encrypted for it. Export it anew.")


def _listed(ring: KeyRing) -> tuple[OpenPgpKey, ...]:
    with tempfile.TemporaryFile() as listing:
        ring.gpg.run(["--with-colons", "--list-keys"], into=listing)
        listing.seek(0)
        lines = [line.split(":") for line in listing.read().decode("utf-8", "replace").splitlines()]
    keys = []
    for place, line in enumerate(lines):
        if line[0] != "pub":
            continue
        rest = lines[place + 1 :]
        fingerprint = next((one[9] for one in rest if one[0] == "fpr"), "")
        user = next((one[9] for one in rest if one[0] == "uid"), "")
        expires = datetime.fromtimestamp(int(line[6]), UTC) if line[6] else None
        keys.append(OpenPgpKey(fingerprint, user, fingerprint in ring.own, expires, line[1] == _REVOKED))
    return tuple(keys)
