"""What ``trust --json`` prints, as models. See ``core.printed``."""

from __future__ import annotations

from typing import Literal

from nightclerk.core.printed_run import Count, Moment, Printed


class HostKey(Printed):
    """One host key of a server. line: as a known_hosts file has it. status: beside what is configured."""

    kind: str
    bits: Count
    fingerprint: str
    line: str
    status: str


class HostKeys(Printed):
    """What a tenant's SFTP server shows. unseen: fingerprints that are configured and that none of its keys has. changed: none of
    the configured keys is among them."""

    tenant: str
    kind: Literal["sftp"]
    host: str
    port: Count
    keys: list[HostKey]
    unseen: list[str]
    changed: bool


class Certificate(Printed):
    """What a tenant's FTPS server shows. refusal: why it is not trusted, null if it is."""

    tenant: str
    kind: Literal["ftps"]
    host: str
    port: Count
    fingerprint: str
    subject: str
    issuer: str
    names: list[str]
    valid_from: Moment
    valid_to: Moment
    pem: str
    refusal: str | None
    trusted: bool
