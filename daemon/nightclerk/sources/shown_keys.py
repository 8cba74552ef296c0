"""The host keys that an SFTP server shows, beside those that are configured. Nobody logs in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import paramiko

from nightclerk.core.errors import OperatorError
from nightclerk.core.source import SftpServer
from nightclerk.sources.deadlines import Deadlines
from nightclerk.sources.greeting import approach, end
from nightclerk.sources.host_keys import FAMILIES, HostKeys, known_hosts_name
from nightclerk.sources.legacy import OLD_KINDS
from nightclerk.sources.reaching import server_of

Status = Literal["matches", "differs", "not configured"]


@dataclass(frozen=True, slots=True)
class ShownKey:
    """One host key. kind: as OpenSSH names it. line: as a known_hosts file has it."""

    kind: str
    bits: int
    fingerprint: str
    line: str
    status: Status


@dataclass(frozen=True, slots=True)
class ShownKeys:
    """What a server shows. unseen: fingerprints that are configured and that none of its keys has."""

    keys: tuple[ShownKey, ...]
    unseen: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether keys are configured and the server has none of them."""
        return any(key.status == "differs" for key in self.keys)


def shown_keys(settings: SftpServer, deadlines: Deadlines = Deadlines()) -> ShownKeys:  # noqa: B008 - frozen
    """Returns all host keys of a server, asked for one kind after the other.

    Raises WeatherError, and OperatorError when the server speaks no safe way of encryption or has no key of a kind we know.
    """
    pinned = _pinned(settings)
    found: list[paramiko.PKey] = []
    rsa, others = FAMILIES[-1], [(kind,) for family in FAMILIES[:-1] for kind in family]
    for kinds in [*others, rsa, *([OLD_KINDS] if settings.legacy else [])]:
        line, transport, key = approach(settings, kinds, deadlines, lambda line: None)
        end(line, transport)
        if key is not None and key.fingerprint not in {each.fingerprint for each in found}:
            found.append(key)
    if not found:
        more = "" if settings.legacy else " If it is an old one, `legacy: true` under source may show them."
        raise OperatorError(f"{server_of(settings)} has no host key of a kind that is safe today.{more}")
    fingerprints = {key.fingerprint for key in found}
    otherwise: Status = "differs" if pinned and not pinned & fingerprints else "not configured"
    name = known_hosts_name(settings.host, settings.port)
    return ShownKeys(
        tuple(
            ShownKey(
                key.get_name(),
                key.get_bits(),
                key.fingerprint,
                f"{name} {key.get_name()} {key.get_base64()}",
                "matches" if key.fingerprint in pinned else otherwise,
            )
            for key in found
        ),
        tuple(sorted(pinned - fingerprints)),
    )


def _pinned(settings: SftpServer) -> set[str]:
    """Returns the configured fingerprints; none where the known_hosts file is not there yet or has none."""
    try:
        return set(HostKeys(settings).pinned)
    except OperatorError:
        return set()
