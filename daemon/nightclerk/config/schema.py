"""The JSON Schema of each kind of file (draft 2020-12), made from the models, for completion and hover help in editors."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from nightclerk.config.shape import key_of, nouns_in
from nightclerk.core.daemon import Daemon
from nightclerk.core.entity import Entity
from nightclerk.core.errors import OperatorError
from nightclerk.core.model import Noun
from nightclerk.core.preset import Preset
from nightclerk.core.printed import output_schema
from nightclerk.core.tenant import Tenant
from nightclerk.core.wording import did_you_mean, listed, quoted

NOUNS: dict[str, type[Noun]] = {"tenant": Tenant, "daemon": Daemon, "entity": Entity, "preset": Preset}
KINDS: tuple[str, ...] = tuple(NOUNS)
OUTPUT = "output"


def json_schema(kind: str) -> dict[str, Any]:
    """Given ``tenant``, ``daemon``, ``entity`` or ``preset``; returns the schema of its files; given ``output``, that of what
    ``--json`` prints.

    Raises OperatorError for any other kind.
    """
    if kind == OUTPUT:
        return output_schema()
    noun = NOUNS.get(kind)
    if noun is None:
        known = (*KINDS, OUTPUT)
        near = did_you_mean(kind, known)
        there = f"; there are {listed(known, 'and')}." if near == "." else near
        raise OperatorError(f"There is no schema {quoted(kind)}{there}")
    made = noun.model_json_schema(by_alias=True)
    for name, part in [*made.get("$defs", {}).items(), (noun.__name__, made)]:
        _tidy(part, _BY_NAME[name])
    return {"$schema": GenerateJsonSchema.schema_dialect, **made}


def reachable(noun: type[Noun]) -> list[type[Noun]]:
    """Given a noun; returns it and every noun that may stand within it, each once, in the order of the keys."""
    found = [noun]
    for each in found:
        for field in each.model_fields.values():
            found += [inner for inner in dict.fromkeys(nouns_in(field.annotation)) if inner not in found]
    return found


def default_of(noun: type[Noun], name: str) -> Any:
    """Given a noun and an attribute of it that has a default; returns the default as it is written in YAML."""
    return noun.model_construct().model_dump(mode="json", include={name})[name]


_BY_NAME = {inner.__name__: inner for noun in NOUNS.values() for inner in reachable(noun)}


def _tidy(part: JsonSchemaValue, noun: type[Noun]) -> None:
    """What editors show: no titles, which only repeat the keys; defaults as written; no null beside "may be left out"."""
    part.pop("title", None)
    whole = part if "properties" in part else part["anyOf"][-1]
    whole.pop("title", None)
    for name, field in noun.model_fields.items():
        prop = whole["properties"][key_of(name, field)]
        prop.pop("title", None)
        prop["description"] = field.description
        if field.is_required():
            continue
        default = default_of(noun, name)
        prop.pop("default", None)
        if default is None:
            _without_null(prop)
        elif not (isinstance(field.default, Noun) and isinstance(default, dict)):
            prop["default"] = default


def _without_null(prop: JsonSchemaValue) -> None:
    options = [option for option in prop.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == 1:
        del prop["anyOf"]
        prop.update({key: value for key, value in options[0].items() if key != "description"})
    elif options:
        prop["anyOf"] = options
