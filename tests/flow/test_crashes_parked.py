"""Nothing lost, nothing twice, where rows wait for others: killed at a step of taking them up, restarted, killed again."""

from __future__ import annotations

import email
import email.policy
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

INVOICE = """
entity: invoice
table: invoices
key: [number]
fields:
  number: {type: text}
  customer: {type: reference, to: customer}
"""
FEED = """feeds:
  - feed: factures
    files: "factures*.csv"
    entity: invoice
    mapping: {number: No, customer: Client}
"""
INVOICES = Upload("factures_1.csv", b"No;Client\nF1;C1\nF2;C2\nF3;C9\n", "imported", "processed", rows=3)
CUSTOMERS = Upload("clients_1.csv", b"Code;Nom;Solde\nC1;Dupont;1\nC2;Durand;2\n", "imported", "processed", rows=2, created=2)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("parked")) as made:
        (made.folder / "config" / "entities" / "invoice.yaml").write_text(INVOICE)
        tenant: Path = made.folder / "config" / "tenants" / "acme.yaml"
        tenant.write_text(tenant.read_text().replace("feeds:\n", FEED))
        yield made


def first_night(scene: Stage) -> None:
    """The invoices come, and wait."""
    scene.reset()
    scene.upload(INVOICES)
    assert scene.run() == 0
    scene.upload(CUSTOMERS)


def complaints(scene: Stage) -> list[str]:
    """What is not as it must be once all is quiet."""
    witness = scene.witness
    runs: list[dict[str, Any]] = [
        json.loads(detail) for (detail,) in asked(witness.ledger, "SELECT CAST(detail AS text) FROM runs ORDER BY id")
    ]
    retried = [run for run in runs if run["retries"] is not None]
    letters = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in witness.mails.iterdir()]
    named = {
        run["id"]: len({str(one["Message-ID"]) for one in letters if one["X-Nightclerk-Run"] == str(run["id"])}) for run in runs
    }
    found = {
        "invoices": asked(witness.database, "SELECT number, customer FROM invoices ORDER BY number"),
        "parked": asked(witness.database, "SELECT line, missing FROM nightclerk_parked"),
        "logged": asked(witness.database, "SELECT entity, count(*) FROM nightclerk_changes GROUP BY entity ORDER BY entity"),
        "retries": [(run["ending"], run["counts"]["rows"], run["counts"]["created"]) for run in retried],
        "letters": sorted(named.values()),
        "drops": asked(witness.ledger, "SELECT DISTINCT state FROM drops WHERE state NOT IN ('closed', 'put_back')"),
    }
    wanted: dict[str, list[Any]] = {
        "invoices": [("F1", "C1"), ("F2", "C2")],
        "parked": [(4, '{"customer":"C9"}')],
        "logged": [("customer", 2), ("invoice", 2)],
        "retries": [("imported", 2, 2)],
        "letters": [1, 1, 1],
        "drops": [],
    }
    return [f"{name}: {found[name]}" for name in found if found[name] != wanted[name]]


def test_killed_at_a_moment_of_a_retry_and_again_in_recovery(scene: Stage) -> None:
    first_night(scene)
    assert scene.run() == 0
    assert complaints(scene) == []
    moments = scene.moments()
    second_booking = [at for at, moment in enumerate(moments) if moment == "after booking.book"][1]
    first = max(at for at, moment in enumerate(moments[:second_booking]) if moment == "after claims.close")
    chance = random.Random(SEED)
    decisive = [second_booking - 1, second_booking, moments.index("after runs.record", second_booking)]
    others = sorted(set(range(first, len(moments))) - set(decisive))
    chosen = chosen_of(decisive, others, chance)
    print(f"seed {SEED}: {len(chosen)} of {len(moments) - first} moments")
    failures = []
    for number in chosen:
        first_night(scene)
        assert scene.run(kill_at=number) == -9
        second = random.Random(f"{SEED} {number}").randrange(0, max(len(moments) - number, 1) + 8)
        scene.run(kill_at=second)
        assert scene.run() == 0
        if wrong := complaints(scene):
            failures.append(f"{number} {moments[number]}, then {second}: {wrong}")
    assert not failures, "\n".join(failures)
