"""Custom fields: values in one JSON column of the table. What only the application keeps there stays as it is.

In JSON integers and booleans are JSON's own, everything else is its canonical text; a blank is not there at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from nightclerk.core.entity import FieldType
from nightclerk.core.reading import Cell
from nightclerk.targets.standing import cell
from nightclerk.targets.written_place import WrittenPlace

WHOLE = "^-?[0-9]{1,30}$"
"""What a number without decimals looks like, as all databases read regular expressions."""
read_cell = cell


def document_of(stored: Any) -> dict[str, Any]:
    """Given what stands in the JSON column, as text or already read; returns it, or nothing where it is no JSON object."""
    if isinstance(stored, str):
        return _read(stored)
    return dict(stored) if isinstance(stored, Mapping) else {}


@lru_cache(maxsize=16)
def _read(stored: str) -> dict[str, Any]:
    try:
        found = json.loads(stored)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def custom_cell(document: Mapping[str, Any], name: str, kind: FieldType) -> Cell:
    """Given a JSON object and one of its custom fields; returns the field's value in canonical form, None where there is none."""
    stored = document.get(name)
    if isinstance(stored, dict | list):
        return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
    return cell(kind, stored if not isinstance(stored, bool) or kind == "boolean" else json.dumps(stored))


def merged(document: Mapping[str, Any], cells: Mapping[str, Cell]) -> dict[str, Any]:
    """Given a JSON object, and custom fields with new values; returns it with them, without those that are blank."""
    both = {**document, **cells}
    return {name: value for name, value in both.items() if value is not None or name not in cells}


def patch(
    places: Iterable[WrittenPlace], told: Callable[[WrittenPlace], tuple[str, str]], join: Callable[[list[str]], str]
) -> str:
    """Given custom fields; for each SQL that says whether it is written, and its new value; and how texts are joined. Returns SQL
    for the JSON text of an object with those that are written, null where the new value is blank."""
    parts = []
    for place in places:
        asked, value = told(place)
        named = f"',\"{place.field.name}\"\\:'"
        parts.append(f"CASE WHEN {asked} THEN {join([named, place.as_json(value)])} ELSE '' END")
    return join(["'{'", f"substr({join(parts)}, 2)", "'}'"])


def where_changed(places: Iterable[WrittenPlace], column: str, known: str) -> str:
    """Given the custom fields of a JSON column; returns SQL that gives ``known`` where a known row gets another value in one of
    them. Else the column stays to the byte: databases spell the JSON that they write in their own way."""
    changed = " OR ".join(place.changes("d.") for place in places)
    return f"CASE WHEN {changed} THEN {known} ELSE t.{column} END"


def brought(place: WrittenPlace) -> tuple[str, str]:
    """Given a custom field; returns SQL over the difference: a new row gets a value there, and which."""
    value = place.new if place.field.default is None else place.filled(place.new)
    return f"{value} IS NOT NULL", value


def by_column(places: Iterable[WrittenPlace]) -> dict[str, list[WrittenPlace]]:
    """Given places; returns the custom fields among them by their JSON column, quoted."""
    found: dict[str, list[WrittenPlace]] = {}
    for place in places:
        if place.is_custom:
            found.setdefault(place.column, []).append(place)
    return found
