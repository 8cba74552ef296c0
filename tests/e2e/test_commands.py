"""Commands as ops run them: what they are told, and with which status a command ends."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.offices import DAEMON, FILE, Office, office

from nightclerk.cli.exits import gravest

MAIL = "mail: {{host: 127.0.0.1, port: {port}, security: none, from: n@a.example{login}}}\n"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_of_several_statuses_the_gravest_counts() -> None:
    assert gravest() == gravest(0, 0) == 0
    assert gravest(0, 1) == 1
    assert gravest(1, 3, 0) == 3
    assert gravest(1, 3, 2) == 2


def test_before_the_tables_are_there_the_command_that_makes_them_is_told_once(tmp_path: Path) -> None:
    acme = office(tmp_path, tables=False)
    acme.write("clients.csv", FILE)
    told = acme.run("import", "acme", "clients.csv")
    assert told.returncode == 2
    assert told.stderr.splitlines() == [
        f"The tables customers, nightclerk_receipts and nightclerk_changes do not exist in {tmp_path}/var/app.db.",
        "  nightclerk tables create",
    ]
    elsewhere = acme.run("--config", f"{tmp_path}/config", "import", "acme", "clients.csv")
    assert elsewhere.stderr.splitlines()[1] == f"  nightclerk --config {tmp_path}/config tables create"
    assert acme.run("tables", "create").returncode == 0
    assert acme.run("import", "acme", "clients.csv").returncode == 0


def test_what_does_not_exist_is_told_with_the_nearest(tmp_path: Path) -> None:
    acme = office(tmp_path)
    for command in (("import", "acne", "x.csv"), ("round", "acne"), ("runs", "acne")):
        told = acme.run(*command)
        assert (told.returncode, told.stderr) == (2, 'There is no tenant "acne"; did you mean "acme"?\n')
    assert acme.run("round", "zzz").stderr == 'There is no tenant "zzz". There is acme.\n'
    missing = acme.run("import", "acme", "clients_9.csv")
    assert (missing.returncode, missing.stderr) == (2, "clients_9.csv cannot be read: No such file or directory.\n")


def test_a_wrong_tenant_stops_no_other_and_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    acme = office(tmp_path)
    acme.write("config/tenants/beta.yaml", "tenant: beta\n")
    acme.write("drops/acme/clients.csv", FILE)
    everyone = acme.run("round")
    assert everyone.returncode == 2
    assert "1 created, 2 rejected" in everyone.stdout
    assert "config/tenants/beta.yaml:1:1" in everyone.stderr
    named = acme.run("round", "acme")
    assert (named.returncode, named.stdout) == (0, "Nothing to do.\n")
    assert named.stderr == "Other tenants' files have problems too (1); nightclerk check names them.\n"


def test_a_round_that_cannot_look_does_not_say_that_there_is_nothing_to_do(tmp_path: Path) -> None:
    acme = office(tmp_path)
    (tmp_path / "drops/acme").rmdir()
    told = acme.run("round")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.splitlines()[-1].startswith("acme: The drop folder ")


@pytest.mark.parametrize(("login", "status"), [("", 3), (", username: u, password: {env: NIGHTCLERK_NOT_SET}", 2)])
def test_a_letter_that_waits_is_told_and_kept(tmp_path: Path, login: str, status: int) -> None:
    acme = office(tmp_path, DAEMON + MAIL.format(port=free_port(), login=login))
    acme.write("clients.csv", FILE)
    imported = acme.run("import", "acme", "clients.csv")
    assert imported.returncode == status
    assert imported.stdout.startswith("run 1  acme/clients  clients.csv  imported with rejects  3 rows: 1 created, 2 rejected")
    assert "The letter waits in the outbox: " in imported.stderr
    posted = acme.run("post")
    assert (posted.returncode, posted.stdout) == (status, "0 accepted, 0 refused, 1 waiting.\n")
    shown = acme.run("post", "--show", "1")
    assert shown.returncode == 0
    assert shown.stdout.startswith("From: ")
    assert "\nAttached: clients.rejected.csv\n\nIMPORTED WITH REJECTS\n" in shown.stdout
    assert acme.run("post", "--show", "1", "--html").stdout.lower().startswith("<!doctype html>")
    missing = acme.run("post", "--show", "2")
    assert (missing.returncode, missing.stderr.splitlines()[0]) == (2, "There is no letter 2.")


def test_output_that_goes_nowhere_is_no_fault_of_ours(tmp_path: Path) -> None:
    acme = office(tmp_path)
    command = [sys.executable, "-m", "nightclerk", "runs"]
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(command, cwd=acme.folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (told.returncode, told.stderr) == (
        3,
        "The output cannot be written: No space left on device. Make room, then try again.\n",
    )
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command], cwd=acme.folder, capture_output=True, text=True, check=False
    )
    assert "fault in Nightclerk" not in closed.stderr


def test_a_trial_with_a_key_that_is_not_there_says_so(tmp_path: Path) -> None:
    acme = office(tmp_path)
    acme.write("clients.csv", FILE)
    nobody = acme.run("import", "acme", "clients.csv", "--only", "ZZ", "--only", "Z")
    assert (nobody.returncode, nobody.stdout) == (1, "run 1  acme/clients  clients.csv  imported  3 rows: 3 skipped\n")
    assert nobody.stderr.endswith('No record of clients.csv has the key "ZZ" or "Z"; nothing was booked.\n')
    anna = acme.run("import", "acme", "clients.csv", "--only", "A")
    assert "3 rows: 1 created, 2 skipped" in anna.stdout
    assert "No record" not in anna.stderr
    assert "3 rows: 1 unchanged, 2 rejected" in acme.run("import", "acme", "clients.csv").stdout  # a trial makes no duplicate


def test_the_starter_takes_a_file_with_the_columns_it_names(tmp_path: Path) -> None:
    new = Office(tmp_path)
    for command in (("init",), ("check",), ("tables", "create")):
        assert new.run(*command).returncode == 0
    new.write("customers_1.csv", "Customer no;Name;Short name;E-mail;Balance;Blocked\n007;Anna;;anna@a.example;1 234,50;0\n")
    taken = new.run("import", "example", "customers_1.csv")
    assert (taken.returncode, taken.stdout) == (0, "run 1  example/customers  customers_1.csv  imported  1 row: 1 created\n")


def test_a_file_is_no_duplicate_where_the_database_has_not_taken_it(tmp_path: Path) -> None:
    acme = office(tmp_path)
    file = acme.write("clients.csv", "Code;Name;Email;Solde\nA;Anna;;1,50\n")
    assert acme.data("import", "acme", str(file))["counts"]["created"] == 1
    assert acme.data("import", "acme", str(file))["ending"] == "duplicate"
    for path in (tmp_path / "var").glob("app.db*"):  # lost, and made anew; the ledger still knows the import
        path.unlink()
    assert acme.run("tables", "create").returncode == 0
    again = acme.data("import", "acme", str(file))
    assert (again["ending"], again["counts"]["created"]) == ("imported", 1)
