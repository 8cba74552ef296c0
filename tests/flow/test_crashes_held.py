"""Nothing lost, nothing twice, where a file is held and approved: killed at a step of the decision, restarted, killed again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.shares import chosen_of
from tests.flow.stage import Stage, stage
from tests.flow.test_crashes import SEED
from tests.flow.witness import Upload

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
