"""A real ``nightclerk serve`` on a folder source, and what a test needs to look at it from outside."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from tests.servers import commands

DAEMON = """\
database: sqlite:///var/app.db
ledger: sqlite:///var/ledger.db
state: var
workers: 1
"""
TENANT = """\
tenant: {name}
name: Acme SARL
language: fr
timezone: Europe/Paris
source: {{kind: folder, path: {folder}}}
ready: {{unchanged_for: {unchanged_for}}}
schedule: {{every: {every}}}
feeds:
  - feed: clients
    files: "clients_*.csv"
    entity: customer
    format: {{kind: delimited, delimiter: ";", encoding: utf-8}}
    mapping:
      code: Code
      name: Nom
      print_as: Nom
report: {{to: compta@acme.example}}
"""


def eventually(holds: Callable[[], Any], within: float = 30.0) -> bool:
    """Given a condition; waits until it holds and returns True, or False when it does not within so many seconds."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return bool(holds())


class Site:
    """A configured installation in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = root / "config"
        (self.config / "tenants").mkdir(parents=True)
        (self.config / "nightclerk.yaml").write_text(DAEMON)
        (root / "var").mkdir()
        with as_file(files("nightclerk") / "data" / "entities") as entities:
            shutil.copytree(entities, self.config / "entities")

    def tenant(self, name: str, every: str = "1h", unchanged_for: str = "0.2s") -> Path:
        """Adds a tenant; returns its drop folder."""
        folder = self.root / "drops" / name
        folder.mkdir(parents=True)
        text = TENANT.format(name=name, folder=folder, every=every, unchanged_for=unchanged_for)
        (self.config / "tenants" / f"{name}.yaml").write_text(text)
        return folder

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of the program."""
        return commands.run(["--config", str(self.config), *arguments], self.root)

    def customers(self) -> int:
        """Returns how many customers are booked."""
        database = self.root / "var" / "app.db"
        if not database.exists():
            return 0
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
            return int(connection.execute("SELECT count(*) FROM customers").fetchone()[0])

    @contextmanager
    def serving(self, **environment: str) -> Iterator[Daemon]:
        """Runs the daemon; kills it at the end if it still runs."""
        log = self.root / "log"
        with log.open("a") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "nightclerk", "serve", "--config", str(self.config)],
                stdout=stream,
                stderr=stream,
                env=os.environ | environment,
            )
        try:
            yield Daemon(process, log)
        finally:
            process.kill()
            process.wait()


class Daemon:
    """The running process, and its log."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    def log(self) -> list[dict[str, Any]]:
        """Returns the log's events so far; fails on a line that is no JSON object."""
        text = self._log.read_text()
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def said(self, event: str, **more: Any) -> bool:
        """Returns whether such an event stands in the log."""
        wanted = {"event": event, **more}
        return any(wanted.items() <= line.items() for line in self.log())

    def terminate(self) -> None:
        """Sends TERM."""
        self.process.send_signal(signal.SIGTERM)


def write_clients(folder: Path, name: str, rows: int) -> Path:
    """Writes a file of so many customers as a sender would: under a temporary name, then renamed."""
    part = folder / f"{name}.part"
    with part.open("w", encoding="utf-8") as file:
        file.write("Code;Nom\r\n")
        file.writelines(f"C{number};Client Secret-{number}\r\n" for number in range(rows))
    return part.rename(folder / name)
