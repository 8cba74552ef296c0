"""``kill -9`` in a loop under load: of the daemon, its readers and PostgreSQL, while connections break and processes freeze.

``make test`` runs a short form; ``make kills`` and ``make torture`` run it for longer (NIGHTCLERK_KILLS, NIGHTCLERK_SEED).
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from tests.flow.checking import Findings, examine, left_to_do
from tests.flow.ground import Ground, ground
from tests.flow.killer import Killer
from tests.servers.postgres import shared_server

pytestmark = [pytest.mark.server("sshd"), pytest.mark.server("postgres")]

SEED = int(os.environ.get("NIGHTCLERK_SEED", "20261121"))
#: On what database and ledger are, and how often it is killed on each; the short form makes one pass.
BOOKS = ["postgresql", "sqlite"] if "NIGHTCLERK_KILLS" in os.environ else ["postgresql"]
KILLS = int(os.environ.get("NIGHTCLERK_KILLS", "3")) // len(BOOKS)
#: How long all may take to come to rest once the last file has dropped, in seconds.
PATIENCE = 240.0
#: What bad weather laid to rest for minutes goes on when the daemon is started anew: after so long without a move, in seconds.
ANEW = 6.0


@pytest.mark.parametrize("books", BOOKS)
def test_nothing_is_lost_and_nothing_is_booked_twice(tmp_path: Path, books: str) -> None:
    print(f"\n{books}: seed {SEED}", flush=True)
    server = shared_server() if books == "postgresql" else None
    with ground(tmp_path, SEED, server) as at:
        made = at.site.command("tables", "create")
        assert made.returncode == 0, made.stdout + made.stderr
        killer = Killer(at, random.Random(f"{SEED} {books}"))
        began = time.monotonic()
        with at.loaded():
            at.wait_until_told("serving")
            while killer.kills < KILLS:
                killer.strike()
                time.sleep(killer.pause())
                at.serve()
        lasted = time.monotonic() - began
        found = until_at_rest(at)
        told(at, killer, found, lasted)
        print(f"  at rest after {time.monotonic() - began - lasted:.0f} s more", flush=True)
        assert not found.wrong, "\n".join(found.wrong[:20])
        # Ten kills on one file are chance now and then; more of them are tries that nobody gave back.
        assert found.put_aside <= max(2, found.runs // 50), f"{found.put_aside} files were put aside"
        assert not found.to_operators, "nothing happened that ops could mend"
        at.kill()
        assert not (faults := at.faults()), f"{len(faults)} faults, such as {faults[0]}"
        doctor = at.site.command("doctor")
        assert doctor.returncode == 0, doctor.stdout + doctor.stderr


def until_at_rest(at: Ground) -> Findings:
    """Waits until all that was dropped is done with, and returns what the checker says then."""
    until, anew, before = time.monotonic() + PATIENCE, time.monotonic() + ANEW, None
    while any(left := left_to_do(at.installation, at.tenants)) and time.monotonic() < until:
        if left != before:
            before, anew = left, time.monotonic() + ANEW
        if time.monotonic() > anew:
            at.kill()
            at.site.command("post")
            at.serve()
            anew = time.monotonic() + ANEW
        time.sleep(0.3)
    print(f"  left to do: {left}")
    time.sleep(1)
    return examine(at.installation, at.tenants)


def told(at: Ground, killer: Killer, found: Findings, lasted: float) -> None:
    """Prints the figures."""
    uploads = sum(len(sender.sent.uploads) for sender in at.senders)
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(killer.counts.items()))
    print(f"  {killer.kills} kills in {lasted:.0f} s: {kinds}; the daemon was started {at.starts} times")
    print(f"  {uploads} uploads ({uploads / lasted:.1f} a second), {found.runs} runs, {found.put_aside} put aside")
    print(f"  {found.letters} letters, {found.posted_twice} handed in twice, {len(found.to_operators)} to ops")
    for text in found.to_operators:
        print("    " + " ".join(text.split())[:300])
    print(f"  {len(found.wrong)} violations", flush=True)
