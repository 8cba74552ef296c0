from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nightclerk.core.drop import Look, Sighting
from nightclerk.core.ordering import Turn, in_order
from nightclerk.core.settling import Settled

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def file(name: str, verdict: Any, stamp: int = 0) -> Settled:
    return Settled(Look(Sighting(name, 1, stamp), NOW, NOW, NOW), verdict)


def names(turns: tuple[Turn, ...]) -> list[str]:
    return [turn.sighting.name for turn in turns]


def test_by_name_or_by_time() -> None:
    files = [file("c", "ready", 1), file("a", "ready", 3), file("b", "ready", 2)]
    assert names(in_order("name", files)) == ["a", "b", "c"]
    assert names(in_order("time", files)) == ["c", "b", "a"]
    assert names(in_order("time", [file("b", "ready"), file("a", "ready")])) == ["a", "b"]


def test_nobody_overtakes_a_waiting_file() -> None:
    assert names(in_order("name", [file("a", "ready"), file("b", "waiting"), file("c", "ready")])) == ["a"]


def test_an_unstable_file_is_passed_and_named() -> None:
    files = [
        file("a", "ready"),
        file("b", "unstable"),
        file("c", "ready"),
        file("d", "unstable"),
        file("e", "ready"),
        file("f", "unstable"),
    ]
    assert [(turn.sighting.name, turn.passed) for turn in in_order("name", files)] == [
        ("a", ()),
        ("c", ("b",)),
        ("e", ("b", "d")),
    ]


def test_taken_and_temporary_files_do_not_count() -> None:
    assert names(in_order("name", [file("a", "taken"), file("b", "temporary"), file("c", "ready")])) == ["c"]


@given(
    st.lists(
        st.tuples(
            st.text(max_size=3), st.sampled_from(["ready", "waiting", "unstable", "taken", "temporary"]), st.integers(0, 3)
        ),
        unique_by=lambda one: one[0],
    ),
    st.sampled_from(["name", "time"]),
)
def test_order_holds(files: list[tuple[str, str, int]], order: Any) -> None:
    rank = {name: (stamp if order == "time" else 0, name) for name, _, stamp in files}
    turns = in_order(order, [file(*one) for one in files])
    ranks = [rank[turn.sighting.name] for turn in turns]
    assert ranks == sorted(ranks)
    waiting = [rank[name] for name, verdict, _ in files if verdict == "waiting"]
    assert (
        all(one < min(waiting) for one in ranks) if waiting else len(ranks) == sum(verdict == "ready" for _, verdict, _ in files)
    )
    unstable = [name for name, verdict, _ in files if verdict == "unstable"]
    for turn in turns:
        assert set(turn.passed) == {name for name in unstable if rank[name] < rank[turn.sighting.name]}
