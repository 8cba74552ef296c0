# ruff: noqa: E501 - the lines stand here exactly as they are printed
"""Every line that ``check`` prints for lists, for fields that name rows of other entities, and for custom fields."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import HEAD, write

from nightclerk.config.load import load

GROUP = "entity: group\ntable: groups\nkey: [name]\nfields:\n  name: {type: text, max_length: 30}\n"
PAIR = "entity: pair\ntable: pairs\nkey: [one, two]\nfields:\n  one: {type: text}\n  two: {type: integer}\n"
COUNT = "entity: count\ntable: counts\nkey: [n]\nfields:\n  n: {type: integer}\n  born: {type: date, required: true}\n"
BROKEN = "entity: broken\ntable: nightclerk_x\nkey: [n]\nfields:\n  n: {type: text}\n"
BORN = "entity: born\ntable: borns\nkey: [n]\nfields:\n  n: {type: text}\n  day: {type: date, required: true}\n"
ENTITY = """\
entity: customer
table: customers
key: [code]
fields:
  code: {type: text}
  name: {type: text}
  currency: {type: currency, default: EUR}
  groups: {type: list, of: group, create_missing: true}
custom_fields: custom
"""
FEED = """\
feeds:
  - feed: clients
    files: "clients_*.csv"
    entity: customer
    mapping:
      code: Code
      groups: {from: Groups, split: ","}
    custom_fields:
      agent: {from: Agent, required_for_new: true}
  - feed: others
    files: "others_*.csv"
    entity: customer
    mapping:
      code: Code
    custom_fields:
      agent: Agent
"""
ENTITIES = [
    ("of: group,", "of: grup,", '8:28  fields.groups.of: no entity "grup"; did you mean "group"?'),
    ("of: group,", "of: pair,", "8:28  fields.groups.of: the key of entity pair is one and two; only rows with a key of one field are named."),
    ("of: group, create_missing: true", "of: count", "8:28  fields.groups.of: the key of entity count is integer; members of a list are named by a text."),
    ("of: group,", "of: born,", "8:50  fields.groups.create_missing: a new born needs day, which nobody would give it; take create_missing out, or give the field a default."),
    ("of: group,", "of: broken,", "8:28  fields.groups.of: entity broken is wrong itself; mend {folder}/entities/broken.yaml first."),
    ("of: group,", "of: customer,", '8:11  fields.groups.link: two columns of the table customers_groups would be named "customer_code"; name them apart, as in link: {member: customer}.'),
    ("true}", "true, link: {owner: [a, b]}}", "8:71  fields.groups.link.owner: the key is code; name as many columns."),
    ("true}", "true, link: {table: customers}}", "8:63  fields.groups.link: the table \"customers\" holds the entity's own rows already; name another one in link: {table: …}."),
    ("of: group, ", "", "8:18  fields.groups.type: a list needs the entity of its members, as in {type: list, of: group}."),
    ("of: group, ", "of: group, column: x, ", "8:43  fields.groups.column: a list stands in a table of links and has no column; take it out."),
    ("name: {type: text}", "name: {type: text, of: group}", "6:26  fields.name.of: of is for lists; this field is text."),
    ("name: {type: text}", "name: {type: email, one_of: [a]}", "6:31  fields.name.one_of: one_of is for text; this field is email."),
    ("name: {type: text}", "name: {type: text, one_of: [alpha, beta], default: alfa}", '6:54  fields.name.default: "alfa" is not one of alpha or beta; did you mean "alpha"?'),
    ("key: [code]", "key: [code, groups]", "3:13  key[1]: groups is a list, so it cannot be part of the key."),
    ("custom_fields: custom", "custom_fields: name", '6:9  fields.name: the column "name" holds custom fields already; databases ignore letters\' case.'),
]  # fmt: skip
FEEDS = [
    ("groups: {from: Groups, split: \",\"}", "name: {from: Groups, split: \",\"}", '11:35  feeds[0].mapping.name.split: split is for list; this field is text.'),
    ("groups: {from: Groups, split: \",\"}", "name: {from: Groups, membership: add}", '11:40  feeds[0].mapping.name.membership: membership is for list; this field is text.'),
    ("split: \",\"", "pad: {to: 5}", "11:35  feeds[0].mapping.groups.pad: pad fills a cell up before it is split into members; take it out."),
    ("agent: {from", "name: {from", "13:7  feeds[0].custom_fields.name: name is a field of entity customer already; map it in mapping, or choose another name."),
    ("agent: {from: Agent,", "agent: {from: Agent, type: money, currency: EUR,", '20:14  feeds[1].custom_fields.agent.type: feed "clients" says that agent is money in EUR, and here it is text; give both the same type.'),
    ("agent: {from: Agent,", "born: {from: Agent, type: date, max_length: 5,", "13:51  feeds[0].custom_fields.born.max_length: max_length is for text, email and url; this field is date."),
    ("agent: {from: Agent,", "debt: {from: Agent, type: money, currency: code,", "13:50  feeds[0].custom_fields.debt.currency: the field code is text, not currency."),
    ("agent: {from: Agent,", "debt: {from: Agent, type: integer, default: x,", "13:51  feeds[0].custom_fields.debt.default: 'x' is not a whole number."),
    ("agent: {from: Agent,", "debt: {from: Agent, type: integer, content: any,", "13:51  feeds[0].custom_fields.debt.content: content is for text; this field is integer."),
]  # fmt: skip


def problems(folder: Path, feed: str = FEED, entity: str = ENTITY) -> list[str]:
    config = write(folder, {"acme": HEAD + feed}, entity=entity)
    for text in (GROUP, PAIR, COUNT, BORN, *([BROKEN] if "of: broken" in entity else [])):
        (config / f"entities/{text.split()[1]}.yaml").write_text(text)
    _, found = load(config)
    return [str(problem) for problem in found]


def test_lists_and_custom_fields_may_be_right(tmp_path: Path) -> None:
    assert problems(tmp_path) == []
    config = tmp_path / "config"
    loaded, _ = load(config)
    assert loaded is not None
    one, all_of_them = loaded.entity_of("acme", "clients"), loaded.entity_for("acme", "customer")
    assert list(one.fields) == list(all_of_them.fields) == ["code", "name", "currency", "groups", "agent"]
    assert one.column("agent") == "custom"
    assert list(loaded.tenants["acme"].feeds[0].mapping) == ["code", "groups", "agent"]


@pytest.mark.parametrize(("line", "instead", "expected"), ENTITIES, ids=[str(n) for n in range(len(ENTITIES))])
def test_what_is_wrong_in_an_entity(tmp_path: Path, line: str, instead: str, expected: str) -> None:
    assert line in ENTITY
    found = problems(tmp_path, entity=ENTITY.replace(line, instead))
    here = f"{tmp_path}/config/entities/customer.yaml:"
    mine = [one.removeprefix(here) for one in found if one.startswith(here)]
    assert mine[:1] == [expected.replace("{folder}", f"{tmp_path}/config")]


@pytest.mark.parametrize(("line", "instead", "expected"), FEEDS, ids=[str(n) for n in range(len(FEEDS))])
def test_what_is_wrong_in_a_feed(tmp_path: Path, line: str, instead: str, expected: str) -> None:
    assert line in FEED
    found = [one.partition("acme.yaml:")[2] for one in problems(tmp_path, FEED.replace(line, instead, 1))]
    assert found == [expected]


def test_an_entity_without_a_column_takes_no_custom_fields(tmp_path: Path) -> None:
    found = problems(tmp_path, entity=ENTITY.replace("custom_fields: custom\n", ""))
    assert len(found) == 2
    assert "entity customer has no column for custom fields; give it one, as in custom_fields: custom." in found[0]
