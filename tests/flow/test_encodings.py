"""The encoding of a feed's files, one after the other: found, remembered, and refused where it changes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.flow.houses import Desk, desk

from nightclerk.config.load import load
from nightclerk.core.encoding_names import called
from nightclerk.core.run import Run

FEED = """  - feed: fiches
    files: "fiches_*.csv"
    entity: customer
    {more}
    mapping: {{code: Code, name: Nom, print_as: Nom}}
"""
FIRST = "Code;Nom\r\n01;Société Générale\r\n02;Crédit Lumière\r\n"
SECOND = "Code;Nom\r\n03;Hôtel de la Forêt\r\n04;Pâtisserie Maïté\r\n"
#: Read as words of French in Windows' code page and in that of DOS, if one knows nothing else.
DOUBTFUL = "Code;Nom\r\n05;être\r\n"


def feeds(more: str = "format: {delimiter: ';'}") -> str:
    return FEED.format(more=more)


def drop(at: Desk, number: int, content: bytes) -> Run:
    at.sources["acme"].put(f"fiches_{number}.csv", content)
    at.take()
    return at.house.runs.history()[0]


def names(root: Path) -> list[str]:
    with closing(sqlite3.connect(root / "var" / "app.db")) as database:
        return [name for (name,) in database.execute("SELECT name FROM customers ORDER BY code")]


def test_a_guess_is_kept_and_told(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feeds()) as at:
        run = drop(at, 1, FIRST.encode("cp850"))
        assert (run.ending, run.format and run.format.encoding) == ("imported", "cp850")
        kept = at.house.runs.last_reading("acme", "fiches")
        assert kept == run.format
        assert kept is not None
        assert kept.evidence is not None
        assert kept.evidence.samples
        (letter,) = at.letters("report")
        assert "DOS 850 (" in letter
        assert kept.evidence.samples[0] in letter
    assert names(tmp_path) == ["Société Générale", "Crédit Lumière"]


@pytest.mark.parametrize(("before", "now"), [("cp1252", "cp850"), ("cp850", "utf-8"), ("utf-8", "cp1252")])
def test_another_encoding_than_the_last_files_is_held_with_both_readings(tmp_path: Path, before: str, now: str) -> None:
    with desk(tmp_path, feeds=feeds()) as at:
        assert drop(at, 1, FIRST.encode(before)).ending == "imported"
        assert drop(at, 2, b"Code;Nom\r\n09;ascii\r\n").ending == "imported"  # which says nothing, and makes nothing forgotten
        run = drop(at, 3, SECOND.encode(now))
        why = at.held(run, "reads_differently")
        assert f"reads as {called(now)}" in why
        assert f"read as {called(before)}" in why
        assert f"`encoding: {now}`" in why
        assert run.format is not None
        assert drop(at, 4, SECOND.encode(before)).ending == "imported"
    assert names(tmp_path) == ["Société Générale", "Crédit Lumière", "Hôtel de la Forêt", "Pâtisserie Maïté", "ascii"]


def test_what_the_feed_declares_is_taken(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feeds()) as at:
        assert drop(at, 1, FIRST.encode("cp1252")).ending == "imported"
        at.held(drop(at, 2, SECOND.encode("cp850")), "reads_differently")
        file = tmp_path / "config" / "tenants" / "acme.yaml"
        file.write_text(file.read_text().replace("{delimiter: ';'}", "{delimiter: ';', encoding: cp850}"))
        declared, problems = load(tmp_path / "config")
        assert declared is not None, problems
        sources = at.house.source_of
        at.house.take(declared)
        at.house.source_of = sources
        assert drop(at, 3, SECOND.encode("cp850")).ending == "imported"
        kept = at.house.runs.last_reading("acme", "fiches")
        assert (kept and kept.encoding) == "cp850"  # so that it stays agreed when the line is taken out again


def test_a_file_of_one_word_reads_as_the_last_one(tmp_path: Path) -> None:
    with desk(tmp_path, feeds=feeds()) as at:
        run = drop(at, 1, DOUBTFUL.encode("cp1252"))
        assert (run.ending, run.code) == ("refused", "encoding_ambiguous")
        assert drop(at, 2, FIRST.encode("cp1252")).ending == "imported"
        assert drop(at, 3, DOUBTFUL.encode("cp1252")).ending == "imported"
    assert names(tmp_path)[-1] == "être"
