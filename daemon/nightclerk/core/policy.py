"""What becomes of one field of a known row: the rule of ``blank`` and ``conflict``, which every target keeps."""

from __future__ import annotations

from typing import get_args

from nightclerk.core.booking import Effect, WrittenField
from nightclerk.core.mapping import Conflict
from nightclerk.core.reading import CELL_SEPARATOR, Cell

EFFECTS: tuple[Effect, ...] = get_args(Effect)
KEPT_BY: dict[Conflict, Effect] = {"fill_empty": "kept_filled", "keep_local_edits": "kept_edited", "never": "kept_never"}
"""What it is called when a policy keeps a value."""
Imported = tuple[Cell] | None
"""What an import last brought to a field of a row; None where that is not known."""


def settled(field: WrittenField, cell: Cell, stands: Cell, imported: Imported) -> tuple[Cell, Effect | None]:
    """Given a field, the file's cell, what stands in the row, and what an import last brought there; returns what stands there
    after booking, and what the policy did, if anything.

    A value of which no import is known is one that somebody typed in; an empty one is nobody's.
    """
    if cell is None and field.blank == "keep":
        return stands, None if stands is None else "kept_blank"
    wanted = wish(field, cell, stands)
    if wanted == stands:
        return stands, None
    if field.conflict == "never":
        return stands, "kept_never"
    if field.conflict == "fill_empty" and stands is not None:
        return stands, "kept_filled"
    if field.conflict == "keep_local_edits" and stands != (imported[0] if imported is not None else None):
        return stands, "kept_edited"
    if cell is not None:
        return wanted, None
    return wanted, "cleared" if wanted is None else "defaulted"


def wish(field: WrittenField, cell: Cell, stands: Cell) -> Cell:
    """Given a field, the file's cell, which is no blank that keeps, and what stands in the known row; returns the value that the
    file wants there."""
    if cell is None:
        return field.default if field.blank == "default" else cell
    adds = field.links is not None and field.links.membership == "add"
    return united(cell, stands) if adds else cell


def united(*lists: Cell) -> Cell:
    """Given lists' cells; returns the list of all their members, None where they have none."""
    members = sorted({member for one in lists if one is not None for member in str(one).split(CELL_SEPARATOR)})
    return CELL_SEPARATOR.join(members) or None


def brought(field: WrittenField, cell: Cell, stands: Cell, after: Cell, imported: Imported) -> Imported:
    """Given as for ``settled``, and what it returned; returns what counts as last brought by an import from now on: what the file
    wanted, where it stands there now."""
    if cell is None and field.blank == "keep":
        return imported
    wanted = wish(field, cell, stands)
    return (wanted,) if after == wanted else imported
