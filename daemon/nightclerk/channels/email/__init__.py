"""Letters over SMTP."""

from __future__ import annotations

from nightclerk.channels.email.smtp import Email

__all__ = ["Email"]
