"""Changes a few values in a tenant's YAML text and nothing else: the file that ops read is the one that runs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from nightclerk.core.errors import OperatorError

_LINE = re.compile(r"^(?P<indent> *)(?P<key>[a-z_]+):(?P<rest>.*)$")


def rewrite(text: str, changes: Mapping[str, str | int | list[str]]) -> str:
    """Given YAML text in block style and new values by ``key`` or ``section.key``; returns the text with just these changed.

    Each must stand on a line of its own with its value. Raises OperatorError that names the ones that do not.
    """
    lines = text.split("\n")
    missing = set(changes)
    section = ""
    for number, line in enumerate(lines):
        found = _LINE.match(line)
        if found is None:
            continue
        if not found["indent"]:
            section = found["key"]
        path = section if not found["indent"] else f"{section}.{found['key']}" if len(found["indent"]) == 2 else ""
        if path in missing and found["rest"].split("#")[0].strip():
            lines[number] = f"{found['indent']}{found['key']}: {json.dumps(changes[path])}"
            missing.remove(path)
    if missing:
        keys = " and ".join(sorted(missing))
        raise OperatorError(f"The demonstration has to change {keys}; write each on a line of its own in the tenant's file.")
    return "\n".join(lines)


def replace_section(text: str, key: str, line: str | None) -> str:
    """Given YAML text in block style, a key at its top level and a line; returns the text with the line in place of that key and
    all that belongs to it; without the key, and without the line where none is given."""
    kept: list[str] = []
    within = False
    for written in text.split("\n"):
        found = _LINE.match(written)
        if found is not None and not found["indent"]:
            within = found["key"] == key
        elif not written.startswith((" ", "-")):
            within = False
        if not within:
            kept.append(written)
        elif line is not None and found is not None and not found["indent"]:
            kept.append(line)
    return "\n".join(kept)
