"""Who reads a tenant's reports, as ops write it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from nightclerk.core.absent import ABSENT, ABSENT_PARKED
from nightclerk.core.drop import Ending
from nightclerk.core.model import Noun
from nightclerk.core.run import Run
from nightclerk.core.units import Truth
from nightclerk.core.wording import quoted


def addresses(value: Any) -> Any:
    """Given a list, or text with addresses between ``;`` or ``,``; returns a list without empty ones."""
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[;,]", value) if part.strip()]
    return value


#: Addresses as people have them. Quoted local parts, comments and address literals are valid mail and no reader's address.
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f]+@[^\s@<>,;:\"()\[\]\\\x00-\x1f]+\.[A-Za-z0-9-]+|[\w.+-]+@localhost")


def _address(value: str) -> str:
    if not ADDRESS.fullmatch(value):
        raise ValueError(f"{quoted(value)} is not an email address")
    return value


Addresses = Annotated[
    list[Annotated[str, AfterValidator(_address)]],
    BeforeValidator(addresses),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


#: When a letter is written about a run of one ending.
Wanted = Literal["always", "changes", "never"]

#: Endings after which the tables are as they were and nobody needs to do anything.
_NOTHING_NEW: frozenset[Ending] = frozenset({"duplicate", "empty"})


class On(Noun):
    """When a letter is written, by how a run ended. ``changes``: see ``letter_wanted``."""

    imported: Wanted = Field(
        "always", description="Whether a letter is written where every row is in the tables.", examples=["changes"]
    )
    imported_with_rejects: Wanted = Field(
        "always", description="Whether a letter is written where some rows were rejected.", examples=["always"]
    )
    refused: Wanted = Field(
        "always", description="Whether a letter is written where the file was refused as a whole.", examples=["always"]
    )
    held: Wanted = Field(
        "always", description="Whether a letter is written where the file waits for a decision.", examples=["always"]
    )
    duplicate: Wanted = Field(
        "always", description="Whether a letter is written where the file was imported before.", examples=["never"]
    )
    empty: Wanted = Field("always", description="Whether a letter is written where the file has no rows.", examples=["changes"])
    unrecognised: Wanted = Field(
        "always", description="Whether a letter is written where no feed knows the file.", examples=["always"]
    )


class Reporting(Noun):
    """Who reads the reports, when, and what goes with them."""

    to: Addresses = Field(
        default=[],
        description="The readers: a list, or text with ; or , between the addresses.",
        examples=["compta@acme.example; ops@acme.example"],
    )
    on: On = Field(
        On(),
        description="When a letter is written, by how a run ended: always, where nothing else is written here; changes: only when"
        " rows were created, changed, absent or rejected, or the file was refused, held or not recognised; never. A drop that"
        " several feeds read gets its one letter when any of its runs asks for it.",
        examples=[{"imported": "changes", "duplicate": "never"}],
    )
    attach: Literal["rejected_rows", "nothing"] = Field(
        "rejected_rows",
        description="What is attached: the rejected rows, to be corrected and dropped again.",
        examples=["rejected_rows"],
    )
    show_values: Truth = Field(
        True,
        description="Whether cell values may stand in mails; false also leaves the attachment out.",
        examples=[False],
    )


def letter_wanted(report: Reporting, runs: Iterable[Run]) -> bool:
    """Given what a tenant says about its letters, and the runs of a drop; returns whether a letter is written of them."""
    return any(_wanted(getattr(report.on, run.ending), run) for run in runs)


def _wanted(wanted: Wanted, run: Run) -> bool:
    if wanted != "changes":
        return wanted == "always"
    if run.ending in {"imported", "imported_with_rejects"}:
        counts = run.counts
        changed = counts.created + counts.updated + counts.rejected + counts.parked + counts.held > 0
        return changed or bool(run.effects.get(ABSENT) or run.effects.get(ABSENT_PARKED))
    return run.ending not in _NOTHING_NEW
