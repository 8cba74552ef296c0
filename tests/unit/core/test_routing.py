from __future__ import annotations

import pytest

from nightclerk.core.feed import Feed
from nightclerk.core.file_names import matches
from nightclerk.core.routing import done_file_of, is_done_file, is_temporary, rivals, route
from nightclerk.core.tenant import Ready


def feed(name: str, files: str, sheet: str | int | None = None) -> Feed:
    return Feed.model_validate(
        {"feed": name, "files": files, "entity": "e", "mapping": {"a": "A"}, "format": {"kind": "xlsx"}, "sheet": sheet}
        if sheet is not None
        else {"feed": name, "files": files, "entity": "e", "mapping": {"a": "A"}}
    )


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("clients_*.csv", "clients_20261121.csv", True),
        ("clients_*.csv", "CLIENTS_1.CSV", True),
        ("clients_*.csv", "clients_.csv", True),
        ("clients_*.csv", "old_clients_1.csv", False),
        ("clients_*.csv", "clients_1.csv.bak", False),
        ("clients_??.csv", "clients_12.csv", True),
        ("clients_??.csv", "clients_1.csv", False),
        ("[A-C]*.txt", "b1.txt", True),
        ("[!A-C]*.txt", "b1.txt", False),
        ("échéances*", "E\u0301CHE\u0301ANCES.csv", True),
        ("caf*.csv", "caf\udce9.csv", True),
        ("*", "a\nb", True),
        ("a.csv", "axcsv", False),
    ],
)
def test_patterns(pattern: str, name: str, fits: bool) -> None:
    assert matches(pattern, name) is fits


def test_all_feeds_that_fit_in_their_order() -> None:
    feeds = [feed("all", "*.csv"), feed("clients", "clients*"), feed("other", "*.txt")]
    assert [one.feed for one in route(feeds, "Clients.CSV")] == ["all", "clients"]
    assert route(feeds, "readme.md") == ()


@pytest.mark.parametrize("name", ["a.csv.part", "a.FILEPART", "x.tmp", "x.writing", ".hidden", "~lock", "~$a.xlsx"])
def test_temporary_names(name: str) -> None:
    assert is_temporary(Ready(), name)


def test_other_names_are_not_temporary() -> None:
    assert not is_temporary(Ready(), "part.csv")
    assert not is_temporary(Ready(temporary=[]), "a.part")


@pytest.mark.parametrize(
    ("done", "name", "expected"),
    [
        ("{stem}.ok", "a.csv", "a.ok"),
        ("{name}.ok", "a.csv", "a.csv.ok"),
        ("{stem}.ok", "a.tar.gz", "a.tar.ok"),
        ("{stem}.ok", "noending", "noending.ok"),
        ("done_{name}", "{stem}.csv", "done_{stem}.csv"),
        (None, "a.csv", None),
    ],
)
def test_done_files(done: str | None, name: str, expected: str | None) -> None:
    ready = Ready(done_file=done)
    assert done_file_of(ready, name) == expected
    if expected is not None:
        assert is_done_file(ready, expected)
        assert is_done_file(ready, expected.upper())
    assert not is_done_file(ready, name)


@pytest.mark.parametrize(
    ("sheets", "wanting_the_same"),
    [
        (("Clients", "Produits"), ""),
        (("Clients", " CLIENTS "), "ab"),
        ((1, 2), ""),
        ((1, 1), "ab"),
        ((1, "Produits"), "ab"),  # nobody knows before the file is there
        ((None, "Produits"), "ab"),
        ((None, None), "ab"),
        (("Clients", "Produits", "clients"), "ac"),
        (("Clients*", "Produits*"), ""),
        (("Clients*", " clients 2026"), "ab"),
        (("Clients 20[0-9]?", "clients 2026", "Clients"), "ab"),
        (("Clients*", 2), "ab"),
        (("Cli*", "*ents"), ""),  # until a workbook shows otherwise
    ],
)
def test_feeds_that_could_read_the_same_rows(sheets: tuple[str | int | None, ...], wanting_the_same: str) -> None:
    feeds = [feed(name, "*.xlsx", sheet) for name, sheet in zip("abc", sheets, strict=False)]
    assert "".join(one.feed for one in rivals(feeds)) == wanting_the_same
