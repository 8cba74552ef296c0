"""The contract of ``ports.Source`` where a sender may put more than files into the folder, or comes between two of our steps."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.contract.yards import AnyYard, Yard, folder_yard, ftp_yard, sftp_yard
from tests.servers.certificates import Authority, authority
from tests.servers.sshd import SshServer, sshd
from tests.servers.vsftpd import FtpServer, vsftpd

from nightclerk.core.drop import Fate, Sighting
from nightclerk.core.errors import OperatorError
from nightclerk.core.source import Archive, Filing, FolderSource
from nightclerk.ports import Source
from nightclerk.sources.folder import Folder

FATE = Fate("processed", "clients.20261121T020312Z.run812.csv")
KEPT = Archive()


@pytest.fixture(scope="module")
def server() -> Iterator[SshServer]:
    with sshd() as running:
        yield running


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def over_tls(trusted: Authority) -> Iterator[FtpServer]:
    with vsftpd(trusted.sign("127.0.0.1")) as running:
        yield running


@pytest.fixture(
    params=[
        "folder",
        pytest.param("sftp", marks=pytest.mark.server("sshd")),
        pytest.param("ftps", marks=pytest.mark.server("vsftpd")),
    ]
)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Yard:
    """The yards on a real disk, where a sender may make more than files."""
    if request.param == "sftp":
        return sftp_yard(request.getfixturevalue("server"))
    if request.param == "ftps":
        ca_file = request.getfixturevalue("trusted").ca_file
        return ftp_yard(request.getfixturevalue("over_tls"), ca_file=ca_file)
    return folder_yard(tmp_path)


@pytest.fixture
def make(request: pytest.FixtureRequest) -> Iterator[Callable[[AnyYard, Filing], Source]]:
    made: list[Source] = []

    def build(yard: AnyYard, filing: Filing = KEPT) -> Source:
        made.append(yard.make(filing))
        return made[-1]

    yield build
    for source in made:
        source.close()


def only(source: Source) -> Sighting:
    (sighting,) = source.look().sightings
    return sighting


def test_only_plain_files_are_drops(disk, make):
    disk.put("f.csv", b"one")
    outside = disk.path.parent / f"outside-{disk.path.name}"
    outside.write_bytes(b"secret")
    (disk.path / "link.csv").symlink_to(outside)
    (disk.path / "broken.csv").symlink_to("nowhere")
    (disk.path / "folder.csv").mkdir()
    os.mkfifo(disk.path / "pipe.csv")
    if disk.links_seen:
        (disk.path / "twin.csv").hardlink_to(outside)
    os.mknod(disk.path / "s.csv", 0o600 | stat.S_IFSOCK)
    source = make(disk)
    listing = source.look()
    assert [s.name for s in listing.sightings] == ["f.csv"]
    passed = dict(listing.passed_over)
    expected = {"link.csv": "symbolic link", "broken.csv": "symbolic link", "pipe.csv": "pipe", "s.csv": "socket"}
    if disk.links_seen:
        expected["twin.csv"] = "hard link"
    assert passed.keys() == expected.keys()
    assert all(word in passed[name] for name, word in expected.items())
    for name in expected:
        assert source.again(Sighting(name, 6, 0)) is None
        assert source.release(Sighting(name, 6, 0), FATE) == "gone"
    assert outside.read_bytes() == b"secret"


def test_the_archive_folder_is_never_a_link(disk, make):
    disk.put("f.csv", b"one")
    outside = disk.path.parent / f"elsewhere-{disk.path.name}"
    outside.mkdir()
    (disk.path / "processed").symlink_to(outside)
    source = make(disk)
    with pytest.raises(OperatorError, match="processed"):
        source.release(only(source), FATE)
    assert list(outside.iterdir()) == []
    assert (disk.path / "f.csv").read_bytes() == b"one"


def test_a_missing_drop_folder_is_for_ops(disk, make):
    disk.path.rmdir()
    with pytest.raises(OperatorError, match=rf"{disk.path.name} does not exist"):
        make(disk).look()


@pytest.mark.parametrize("path, filing", [(f"processed/{FATE.name}", KEPT), (f".{FATE.name}", "delete")])
def test_a_crash_before_the_look_at_what_was_moved_is_mended(disk, make, path, filing):
    """What a crash leaves when a newer upload came between our look and our rename: the newer one stands in the wrong place."""
    disk.put("f.csv", b"one")
    source = make(disk, filing)
    seen = only(source)
    disk.put("f.csv", b"two!")
    disk.put(path, b"two!")
    (disk.path / "f.csv").unlink()
    assert source.release(seen, FATE) == "newer"
    assert disk.files() == {"f.csv": b"two!"}


def test_a_crash_after_hiding_is_finished(disk, make):
    disk.put("f.csv", b"one")
    source = make(disk, "delete")
    seen = only(source)
    (disk.path / "f.csv").rename(disk.path / f".{FATE.name}")
    disk.put("f.csv", b"two!")
    assert source.release(seen, FATE) == "deleted"
    assert disk.files() == {"f.csv": b"two!"}


@pytest.mark.parametrize("filing", [KEPT, "delete"])
def test_uploads_racing_with_releases_never_vanish(disk, make, filing):
    """A sender replaces a file as fast as it can; each version has a size of its own, so what was put away can be told."""
    source = make(disk, filing)
    stop = threading.Event()
    sent = [0]

    def send() -> None:
        while not stop.is_set():
            sent[0] += 1
            disk.put("f.csv", b"x" * sent[0], age=-sent[0])

    sender = threading.Thread(target=send)
    sender.start()
    moved: dict[str, int] = {}
    deleted: list[int] = []
    try:
        for number in range(40):
            for seen in source.look().sightings:
                done = source.release(seen, Fate("processed", f"{number}.csv")) if seen.name == "f.csv" else "left"
                if done == "moved":
                    moved[f"processed/{number}.csv"] = seen.size
                elif done == "deleted":
                    deleted.append(seen.size)
    finally:
        stop.set()
        sender.join()
    files = {path: len(data) for path, data in disk.files().items()}
    for path, size in moved.items():
        assert files[path] == size, "exactly the version that was seen"
    assert files.get("f.csv") == sent[0] or sent[0] in [*moved.values(), *deleted], "the last one is there or was put away"


def test_a_folder_without_rights_is_for_ops(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OperatorError, match="is not a folder"):
        Folder(FolderSource(kind="folder", path=tmp_path / "file")).look()
