"""The certificate that an FTPS server shows, and whether it is trusted. Nobody logs in."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from nightclerk.core.errors import OperatorError
from nightclerk.core.source import FtpsServer
from nightclerk.sources.deadlines import Deadlines
from nightclerk.sources.ftp_login import greet
from nightclerk.sources.held import Held
from nightclerk.sources.reaching import server_of
from nightclerk.sources.tls import trusting


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """A server's certificate. fingerprint: its SHA-256, as OpenSSL writes it. names: what it is valid for. pem: all of it.

    refusal: why it is not trusted, as OpenSSL says it, or None if it is.
    """

    fingerprint: str
    subject: str
    issuer: str
    names: tuple[str, ...]
    valid_from: datetime
    valid_to: datetime
    pem: str
    refusal: str | None

    @property
    def self_signed(self) -> bool:
        """Whether it vouches for itself, so that it may be trusted as it is."""
        return self.subject == self.issuer


def shown_certificate(settings: FtpsServer, deadlines: Deadlines = Deadlines()) -> ShownCertificate:  # noqa: B008 - frozen
    """Returns the server's certificate. Raises WeatherError, and OperatorError when it speaks no safe TLS or none at all."""
    encoded = _encoded(settings, deadlines)
    try:
        read = x509.load_der_x509_certificate(encoded)
        names = _names(read)
        subject, issuer = read.subject.rfc4514_string(), read.issuer.rfc4514_string()
    except ValueError as error:
        raise OperatorError(
            f"{server_of(settings)} showed a certificate that cannot be read ({error}). Its owner must replace it."
        ) from error
    return ShownCertificate(
        fingerprint=hashlib.sha256(encoded).digest().hex(":").upper(),
        subject=subject,
        issuer=issuer,
        names=names,
        valid_from=read.not_valid_before_utc,
        valid_to=read.not_valid_after_utc,
        pem=ssl.DER_cert_to_PEM_cert(encoded),
        refusal=_refusal(settings, deadlines),
    )


def _encoded(settings: FtpsServer, deadlines: Deadlines) -> bytes:
    client = greet(settings, deadlines, Held(), "TENANT", _trusting_anybody)
    try:
        encoded = client.sock.getpeercert(binary_form=True) if isinstance(client.sock, ssl.SSLSocket) else None
    finally:
        client.end()
    if encoded is None:
        raise OperatorError(f"{server_of(settings)} showed no certificate. Its owner must install one.")
    return encoded


def _refusal(settings: FtpsServer, deadlines: Deadlines) -> str | None:
    try:
        greet(settings, deadlines, Held(), "TENANT", trusting).end()
    except OperatorError as error:
        cause = error.__cause__
        return cause.verify_message if isinstance(cause, ssl.SSLCertVerificationError) else str(error)
    return None


def _trusting_anybody(settings: FtpsServer) -> ssl.SSLContext:
    """To look at a certificate only: nothing is ever sent over such a connection."""
    del settings
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _names(read: x509.Certificate) -> tuple[str, ...]:
    try:
        found = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = [str(address) for address in found.get_values_for_type(x509.IPAddress)]
    return (*found.get_values_for_type(x509.DNSName), *addresses)
