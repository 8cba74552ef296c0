"""A few scenarios in each database beside the model, and some the real way; ``make scenarios`` plays as many as you like."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from tests.examples import examples
from tests.model.comparing import DifferenceError
from tests.model.corridor import walk
from tests.model.generation import scenario
from tests.model.play import play
from tests.model.portions import difference
from tests.model.scenario import Delivery, Edit, Put, Retry, Undo
from tests.model.shelves import MariadbShelf, PostgresqlShelf, Shelf, SqliteShelf
from tests.model.shrinking import shrunk

from nightclerk.core.entity import Entity

SEED = int(os.environ.get("NIGHTCLERK_SEED", "20261121"))


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(SqliteShelf(tmp_path)) as made:
        yield made


def all_alike(shelf: Shelf, count: int) -> None:
    for seed in range(SEED, SEED + examples(count)):
        told = difference(scenario(seed), shelf)
        assert told is None, f"seed {seed}: {told}\nAs small as it goes: make scenarios SCENARIOS='--seed {seed} --count 1'"


def test_sqlite_books_as_the_model_does(shelf: Shelf) -> None:
    all_alike(shelf, 8)


@pytest.mark.server("postgres")
def test_postgresql_books_as_the_model_does() -> None:
    with closing(PostgresqlShelf()) as shelf:
        all_alike(shelf, 3)


@pytest.mark.server("mariadb")
def test_mariadb_books_as_the_model_does() -> None:
    with closing(MariadbShelf()) as shelf:
        all_alike(shelf, 3)


def test_files_end_in_the_tables_as_the_model_says(shelf: Shelf, tmp_path: Path) -> None:
    for seed in range(SEED, SEED + examples(1)):
        (tmp_path / f"house-{seed}").mkdir()
        walk(scenario(seed, related=False), shelf, tmp_path / f"house-{seed}")


def test_what_a_seed_makes_is_always_the_same_and_of_all_kinds() -> None:
    assert scenario(SEED) == scenario(SEED)
    made = [scenario(seed) for seed in range(200)]
    assert {type(step) for one in made for step in one.steps} >= {Delivery, Edit, Put, Undo, Retry}
    kinds = {spec["type"] for one in made for entity in one.entities.values() for spec in entity["fields"].values()}
    assert {"reference", "list"} <= kinds
    assert kinds >= {"text", "integer", "decimal", "money", "date", "datetime", "boolean", "email", "url", "currency", "country"}
    rules = [
        rule for one in made for feed in one.feeds.values() for rule in feed["mapping"].values() if isinstance(rule, Mapping)
    ]
    conflicts = {rule.get("conflict") for rule in rules}
    assert conflicts == {None, "overwrite", "fill_empty", "keep_local_edits", "never"}
    assert {rule.get("unknown_reference") for rule in rules} == {None, "park", "reject", "blank", "create"}
    assert {feed.get("absent") for one in made for feed in one.feeds.values()} == {None, "clear", "deactivate"}
    assert {rule.get("blank") for rule in rules} == {None, "keep", "clear", "default"}


class Meddling(SqliteShelf):
    """A database in which something else writes as well: each row that an import creates is given another value."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._file = folder / "app.db"

    def open(self, entities: Mapping[str, Entity]) -> None:
        super().open(entities)
        entity = entities["thing"]
        texts = [name for name in entity.in_columns if name not in entity.key and entity.fields[name].type == "text"]
        for column in map(entity.column, texts[:1]):
            with closing(sqlite3.connect(self._file)) as connection, connection:
                connection.execute(
                    f'CREATE TRIGGER "meddles" AFTER INSERT ON "{entity.table}" '
                    f'BEGIN UPDATE "{entity.table}" SET "{column}" = 4711 WHERE rowid = new.rowid; END'
                )


def test_what_differs_is_found_and_made_small(tmp_path: Path) -> None:
    with closing(Meddling(tmp_path)) as shelf:
        seed = next(seed for seed in range(SEED, SEED + 50) if difference(scenario(seed), shelf) is not None)
        smallest = shrunk(scenario(seed), lambda one: difference(one, shelf) is not None)
        with pytest.raises(DifferenceError, match="4711"):
            play(smallest, shelf)
    assert len(smallest.steps) == 1
    assert all(f"{number}. " in smallest.told() for number in range(len(smallest.steps)))
