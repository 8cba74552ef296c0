"""Real processes where things go wrong: a full disk, strange names, folders that come and go, two daemons, a lost ledger."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.daemon import Site, eventually, write_clients
from tests.servers.lacking import lacking
from tests.servers.sshd import sshd


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def ready(site: Site) -> None:
    created = site.command("tables", "create")
    assert created.returncode == 0, created.stdout + created.stderr


def runs(site: Site) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(site.root / "var" / "ledger.db")) as ledger:
        return ledger.execute("SELECT ending, count(*) FROM runs GROUP BY ending ORDER BY ending").fetchall()


@pytest.fixture
def small_disk(site: Site) -> Iterator[Path]:
    """The state folder on a disk of 16 MB of its own."""
    var = site.root / "var"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(var)], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        lacking(f"a small disk cannot be mounted: {mounted.stderr.strip()}")
    yield var
    subprocess.run(["umount", "-l", str(var)], check=True)


@pytest.mark.parametrize("left", [0, 60_000, 400_000])
def test_a_full_disk_loses_nothing_and_is_told_in_words(site: Site, small_disk: Path, left: int) -> None:
    acme = site.tenant("acme")
    ready(site)
    filler = small_disk / "filler"
    write_clients(acme, "clients_1.csv", rows=20_000)
    with filler.open("wb") as file:
        free = os.statvfs(small_disk)
        file.write(b"x" * max(0, free.f_bavail * free.f_frsize - left))
    for _ in range(2):
        full = site.command("round")
        assert full.returncode == 3, full.stdout + full.stderr
        assert "fault in Nightclerk" not in full.stderr
        assert "room" in full.stderr
        assert (acme / "clients_1.csv").exists()
    filler.unlink()
    well = site.command("round")
    assert well.returncode == 0, well.stdout + well.stderr
    assert runs(site) == [("imported", 1)]
    assert site.customers() == 20_000
    assert not list((small_disk / "spool").iterdir())
    assert not list((small_disk / "holders").iterdir())


NAMES = [
    b"clients_caf\xe9.csv",
    b"clients_\n\x1b[31m.csv",
    b"clients_" + b"x" * 240 + b".csv",
    b"clients_..csv",
    b"clients_;rm -rf $HOME`.csv",
    b"notes\xff\n",
    b"..notes",
    "clients_\u202efdp.csv".encode(),
]


@pytest.mark.parametrize("archive", ["{processed: processed, failed: failed}", "leave", "delete"])
def test_names_of_any_bytes(site: Site, archive: str) -> None:
    acme = site.tenant("acme")
    text = (site.config / "tenants" / "acme.yaml").read_text()
    (site.config / "tenants" / "acme.yaml").write_text(text.replace("kind: folder,", f"kind: folder, archive: {archive},"))
    ready(site)
    for number, name in enumerate(NAMES):
        Path(os.fsdecode(os.fsencode(acme) + b"/" + name)).write_text(f"Code;Nom\nN{number};Name {number}\n")
    done = site.command("round", "--json")
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    assert "fault" not in done.stderr
    endings = sorted(run["ending"] for run in json.loads(done.stdout))
    assert endings == ["imported"] * 6 + ["unrecognised"], "a name that begins with a point is temporary"
    assert site.customers() == 6
    assert site.command("round", "--json").stdout.strip() == "[]"


def test_a_file_of_any_name_may_be_handed_in(site: Site, tmp_path: Path) -> None:
    site.tenant("acme")
    ready(site)
    path = tmp_path / os.fsdecode(b"clients_caf\xe9\n.csv")
    path.write_text("Code;Nom\nA1;Dupont\n")
    done = site.command("import", "acme", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert site.customers() == 1


def test_a_drop_folder_that_is_removed_and_made_again_is_served_again(site: Site) -> None:
    acme = site.tenant("acme")
    ready(site)
    with site.serving() as daemon:
        assert eventually(lambda: daemon.said("serving"))
        shutil.rmtree(acme)
        acme.mkdir()
        write_clients(acme, "clients_1.csv", rows=3)
        assert eventually(lambda: site.customers() == 3), daemon.log()
        shutil.rmtree(acme)
        acme.parent.rename(acme.parent.with_name("elsewhere"))
        acme.mkdir(parents=True)
        write_clients(acme, "clients_2.csv", rows=5)
        assert eventually(lambda: site.customers() == 5), daemon.log()
        assert not daemon.said("round_failed")


@pytest.mark.parametrize("kind", ["file", "link"])
def test_an_archive_folder_that_is_none_keeps_what_is_booked(site: Site, kind: str) -> None:
    acme = site.tenant("acme")
    ready(site)
    (acme / "processed").touch() if kind == "file" else (acme / "processed").symlink_to(site.root / "var")
    write_clients(acme, "clients_1.csv", rows=3)
    stuck = site.command("round")
    assert stuck.returncode == 2
    assert "processed is not a folder" in stuck.stderr
    assert site.customers() == 3
    assert (acme / "clients_1.csv").exists()
    (acme / "processed").unlink()
    assert site.command("round").returncode == 0
    assert len(list((acme / "processed").iterdir())) == 1
    assert ("imported", 1) in runs(site)


def test_two_daemons_on_one_state_folder_take_each_file_once(site: Site) -> None:
    acme = site.tenant("acme", every="1s", unchanged_for="0.1s")
    ready(site)
    with site.serving() as one, site.serving():
        assert eventually(lambda: [line["event"] for line in one.log()].count("serving") == 2), one.log()
        for number in range(20):
            write_clients(acme, f"clients_{number:02}.csv", rows=number + 1)
        assert eventually(lambda: len(list((acme / "processed").glob("*.csv"))) == 20), one.log()
        assert eventually(lambda: not list((site.root / "var" / "spool").iterdir()))
        assert not one.said("round_failed")
    assert runs(site) == [("imported", 20)]
    assert site.customers() == 20


def test_bytes_that_a_lost_ledger_left_in_the_spool_are_never_taken_for_another_file(site: Site) -> None:
    acme = site.tenant("acme")
    ready(site)
    left = site.root / "var" / "spool" / "1"
    left.mkdir(parents=True)
    (left / f"{'0' * 64}.data").write_text("Code;Nom\nWRONG;Wrong\n")
    write_clients(acme, "clients_1.csv", rows=3)
    assert site.command("round").returncode == 0
    assert site.customers() == 3
    assert not left.exists()


def test_an_import_that_was_killed_is_finished_later_and_the_file_stays(site: Site, tmp_path: Path) -> None:
    site.tenant("acme")
    ready(site)
    path = write_clients(tmp_path, "clients_9.csv", rows=150_000)
    line = [sys.executable, "-m", "nightclerk", "--config", str(site.config), "import", "acme", path.name]
    killed = subprocess.Popen(line, cwd=tmp_path, stdout=subprocess.DEVNULL)
    spool = site.root / "var" / "spool"
    assert eventually(lambda: spool.exists() and any(spool.rglob("*.data")))
    killed.kill()
    killed.wait()
    assert site.customers() == 0
    done = site.command("round")
    assert done.returncode == 0, done.stdout + done.stderr
    assert site.customers() == 150_000
    assert runs(site) == [("imported", 1)]
    assert path.exists()
    assert not list(spool.iterdir())
    assert not list((site.root / "var" / "holders").iterdir())


@pytest.mark.server("sshd")
def test_a_server_that_dies_and_one_with_another_key(site: Site) -> None:
    folder = site.tenant("acme")
    file = site.config / "tenants" / "acme.yaml"
    mail = "mail: {host: 127.0.0.1, port: 9, security: none, from: n@example.com, operators: [ops@example.com]}\n"
    with (site.config / "nightclerk.yaml").open("a") as daemon:
        daemon.write(mail)
    with sshd() as server:
        source = (
            f"{{kind: sftp, host: {server.host}, port: {server.port}, username: {server.user}, key: {{file: {server.key}}}, "
            f'host_keys: ["{server.fingerprint}"], folder: {server.folder}}}'
        )
        file.write_text(file.read_text().replace(f"{{kind: folder, path: {folder}}}", source))
        ready(site)
        server.put("clients_1.csv", b"Code;Nom\r\nA1;Dupont\r\n", mtime=1_790_000_000)
        site.command("round")
        assert site.customers() == 1
        server.stop()
        away = site.command("round")
        assert "could not be reached" in away.stderr
        server.start()
        # The same name, size and preserved time stamp again: a new delivery, for the old one was moved away.
        server.put("clients_1.csv", b"Code;Nom\r\nA2;Durand\r\n", mtime=1_790_000_000)
        site.command("round")
        assert site.customers() == 2
        server.stop()
        for path in (server.base / "host_ed25519", server.base / "host_ed25519.pub"):
            path.unlink()
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(server.base / "host_ed25519")], check=True)
        server.start()
        for named in ((), ("acme",)):  # who names the tenant asks the server again
            changed = site.command("round", *named)
            assert changed.returncode == 2
            assert "Nothing was sent to it" in changed.stderr
        assert "is not asked again before" in site.command("round").stderr
        letters = json.loads(site.command("post", "--list", "--json").stdout)
        assert [letter["kind"] for letter in letters].count("operators") == 1
