"""What rejected rows are called, and who reads them when they come back."""

from __future__ import annotations

import pytest

from nightclerk.core.feed import Feed
from nightclerk.core.reject_name import reject_name
from nightclerk.core.routing import route


def feed(name: str, files: str) -> Feed:
    return Feed.model_validate({"feed": name, "files": files, "entity": "e", "mapping": {"a": "A"}})


@pytest.mark.parametrize(
    ("name", "workbook", "alone", "beside_others"),
    [
        ("clients_20261120.csv", False, "clients_20261120.rejected.csv", "clients_20261120.items.rejected.csv"),
        ("clients", False, "clients.rejected", "clients.items.rejected"),
        ("Clients.XLSX", True, "Clients.rejected.XLSX", "Clients.items.rejected.XLSX"),
        ("clients.xls", True, "clients.xls.rejected.xlsx", "clients.xls.items.rejected.xlsx"),
        ("clients.v2.ods", True, "clients.v2.ods.rejected.xlsx", "clients.v2.ods.items.rejected.xlsx"),
        ("export", True, "export.rejected.xlsx", "export.items.rejected.xlsx"),
    ],
)
def test_it_is_told_from_the_file_and_taken_by_the_same_feed(name: str, workbook: bool, alone: str, beside_others: str) -> None:
    assert reject_name(name, workbook) == alone
    assert reject_name(name, workbook, "items") == beside_others
    assert reject_name(alone, workbook) == alone  # what is still wrong in it comes back under its name
    exact = [feed("clients", name), feed("items", name), feed("other", "other_*")]
    assert [one.feed for one in route(exact, name)] == ["clients", "items"]
    assert [one.feed for one in route(exact, alone)] == ["clients", "items"]
    assert [one.feed for one in route(exact, beside_others)] == ["items"]


@pytest.mark.parametrize("added", [" (1)", "(2)", " - Copie", "_corrected", "-v2"])
def test_what_programs_and_people_add_to_the_name_leaves_it_with_its_feed(added: str) -> None:
    feeds = [feed("clients", "books_*.xlsx"), feed("items", "books_*.xlsx"), feed("exact", "list.csv")]
    assert [one.feed for one in route(feeds, f"books_1.items.rejected{added}.xlsx")] == ["items"]
    assert [one.feed for one in route(feeds, f"list.rejected{added}.csv")] == ["exact"]
    assert route(feeds, "list.rejectedness.csv") == ()


@pytest.mark.parametrize(
    ("name", "workbook", "alone", "beside_others"),
    [
        ("books_1.zip", False, "books_1.zip.rejected.csv", "books_1.zip.items.rejected.csv"),
        ("books_1.zip", True, "books_1.zip.rejected.xlsx", "books_1.zip.items.rejected.xlsx"),
        ("clients.csv.gz", False, "clients.csv.gz.rejected.csv", "clients.csv.gz.items.rejected.csv"),
        ("Books.2026.DAT", False, "Books.2026.DAT.rejected.csv", "Books.2026.DAT.items.rejected.csv"),
    ],
)
def test_what_came_in_an_archive_goes_back_without_and_is_taken_all_the_same(
    name: str, workbook: bool, alone: str, beside_others: str
) -> None:
    assert reject_name(name, workbook, packed=True) == alone
    assert reject_name(name, workbook, "items", packed=True) == beside_others
    assert reject_name(alone, workbook) == alone  # it comes back as it went out, and so does what is still wrong in it
    exact = [feed("clients", name), feed("items", name), feed("other", "other_*")]
    assert [one.feed for one in route(exact, alone)] == ["clients", "items"]
    assert [one.feed for one in route(exact, beside_others)] == ["items"]


def test_a_feeds_name_counts_only_where_that_feed_reads_the_file() -> None:
    feeds = [feed("clients", "clients_??.csv"), feed("old", "old_*.csv"), feed("all", "clients_*")]
    assert [one.feed for one in route(feeds, "clients_12.rejected.csv")] == ["clients", "all"]
    assert [one.feed for one in route(feeds, "clients_12.old.rejected.csv")] == ["all"]
    assert [one.feed for one in route(feeds, "clients_12.CLIENTS.Rejected.csv")] == ["clients"]
    assert route(feeds[:2], "clients_12.rejected.csv.bak") == ()
    assert route(feeds[:2], ".rejected.csv") == ()
