"""What a letter in the outbox says, for ops who read it without a mail program."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default


def read_letter(message: bytes) -> dict[str, str]:
    """Given a letter as it goes over the wire; returns its from, to, date, subject, attached (names), text and html."""
    opened = message_from_bytes(message, policy=default)
    said = {name: str(opened[name] or "") for name in ("from", "to", "date", "subject")}
    said["attached"] = ", ".join(part.get_filename() or "" for part in opened.iter_attachments())
    for name, kind in (("text", "plain"), ("html", "html")):
        body = opened.get_body((kind,))
        said[name] = "" if body is None else body.get_content().replace("\r\n", "\n")
    return said
