"""The watch on real folders with the real watcher."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.unit.clockwork.people import eventually
from watchdog.events import FileCreatedEvent, FileMovedEvent

from nightclerk.clockwork.roots import MOST_ROOTS, common_roots
from nightclerk.clockwork.watch import Watch


class Told:
    """Who was hastened, in order."""

    def __init__(self) -> None:
        self.tenants: list[str] = []
        self.all = 0

    def hasten(self, tenant: str) -> None:
        self.tenants.append(tenant)

    def hasten_all(self) -> None:
        self.all += 1


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def watch(told: Told) -> Iterator[Callable[[dict[str, Path]], Watch]]:
    watches: list[Watch] = []

    def watch(folders: dict[str, Path]) -> Watch:
        one = Watch(folders, told.hasten, told.hasten_all)
        watches.append(one)
        one.start()
        time.sleep(0.05)  # the emitter reads what lies there before it listens
        return one

    yield watch
    for one in watches:
        one.stop()


def folders(root: Path, *names: str) -> dict[str, Path]:
    made = {name: root / name for name in names}
    for folder in made.values():
        folder.mkdir(parents=True, exist_ok=True)
    return made


def test_a_new_file_hastens_its_tenant_alone(watch: Callable[..., Watch], told: Told, tmp_path: Path) -> None:
    drops = folders(tmp_path, "acme", "beta")
    watch(drops)
    (drops["acme"] / "clients.csv").write_text("x")
    assert eventually(lambda: "acme" in told.tenants)
    time.sleep(0.1)
    assert set(told.tenants) == {"acme"}


def test_the_name_it_gets_at_last_counts_and_a_folder_below_does_not(
    watch: Callable[..., Watch], told: Told, tmp_path: Path
) -> None:
    drops = folders(tmp_path, "acme")
    (drops["acme"] / "processed").mkdir()
    (tmp_path / "elsewhere").mkdir()
    watch(drops)
    (drops["acme"] / "processed" / "old.csv").write_text("x")
    (tmp_path / "elsewhere" / "a.csv.part").write_text("x")
    time.sleep(0.2)
    assert told.tenants == []
    (tmp_path / "elsewhere" / "a.csv.part").rename(drops["acme"] / "a.csv")
    assert eventually(lambda: told.tenants)


def test_two_tenants_may_share_a_folder(watch: Callable[..., Watch], told: Told, tmp_path: Path) -> None:
    watch({"acme": tmp_path, "beta": tmp_path})
    (tmp_path / "clients.csv").write_text("x")
    assert eventually(lambda: set(told.tenants) == {"acme", "beta"})


def test_many_folders_are_one_watch_with_few_threads(watch: Callable[..., Watch], told: Told, tmp_path: Path) -> None:
    drops = folders(tmp_path, *(f"t{number}" for number in range(200)))
    before = threading.active_count()
    watch(drops)
    assert threading.active_count() - before <= 5
    (drops["t137"] / "a.csv").write_text("x")
    assert eventually(lambda: told.tenants and set(told.tenants) == {"t137"})


def test_a_root_removed_and_made_again_is_watched_again(watch: Callable[..., Watch], told: Told, tmp_path: Path) -> None:
    root = tmp_path / "drops"
    drops = folders(root, "acme")
    one = watch(drops)
    shutil.rmtree(root)
    time.sleep(0.1)
    one.supervise()
    folders(root, "acme")
    (drops["acme"] / "meanwhile.csv").write_text("x")
    assert eventually(lambda: (one.supervise(), told.tenants)[1]), "what came while nobody watched must be looked for"
    time.sleep(0.1)
    told.tenants.clear()
    (drops["acme"] / "after.csv").write_text("x")
    assert eventually(lambda: "acme" in told.tenants)


def test_a_root_swapped_for_another_between_two_looks_is_noticed(watch: Callable[..., Watch], told: Told, tmp_path: Path) -> None:
    root = tmp_path / "drops"
    root.mkdir()
    one = watch({"acme": root})
    root.rename(tmp_path / "old")
    root.mkdir()
    one.supervise()
    assert eventually(lambda: "acme" in told.tenants)
    told.tenants.clear()
    time.sleep(0.05)
    (root / "a.csv").write_text("x")
    assert eventually(lambda: "acme" in told.tenants)


def test_a_root_that_is_not_there_yet_is_watched_once_it_is(watch: Callable[..., Watch], told: Told, tmp_path: Path) -> None:
    root = tmp_path / "later"
    one = watch({"acme": root})
    one.supervise()
    assert told.tenants == []
    root.mkdir()
    one.supervise()
    assert told.tenants == ["acme"]
    time.sleep(0.05)
    (root / "a.csv").write_text("x")
    assert eventually(lambda: len(told.tenants) > 1)


def test_a_drop_folder_made_anew_below_its_root_is_noticed(watch: Callable[..., Watch], told: Told, tmp_path: Path) -> None:
    drops = folders(tmp_path, "acme", "beta")
    watch(drops)
    shutil.rmtree(drops["acme"])
    staged = tmp_path / "staged"
    staged.mkdir()
    (staged / "a.csv").write_text("x")
    staged.rename(drops["acme"])
    assert eventually(lambda: "acme" in told.tenants)


def test_a_dead_watcher_is_started_again(watch: Callable[..., Watch], told: Told, tmp_path: Path) -> None:
    one = watch({"acme": tmp_path})
    assert one._observer is not None
    one._observer.stop()
    one._observer.join()
    one.supervise()
    assert told.tenants == ["acme"], "what came meanwhile must be looked for"
    time.sleep(0.05)
    (tmp_path / "a.csv").write_text("x")
    assert eventually(lambda: len(told.tenants) > 1)


def test_an_overflow_of_the_queue_hastens_everybody(watch: Callable[..., Watch], told: Told, tmp_path: Path) -> None:
    watch({"acme": tmp_path})
    logger = logging.getLogger("watchdog.observers.inotify_c")
    logger.warning("Inotify queue overflowed; filesystem events were lost")
    assert told.all == 1
    logger.warning("something else")
    assert told.all == 1


def test_nothing_listens_any_more_after_the_end(told: Told, tmp_path: Path) -> None:
    before = threading.active_count()
    one = Watch({"acme": tmp_path}, told.hasten, told.hasten_all)
    one.start()
    one.stop()
    logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; filesystem events were lost")
    assert told.all == 0
    assert eventually(lambda: threading.active_count() == before)


def test_a_trouble_while_telling_does_not_end_the_watcher(tmp_path: Path) -> None:
    told: list[str] = []

    def hasten(tenant: str) -> None:
        told.append(tenant)
        if len(told) == 1:
            raise RuntimeError("our fault")

    one = Watch({"acme": tmp_path}, hasten, lambda: None)
    one.start()
    try:
        time.sleep(0.05)
        (tmp_path / "a.csv").write_text("x")
        assert eventually(lambda: told)
        (tmp_path / "b.csv").write_text("x")
        assert eventually(lambda: len(told) > 2)
    finally:
        one.stop()


def test_names_in_bad_bytes_and_moves_away_are_no_trouble(watch: Callable[..., Watch], told: Told, tmp_path: Path) -> None:
    drops = folders(tmp_path, "acme")
    one = watch(drops)
    (drops["acme"] / os.fsdecode(b"caf\xe9.csv")).write_text("x")
    assert eventually(lambda: "acme" in told.tenants)
    told.tenants.clear()
    one.tell(FileMovedEvent(str(drops["acme"] / "a.csv"), "/elsewhere/a.csv"))
    one.tell(FileCreatedEvent(os.fsencode(drops["acme"]) + b"/caf\xe9.csv"))
    assert told.tenants == ["acme", "acme"]


def test_without_folders_nothing_is_started(told: Told) -> None:
    before = threading.active_count()
    one = Watch({}, told.hasten, told.hasten_all)
    one.start()
    one.supervise()
    assert threading.active_count() == before
    one.stop()


def test_roots_are_few_and_never_the_whole_machine() -> None:
    assert common_roots([Path("/srv/drops/acme"), Path("/srv/drops/beta/in")]) == (Path("/srv/drops"),)
    assert common_roots([Path("/srv/acme"), Path("/home/beta")]) == (Path("/home/beta"), Path("/srv/acme"))
    assert common_roots([Path("/srv/drops"), Path("/srv/drops/acme")]) == (Path("/srv/drops"),)
    assert common_roots([Path("/srv"), Path("/srv/drops/acme")]) == (Path("/srv"),)
    assert common_roots([Path(f"/srv/t{number}") for number in range(MOST_ROOTS + 1)]) == (Path("/srv"),)
    assert common_roots([]) == ()
