"""A tenant's keys in a home of their own, made for one piece of work and removed after it."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nightclerk.core.decrypted import Said
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.openpgp import Encryption
from nightclerk.core.secret import SecretReference
from nightclerk.filing.openpgp.program import Gpg, TooSlowError

Resolve = Callable[[SecretReference], bytes]

PREFIX = "gnupg-"
_ARMOR = b"-----BEGIN PGP PRIVATE KEY BLOCK-----"
#: What ``IMPORT_OK`` adds to its reason where a private key came in.
_PRIVATE = 16
_LARGEST_KEYS = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class KeyRing:
    """GnuPG with a tenant's keys. own: fingerprints of the keys that open files; signers: those that may have signed them."""

    gpg: Gpg
    passphrase: bytes
    own: tuple[str, ...]
    signers: tuple[str, ...]


@contextmanager
def key_ring(by: Encryption, resolve: Resolve, scratch: Path, seconds: float, stop: threading.Event) -> Iterator[KeyRing]:
    """Given a tenant's OpenPGP settings, what looks up secrets, and a folder of ours; yields its keys, in a folder in there that
    is gone afterwards. What a crash leaves of it goes with ``scratch``, or with the next call.

    Raises OperatorError when a key cannot be used, StoppingError.
    """
    for left in scratch.glob(f"{PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)
    home = Path(tempfile.mkdtemp(prefix=PREFIX, dir=scratch))
    # Sockets lie in the home, and their paths have room for hardly more than a hundred bytes.
    with tempfile.TemporaryDirectory(prefix="nightclerk-") as short:
        alias = Path(short) / "home"
        alias.symlink_to(home.resolve())
        try:
            gpg = Gpg(alias, seconds, stop)
            own = _own(gpg, _secret(by, resolve))
            passphrase = b"" if by.passphrase is None else resolve(by.passphrase)
            signers = {fingerprint for path in by.signed_by for fingerprint in _public(gpg, path)}
            yield KeyRing(gpg, passphrase, own, tuple(sorted(signers)))
        finally:
            shutil.rmtree(home)


def _secret(by: Encryption, resolve: Resolve) -> bytes:
    secret = resolve(by.key)
    if _ARMOR not in secret:
        raise OperatorError(
            "openpgp.key is no private key as text: it has no line -----BEGIN PGP PRIVATE KEY BLOCK-----. Export it so.",
            "gpg --export-secret-keys --armor FINGERPRINT",
        )
    return secret


def _own(gpg: Gpg, secret: bytes) -> tuple[str, ...]:
    said = imported(gpg, secret)
    found = tuple(words[2] for words in said.all("IMPORT_OK") if int(words[1]) & _PRIVATE)
    if not found:
        raise OperatorError(
            f"openpgp.key holds no private key that GnuPG can use{_reason(said)}. Export it anew.",
            "gpg --export-secret-keys --armor FINGERPRINT",
        )
    return found


def _public(gpg: Gpg, path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            keys = file.read(_LARGEST_KEYS)
    except OSError as error:
        raise OperatorError(f"openpgp.signed_by: {path} cannot be read: {error.strerror}; put the public key there.") from None
    said = imported(gpg, keys)
    found = [words[2] for words in said.all("IMPORT_OK")]
    if not found:
        raise OperatorError(f"openpgp.signed_by: {path} holds no public key that GnuPG can use{_reason(said)}.")
    return found


def imported(gpg: Gpg, keys: bytes) -> Said:
    """Given keys; takes them into the ring and returns what was said."""
    try:
        return gpg.run(["--import"], keys)
    except TooSlowError:
        raise WeatherError("GnuPG did not come to an end while it took in a key; it will be tried again.") from None


def _reason(said: Said) -> str:
    """What GnuPG says last, which is the gravest; never anything of a key but its name and number."""
    lines = [line.removeprefix("gpg: ").strip() for line in said.errors.splitlines() if line.startswith("gpg: ")]
    told = [line for line in lines if not line.startswith(("keybox ", "Total number", "/")) and line]
    return f" ({told[0]})" if told else ""
