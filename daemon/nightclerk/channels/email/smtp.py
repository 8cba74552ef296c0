"""Letters over SMTP by yagmail: its connection and login only.

Its composer attaches any file whose path stands in a text and makes one Message-ID for all nights; its sending sleeps for
18 seconds and then returns False when the server goes away. So the finished bytes go straight through its connection.
"""

from __future__ import annotations

import smtplib  # for its exception classes only: yagmail lets them through
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nightclerk.channels.email.deadline import Deadline, Talking
from nightclerk.channels.email.failures import Mailing, not_for_anybody, refusal, told
from nightclerk.core.daemon import Mail
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.naming import name_and_address, wire_address
from nightclerk.core.report import Refusal

#: Bytes a second that even a poor line carries; a long letter is given so much more time.
SLOWEST_LINE = 64 * 1024


class Email:
    """A ``Channel`` to one mail server: a new connection for each letter, certificates verified.

    password: asked for at each login, so that a renewed secret is taken up. timeout: seconds for each step; the conversation
    as a whole may last three times as long, plus the time the letter's bytes need on a slow line.
    """

    def __init__(self, settings: Mail, password: Callable[[], str | None], timeout: float = 20) -> None:
        self._settings = settings
        self._password = password
        self._timeout = timeout
        self._sender = name_and_address(settings.sender)[1]

    def post(self, message: bytes, recipients: tuple[str, ...]) -> dict[str, Refusal]:
        """See ``ports.Channel``."""
        if _unspeakable(self._sender) is not None:
            raise OperatorError(f"mail.from has no address that letters can come from: {self._settings.sender}. Correct it.")
        refused = {address: words for address in recipients if (words := _unspeakable(address))}
        spoken = {wire_address(address): address for address in recipients if address not in refused}
        if spoken:
            refused |= {spoken[address]: why for address, why in self._carry(message, list(spoken)).items()}
        return refused

    def reach(self) -> None:
        """Connects as for a letter, logs in and says goodbye. Raises as ``post`` does."""
        with self._connected(3 * self._timeout):
            return

    def _carry(self, message: bytes, addresses: list[str]) -> dict[str, Refusal]:
        """Returns the refused ones of the addresses, which are plain ASCII and have no duplicates."""
        patience = self._timeout + len(message) / SLOWEST_LINE
        with self._connected(2 * self._timeout + patience) as (client, mailing):
            try:
                # smtplib hands all bytes to one ``sendall``, for which the time-out is the limit of the whole.
                client.smtp.sock.settimeout(patience)
                answers = client.smtp.sendmail(wire_address(self._sender), addresses, message)
            except smtplib.SMTPRecipientsRefused as error:
                answers = error.recipients
                about_us = not_for_anybody(answers)
                if about_us is not None:
                    raise told(smtplib.SMTPResponseException(*about_us), mailing) from error
            except smtplib.SMTPDataError as error:
                if error.smtp_code < 500:
                    raise told(error, mailing) from error
                answers = dict.fromkeys(addresses, (error.smtp_code, error.smtp_error))
            except smtplib.SMTPSenderRefused as error:
                if error.smtp_code != 552:  # 552 speaks of the letter's size, not of its sender
                    raise told(error, mailing) from error
                answers = dict.fromkeys(addresses, (error.smtp_code, error.smtp_error))
        return {address: refusal(code, said, mailing) for address, (code, said) in answers.items()}

    @contextmanager
    def _connected(self, seconds: float) -> Iterator[tuple[Any, Mailing]]:
        """Yields yagmail's client, logged in, and with whom we talk; what the server does to the connection until the end, or
        for longer than so many seconds, becomes an error that says who must act."""
        secret, settings = self._secret(), self._settings
        mailing = Mailing(settings.host, settings.port, settings.username, self._sender, secret)
        with Deadline(seconds) as deadline:
            client = self._client(deadline, secret)
            try:
                client.login()
                yield client, mailing
            except OSError as error:  # smtplib's exceptions are among them
                if deadline.passed:
                    raise WeatherError(f"{mailing} took too long. It is tried again later.") from error
                raise told(error, mailing) from error
            finally:
                _hang_up(client)

    def _client(self, deadline: Deadline, secret: str) -> Any:
        """Returns yagmail's client, not connected yet."""
        import yagmail

        class Client(yagmail.Client):  # type: ignore[misc]  # yagmail says nothing about its types
            @property
            def connection(self) -> Any:
                return _watched(super().connection, deadline)

        settings = self._settings
        options: dict[str, Any] = {"timeout": self._timeout, "local_hostname": _own_name()}
        if settings.security == "tls":
            options["context"] = self._context()
        user = settings.username or self._sender
        client = Client(
            {user: user},  # given as plain text, a login name without @ would become one at gmail.com
            secret,
            host=settings.host,
            port=settings.port,
            smtp_ssl=settings.security == "tls",
            smtp_starttls={"context": self._context()} if settings.security == "starttls" else False,
            smtp_skip_login=settings.username is None,
            soft_email_validation=False,  # it would refuse login names that are no addresses
            **options,
        )
        client.set_logging(None)  # takes its own handler off; failures reach us as exceptions
        return client

    def _secret(self) -> str:
        if self._settings.username is None:
            return ""
        secret = self._password()
        if secret is None:  # yagmail would ask a keyring, and then the terminal
            raise OperatorError("The password of mail.username is not there. Put it where mail.password says.")
        if not secret.isascii():
            raise OperatorError(
                "The mail password has letters outside ASCII, which logins of mail servers cannot carry. Change it."
            )
        return secret

    def _context(self) -> ssl.SSLContext:
        file = self._settings.ca_file
        try:
            return ssl.create_default_context(cafile=None if file is None else str(file))
        except OSError as error:
            raise OperatorError(f"mail.ca_file {file} cannot be read as certificates: {error.strerror or error}.") from error


def _watched(kind: type[Any], deadline: Deadline) -> type[Any]:
    """Given the class of connection yagmail would make; returns one that the deadline knows of before it connects."""

    class Watched(kind):  # type: ignore[misc]  # smtplib's SMTP or SMTP_SSL, as yagmail chooses
        def connect(self: Talking, *given: Any, **named: Any) -> Any:
            deadline.watch(self)
            return kind.connect(self, *given, **named)

    return Watched


def _hang_up(client: Any) -> None:
    """Says goodbye if the server still listens, but waits only a moment for the answer: the letter's fate is known."""
    connection = client.smtp
    if connection is not None and connection.sock is not None and connection.sock.fileno() >= 0:
        connection.sock.settimeout(1)
        client.close()
        connection.close()
    client.is_closed = True


def _own_name() -> str:
    """Returns the name to greet with, without asking the network for it, which could take long."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _unspeakable(address: str) -> Refusal | None:
    """Given an address; returns why no mail server can be told of it, or None."""
    try:
        plain = wire_address(address)
    except UnicodeError:
        return Refusal("The part after the @ is no name of a mail server.", permanent=True)
    if not plain.isascii():
        return Refusal("The part before the @ has letters outside ASCII, which this program cannot write to.", permanent=True)
    if not plain.isprintable() or any(sign in plain for sign in " <>") or not all(plain.rpartition("@")[::2]):
        return Refusal("This is no address that a letter can be sent to.", permanent=True)
    return None
