"""What fields and tables are called in exports for people."""

from __future__ import annotations

from importlib.resources import files

import pytest

from nightclerk.config.yaml_positions import read
from nightclerk.core.printout import Printout
from nightclerk.desk.export_for_readers import title_of
from nightclerk.letters.field_words import field_words, table_words
from nightclerk.letters.language import Language, language_for

ENTITIES = [
    read(entity.read_bytes()).data
    for entity in files("nightclerk").joinpath("data/entities").iterdir()
    if entity.name.endswith(".yaml")
]


def language(tag: str) -> Language:
    return language_for(tag, "UTC")


@pytest.mark.parametrize("tag", ["fr", "es"])
def test_every_shipped_field_and_table_has_words(tag: str) -> None:
    assert len(ENTITIES) == 9
    tables = {entity["table"] for entity in ENTITIES}
    assert {name for name in tables if table_words(name, language(tag)) == table_words(name, language("en"))} <= {"contacts"}
    names = {name for entity in ENTITIES for name in entity["fields"]}
    # Few words are the same in two languages; a field that is not known would be told in English.
    same = {name for name in names if field_words(name, language(tag)) == field_words(name, language("en"))}
    assert same <= {"code", "type", "journal", "date", "description"}


def test_words_of_ones_own_stay_as_they_are() -> None:
    assert field_words("agency_manager", language("fr")) == "Agency manager"
    assert table_words("open_items", language("fr")) == "Open items"
    assert title_of("credit_limit", None, language("fr")) == "Plafond de crédit"


def test_a_line_has_the_sign_of_its_language() -> None:
    for tag, line in (("en", "Tenant: Acme {word}"), ("fr", "Tenant\u00a0: Acme {word}"), ("es", "Tenant: Acme {word}")):
        words = {"line": language(tag).gettext("%(word)s: %(said)s")}
        assert Printout("Customers", (), (), words, tag).line("Tenant", "Acme {word}") == line
