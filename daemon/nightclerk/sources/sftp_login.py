"""Making a connection: reach the server, agree on keys, make sure it is the right one, log in, open its file service.

Each step has its deadline. Where paramiko waits without one, an alarm shuts the socket, which ends whatever it waits for.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import paramiko

from nightclerk.core.errors import RefusedError, WeatherError
from nightclerk.core.secret import SecretReference
from nightclerk.core.source import SftpSource
from nightclerk.sources.deadlines import Deadlines
from nightclerk.sources.greeting import as_weather, end, greet
from nightclerk.sources.host_keys import HostKeys
from nightclerk.sources.legacy import old_key
from nightclerk.sources.private_key import private_key
from nightclerk.sources.reaching import Hold, server_of, shut
from nightclerk.sources.sftp_client import Client

#: Seconds between two signs of life, so that firewalls do not forget a connection that rests between rounds.
_SIGN_OF_LIFE = 30
_WAKE_UP = 5

Secrets = Callable[[SecretReference], bytes]


@dataclass(frozen=True, slots=True)
class Session:
    """A live connection with its file service open."""

    line: socket.socket
    transport: paramiko.Transport
    client: Client

    def alive(self) -> bool:
        """Returns whether the connection still stands, as far as this side knows; asks nobody."""
        return self.transport.is_active() and self.client.stands()

    def close(self) -> None:
        """Shuts the socket, which ends every call that waits on it, then waits for paramiko's thread."""
        end(self.line, self.transport)


def log_in(settings: SftpSource, secrets: Secrets, deadlines: Deadlines, hold: Hold, tenant: str) -> Session:
    """Returns a session. ``hold`` is given each socket before it is used, so that another thread may shut it.

    Raises RefusedError for a wrong host key or login, OperatorError for an unreadable secret, WeatherError for all else.
    """
    host_keys = HostKeys(settings, tenant)
    key, password = _credentials(settings, secrets)
    line, transport = greet(settings, host_keys, deadlines, hold)
    try:
        late = f"{server_of(settings)} did not let us in within {deadlines.login:g} s."
        with _alarm(line, deadlines.login, late), as_weather(settings, "The login"):
            transport.auth_timeout = 2 * deadlines.login  # the alarm comes first, and says what it was
            _authenticate(transport, settings, key, password, f"nightclerk check {tenant} --connect")
            channel = transport.open_session(timeout=deadlines.login)
            channel.settimeout(deadlines.reply)
            channel.invoke_subsystem("sftp")
            client = Client(channel)
        transport.set_keepalive(_SIGN_OF_LIFE)
        # paramiko wakes up ten times a second to see whether it was closed; we shut the socket, which wakes it at once.
        line.settimeout(_WAKE_UP)
    except BaseException:  # whatever ends the login ends the connection; raised again
        end(line, transport)
        raise
    return Session(line, transport, client)


def _credentials(settings: SftpSource, secrets: Secrets) -> tuple[paramiko.PKey | None, str | None]:
    passphrase = None if settings.passphrase is None else secrets(settings.passphrase).rstrip(b"\r\n")
    key = None if settings.key is None else private_key(secrets(settings.key), passphrase)
    if key is not None and settings.legacy:
        key = old_key(key)
    password = (
        None if settings.password is None else secrets(settings.password).rstrip(b"\r\n").decode("utf-8", "surrogateescape")
    )
    return key, password


def _authenticate(
    transport: paramiko.Transport, settings: SftpSource, key: paramiko.PKey | None, password: str | None, command: str
) -> None:
    """Logs in by key, by password, or by one after the other where the server wants both."""
    ways: list[tuple[str, Callable[[], list[str]]]] = []
    if key is not None:
        ways.append(("key", lambda: transport.auth_publickey(settings.username, key)))
    if password is not None:
        ways.append(("password", lambda: transport.auth_password(settings.username, password)))
    started = time.monotonic()
    wanted: list[str] = []
    refusal: paramiko.AuthenticationException | None = None
    for _, way in ways:
        try:
            wanted = way()
            if not wanted:
                return
        except paramiko.BadAuthenticationType as error:
            refusal, wanted = error, error.allowed_types
        except paramiko.AuthenticationException as error:
            refusal = error
        # paramiko reports an answer that never came as a refusal too.
        if not transport.is_active() or time.monotonic() - started >= (transport.auth_timeout or 0):
            raise WeatherError(f"{server_of(settings)} closed the connection, or fell silent, during the login.") from refusal
    more = f" It wants {' or '.join(wanted)}." if wanted else ""
    raise RefusedError(
        f"{server_of(settings)} refused the login of {settings.username} by {' and '.join(name for name, _ in ways)}.{more} "
        f"Check source.username and {' and '.join(f'source.{name}' for name, _ in ways)}, and whether the account is open.",
        command,
    ) from refusal


@contextmanager
def _alarm(line: socket.socket, seconds: float, sentence: str) -> Iterator[None]:
    """Shuts the socket after so many seconds, and says then with ``sentence`` why everything broke."""
    rang = threading.Event()

    def ring() -> None:
        rang.set()
        shut(line)

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if rang.is_set():
            raise WeatherError(sentence) from error
        raise
    finally:
        timer.cancel()
        timer.join()
