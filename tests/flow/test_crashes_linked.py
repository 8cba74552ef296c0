"""All or nothing, where one file books rows, references, lists, absent and parked rows: killed at each statement, and again."""

from __future__ import annotations

import email
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.flow.nights import Holding, differences, holding, kept, second_kill
from tests.flow.shares import chosen_of
from tests.flow.stage import Stage, stage
from tests.flow.test_crashes import SEED
from tests.flow.witness import Upload, asked

pytestmark = pytest.mark.server("sshd")

ENTITIES = {
    "invoice": """
entity: invoice
table: invoices
key: [number]
fields:
  number: {type: text}
  customer: {type: reference, to: customer}
  area: {type: reference, to: area}
  tags: {type: list, of: tag, create_missing: true}
  status: {type: text}
custom_fields: more
absent:
  clear: {gone: {status: cleared}, back: {status: open}}
""",
    "area": "entity: area\ntable: areas\nkey: [code]\nfields: {code: {type: text}}\n",
    "tag": "entity: tag\ntable: tags\nkey: [name]\nfields: {name: {type: text}}\n",
}
FEED = """feeds:
  - feed: factures
    files: "factures*.csv"
    entity: invoice
    absent: clear
    max_rows: 1000
    mapping: {number: No, customer: Client, area: {from: Zone, unknown_reference: create}, tags: {from: Marques, split: ["|"]}}
    custom_fields: {visits: {from: Visites, type: integer}}
"""
TABLES = ("customers", "invoices", "areas", "tags", "invoices_tags")
CUSTOMERS = Upload("clients_1.csv", b"Code;Nom;Solde\nC1;Dupont;1\nC2;Durand;2\n", "imported", "processed")
HEAD = b"No;Client;Zone;Marques;Visites\n"
FIRST = Upload("factures_1.csv", HEAD + b"F1;C1;N;a|b;1\nF2;C1;N;a;2\nF3;C2;N;b;3\nF4;C2;N;;4\n", "imported", "processed")
#: F1 has another list and area, F2 another custom field, F3 and F4 are gone, F5 is new with all of it, F6 waits for C9.
SECOND = Upload("factures_2.csv", HEAD + b"F1;C1;S;b|c;1\nF2;C1;N;a;9\nF5;C2;E;c|d;\nF6;C9;W;e;6\n", "imported", "processed")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("linked")) as made:
        for name, text in ENTITIES.items():
            (made.folder / "config" / "entities" / f"{name}.yaml").write_text(text)
        tenant: Path = made.folder / "config" / "tenants" / "acme.yaml"
        tenant.write_text(tenant.read_text().replace("feeds:\n", FEED))
        yield made


@pytest.fixture(scope="module")
def again(scene: Stage, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], None]:
    """The first night is over, and the second file dropped."""
    scene.reset()
    scene.upload(CUSTOMERS)
    assert scene.run() == 0
    scene.upload(FIRST)
    assert scene.run() == 0
    return kept(scene, tmp_path_factory.mktemp("kept"), SECOND)


def stands(scene: Stage) -> Holding:
    assert isinstance(scene.witness.database, Path)
    return holding(scene.witness.database, TABLES)


def complaints(scene: Stage) -> list[str]:
    """What of the ledger, the letters and the folders is not as it must be once all is quiet."""
    runs = asked(scene.witness.ledger, "SELECT ending FROM runs ORDER BY id")
    open_ = asked(scene.witness.ledger, "SELECT state FROM drops WHERE state NOT IN ('closed', 'put_back')")
    here = [path.name for path in scene.server.drop.iterdir() if path.is_file()]
    letters = {email.message_from_bytes(path.read_bytes())["Message-ID"] for path in scene.witness.mails.iterdir()}
    found = {"runs": runs == [("imported",)] * 3, "drops": open_ == [], "here": here == [], "letters": len(letters) == 3}
    return [name for name, right in found.items() if not right]


def test_killed_at_a_statement_of_the_booking_and_again_in_recovery(scene: Stage, again: Callable[[], None]) -> None:
    again()
    before = stands(scene)
    assert scene.run(statements=True) == 0
    after = stands(scene)
    assert complaints(scene) == []
    assert [len(after[name]) for name in ("invoices", "areas", "tags", "parked", "receipts")] == [5, 3, 4, 1, 3]
    assert {row[4] for row in after["changes"] if row[1] < 0} == {"created", "updated"}
    moments = scene.moments()
    first, last = moments.index("before booking.book"), moments.index("after booking.book")
    chance = random.Random(SEED)
    number_of_the_commit = max(at for at in range(first, last) if moments[at] == "before commit")
    others = sorted(set(range(moments.index("after claims.claim"), len(moments))) - {number_of_the_commit, last})
    chosen = chosen_of((number_of_the_commit, last), others, chance)
    print(f"seed {SEED}: {len(chosen)} of {len(moments)} moments, {last - first} in the booking")
    failures = []
    for number in chosen:
        again()
        assert scene.run(kill_at=number, statements=True) == -9
        wrong = differences(stands(scene), *([before] if number < last else [after]))
        second = second_kill(number, moments)
        scene.run(kill_at=second, statements=True)
        wrong += differences(stands(scene), before, after)
        assert scene.run() == 0
        wrong += differences(stands(scene), after) + complaints(scene)
        if wrong:
            failures.append(f"{number} {moments[number]}, then {second}: {wrong}")
    assert not failures, "\n".join(failures)
