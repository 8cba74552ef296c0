"""What a reader should know about one drop: its runs, where the file lies, what happens next. Letters are made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nightclerk.core.drop import Drop
from nightclerk.core.parked import StillWaiting
from nightclerk.core.run import Run


@dataclass(frozen=True, slots=True)
class RejectFile:
    """The rejected rows in the sender's own format, ready to attach. complete: False when the file was cut at its size limit."""

    name: str
    content: bytes
    rows: int
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one letter says.

    tenant_name, timezone, language: of the tenant. runs: all runs of the drop, at least one. server_place: where the file now
    lies on the server, as the sender would look for it, or None if nowhere. reject_files: one per run with rejected rows.
    headers: run and field → the header of the file that it is read from, since readers know their own words, not ours. waiting:
    run → what else of its feed waits for rows of others, of earlier files.
    """

    tenant: str
    tenant_name: str
    timezone: str
    language: str
    drop: Drop
    runs: tuple[Run, ...]
    server_place: str | None
    reject_files: tuple[RejectFile, ...] = ()
    show_values: bool = True
    headers: Mapping[tuple[int, str], str] = field(default_factory=dict)
    waiting: Mapping[int, StillWaiting] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished letter: its fixed Message-ID, the readers, and the whole message as it goes over the wire.

    kind: ``report`` for the tenant's readers, ``operators`` for ops. recipients: bare addresses.
    """

    message_id: str
    kind: Literal["report", "operators"]
    recipients: tuple[str, ...]
    subject: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a letter was not accepted for one recipient. words: the mail server's own. permanent: trying again is no use."""

    words: str
    permanent: bool
