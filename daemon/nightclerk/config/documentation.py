"""``docs/configuration.md``, made from the models: every key with its kind of value, default, meaning and an example."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from nightclerk.config.schema import default_of, reachable
from nightclerk.config.sentences import in_yaml
from nightclerk.config.shape import alternatives, key_of, kinds, words
from nightclerk.core.daemon import Daemon
from nightclerk.core.database import Address
from nightclerk.core.entity import Entity
from nightclerk.core.model import Noun
from nightclerk.core.preset import Preset
from nightclerk.core.reporting import Addresses
from nightclerk.core.tenant import Tenant
from nightclerk.core.units import Duration, Several, Share, Size
from nightclerk.core.wording import listed

_FILES: tuple[tuple[type[Noun], str, str], ...] = (
    (Daemon, "nightclerk.yaml", "What holds for all tenants."),
    (Entity, "entities/NAME.yaml", "What a table of the receiving application looks like."),
    (Preset, "presets/NAME.yaml", "A known export of a system, which feeds can start from; [these are there](presets.md)."),
    (Tenant, "tenants/NAME.yaml", "One customer: where its files are dropped, what they hold, who reads the reports."),
)
_SIMPLE = {str: "text", int: "whole number", bool: "true or false", Decimal: "number", Path: "path", Address: "address"}

_PREFACE = """\
# Configuration

<!-- Made from the models by nightclerk.config.documentation; a test compares. Change the models, not this page. -->

A configuration is a folder, `config` by default (`--config DIR`, or `NIGHTCLERK_CONFIG`):

```
config/
├── nightclerk.yaml            what holds for all tenants
├── entities/<entity>.yaml     what the receiving application's tables look like
├── presets/<preset>.yaml      known exports that a feed can start from
├── tenants/<tenant>.yaml      one file for each tenant
└── schemas/<kind>.json        for editors: completion and help while typing
```

`nightclerk init` writes one to start from, `nightclerk check` tells all that is wrong with one, each with its place:

```
config/tenants/acme.yaml:14:7  feeds[0].mapping.emial: no field "emial" in entity customer; did you mean "email"?
```

A tenant with a problem is left out; the others work on. What a feed's keys do to its files, with examples, stands in
[how files are read](files.md).

## What holds for all files

* **Relative paths** start at the folder in which the configuration's folder lies, also those in `sqlite:///` addresses.
* **Every key is checked.** A key that nobody knows is a problem, never ignored. So is one that stands twice.
* **Scalars** are those of YAML 1.2, and stricter, so that codes stay what they are: only `true` and `false`, `null` and `~`,
  whole numbers without a leading zero, and plain decimals are anything but text. `yes`, `no`, `on`, `0815`, `1E464`, `12:30`
  and dates are text. Where text belongs, a number is taken as it is written. Keys are always text.
* **Anchors** (`&name`, `*name`) may be used; tags (`!name`), merge keys (`<<`) and several documents in one file may not.
  Files are UTF-8, at most 1 MB, and nest at most 20 levels.
* **Secrets** never stand in a file. In their place stands where they are kept: `{env: NAME}` is an environment variable,
  `{file: PATH}` a file that not everyone on the machine may read, `{credential: NAME}` a systemd credential.
* **Durations** are written `30s`, `5m`, `1h`, `2d`; **sizes** `64KB`, `512MB`, `1GB`; **shares** `5%`.
* **Editors** that know the YAML language server read the first line of each file,
  `# yaml-language-server: $schema=../schemas/tenant.json`. After an upgrade, write the schemas anew:
  `nightclerk schema tenant > config/schemas/tenant.json`, and likewise `daemon`, `entity` and `preset`.
"""


def page() -> str:
    """Returns the whole page as Markdown."""
    return "\n".join([_PREFACE, *_parts()])


def _parts() -> Iterator[str]:
    shown: set[type[Noun]] = set()
    for noun, name, about in _FILES:
        yield f"## `{name}`\n\n{about}\n\n{_table(noun)}"
        for inner in reachable(noun)[1:]:
            if inner in shown:
                continue
            shown.add(inner)
            yield f"### {_title(inner)}\n\n{_meaning(inner)}\n\n{_table(inner)}"


def _title(noun: type[Noun]) -> str:
    spoken = "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in noun.__name__).strip()
    return re.sub(r"^S?ftps?\b", lambda found: found[0].upper(), spoken.capitalize(), flags=re.IGNORECASE)


def _anchor(noun: type[Noun]) -> str:
    return _title(noun).lower().replace(" ", "-")


def _meaning(noun: type[Noun]) -> str:
    return " ".join((noun.__doc__ or "").split()).replace("``", "`")


def _table(noun: type[Noun]) -> str:
    rows = ["| key | value | default | meaning | example |", "|---|---|---|---|---|"]
    own = noun.__annotations__  # what it has beside others comes first
    for name, field in sorted(noun.model_fields.items(), key=lambda item: (not item[1].is_required(), item[0] not in own)):
        key = key_of(name, field)
        cells = (f"`{key}`", _value(field), _default(noun, name, field), field.description or "", _example(key, field))
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def _value(field: FieldInfo) -> str:
    for unit, spoken in (
        (Duration, "duration"),
        (Size, "size"),
        (Share, "share"),
        (Several, "text or list of text"),
        (Addresses, "text or list of text"),
    ):
        if _validators(unit) & _validators(field.rebuild_annotation()):
            return spoken
    return _spoken(field.annotation)


def _validators(annotation: Any) -> set[int]:
    """What tells units apart that are the same Python type: the functions that read them."""
    found = {id(part.func) for part in getattr(annotation, "__metadata__", ()) if hasattr(part, "func")}
    for inner in get_args(annotation):
        found |= _validators(inner)
    return found


def _spoken(annotation: Any) -> str:
    options = [_one(option) for option in alternatives(annotation) if option is not NoneType]
    return listed(dict.fromkeys(options))


def _one(option: Any) -> str:
    if words(option):
        return listed(f"`{word}`" for word in words(option))
    if get_origin(option) is list:
        return f"list of {_spoken(get_args(option)[0])}"
    if get_origin(option) is dict:
        return f"name → {_spoken(get_args(option)[1])}"
    if get_origin(option) is tuple:
        return "first and last position"
    if isinstance(option, type) and issubclass(option, Noun):
        kind = f" ({listed(f'`kind: {kind}`' for kind in kinds(option))})" if kinds(option) else ""
        return f"[{_title(option)}](#{_anchor(option)}){kind}"
    return "duration" if option is timedelta else _SIMPLE.get(option, "number")


def _default(noun: type[Noun], name: str, field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    default = default_of(noun, name)
    if default is None or default == []:
        return "none"
    return "as there" if isinstance(field.default, Noun) and isinstance(default, dict) else f"`{in_yaml(default)}`"


def _example(key: str, field: FieldInfo) -> str:
    return f"`{key}: {in_yaml((field.examples or [None])[0])}`"
