"""What the models find wrong, told in our own sentences, each at its exact place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from nightclerk.config.document import Document
from nightclerk.config.problems import KeyPath, Problem, spelled
from nightclerk.config.shape import Spot, alternatives, at, keys_of, kinds, value_at, words
from nightclerk.config.yaml_positions import read
from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.secret import SecretReference
from nightclerk.core.wording import did_you_mean, listed, quoted

#: What a place must be, for each kind of error that only says "not this type".
_MUST_BE: dict[str, str] = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "list_type": "a list",
    "dict_type": "a group of keys",
    "model_type": "a group of keys",
    "model_attributes_type": "a group of keys",
}


_NO_REFERENCE = "this is none of {env: NAME}, {file: PATH} and {credential: NAME}, and a secret itself is never written here."
_ADDRESS_AS_KEY = "an address is no key; write it behind its key, as in url: sqlite:///var/app.db."


def problems_of(error: ValidationError, noun: type[Noun], file: str, document: Document) -> list[Problem]:
    """Given what a noun's model found wrong with a document; returns one problem for each place, in the file's order.

    The branches of a union report one error each; they become one sentence.
    """
    by_place: dict[KeyPath, list[ErrorDetails]] = {}
    problems = []
    for detail in error.errors(include_url=False, include_input=False):
        if detail["type"] == "default_factory_not_called":
            continue  # another key is wrong that the default follows from, and that is told
        data = _with_kind_taken(document.data, detail["loc"])
        path = _written(detail, data)
        contradictions: Any = detail["ctx"]["error"] if detail["type"] == "value_error" else None
        if detail["type"] == "extra_forbidden" and "://" in str(path[-1]):
            # An address in braces, say. It may hold a password: it is not repeated, neither here nor in the path.
            line, column = document.place(path, of_key=True)
            problems.append(Problem(file, line, column, spelled(path[:-1]), _ADDRESS_AS_KEY))
        elif detail["type"] == "extra_forbidden" and SecretReference in at(noun, path[:-1], data).options:
            # The unknown key may be the secret itself, and is not repeated either.
            line, column = document.place(path, of_key=True)
            problems.append(Problem(file, line, column, spelled(path[:-1]), _NO_REFERENCE))
        elif isinstance(contradictions, ContradictionsError):
            problems += [document.problem(file, (*path, *inner), message) for inner, message in contradictions.found]
        else:
            by_place.setdefault(path, []).append(detail)
    for path, details in by_place.items():
        about_key = details[0]["type"] == "extra_forbidden" or "[key]" in details[0]["loc"]
        problems.append(document.problem(file, path, _told(path, details, noun, document.data), of_key=about_key))
    return sorted(problems)


def _with_kind_taken(data: Any, location: tuple[int | str, ...]) -> Any:
    """Given a file's data and where in the model something was found wrong; returns the data with the kind that was taken for
    the format there, where none is written: the names of the files, say, told it."""
    place = location.index("format") if "format" in location[:-1] else None
    return data if place is None else _with_kind(data, location[: place + 1], location[place + 1])


def _with_kind(data: Any, path: tuple[int | str, ...], kind: int | str) -> Any:
    if not path:
        return {"kind": kind, **data} if isinstance(data, dict) else data
    if isinstance(data, dict):
        return {**data, path[0]: _with_kind(data.get(path[0], {}), path[1:], kind)}
    return [_with_kind(inner, path[1:], kind) if index == path[0] else inner for index, inner in enumerate(data)]


def _written(detail: ErrorDetails, data: Any) -> KeyPath:
    """The error's path as the file has it: without the names of union branches, and of short forms written out."""
    path: list[str | int] = []
    location = detail["loc"]
    for index, step in enumerate(location):
        inside = (isinstance(data, dict) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and step < len(data)
        )
        if inside:
            data = data[step]
            path.append(step)
        elif detail["type"] == "missing" and index == len(location) - 1:
            path.append(step)
    if detail["type"] in ("union_tag_invalid", "union_tag_not_found") and isinstance(data, dict):
        path.append("kind")
    return tuple(path)


def _told(path: KeyPath, details: list[ErrorDetails], noun: type[Noun], data: Any) -> str:
    detail = details[0]
    kind = detail["type"]
    data = _with_kind_taken(data, detail["loc"])
    spot = at(noun, path, data)
    value = value_at(data, path)
    if kind == "extra_forbidden":
        around = at(noun, path[:-2], data).options if len(path) > 1 and isinstance(path[-2], str) else []
        return _unknown_key(path, at(noun, path[:-1], data).options, around)
    if kind == "missing":
        return f"this key is missing; write it as in {path[-1]}: {_example(spot)}"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        known = [word for option in at(noun, path[:-1], {}).options for word in kinds(option)]
        return f"no kind {quoted(value)} here; there are {listed(known, 'and')}" if isinstance(value, str) else _no_kind(known)
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    if kind == "filing":
        return str(detail["msg"])
    if kind in _BOUNDS:
        return _BOUNDS[kind](detail.get("ctx", {}))
    return _wrong_type(details, value, spot)


def _no_kind(known: list[str]) -> str:
    return f"this key is missing; write it as in kind: {known[0]}" + (f", or {listed(known[1:])}" if known[1:] else "")


def _unknown_key(path: KeyPath, options: list[Any], around: list[Any]) -> str:
    """Given the path of a key that is not known there, what may stand there, and what may stand around it; returns the
    sentence: where a key of this name does stand, or which is meant."""
    key, known = str(path[-1]), list(_keys(options))
    if key in _keys(around):
        return f"no key {quoted(key)} here; it stands one level up, beside {path[-2]}"
    under = [name for name, field in _keys(options).items() if key in _keys(list(alternatives(field.annotation)))]
    if under:
        return f"no key {quoted(key)} here; it stands one level down, under {listed(under)}"
    near = did_you_mean(key, known)
    there = f"; the keys here are {listed(sorted(set(known)), 'and')}." if near == "." and known else near
    return f"no key {quoted(key)} here{there}"


def _keys(options: list[Any]) -> dict[str, FieldInfo]:
    return {
        name: field
        for option in options
        if isinstance(option, type) and issubclass(option, Noun)
        for name, field in keys_of(option).items()
    }


def _wrong_type(details: list[ErrorDetails], value: Any, spot: Spot) -> str:
    choices = [word for option in spot.options for word in words(option)]
    spelled_out = [word if word.isidentifier() else quoted(word) for word in choices]
    wants = [
        want for d in details for want in (spelled_out if d["type"] == "literal_error" else [_MUST_BE.get(d["type"], "else")])
    ]
    must_be = f"this must be {listed(dict.fromkeys(wants))}"
    near = did_you_mean(value, choices) if isinstance(value, str) else "."
    tells_all = bool(choices) or wants == ["true or false"]
    example = "" if tells_all or spot.field is None else f", as in {_example(spot)}"
    if value is None:
        return f"nothing is written here; {must_be}{example}"
    return f"{must_be}, not {_found(value)}{example if near == '.' else near}"


def _found(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal):
        return f"the number {value}"
    if isinstance(value, str):
        return quoted(value)
    return "a list" if isinstance(value, list) else "a group of keys"


def _example(spot: Spot) -> str:
    """The key's example; within a list or a group of names of ours, the part of the example that stands there."""
    example = (spot.field.examples or [None])[0] if spot.field is not None else None
    for _ in range(spot.below):
        inner = example.values() if isinstance(example, dict) else example
        example = next(iter(inner), None) if isinstance(inner, Iterable) and not isinstance(inner, str) else example
    return in_yaml(example)


def in_yaml(value: Any) -> str:
    """Given an example of plain data; returns it as YAML on one line, as people would write it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{in_yaml(key)}: {in_yaml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(in_yaml(inner) for inner in value) + "]"
    plain = isinstance(value, str) and read(f"[{value}]".encode()).data == [value]
    return value if plain else json.dumps(value, ensure_ascii=False)


def _too_short(context: dict[str, Any]) -> str:
    least = context["min_length"]
    return "this must not be empty" if least == 1 else f"this must have at least {least} characters"


_BOUNDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "string_too_short": _too_short,
    "string_too_long": lambda context: f"this must have at most {context['max_length']} characters",
    "too_short": lambda _: "at least one must be given here",
    "greater_than_equal": lambda context: f"this must be at least {context['ge']}",
    "less_than_equal": lambda context: f"this must be at most {context['le']}",
    "finite_number": lambda _: "this must be a finite number",
}
