# ruff: noqa: E501 - the lines stand here exactly as they are printed
"""Every line that ``check`` prints for absent rows: of entities that say what is written, and of feeds that ask for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import ENTITY, FEED, HEAD, loaded

#: What an entity says of absent rows, from line 16 on → the problems.
ENTITIES = [
    ("absent: {clear: {gone: {activ: false}}}\n", ['16:32  absent.clear.gone.activ: no field "activ" in entity customer; did you mean "active"?']),
    ("absent: {clear: {gone: {}}}\n", ["16:24  absent.clear.gone: at least one must be given here."]),
    ("absent: {clear: {gone: {active: gone}}}\n", ["16:33  absent.clear.gone.active: 'gone' says neither yes nor no; write true or false."]),
    ("absent: {deactivate: {gone: {code: x}}}\n", ["16:36  absent.deactivate.gone.code: code is part of the key, which a row keeps; take this line out."]),
    ("absent: {clear: {gone: {name: null}}}\n", ["16:31  absent.clear.gone.name: the field is required, so the value must not be blank."]),
    ("absent: {clear: {gone: {credit_limit: 0}}}\n", [
        "16:39  absent.clear.gone.credit_limit: credit_limit belongs to the application, so an import never writes it; take this line out.",
    ]),
    ("absent: {clear: {gone: {balance: run_date}}}\n", ["16:34  absent.clear.gone.balance: run_date is a date; this field is money."]),
    ("absent: {clear: {gone: {since: run_date}, back: {since: run_date}}}\n", [
        "16:57  absent.clear.back.since: run_date is for rows that are gone; write a value, or null.",
    ]),
    ("absent: {remove: {gone: {active: false}}}\n", ['16:10  absent.remove: no key "remove" here; the keys here are clear and deactivate.']),
]  # fmt: skip
RULES = "absent: {deactivate: {gone: {active: false}, back: {active: true}}, clear: {gone: {email: null}}}\n"
#: A feed's further lines, from line 12 on → the problems.
FEEDS = [
    ("    absent: keep\n    absent_despite_rejects: true\n", [
        "13:29  feeds[0].absent_despite_rejects: absent: keep leaves absent rows alone in any case; take one of the two out.",
    ]),
    ("    hold: {absent: {rows: 5}}\n", [
        "12:20  feeds[0].hold.absent: absent: keep leaves absent rows alone, so that none is ever too many; take one of the two out.",
    ]),
    ("    absent: clear\n", [
        "12:13  feeds[0].absent: neither the mapping nor the entity's back fills a field that absent: clear writes, so that nothing would bring a row back; name the field in back.",
    ]),
    ("    absent: deactivate\n    mode: create_only\n", [
        "12:13  feeds[0].absent: absent is about rows that are known already, and create_only never touches them; take one of the two out.",
    ]),
    ("    absent: drop\n", ['12:13  feeds[0].absent: this must be keep, clear or deactivate, not "drop".']),
    ("    absent: deactivate\n    absent_despite_rejects: true\n    hold: {absent: {rows: 5, share: 10%}}\n", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ENTITIES, ids=[str(n) for n in range(len(ENTITIES))])
def test_what_is_wrong_in_an_entity(tmp_path: Path, text: str, expected: list[str]) -> None:
    _, lines = loaded(tmp_path, {}, entity=ENTITY + text)
    assert lines == [f"entities/customer.yaml:{line}" for line in expected]


@pytest.mark.parametrize(("text", "expected"), FEEDS, ids=[str(n) for n in range(len(FEEDS))])
def test_what_is_wrong_in_a_feed(tmp_path: Path, text: str, expected: list[str]) -> None:
    _, lines = loaded(tmp_path, {"acme": HEAD + FEED + text}, entity=ENTITY + RULES)
    assert lines == [f"tenants/acme.yaml:{line}" for line in expected]


def test_an_entity_that_does_not_say_what_it_writes(tmp_path: Path) -> None:
    _, lines = loaded(tmp_path, {"acme": f"{HEAD}{FEED}    absent: clear\n"})
    assert lines == [
        "tenants/acme.yaml:12:13  feeds[0].absent: entity customer does not say what absent: clear writes; write it there, as in "
        "absent: {clear: {gone: {active: false}}}."
    ]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            "state: {type: text}\nabsent: {clear: {gone: {state: gone}, back: {state: open}}}",
            "it says what absent: clear writes.",
        ),
        ("state: {type: text}", "write it there, as in absent: {deactivate: {gone: {…}}}."),
        ("live: {type: boolean}", "write it there, as in absent: {deactivate: {gone: {live: false}}}."),
    ],
    ids=["another", "none", "a boolean"],
)
def test_what_an_entity_does_not_say_is_told_with_its_own_fields(tmp_path: Path, fields: str, told: str) -> None:
    entity = "entity: customer\ntable: customers\nkey: [code]\nfields:\n  code: {type: text}\n  name: {type: text}\n"
    _, lines = loaded(tmp_path, {"acme": f"{HEAD}{FEED}    absent: deactivate\n"}, entity=f"{entity}  {fields}\n")
    assert lines == [
        f"tenants/acme.yaml:12:13  feeds[0].absent: entity customer does not say what absent: deactivate writes; {told}"
    ]
