"""The models as a map: which key of which noun stands at a path, and what may stand beside it."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from nightclerk.config.problems import KeyPath
from nightclerk.core.model import Noun


def key_of(name: str, field: FieldInfo) -> str:
    """Given a field of a noun; returns its key in YAML."""
    return field.alias or name


def keys_of(noun: type[Noun]) -> dict[str, FieldInfo]:
    """Given a noun; returns its keys in YAML with what is known of each."""
    return {key_of(name, field): field for name, field in noun.model_fields.items()}


def alternatives(annotation: Any) -> Iterator[Any]:
    """Given a type; yields what it may be: unions and annotations are opened, lists and dicts are not."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from alternatives(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for option in get_args(annotation):
            yield from alternatives(option)
    else:
        yield annotation


def nouns_in(annotation: Any) -> list[type[Noun]]:
    """Given a type; returns the nouns in it, also those within lists and dicts, in order."""
    found: list[type[Noun]] = []
    for option in alternatives(annotation):
        if isinstance(option, type) and issubclass(option, Noun):
            found.append(option)
        elif get_origin(option) in (list, dict):
            for inner in get_args(option):
                found += nouns_in(inner)
    return found


@dataclass(frozen=True, slots=True)
class Spot:
    """What is known of a place. field: the innermost key on the way there, None at the top; key: its name; below: how many
    list indexes and names of ours lie below it. options: the types that may stand there."""

    field: FieldInfo | None
    key: str
    below: int
    options: list[Any]


def at(noun: type[Noun], path: KeyPath, data: Any) -> Spot:
    """Given a file's noun, a path in it and the file's data; returns what is known of the place.

    Where ``kind`` chooses among nouns, the data's own kind decides.
    """
    field: FieldInfo | None = None
    key, below_key = "", 0
    options: list[Any] = [noun]
    for step in path:
        below: list[Any] = []
        below_key += 1
        for option in _of_this_kind(options, data):
            if isinstance(option, type) and issubclass(option, Noun):
                found = keys_of(option).get(str(step))
                if found is not None:
                    field, key, below_key = found, str(step), 0
                    below += alternatives(found.annotation)
            elif get_origin(option) is list and isinstance(step, int):
                below += alternatives(get_args(option)[0])
            elif get_origin(option) is dict:
                below += alternatives(get_args(option)[1])
        options, data = below, _inside(data, step)
    return Spot(field, key, below_key, _of_this_kind(options, data))


def _of_this_kind(options: list[Any], data: Any) -> list[Any]:
    kind = data.get("kind") if isinstance(data, dict) else None
    chosen = [option for option in options if kind is not None and kind in kinds(option)]
    return chosen or options


def kinds(option: Any) -> tuple[str, ...]:
    """Given a type; returns the values of its key ``kind``, where it is a noun that has one."""
    if not (isinstance(option, type) and issubclass(option, Noun)) or "kind" not in option.model_fields:
        return ()
    return tuple(word for part in alternatives(option.model_fields["kind"].annotation) for word in words(part))


def words(option: Any) -> tuple[str, ...]:
    """Given a type; returns the words it consists of where it is a choice of words."""
    return tuple(str(word) for word in get_args(option)) if get_origin(option) is Literal else ()


def value_at(data: Any, path: KeyPath) -> Any:
    """Given plain data and a path in it; returns what stands there, or None."""
    for step in path:
        data = _inside(data, step)
    return data


def _inside(data: Any, step: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None
