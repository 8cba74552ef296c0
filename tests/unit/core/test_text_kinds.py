"""What kind of text a cell holds: one kind for each, the first that fits."""

from __future__ import annotations

import polars as pl
import pytest

from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.text_kinds import SAMPLED_ROWS, TextKinds
from nightclerk.core.verdict import plan_reading

ENTITY = Entity.model_validate(
    {"entity": "client", "table": "clients", "key": ["code"], "fields": {"code": {"type": "text"}, "note": {"type": "text"}}}
)
FEED = Feed.model_validate({"feed": "f", "files": "*", "entity": "client", "mapping": {"code": "Code", "note": "Note"}})


def kinds(*notes: str) -> TextKinds:
    found = TextKinds(plan_reading(FEED, ENTITY, ("Code", "Note"), "UTC"))
    found.add(pl.DataFrame({"0": ["a@b.example"] * len(notes), "1": list(notes)}))
    return found


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("Société Émile", "words"),
        ("Wagner & Söhne", "words"),
        ("wwwagner", "words"),
        ("a @ b", "words"),
        ("note: see below", "words"),
        ("Durand (Paris)", "words"),
        ("two\nlines", "words"),
        ("www.example.org", "url"),
        ("HTTPS://example.org/a", "url"),
        ("anna@example.org", "email"),
        ("00417", "digits"),
        ("\u00a000417 ", "digits"),
        ("03/04/2026", "date"),
        ("2026-04-03 10:20", "date"),
        ("1 234,50 €", "amount"),
        ("(12.50)", "amount"),
        ("+33 1 22 33 44 55", "phone"),
        ("(((((((", "phone"),
        ("12 rue de la Paix", "mixed"),
        ("No. 7", "mixed"),
    ],
)
def test_each_cell_has_one_kind(cell: str, kind: str) -> None:
    assert kinds(cell).counts() == {"code": {"email": 1}, "note": {kind: 1}}


def test_blank_cells_are_of_no_kind_and_those_behind_the_first_rows_are_not_looked_at() -> None:
    assert kinds("", " \u00a0").counts() == {"code": {"email": 2}}
    found = kinds(*["word"] * SAMPLED_ROWS)
    found.add(pl.DataFrame({"0": ["1"], "1": ["1"]}))
    assert found.counts() == {"code": {"email": SAMPLED_ROWS}, "note": {"words": SAMPLED_ROWS}}
