"""The old algorithms of SSH, for servers that speak nothing newer: ``legacy: true`` opens them for one tenant alone.

paramiko left out RSA keys and key exchanges that rest on SHA-1. They are put back into a transport and a key of their own, so
that nothing that others use learns of them.
"""

from __future__ import annotations

import hashlib

import paramiko
from cryptography.hazmat.primitives import hashes
from paramiko.kex_group14 import KexGroup14SHA256

#: In addition to, and after, what is spoken otherwise.
OLD_KINDS = ("ssh-rsa",)
OLD_CIPHERS = ("aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc")
OLD_DIGESTS = ("hmac-sha1-96", "hmac-md5")


class OldKey(paramiko.RSAKey):
    """An RSA key that may also sign, and be recognised, with SHA-1."""

    HASHES = {**paramiko.RSAKey.HASHES, "ssh-rsa": hashes.SHA1}  # type: ignore[misc]  # noqa: RUF012 - as in the base


class _OldExchange(KexGroup14SHA256):
    name = "diffie-hellman-group14-sha1"
    hash_algo = staticmethod(hashlib.sha1)


class LegacyTransport(paramiko.Transport):
    """A transport that speaks the old algorithms too."""

    _preferred_keys = (*paramiko.Transport._preferred_keys, *OLD_KINDS)  # type: ignore[attr-defined]
    _key_info = {**paramiko.Transport._key_info, "ssh-rsa": OldKey}  # type: ignore[attr-defined]  # noqa: RUF012
    _preferred_kex = (*paramiko.Transport._preferred_kex, _OldExchange.name)  # type: ignore[attr-defined]
    _kex_info = {**paramiko.Transport._kex_info, _OldExchange.name: _OldExchange}  # type: ignore[attr-defined]  # noqa: RUF012

    @property
    def preferred_pubkeys(self) -> tuple[str, ...]:
        """How we may sign with an RSA key. A server that does not say what it takes is older than all but SHA-1."""
        newer: tuple[str, ...] = tuple(super().preferred_pubkeys)
        told = "server-sig-algs" in self.server_extensions  # type: ignore[attr-defined]
        return (*newer, *OLD_KINDS) if told else (*OLD_KINDS, *newer)


def old_key(key: paramiko.PKey) -> paramiko.PKey:
    """Given a private key; returns it so that it can log in at a server that knows SHA-1 alone."""
    return OldKey(key=key.key) if isinstance(key, paramiko.RSAKey) else key
