"""What the fork server does once, so that each child need not do it anew: late imports, compiled patterns, models and plans.

polars only builds expressions here and runs none: its threads would be missing in the children.
"""

from __future__ import annotations

import codecs
import importlib

import numpy as np

from nightclerk.core.entity import ResolvedEntity
from nightclerk.core.feed import Feed
from nightclerk.core.verdict import plan_reading
from nightclerk.formats.alphabets import CODE_PAGES
from nightclerk.formats.cutter import cut
from nightclerk.formats.dialect import Dialect
from nightclerk.formats.scanner import scan
from nightclerk.formats.sound_bytes import is_transparent

#: A field of each type with a converter of its own.
_TYPES = ("text", "integer", "decimal", "money", "date", "datetime", "boolean", "email", "url", "currency", "country")
_FEED = """{"feed": "warming", "files": "*", "entity": "warming", "dates": ["%d/%m/%Y"], "decimal": "DECIMAL",
"thousands": "THOUSANDS", "mapping": {"code": "code", FIELDS}}"""
#: The marks that most senders write; each pair has patterns of its own.
_MARKS = ((",", " "), (".", ","))
#: Loaded on the way by files that are not UTF-8, and by archives for the names of their members.
_LATE = "nightclerk.formats.guess"
_ENCODINGS = {"cp437", "utf-16-le", "utf-16-be", *(page for pages in CODE_PAGES.values() for page in pages)}
_ENTITY = """{"entity": "warming", "table": "warming", "key": ["code"], "fields": {"code": {"type": "text"}, FIELDS}}"""


def warm() -> None:
    """Walks once through what every file passes before its first row is converted."""
    importlib.import_module(_LATE)
    for encoding in sorted(_ENCODINGS):
        codecs.lookup(encoding)
    for encoding in CODE_PAGES["en"]:
        is_transparent(encoding)
    for delimiter in (b";", b",", b"\t", b"|"):
        dialect = Dialect(delimiter, b'"')
        found = scan(b'a"b' + delimiter + b'"c"d\r\n', dialect, final=True)
        np.isin(np.unique(found.ends), found.odd)
        cut(b'"a"b\n', 0, dialect)
    entity = ResolvedEntity.model_validate_json(
        _ENTITY.replace("FIELDS", ", ".join(f'"{kind}": {{"type": "{kind}"}}' for kind in _TYPES))
    )
    mapping = ", ".join(f'"{kind}": "{kind}"' for kind in _TYPES)
    for decimal, thousands in _MARKS:
        text = _FEED.replace("FIELDS", mapping).replace("DECIMAL", decimal).replace("THOUSANDS", thousands)
        plan = plan_reading(Feed.model_validate_json(text), entity, ("code", *_TYPES), "UTC")
        for field in plan.read:
            if field.converter is not None:  # the patterns that tell why take longer to compile than a small file to read
                field.converter.why("?")
