"""Putting away under every crash and every upload in between: nothing that was uploaded is lost, nothing old comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.core.drop import Fate, Sighting
from nightclerk.core.errors import OperatorError
from nightclerk.core.source import Archive, Filing
from nightclerk.sources.releasing import release

FATE = Fate("processed", "f.run7.csv")
NAME = "f.csv"


class Killed(BaseException):
    """The process died here."""


class Shelf:
    """A shelf in memory that calls ``between`` before each act: the world goes on between two of ours. Versions are numbers."""

    def __init__(self, between: Callable[[int], None]) -> None:
        self.files: dict[str, int] = {}
        self.acts = 0
        self.erased: list[int] = []
        self._between = between

    def _act(self) -> None:
        self.acts += 1
        self._between(self.acts)

    def glance(self, path: str) -> Sighting | None:
        self._act()
        return Sighting(path, 1, self.files[path]) if path in self.files else None

    def occupied(self, path: str) -> bool:
        self._act()
        return path in self.files

    def shift(self, path: str, to: str, ours: bool) -> None:
        self._act()
        assert ours == (to != NAME)
        if path not in self.files:
            raise FileNotFoundError(path)
        if to in self.files:
            raise FileExistsError(to)
        self.files[to] = self.files.pop(path)

    def erase(self, path: str) -> None:
        self._act()
        if path in self.files:
            self.erased.append(self.files.pop(path))


@given(
    filing=st.sampled_from([Archive(), "delete", "leave"]),
    kills=st.lists(st.integers(1, 12), max_size=4),
    uploads=st.sets(st.integers(1, 30), max_size=4),
)
def test_no_upload_is_lost_whatever_happens_in_between(filing: Filing, kills: list[int], uploads: set[int]) -> None:
    total = 0
    newest = 1
    countdown = 0

    def between(_: int) -> None:
        nonlocal total, newest, countdown
        total += 1
        if total in uploads:
            newest += 1
            shelf.files[NAME] = newest
        countdown -= 1
        if countdown == 0:
            raise Killed

    shelf = Shelf(between)
    shelf.files[NAME] = 1
    sighting = Sighting(NAME, 1, 1)
    outcome = None
    for kill in [*kills, -1]:
        countdown = kill
        try:
            outcome = release(shelf, sighting, FATE, filing)
            break
        except Killed:
            continue
    assert set(shelf.erased) <= {1}, "only the version that was taken is ever deleted"
    if newest > 1:
        assert shelf.files[NAME] == newest, "the newest upload stands under its name"
    archived = shelf.files.get("processed/f.run7.csv")
    if outcome == "moved":
        assert archived == 1
        assert newest > 1 or NAME not in shelf.files
    if outcome == "deleted":
        assert shelf.erased == [1]
    if outcome == "left":
        assert shelf.files == {NAME: 1} or newest > 1
    if newest == 1:
        assert 1 in [*shelf.files.values(), *shelf.erased]


def test_a_version_between_two_newer_ones_stays_in_the_archive() -> None:
    """Ours was replaced before the rename, and that one again before it could be given its name back: the last one wins."""

    def between(act: int) -> None:
        if act == 2:
            shelf.files[NAME] = 2
        if act == 3:
            shelf.files[NAME] = 3

    shelf = Shelf(between)
    shelf.files[NAME] = 1
    assert release(shelf, Sighting(NAME, 1, 1), FATE, Archive()) == "newer"
    assert shelf.files == {NAME: 3, "processed/f.run7.csv": 2}
    assert release(shelf, Sighting(NAME, 1, 1), FATE, Archive()) == "newer"
    assert shelf.files == {NAME: 3, "processed/f.run7.csv": 2}


def test_an_archive_full_of_strangers_is_for_ops() -> None:
    shelf = Shelf(lambda act: None)
    shelf.files = {NAME: 1, "processed/f.run7.csv": 9} | {f"processed/f.run7.csv.{n}": 9 for n in range(2, 21)}
    with pytest.raises(OperatorError, match=r"processed/f\.run7\.csv and 19 names like it exist already"):
        release(shelf, Sighting(NAME, 1, 1), FATE, Archive())
    assert shelf.files[NAME] == 1
