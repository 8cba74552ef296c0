"""Making an FTP connection: reach the server, protect the line, make sure it is the right one, log in, go to the drop folder."""

from __future__ import annotations

import ftplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from nightclerk.core.errors import NightclerkError, OperatorError, RefusedError, WeatherError
from nightclerk.core.secret import SecretReference
from nightclerk.core.source import FtpSource, FtpsServer, FtpsSource
from nightclerk.sources.deadlines import Deadlines
from nightclerk.sources.ftp_client import BROKEN, Client
from nightclerk.sources.held import Held
from nightclerk.sources.reaching import Server, reach, server_of, words
from nightclerk.sources.tls import certificate_refusal, protect, trusting

_FACTS = ("type", "size", "modify", "unique")
_FULL = re.compile(r"maximum|too many|limit", re.IGNORECASE)

Secrets = Callable[[SecretReference], bytes]
AnyFtp = FtpSource | FtpsSource


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation that stands in the drop folder. folder: its full path as the server writes it. facts: MLSD and MLST work."""

    client: Client
    folder: str
    facts: bool


def log_in(settings: AnyFtp, secrets: Secrets, deadlines: Deadlines, held: Held, tenant: str) -> Session:
    """Returns a session. ``held`` gets each socket before it is used, so that another thread may shut it.

    Raises OperatorError for a refused certificate, login or folder or an unreadable secret, WeatherError for all else.
    """
    password = secrets(settings.password).rstrip(b"\r\n").decode("latin-1")
    client = greet(settings, deadlines, held, tenant)
    try:
        client.wait_at_most(deadlines.login, in_all=True)
        with as_weather(settings, "The login"):
            _authenticate(client, settings, password, f"nightclerk check {tenant} --connect")
            if isinstance(settings, FtpsSource):
                _protect_data(client, settings)
            facts = _features(client)
            folder = _enter(client, settings)
        return Session(client, folder, facts)
    except BaseException:  # whatever ends the login ends the connection; raised again
        client.end()
        raise


def greet(
    settings: FtpSource | FtpsServer,
    deadlines: Deadlines,
    held: Held,
    tenant: str,
    trust: Callable[[FtpsServer], ssl.SSLContext] = trusting,
) -> Client:
    """Returns a conversation in which nothing was said yet but greetings, protected from then on as ``trust`` says where it is to
    be. See ``log_in``."""
    context = trust(settings) if isinstance(settings, FtpsServer) else None

    def secretly(line: socket.socket, session: ssl.SSLSession | None) -> ssl.SSLSocket:
        with certificate_refusal(settings, tenant):
            return protect(line, context or ssl.create_default_context(), settings.host, session, deadlines.greeting, held)

    line = reach(settings.host, settings.port, deadlines.connect, deadlines.reply, held.take)
    client = Client(line, settings.host, deadlines, held)
    client.wait_at_most(deadlines.greeting, in_all=True)
    try:
        with as_weather(settings, "The greeting", _hint(settings)):
            if _tls(settings) == "implicit":
                client.go_secret(secretly)
            client.greet()
            if _tls(settings) == "explicit":
                _ask_for_tls(client, settings)
                client.go_secret(secretly)
    except BaseException:  # whatever ends the greeting ends the connection; raised again
        client.end()
        raise
    return client


def _tls(settings: FtpSource | FtpsServer) -> str:
    return settings.tls if isinstance(settings, FtpsServer) else "none"


def _hint(settings: FtpSource | FtpsServer) -> str:
    if _tls(settings) == "explicit":
        return " If it stays so, it may want `tls: implicit`, as is usual at port 990."
    return ""


def _ask_for_tls(client: Client, settings: FtpSource | FtpsServer) -> None:
    try:
        client.voidcmd("AUTH TLS")
    except ftplib.error_perm as error:
        raise OperatorError(
            f"{server_of(settings)} offers no TLS ({words(error)}), so that nothing was sent to it. Ask its owner to switch it "
            "on. Plain FTP is used only where the configuration says `kind: ftp` and `insecure: true`."
        ) from error


def _authenticate(client: Client, settings: AnyFtp, password: str, command: str) -> None:
    if re.search(r"[\r\n\0]", password):
        raise OperatorError("The password (source.password) has a line break within it, which FTP cannot send. Check the secret.")
    try:
        reply = client.sendcmd("USER " + settings.username.encode().decode("latin-1"))
        if reply[0] == "3":
            reply = client.sendcmd("PASS " + password)
    except ftplib.error_perm as error:
        if _FULL.search(str(error)):
            raise WeatherError(f"{server_of(settings)} has no place for one more login ({words(error)}).") from error
        more = " It seems to want TLS: write `kind: ftps`." if re.search(r"TLS|SSL|encrypt", str(error)) else ""
        raise RefusedError(
            f"{server_of(settings)} refused the login of {settings.username} ({words(error)}).{more} "
            "Check source.username and source.password, and whether the account is open.",
            command,
        ) from error
    if reply[0] != "2":
        raise RefusedError(
            f"{server_of(settings)} wants more than a password from {settings.username} ({reply.strip()}), which is not "
            "supported. Ask its owner for an account that needs no more.",
            command,
        )


def _protect_data(client: Client, settings: AnyFtp) -> None:
    try:
        client.voidcmd("PBSZ 0")
        client.voidcmd("PROT P")
    except ftplib.error_perm as error:
        raise OperatorError(
            f"{server_of(settings)} does not protect the files on their way ({words(error)}). Ask its owner to allow PROT P."
        ) from error


def _features(client: Client) -> bool:
    """Asks what the server can do and sets it up; returns whether it lists files by facts, with size and time."""
    try:
        offered = [line.strip() for line in client.sendcmd("FEAT").splitlines()[1:-1]]
    except (ftplib.error_perm, ftplib.error_temp):
        return False
    if "UTF8" in map(str.upper, offered):
        with suppress(ftplib.error_perm, ftplib.error_temp):  # names are bytes for us, whatever it says
            client.voidcmd("OPTS UTF8 ON")
    facts = next((line[5:].lower() for line in offered if line.upper().startswith("MLST ")), "")
    known = [fact.rstrip("*") for fact in facts.split(";")]
    wanted = [fact for fact in _FACTS if fact in known]
    if not {"type", "size", "modify"} <= set(wanted):
        return False
    if any(f"{fact}*" not in facts.split(";") for fact in wanted):
        with suppress(ftplib.error_perm, ftplib.error_temp):  # then it tells what it likes to tell
            client.voidcmd(f"OPTS MLST {';'.join(wanted)};")
    return True


def _enter(client: Client, settings: AnyFtp) -> str:
    """Goes to the drop folder; returns its full path, or nothing where the server does not tell it."""
    try:
        if settings.folder != ".":
            client.voidcmd("CWD " + settings.folder.encode().decode("latin-1"))
    except ftplib.error_perm as error:
        raise no_folder(settings, error) from error
    try:
        return client.pwd()
    except ftplib.error_perm:
        return ""


def no_folder(settings: AnyFtp, error: Exception) -> OperatorError:
    """Given why the server does not let us into the drop folder; returns the error to raise."""
    return OperatorError(
        f"The drop folder {settings.folder} does not exist at {server_of(settings)}, or {settings.username} may not look into it "
        f"({words(error)}). Create it, give the right, or correct source.folder."
    )


@contextmanager
def as_weather(settings: Server, step: str, hint: str = "") -> Iterator[None]:
    """Turns whatever the libraries raise into weather; our own errors pass."""
    try:
        yield
    except NightclerkError:
        raise
    except TimeoutError as error:
        raise WeatherError(f"{step} at {server_of(settings)} took too long.{hint}") from error
    except BROKEN as error:
        raise WeatherError(f"{step} at {server_of(settings)} failed ({words(error)}).{hint}") from error
