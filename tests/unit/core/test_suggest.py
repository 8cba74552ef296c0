"""The parts of ``suggest`` that are pure: assignment, words, patterns of names, values, and scalars of YAML."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.config.words import brought_vocabulary, entities_at
from nightclerk.config.yaml_positions import read
from nightclerk.core.file_names import matches
from nightclerk.core.suggest.assignment import assigned
from nightclerk.core.suggest.file_pattern import feed_name, literal_name, pattern_of
from nightclerk.core.suggest.tenant_text import scalar
from nightclerk.core.suggest.value_map import boolean_values, word_values
from nightclerk.core.suggest.vocabulary import words_of

SCORES = st.dictionaries(st.tuples(st.sampled_from("abc"), st.integers(0, 4)), st.integers(1, 20).map(float), max_size=20)


@given(SCORES)
def test_no_other_assignment_is_worth_more(scores: dict[tuple[str, int], float]) -> None:
    chosen = assigned(scores)
    assert len(set(chosen.values())) == len(chosen)
    fields = sorted({field for field, _ in scores})
    places = [*sorted({place for _, place in scores}), *([-1] * len(fields))]
    best = max(sum(scores.get(pair, 0.0) for pair in zip(fields, one, strict=False)) for one in permutations(places, len(fields)))
    assert sum(scores[pair] for pair in chosen.items()) == pytest.approx(best)


@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and "\ufeff" not in text))
def test_a_scalar_reads_as_it_was(text: str) -> None:
    document = read(f"key: {scalar(text)}\nlist: [{scalar(text)}, x]\nmap: {{{scalar(text)}: 1}}  # end\n".encode())
    if not document.faults:  # some characters cannot stand in YAML at all
        assert document.data["key"] == document.data["list"][0] == text
        assert list(document.data["map"]) == [text]
    else:
        assert any(ord(one) > 0xD7FF or not one.isprintable() for one in text), document.faults


@pytest.mark.parametrize(
    "word", ["no", "Yes", "0815", "1", "true", "null", "~", "a: b", "a #b", "- x", "*x", "&x", "x,y", "[x]", "N° TVA"]
)
def test_words_that_yaml_misreads_are_quoted(word: str) -> None:
    assert read(f"key: {scalar(word)}\n".encode()).data == {"key": word}


@pytest.mark.parametrize(
    ("name", "pattern", "feed"),
    [
        ("clients_20261120.csv", "clients_*.csv", "clients"),
        ("Export 2026-11-20 v2.xlsx", "Export * v*.xlsx", "export-v"),
        ("20261120.csv", "*.csv", ""),
        ("fatture[1].zip", "fatture?*?.zip", "fatture"),
        ("Écritures.TXT", "Écritures.TXT", "ecritures"),
        ("books_1.csv.gz", "books_*.csv.gz", "books"),
    ],
)
def test_patterns_are_made_of_names(name: str, pattern: str, feed: str) -> None:
    assert (pattern_of(name), feed_name(name)) == (pattern, feed)
    assert matches(pattern, name)
    assert matches(literal_name(name), name)


def test_headers_are_compared_by_their_words() -> None:
    assert words_of("InvoiceNumber") == words_of("invoice_number") == words_of("*Invoice number") == "invoice number"
    assert words_of("N° pièce") == words_of("Nº piece") == "no piece"


def test_the_shipped_words_are_for_fields_that_exist() -> None:
    vocabulary, entities = brought_vocabulary(), entities_at(Path("nowhere"))
    known = {(entity, field) for entity, noun in entities.items() for field in noun.fields}
    shared = {field for _, field in known}
    assert not {(entity, field) for entity, field in vocabulary.fields if entity and (entity, field) not in known}
    assert not {field for entity, field in vocabulary.fields if not entity and field not in shared}


def test_what_yes_and_no_mean() -> None:
    words = brought_vocabulary().meanings_of("customer", "active")
    assert boolean_values(("Non", "Oui"), opposite=False, words=words) == ((), ())
    assert dict(boolean_values(("Non", "Oui"), opposite=True, words=words)[0]) == {"Non": True, "Oui": False}
    assert dict(boolean_values(("Actif",), opposite=False, words=words)[0]) == {"Actif": True, "Inactif": False}
    assert dict(boolean_values(("Actif", "Inactif"), opposite=True, words=words)[0]) == {"Actif": True, "Inactif": False}
    values, doubts = boolean_values(("0", "1", "peut-être"), opposite=True, words=words)
    assert dict(values) == {"0": True, "1": False}
    assert "peut-être" in doubts[0]


def test_what_kinds_of_items_mean() -> None:
    words = brought_vocabulary().meanings_of("invoice", "type")
    values, doubts = word_values(("AVO", "FAC", "XYZ"), words)
    assert dict(values) == {"AVO": "credit_note", "FAC": "invoice"}
    assert "XYZ" in doubts[1]
    assert word_values(("invoice", "credit_note"), words) == ((), ())
