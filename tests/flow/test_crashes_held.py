"""Nothing lost, nothing twice, where a file is held and approved: killed at a step of the decision, restarted, killed again."""

from __future__ import annotations

import email
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.flow.shares import chosen_of
from tests.flow.stage import Stage, stage
from tests.flow.test_crashes import SEED
from tests.flow.witness import Upload, asked

pytestmark = pytest.mark.server("sshd")

FIRST = Upload(
    "clients_1.csv", b"Code;Nom;Solde\n0001;Dupont;1234,50\n0003;Petit;0,10\n", "imported", "processed", rows=2, created=2
)
#: Two letters to its readers and one to ops.
TWO = b"Code;Nom;Solde\n0001;Dupont;\n0004;Moreau;7\n"
HELD = Upload("clients_2.csv", TWO, "imported", "processed", rows=2, created=1, updated=1, letters=3)
BEHIND = Upload("clients_3.csv", b"Code;Nom;Solde\n0004;Moreau;8\n", "imported", "processed", rows=1, updated=1)
ALL = [FIRST, HELD, BEHIND]
TABLE: dict[str, tuple[str, ...]] = {
    "0001": ("Dupont", None),  # type: ignore[dict-item]  # cleared
    "0003": ("Petit", "0.1000"),
    "0004": ("Moreau", "8.0000"),
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("held")) as made:
        tenant: Path = made.folder / "config" / "tenants" / "acme.yaml"
        guarded = "    blank: clear\n    hold: {cleared: {rows: 0}}\n    mapping:"
        tenant.write_text(tenant.read_text().replace("    mapping:", guarded))
        yield made


@pytest.fixture
def in_part(scene: Stage) -> Iterator[Stage]:
    """What is safe in a held file is booked at once."""
    tenant: Path = scene.folder / "config" / "tenants" / "acme.yaml"
    before = tenant.read_text()
    tenant.write_text(before.replace("{cleared: {rows: 0}}", "{cleared: {rows: 0}, hold_part: true}"))
    yield scene
    tenant.write_text(before)


def fresh(scene: Stage) -> None:
    scene.reset()
    for upload in ALL:
        scene.upload(upload)


def test_killed_at_a_moment_of_a_decision_and_again_in_recovery(scene: Stage) -> None:
    fresh(scene)
    assert scene.run(approve=True) == 0
    assert scene.witness.testify(ALL, TABLE) == []
    moments = scene.moments()
    first = moments.index("before holds.decide")
    chance = random.Random(SEED)
    decisive = [first + 1, moments.index("after booking.book", first), moments.index("after runs.record", first)]
    chosen = chosen_of(decisive, range(moments.index("after booking.book") + 1, len(moments)), chance)
    print(f"seed {SEED}: {len(chosen)} of {len(moments)} moments")
    failures = []
    for number in chosen:
        fresh(scene)
        assert scene.run(kill_at=number, approve=True) == -9
        second = random.Random(f"{SEED} {number}").randrange(0, max(len(moments) - number, 1) + 8)
        scene.run(kill_at=second, approve=True)
        assert scene.run(approve=True) == 0
        complaints = scene.witness.testify(ALL, TABLE)
        if complaints:
            failures.append(f"{number} {moments[number]}, then {second}: {complaints}")
    assert not failures, "\n".join(failures)


def facts(scene: Stage) -> dict[str, Any]:
    """What is so once all is quiet, without what each night has of its own: numbers of attempts, times."""
    ledger, database = scene.witness.ledger, scene.witness.database
    runs = [(ending, json.loads(detail)) for ending, detail in asked(ledger, "SELECT ending, detail FROM runs ORDER BY id")]
    letters = {}
    for path in scene.witness.mails.iterdir():
        letter = email.message_from_bytes(path.read_bytes())
        letters[str(letter["Message-ID"])] = str(letter["Subject"])
    drop = [path for path in scene.server.drop.rglob("*") if path.is_file()]
    return {
        "runs": [(run["file"], ending, {name: n for name, n in run["counts"].items() if n}) for ending, run in runs],
        "drops": asked(ledger, "SELECT state, count(*) FROM drops GROUP BY state"),
        "rows": sorted(asked(database, "SELECT code, name, CAST(balance AS text) FROM customers"), key=str),
        "changes": sorted(asked(database, "SELECT kind, key, fields FROM nightclerk_changes"), key=str),
        "receipts": asked(database, "SELECT count(*) FROM nightclerk_receipts"),
        "letters": sorted(letters.values()),
        "server": sorted((path.parent.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in drop),
        "spool": [path.name for path in (scene.folder / "var" / "spool").rglob("*") if path.is_file()],
    }


def test_killed_at_a_moment_of_a_file_that_is_held_in_part_and_again_in_recovery(in_part: Stage) -> None:
    fresh(in_part)
    assert in_part.run(approve=True) == 0
    quiet = facts(in_part)
    assert quiet["runs"] == [
        ("clients_1.csv", "imported", {"rows": 2, "created": 2}),
        ("clients_2.csv", "imported", {"rows": 2, "created": 1, "held": 1}),
        ("clients_2.csv", "imported", {"rows": 2, "updated": 1, "unchanged": 1}),
        ("clients_3.csv", "imported", {"rows": 1, "updated": 1}),
    ]
    assert {code: (name, balance) for code, name, balance in quiet["rows"]} == TABLE
    assert (quiet["receipts"], len(quiet["changes"]), quiet["spool"]) == ([(4,)], 5, [])
    moments = in_part.moments()
    part = moments.index("after booking.book", moments.index("after booking.book") + 1)
    decided = moments.index("before holds.decide")
    rest = moments.index("after booking.book", decided)
    decisive = [part, moments.index("after runs.record", part), decided + 1, rest, moments.index("after runs.record", rest)]
    chosen = chosen_of(decisive, range(moments.index("after booking.book") + 1, len(moments)), random.Random(SEED))
    print(f"seed {SEED}: {len(chosen)} of {len(moments)} moments")
    failures = []
    for number in chosen:
        fresh(in_part)
        assert in_part.run(kill_at=number, approve=True) == -9
        second = random.Random(f"{SEED} {number}").randrange(0, max(len(moments) - number, 1) + 8)
        in_part.run(kill_at=second, approve=True)
        assert in_part.run(approve=True) == 0
        found = facts(in_part)
        failures += [
            f"{number} {moments[number]}, then {second}: {name}: {found[name]}" for name in quiet if found[name] != quiet[name]
        ]
    assert not failures, "\n".join(failures)
