"""``nightclerk undo`` and ``nightclerk replay``: a night is taken back, and booked again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.e2e.offices import Office, office

HEAD = "Code;Name;Email;Solde\n"
FIRST = HEAD + "A;Anna;anna@a.example;1,50\nB;Bert;;2,25\n"
SECOND = HEAD + "A;Anne;anna@a.example;9,00\nB;Bert;;2,25\nC;Carl;;3,00\nD;Dora;;4,00\n"
COLUMNS = ("code", "name", "email", "currency", "balance")


@pytest.fixture
def acme(tmp_path: Path) -> Office:
    return office(tmp_path)


def customers(acme: Office) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(acme.folder / "var/app.db")) as app:
        return app.execute(f"SELECT {', '.join(COLUMNS)} FROM customers ORDER BY code").fetchall()


def execute(acme: Office, statement: str) -> None:
    with closing(sqlite3.connect(acme.folder / "var/app.db")) as app, app:
        app.execute(statement)


def booked(acme: Office, *files: str) -> None:
    for number, text in enumerate(files, 1):
        acme.write(f"clients_{number}.csv", text)
        assert acme.run("import", "acme", f"clients_{number}.csv").returncode == 0


def test_a_night_is_taken_back_and_that_as_well(acme: Office) -> None:
    booked(acme, FIRST)
    before = customers(acme)
    booked(acme, FIRST, SECOND)  # the first is a duplicate: run 2
    after = customers(acme)

    written = {path: path.read_bytes() for path in (acme.folder / "var").rglob("*") if path.is_file()}
    ahead = acme.run("undo", "3", "--preview")
    assert (ahead.returncode, ahead.stdout) == (
        0,
        "Undoing run 3 would do this; nothing is written:\n  2 rows deleted\n  1 row put back as it was\n",
    ), ahead.stderr
    assert {path: path.read_bytes() for path in (acme.folder / "var").rglob("*") if path.is_file()} == written

    done = acme.run("undo", "3")
    assert (done.returncode, done.stdout) == (
        0,
        "Run 3 was undone by run 4; nightclerk undo 4 takes that back.\n  2 rows deleted\n  1 row put back as it was\n",
    ), done.stderr
    assert customers(acme) == before

    shown = acme.run("run", "3").stdout
    assert "imported, undone by 4" in shown
    assert "Undone by run 4; nightclerk undo 4 takes that back.\n" in shown
    runs = acme.run("runs").stdout
    assert "undo of 3" in runs
    # The second run was of a duplicate; nothing waits, and nothing is held.
    told = "run ended (UTC) tenant feed file rows created updated unchanged rejected skipped ending"
    assert " ".join(runs.splitlines()[0].split()) == told
    assert "2 rows deleted" in acme.run("run", "4").stdout
    assert acme.data("run", "4")["undoes"] == 3
    assert acme.data("runs")[1]["undone_by"] == 4
    again = acme.run("undo", "3")
    assert (again.returncode, again.stderr) == (
        2,
        "Run 3 was undone by run 4 already. Undo that one to take it back.\n  nightclerk undo 4\n",
    )
    assert acme.run("doctor").returncode == 0

    back = acme.data("undo", "4")
    assert {key: back[key] for key in ("run", "undoes", "preview", "file_gone")} == {
        "run": 5, "undoes": 4, "preview": False, "file_gone": False,
    }  # fmt: skip
    assert back["counts"]["reverted"] == {"updated": 1, "created": 2}
    assert {row["key"]["code"]: row["done"] for row in back["rows"]} == {"A": "updated", "C": "created", "D": "created"}
    assert next(row for row in back["rows"] if row["line"] == 2) == {
        "line": 2, "entity": "customer", "key": {"code": "A"}, "outcome": "reverted", "done": "updated",
        "fields": ["name", "balance"], "kept": [], "reason": None,
    }  # fmt: skip
    assert customers(acme) == after
    assert "undone_by" not in acme.data("run", "3")
    assert acme.run("undo", "2").stderr == "Run 2 ended as duplicate: it booked nothing that could be taken back.\n"
    assert acme.run("undo", "9", "--preview").stderr == "There is no finished run 9.\n  nightclerk runs\n"


def test_what_was_changed_since_is_kept_and_named(acme: Office) -> None:
    booked(acme, FIRST, SECOND)
    execute(acme, "UPDATE customers SET name = 'by hand' WHERE code IN ('A', 'C')")
    execute(acme, "DELETE FROM customers WHERE code = 'D'")
    done = acme.run("undo", "2")
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[1:4] == [
        "  1 row put back as it was, 1 of them only in part: the rest was changed since",
        "  1 row kept, changed since",
        "  1 row could not be taken back: the row is not there any more",
    ]
    assert [line.split(None, 3) for line in done.stdout.splitlines()[5:]] == [
        ["line", "entity", "key", "not taken back"],
        ["4", "customer", "C", "changed since: name"],
        ["5", "customer", "D", "the row is not there any more"],
        ["2", "customer", "A", "changed since: name"],
    ]
    assert [row[:2] for row in customers(acme)] == [("A", "by hand"), ("B", "Bert"), ("C", "by hand")]
    assert customers(acme)[0][4] == "1.5000"


def test_without_the_archived_file_created_rows_are_kept(acme: Office) -> None:
    booked(acme, FIRST, SECOND)
    for path in (acme.folder / "var/archive").rglob("*run2.csv"):
        path.write_bytes(b"another file")
    found = acme.data("undo", "2", "--preview", status=1)
    assert (found["run"], found["file_gone"], found["counts"]["could_not"]) == (None, True, {"no_file": 2})
    done = acme.run("undo", "2")
    assert "The archive does not have the run's file any more" in done.stdout
    assert [row[:2] for row in customers(acme)] == [("A", "Anna"), ("B", "Bert"), ("C", "Carl"), ("D", "Dora")]
    replayed = acme.run("replay", "2")
    assert (replayed.returncode, "cannot be replayed" in replayed.stderr) == (2, True)


def test_the_file_is_read_as_the_run_had_read_it(acme: Office) -> None:
    booked(acme, FIRST, SECOND)
    tenant = acme.folder / "config/tenants/acme.yaml"
    tenant.write_text(tenant.read_text().replace("name: Name, ", "name: {from: Name, case: upper}, "))
    assert acme.data("undo", "2")["counts"]["reverted"] == {"deleted": 2, "updated": 1}


def test_an_archived_file_is_booked_again(acme: Office) -> None:
    booked(acme, FIRST, SECOND)
    execute(acme, "DELETE FROM customers WHERE code = 'C'")
    again = acme.data("replay", "2")
    assert (again["run"], again["replays"], again["ending"], again["file"]) == (3, 2, "imported", "clients_2.csv")
    assert (again["counts"]["created"], again["counts"]["unchanged"]) == (1, 3)
    assert "The file of run 2, out of the archive." in acme.run("run", "3").stdout
    assert len(list((acme.folder / "var/archive").rglob("clients_2.*.csv"))) == 2

    tenant = acme.folder / "config/tenants/acme.yaml"
    tenant.write_text(tenant.read_text().replace("name: Name, ", "name: {from: Name, case: upper}, "))
    assert acme.data("replay", "2")["counts"]["updated"] == 4
    assert [row[1] for row in customers(acme)] == ["ANNE", "BERT", "CARL", "DORA"]
    as_it_was = acme.data("replay", "2", "--as-it-was")
    assert as_it_was["config_hash"] == again["config_hash"]
    assert [row[1] for row in customers(acme)] == ["Anne", "Bert", "Carl", "Dora"]

    tenant.write_text(tenant.read_text().replace("feed: clients", "feed: kunden"))
    gone = acme.run("replay", "2")
    assert (gone.returncode, "nightclerk replay 2 --as-it-was" in gone.stderr) == (2, True)
