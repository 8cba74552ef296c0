"""The test of the test: planted mistakes in the protocol are each caught by the witness."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.flow.stage import Stage, stage
from tests.flow.test_crashes import CLIENTS, SECOND
from tests.flow.witness import Upload
from tests.servers.postgres import postgres_url

from nightclerk.core.retry import MOST_TRIES

pytestmark = pytest.mark.server("sshd")
AFTER_FIRST = {"0001": ("Dupont", "1234.5000"), "0003": ("Petit", "0.1000")}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("mistakes"), unchanged_for="0.01s") as made:
        yield made


@pytest.fixture(scope="module")
def on_a_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    address = postgres_url()
    with stage(tmp_path_factory.mktemp("mistakes"), unchanged_for="0.01s", database=address, ledger=address) as made:
        yield made


@pytest.mark.parametrize(
    "mistake, moment, told",
    [
        ("archive_before_commit", "before booking.book", "table: "),
        ("letter_outside", "before outbox.add", "mailbox: 0 letters"),
        ("receipt_left_out", "after booking.book", "target: 2 receipts"),
    ],
)
def test_a_wrong_order_is_caught(scene: Stage, mistake: str, moment: str, told: str) -> None:
    """Killed at the moment where the mistake bites; the crash test itself goes through all moments."""
    wrong_order(scene, mistake, moment, told)


@pytest.mark.server("postgres")
def test_a_wrong_order_is_caught_on_postgresql(on_a_server: Stage) -> None:
    wrong_order(on_a_server, "receipt_left_out", "after booking.book", "target: 2 receipts")


def wrong_order(scene: Stage, mistake: str, moment: str, told: str) -> None:
    scene.reset()
    scene.upload(CLIENTS)
    scene.run(mistake=mistake)
    number = scene.moments().index(moment)
    scene.reset()
    scene.upload(CLIENTS)
    assert scene.run(kill_at=number, mistake=mistake) == -9
    scene.run(mistake=mistake)
    complaints = scene.witness.testify([CLIENTS], AFTER_FIRST)
    assert any(told in complaint for complaint in complaints), complaints


def torn(scene: Stage, mistake: str) -> list[str]:
    rows = [f"{number:04};Dupont;{{}},00\r\n" for number in range(10)]
    content = "Code;Nom;Solde\r\n" + "".join(rows)
    old, new = (
        Upload("clients_1.csv", content.replace("{}", digit).encode(), "imported", "processed", rows=10, created=10)
        for digit in "13"
    )
    scene.reset()
    scene.upload(old)
    folder = scene.server.drop.parent / "torn"
    folder.mkdir()
    (folder / old.name).write_bytes(new.content)
    scene.run(mistake=mistake)
    return scene.witness.testify([new], {f"{number:04}": ("Dupont", "3.0000") for number in range(10)})


def test_without_a_second_look_a_torn_file_is_caught(scene: Stage) -> None:
    assert torn(scene, "torn_upload") == [], "the protocol itself copes"
    assert any("bytes nobody uploaded" in complaint for complaint in torn(scene, "no_second_look"))


def same_stem(scene: Stage, mistake: str) -> list[str]:
    """Two names that a file system may not tell apart once they are made safe, taken one right after the other."""
    # The first file pays for starting the reader, so that the other two are claimed close together.
    first = Upload("clients 0.csv", b"Code;Nom;Solde\r\n0009;Zoe;1\r\n", "imported", "processed", rows=1, created=1)
    spaced = Upload("clients 1.csv", SECOND.content, "imported", "processed", rows=2, created=2)
    scene.reset()
    for upload in (first, spaced, CLIENTS):
        scene.upload(upload)
    scene.run(mistake=mistake)
    known = Upload(CLIENTS.name, CLIENTS.content, CLIENTS.ending, "processed", rows=3, created=1, updated=1, rejected=1)
    return scene.witness.testify([first, spaced, known], AFTER_FIRST | {"0004": ("Moreau", "7.0000"), "0009": ("Zoe", "1.0000")})


def test_a_name_without_the_run_is_caught(scene: Stage) -> None:
    assert same_stem(scene, "none") == [], "the protocol itself copes"
    # Only files claimed within one second collide; the clock may tick between the two.
    nights = (same_stem(scene, "name_without_run") for _ in range(5))
    assert any("archive: " in complaint and "0 times" in complaint for complaints in nights for complaint in complaints)


def poisoned(scene: Stage, mistake: str, times: int) -> list[str]:
    bad = Upload("clients_1.csv", b"Code;Nom;Solde\r\nPOISON;x;1\r\n", "refused", "failed")
    scene.reset()
    scene.upload(bad)
    for _ in range(times):
        if scene.run(mistake=mistake) == 0:
            break
    return scene.witness.testify([bad], {})


def test_the_protocol_copes_with_poison(scene: Stage) -> None:
    assert poisoned(scene, "poison", times=MOST_TRIES + 1) == []


def test_attempts_counted_late_are_caught(scene: Stage) -> None:
    complaints = poisoned(scene, "attempts_counted_late", times=MOST_TRIES + 1)
    assert any("drops are open" in complaint for complaint in complaints), complaints
