"""Secrets by reference: looked up at the moment of use, never kept, never shown."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

from nightclerk.core.errors import OperatorError
from nightclerk.core.secret import SecretReference
from nightclerk.core.wording import quoted

LARGEST_SECRET = 64 * 1024


def resolve(reference: SecretReference) -> bytes:
    """Given where a secret is kept; returns it without the line end that editors leave behind it.

    A private key is given back whole as well: a last line end means nothing to it. Raises OperatorError when there is none,
    when it is empty, or when everyone on the machine may read its file. No sentence holds anything of the secret.
    """
    if reference.env is not None:
        return _checked(_from_environment(reference.env), f"The environment variable {reference.env}")
    if reference.credential is not None:
        return _checked(_credential(reference.credential), f"The credential {quoted(reference.credential)}")
    path = reference.file or Path()  # exactly one of the three is given, the model sees to it
    return _checked(_from_file(path), f"The secret's file {path}")


def _from_environment(name: str) -> bytes:
    value = os.environb.get(name.encode())
    if value is None:
        raise OperatorError(
            f"The environment variable {name} is not set, and the configuration expects a secret there; "
            "set it where Nightclerk is started."
        )
    return value


def _credential(name: str) -> bytes:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if folder is None:
        raise OperatorError(
            f"There is no credential {quoted(name)}: CREDENTIALS_DIRECTORY is not set, as it is in a systemd service that has "
            f"LoadCredential={name}:PATH; start Nightclerk that way, or use {{env: NAME}} or {{file: PATH}}."
        )
    path = Path(folder) / name
    try:
        return _bytes(path)
    except FileNotFoundError:
        raise OperatorError(
            f"There is no credential {quoted(name)} among those of this service; add LoadCredential={name}:PATH to its unit."
        ) from None
    except OSError as error:
        raise OperatorError(f"The credential {quoted(name)} cannot be read: {error.strerror}.") from None


def _from_file(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode) and mode & stat.S_IROTH:
            raise OperatorError(
                f"The secret's file {path} may be read by everyone on this machine; take that right away.",
                f"chmod o-rwx {shlex.quote(str(path))}",
            )
        if not stat.S_ISREG(mode):
            raise OperatorError(f"The secret's file {path} is not a regular file; name the file that holds the secret.")
        return _bytes(path)
    except OSError as error:
        raise OperatorError(
            f"The secret's file {path} cannot be read: {error.strerror}; put it there, readable for Nightclerk's user."
        ) from None


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_SECRET + 1)


def _checked(secret: bytes, where: str) -> bytes:
    if len(secret) > LARGEST_SECRET:
        raise OperatorError(f"{where} holds more than 64 KB, which is no secret that Nightclerk uses; name the right one.")
    secret = secret.removesuffix(b"\n").removesuffix(b"\r")
    if not secret:
        raise OperatorError(f"{where} is empty, and the configuration expects a secret there; fill it in.")
    return secret
