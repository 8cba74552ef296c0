"""A private key as it comes out of a file, made ready for a login."""

from __future__ import annotations

import io

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from nightclerk.core.errors import OperatorError


def private_key(data: bytes, passphrase: bytes | None) -> paramiko.PKey:
    """Given a key's file (OpenSSH, PEM or PKCS#8; Ed25519, ECDSA or RSA) and its passphrase, if any; returns the key.

    A passphrase that the key does not need is left unused. Raises OperatorError, which never shows anything of the key.
    """
    if data.lstrip().startswith(b"PuTTY-User-Key-File"):
        raise OperatorError(
            "source.key is a PuTTY key, which cannot be read here. Convert it with "
            "`puttygen key.ppk -O private-openssh -o key` and give the result.",
            "puttygen key.ppk -O private-openssh -o key",
        )
    loaded = _load(data.replace(b"\r\n", b"\n").strip() + b"\n", passphrase)
    plain = io.StringIO(
        loaded.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        ).decode()
    )
    if isinstance(loaded, ed25519.Ed25519PrivateKey):
        return paramiko.Ed25519Key.from_private_key(plain)
    if isinstance(loaded, ec.EllipticCurvePrivateKey):
        return paramiko.ECDSAKey.from_private_key(plain)
    return paramiko.RSAKey.from_private_key(plain)


def _load(data: bytes, passphrase: bytes | None) -> ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
    load = serialization.load_ssh_private_key if b"OPENSSH PRIVATE KEY" in data else serialization.load_pem_private_key
    try:
        try:
            loaded = load(data, passphrase)
        except TypeError:  # a passphrase is missing, or one was given that is not needed
            if passphrase is None:
                raise OperatorError("source.key is protected by a passphrase. Give it under source.passphrase.") from None
            loaded = load(data, None)
    except (ValueError, UnsupportedAlgorithm) as error:
        hint = "or its passphrase is wrong" if passphrase is not None else "or it is damaged"
        raise OperatorError(
            f"source.key cannot be read: it is no private key in OpenSSH or PEM form, {hint}. "
            "Check source.key and source.passphrase."
        ) from error
    if isinstance(loaded, (ed25519.Ed25519PrivateKey, ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey)):
        return loaded
    raise OperatorError("source.key is of a kind that is no longer used. Make an Ed25519, ECDSA or RSA key.")
