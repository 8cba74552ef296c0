"""What ``--json`` prints, as models: the one source of ``nightclerk schema output``. A test holds every command's output to it.

The names are a contract with whoever reads the output: keys may be added in a later version, none is renamed or taken away.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, JsonValue, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from nightclerk.core.printed_lint import Lint
from nightclerk.core.printed_reconcile import Reconciliation, RefusedReconciliation
from nightclerk.core.printed_run import Amount, Count, Format, Issue, Moment, Preview, Printed, Refused, Run
from nightclerk.core.printed_trust import Certificate, HostKeys
from nightclerk.core.printed_undo import Undo


class LeftOut(Printed):
    """A line that is no row, and why."""

    line: Count
    reason: str


class Doubt(Printed):
    """Something about a file that a person should look at."""

    code: str
    column: str | None
    message: str


class Inspection(Printed):
    """How a file reads. rows: damaged ones too. types and totals by column."""

    format: Format
    columns: list[str]
    rows: Count
    left_out: list[LeftOut]
    types: dict[str, str]
    totals: dict[str, Amount]
    doubts: list[Doubt]


class RefusedInspection(Printed):
    """A file that does not read."""

    refused: Refused


class Problem(Printed):
    """What is wrong with the configuration, at its line and column, which count from 1. path: as in
    ``feeds[0].mapping.email``."""

    file: str
    line: int
    column: int
    path: str
    message: str


class Problems(Printed):
    """All that is wrong; nothing, when the list is empty."""

    problems: list[Problem]


class WaitingFile(Printed):
    """A file seen in the drop folder and not taken yet."""

    file: str
    size: Count
    since: Moment


class UnderWay(Printed):
    """A drop that is begun and not closed."""

    drop: int
    file: str
    state: str
    since: Moment
    attempt: int


class HeldRun(Printed):
    """A held file that nobody has decided about. rows: how many of it wait; in_part: whether its others are booked. until: when
    it is refused by itself. reasons: their codes."""

    run: int
    feed: str | None
    file: str
    rows: Count
    in_part: bool
    since: Moment
    until: Moment | None
    reasons: list[str]


class ParkedRow(Printed):
    """A row that waits for rows of others: the run, file and line in which it came. missing: field → the value that names what is
    not there. until: when it is rejected if that has not come. run and file are null where the ledger does not know the run,
    until where the feed is not configured any more."""

    feed: str
    entity: str
    run: int | None
    file: str | None
    line: Count
    key: dict[str, JsonValue]
    missing: dict[str, JsonValue]
    since: Moment
    until: Moment | None


class Trouble(Printed):
    """What is wrong with a tenant's source."""

    message: str
    since: Moment


class Status(Printed):
    """How a tenant stands. next_look: when its written times are due next, null where it is looked at in intervals alone.
    waits_until: when its quiet hours begin. left_alone_until: its server refused us. file_wrong: its file cannot be used, so that
    only what the ledger knows of it is said; a daemon that runs serves it by its last good version."""

    tenant: str
    file_wrong: bool
    name: str
    feeds: list[str]
    last_run: Run | None
    waiting_files: list[WaitingFile]
    under_way: list[UnderWay]
    held: list[HeldRun]
    waiting_letters: Count
    parked_rows: Count | None
    next_look: Moment | None
    waits_until: Moment | None
    left_alone_until: Moment | None
    trouble: Trouble | None


class Recipient(Printed):
    """Somebody a letter is for; words: what the mail server said last."""

    address: str
    state: Literal["waiting", "accepted", "refused"]
    attempts: Count
    next_at: Moment | None
    words: str | None


class Letter(Printed):
    """A letter of the outbox."""

    letter: int
    drop: int | None
    message_id: str
    tenant: str | None
    kind: str
    subject: str
    written_at: Moment
    recipients: list[Recipient]


class ShownLetter(Printed):
    """What a letter says. attached: the names of its attachments, with commas between them."""

    letter: int
    from_: str = Field(alias="from")
    to: str
    date: str
    subject: str
    attached: str
    text: str
    html: str


class Posted(Printed):
    """What one delivery did: recipients accepted and refused, letters postponed and why."""

    accepted: Count
    refused: Count
    postponed: Count
    trouble: str | None


class Statements(Printed):
    """The SQL that makes the tables which are not there."""

    statements: list[str]


class Written(Printed):
    """The files that were written."""

    written: list[str]


class Finding(Printed):
    """One thing that ``doctor`` found. away: it could not be reached. command: what helps, if a command does."""

    level: Literal["fine", "doubtful", "wrong", "away"]
    part: str
    message: str
    command: str | None


class Findings(Printed):
    """All that ``doctor`` looked at."""

    findings: list[Finding]


class SuggestedField(Printed):
    """What one field is made from: columns, or the same value in every row. doubts: what is said beside it."""

    columns: list[str]
    constant: str | bool | None
    doubts: list[str]


class SuggestedFeed(Printed):
    """One feed of a proposal. ignored: columns that fill no field. missing: required fields for which nothing was found."""

    feed: str
    files: str
    members: str | None
    sheet: str | None
    entity: str
    preset: str | None
    mapping: dict[str, SuggestedField]
    ignored: list[str]
    missing: list[str]
    doubts: list[str]


class Suggestion(Printed):
    """A tenant's file, proposed from samples. yaml: its text. left_aside: sheets that became no feed."""

    tenant: str
    language: str
    yaml: str
    feeds: list[SuggestedFeed]
    left_aside: list[str]


OUTPUTS: dict[str, Any] = {
    "approve": Run,
    "check": Problems,
    "demo": list[Run],
    "doctor": Findings,
    "export": list[dict[str, str | int | bool | None]],
    "import": Run | list[Run],
    "init": Written,
    "inspect": Inspection | RefusedInspection,
    "lint": Lint | RefusedInspection,
    "parked": list[ParkedRow],
    "post": Posted,
    "post --list": list[Letter],
    "post --show": ShownLetter,
    "preview": Preview | list[Preview],
    "replay": Run,
    "reconcile": Reconciliation | RefusedReconciliation,
    "refuse": Run,
    "rejected": list[Issue],
    "round": list[Run],
    "run": Run,
    "runs": list[Run],
    "status": list[Status],
    "suggest": Suggestion,
    "tables create": Statements,
    "trust": HostKeys | Certificate,
    "undo": Undo,
}
"""Command → what it prints with ``--json``. A list of runs or previews where several feeds read sheets of one workbook."""


def output_schema() -> dict[str, Any]:
    """Returns the JSON Schema (draft 2020-12) of all outputs: that of one command stands under ``$defs`` by its name."""
    mode: JsonSchemaMode = "serialization"
    made, parts = TypeAdapter.json_schemas([(name, mode, TypeAdapter(kind)) for name, kind in OUTPUTS.items()], by_alias=True)
    commands = {name: {**made[name, mode], "title": f"nightclerk {name} --json"} for name in OUTPUTS}
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": "What nightclerk COMMAND --json prints",
        "description": "Each command's output is described under $defs by the command's name.",
        "anyOf": [{"$ref": f"#/$defs/{name.replace(' ', '%20')}"} for name in OUTPUTS],
        "$defs": {**parts["$defs"], **commands},
    }
