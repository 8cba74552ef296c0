"""Files that are unlike those before them wait for a person, and walk on once it is decided."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from tests.flow.houses import Desk, desk
from tests.unit.formats.packed.archives import zipped

from nightclerk.core.drop import Sighting
from nightclerk.core.errors import OperatorError
from nightclerk.core.run import Counts, Run
from nightclerk.work.decide import decide
from nightclerk.work.recover import recover, tidy

FEED = """  - feed: bills
    files: "bills_*.csv"
    entity: customer
    hold: {{fewer_rows: 50%, changed: 30%, cleared: {{rows: 5, share: 20%}}, {more}}}
    blank: clear
    mapping: {{code: Code, name: Name, print_as: Name, balance: Balance}}
"""


def content(rows: range, name: str = "One", balance: str = "1.50") -> bytes:
    return ("Code,Name,Balance\n" + "".join(f"{row},{name} {row},{balance}\n" for row in rows)).encode()


def feed(more: str = "expires: 7d") -> str:
    return FEED.format(more=more)


def drop(at: Desk, number: int, data: bytes) -> Run:
    at.sources["acme"].put(f"bills_{number}.csv", data)
    at.take()
    return at.house.runs.history()[0]


def names(root: Path) -> dict[str, str]:
    with closing(sqlite3.connect(root / "var" / "app.db")) as database:
        return dict(database.execute("SELECT code, name FROM customers ORDER BY code"))


def test_a_file_with_too_few_rows_waits_and_is_booked_when_it_is_approved(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed()) as at:
        assert drop(at, 1, content(range(20))).ending == "imported"
        held = drop(at, 2, content(range(18, 23)))
        assert (held.ending, held.counts, held.archived_as) == ("held", Counts(rows=5, held=5), None)
        assert held.held is not None
        (reason,) = held.held.reasons
        assert (reason.code, reason.figures) == ("fewer_rows", {"rows": "5", "usual": "20"})
        assert reason.sentence == "The file has 5 rows; the files before it had about 20."
        assert held.held.counts == Counts(rows=5, created=3, unchanged=2)
        assert held.held.totals["balance"]["EUR"].booked == "7.5000"
        assert [change.key for change in held.held.sample] == [{"code": "20"}, {"code": "21"}, {"code": "22"}]
        assert held.held.until == at.clock.now() + timedelta(days=7)
        assert len(names(tmp_path)) == 20
        assert "bills_2.csv" in at.sources["acme"].files
        tidy(at.house)
        assert recover(at.house) == ()

        booked = decide(at.house, held.id, "approve", "ann")[0]
        assert (booked.id, booked.ending, booked.counts) == (held.id, "imported", held.held.counts)
        assert booked.decision is not None
        assert (booked.decision.action, booked.decision.by) == ("approve", "ann")
        assert len(names(tmp_path)) == 23
        assert at.house.claims.begun() == frozenset()
        assert "bills_2.csv" not in at.sources["acme"].files
        assert at.house.spool.kept() == ()


def test_its_letters_say_why_who_decides_and_how_it_ended(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed()) as at:
        drop(at, 1, content(range(20)))
        run = drop(at, 2, content(range(5), name="Deux"))
        (_, held) = at.letters("report")
        assert "Le fichier contient 5 lignes ; les fichiers précédents en contenaient environ 20" in held
        (notice,) = at.letters()
        assert f"nightclerk --config {tmp_path / 'config'} approve {run.id}" in notice
        assert f"refuse {run.id}" in notice
        decide(at.house, run.id, "refuse", "ann", "Export again.")
        (_, _, told) = at.letters("report")
        assert "Export again." in told
        assert len(at.letters()) == 1


def test_a_newer_file_waits_behind_a_held_one(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed()) as at:
        drop(at, 1, content(range(20)))
        held = drop(at, 2, content(range(2), name="Two"))
        assert drop(at, 3, content(range(21), name="One")).id == held.id
        refused = decide(at.house, held.id, "refuse", "ann")[0]
        assert (refused.ending, refused.code, refused.counts) == ("refused", "refused_by_hand", Counts(rows=2, skipped=2))
        at.take()
        last = at.house.runs.history()[0]
        assert (last.file, last.ending, last.counts.created) == ("bills_3.csv", "imported", 1)
        assert any(name.startswith("failed/bills_2") for name in at.sources["acme"].files)


def test_the_newest_wins_where_the_feed_says_so(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed("newest_wins: true")) as at:
        drop(at, 1, content(range(20)))
        held = drop(at, 2, content(range(2)))
        last = drop(at, 3, content(range(21)))
        assert (last.file, last.ending) == ("bills_3.csv", "imported")
        replaced = at.house.runs.get(held.id)
        assert replaced is not None
        assert (replaced.ending, replaced.code) == ("refused", "replaced")
        assert replaced.decision is not None
        assert replaced.decision.action == "replace"


def test_a_hold_expires(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed("expires: 2d")) as at:
        drop(at, 1, content(range(20)))
        held = drop(at, 2, content(range(2)))
        at.round(days=1)
        assert at.house.holds.waiting("acme") == (held,)
        (ended,) = at.round(days=1, minutes=1).runs
        assert (ended.id, ended.ending, ended.code) == (held.id, "refused", "hold_expired")
        assert at.house.claims.begun() == frozenset()


def test_what_is_decided_once_is_decided(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed()) as at:
        first = drop(at, 1, content(range(20)))
        held = drop(at, 2, content(range(2)))
        with pytest.raises(OperatorError, match=f"Run {first.id} is not held: it ended as imported"):
            decide(at.house, first.id, "approve", "ann")
        with pytest.raises(OperatorError, match="There is no finished run 99"):
            decide(at.house, 99, "approve", "ann")
        decide(at.house, held.id, "refuse", "ann")
        with pytest.raises(OperatorError, match=f"Run {held.id} was decided before: ann refused it."):
            decide(at.house, held.id, "approve", "ann")
        assert at.house.runs.get(held.id) == at.house.runs.history()[0]


def test_what_was_approved_is_the_file_that_was_seen(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed()) as at:
        drop(at, 1, content(range(20)))
        held = drop(at, 2, content(range(2)))
        (spooled,) = (tmp_path / "var" / "spool" / str(held.drop)).glob("*.data")
        spooled.rename(spooled.with_name("0" * 64 + ".data"))
        ended = decide(at.house, held.id, "approve", "ann")[0]
        assert (ended.ending, ended.code) == ("refused", "incomplete")


def test_a_held_file_that_the_spool_has_lost_is_fetched_again(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed()) as at:
        drop(at, 1, content(range(20)))
        held = drop(at, 2, content(range(2)))
        at.house.spool.sweep([held.drop])
        assert decide(at.house, held.id, "approve", "ann")[0].ending == "imported"


def test_of_several_feeds_each_run_is_decided_on_its_own(tmp_path: Path) -> None:
    """Both feeds read members of one archive."""
    parts = [
        feed().replace("bills", name).replace(f'"{name}_*.csv"', f'"nights*.zip"\n    members: "{name}*.csv"')
        for name in ("bills", "dues")
    ]
    with desk(tmp_path, feeds="".join(parts)) as at:

        def night(number: int, bills: bytes, dues: bytes) -> dict[str | None, Run]:
            at.sources["acme"].put(f"nights_{number}.zip", zipped({"bills.csv": bills, "dues.csv": dues}))
            at.take()
            return {run.feed: run for run in at.house.runs.history(limit=2)}

        night(1, content(range(20)), content(range(100, 120)))
        runs = night(2, content(range(3)), content(range(100, 103)))
        assert {run.ending for run in runs.values()} == {"held"}
        assert decide(at.house, runs["bills"].id, "approve", "ann")[0].ending == "imported"
        assert at.house.holds.waiting("acme") == (runs["dues"],)
        assert len(at.letters("report")) == 3
        assert decide(at.house, runs["dues"].id, "refuse", "ann")[0].ending == "refused"
        assert at.house.claims.begun() == frozenset()
        assert at.house.runs.get(runs["bills"].id).ending == "imported"  # type: ignore[union-attr]
        assert len(at.letters("report")) == 4
        assert at.house.spool.kept() == ()


def test_a_feed_whose_other_half_is_held_waits_too(tmp_path: Path) -> None:
    parts = [
        feed().replace("bills", name).replace(f'"{name}_*.csv"', f'"nights*.zip"\n    members: "{name}*.csv"')
        for name in ("bills", "dues")
    ]
    with desk(tmp_path, feeds="".join(parts)) as at:
        for number, dues in ((1, range(100, 120)), (2, range(100, 103)), (3, range(100, 120))):
            at.sources["acme"].put(f"nights_{number}.zip", zipped({"bills.csv": content(range(20)), "dues.csv": content(dues)}))
            at.take()
        runs = at.house.runs.history()
        assert [(run.feed, run.ending) for run in runs] == [
            ("dues", "held"), ("bills", "imported"), ("dues", "imported"), ("bills", "imported")
        ]  # fmt: skip


def test_what_would_be_changed_and_cleared(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed()) as at:
        drop(at, 1, content(range(20)))
        held = drop(at, 2, content(range(20), balance=""))
        assert held.held is not None
        assert [reason.code for reason in held.held.reasons] == ["changed", "cleared", "cleared"]
        assert (held.effects, held.held.effects) == ({}, {"cleared": {"balance": 20}})
        assert [(change.before, change.after) for change in held.held.sample][:1] == [({"balance": "1.5000"}, {"balance": None})]
        assert len(held.held.sample) == 20


def test_a_trial_and_corrected_rows_are_not_held(tmp_path: Path) -> None:
    from nightclerk.work.hand_in import hand_in

    with desk(tmp_path, feeds=feed()) as at:
        drop(at, 1, content(range(20)))
        path = tmp_path / "bills_2.csv"
        path.write_bytes(content(range(20), balance=""))
        (trial,) = hand_in(at.house, "acme", path, "bills", ("1",))
        assert trial.ending == "imported"
        (held,) = hand_in(at.house, "acme", path, "bills", None)
        assert held.ending == "held"
        assert decide(at.house, held.id, "approve", "ann")[0].ending == "imported"
        assert path.exists()


def test_a_daemon_that_died_after_the_decision_leaves_the_rest_to_the_next(tmp_path: Path) -> None:
    from nightclerk.core.run import Decision

    with desk(tmp_path, feeds=feed()) as at:
        drop(at, 1, content(range(20)))
        held = drop(at, 2, content(range(19, 22)))
        assert at.house.holds.decide(held.id, Decision("approve", at.clock.now(), "ann")) == "decided"
        (ended,) = at.round().runs
        assert (ended.id, ended.ending) == (held.id, "imported")


def test_the_look_of_a_held_file_stays_so_that_it_is_not_taken_again(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feed()) as at:
        drop(at, 1, content(range(20)))
        held = drop(at, 2, content(range(2)))
        for _ in range(3):
            at.take()
        assert at.house.runs.history()[0].id == held.id
        look = at.house.looks.of("acme")["bills_2.csv"]
        assert isinstance(look.sighting, Sighting)
        assert look.drop == held.drop
