"""Report → letter: the whole message as it goes over the wire, the same bytes for the same report."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from nightclerk.core.naming import name_and_address, shown, wire_address
from nightclerk.core.report import Letter, RejectFile, Report
from nightclerk.letters.content import content_of
from nightclerk.letters.language import language_for
from nightclerk.letters.pages import html_page, text_page
from nightclerk.letters.subject import MOST_IN_SUBJECT, subject_of

#: What mail programs know an attached file as, by the ending of its name.
_KINDS = {
    **dict.fromkeys(("csv", "txt", "tsv"), ("text", "csv")),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "xls": ("application", "vnd.ms-excel"),
    "ods": ("application", "vnd.oasis.opendocument.spreadsheet"),
}


def new_message_id(key: str, domain: str) -> str:
    """Given what tells a letter from all others (its run's key) and the sender's domain; returns its one Message-ID."""
    try:
        host = domain.strip().encode("idna").decode()
    except UnicodeError:
        host = ""
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", host):
        host = "nightclerk.invalid"
    return f"<nightclerk.{hashlib.sha256(key.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}@{host}>"


def compose(report: Report, sender: str, recipients: tuple[str, ...], message_id: str, at: datetime) -> Letter:
    """Given a report, the sender (``Name <address>``), the readers' bare addresses, the letter's fixed id and its date.

    Returns the letter. Names and values from files are data in it: they become neither headers nor markup. With
    ``report.show_values`` off no cell value, no sum of cell values and no attachment is in it.
    """
    if not report.show_values:
        report = _without_values(report)
    language = language_for(report.language, report.timezone)
    content = content_of(report, language)
    subject = subject_of(report, language)
    message = _envelope(subject, sender, recipients, message_id, at)
    message["X-Nightclerk-Tenant"] = shown(report.tenant)
    message["X-Nightclerk-Run"] = ", ".join(str(run.id) for run in report.runs)
    message["X-Nightclerk-Ending"] = ", ".join(dict.fromkeys(run.ending for run in report.runs))
    _fill(
        message,
        text_page("report", language, content=content),
        html_page("report", language, content=content, subject=subject),
        report.reject_files,
    )
    message["Content-Language"] = language.tag  # only now: filling a message takes its content headers away
    return Letter(message_id, "report", recipients, subject, message.as_bytes())


def compose_notice(
    tenant: str,
    sentence: str,
    command: str | None,
    sender: str,
    recipients: tuple[str, ...],
    message_id: str,
    at: datetime,
    *,
    subject_words: str | None = None,
    details: Sequence[tuple[str, str]] = (),
    good_news: bool = False,
) -> Letter:
    """Given what ops must act on, in one sentence, and the exact command that helps, if there is one; returns the letter to them.

    tenant: its name, or empty when no tenant is meant. subject_words: what the subject says instead of the sentence.
    details: labels and values, in the order of reading. good_news: what they were called for is over, nothing is asked of them.
    """
    language = language_for("en", "UTC")
    about = shown(tenant)
    words = shown(subject_words or sentence, MOST_IN_SUBJECT)
    prefix = language.gettext("Nightclerk: all right again") if good_news else language.gettext("Nightclerk needs you")
    subject = shown(f"{prefix} · {about}: {words}" if about else f"{prefix}: {words}", MOST_IN_SUBJECT)
    said = {
        "about": about,
        "good_news": good_news,
        "sentence": shown(sentence, 1000),
        "command": None if command is None else shown(command, 500),
        "details": [(shown(label), shown(value, 500)) for label, value in details],
        "moment": language.moment(at),
    }
    message = _envelope(subject, sender, recipients, message_id, at)
    if about:
        message["X-Nightclerk-Tenant"] = about
    _fill(message, text_page("notice", language, **said), html_page("notice", language, **said, subject=subject), ())
    return Letter(message_id, "operators", recipients, subject, message.as_bytes())


def _without_values(report: Report) -> Report:
    """Returns the report without what would carry cell values beyond the text."""
    return replace(report, reject_files=())


def _envelope(subject: str, sender: str, recipients: tuple[str, ...], message_id: str, at: datetime) -> EmailMessage:
    """Returns a message with its headers and no body. Everything in it is 7-bit, which every mail server takes."""
    message = EmailMessage(policy=SMTP)
    name, address = name_and_address(sender)
    message["From"] = _in_header(address, shown(name)) or shown(sender)
    # A reader whose address no header can hold still gets the letter, or the mail server's refusal: that is the channel's.
    message["To"] = [reader for reader in map(_in_header, recipients) if reader is not None] or "undisclosed-recipients:;"
    message["Subject"] = subject
    message["Date"] = at.astimezone(UTC)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    return message


def _in_header(address: str, name: str = "") -> Address | None:
    try:
        plain = wire_address(address)
        return Address(name, addr_spec=plain) if plain.isascii() else None
    except (ValueError, MessageError, IndexError):  # what the parser of addresses raises for what it does not understand
        return None


def _fill(message: EmailMessage, text: str, page: str, files: tuple[RejectFile, ...]) -> None:
    """Puts the text, its HTML twin and the attached files in; with fixed boundaries, so that the bytes are always the same."""
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    for file in files:
        name = _file_name(file.name)
        maintype, subtype = _KINDS.get(name.lower().rpartition(".")[2], ("application", "octet-stream"))
        message.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=name)
    seed = hashlib.sha256(f"{message['Message-ID']}\n{text}".encode()).hexdigest()[:32]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{seed}_{number}")


def _file_name(name: str) -> str:
    """Given the name of a file to attach; returns it without what would make it a path, its ending kept."""
    # White space of every kind at the beginning is left out by mail programs, so that a dot behind it would come first.
    plain = re.sub(r"^[\s.]+", "", re.sub(r'[/\\:*?"<>|]', "_", shown(name, len(name) or 1)))
    stem, dot, ending = plain.rpartition(".")
    if not stem or len(ending) > 10:
        return shown(plain, 120) or "rows"
    return f"{shown(stem, 120)}{dot}{ending}"
