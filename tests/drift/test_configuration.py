"""Models, schemas, documentation, shipped entities, starter and samples are one thing."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo
from tests.drift.schemas import unfit

from nightclerk.config.documentation import page
from nightclerk.config.load import load
from nightclerk.config.schema import KINDS, NOUNS, json_schema, reachable
from nightclerk.config.shape import key_of, keys_of
from nightclerk.config.starter import SCHEMA_COMMENT, schema_text, starter, write_starter
from nightclerk.config.yaml_positions import read
from nightclerk.core.entity import Entity
from nightclerk.core.errors import OperatorError
from nightclerk.core.feed import Feed
from nightclerk.core.model import Noun

ROOT = Path(__file__).parents[2]
ALL_NOUNS = list(dict.fromkeys(noun for kind in NOUNS.values() for noun in reachable(kind)))
ALL_KEYS = [(noun, name, field) for noun in ALL_NOUNS for name, field in noun.model_fields.items()]
KEY_IDS = [f"{noun.__name__}.{name}" for noun, name, _ in ALL_KEYS]

MEND = {
    "page": ".venv/bin/python -c 'from nightclerk.config.documentation import page; print(page(), end=str())'"
    " > docs/configuration.md",
    "schema": ".venv/bin/nightclerk schema {kind} > config/schemas/{kind}.json",
}

#: * key, ! required, + required for new rows, @ owned by the application. References and lists wait.
SHIPPED = {
    "customer": "customers: code* name! print_as+ account_number legal_id vat_id first_name last_name email phone mobile url "
    "address1 address2 address3 city state postal_code country currency language payment_terms payment_days payment_method "
    "sales_rep groups(list of group) active balance since notes credit_limit@ insurer_guarantee@ other_guarantees@",
    "contact": "contacts: customer*→customer code* name! first_name last_name role email phone mobile active",
    "group": "groups: name*",
    "gl_account": "gl_accounts: number* name! kind active",
    "product": "products: code* name! description unit price cost currency tax_code category gl_debit_account+→gl_account "
    "gl_credit_account+→gl_account active",
    "invoice": "invoices: number* customer!→customer type! issue_date! due_date amount! amount_remaining currency business_case "
    "reference status cleared_on",
    "payment": "payments: number* customer!→customer invoice→invoice date! amount! currency method reference",
    "journal_entry": "journal_entries: code* journal number date! account! account_name counter_account sub_account "
    "sub_account_name reference document_date text debit credit amount currency tax_code matching",
    "opportunity": "opportunities: name* customer!→customer value currency stage probability "
    "expected_close closed_on owner source",
}


def test_the_page_is_made_from_the_models() -> None:
    assert (ROOT / "docs/configuration.md").read_text(encoding="utf-8") == page(), MEND["page"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_schemas_are_those_of_the_models(kind: str) -> None:
    committed = (ROOT / f"config/schemas/{kind}.json").read_text(encoding="utf-8")
    assert committed == schema_text(kind), MEND["schema"].format(kind=kind)


@pytest.mark.parametrize(("noun", "name", "field"), ALL_KEYS, ids=KEY_IDS)
def test_every_key_has_a_description_and_an_example_that_fits(noun: type[Noun], name: str, field: FieldInfo) -> None:
    assert field.description
    assert field.description.endswith(".")
    assert field.examples
    adapter: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())
    for example in field.examples:
        adapter.validate_python(example, by_alias=True, by_name=False)
        assert json.loads(json.dumps(example)) == example


@pytest.mark.parametrize("noun", ALL_NOUNS, ids=lambda noun: noun.__name__)
def test_every_noun_says_what_it_is(noun: type[Noun]) -> None:
    assert noun.__doc__
    assert noun.__doc__ != Noun.__doc__


@pytest.mark.parametrize("kind", KINDS)
def test_schemas_have_exactly_the_keys_of_the_models(kind: str) -> None:
    schema = json_schema(kind)
    top = NOUNS[kind]
    for noun in reachable(top):
        part = schema if noun is top else schema["$defs"][noun.__name__]
        whole = part if "properties" in part else part["anyOf"][-1]
        assert set(whole["properties"]) == set(keys_of(noun))
        assert whole["additionalProperties"] is False
        lent = {"entity", "mapping"} if noun is Feed else set()  # by its preset, or it has them itself
        assert (
            set(whole.get("required", ()))
            == {key_of(name, field) for name, field in noun.model_fields.items() if field.is_required()} - lent
        )
        for prop in whole["properties"].values():
            assert prop["description"]
            assert prop["examples"]
    assert set(schema.get("$defs", {})) == {noun.__name__ for noun in reachable(top)[1:]}


def test_schemas_take_the_short_forms_and_show_defaults_as_people_write_them() -> None:
    tenant, daemon = json_schema("tenant")["$defs"], json_schema("daemon")["$defs"]
    assert [part["type"] for part in tenant["Mapped"]["anyOf"]] == [["string", "integer"], "array", "object"]
    assert tenant["Ready"]["properties"]["unchanged_for"]["default"] == "30s"
    assert daemon["Limits"]["properties"]["file_size"]["default"] == "512MB"
    assert {part["type"] for part in tenant["Reporting"]["properties"]["to"]["anyOf"]} == {"string", "array"}
    assert tenant["SftpSource"]["properties"]["password"]["$ref"] == "#/$defs/SecretReference"


def test_there_is_no_schema_of_another_kind() -> None:
    with pytest.raises(OperatorError, match=r'There is no schema "tenants"; did you mean "tenant"\?'):
        json_schema("tenants")


def test_the_shipped_entities_are_those_of_the_contract() -> None:
    shipped = {}
    for path in sorted((ROOT / "daemon/nightclerk/data/entities").iterdir()):
        entity = Entity.model_validate(read(path.read_bytes()).data, by_alias=True, by_name=False)
        assert path.name == f"{entity.entity}.yaml"
        marks = [
            name
            + "*" * (name in entity.key)
            + "!" * field.required
            + "+" * field.required_for_new
            + "@" * (field.owner == "application")
            + (f"→{field.to}" if field.type == "reference" else f"({field.type} of {field.of})" if field.type == "list" else "")
            for name, field in entity.fields.items()
        ]
        shipped[entity.entity] = f"{entity.table}: {' '.join(marks)}"
    assert shipped == SHIPPED


@pytest.mark.parametrize("path", sorted((ROOT / "config/entities").iterdir()), ids=lambda path: path.name)
def test_the_sample_entities_are_the_shipped_ones(path: Path) -> None:
    sample = Entity.model_validate(read(path.read_bytes()).data, by_alias=True, by_name=False)
    shipped = Entity.model_validate(read(starter()[f"entities/{path.name}"].encode()).data, by_alias=True, by_name=False)
    assert sample == shipped
    assert list(sample.fields) == list(shipped.fields)


def test_the_samples_pass_check() -> None:
    configuration, problems = load(ROOT / "config")
    assert problems == []
    assert configuration is not None
    assert configuration.tenants


@pytest.mark.parametrize("path", sorted((ROOT / "config").rglob("*.yaml")), ids=lambda path: path.name)
def test_every_samples_first_line_names_a_schema_that_is_there(path: Path) -> None:
    first = path.read_text(encoding="utf-8").split("\n")[0]
    kind = {"tenants": "tenant", "entities": "entity", "presets": "preset"}.get(path.parent.name, "daemon")
    assert first.startswith(SCHEMA_COMMENT)
    assert (path.parent / first.removeprefix(SCHEMA_COMMENT)).resolve() == ROOT / f"config/schemas/{kind}.json"


def alternative(text: str, key: str, number: int = 0) -> str:
    """Given a starter's text, a key and which of the forms that stand behind a #: returns the text with that form of the key."""
    lines = text.split("\n")
    offered = [at for at, line in enumerate(lines) if line.startswith(f"#{key}:")][number]
    for at in range(offered, len(lines)):
        if at > offered and not lines[at].startswith("#  "):
            break
        lines[at] = lines[at].removeprefix("#")
    active = next((at for at, line in enumerate(lines) if line.startswith(f"{key}:") and at < offered), None)
    if active is not None:
        last = next(at for at in range(active + 1, len(lines)) if not lines[at].startswith("  "))
        del lines[active:last]
    return "\n".join(lines)


@pytest.mark.parametrize(("file", "key", "number", "kind"), [
    ("nightclerk.yaml", "mail", 0, "daemon"),
    ("nightclerk.yaml", "database", 0, "daemon"),
    ("tenants/example.yaml", "source", 0, "tenant"),
    ("tenants/example.yaml", "source", 1, "tenant"),
])  # fmt: skip
def test_the_starter_passes_check_also_with_its_alternatives(tmp_path: Path, file: str, key: str, number: int, kind: str) -> None:
    write_starter(tmp_path / "config")
    changed = tmp_path / "config" / file
    before = load(tmp_path / "config")
    text = alternative(changed.read_text(), key, number)
    changed.write_text(text)
    configuration, problems = load(tmp_path / "config")
    assert problems == before[1] == []
    assert configuration is not None
    assert configuration != before[0]
    assert unfit(read(text.encode()).data, json_schema(kind)) == []


def test_an_editor_completes_the_starter(tmp_path: Path) -> None:
    """An editor follows the first line to a schema that takes the file as it is, and complains where a key is wrong."""
    written = [path for path in write_starter(tmp_path / "config") if path.suffix == ".yaml"]
    assert len(written) > 5
    for path in written:
        text = path.read_text()
        schema = json.loads((path.parent / text.split("\n")[0].removeprefix(SCHEMA_COMMENT)).read_text())
        data = read(text.encode()).data
        assert unfit(data, schema) == []
        assert unfit({**data, "nonsense": 1}, schema) == ["nonsense is no key here"]
        required = schema["required"][0]
        assert unfit({key: value for key, value in data.items() if key != required}, schema) == [f"{required} is missing"]


@pytest.mark.parametrize("path", sorted((ROOT / "config").rglob("*.yaml")), ids=lambda path: path.name)
def test_every_sample_fits_the_schema_that_its_first_line_names(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    schema = json.loads((path.parent / text.split("\n")[0].removeprefix(SCHEMA_COMMENT)).read_text(encoding="utf-8"))
    assert unfit(read(text.encode()).data, schema) == []


def test_every_line_of_the_starter_is_explained() -> None:
    for name in ("nightclerk.yaml", "tenants/example.yaml"):
        for line in starter()[name].split("\n"):
            bare = line.lstrip("#").strip()
            is_key = ": " in bare or bare.endswith(":")
            assert not is_key or "  # " in line or line.startswith("# "), line


def test_the_starter_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants/example.yaml").write_text("mine")
    with pytest.raises(OperatorError, match="Nothing was written"):
        write_starter(tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["example.yaml"]
    assert (tmp_path / "tenants/example.yaml").read_text() == "mine"


def test_package_data_is_where_it_is_looked_for() -> None:
    assert (files("nightclerk") / "data" / "starter" / "nightclerk.yaml").is_file()
