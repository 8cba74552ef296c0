"""``docs/presets.md``, made from the presets that Nightclerk brings: what each reads, how that is known, what is assumed."""

from __future__ import annotations

import re
from pathlib import Path

from nightclerk.config.files import read_file
from nightclerk.config.presets import brought
from nightclerk.core.preset import Preset

_PREFACE = """\
# Presets

<!-- Made from the presets by nightclerk.config.preset_documentation; a test compares. Change the presets, not this page. -->

A preset is a known export of a system: its columns, its dates and numbers, and which field each column fills. A feed starts from
one by its name and says only what differs:

```yaml
feeds:
  - feed: contacts
    files: "contacts_*.csv"
    preset: xero-contacts
    dates: "%m/%d/%Y"               # goes before what the preset says
    mapping:
      code: AccountNumber           # this field is taken another way; all others stay
      mobile: null                  # and this one not at all: their export has no such column
```

* What the feed says goes before what the preset says: single keys and lists whole, `format` and `tolerate` key by key, `mapping`
  field by field. A field's rule is taken whole.
* `null` takes out what the preset says.
* `ignore` adds to the preset's. Columns of fields that the feed takes another way, or not at all, are ignored too, so that they
  are not told of as new.
* Where the same export was saved as another kind of file (`files: "*.xlsx"`), what the preset says of its format counts as far
  as that kind knows it.
* A problem is told at the line where it stands, in the feed or in the preset. A run's configuration hash covers both, and a
  changed preset is taken up like a changed tenant.

`nightclerk init` copies the presets below to `config/presets/`, where they are yours: change them, add to them, take away
those that you do not use. A name that is not there is looked for among those that Nightclerk brings. `nightclerk check`
checks them all.

No preset knows your tenant's settings. Each says in its comments, key by key, what is *certain*, for the vendor documents it
or it was seen in exports, and what is *assumed*. Look at the first file with `nightclerk preview` before anything is booked: a
column that is not there is named, and a date that cannot be read rejects its row.

The samples and the readings that must follow from them are in `sample_drops/presets/`.
"""


def page() -> str:
    """Returns the whole page as Markdown."""
    found = [(path, preset) for path in brought() if (preset := read_file(path, Preset).noun) is not None]
    rows = [f"| [`{preset.preset}`](#{preset.preset}) | {preset.entity} | {_counted(path)} |" for path, preset in found]
    table = "\n".join(["| preset | entity | keys certain, assumed |", "|---|---|---|", *rows])
    return "\n".join([_PREFACE, "## Those that there are", "", table, "", *(_section(path, preset) for path, preset in found)])


def _counted(path: Path) -> str:
    keys = [line for line in path.read_text(encoding="utf-8").splitlines() if re.match(r" *[a-z_0-9]+:.* # ", line)]
    assumed = sum("assumed" in line for line in keys)
    return f"{len(keys) - assumed}, {assumed}"


def _section(path: Path, preset: Preset) -> str:
    comment = re.match(r"(?:#.*\n)+", path.read_text(encoding="utf-8"))
    told = " ".join(line.removeprefix("#").strip() for line in (comment[0] if comment else "").splitlines())
    told = re.sub(r"(?<!\S)(Certain|Assumed):", r"*\1:*", told)
    return f"### {preset.preset}\n\n{told}\n\nKnown from: {' '.join(preset.source.split())}\n"
