"""A certificate authority for tests, and certificates of servers that it signed; needs no pytest."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """An authority. ``ca_file`` is its certificate on disk, to be trusted by clients."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    def sign(self, *names: str, days: int = 30, self_signed: bool = False) -> Path:
        """Given the names and addresses a server has; returns a file with a key and a certificate, valid for so many days more.

        Negative days make one that ended then. ``self_signed`` leaves the authority out.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        issuer, signer = (names[0], key) if self_signed else ("Test authority", self.key)
        made = _certificate(key, signer, names[0], issuer, names, days)
        path = self.folder / f"{'-'.join(names)}-{days}-{self_signed}.pem"
        path.write_bytes(_key(key) + made.public_bytes(serialization.Encoding.PEM))
        return path


def authority(folder: Path) -> Authority:
    """Given an empty folder; makes an authority there."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = _certificate(key, key, "Test authority", "Test authority", (), 30, authority=True)
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return Authority(folder, key, made)


def fingerprint(pem: Path) -> str:
    """Given a file with a certificate; returns the SHA-256 of the certificate as people write it, pairs of digits and colons."""
    data = pem.read_bytes()
    digest = x509.load_pem_x509_certificate(data[data.index(b"-----BEGIN CERTIFICATE") :]).fingerprint(hashes.SHA256())
    return digest.hex(":").upper()


def _key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def _certificate(
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    subject: str,
    issuer: str,
    names: tuple[str, ...],
    days: int,
    authority: bool = False,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 60 * _DAY)
        .not_valid_after(now + days * _DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _name(name: str) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_address(name)) if name.replace(".", "").isdigit() else x509.DNSName(name)
