"""``kill -9`` in a loop of a real ``nightclerk serve`` while files drop at several tenants: nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from tests.e2e.daemon import Site
from tests.flow.checking import Sent, complaints
from tests.flow.stage import Mailbox
from tests.servers.sshd import SshServer, sshd

pytestmark = pytest.mark.server("sshd")

SEED = int(os.environ.get("NIGHTCLERK_SEED", "20261121"))
SECONDS = float(os.environ.get("NIGHTCLERK_KILL_SECONDS", "6"))
TENANT = """\
tenant: {name}
name: {name}
timezone: Europe/Paris
source: {{{source}, archive: {archive}}}
ready: {{unchanged_for: 0.1s{done}}}
schedule: {{every: 1s}}
feeds:
  - feed: clients
    files: "clients_*.csv"
    entity: customer
    format: {{kind: delimited, delimiter: ";", encoding: utf-8}}
    mapping: {{code: Code, name: Nom, print_as: Nom}}
report: {{to: compta@acme.example}}
"""
FILED = {"move": "{processed: processed, failed: failed}", "delete": "delete", "leave": "leave"}


@dataclass
class Sender:
    """Drops files at one tenant, each with codes of its own, until told to stop."""

    name: str
    sent: Sent
    chance: random.Random
    own: Callable[[Path], None]
    done_files: bool
    number: int = 0
    slow: float = 0.4

    def drop_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.number += 1
            reused = self.chance.random() < 0.3 and self.sent.filing != "leave"
            name = "clients_daily.csv" if reused else f"clients_{self.number:05}.csv"
            if not (self.sent.folder / name).exists():
                self._drop(name)
            stop.wait(self.chance.uniform(0, 2 * self.slow))

    def _drop(self, name: str) -> None:
        rows = self.chance.choice([1, 3, 400])
        lines = [f"{self.name}{self.number}x{row};Client {row}" for row in range(rows)]
        content = "\r\n".join(["Code;Nom", *lines, ""]).encode()
        part = self.sent.folder / f"{name}.part"
        with part.open("wb") as file:
            file.write(content[: len(content) // 2])
            file.flush()
            time.sleep(self.chance.uniform(0, 0.05))
            file.write(content[len(content) // 2 :])
        os.utime(part, (1_790_000_000, 1_790_000_000))  # preserved from the sender's disk: the same for all
        self.own(part)
        part.rename(self.sent.folder / name)
        if self.done_files:
            done = self.sent.folder / f"{name.removesuffix('.csv')}.ok"
            done.touch()
            self.own(done)
        self.sent.uploads.append(content)


@contextmanager
def stage(folder: Path, server: SshServer) -> Iterator[tuple[Site, list[Sender], Path]]:
    """Yields a site with folder and SFTP tenants of every way of filing, the senders, and the folder of received letters."""
    site = Site(folder)
    mails = folder / "mails"
    mails.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    daemon = site.config / "nightclerk.yaml"
    mail = f"mail: {{host: 127.0.0.1, port: {port}, security: none, from: n@example.com, operators: [ops@example.com]}}\n"
    daemon.write_text(daemon.read_text().replace("workers: 1", "workers: 2") + mail)
    senders = []
    kinds = [
        ("folder", "move", False),
        ("folder", "delete", True),
        ("folder", "leave", False),
        ("sftp", "move", True),
        ("sftp", "delete", False),
    ]
    for number, (kind, filing, done) in enumerate(kinds):
        name = f"t{number}"
        drop = (server.drop if kind == "sftp" else folder / "drops") / name
        drop.mkdir(parents=True)
        source = f"kind: folder, path: {drop}"
        if kind == "sftp":
            server.hand_over(drop)
            source = (
                f"kind: sftp, host: {server.host}, port: {server.port}, username: {server.user}, key: {{file: {server.key}}}, "
                f'host_keys: ["{server.fingerprint}"], folder: {server.folder}/{name}'
            )
        text = TENANT.format(name=name, source=source, archive=FILED[filing], done=', done_file: "{stem}.ok"' if done else "")
        (site.config / "tenants" / f"{name}.yaml").write_text(text)
        own = server.hand_over if kind == "sftp" else lambda path: None
        senders.append(Sender(name, Sent(drop, filing), random.Random(SEED + number), own, done))
    controller = Controller(Mailbox(mails), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield site, senders, mails
    finally:
        controller.stop()


def test_killed_again_and_again_while_files_drop(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    with sshd() as server, stage(tmp_path, server) as (site, senders, mails):
        created = site.command("tables", "create")
        assert created.returncode == 0, created.stdout + created.stderr
        stop = threading.Event()
        threads = [threading.Thread(target=sender.drop_until, args=(stop,)) for sender in senders]
        for thread in threads:
            thread.start()
        try:
            until = time.monotonic() + SECONDS
            while time.monotonic() < until:
                with site.serving():  # killed at its end
                    time.sleep(chance.uniform(0.6, 3.0))
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        tenants = {sender.name: sender.sent for sender in senders}
        uploads = sum(len(sent.uploads) for sent in tenants.values())
        print(f"{uploads} uploads")
        with site.serving() as daemon:
            # A drop whose server was away when its process was killed rests for a while.
            wrong, until = ["not looked yet"], time.monotonic() + 90
            while wrong and time.monotonic() < until:
                time.sleep(0.5)
                wrong = complaints(site.root / "var", mails, tenants)
            assert not wrong, (wrong[:10], daemon.log()[-5:])
        assert not daemon.said("round_failed"), [line for line in daemon.log() if line["event"] == "round_failed"]
        assert not list((site.root / "var" / "spool").iterdir())
