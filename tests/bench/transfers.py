"""Files over SFTP beside the OpenSSH client, from a real sshd on the loopback."""

from __future__ import annotations

import secrets
import shutil
import time
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, cast

from tests.bench.figures import PAIR_COLUMNS
from tests.bench.processes import Measured, watch
from tests.bench.stage import Stage
from tests.servers.sshd import SshServer, sshd

from nightclerk.core.drop import Fate
from nightclerk.core.secret import SecretReference
from nightclerk.core.source import SftpSource
from nightclerk.filing.spool import Hashing
from nightclerk.ports import Source
from nightclerk.sources.patient import Patient
from nightclerk.sources.sftp import Sftp

LARGE, LARGE_BAR = 500_000_000, 2.0
SMALL, EACH, SMALL_BAR = 2000, 20_000, 1.1
LIMIT = 1 << 40


def measure(stage: Stage) -> None:
    room, show = stage.room("sftp"), stage.figures
    show.title("SFTP", "nightclerk", "sftp", *PAIR_COLUMNS)
    with sshd() as server:
        size, count = stage.part(LARGE), stage.part(SMALL)
        for folder, names, each in (("large", 1, size), ("small", count, EACH)):
            fill(server, folder, names, each)
        for folder, name, bar in (
            ("large", f"one file of {size / 1e6:,.0f} MB", LARGE_BAR),
            ("small", f"{count:,} files of {EACH / 1e3:,.0f} KB", SMALL_BAR),
        ):
            results = [(fetch(server, folder, room), fetch_by_openssh(server, folder, room)) for _ in range(stage.repeat)]
            show.pairs(name, results, "sftp", bar, cpu=False)
        show.value(f"putting {count:,} files away", put_away(server, "small"), "s")


def fill(server: SshServer, folder: str, count: int, size: int) -> None:
    """Makes a folder with so many files of random bytes."""
    place = server.drop / folder
    place.mkdir()
    server.hand_over(place)
    for number in range(count):
        path = place / f"export_{number:04}.csv"
        with path.open("wb") as file:
            for at in range(0, size, 1 << 20):
                file.write(secrets.token_bytes(min(1 << 20, size - at)))
        server.hand_over(path)


def source(server: SshServer, folder: str) -> Source:
    """Returns our source as the daemon makes it."""
    told = {
        "kind": "sftp", "host": server.host, "port": server.port, "username": server.user,
        "key": SecretReference(file=server.key), "host_keys": [server.fingerprint], "folder": f"{server.folder}/{folder}",
    }  # fmt: skip
    settings = SftpSource.model_validate(told)
    return Patient(lambda: Sftp(settings, lambda reference: (reference.file or server.key).read_bytes()))


def fetch(server: SshServer, folder: str, room: Path) -> Measured:
    """Logs in, looks, and fetches every file onto the disk, hashed on the way, in one thread as a round does."""
    into = _emptied(room / "ours")
    with closing(source(server, folder)) as ours:
        began, cpu = time.monotonic(), time.process_time()
        for sighting in ours.look().sightings:
            with (into / sighting.name).open("wb") as file:
                ours.fetch(sighting, cast(BinaryIO, Hashing(file)), LIMIT)
        return Measured(time.monotonic() - began, time.process_time() - cpu)


def fetch_by_openssh(server: SshServer, folder: str, room: Path) -> Measured:
    """The same by ``sftp -b``, the process's start included."""
    into, batch = _emptied(room / "theirs"), room / "batch"
    batch.write_text(f"lcd {into}\nget {server.folder}/{folder}/*\n")
    login = ["-i", str(server.key), "-o", f"UserKnownHostsFile={server.known_hosts()}", "-P", str(server.port)]
    return watch(["sftp", "-q", "-b", str(batch), *login, f"{server.user}@{server.host}"])


def put_away(server: SshServer, folder: str) -> float:
    """Returns the seconds in which all files of a folder are moved into the archive there."""
    with closing(source(server, folder)) as ours:
        sightings = ours.look().sightings
        began = time.monotonic()
        for sighting in sightings:
            released = ours.release(sighting, Fate("processed", f"filed.{sighting.name}"))
            assert released == "moved", released
        return time.monotonic() - began


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder
