"""Encrypted files on their way: from the drop to the letter, with nothing left that could be read."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.flow.houses import Desk, desk
from tests.flow.test_archives import attached
from tests.flow.test_several_feeds import endings, standing
from tests.servers.gnupg import PASSPHRASE, Correspondence, correspondence
from tests.unit.formats.packed.archives import zipped

from nightclerk.wiring import load_configuration, open_house
from nightclerk.work.hand_in import hand_in
from nightclerk.work.recover import recover

pytestmark = pytest.mark.server("gpg")
FEED = """  - feed: fiches
    files: "{files}"
    entity: customer
    tolerate: {{rejected: 80%}}
    mapping: {{code: Code, name: Nom, print_as: Nom, email: Courriel}}
"""
CLIENTS = "Code;Nom;Courriel\r\n1;Ann;a@a.example\r\n2;Bob;bob@\r\n3;Zoé;z@z.example\r\n".encode("cp1252")


@pytest.fixture(scope="module")
def people() -> Iterator[Correspondence]:
    with correspondence() as made:
        yield made


def openpgp(people: Correspondence, folder: Path, more: str = "") -> str:
    """The tenant's settings, behind its feeds."""
    return f"openpgp: {{key: {{file: {people.private('clerk', folder)}}}{more}}}\n"


def feeds(people: Correspondence, folder: Path, files: str = "fiches_*.csv.pgp", more: str = "") -> str:
    return FEED.format(files=files) + openpgp(people, folder, more)


def names_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def readable(root: Path) -> list[Path]:
    """The files below a folder that hold a row as it can be read; databases, letters and what lists rejected rows aside."""
    kept = (".db", ".db-wal", ".jsonl")
    return [
        path
        for path in root.rglob("*")
        if path.is_file() and not path.name.endswith(kept) and b"a@a.example" in path.read_bytes()
    ]


def test_an_encrypted_drop_is_booked_and_only_what_came_is_kept(tmp_path: Path, people: Correspondence) -> None:
    signed = f", signed_by: {people.public('sender', tmp_path)}"
    with desk(tmp_path, feeds=feeds(people, tmp_path, more=signed)) as at:
        message = people.encrypt(CLIENTS, by=("sender",))
        at.sources["acme"].put("fiches_1.csv.pgp", message)
        at.take()
        assert endings(at) == [("fiches", "imported_with_rejects", None)]
        assert standing(tmp_path, "customers") == [("1",), ("3",)]
        (letter,) = at.letters("report")
        assert "fiches_1.csv.pgp" in letter
        (kept,) = (path for path in (tmp_path / "var/archive").rglob("*") if path.name.endswith(".csv.pgp"))
        assert kept.read_bytes() == message
        assert names_in(tmp_path / "var/spool") == []
        assert readable(tmp_path / "var") == []
        at.sources["acme"].put("fiches_2.csv.pgp", message)
        at.take()
        assert endings(at)[0][1] == "imported_with_rejects", "the last import had rejected rows"
        corrected = people.encrypt(CLIENTS.replace(b"bob@", b"bob@b.example"), by=("sender",))
        for name in ("fiches_3.csv.pgp", "fiches_4.csv.pgp"):
            at.sources["acme"].put(name, corrected)
            at.take()
        anew = people.encrypt(CLIENTS.replace(b"bob@", b"bob@b.example"), by=("sender",))
        at.sources["acme"].put("fiches_5.csv.pgp", anew)
        at.take()
        runs = {run.file: run.ending for run in at.house.runs.history()}
        assert runs["fiches_4.csv.pgp"] == "duplicate"
        assert runs["fiches_5.csv.pgp"] == "imported", "encrypted anew it is other bytes, and its rows are unchanged"


def test_corrected_rows_come_back_encrypted(tmp_path: Path, people: Correspondence) -> None:
    with desk(tmp_path, feeds=feeds(people, tmp_path)) as at:
        at.sources["acme"].put("fiches_1.csv.pgp", people.encrypt(CLIENTS))
        at.take()
        name, content = _attached(at)
        assert name == "fiches_1.csv.pgp.rejected.csv"
        whole = content.replace(b";bob@;", b";bob@b.example;")
        at.sources["acme"].put(name, whole)
        at.take()
        assert (endings_by_file(at)[name], len(standing(tmp_path, "customers"))) == (("refused", "not_encrypted"), 2)
        at.sources["acme"].put(f"{name}.gpg", people.encrypt(whole))
        at.take()
        last = at.house.runs.history()[0]
        assert (last.ending, last.corrects is not None) == ("imported", True)
        assert len(standing(tmp_path, "customers")) == 3


def _attached(at: Desk) -> tuple[str, bytes]:
    return attached(at)[-1]


def endings_by_file(at: Desk) -> dict[str, tuple[str, str | None]]:
    return {run.file: (run.ending, run.code) for run in at.house.runs.history()}


def test_archives_within_are_unpacked_and_kinds_follow_the_inner_name(tmp_path: Path, people: Correspondence) -> None:
    both = FEED.format(files="paquet_*.zip.gpg").replace("fiches", "paquet").replace("entity", 'members: "*.csv"\n    entity')
    with desk(tmp_path, feeds=both + feeds(people, tmp_path, files="fiches_*.csv.*")) as at:
        at.sources["acme"].put("fiches_1.csv.gz.pgp", people.encrypt(gzip.compress(CLIENTS)))
        at.sources["acme"].put("fiches_2.csv.asc", people.encrypt(CLIENTS, "--armor"))
        at.sources["acme"].put("paquet_1.zip.gpg", people.encrypt(zipped({"a/b.csv": CLIENTS})))
        at.take()
        at.round(minutes=1)
        at.round(minutes=1)
        assert {run.ending for run in at.house.runs.history()} == {"imported_with_rejects"}
        assert len(at.house.runs.history()) == 3


def test_what_may_not_be_taken_is_refused_and_told(tmp_path: Path, people: Correspondence) -> None:
    signed = f", signed_by: [{people.public('sender', tmp_path)}]"
    with desk(tmp_path, feeds=feeds(people, tmp_path, files="fiches_*", more=signed)) as at:
        good = people.encrypt(CLIENTS, by=("sender",))
        for name, content in {
            "fiches_1.csv": CLIENTS,
            "fiches_2.csv.pgp": CLIENTS,
            "fiches_3.csv.pgp": people.encrypt(CLIENTS),
            "fiches_4.csv.pgp": people.encrypt(CLIENTS, by=("stranger",)),
            "fiches_5.csv.pgp": good[:-30],
            "fiches_6.csv.pgp": people.encrypt(CLIENTS, to="sender", by=("sender",)),
            "fiches_7.csv": good,
        }.items():
            at.sources["acme"].put(name, content)
            at.take()
        assert endings_by_file(at) == {
            "fiches_1.csv": ("refused", "not_encrypted"),
            "fiches_2.csv.pgp": ("refused", "not_encrypted"),
            "fiches_3.csv.pgp": ("refused", "not_signed"),
            "fiches_4.csv.pgp": ("refused", "wrong_signature"),
            "fiches_5.csv.pgp": ("refused", "not_decrypted"),
            "fiches_6.csv.pgp": ("refused", "not_decrypted"),
            "fiches_7.csv": ("imported_with_rejects", None),
        }
        assert len(at.letters("report")) == 7
        assert names_in(tmp_path / "var/spool") == []
        file = tmp_path / "fiches_8.csv"
        file.write_bytes(CLIENTS)
        assert [run.code for run in hand_in(at.house, "acme", file, None, None)] == ["not_encrypted"]
        file.write_bytes(good)
        assert [run.ending for run in hand_in(at.house, "acme", file, None, None)] == ["imported_with_rejects"]


def test_plain_files_are_taken_where_encryption_is_not_required_and_encrypted_ones_nowhere_without_a_key(
    tmp_path: Path, people: Correspondence
) -> None:
    with desk(tmp_path / "a", feeds=feeds(people, tmp_path, files="fiches_*", more=", required: false")) as at:
        at.sources["acme"].put("fiches_1.csv", CLIENTS)
        at.sources["acme"].put("fiches_2.csv", people.encrypt(CLIENTS))
        at.take()
        at.round(minutes=1)
        assert {ending for ending, _ in endings_by_file(at).values()} == {"imported_with_rejects"}
        assert len(endings_by_file(at)) == 2
    with desk(tmp_path / "b", feeds=FEED.format(files="fiches_*")) as at:
        at.sources["acme"].put("fiches_1.csv", people.encrypt(CLIENTS))
        at.sources["acme"].put("fiches_2.csv", people.encrypt(CLIENTS, "--armor"))
        at.take()
        at.round(minutes=1)
        assert set(endings_by_file(at).values()) == {("refused", "not_decrypted")}
        assert "aucune clé n'est configurée ici" in at.letters("report")[0]


def test_a_wrong_passphrase_is_for_ops_and_the_file_waits(tmp_path: Path, people: Correspondence) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("wrong")
    secret.chmod(0o600)
    key = f"openpgp: {{key: {{file: {people.private('locked', tmp_path)}}}, passphrase: {{file: {secret}}}}}\n"
    with desk(tmp_path, feeds=FEED.format(files="fiches_*.pgp") + key) as at:
        at.sources["acme"].put("fiches_1.csv.pgp", people.encrypt(CLIENTS, to="locked"))
        at.take()
        assert any("openpgp.passphrase does not open the private key" in letter for letter in at.letters())
        assert (list(at.house.runs.history()), at.letters("report")) == ([], [])
        assert [name for name in names_in(tmp_path / "var/spool") if "gnupg" in name] == []
        secret.write_text(PASSPHRASE)
        at.round(minutes=30)
        assert endings(at) == [("fiches", "imported_with_rejects", None)]


HANDED = """
import os, signal, sys
from pathlib import Path
from nightclerk.wiring import load_configuration, open_house
from nightclerk.work.hand_in import hand_in

def kill(event, arguments):
    if event == "subprocess.Popen" and "--decrypt" in arguments[1]:
        Path(sys.argv[3]).write_text("now")
    if event == "os.killpg" and Path(sys.argv[3]).exists():
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(kill)
configuration, _ = load_configuration(Path(sys.argv[1]))
with open_house(configuration) as house:
    hand_in(house, "acme", Path(sys.argv[2]), None, None)
"""


def test_a_kill_while_it_is_decrypted_leaves_nothing_that_can_be_read_and_the_next_start_goes_on(
    tmp_path: Path, people: Correspondence
) -> None:
    """Killed when the content is decrypted, and the private key still lies beside it."""
    with desk(tmp_path, feeds=feeds(people, tmp_path)):
        file = tmp_path / "fiches_1.csv.pgp"
        file.write_bytes(people.encrypt(CLIENTS))
    script = [sys.executable, "-c", HANDED, str(tmp_path / "config"), str(file), str(tmp_path / "decrypted")]
    with tempfile.TemporaryDirectory() as short:
        done = subprocess.run(
            script, capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "TMPDIR": short}
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert readable(tmp_path / "var") == []
        assert [name for name in names_in(tmp_path / "var/spool") if "gnupg" in name], "it was killed in the middle"
        until = time.monotonic() + 10
        while (left := _running(short)) and time.monotonic() < until:
            time.sleep(0.1)
        assert not left, "the agent of a dead process ends by itself"
    configuration, _ = load_configuration(tmp_path / "config")
    with capture_logs(), open_house(configuration) as house:
        recover(house)
        assert [run.ending for run in house.runs.history()] == ["imported_with_rejects"]
    assert names_in(tmp_path / "var/spool") == []
    assert standing(tmp_path, "customers") == [("1",), ("3",)]


def _running(folder: str) -> list[str]:
    listing = subprocess.run(["ps", "-eo", "stat=,args="], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in listing if folder in line and "gpg" in line and not line.startswith("Z")]
