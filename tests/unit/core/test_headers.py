from __future__ import annotations

from typing import Any

import pytest

from nightclerk.config.yaml_positions import read
from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.headers import column_notes, find_columns, folded, header_of
from nightclerk.core.mapping import Mapped


def feed_of(mapping: dict[str, Any], **more: Any) -> Feed:
    return Feed.model_validate({"feed": "f", "files": "*", "entity": "e", "mapping": mapping, **more})


def found(mapping: dict[str, Any], *columns: str, **more: Any) -> tuple[dict[str, tuple[int, ...]], tuple[str, ...]]:
    feed = feed_of(mapping, **more)
    places = find_columns(feed, mapping, columns)
    return places, column_notes(feed, places, columns)


def refused(mapping: dict[str, Any], *columns: str) -> SenderError:
    with pytest.raises(SenderError) as caught:
        find_columns(feed_of(mapping), mapping, columns)
    return caught.value


@pytest.mark.parametrize(
    "header",
    [
        "Échéance due",
        "echeance due",
        "ÉCHÉANCE  DUE",
        "\ufeffÉchéance\u00a0due ",
        "E\u0301che\u0301ance due",
        "Échéancedue",
        "Échéance\ndue",
    ],
)
def test_headers_are_compared_without_case_accents_and_spaces(header: str) -> None:
    assert found({"due": "Échéance due"}, "Other", header)[0] == {"due": (1,)}


def test_folding_is_stable() -> None:
    for header in ("Straße", "ΐ", "İstanbul", "ﬁn", "№"):
        assert folded(folded(header)) == folded(header)


def test_the_first_spelling_that_is_there_is_taken() -> None:
    places, notes = found({"name": ["Raison sociale", "Nom"]}, "Nom", "Raison sociale")
    assert places == {"name": (1,)}
    assert notes == ('Column "Nom" was not read, because "Raison sociale" is there as well.',)


def test_joined_and_first_of_columns_keep_the_rules_order() -> None:
    places, _ = found({"a": {"from": ["X", "Y"], "join": "-"}, "b": {"first_of": ["Y", "Z"]}}, "Z", "Y", "X")
    assert places == {"a": (2, 1), "b": (1, 0)}


def test_new_columns_are_noted_and_known_ones_are_not() -> None:
    _, notes = found({"a": "A"}, "A", "Interne", "Neu", "", " ", "_run", "_Line", ignore=["interne "])
    assert notes == ('Column "Neu" is neither mapped nor ignored; it was not read.',)


def test_every_missing_column_is_named_with_a_line_to_paste() -> None:
    mapping = {"code": "Code client", "name": ["Raison sociale", "Nom"], "at": {"from": "Date", "dates": "%d/%m/%Y"}, "x": "Zzz"}
    error = refused(mapping, "Code du client", "Raison  soc.", "Date fact.")
    assert error.code == "column_missing"
    sentence = str(error)
    assert 'no column "Code client", which code is read from; the nearest is "Code du client"' in sentence
    assert '`code: ["Code client", "Code du client"]`' in sentence
    assert '`name: ["Raison sociale", "Nom", "Raison  soc."]`' in sentence
    assert '`at: {from: ["Date", "Date fact."], dates: ["%d/%m/%Y"]}`' in sentence
    assert 'no column "Zzz", which x is read from, and none like it.' in sentence
    assert sentence.endswith('Its columns are "Code du client", "Raison  soc.", "Date fact.".')


def test_a_column_that_feeds_another_field_is_the_nearest_where_no_other_is_like_it() -> None:
    sentence = str(refused({"name": "Raison social", "print_as": "Raison sociale"}, "Raison sociale", "Ville"))
    assert 'no column "Raison social", which name is read from; the nearest is "Raison sociale"' in sentence


def test_the_line_to_paste_is_the_whole_rule_and_checks() -> None:
    rule = {"from": "Solde", "decimal": ",", "thousands": " ", "values": None, "blank": "clear"}
    sentence = str(refused({"code": "Code", "balance": {k: v for k, v in rule.items() if v}}, "Code", "Soldes"))
    line = sentence.partition("the mapping says: `")[2].partition("`")[0]
    pasted = Mapped.model_validate(read(line.encode()).data["balance"], by_alias=True, by_name=False)
    assert pasted == Mapped.model_validate({**rule, "from": ["Solde", "Soldes"]})
    ticks = str(refused({"active": {"from": "Bloqué", "values": {"0": True, "1": False}}}, "Bloque le"))
    assert '`active: {from: ["Bloqué", "Bloque le"], values: {"0": true, "1": false}}`' in ticks


def test_many_columns_like_none_are_one_sentence() -> None:
    sentence = str(refused({"code": "Code", "name": ["Nom", "Raison"], "also": {"first_of": ["Nom", "Code"]}}, "Zebra"))
    assert sentence == (
        'The file has none of these columns, and none like them: "Code" (for code), "Nom" or "Raison" (for name), '
        '"Nom" (for also), "Code" (for also). Its columns are "Zebra".'
    )


def test_many_new_columns_are_one_note() -> None:
    headers = [f"extra {number}" for number in range(300)]
    _, notes = found({"a": "A"}, "A", *headers)
    assert notes == (
        "Columns "
        + ", ".join(f'"{header}"' for header in headers[:30])
        + " and 270 more are neither mapped nor ignored; they were not read.",
    )


def test_missing_parts_of_a_join_and_of_first_of() -> None:
    sentence = str(
        refused(
            {"a": {"from": ["Rue", "Ville"], "join": ", "}, "b": {"first_of": ["Enseigne", "Nom"]}},
            "Rues",
            "Ville",
            "Noms",
            "Enseigne",
        )
    )
    assert '`a: {from: ["Rues", "Ville"], join: ", "}`' in sentence
    assert '`b: {first_of: ["Enseigne", "Noms"]}`' in sentence


@pytest.mark.parametrize("other", ["Montant", "montant ", "MONTÁNT"])
def test_one_header_twice(other: str) -> None:
    error = refused({"a": "Montant", "b": "b"}, "Montant", other, "b")
    assert error.code == "column_twice"
    assert f'"Montant", "{other.strip()}"' in str(error)


def test_a_column_twice_that_nobody_reads_is_no_matter() -> None:
    assert found({"a": "A"}, "A", "B", "B")[1] == ('Column "B" is neither mapped nor ignored; it was not read.',)


def test_the_senders_own_word_for_a_field_is_told_as_the_file_writes_it() -> None:
    made = feed_of({"a": ["Nom", "Raison sociale"], "b": {"from": ["Agence", "Compte"], "join": "-"}, "c": {"constant": "x"}})
    columns = ("AGENCE ", "raison  sociale", "Compte", "Compte")
    assert header_of(made, "a", columns) == "raison  sociale"
    assert header_of(made, "b", columns) == "AGENCE + Compte"
    assert header_of(made, "c", columns) is None
    assert header_of(made, "d", columns) is None
