"""TLS as FTPS needs it: verified certificates, resumed sessions, an end that can be told from a cut."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from nightclerk.core.errors import NightclerkError, OperatorError, RefusedError, WeatherError
from nightclerk.core.source import FtpSource, FtpsServer
from nightclerk.sources.held import Held
from nightclerk.sources.reaching import server_of, words

#: What OpenSSL says when there is no TLS that both sides speak, and when the other side speaks none.
_TOO_OLD = {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "SSLV3_ALERT_HANDSHAKE_FAILURE", "NO_PROTOCOLS_AVAILABLE"}
_NO_TLS = {"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"}


def trusting(settings: FtpsServer) -> ssl.SSLContext:
    """Returns how connections are protected: certificate and host name verified, TLS 1.2 or newer. Raises OperatorError."""
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ValueError) as error:
        raise OperatorError(
            f"The certificates in {settings.ca_file} (source.ca_file) cannot be read ({words(error)}). "
            "The file must be readable for Nightclerk's user and hold certificates as PEM text."
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def protect(
    line: socket.socket, context: ssl.SSLContext, host: str, session: ssl.SSLSession | None, seconds: float, held: Held
) -> ssl.SSLSocket:
    """Given a connected socket that ``held`` holds; returns it protected and held in its place, within so many seconds.

    The socket given is empty afterwards, whatever happens. Raises OSError, of which SSLError is one.
    """
    secret = context.wrap_socket(
        line, server_hostname=host, session=session, do_handshake_on_connect=False, suppress_ragged_eofs=False
    )
    try:
        held.take(secret)
        held.drop(line)
        secret.settimeout(seconds)
        secret.do_handshake()
    except BaseException:  # whatever ends the handshake ends the socket; raised again
        held.drop(secret)
        secret.close()
        raise
    return secret


@contextmanager
def certificate_refusal(settings: FtpSource | FtpsServer, tenant: str) -> Iterator[None]:
    """Turns a handshake that fails into an error that says who must act."""
    server, command = server_of(settings), f"nightclerk trust {tenant}"
    try:
        yield
    except NightclerkError:
        raise
    except ssl.SSLCertVerificationError as error:
        raise RefusedError(
            f"{server} showed a certificate that is not trusted: {error.verify_message.rstrip('.')}. Nothing was sent to it. "
            "Compare it with what the server's owner says; then correct source.host, or name the certificates to trust under "
            "source.ca_file, or have the owner renew it.",
            command,
        ) from error
    except ssl.SSLError as error:
        if error.reason in _TOO_OLD:
            raise OperatorError(
                f"{server} speaks no TLS that is safe today ({error.reason}). Its owner must bring it up to TLS 1.2 or newer."
            ) from error
        if error.reason in _NO_TLS:
            raise OperatorError(
                f"{server} does not speak TLS where it should begin. Check source.port and source.tls: at port 21 TLS is usually "
                "explicit, at port 990 implicit."
            ) from error
        raise WeatherError(f"TLS with {server} could not begin ({words(error)}).") from error
    except TimeoutError as error:
        raise WeatherError(f"TLS with {server} did not begin in time.") from error
    except (OSError, EOFError) as error:
        raise WeatherError(f"TLS with {server} could not begin ({words(error)}).") from error
