# ruff: noqa: E501 - the lines stand here exactly as they are printed
"""Every line that ``check`` prints for what a feed says of references that name no row."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import HEAD, write

from nightclerk.config.load import load
from nightclerk.core.booking import plan_booking

PARENT = """\
entity: parent
table: parents
key: [code]
fields:
  code: {type: text}
  label: {type: text, required: true}
"""
ENTITY = """\
entity: customer
table: customers
key: [code]
fields:
  code: {type: text}
  name: {type: text}
  parent: {type: reference, to: parent}
  owner: {type: reference, to: parent, required: true}
"""
FEED = """\
feeds:
  - feed: clients
    files: "clients_*.csv"
    entity: customer
    mapping:
      code: Code
      name: Name
      parent: Parent
      owner: Owner
"""
#: What stands in place of a line of the feed → the problems.
CASES = [
    ("name: Name", "name: {from: Name, unknown_reference: park}", [
        "11:45  feeds[0].mapping.name.unknown_reference: unknown_reference is for references; this field is text.",
    ]),
    ("owner: Owner", "owner: {from: Owner, unknown_reference: blank}", [
        "13:47  feeds[0].mapping.owner.unknown_reference: this field is required in every row, so that it cannot be blank; take reject, park or create.",
    ]),
    ("parent: Parent", "parent: {from: Parent, unknown_reference: drop}", [
        '12:49  feeds[0].mapping.parent.unknown_reference: this must be park, reject, blank or create, not "drop".',
    ]),
]  # fmt: skip


def problems(folder: Path, feed: str, parent: str = PARENT) -> list[str]:
    config = write(folder, {"acme": HEAD + feed}, entity=ENTITY)
    (config / "entities/parent.yaml").write_text(parent)
    _, found = load(config)
    return [str(problem).replace(f"{config}/tenants/acme.yaml:", "") for problem in found]


@pytest.mark.parametrize(("line", "instead", "lines"), CASES)
def test_what_contradicts_itself_is_told(tmp_path: Path, line: str, instead: str, lines: list[str]) -> None:
    assert problems(tmp_path, FEED.replace(line, instead)) == lines


def test_what_cannot_be_made_on_the_way_is_told(tmp_path: Path) -> None:
    parent = PARENT + "  since: {type: date, required_for_new: true}\n  size: {type: integer, required: true, default: 0}\n"
    told = "a new parent needs since, which nobody would give it; take park or reject, or give the field a default."
    of_feed = FEED.replace("    mapping:", "    unknown_reference: create\n    mapping:")
    assert problems(tmp_path, of_feed, parent) == [f"9:24  feeds[0].unknown_reference: {told}"]
    of_field = FEED.replace("parent: Parent", "parent: {from: Parent, unknown_reference: create}")
    assert problems(tmp_path, of_field, parent) == [f"12:49  feeds[0].mapping.parent.unknown_reference: {told}"]
    assert problems(tmp_path, of_field) == []


def test_a_plan_says_of_each_reference_what_becomes_of_it(tmp_path: Path) -> None:
    feed = FEED.replace("    mapping:", "    unknown_reference: blank\n    mapping:").replace(
        "parent: Parent", "parent: {from: Parent, unknown_reference: create}"
    )
    config = write(tmp_path, {"acme": HEAD + feed}, entity=ENTITY)
    (config / "entities/parent.yaml").write_text(PARENT + "  kind: {type: text, default: new}\n")
    found, problems = load(config)
    assert found is not None, problems
    noun = found.tenants["acme"].feeds[0]
    plan = plan_booking("acme", noun, found.entity_of("acme", "clients"))
    assert [(one.field, one.unknown) for one in plan.references] == [("parent", "create"), ("owner", "reject")]
    named = plan.references[0].to
    assert (named.table, named.column, named.same, named.constants) == ("parents", "code", ("label",), (("kind", "text", "new"),))
