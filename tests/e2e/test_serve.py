"""``nightclerk serve`` as a process: it notices files, books them, and stops as it should."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path

import pytest
from tests.e2e.daemon import Site, eventually, write_clients


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def ready(site: Site) -> None:
    created = site.command("tables", "create")
    assert created.returncode == 0, created.stdout + created.stderr


def test_a_dropped_file_is_noticed_booked_and_archived_and_term_ends_it_quickly(site: Site) -> None:
    acme = site.tenant("acme")
    ready(site)
    with site.serving() as daemon:
        assert eventually(lambda: daemon.said("serving", tenants=1)), daemon.log()
        time.sleep(1.0)  # the look at the start is over: with every: 1h only the watch can notice the file
        write_clients(acme, "clients_1.csv", rows=3)
        assert eventually(lambda: daemon.said("run_ended", ending="imported", tenant="acme", rows=3)), daemon.log()
        assert eventually(lambda: len(list((acme / "processed").glob("clients_1*.csv"))) == 1), daemon.log()
        assert site.customers() == 3
        assert eventually(lambda: daemon.said("put_away"))
        began = time.monotonic()
        daemon.terminate()
        assert daemon.process.wait(10) == 0
        assert time.monotonic() - began < 5
        assert daemon.said("stopped", finished=True)
        assert "Secret-" not in (site.root / "log").read_text(), "cell values have no place in the log"


def test_term_in_the_middle_of_a_drop_finishes_that_drop_and_takes_no_other(site: Site) -> None:
    acme = site.tenant("acme")
    ready(site)
    write_clients(acme, "clients_1.csv", rows=250_000)
    write_clients(acme, "clients_2.csv", rows=3)
    with site.serving() as daemon:
        spool = site.root / "var" / "spool"
        assert eventually(lambda: spool.exists() and any(path.is_file() for path in spool.rglob("*"))), daemon.log()
        daemon.terminate()
        time.sleep(0.05)
        daemon.terminate()  # a second one does not make it worse
        assert daemon.process.wait(60) == 0, daemon.log()
        assert daemon.said("run_ended", ending="imported", rows=250_000), daemon.log()
        assert not daemon.said("run_ended", rows=3), "no other drop is begun"
    assert site.customers() == 250_000
    assert len(list((acme / "processed").glob("clients_1*.csv"))) == 1
    assert (acme / "clients_2.csv").exists()
    with site.serving() as daemon:
        assert eventually(lambda: daemon.said("run_ended", rows=3)), daemon.log()


def test_term_also_sends_home_the_tenants_that_wait_for_a_worker(site: Site) -> None:
    for name in ("acme", "beta", "gamma"):
        write_clients(site.tenant(name), "clients_1.csv", rows=150_000)
    ready(site)
    with site.serving() as daemon:
        spool = site.root / "var" / "spool"
        assert eventually(lambda: spool.exists() and any(path.is_file() for path in spool.rglob("*"))), daemon.log()
        daemon.terminate()
        assert daemon.process.wait(60) == 0, daemon.log()
        assert [line["event"] for line in daemon.log()].count("run_ended") == 1, daemon.log()


def test_a_killed_daemon_takes_up_what_was_open(site: Site) -> None:
    acme = site.tenant("acme")
    ready(site)
    write_clients(acme, "clients_1.csv", rows=250_000)
    with site.serving() as daemon:
        spool = site.root / "var" / "spool"
        assert eventually(lambda: spool.exists() and any(path.is_file() for path in spool.rglob("*"))), daemon.log()
        daemon.process.kill()
        daemon.process.wait()
    assert not daemon.said("run_ended")
    with site.serving() as daemon:
        assert eventually(lambda: daemon.said("run_ended", ending="imported", rows=250_000)), daemon.log()
        assert eventually(lambda: len(list((acme / "processed").glob("clients_1*.csv"))) == 1), daemon.log()
    assert site.customers() == 250_000


def test_hup_does_not_end_it_and_int_does(site: Site) -> None:
    site.tenant("acme")
    ready(site)
    with site.serving() as daemon:
        assert eventually(lambda: daemon.said("serving"))
        daemon.process.send_signal(signal.SIGHUP)
        assert eventually(lambda: daemon.said("configuration_unchanged"))
        assert daemon.process.poll() is None
        daemon.process.send_signal(signal.SIGINT)
        assert daemon.process.wait(10) == 0


def test_systemd_is_told_how_it_is(site: Site) -> None:
    site.tenant("acme")
    ready(site)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(site.root / "notify"))
        manager.settimeout(20)
        with site.serving(NOTIFY_SOCKET=str(site.root / "notify"), WATCHDOG_USEC="4000000") as daemon:
            said: list[str] = []
            while said.count("WATCHDOG=1") < 3:
                said.append(manager.recv(4096).decode())
            assert said[0] == f"READY=1\nMAINPID={daemon.process.pid}"
            assert any(line.startswith("STATUS=Tenants: 1.") for line in said)
            daemon.terminate()
            while said[-1] != "STOPPING=1":
                said.append(manager.recv(4096).decode())
            assert daemon.process.wait(10) == 0


def test_a_tenant_whose_file_is_wrong_is_named_and_the_others_are_served(site: Site) -> None:
    acme = site.tenant("acme")
    site.tenant("beta")
    ready(site)
    wrong = site.config / "tenants" / "beta.yaml"
    wrong.write_text(wrong.read_text().replace("mapping:", "maping:"))
    write_clients(acme, "clients_1.csv", rows=3)
    with site.serving() as daemon:
        assert eventually(lambda: daemon.said("run_ended", tenant="acme", rows=3)), daemon.log()
        assert any("beta.yaml" in line.get("problem", "") for line in daemon.log())
        assert daemon.said("serving", tenants=1)
