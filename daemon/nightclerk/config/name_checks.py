"""What is wrong with the names of a mapping: they are fields that an import writes."""

from __future__ import annotations

from typing import Any

from nightclerk.config.document import Document
from nightclerk.config.files import ConfigFile
from nightclerk.config.problems import KeyPath
from nightclerk.config.shape import keys_of
from nightclerk.core.entity import Entity
from nightclerk.core.mapping import Mapped
from nightclerk.core.preset import Preset
from nightclerk.core.rule_line import flow
from nightclerk.core.tenant import Tenant
from nightclerk.core.wording import did_you_mean, quoted

#: A rule has one of these, so that another one beside it is no part of it.
_ORIGINS = {"from", "first_of", "constant"}


def check_names(file: ConfigFile[Tenant] | ConfigFile[Preset], at: KeyPath, mapping: Any, entity: Entity) -> None:
    """Given a mapping that stands at a place of a file; complains of the names that are no fields which an import writes."""
    for name in mapping if isinstance(mapping, dict) else ():
        path = (*at, "mapping", name)
        field = entity.fields.get(name)
        if field is None:
            near = _as_a_key(file.document, path, mapping, entity) or did_you_mean(name, entity.fields)
            file.complain(path, f"no field {quoted(name)} in entity {entity.entity}{near}", of_key=True)
        elif field.owner == "application":
            message = f"{name} belongs to the application, so an import never writes it; take this line out, or put it in ignore"
            file.complain(path, message, of_key=True)


def _as_a_key(document: Document, path: KeyPath, mapping: dict[Any, Any], entity: Entity) -> str | None:
    """What to write where a key of the rule above stands beside it instead of in it, as in `name: [A, B]` and `join: " "`."""
    key, at = path[-1], document.place(path, of_key=True)
    above = [name for name in mapping if name in entity.fields and document.keys.get((*path[:-1], name), at) < at]
    if key not in keys_of(Mapped).keys() - _ORIGINS or not above:
        return None
    name = max(above, key=lambda one: document.keys[(*path[:-1], one)])
    before = "…" if isinstance(mapping[name], dict) else f"from: {_shown(mapping[name])}"
    return f"; did you mean {name}: {{{before}, {key}: {_shown(mapping[key])}}}?"


def _shown(value: Any) -> str:
    plain = all(isinstance(one, str | int) for one in (value if isinstance(value, list) else [value]))
    return flow(value) if plain else "…"
