"""``nightclerk serve`` takes up a changed configuration while it serves: on HUP and by itself, each tenant by itself."""

from __future__ import annotations

import email
import email.policy
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.contract.mail_servers import Mailbox, mail_server
from tests.e2e.daemon import Daemon, Site, eventually, write_clients


class Office(Site):
    """A site with a mail server, and what ops do to its configuration."""

    def __init__(self, root: Path, port: int, box: Mailbox) -> None:
        super().__init__(root)
        self.box = box
        daemon = self.config / "nightclerk.yaml"
        mail = f"mail: {{host: 127.0.0.1, port: {port}, security: none, from: n@example.com, operators: [ops@example.com]}}\n"
        daemon.write_text(daemon.read_text() + mail)

    def file(self, tenant: str) -> Path:
        return self.config / "tenants" / f"{tenant}.yaml"

    def change(self, path: Path, before: str, after: str) -> None:
        """As an editor does: written beside it, then renamed over it."""
        text = path.read_text()
        assert before in text
        beside = path.with_name(f".{path.name}.new")
        beside.write_text(text.replace(before, after))
        beside.rename(path)

    def notices(self) -> list[str]:
        """The mails to ops so far, each as one line."""
        found = []
        for content, recipients in list(self.box.posted):
            body = email.message_from_bytes(content, policy=email.policy.default).get_body(("plain",))
            if recipients == ("ops@example.com",) and body is not None:
                found.append(" ".join(body.get_content().split()))
        return found

    def names(self) -> set[str]:
        """The names of all customers booked so far."""
        with closing(sqlite3.connect(f"file:{self.root}/var/app.db?mode=ro", uri=True, timeout=10)) as connection:
            return {row[0] for row in connection.execute("SELECT tenant || ' ' || name FROM customers")}

    @contextmanager
    def begun(self, **environment: str) -> Iterator[Daemon]:
        created = self.command("tables", "create")
        assert created.returncode == 0, created.stdout + created.stderr
        with self.serving(**environment) as daemon:
            assert eventually(lambda: daemon.said("serving")), daemon.log()
            yield daemon
            daemon.terminate()
            assert daemon.process.wait(20) == 0
            assert not [line for line in daemon.log() if line["event"] in {"reload_failed", "round_failed"}], daemon.log()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    box = Mailbox()
    with mail_server(box) as port:
        yield Office(tmp_path, port, box)


def rows(folder: Path, name: str, text: str) -> None:
    part = folder / f"{name}.part"
    part.write_text(text)
    part.rename(folder / name)


def test_a_wrong_tenant_goes_on_by_its_old_mapping_while_another_goes_by_its_new_one(office: Office) -> None:
    acme, beta = office.tenant("acme"), office.tenant("beta")
    with office.begun() as daemon:
        office.change(office.file("acme"), "name: Nom\n", "naem: Nom\n")
        office.change(office.file("beta"), "name: Nom\n", "name: Raison\n")
        assert eventually(lambda: daemon.said("configuration_taken", changed=["beta"], kept=["acme"])), daemon.log()
        rows(acme, "clients_1.csv", "Code;Nom\r\n1;Old way\r\n")
        rows(beta, "clients_1.csv", "Code;Nom;Raison\r\n1;Old way;New way\r\n")
        assert eventually(lambda: office.names() == {"acme Old way", "beta New way"}), daemon.log()
        daemon.process.send_signal(signal.SIGHUP)  # asked again, with nothing mended: nothing more is told
        assert eventually(lambda: daemon.said("configuration_unchanged"))
        assert eventually(lambda: len(office.notices()) == 1), office.notices()
        assert "Served by their last good version: acme." in office.notices()[0]
        assert "tenants/acme.yaml:15:7 feeds[0].mapping.naem: no field" in office.notices()[0]
        assert f"nightclerk --config {office.config} check" in office.notices()[0]

        office.change(office.file("acme"), "naem: Nom\n", "name: Raison\n")
        assert eventually(lambda: daemon.said("configuration_taken", changed=["acme"]))
        rows(acme, "clients_2.csv", "Code;Nom;Raison\r\n1;Old way;New way\r\n")
        assert eventually(lambda: "acme New way" in office.names()), daemon.log()
        assert eventually(lambda: len(office.notices()) == 2), office.notices()
        assert "The configuration is right again" in office.notices()[1]


def test_what_is_wrong_at_the_start_is_told_in_one_mail_and_not_again_after_a_restart(office: Office) -> None:
    acme = office.tenant("acme")
    office.tenant("beta")
    office.change(office.file("beta"), "mapping:", "maping:")
    with office.begun() as daemon:
        write_clients(acme, "clients_1.csv", rows=3)
        assert eventually(lambda: daemon.said("run_ended", tenant="acme", rows=3)), daemon.log()
        assert eventually(office.notices)
        assert "Not served until their files are right: beta." in office.notices()[0]
    with office.begun() as daemon:
        assert eventually(lambda: [line["event"] for line in daemon.log()].count("configuration_not_taken_whole") == 2)
        office.change(office.file("beta"), "maping:", "mapping:")
        assert eventually(lambda: daemon.said("configuration_taken", started=["beta"])), daemon.log()
        assert eventually(lambda: len(office.notices()) == 2)
        assert "right again" in office.notices()[1]


def test_tenants_come_and_go_and_one_moves_to_another_folder(office: Office) -> None:
    acme = office.tenant("acme")
    with office.begun() as daemon:
        gamma = office.tenant("gamma")
        write_clients(gamma, "clients_1.csv", rows=4)
        assert eventually(lambda: daemon.said("run_ended", tenant="gamma", rows=4)), daemon.log()
        write_clients(gamma, "clients_2.csv", rows=5)  # noticed by the watch, which looks at the new folder too
        assert eventually(lambda: daemon.said("run_ended", tenant="gamma", rows=5)), daemon.log()

        moved = office.root / "drops" / "moved"
        moved.mkdir()
        office.change(office.file("acme"), str(acme), str(moved))
        assert eventually(lambda: daemon.said("configuration_taken", changed=["acme"])), daemon.log()
        write_clients(moved, "clients_1.csv", rows=6)
        assert eventually(lambda: daemon.said("run_ended", tenant="acme", rows=6)), daemon.log()

        office.file("gamma").unlink()
        assert eventually(lambda: daemon.said("configuration_taken", removed=["gamma"])), daemon.log()
        assert eventually(lambda: daemon.said("configuration_taken", ended=["gamma"])), daemon.log()
        write_clients(gamma, "clients_3.csv", rows=7)
        write_clients(acme, "clients_3.csv", rows=7)  # where acme was before
        write_clients(moved, "clients_2.csv", rows=8)
        assert eventually(lambda: daemon.said("run_ended", tenant="acme", rows=8)), daemon.log()
        assert not daemon.said("run_ended", rows=7)
    assert office.notices() == []


def test_a_drop_under_way_ends_by_the_configuration_it_began_with(office: Office) -> None:
    acme = office.tenant("acme")
    with office.begun() as daemon:
        write_clients(acme, "clients_1.csv", rows=250_000)
        spool = office.root / "var" / "spool"
        assert eventually(lambda: spool.exists() and any(path.is_file() for path in spool.rglob("*"))), daemon.log()
        elsewhere = office.root / "drops" / "elsewhere"
        elsewhere.mkdir()
        office.change(office.file("acme"), "name: Nom\n", "name: Raison\n")
        office.change(office.file("acme"), str(acme), str(elsewhere))
        daemon.process.send_signal(signal.SIGHUP)
        assert eventually(lambda: daemon.said("configuration_taken", changed=["acme"])), daemon.log()
        assert not daemon.said("run_ended"), "the test is too slow to show anything"
        rows(elsewhere, "clients_2.csv", "Code;Nom;Raison\r\nnew;Old way;New way\r\n")
        assert eventually(lambda: daemon.said("run_ended", ending="imported", rows=250_000), within=60), daemon.log()
        assert eventually(lambda: list((acme / "processed").glob("clients_1*.csv"))), "put away where it came from"
        assert eventually(lambda: "acme New way" in office.names()), daemon.log()
    assert "acme Client Secret-0" in office.names()


def test_settings_that_want_a_restart_wait_for_it_and_others_are_taken(office: Office) -> None:
    office.tenant("acme")
    settings = office.config / "nightclerk.yaml"
    with office.begun() as daemon:
        office.change(settings, "workers: 1", "workers: 2")
        assert eventually(lambda: daemon.said("configuration_taken", settings=["workers"])), daemon.log()
        office.change(settings, "var/app.db", "var/other.db")
        assert eventually(lambda: len(office.notices()) == 1), daemon.log()
        assert "A change of database in nightclerk.yaml takes a restart" in office.notices()[0]
        assert "systemctl restart nightclerk" in office.notices()[0]
        settings.rename(settings.with_name("away"))
        daemon.process.send_signal(signal.SIGHUP)
        assert eventually(lambda: len(office.notices()) == 2), daemon.log()
        assert "all tenants are served as before" in office.notices()[1]


def test_systemd_hears_when_a_reload_begins_and_ends(office: Office) -> None:
    office.tenant("acme")
    said: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(office.root / "notify"))
        manager.settimeout(0.2)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    said.append(manager.recv(4096).decode())
                except TimeoutError:
                    continue

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            with office.begun(NOTIFY_SOCKET=str(office.root / "notify")) as daemon:
                assert eventually(lambda: said)
                before = time.monotonic_ns() // 1000
                daemon.process.send_signal(signal.SIGHUP)
                assert eventually(lambda: any(one.startswith("READY=1\nSTATUS=") for one in said)), said
                (begun,) = (at for at, one in enumerate(said) if one.startswith("RELOADING=1\n"))
                (ended,) = (at for at, one in enumerate(said) if one.startswith("READY=1\nSTATUS="))
                assert begun < ended
                moment = int(said[begun].removeprefix("RELOADING=1\nMONOTONIC_USEC="))
                assert before <= moment <= time.monotonic_ns() // 1000
                office.change(office.file("acme"), "mapping:", "maping:")
                assert eventually(lambda: any("Served by their last good version: acme." in one for one in said)), said
        finally:
            done.set()
            listener.join()
