"""Which host keys a server may show: pinned by fingerprint, or by a known_hosts file. Never learnt by itself."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from fnmatch import fnmatchcase
from pathlib import Path

from nightclerk.core.errors import OperatorError, RefusedError
from nightclerk.core.source import SftpServer
from nightclerk.sources.legacy import OLD_KINDS

#: Families of host keys, the most wanted first. A server may have a key of each and shows the one that was asked for.
FAMILIES: tuple[tuple[str, ...], ...] = (
    ("ssh-ed25519",),
    ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    ("rsa-sha2-512", "rsa-sha2-256"),
)
ALL_KINDS: tuple[str, ...] = tuple(kind for family in FAMILIES for kind in family)


class HostKeys:
    """The pinned keys of one server, read anew from the settings at each connection."""

    def __init__(self, settings: SftpServer, tenant: str = "TENANT") -> None:
        """``tenant`` is whose server it is, for the command that errors name.

        Raises OperatorError when the known_hosts file cannot be read or does not name the server.
        """
        self._settings = settings
        self._command = f"nightclerk trust {tenant}"
        self._where = "source.host_keys"
        self._pinned = {print_.rstrip("=") for print_ in settings.host_keys}
        self._families = (*FAMILIES, OLD_KINDS) if settings.legacy else FAMILIES
        self._kinds: set[str] = {kind for family in self._families for kind in family}
        if settings.known_hosts is not None:
            self._where = str(settings.known_hosts)
            self._read(settings, settings.known_hosts)

    def _read(self, settings: SftpServer, file: Path) -> None:
        try:
            lines = file.read_text("utf-8", "replace").splitlines()
        except OSError as error:
            raise OperatorError(
                f"The file {file} (source.known_hosts) cannot be read: {error.strerror}. Correct the path or its permissions."
            ) from error
        found = [pin for line in lines if (pin := _pin(line, settings.host, settings.port)) is not None]
        revoked = {fingerprint for marker, _, fingerprint in found if marker == "@revoked"}
        trusted = [(kind, fingerprint) for marker, kind, fingerprint in found if not marker and fingerprint not in revoked]
        if not trusted:
            raise OperatorError(
                f"{file} has no key for {known_hosts_name(settings.host, settings.port)}. {_advice(settings)}",
                self._command,
            )
        self._pinned = {fingerprint for _, fingerprint in trusted}
        # An RSA key stands there under its oldest name, whatever it signs with.
        self._kinds = {kind for kind, _ in trusted} | {"rsa-sha2-512" for kind, _ in trusted if kind == "ssh-rsa"}

    @property
    def pinned(self) -> frozenset[str]:
        """The fingerprints of the keys that the server may show."""
        return frozenset(self._pinned)

    def asks(self) -> list[tuple[str, ...]]:
        """Returns what to ask the server for, one connection after the other until a pinned key is shown.

        First every kind that may be pinned; then, since the one pinned may not be the one the server likes best, each family.
        """
        families = [family for family in self._families if self._kinds & set(family)]
        together = tuple(kind for family in families for kind in family)
        return [together, *families] if len(families) > 1 else [together]

    def accepts(self, fingerprint: str) -> bool:
        """Given a key's fingerprint (``SHA256:…``); returns whether it is pinned."""
        return fingerprint.rstrip("=") in self._pinned

    def refusal(self, shown: list[str]) -> RefusedError:
        """Given the fingerprints that the server showed; returns the error to raise."""
        settings = self._settings
        return RefusedError(
            f"{settings.host} port {settings.port} showed the host key {' and '.join(shown)}, but {self._where} has "
            f"{' and '.join(sorted(self._pinned))}. Nothing was sent to it. Either its key was changed or somebody stands in "
            f"between: ask whoever runs it. {_advice(settings)}",
            self._command,
        )


def _advice(settings: SftpServer) -> str:
    into = "source.host_keys" if settings.known_hosts is None else str(settings.known_hosts)
    return f"See its keys, compare them with what its owner says, and write the right one into {into}."


def known_hosts_name(host: str, port: int) -> str:
    """Given a server; returns its name in known_hosts files."""
    return host.lower() if port == 22 else f"[{host.lower()}]:{port}"


def _pin(line: str, host: str, port: int) -> tuple[str, str, str] | None:
    """Given a line of a known_hosts file; returns its marker, kind of key and fingerprint if it speaks of this server."""
    parts = line.split()
    marker = parts.pop(0) if parts and parts[0].startswith("@") else ""
    if (
        len(parts) < 3
        or parts[0].startswith("#")
        or marker == "@cert-authority"
        or not _names(parts[0], known_hosts_name(host, port))
    ):
        return None
    try:
        blob = base64.b64decode(parts[2], validate=True)
    except binascii.Error:
        return None
    return marker, parts[1], "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def _names(field: str, name: str) -> bool:
    """Says whether the first field of a line (names, patterns with ``*`` and ``?``, ``!`` for exceptions, or a hash) means it."""
    if field.startswith("|1|"):
        salt, _, digest = field.removeprefix("|1|").partition("|")
        try:
            mine = hmac.new(base64.b64decode(salt), name.encode(), hashlib.sha1).digest()
            return hmac.compare_digest(mine, base64.b64decode(digest))
        except binascii.Error:
            return False
    patterns = field.lower().split(",")
    if any(p.startswith("!") and fnmatchcase(name, p[1:].replace("[", "[[]")) for p in patterns):
        return False
    return any(fnmatchcase(name, p.replace("[", "[[]")) for p in patterns)
