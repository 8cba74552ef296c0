"""Nothing lost, nothing twice, with ledger, target or both on a PostgreSQL server: a sample of the kills of test_crashes."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from tests.flow.stage import Stage, stage
from tests.flow.test_crashes import CLIENTS, SECOND, SEED, TABLE
from tests.servers.postgres import shared_server

pytestmark = [pytest.mark.server("sshd"), pytest.mark.server("postgres")]

BOTH = [CLIENTS, SECOND]
#: The moments around the commits whose order carries everything: claimed, booked, recorded, put away.
MOMENTS = ("after claims.claim", "before booking.book", "after booking.book", "after runs.record", "before claims.close")


def places(kind: str) -> dict[str, str]:
    server = shared_server()
    address = server.url(server.create_database())
    return {name: address for name in ("database", "ledger") if kind in {name, "both in one"}}


@pytest.mark.parametrize(("kind", "kills"), [("both in one", 2), ("database", 1), ("ledger", 1)])
def test_killed_around_the_commits_and_again_in_recovery(tmp_path: Path, kind: str, kills: int) -> None:
    chance = random.Random(f"{SEED} {kind}")
    print(f"seed {SEED}")
    with stage(tmp_path, **places(kind)) as scene:
        fresh(scene)
        assert scene.run() == 0
        assert scene.witness.testify(BOTH, TABLE) == []
        moments = scene.moments()
        chosen = [number for number, moment in enumerate(moments) if moment in MOMENTS]
        if not os.environ.get("NIGHTCLERK_CRASH_SHARE"):
            chosen = sorted(chance.sample(chosen, kills))
        for number in chosen:
            fresh(scene)
            assert scene.run(kill_at=number) == -9
            second = chance.randrange(0, max(len(moments) - number, 1) + 8)
            scene.run(kill_at=second)
            assert scene.run() == 0
            assert scene.witness.testify(BOTH, TABLE) == [], f"{number} {moments[number]}, then {second}"


def fresh(scene: Stage) -> None:
    scene.reset()
    for upload in BOTH:
        scene.upload(upload)
