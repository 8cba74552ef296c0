"""What only a local folder must withstand: entries swapped under our hands."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from nightclerk.core.drop import Fate, Sighting
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.source import FolderSource
from nightclerk.sources.folder import Folder


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    path = tmp_path / "drop"
    path.mkdir()
    return path


@pytest.fixture
def source(drop: Path) -> Folder:
    return Folder(FolderSource(kind="folder", path=drop))


def swapped(source: Folder, drop: Path) -> Sighting:
    (drop / "f.csv").write_bytes(b"one")
    (seen,) = source.look().sightings
    (drop / "f.csv").unlink()
    return seen


def test_a_pipe_in_the_files_place_does_not_hang_us(source: Folder, drop: Path) -> None:
    seen = swapped(source, drop)
    os.mkfifo(drop / "f.csv")
    with pytest.raises(WeatherError, match="no longer there as a plain file"):
        source.fetch(seen, io.BytesIO(), 100)


def test_a_link_in_the_files_place_is_not_followed(source: Folder, drop: Path) -> None:
    seen = swapped(source, drop)
    (drop.parent / "secret").write_bytes(b"secret")
    into = io.BytesIO()
    for place in (lambda p: p.symlink_to(drop.parent / "secret"), lambda p: p.hardlink_to(drop.parent / "secret")):
        place(drop / "f.csv")
        with pytest.raises(WeatherError, match="no longer there as a plain file"):
            source.fetch(seen, into, 100)
        assert source.again(seen) is None
        (drop / "f.csv").unlink()
    assert into.getvalue() == b""


def test_a_rewritten_file_is_another_version_though_size_and_time_agree(source: Folder, drop: Path) -> None:
    (drop / "f.csv").write_bytes(b"one")
    (seen,) = source.look().sightings
    (drop / "other").write_bytes(b"two")
    os.utime(drop / "other", ns=(seen.stamp, seen.stamp))
    (drop / "other").rename(drop / "f.csv")
    assert source.again(seen) != seen
    assert source.release(seen, Fate("processed", "f.run1.csv")) == "newer"


def test_an_archive_name_that_is_a_file_is_for_ops(source: Folder, drop: Path) -> None:
    (drop / "f.csv").write_bytes(b"one")
    (drop / "processed").write_bytes(b"")
    seen = source.look().sightings[0]
    with pytest.raises(OperatorError, match="processed is not a folder that can be opened"):
        source.release(seen, Fate("processed", "f.run1.csv"))


def test_giving_a_name_back_cut_short_between_two_names_is_finished(source: Folder, drop: Path) -> None:
    (drop / "f.csv").write_bytes(b"one")
    (seen,) = source.look().sightings
    (drop / "f.csv").write_bytes(b"two!")
    (drop / "processed").mkdir()
    (drop / "processed" / "f.run1.csv").hardlink_to(drop / "f.csv")
    assert source.release(seen, Fate("processed", "f.run1.csv")) == "newer"
    assert list((drop / "processed").iterdir()) == []
    assert [s.name for s in source.look().sightings] == ["f.csv"]


def test_a_full_disk_of_ours_is_not_blamed_on_the_source(source: Folder, drop: Path) -> None:
    (drop / "f.csv").write_bytes(b"one" * 100_000)
    (seen,) = source.look().sightings
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="No space left"):
        source.fetch(seen, full, 10**9)
