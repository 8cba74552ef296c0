"""A done file goes the way of the file it announced, in exactly the version that announced it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.flow.houses import desk

from nightclerk.core.drop import Fate, Released, Sighting
from nightclerk.sources.memory import Memory

DONE = ', done_file: "{stem}.ok"'
CLIENTS = b"Code;Nom\r\nA1;Dupont\r\n"


def standing(source: Memory) -> list[str]:
    return sorted(path for path in source.files if "/" not in path)


def test_it_is_moved_with_its_file(tmp_path: Path) -> None:
    with desk(tmp_path, ready=DONE) as at:
        source = at.sources["acme"]
        source.put("clients_1.csv", CLIENTS)
        source.put("clients_1.ok", b"")
        assert [run.ending for run in at.round().runs] == ["imported"]
        assert standing(source) == []
        assert sorted(path.rpartition(".")[2] for path in source.files) == ["csv", "ok"]
        assert {path.split("/")[0] for path in source.files} == {"processed"}


@pytest.mark.parametrize("filing, left", [("delete", []), ("leave", ["clients_1.csv", "clients_1.ok"])])
def test_it_follows_the_policy(tmp_path: Path, filing: str, left: list[str]) -> None:
    with desk(tmp_path, ready=DONE, archive=filing) as at:
        at.sources["acme"].put("clients_1.csv", CLIENTS)
        at.sources["acme"].put("clients_1.ok", b"")
        at.round()
        assert list(at.sources["acme"].files) == left


class Busy(Memory):
    """A sender sends the file and its done file anew in the moment in which the file is put away, or before."""

    before = False

    def release(self, sighting: Sighting, fate: Fate) -> Released:
        if sighting.name != "clients_1.csv" or fate.name.endswith(".run2.csv"):
            return super().release(sighting, fate)
        released = None if self.before else super().release(sighting, fate)
        self.put("clients_1.csv", CLIENTS.replace(b"Dupont", b"Durand"))
        self.put("clients_1.ok", b"")
        return released or super().release(sighting, fate)


@pytest.mark.parametrize("before", [True, False])
def test_a_newer_one_survives_and_announces(tmp_path: Path, before: bool) -> None:
    with desk(tmp_path, ready=DONE) as at:
        source = at.sources["acme"] = Busy()
        source.before = before
        source.put("clients_1.csv", CLIENTS)
        source.put("clients_1.ok", b"")
        at.round()
        assert standing(source) == ["clients_1.csv", "clients_1.ok"]
        assert [run.ending for run in at.round(minutes=5).runs] == ["imported"]
        assert standing(source) == []


def test_one_that_announces_two_files_goes_with_the_last(tmp_path: Path) -> None:
    other = '  - {feed: others, files: "*.txt", entity: customer, mapping: {code: Code, name: Nom, print_as: Nom}}\n'
    with desk(tmp_path, ready=DONE, feeds=other) as at:
        source = at.sources["acme"]
        source.put("clients_1.csv", CLIENTS)
        source.put("clients_1.txt", CLIENTS.replace(b"A1", b"A2"))
        source.put("clients_1.ok", b"")
        assert [run.ending for run in at.round().runs] == ["imported", "imported"]
        assert standing(source) == []


def test_a_stale_one_stays_and_announces_nothing(tmp_path: Path) -> None:
    with desk(tmp_path, ready=DONE) as at:
        source = at.sources["acme"]
        source.put("clients_1.ok", b"")
        source.put("clients_1.csv", CLIENTS)
        assert at.round().runs == ()
        source.put("clients_1.ok", b"")
        assert len(at.round(seconds=5).runs) == 1
        assert standing(source) == []
