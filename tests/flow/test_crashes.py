"""Nothing lost, nothing twice: killed before or after a durable act, restarted, killed again, restarted.

A few moments by the seed are tried in `make test`, all of them in `make kills`.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.stage import Stage, stage
from tests.flow.witness import Upload

pytestmark = pytest.mark.server("sshd")

SEED = int(os.environ.get("NIGHTCLERK_SEED", "20261121"))
CLIENTS = Upload(
    "clients_1.csv",
    b"Code;Nom;Solde\r\n0001;Dupont;1234,50\r\n0002;Durand;abc\r\n0003;Petit;0,10\r\n",
    ending="imported_with_rejects",
    place="processed",
    rows=3,
    created=2,
    rejected=1,
)
SECOND = Upload(
    "clients_2.csv",
    b"Code;Nom;Solde\r\n0001;Dupont & fils;1234,50\r\n0004;Moreau;7\r\n",
    ending="imported",
    place="processed",
    rows=2,
    created=1,
    updated=1,
)
STRANGE = Upload("notes.txt", b"not for us", ending="unrecognised", place="here")
EMPTY = Upload("clients_0.csv", b"", ending="empty", place="failed")
ALL = [CLIENTS, SECOND, STRANGE, EMPTY]
TABLE = {
    "0001": ("Dupont & fils", "1234.5000"),
    "0003": ("Petit", "0.1000"),
    "0004": ("Moreau", "7.0000"),
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("crashes")) as made:
        yield made


def fresh(scene: Stage, uploads: list[Upload]) -> None:
    scene.reset()
    for upload in uploads:
        scene.upload(upload)


def moments_of(scene: Stage, uploads: list[Upload]) -> list[str]:
    fresh(scene, uploads)
    assert scene.run() == 0
    assert scene.witness.testify(uploads, TABLE) == []
    return scene.moments()


#: Where the order of commits carries everything; each of them is always among those chosen.
CRITICAL = ("after claims.claim", "after booking.book", "after runs.record", "after source.release", "after channel.post")
#: So many moments are chosen unless NIGHTCLERK_CRASH_SHARE says what share of those that repeat is to be added to all others.
FEW = 6
#: So many tests share the chosen moments, so that several processors can.
PARTS = 3


def chosen_of(moments: list[str]) -> list[int]:
    """Given the moments of a whole night; returns the numbers of those to be killed at, by the seed."""
    chance = random.Random(SEED)
    of_name: dict[str, list[int]] = {}
    for number, moment in enumerate(moments):
        of_name.setdefault(moment, []).append(number)
    share = os.environ.get("NIGHTCLERK_CRASH_SHARE")
    if share is not None:
        firsts = [numbers[0] for numbers in of_name.values()]
        return sorted({*firsts, *(number for number in range(len(moments)) if chance.random() < float(share))})
    always = {chance.choice(of_name[name]) for name in CRITICAL}
    return sorted(always | set(chance.sample(sorted(set(range(len(moments))) - always), FEW - len(always))))


@pytest.fixture(scope="module")
def moments(scene: Stage) -> list[str]:
    return moments_of(scene, ALL)


@pytest.mark.parametrize("part", range(PARTS))
def test_killed_at_a_moment_and_again_in_recovery(scene: Stage, moments: list[str], part: int) -> None:
    chosen = chosen_of(moments)[part::PARTS]
    print(f"seed {SEED}: {len(chosen)} of {len(moments)} moments")
    failures = []
    for number in chosen:
        fresh(scene, ALL)
        assert scene.run(kill_at=number) == -9
        second = random.Random(f"{SEED} {number}").randrange(0, max(len(moments) - number, 1) + 8)
        scene.run(kill_at=second)
        assert scene.run() == 0
        complaints = scene.witness.testify(ALL, TABLE)
        if complaints:
            failures.append(f"{number} {moments[number]}, then {second}: {complaints}")
    assert not failures, "\n".join(failures)


def test_killed_by_the_clock(scene: Stage) -> None:
    """Also inside the acts: SIGKILL after a random while, several times, until the work is done."""
    chance = random.Random(SEED + 1)
    print(f"seed {SEED}")
    for _ in range(int(os.environ.get("NIGHTCLERK_CLOCK_KILLS", "2"))):
        fresh(scene, ALL)
        for _ in range(3):
            scene.acts.unlink(missing_ok=True)
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.flow.corridor", str(scene.folder / "config"), str(scene.acts)],
                cwd=Path(__file__).parents[2],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                process.wait(chance.uniform(0.5, 2.0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        assert scene.run() == 0
        assert scene.witness.testify(ALL, TABLE) == []


def test_a_newer_upload_of_the_same_name_survives(scene: Stage) -> None:
    older = CLIENTS
    newer = Upload("clients_1.csv", SECOND.content, "imported", "processed", rows=2, created=1, updated=1)
    fresh(scene, [older])
    assert scene.run() == 0
    scene.upload(newer)
    assert scene.run() == 0
    assert scene.witness.testify([older, newer], TABLE) == []


def test_the_same_file_again_is_a_duplicate(scene: Stage) -> None:
    again = Upload(SECOND.name, SECOND.content, "duplicate", "processed", rows=2, skipped=2)
    first = Upload(SECOND.name, SECOND.content, "imported", "processed", rows=2, created=2)
    fresh(scene, [first])
    assert scene.run() == 0
    scene.upload(again)
    assert scene.run() == 0
    table = {"0001": ("Dupont & fils", "1234.5000"), "0004": ("Moreau", "7.0000")}
    assert scene.witness.testify([first, again], table) == []
