"""Many scenarios, portion by portion, in processes of their own: each has its own databases."""

from __future__ import annotations

import os
import shutil
import tempfile
import traceback
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

from tests.model.comparing import DifferenceError
from tests.model.generation import scenario
from tests.model.play import play
from tests.model.scenario import Scenario
from tests.model.shelves import MariadbShelf, PostgresqlShelf, Shelf, SqliteShelf
from tests.model.shrinking import shrunk
from tests.servers import mariadb, postgres

KINDS = ("sqlite", "postgresql", "mariadb")
_shelves: list[Shelf] = []


def begin() -> None:
    """What a process does first: it tidies up at its end, for which ``atexit`` is not asked there."""
    Finalize(None, end, exitpriority=10)


def end() -> None:
    """Ends this process's servers and takes its folders away."""
    for shelf in _shelves:
        shelf.close()
    _shelves.clear()
    postgres.stop_shared()
    mariadb.stop_shared()
    shutil.rmtree(_folder(), ignore_errors=True)
    _folder.cache_clear()
    shelf_of.cache_clear()


@cache
def _folder() -> Path:
    # In memory where there is such a place: each commit would wait for a disk, and nothing is to outlast the scenario.
    memory = "/dev/shm"
    return Path(tempfile.mkdtemp(prefix="nightclerk-model-", dir=memory if os.access(memory, os.W_OK) else None))


def portion(kind: str, first: int, count: int) -> tuple[str, int, dict[tuple[str, int], str]]:
    """Given a database, the first seed and how many there are; plays them, and returns what differed, by seed."""
    found = {}
    for seed in range(first, first + count):
        told = difference(scenario(seed), shelf_of(kind))
        if told is not None:
            smallest = shrunk(scenario(seed), lambda one: difference(one, shelf_of(kind)) is not None)
            found[kind, seed] = f"{told}\nAs small as it goes:\n{smallest.told()}\n{difference(smallest, shelf_of(kind))}"
    return kind, count, found


def difference(made: Scenario, shelf: Shelf) -> str | None:
    """Given a scenario and a shelf; returns how the target and the model differ, None if they do not."""
    try:
        play(made, shelf)
    except DifferenceError as error:
        return str(error)
    except Exception:  # noqa: BLE001 - whatever a target raises is a difference, and all scenarios are to be played
        return traceback.format_exc(limit=-6)
    return None


@cache
def shelf_of(kind: str) -> Shelf:
    """Given one of ``KINDS``; returns this process's shelf of it."""
    made = PostgresqlShelf() if kind == "postgresql" else MariadbShelf() if kind == "mariadb" else SqliteShelf(_folder())
    _shelves.append(made)
    return made
