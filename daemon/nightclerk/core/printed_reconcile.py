"""A file held against the tables, as the JSON that ``reconcile`` prints: a contract, so names here never change."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from nightclerk.core.printed_run import Amount, Count, Ending, Format, Hash, Issue, Printed, Refused
from nightclerk.core.reconciliation import Reason


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class ReconciledCounts(Printed):
    """rows = same + different + only_in_file + rejected + skipped, always. rejected: rows that could not be read, and so are
    compared with nothing. only_in_tables: rows of the tenant whose key stands in no row of the file, rejected ones included."""

    rows: Count
    same: Count
    different: Count
    only_in_file: Count
    only_in_tables: Count
    rejected: Count
    skipped: Count


class SumsBeside(Printed):
    """Sums of one money field in one currency. file: of all rows of the file; rejected and skipped: of those that an import would
    not take; tables: of all rows of the tenant; difference = file - tables."""

    file: Amount
    rejected: Amount
    skipped: Amount
    tables: Amount
    difference: Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$")]


class DifferentValue(Printed):
    """A value that is another in the tables. reason: why an import would not write what the file says, or that it writes the
    default; null where it would write it."""

    line: Count
    key: dict[str, JsonValue]
    field: str
    file: JsonValue
    tables: JsonValue
    reason: Reason | None


class OnlyInFile(Printed):
    """A row whose key the tables lack. reason: why an import would reject it, else null."""

    line: Count
    values: dict[str, JsonValue]
    reason: Literal["unknown_key", "required_for_new"] | None


class OnlyInTables(Printed):
    """A row of the tenant whose key the file lacks: the fields that the feed fills."""

    values: dict[str, JsonValue]


class RefusedReconciliation(Printed):
    """A file that could not be compared: it does not read, or reads otherwise than the configuration says."""

    tenant: str
    feed: str
    file: str
    sha256: Hash | None
    agrees: Literal[False]
    ending: Ending
    format: Format | None
    notes: list[str]
    config_hash: Hash | None
    refused: Refused


class Reconciliation(Printed):
    """A file held against the tables. agrees: every row stands in the tables as in the file, and no other of the tenant does.
    ending: what an import would end as, with ``refused`` only then. fields: field → reason (``written`` where an import would
    write the value) → rows. sums: field → currency. The lists hold as many lines as were asked for."""

    tenant: str
    feed: str
    file: str
    sha256: Hash | None
    agrees: bool
    ending: Ending
    format: Format | None
    notes: list[str]
    config_hash: Hash | None
    counts: ReconciledCounts
    fields: dict[str, dict[Reason | Literal["written"], Count]]
    sums: dict[str, dict[str, SumsBeside]]
    different: list[DifferentValue]
    only_in_file: list[OnlyInFile]
    only_in_tables: list[OnlyInTables]
    rejected: list[Issue]
    refused: Annotated[Refused, Field(json_schema_extra=_without_default)] = None  # type: ignore[assignment]  # left out, never null
