"""Real mail servers on the loopback for tests: obliging ones, refusing ones, and ones that break off."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOGIN = ("nightclerk", "s3cret with spaces")


@dataclass
class Mailbox:
    """What a server took, and how it answers. refuse: answers to RCPT by address; data: the answer to a whole letter."""

    posted: list[tuple[bytes, tuple[str, ...]]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    refuse_sender: str | None = None
    data: str | None = None

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.mail_from = address
        return self.refuse_sender or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data is not None:
            return self.data
        self.posted.append((envelope.original_content, tuple(envelope.rcpt_tos)))
        return "250 OK"


def _let_in(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    right = (given.login.decode(), given.password.decode()) == LOGIN
    return AuthResult(success=right, handled=right)


@contextlib.contextmanager
def mail_server(box: Mailbox, security: str = "none", certificate: ssl.SSLContext | None = None, **options: Any) -> Iterator[int]:
    """Runs an aiosmtpd server for the box; gives its port. security as in the settings; both TLS kinds want a login."""
    given: dict[str, Any] = {"hostname": "127.0.0.1", "port": 0, "server_hostname": "mail.test"}
    if security != "none":
        given |= {"authenticator": _let_in, "auth_required": True}
    if security == "starttls":
        given |= {"tls_context": certificate, "require_starttls": True}
    if security == "tls":
        given |= {"ssl_context": certificate, "auth_require_tls": False}
    given |= {"data_size_limit": 50_000_000} | options
    with socket.socket() as probe:  # the controller wants to connect to its port once, so it must know it
        probe.bind(("127.0.0.1", 0))
        given["port"] = probe.getsockname()[1]
    controller = Controller(box, **given)
    with warnings.catch_warnings():
        # It does not see that TLS from the first byte is TLS.
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS", UserWarning)
        controller.start()
        try:
            yield controller.port
        finally:
            controller.stop()


@contextlib.contextmanager
def scripted_server(script: Callable[[socket.socket], None]) -> Iterator[int]:
    """Runs a script over each connection; gives the port. The script ends when the client or the test goes away."""
    listening = socket.create_server(("127.0.0.1", 0))
    open_ones: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                talk, _ = listening.accept()
            except OSError:
                return
            open_ones.append(talk)
            with contextlib.suppress(OSError), talk:
                script(talk)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for talk in open_ones:
            with contextlib.suppress(OSError):
                talk.shutdown(socket.SHUT_RDWR)
        thread.join()


def certificate(folder: Path, name: str = "localhost") -> tuple[ssl.SSLContext, Path]:
    """Makes a certificate for a name (and 127.0.0.1 if it is localhost); returns the server's context and the file to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, private = folder / f"{name}.pem", folder / f"{name}.key"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, private)
    return context, trusted
