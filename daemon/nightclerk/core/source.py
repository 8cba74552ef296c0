"""A tenant's source, as ops write it: where its files are dropped, and what becomes of them there."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.secret import SecretReference
from nightclerk.core.units import FilePath, Line, Truth, Whole
from nightclerk.core.wording import quoted


def _plain_name(name: str) -> str:
    if "/" in name or name in {".", ".."}:
        raise ValueError(f"{quoted(name)}: an archive folder is a plain name below the drop folder")
    return name


class Archive(Noun):
    """Folders on the server, below the drop folder, into which files are moved once they are done with."""

    processed: Annotated[Line, AfterValidator(_plain_name)] = Field(
        "processed", description="For imported files.", examples=["processed"]
    )
    failed: Annotated[Line, AfterValidator(_plain_name)] = Field(
        "failed", description="For all other files.", examples=["failed"]
    )


def _filing(value: Any) -> str | None:
    if isinstance(value, dict | Archive):
        return "folders"
    return "word" if value in ("leave", "delete") else None


Filing = Annotated[
    Annotated[Archive, Tag("folders")] | Annotated[Literal["leave", "delete"], Tag("word")],
    Discriminator(
        _filing,
        custom_error_type="filing",
        custom_error_message="write leave or delete, or two folders, as in {processed: processed, failed: failed}",
    ),
]
Unrecognised = Literal["report", "failed", "ignore"]


class _AnySource(Noun):
    archive: Filing = Field(
        Archive(),
        description="Where files go on the server once they are done with; or `leave`, or `delete`.",
        examples=[{"processed": "processed", "failed": "failed"}],
    )
    unrecognised: Unrecognised = Field(
        "report",
        description="A file that no feed knows: reported once and left, moved to the failed folder, or ignored.",
        examples=["report"],
    )


class FolderSource(_AnySource):
    """A folder on this machine: a local one, or an SFTP server's drop folder."""

    kind: Literal["folder"] = Field(description="A folder on this machine.", examples=["folder"])
    path: FilePath = Field(description="The folder.", examples=["/srv/drops/acme"])
    watch: Truth = Field(True, description="Also watch it, so that files are noticed at once.", examples=[True])


def host_named(name: str) -> str:
    """Given a server's name or address; returns it. Raises ValueError, which repeats nothing, when it holds more than that."""
    if re.search(r"[\s/@]", name):
        raise ValueError("this is the server's name alone, as in sftp.acme.example, without :// and without a login")
    return name


def _fingerprint(written: str) -> str:
    if not re.fullmatch(r"SHA256:[A-Za-z0-9+/]{43}=?", written):
        raise ValueError(f"{quoted(written)} is not a fingerprint; it begins with SHA256: and has 43 characters more")
    return written


class SftpServer(Noun):
    """An SFTP server, as far as it matters before anybody logs in."""

    kind: Literal["sftp"] = Field(description="A folder on an SFTP server.", examples=["sftp"])
    host: Annotated[Line, AfterValidator(host_named)] = Field(
        description="The server's name or address.", examples=["sftp.acme.example"]
    )
    port: Whole = Field(22, ge=1, le=65535, description="The server's port.", examples=[22])
    host_keys: list[Annotated[str, AfterValidator(_fingerprint)]] = Field(
        default=[],
        description="The server's host key fingerprints; several while a key is being rotated.",
        examples=[["SHA256:uNiVztksCsDhcc0u9e8BrVqVVZBgVcdkOyyoiBQyiqE"]],
    )
    known_hosts: FilePath | None = Field(
        None, description="A known_hosts file, instead of fingerprints.", examples=["/etc/nightclerk/known_hosts"]
    )
    legacy: Truth = Field(
        False,
        description="Also speak the old algorithms that are no longer safe (ssh-rsa, SHA-1, CBC), with this server alone.",
        examples=[True],
    )


class SftpSource(_AnySource, SftpServer):
    """A folder on an SFTP server."""

    username: Line = Field(description="The login name.", examples=["nightclerk"])
    key: SecretReference | None = Field(None, description="The private key.", examples=[{"credential": "acme-key"}])
    passphrase: SecretReference | None = Field(
        None, description="The private key's passphrase.", examples=[{"credential": "acme-passphrase"}]
    )
    password: SecretReference | None = Field(None, description="The password.", examples=[{"env": "ACME_PASSWORD"}])
    folder: Line = Field(".", description="The drop folder on the server.", examples=["/export"])

    @model_validator(mode="after")
    def _can_log_in(self) -> Self:
        if self.key is None and self.password is None:
            raise ValueError("give key, password or both, as in key: {credential: acme-key}")
        if self.passphrase is not None and self.key is None:
            raise ContradictionsError([(("passphrase",), "a passphrase is for a key, and no key is given")])
        if bool(self.host_keys) == (self.known_hosts is not None):
            raise ValueError("give either host_keys or known_hosts; the server's key is never learnt by itself")
        return self


class _FtpFolder(_AnySource):
    username: Line = Field(description="The login name.", examples=["nightclerk"])
    password: SecretReference = Field(description="The password.", examples=[{"credential": "acme-password"}])
    folder: Line = Field(".", description="The drop folder on the server.", examples=["/export"])


class FtpServer(Noun):
    """An FTP server without TLS."""

    kind: Literal["ftp"] = Field(description="A folder on an FTP server.", examples=["ftp"])
    host: Annotated[Line, AfterValidator(host_named)] = Field(
        description="The server's name or address.", examples=["ftp.acme.example"]
    )
    port: Whole = Field(21, ge=1, le=65535, description="The server's port.", examples=[21])
    insecure: Truth = Field(
        False,
        description="Must be true: the password and all files cross the network readable, and can be changed on the way.",
        examples=[True],
    )


class FtpSource(_FtpFolder, FtpServer):
    """A folder on an FTP server, reached without any protection."""

    @model_validator(mode="after")
    def _meant_so(self) -> Self:
        if not self.insecure:
            message = (
                "plain FTP shows the password and all files to everyone on the way; use kind: ftps or sftp, or write "
                "insecure: true if the server offers nothing else"
            )
            raise ContradictionsError([(("insecure",), message)])
        return self


class FtpsServer(Noun):
    """An FTP server with TLS, as far as it matters before anybody logs in."""

    kind: Literal["ftps"] = Field(description="A folder on an FTP server, reached over TLS.", examples=["ftps"])
    host: Annotated[Line, AfterValidator(host_named)] = Field(
        description="The server's name or address; its certificate must name it so.", examples=["ftp.acme.example"]
    )
    tls: Literal["explicit", "implicit"] = Field(
        "explicit", description="Whether TLS begins when it is asked for, or at once.", examples=["explicit"]
    )
    port: Whole = Field(
        default_factory=lambda given: ftps_port(given.get("tls", "explicit")),
        ge=1,
        le=65535,
        description="The server's port; with `tls: implicit` 990 unless it is given.",
        examples=[21],
    )
    ca_file: FilePath | None = Field(
        None, description="Certificates to trust instead of the system's.", examples=["/etc/nightclerk/ca.pem"]
    )


class FtpsSource(_FtpFolder, FtpsServer):
    """A folder on an FTP server, reached over TLS. Its certificate is verified."""


def ftps_port(tls: str) -> int:
    """Given how TLS begins; returns the port where that is usual."""
    return 990 if tls == "implicit" else 21


Source = Annotated[FolderSource | SftpSource | FtpSource | FtpsSource, Field(discriminator="kind")]
