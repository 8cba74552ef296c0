"""``nightclerk suggest`` as a person calls it: what it prints is a tenant's file that works as it stands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.offices import DAEMON, Office

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(path for path in (ROOT / "sample_drops").glob("*/night-1/*_*.*") if path.is_file())
REAL = Path(os.environ.get("NIGHTCLERK_REAL_EXPORTS") or "nowhere")
EXPORTS = sorted(
    path for path in REAL.glob("*/*") if path.suffix.lower() in {".csv", ".txt", ".xlsx", ".xls", ".xml", ".dbf"}
)  # fmt: skip


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with the shipped entities and their tables, and no tenant."""
    made = Office(tmp_path_factory.mktemp("books"))
    assert made.run("init").returncode == 0
    (made.folder / "config/tenants/example.yaml").unlink()
    made.write("config/nightclerk.yaml", DAEMON)
    assert made.run("tables", "create").returncode == 0
    return made


def propose(books: Office, *paths: Path) -> str:
    """Writes what is proposed for the files as the only tenant's file; returns its text."""
    done = books.run("suggest", *map(str, paths), "--tenant", "acme")
    assert (done.returncode, done.stderr) == (0, "")
    books.write("config/tenants/acme.yaml", done.stdout)
    return done.stdout


def check(books: Office) -> None:
    done = books.run("check", "acme")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


@pytest.mark.parametrize("tenant", sorted({path.parts[-3] for path in SAMPLES}))
def test_a_proposal_passes_check_and_preview_as_it_stands(books: Office, tenant: str) -> None:
    paths = [path for path in SAMPLES if path.parts[-3] == tenant]
    text = propose(books, *paths)
    assert text.startswith("# yaml-language-server: $schema=../schemas/tenant.json\n")
    check(books)
    for path in paths:
        previews: Any = books.data("preview", "acme", str(path))
        for found in previews if isinstance(previews, list) else [previews]:
            assert found["ending"] in ("imported", "imported_with_rejects")
            assert found["counts"]["rejected"] * 10 < found["counts"]["rows"], found["issues"][:3]


def test_several_files_become_feeds_of_one_tenant(books: Office) -> None:
    paths = [path for path in SAMPLES if path.parts[-3] in ("brightwave", "credit-lumiere", "plomberie-boreal")]
    propose(books, *paths)
    check(books)
    found = books.data("suggest", *map(str, paths), "--tenant", "acme")
    assert len(found["feeds"]) == len({feed["feed"] for feed in found["feeds"]}) == 8


def test_what_is_missing_ends_with_status_1_and_the_text_is_there(books: Office) -> None:
    path = books.write("colours.csv", "Colour;Taste\nred;sweet\nred;sour\n")
    done = books.run("suggest", str(path), "--entity", "invoice")
    assert done.returncode == 1
    assert "NOT WHOLE" in done.stdout
    assert "no column was found for" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Missing argument"),
        (("nowhere.csv",), "nowhere.csv cannot be opened"),
        (("x.csv", "--entity", "custommer"), 'There is no entity "custommer"; did you mean "customer"?'),
        (("x.csv", "--tenant", "Acme SA"), "is not a name here"),
        (("x.csv", "--language", "french"), 'There is no language "french"'),
        (("x.csv", "--timezone", "Europe/Pari"), 'There is no time zone "Europe/Pari"; did you mean "Europe/Paris"?'),
    ],
)
def test_wrong_use_is_status_2(books: Office, arguments: tuple[str, ...], told: str) -> None:
    done = books.run("suggest", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


@pytest.mark.skipif(not EXPORTS, reason="NIGHTCLERK_REAL_EXPORTS is not set")
@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.parent.name)
def test_every_real_export_gets_a_proposal_that_passes_check(books: Office, path: Path) -> None:
    propose(books, path)
    check(books)
