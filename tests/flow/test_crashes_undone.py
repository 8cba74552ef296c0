"""All or nothing, where a run is taken back: killed at each step of the undo and each statement, and again in recovery."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from tests.flow.nights import Holding, differences, holding, kept, second_kill
from tests.flow.shares import chosen_of
from tests.flow.stage import Stage, stage
from tests.flow.test_crashes import SEED
from tests.flow.witness import Upload, asked

pytestmark = pytest.mark.server("sshd")

FIRST = Upload("clients_1.csv", b"Code;Nom;Solde\nC1;Dupont;1\nC2;Durand;2\n", "imported", "processed")
SECOND = Upload("clients_2.csv", b"Code;Nom;Solde\nC1;Dupont & fils;1\nC3;Petit;3\n", "imported", "processed")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("undone")) as made:
        yield made


@pytest.fixture(scope="module")
def again(scene: Stage, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], None]:
    """Both files are booked."""
    scene.reset()
    for upload in (FIRST, SECOND):
        scene.upload(upload)
        assert scene.run() == 0
    return kept(scene, tmp_path_factory.mktemp("kept"))


def stands(scene: Stage) -> Holding:
    assert not isinstance(scene.witness.database, str)
    return holding(scene.witness.database, ["customers"])


def complaints(scene: Stage, run: int) -> list[str]:
    """What the ledger does not say as it must once all is quiet: the run was taken back by one other, and nothing is open."""
    undos = asked(scene.witness.ledger, "SELECT CAST(detail AS text) FROM runs WHERE ending = 'undo'")
    undone = asked(scene.witness.ledger, f"SELECT undone_by IS NOT NULL FROM runs WHERE id = {run}")
    states = asked(scene.witness.ledger, "SELECT state FROM drops WHERE state NOT IN ('closed', 'put_back')")
    found = {"undos": len(undos) == 1, "undone": undone == [(1,)], "drops": states == []}
    return [name for name, right in found.items() if not right]


def test_killed_at_a_step_of_an_undo_and_again_in_recovery(scene: Stage, again: Callable[[], None]) -> None:
    again()
    ((run,),) = asked(scene.witness.ledger, "SELECT max(id) FROM runs")
    before = stands(scene)
    assert scene.run(undo=run, statements=True) == 0
    after = stands(scene)
    assert complaints(scene, run) == []
    assert [row[1:3] for row in after["customers"]] == [("C1", "Dupont"), ("C2", "Durand")]
    moments = scene.moments()
    booked, recorded = moments.index("after undoing.book"), moments.index("after undos.record")
    chance = random.Random(SEED)
    steps = range(moments.index("before undos.claim"), len(moments))
    # One before the commit and one after it, unless more of them are asked for.
    few = (booked, chance.choice(range(moments.index("before undoing.others"), booked)))
    chosen = chosen_of(few, steps, chance)
    print(f"seed {SEED}: {len(chosen)} of {len(steps)} moments, recorded at {recorded}")
    failures = []
    for number in chosen:
        again()
        assert scene.run(kill_at=number, undo=run, statements=True) == -9
        wrong = differences(stands(scene), before if number < booked else after)
        second = second_kill(number, moments)
        scene.run(kill_at=second, undo=run, statements=True)
        wrong += differences(stands(scene), before, after)
        assert scene.run(undo=run) == 0
        wrong += differences(stands(scene), after) + complaints(scene, run)
        if wrong:
            failures.append(f"{number} {moments[number]}, then {second}: {wrong}")
    assert not failures, "\n".join(failures)
