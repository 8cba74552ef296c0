"""``nightclerk preview``: it says what ``import`` then does, and leaves everything as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.offices import FILE, Office, office
from tests.servers.postgres import shared_server

#: What an import has and a preview cannot have, or not yet.
OWN = ("run", "drop", "started_at", "ended_at", "archived_as", "sample")
NEXT = FILE.replace("A;Anna", "A;Anne").replace("no address", "bert@b.example").replace("2,25", "2,75") + "C;Carl;;\n"

Picture = dict[str, Any]


def picture_of(acme: Office) -> Picture:
    """Every file of the installation with its bytes and when it was last written to; folders by their names."""
    found: Picture = {}
    for path in sorted(acme.folder.rglob("*")):
        found[str(path.relative_to(acme.folder))] = (path.read_bytes(), path.stat().st_mtime_ns) if path.is_file() else None
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Office, Callable[[], Picture]]]:
    """An office on each kind of database, and what takes a picture of all that it keeps."""
    if request.param == "sqlite":
        acme = office(tmp_path)
        yield acme, lambda: picture_of(acme)
        return
    server = shared_server()
    name = server.create_database()
    acme = office(tmp_path, f"database: {server.url(name)}\nledger: {server.url(name)}\nstate: var\n")
    yield acme, lambda: picture_of(acme) | {"database": server.dump(name)}


def shared(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in OWN}


def test_it_says_what_the_import_then_does_and_leaves_no_trace(place: tuple[Office, Callable[[], Picture]]) -> None:
    acme, picture = place
    acme.write("clients.csv", FILE)
    acme.write("clients_2.csv", NEXT)
    for number, name in enumerate(("clients.csv", "clients_2.csv")):
        before = picture()
        preview = acme.data("preview", "acme", name, "--rows", "2")
        assert picture() == before
        imported = acme.data("import", "acme", name)
        assert shared(preview) == shared(imported)
        assert (preview["run"], preview["drop"], preview["archived_as"]) == (None, None, None)
        assert preview["sample"] == [FIRST, SECOND][number]


FIRST = [
    {
        "key": {"code": "A"},
        "before": None,
        "after": {"code": "A", "name": "Anna", "email": "anna@a.example", "balance": "1.5000", "currency": "EUR"},
    }
]
SECOND = [
    {"key": {"code": "A"}, "before": {"name": "Anna"}, "after": {"name": "Anne"}},
    {
        "key": {"code": "B"},
        "before": None,
        "after": {"code": "B", "name": "Bert", "email": "bert@b.example", "balance": "2.7500", "currency": "EUR"},
    },
]


def test_before_anything_has_run_it_makes_nothing(tmp_path: Path) -> None:
    acme = office(tmp_path, tables=False)
    acme.write("clients.csv", FILE)
    before = picture_of(acme)
    told = acme.run("preview", "acme", "clients.csv")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.splitlines()[-1] == "  nightclerk tables create"
    assert picture_of(acme) == before
