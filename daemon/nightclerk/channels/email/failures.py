"""What a mail server's failures mean: who must act, in a sentence."""

from __future__ import annotations

import smtplib
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError
from nightclerk.core.naming import shown
from nightclerk.core.report import Refusal

_LATER = "It is tried again later."
_TRY_NOW = "nightclerk post"
#: Answers about us rather than about one recipient: log in first; login refused; protect the connection first.
_ABOUT_US = {530, 535, 538}
_NO_TLS = {"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE"}


@dataclass(frozen=True, slots=True)
class Mailing:
    """With whom we talked, and as whom; stands at the beginning of each sentence. secret: what no sentence may repeat."""

    host: str
    port: int
    username: str | None
    sender: str
    secret: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"The mail server {self.host}:{self.port}"

    def words(self, answer: bytes | str) -> str:
        """Given the server's answer; returns it as one line fit for people and logs, without the password: some servers repeat
        what they were told."""
        text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        for spoken in (self.secret, f"\0{self.username}\0{self.secret}") if self.secret else ():
            for form in (spoken, b64encode(spoken.encode()).decode()):
                text = text.replace(form, "***")
        return shown(" ".join(text.split())) or "no words"


def refusal(code: int, answer: bytes | str, mailing: Mailing) -> Refusal:
    """Given a server's answer about one recipient; returns it as a value. Only 5xx answers are for good."""
    return Refusal(f"{code} {mailing.words(answer)}", permanent=500 <= code < 600)


def not_for_anybody(answers: Mapping[str, tuple[int, bytes]]) -> tuple[int, bytes] | None:
    """Given the answers when no recipient was taken; returns the one that speaks of the connection, or None."""
    return next((answer for answer in answers.values() if answer[0] == 421 or answer[0] in _ABOUT_US), None)


def told(error: OSError, mailing: Mailing) -> NightclerkError:
    """Given what yagmail let through; returns who must act, with a sentence, in which the password never stands.

    The order of the cases matters.
    """
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(error, mailing)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return WeatherError(f"{mailing} broke the connection or fell silent: {mailing.words(str(error))}. {_LATER}")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        wrong = "TLS by STARTTLS; check mail.port and mail.security" if "STARTTLS" in str(error) else "a login; check mail.port"
        return OperatorError(f"{mailing} does not offer {wrong}.", _TRY_NOW)
    if isinstance(error, smtplib.SMTPException):
        return OperatorError(f"{mailing} does not work with us: {mailing.words(str(error))}. Check the mail settings.", _TRY_NOW)
    if isinstance(error, ssl.SSLCertVerificationError):
        why = mailing.words(error.verify_message)
        return OperatorError(
            f"{mailing} shows a certificate that is not trusted: {why}. Check mail.host and mail.ca_file.", _TRY_NOW
        )
    if isinstance(error, ssl.SSLError) and error.reason in _NO_TLS:
        return OperatorError(
            f"{mailing} does not speak TLS as expected ({error.reason}). Check mail.port and mail.security.", _TRY_NOW
        )
    if isinstance(error, TimeoutError):
        return WeatherError(f"{mailing} does not answer. {_LATER}")
    return WeatherError(f"{mailing} cannot be reached: {mailing.words(error.strerror or str(error))}. {_LATER}")


def _answered(error: smtplib.SMTPResponseException, mailing: Mailing) -> NightclerkError:
    said = f"{error.smtp_code} {mailing.words(error.smtp_error)}"
    if not 500 <= error.smtp_code < 600:
        return WeatherError(f"{mailing} says it cannot take letters now: {said}. {_LATER}")
    if isinstance(error, smtplib.SMTPAuthenticationError) or error.smtp_code in _ABOUT_US:
        who = "us without a login" if mailing.username is None else f"the login of {mailing.username}"
        return OperatorError(f"{mailing} refuses {who}: {said}. Check mail.username and mail.password.", _TRY_NOW)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return OperatorError(f"{mailing} refuses letters from {mailing.sender}: {said}. Check mail.from.", _TRY_NOW)
    return OperatorError(f"{mailing} refuses to talk with us: {said}. Ask those who run it.", _TRY_NOW)
