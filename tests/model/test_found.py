"""What scenarios have found, each as the smallest that shows it. ``play`` asserts: it raises at the first step after which the
tables, what waits, or what was told are not those of the model.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.model.play import play
from tests.model.scenario import Delivery, Edit, Put, Retry, Row, Scenario, Step, Undo
from tests.model.shelves import MariadbShelf, PostgresqlShelf, Shelf, SqliteShelf


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.server("postgres")),
        pytest.param("mariadb", marks=pytest.mark.server("mariadb")),
    ]
)
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    kinds: dict[str, Any] = {"sqlite": lambda: SqliteShelf(tmp_path), "postgresql": PostgresqlShelf, "mariadb": MariadbShelf}
    with closing(kinds[request.param]()) as made:
        yield made


def made(fields: dict[str, Any], feeds: dict[str, Any], *steps: Step, tenant_column: str = "tenant") -> Scenario:
    entity = {"entity": "thing", "table": "things", "key": ["code"], "tenant_column": tenant_column, "fields": fields}
    told = {name: {"feed": name, "files": f"{name}_*.csv", "entity": "thing", **feed} for name, feed in feeds.items()}
    return Scenario(0, {"thing": entity}, told, steps)


def file(feed: str, *rows: Row) -> Delivery:
    return Delivery("acme", feed, tuple(enumerate(rows, 2)))


PLAIN = {"mapping": {"code": "code", "name": "name"}}
KEEPS = {"mapping": {"code": "code", "name": {"from": "name", "conflict": "keep_local_edits"}}}
TEXTS = {"code": {"type": "text"}, "name": {"type": "text"}}


def test_a_key_of_whole_numbers_may_be_nought(shelf: Shelf) -> None:
    """The tables were made so that the database counts, and MariaDB made a 1 of a 0."""
    fields = {"code": {"type": "integer"}, "name": {"type": "text"}}
    rows = [{"code": 0, "name": "a"}, {"code": 7, "name": "b"}]
    play(made(fields, {"plain": PLAIN}, file("plain", *rows), file("plain", *rows), tenant_column="none"), shelf)


@pytest.mark.parametrize("column", ["k0", "v0", "tenant", "nightclerk"])
def test_an_undo_writes_columns_of_any_name(shelf: Shelf, column: str) -> None:
    """The undo bound its values by names that columns may have as well."""
    fields = {"code": {"type": "text"}, "name": {"type": "text", "column": column}}
    files = [file("plain", {"code": "A", "name": name}) for name in ("a", "b")]
    play(made(fields, {"plain": PLAIN}, *files, Undo(), Undo(), tenant_column="owner"), shelf)


def test_an_application_may_have_a_row_under_the_empty_text(shelf: Shelf) -> None:
    put = Put("thing", "acme", {"code": "", "name": "mine"})
    play(made(TEXTS, {"keeps": KEEPS}, put, file("keeps", {"code": "A", "name": "a"}), file("keeps")), shelf)


def test_what_imports_brought_is_known_of_all_rows_when_local_edits_come_to_be_kept(shelf: Shelf) -> None:
    """An import made the row and nobody touched it since: it is no local edit, whether the first file under the policy has it
    or not."""
    files = [file("plain", {"code": "A", "name": "a"}), file("keeps", {"code": "B", "name": "b"})]
    play(made(TEXTS, {"plain": PLAIN, "keeps": KEEPS}, *files, file("keeps", {"code": "A", "name": "new"})), shelf)


def test_what_another_feed_brought_is_no_local_edit(shelf: Shelf) -> None:
    files = [file("keeps", {"code": "A", "name": "a"}), file("plain", {"code": "A", "name": "b"})]
    play(made(TEXTS, {"plain": PLAIN, "keeps": KEEPS}, *files, file("keeps", {"code": "A", "name": "c"})), shelf)


def test_what_was_typed_in_is_a_local_edit_in_rows_of_imports_as_well(shelf: Shelf) -> None:
    edit = Edit("thing", "acme", ("A",), {"name": "mine"})
    files = [file("keeps", {"code": "A", "name": name}) for name in "abc"]
    play(made(TEXTS, {"keeps": KEEPS}, files[0], files[1], edit, files[2], Undo()), shelf)


PARENT = {
    "entity": "parent", "table": "parents", "key": ["code"], "tenant_column": "tenant", "fields": {"code": {"type": "text"}},
}  # fmt: skip
GROUP = {**PARENT, "entity": "group", "table": "groups", "key": ["name"], "fields": {"name": {"type": "text"}}}
CHILD = {"code": {"type": "text"}, "parent": {"type": "reference", "to": "parent"}}


def child(unknown: str, *steps: Step, fields: dict[str, Any] | None = None, **feed: Any) -> Scenario:
    """Returns a scenario in which the feed's rows name parents."""
    entity = {**CHILD, **(fields or {})}
    mapping = {name: name for name in entity} | feed.pop("mapping", {})
    base = made(entity, {"plain": {"mapping": mapping, "unknown_reference": unknown, **feed}}, *steps)
    return replace(base, entities={**base.entities, "parent": PARENT})


def test_an_undo_deletes_a_row_whose_reference_counted_as_empty(shelf: Shelf) -> None:
    play(child("blank", file("plain", {"code": "A", "parent": "P"}), Undo()), shelf)


def test_a_row_that_names_no_row_and_an_unknown_member_is_rejected_for_both(shelf: Shelf) -> None:
    fields = {"groups": {"type": "list", "of": "parent", "create_missing": False}}
    row: Row = {"code": "A", "parent": "P", "groups": "vip"}
    play(child("park", file("plain", row), fields=fields, mapping={"groups": {"from": "groups", "split": "|"}}), shelf)


def test_a_row_that_is_rejected_is_not_counted_among_those_whose_reference_was_blanked(shelf: Shelf) -> None:
    fields = {"groups": {"type": "list", "of": "parent", "create_missing": False}}
    row: Row = {"code": "A", "parent": "P", "groups": "vip"}
    play(child("blank", file("plain", row), fields=fields, mapping={"groups": {"from": "groups", "split": "|"}}), shelf)


def test_what_waits_goes_in_once_what_it_names_is_there_and_a_newer_row_replaces_it(shelf: Shelf) -> None:
    waits: Row = {"code": "A", "parent": "P"}
    newer: Row = {"code": "A", "parent": "Q"}
    steps: list[Step] = [file("plain", waits), Retry("acme", "plain"), file("plain", newer), Put("parent", "acme", {"code": "Q"})]
    play(child("park", *steps, Retry("acme", "plain"), Undo(), Undo()), shelf)


def test_a_row_that_a_file_lacks_is_gone_and_comes_back(shelf: Shelf) -> None:
    rows: list[Row] = [{"code": code, "name": code} for code in "AB"]
    steps: list[Step] = [
        file("whole", *rows),
        file("whole", rows[0]),
        Undo(ahead=True),
        file("whole", rows[0]),
        file("whole", *rows),
        Undo(),
    ]
    base = made({**TEXTS, "state": {"type": "text"}}, {"whole": {**PLAIN, "absent": "clear"}}, *steps)
    absent = {"clear": {"gone": {"state": "gone"}, "back": {"state": "open"}}}
    play(replace(base, entities={"thing": {**base.entities["thing"], "absent": absent}}), shelf)


def test_a_row_that_names_itself_is_not_told_that_it_is_not_there(shelf: Shelf) -> None:
    fields = {"self": {"type": "reference", "to": "thing"}}
    row: Row = {"code": "A", "parent": "P", "self": "A"}
    play(child("reject", file("plain", row), fields=fields, mapping={"self": "self"}), shelf)


def test_an_undo_of_an_undo_names_fields_as_files_do(shelf: Shelf) -> None:
    fields = {
        **TEXTS,
        "groups": {"type": "list", "of": "group", "create_missing": True},
        "note": {"type": "text", "column": "said"},
    }
    mapping = {**PLAIN["mapping"], "groups": {"from": "groups", "split": "|"}, "note": "note"}
    rows: list[Row] = [
        {"code": "A", "name": "a", "groups": None, "note": None},
        {"code": "A", "name": "a", "groups": "x", "note": "n"},
    ]
    base = made(fields, {"plain": {"mapping": mapping}}, file("plain", rows[0]), Undo(), Undo(), file("plain", rows[1]), Undo(2))
    group = {
        "entity": "group",
        "table": "groups",
        "key": ["name"],
        "tenant_column": "tenant",
        "fields": {"name": {"type": "text"}},
    }
    play(replace(base, entities={**base.entities, "group": group}), shelf)


def test_a_look_ahead_at_an_undo_leaves_members_of_lists_that_stay(shelf: Shelf) -> None:
    """It took the members of a row for free as soon as anything of the row would be put back."""
    fields = {**TEXTS, "groups": {"type": "list", "of": "group", "create_missing": True}}
    mapping = {**PLAIN["mapping"], "groups": {"from": "groups", "split": "|"}}
    rows: list[Row] = [
        {"code": "A", "name": name, "groups": groups} for name, groups in (("a", None), ("b", "x"), ("b", "x\x1fy"))
    ]
    files = [file("plain", row) for row in rows]
    base = made(fields, {"plain": {"mapping": mapping}}, *files, Undo(1, ahead=True))
    play(replace(base, entities={**base.entities, "group": GROUP}), shelf)


def test_a_look_ahead_at_an_undo_leaves_what_rows_name_once_more(shelf: Shelf) -> None:
    """The application's row named a parent that was not there; the file changed that, and so the undo brings it back."""
    put = Put("thing", "acme", {"code": "A", "parent": "P"})
    other = Put("thing", "acme", {"code": "B", "parent": "Q"})
    swapped = file("plain", {"code": "A", "parent": "Q"}, {"code": "B", "parent": "P"})
    play(child("create", put, other, swapped, Undo(ahead=True)), shelf)


def told_apart(*steps: Step, **feed: Any) -> Scenario:
    """Returns a scenario with two custom fields."""
    custom = {name: {"from": name, "type": "text"} for name in ("c0", "c1")}
    mapping = {"mapping": {"code": "code", "name": "name"}}
    base = made(TEXTS, {"plain": {**mapping, "custom_fields": custom, **feed}}, *steps)
    return replace(base, entities={"thing": {**base.entities["thing"], "custom_fields": "custom"}})


def test_custom_fields_are_cleared_and_written_wherever_they_stand_in_the_column(shelf: Shelf) -> None:
    """MariaDB's JSON_MERGE_PATCH loses parts of a patch that takes a member away which does not stand where it looks first."""
    put = Put("thing", "acme", {"code": "A", "c1": "1"})
    cells: list[Row] = [{"c0": "0", "c1": "1"}, {"c0": None, "c1": None}, {"c0": "0", "c1": "1"}, {"c0": "2", "c1": None}]
    files = [file("plain", {"code": "A", "name": None, **row}) for row in cells]
    play(told_apart(put, *files, Undo(), blank="clear"), shelf)
