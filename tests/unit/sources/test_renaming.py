"""Renaming that never replaces, by every way."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nightclerk.sources.renaming import link_from_ours, rename_new, rename_to_ours, unlink_twin


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    opened = os.open(tmp_path, os.O_RDONLY)
    yield opened
    os.close(opened)


def renamed(name: str, folder: int, to: str, to_folder: int) -> None:
    rename_new(name, folder, to, to_folder, ours=True)


@pytest.mark.parametrize("rename", [renamed, rename_to_ours, link_from_ours])
class TestEachWay:
    def test_moves(self, rename: Callable[..., None], folder: int, tmp_path: Path) -> None:
        (tmp_path / "a\udce9").write_bytes(b"one")
        rename("a\udce9", folder, "b\n", folder)
        assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"b\n": b"one"}
        assert (tmp_path / "b\n").stat().st_nlink == 1

    def test_never_replaces(self, rename: Callable[..., None], folder: int, tmp_path: Path) -> None:
        (tmp_path / "a").write_bytes(b"one")
        (tmp_path / "b").write_bytes(b"two")
        with pytest.raises(FileExistsError):
            rename("a", folder, "b", folder)
        assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a": b"one", "b": b"two"}

    def test_a_missing_file(self, rename: Callable[..., None], folder: int) -> None:
        with pytest.raises(FileNotFoundError):
            rename("a", folder, "b", folder)

    def test_a_link_is_moved_itself(self, rename: Callable[..., None], folder: int, tmp_path: Path) -> None:
        (tmp_path / "secret").write_bytes(b"secret")
        (tmp_path / "a").symlink_to("secret")
        rename("a", folder, "b", folder)
        assert (tmp_path / "b").is_symlink()


def test_a_link_cut_short_is_finished(folder: int, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    unlink_twin("a", folder, "b", folder)
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


def test_two_different_files_are_no_twins(folder: int, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    unlink_twin("a", folder, "b", folder)
    (tmp_path / "b").write_bytes(b"one")
    unlink_twin("a", folder, "b", folder)
    assert len(list(tmp_path.iterdir())) == 2
