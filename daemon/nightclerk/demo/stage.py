"""The stage: SFTP servers, senders, a mailbox and a real daemon in one temporary folder, all on this machine."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from nightclerk.config.load import Configuration
from nightclerk.core.errors import OperatorError
from nightclerk.demo.application import Application, rows_before
from nightclerk.demo.copying import Secrets, admit, connect, copy_configuration, sftp_source
from nightclerk.demo.database import Place, open_place
from nightclerk.demo.mailbox import Arrived, Mailbox
from nightclerk.demo.samples import Before, Sample, before, samples
from nightclerk.demo.sender import Manner, Sender
from nightclerk.demo.sftp_server import Account, SftpServer
from nightclerk.targets.tables import create_tables
from nightclerk.wiring import load_configuration

PATIENCE = 45
"""Seconds within which every file must be booked, put away and reported."""
MANNERS: tuple[Manner, ...] = ("in_place", "renamed")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sample on its way: who sends it, and how it was written."""

    sample: Sample
    sender: Sender


class Stage:
    """Everything the demonstration needs, from ``with`` to the end of its block.

    folder: where all lies. letters: the folder of the mailbox, which outlives the stage. log: what the daemon wrote.
    place: where all is booked. before: what stood there already. keep_all: set when the whole folder is to outlive it.
    """

    def __init__(self, project: Path, database: str = "sqlite") -> None:
        """Given the folder that holds ``config`` and ``sample_drops``, and where to book (see ``open_place``)."""
        self._project = project
        self._chosen = database
        self.samples: list[Sample] = samples(project)
        self.before: list[Before] = before(project)
        self.folder = Path(tempfile.mkdtemp(prefix="nightclerk-demo-"))
        self.config = self.folder / "config"
        self.letters = self.folder / "letters"
        self.log = self.folder / "daemon.log"
        self.keep_all = False
        self.senders: dict[str, Sender] = {}
        self.configuration: Configuration
        self.place: Place
        self._mailbox: Mailbox
        self._daemon: subprocess.Popen[bytes]
        self._secrets = Secrets(self.folder / "credentials")
        self._parts = ExitStack()

    def __enter__(self) -> Self:
        self._parts.callback(self._clear)
        try:
            self.place = self._parts.enter_context(open_place(self._chosen, self.folder, self._secrets))
            self._mailbox = Mailbox(self.letters)
            self._parts.callback(self._mailbox.close)
            self._set_up()
            self._daemon = self._start_daemon()
        except BaseException:
            self._parts.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.keep_all = self.keep_all or (error is not None and not isinstance(error, KeyboardInterrupt))
        self._parts.close()

    def drop_all(self) -> list[Dropped]:
        """Uploads each tenant's samples as its software would, all tenants at once; returns once all stand there."""
        with ThreadPoolExecutor(len(self.senders), "demo-sender") as senders:
            for _ in senders.map(self._drop_of, self.senders):
                pass  # what went wrong at a sender comes up here
        return [Dropped(sample, self.senders[sample.tenant]) for sample in self.samples]

    def _drop_of(self, tenant: str) -> None:
        for sample in self.samples:
            if sample.tenant == tenant:
                self.senders[tenant].upload(sample.file)

    def serving(self) -> bool:
        """Returns whether the daemon runs."""
        return self._daemon.poll() is None

    def wait(self) -> None:
        """Waits until each file has its letter and no drop folder holds a file; raises OperatorError if that takes too long."""
        end = time.monotonic() + PATIENCE
        while len(self.reports()) < len(self.samples) or self.waiting():
            if not self.serving():
                raise OperatorError(f"The daemon ended by itself with exit code {self._daemon.returncode}; see {self.log}.")
            if time.monotonic() > end:
                lying = ", ".join(self.waiting()) or "none"
                raise OperatorError(
                    f"After {PATIENCE} seconds {len(self.reports())} of {len(self.samples)} letters had come, "
                    f"and these files were still waiting: {lying}; see {self.log}."
                )
            time.sleep(0.1)

    def waiting(self) -> list[str]:
        """Returns the names of the files that lie in the drop folders."""
        return [file.name for sender in self.senders.values() for file in _drop_folder(sender).iterdir() if file.is_file()]

    def reports(self) -> list[Arrived]:
        """Returns the letters to the tenants' readers that have come."""
        readers = {address for tenant in self.configuration.tenants.values() for address in tenant.report.to}
        return [letter for letter in self._mailbox.letters() if readers & set(letter.recipients)]

    def runs(self) -> dict[tuple[str, str, str], dict[str, Any]]:
        """Asks the command ``runs --json`` as ops would; returns its answer by tenant, file and feed."""
        asked = subprocess.run(
            [*self._nightclerk(), "runs", "--json"], capture_output=True, env=self._environment(), timeout=30, check=False
        )
        if asked.returncode:
            raise OperatorError(f"nightclerk runs failed: {asked.stderr.decode(errors='replace').strip()}")
        return {(run["tenant"], run["file"], run["feed"]): run for run in json.loads(asked.stdout)}

    def _set_up(self) -> None:
        tenants = sorted({sample.tenant for sample in self.samples})
        copy_configuration(self._project, self.config, tenants, self._mailbox.port, self.place.setting, self.place.ledger)
        self._load()
        for name, manner in zip(tenants, MANNERS * len(tenants), strict=False):
            self.senders[name] = self._open_server(name, manner)
        self._load()
        create_tables(self.place.url, self.configuration.entities.values())
        with Application(self.place.url) as application:
            for stood in self.before:
                application.enter(stood.tenant, self.configuration.entities[stood.entity], rows_before(stood.file))

    def _load(self) -> None:
        self.configuration, problems = load_configuration(self.config)
        if problems:
            raise OperatorError("\n".join(str(problem) for problem in problems), command="nightclerk check")

    def _open_server(self, name: str, manner: Manner) -> Sender:
        tenant = self.configuration.tenants[name]
        folder = "/" + sftp_source(tenant).folder.strip("/.")
        root = self.folder / "servers" / name
        (root / folder.strip("/")).mkdir(parents=True)
        password = secrets.token_urlsafe(9)
        server = SftpServer(root, (admit(tenant, self._secrets), Account("sender", password=password)))
        self._parts.callback(server.close)
        connect(self.config / "tenants" / f"{name}.yaml", server)
        return Sender(server, "sender", password, folder, manner)

    def _start_daemon(self) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as log:
            daemon = subprocess.Popen(
                [*self._nightclerk(), "serve"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment()
            )
        self._parts.callback(_stop, daemon)
        return daemon

    def _nightclerk(self) -> list[str]:
        return [sys.executable, "-m", "nightclerk", "--config", str(self.config)]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self._secrets.environment}

    def _clear(self) -> None:
        """Removes the folder; the letters stay, so that they can still be read."""
        if self.keep_all:
            return
        for path in self.folder.iterdir():
            if path.is_dir() and path != self.letters:
                shutil.rmtree(path)
            elif path.is_file():
                path.unlink()
        if not any(self.letters.glob("*")):
            shutil.rmtree(self.folder)


def _drop_folder(sender: Sender) -> Path:
    return sender.server.root / sender.folder.strip("/")


def _stop(daemon: subprocess.Popen[bytes]) -> None:
    daemon.terminate()
    try:
        daemon.wait(20)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
