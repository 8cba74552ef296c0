"""A rule of the mapping as a line of YAML that ops can paste."""

from __future__ import annotations

import json
from typing import Any

from nightclerk.core.mapping import Mapped


def line_with(name: str, rule: Mapped, changes: dict[str, Any]) -> str:
    """Given a field, its rule and what is to change in it; returns the whole rule, changed, as a line of YAML."""
    keys = rule.model_dump(mode="json", by_alias=True, exclude_defaults=True) | changes
    written = {key: value for key, value in keys.items() if value != ""}
    for key in ("from", "dates"):
        if key in written and len(written[key]) == 1 and (key in changes or key == "from"):
            (written[key],) = written[key]
    return f"{name}: {{{', '.join(f'{key}: {flow(value)}' for key, value in written.items())}}}"


def flow(value: object) -> str:
    """Given a value; returns it as YAML on one line."""
    # JSON is YAML as well, and quotes whatever could be misread.
    return json.dumps(value, ensure_ascii=False)
