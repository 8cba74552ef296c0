"""The first part of a connection: reach the server, agree on keys, make sure that it is the right one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko

from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.source import SftpServer
from nightclerk.sources.deadlines import Deadlines
from nightclerk.sources.host_keys import HostKeys
from nightclerk.sources.legacy import OLD_CIPHERS, OLD_DIGESTS, LegacyTransport
from nightclerk.sources.reaching import Hold, reach, server_of, shut, words

#: GCM first: four times as fast here as CTR with its separate checksum. CBC, 3DES, MD5 and cut checksums are left out.
_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr")
_DIGESTS = (
    "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512", "hmac-sha1",
)  # fmt: skip
#: What paramiko says when the first lines of a server are not those of one with SSH: none came in time, or something else did.
_NO_SSH = ("Error reading SSH protocol banner", "Indecipherable protocol version")
#: Seconds that paramiko's thread gets to notice that its connection is over.
_FAREWELL = 2


def greet(
    settings: SftpServer, host_keys: HostKeys, deadlines: Deadlines, hold: Hold
) -> tuple[socket.socket, paramiko.Transport]:
    """Returns a connection to a server that showed a pinned host key."""
    refused: list[str] = []
    for kinds in host_keys.asks():
        line, transport, key = approach(settings, kinds, deadlines, hold)
        if key is not None and host_keys.accepts(key.fingerprint):
            return line, transport
        end(line, transport)
        if key is not None and key.fingerprint not in refused:
            refused.append(key.fingerprint)
    raise host_keys.refusal(refused or ["of no kind that is pinned"])


def approach(
    settings: SftpServer, kinds: tuple[str, ...], deadlines: Deadlines, hold: Hold
) -> tuple[socket.socket, paramiko.Transport, paramiko.PKey | None]:
    """Given the kinds of host key to ask for; returns a new connection and the key that the server showed, or None if it has none
    of them."""
    line = reach(settings.host, settings.port, deadlines.connect, deadlines.reply, hold)
    transport = None
    try:
        with as_weather(settings, "The greeting"):
            transport = LegacyTransport(line) if settings.legacy else paramiko.Transport(line)
            return line, transport, _shown_key(transport, kinds, settings, deadlines)
    except BaseException:  # whatever ends the greeting ends the connection; raised again
        end(line, transport)
        raise


def end(line: socket.socket, transport: paramiko.Transport | None) -> None:
    """Ends a connection. Shutting the socket ends paramiko's thread; only then may its number be given to another socket."""
    shut(line)
    if transport is not None:
        if transport.is_alive():
            transport.join(_FAREWELL)
        transport.packetizer.complete_handshake()  # else its alarm clock goes on after a handshake that failed
        transport.close()
    line.close()


def _shown_key(
    transport: paramiko.Transport, kinds: tuple[str, ...], settings: SftpServer, deadlines: Deadlines
) -> paramiko.PKey | None:
    """Asks for a host key of one of these kinds; returns the one shown, or None if the server has none."""
    options = transport.get_security_options()
    options.ciphers = (*_CIPHERS, *OLD_CIPHERS) if settings.legacy else _CIPHERS
    options.digests = (*_DIGESTS, *OLD_DIGESTS) if settings.legacy else _DIGESTS
    options.key_types = kinds
    # paramiko's own deadlines lie behind ours, which has the better word.
    transport.banner_timeout = transport.handshake_timeout = deadlines.greeting + _FAREWELL
    done = threading.Event()
    transport.start_client(event=done)
    if not done.wait(deadlines.greeting):
        raise WeatherError(f"{server_of(settings)} did not greet us within {deadlines.greeting:g} s.")
    if not transport.is_active():
        error = transport.get_exception()
        if isinstance(error, paramiko.ssh_exception.IncompatiblePeer) and "host key" in str(error):
            return None
        if isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
            raise OperatorError(
                f"{server_of(settings)} speaks no way of encryption that is safe today ({error}). "
                "Its owner must bring it up to date; until then `legacy: true` under source may let it in."
            )
        raise error or paramiko.SSHException("the connection was closed")
    return transport.get_remote_server_key()


@contextmanager
def as_weather(settings: SftpServer, step: str) -> Iterator[None]:
    """Turns whatever the library raises into weather; our own errors pass."""
    try:
        yield
    except (OperatorError, WeatherError):
        raise
    except TimeoutError as error:
        raise WeatherError(f"{step} at {server_of(settings)} took too long.") from error
    except paramiko.SSHException as error:
        if not str(error).startswith(_NO_SSH):
            raise _failed(settings, step, error) from error
        raise WeatherError(
            f"{server_of(settings)} does not speak SSH to us. If it stays so, something else listens there: check source.host "
            "and source.port."
        ) from error
    except Exception as error:  # a broken or hostile server makes paramiko raise anything; kept as the cause
        raise _failed(settings, step, error) from error


def _failed(settings: SftpServer, step: str, error: Exception) -> WeatherError:
    return WeatherError(f"{step} at {server_of(settings)} failed ({words(error)}).")
