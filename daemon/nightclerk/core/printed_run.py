"""What ``--json`` prints of a run, as models. See ``core.printed``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Moment = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", description="A moment in UTC.")]
Amount = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", description="An exact decimal, as text so that no digit is lost.")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="A SHA-256 in hexadecimal.")]
Ending = Literal["imported", "imported_with_rejects", "refused", "held", "duplicate", "empty", "unrecognised", "undo"]
Count = Annotated[int, Field(ge=0)]


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class Printed(BaseModel):
    """An object of the output: exactly these keys."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class Format(Printed):
    """How a file reads. header_row counts all records from 1, blank ones too; null if there is none. A workbook has a sheet, and
    no encoding, delimiter and quote. member stands only where the file came in an archive: what it was called there;
    rows only of XML: the path of the elements that are its rows. readings only where some were left to be found: column → dates,
    as a format, or decimal and thousands, the marks."""

    kind: str
    encoding: str | None
    delimiter: str | None
    quote: str | None
    header_row: Count | None
    sheet: str | None
    evidence: str | None
    samples: list[str]
    member: Annotated[str, Field(json_schema_extra=_without_default)] = ""
    rows: Annotated[str, Field(json_schema_extra=_without_default)] = ""
    readings: Annotated[dict[str, dict[str, str]], Field(json_schema_extra=_without_default)] = {}


class Refused(Printed):
    """Why a file is refused as a whole, and the line to blame where there is one."""

    code: str
    line: Count | None
    message: str


class Counts(Printed):
    """rows = created + updated + unchanged + rejected + parked + held + skipped, always."""

    rows: Count
    created: Count
    updated: Count
    unchanged: Count
    rejected: Count
    parked: Count
    held: Count
    skipped: Count


class Total(Printed):
    """A control total of one money field in one currency: file = booked + rejected + parked + held + skipped. The currency
    ``""`` is that of amounts whose row says none and need not get the default. skipped stands only where rows gave way to others
    of their key, or a trial left them aside, parked only where rows wait, held only where some are held."""

    file: Amount
    booked: Amount
    rejected: Amount
    skipped: Amount = "0.0000"
    parked: Amount = "0.0000"
    held: Amount = "0.0000"


class Issue(Printed):
    """Something wrong in one row."""

    line: Count
    column: str | None
    field: str | None
    code: str
    value: str | None
    message: str


class HoldReason(Printed):
    """Why a file is held. figures: the numbers that the message tells, by name."""

    code: str
    message: str
    figures: dict[str, str]


class Change(Printed):
    """What booking one row would change: field → value. before is null for a new row."""

    key: dict[str, JsonValue]
    before: dict[str, JsonValue] | None
    after: dict[str, JsonValue]


class Held(Printed):
    """What a held file waits, or waited, for. counts, totals, effects: as they would be if it were booked; sample: its
    first changes. Of a file of which a part is booked already (``hold_part``) counts are those of booking it once more, and
    the sample is of the rows that wait, and effects has none."""

    until: Moment
    reasons: list[HoldReason]
    counts: Counts
    totals: dict[str, dict[str, Total]]
    sample: list[Change]
    effects: dict[str, JsonValue]


class Decision(Printed):
    """What was decided about a held file, by whom, and what they said to it."""

    action: Literal["approve", "refuse", "expire", "replace"]
    at: Moment
    by: str
    words: str | None


class WaitedFor(Printed):
    """What rows of the run wait, or had waited, for: rows of an entity that one field names. values: how many; examples: the
    first."""

    field: str
    entity: str
    rows: Count
    values: Count
    examples: list[str]


class Waited(Printed):
    """Rows that had been parked. came: what those that went in had waited for. given_up: how many waited for too long, and
    never_came: for what."""

    since: Moment
    came: list[WaitedFor]
    given_up: Count
    never_came: list[WaitedFor]


class Run(Printed):
    """What one feed made of one drop. refused stands only where the ending is ``refused``; held only where the file is or was
    held, decision once that is carried out. A run that took another one back (``undoes``) has the ending ``undo``, no rows, and
    the same drop; ``undone_by`` stands in the other one while that holds. replays: the run whose archived file this one read.
    retries: the run that had parked the rows of this one, which read no file; waited: for how long, and for what.
    awaits: what the run's own parked rows wait for, only where there are any."""

    run: int
    drop: int
    tenant: str
    feed: str | None
    file: str
    sha256: Hash | None
    started_at: Moment
    ended_at: Moment
    ending: Ending
    format: Format | None
    counts: Counts
    totals: dict[str, dict[str, Total]]
    issues: list[Issue]
    effects: dict[str, JsonValue]
    config_hash: Hash | None
    archived_as: str | None
    corrects: int | None
    notes: list[str]
    unreadable: dict[str, Count]
    refused: Annotated[Refused, Field(json_schema_extra=_without_default)] = None  # type: ignore[assignment]  # left out, never null
    held: Annotated[Held, Field(json_schema_extra=_without_default)] = None  # type: ignore[assignment]  # left out, never null
    decision: Annotated[Decision, Field(json_schema_extra=_without_default)] = None  # type: ignore[assignment]  # left out, never null
    undoes: Annotated[int, Field(json_schema_extra=_without_default)] = None  # type: ignore[assignment]  # left out, never null
    undone_by: Annotated[int, Field(json_schema_extra=_without_default)] = None  # type: ignore[assignment]  # left out, never null
    replays: Annotated[int, Field(json_schema_extra=_without_default)] = None  # type: ignore[assignment]  # left out, never null
    retries: Annotated[int, Field(json_schema_extra=_without_default)] = None  # type: ignore[assignment]  # left out, never null
    waited: Annotated[Waited, Field(json_schema_extra=_without_default)] = None  # type: ignore[assignment]  # left out, never null
    awaits: Annotated[list[WaitedFor], Field(json_schema_extra=_without_default)] = []


class Preview(Run):
    """A run that did not take place: it has no number, and no drop."""

    run: None  # type: ignore[assignment]  # there is none
    drop: None  # type: ignore[assignment]  # there is none
    sample: list[Change]
