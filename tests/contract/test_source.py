"""The contract of ``ports.Source``, held by a local folder, real SFTP, FTP and FTPS servers and the twin alike."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.contract.yards import AnyFtpServer, AnyYard, MemoryYard, folder_yard, ftp_yard, sftp_yard
from tests.servers.certificates import Authority, authority
from tests.servers.ftpd import ftpd
from tests.servers.sshd import SshServer, sshd
from tests.servers.vsftpd import vsftpd

from nightclerk.core.drop import Fate, Sighting
from nightclerk.core.errors import SenderError, WeatherError
from nightclerk.core.source import Archive, Filing
from nightclerk.ports import Source
from nightclerk.sources.patient import Patient

FATE = Fate("processed", "clients.20261121T020312Z.run812.csv")
KEPT = Archive()
NAMES = [
    "clients_20261121.csv", "a b.csv", "-rf.csv", "--", "über échéance 表.csv", "caf\udce9.csv", "line\nbreak.csv",
    "tab\t;'\"$(x).csv",
    "*.csv", "~tilde.csv", ".hidden", " blank.csv", "blank.csv ", "x" * 255,
]  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[SshServer]:
    with sshd() as running:
        yield running


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def plain() -> Iterator[AnyFtpServer]:
    with ftpd() as running:
        yield running


@pytest.fixture(scope="module")
def by_facts(trusted: Authority) -> Iterator[AnyFtpServer]:
    with ftpd(trusted.sign("127.0.0.1")) as running:
        yield running


@pytest.fixture(scope="module")
def explicit(trusted: Authority) -> Iterator[AnyFtpServer]:
    with vsftpd(trusted.sign("127.0.0.1")) as running:
        yield running


@pytest.fixture(scope="module")
def implicit(trusted: Authority) -> Iterator[AnyFtpServer]:
    with vsftpd(trusted.sign("127.0.0.1"), implicit=True, latest="TLSv1.2") as running:
        yield running


@pytest.fixture(
    params=[
        "memory",
        "folder",
        "patient",
        pytest.param("sftp", marks=pytest.mark.server("sshd")),
        "ftp",
        "ftps",
        pytest.param("ftps explicit", marks=pytest.mark.server("vsftpd")),
        pytest.param("ftps implicit", marks=pytest.mark.server("vsftpd")),
    ]
)
def yard(request: pytest.FixtureRequest, tmp_path: Path) -> AnyYard:
    if request.param == "memory":
        return MemoryYard()
    if request.param == "sftp":
        return sftp_yard(request.getfixturevalue("server"))
    if request.param == "ftp":
        return ftp_yard(request.getfixturevalue("plain"))
    if request.param.startswith("ftps"):
        ca_file = request.getfixturevalue("trusted").ca_file
        if request.param == "ftps":
            return ftp_yard(request.getfixturevalue("by_facts"), ca_file=ca_file)
        tls = request.param.split()[1]
        return ftp_yard(request.getfixturevalue(tls), ca_file=ca_file, tls=tls)
    local = folder_yard(tmp_path)
    if request.param == "patient":
        plain = local.make
        local.make = lambda filing: Patient(lambda: plain(filing))
    return local


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


def fetched(source: Source, sighting: Sighting, limit: int = 10**9) -> bytes:
    into = io.BytesIO()
    assert source.fetch(sighting, into, limit) == len(into.getvalue())
    return into.getvalue()


def test_an_empty_folder_shows_nothing(yard, make):
    assert make(yard).look().sightings == ()


def test_every_name_is_seen_again_fetched_and_put_away(yard, make):
    for number, name in enumerate(NAMES):
        yard.put(name, b"row %d" % number)
    source = make(yard)
    listing = source.look()
    assert [name for name, _ in listing.passed_over] == list(yard.unspeakable)
    assert all("name" in reason for _, reason in listing.passed_over)
    seen = {s.name: s for s in listing.sightings}
    names = [name for name in NAMES if name not in yard.unspeakable]
    assert sorted(seen) == sorted(names)
    for name in yard.unspeakable:
        (yard.path / name).unlink()
    for number, name in enumerate(names):
        assert source.again(seen[name]) == seen[name]
        assert fetched(source, seen[name]) == b"row %d" % NAMES.index(name)
        assert source.release(seen[name], Fate("processed", f"{number}.csv")) == "moved"
    assert yard.files() == {f"processed/{number}.csv": b"row %d" % NAMES.index(name) for number, name in enumerate(names)}
    assert source.look().sightings == ()


@pytest.mark.parametrize("size", [0, 1, 32768, 32769, 262144, 3_000_001])
def test_bytes_come_whole(yard, make, size):
    data = random.Random(size).randbytes(size)
    yard.put("f", data)
    source = make(yard)
    assert only(source).size == size
    assert fetched(source, only(source), limit=size) == data


def test_the_limit_stops_a_fetch_and_names_both_sizes(yard, make):
    yard.put("big.csv", b"x" * 3_000_000)
    yard.put("small.csv", b"x")
    source = make(yard)
    small, big = sorted(source.look().sightings, key=lambda s: s.size)
    with pytest.raises(SenderError, match=r"big\.csv is too large: it has 3 MB or more, and files of at most 2 MB") as caught:
        source.fetch(big, io.BytesIO(), 2_000_000)
    assert caught.value.code == "file_too_large"
    assert fetched(source, small) == b"x"


def test_a_file_that_grew_past_the_limit_is_stopped_in_mid_way(yard, make):
    yard.put("big.csv", b"x" * 3_000_000)
    source = make(yard)
    seen = only(source)
    believed = Sighting(seen.name, 1000, seen.stamp, seen.mark)
    into = io.BytesIO()
    with pytest.raises(SenderError):
        source.fetch(believed, into, 100_000)
    assert len(into.getvalue()) <= 100_000
    assert fetched(source, believed) == b"x" * 3_000_000, "and the source goes on as if nothing had been"


def test_a_file_that_shrank_gives_what_there_is(yard, make):
    yard.put("f.csv", b"x" * 70_000)
    source = make(yard)
    seen = only(source)
    assert fetched(source, Sighting(seen.name, 9_000_000, seen.stamp, seen.mark)) == b"x" * 70_000


def test_a_missing_file(yard, make):
    yard.put("f.csv", b"x")
    source = make(yard)
    absent = Sighting("absent.csv", 1, 1)
    assert source.again(absent) is None
    with pytest.raises(WeatherError, match=r"absent\.csv"):
        source.fetch(absent, io.BytesIO(), 10)
    assert source.release(absent, FATE) == "gone"
    assert list(yard.files()) == ["f.csv"]


@pytest.mark.parametrize("filing, released, then, left", [
    (KEPT, "moved", "moved", {"processed/" + FATE.name: b"one"}),
    (Archive(processed="done", failed="bad"), "moved", "moved", {"done/" + FATE.name: b"one"}),
    ("delete", "deleted", "gone", {}),
    ("leave", "left", "left", {"f.csv": b"one"}),
])  # fmt: skip
def test_release_may_be_repeated(yard, make, filing, released, then, left):
    yard.put("f.csv", b"one")
    source = make(yard, filing)
    seen = only(source)
    assert source.release(seen, FATE) == released
    assert source.release(seen, FATE) == then
    assert yard.files() == left


def test_failed_files_go_elsewhere(yard, make):
    yard.put("f.csv", b"one")
    source = make(yard)
    assert source.release(only(source), Fate("failed", "f.run1.csv")) == "moved"
    assert yard.files() == {"failed/f.run1.csv": b"one"}


@pytest.mark.parametrize("filing", [KEPT, "delete", "leave"])
@pytest.mark.parametrize("newer", [(b"two!", 0), (b"two", -9)], ids=["size", "stamp"])
def test_a_newer_version_survives(yard, make, filing, newer):
    yard.put("f.csv", b"one")
    source = make(yard, filing)
    seen = only(source)
    yard.put("f.csv", *newer)
    assert source.again(seen) != seen
    assert source.release(seen, FATE) == "newer"
    assert yard.files() == {"f.csv": newer[0]}


@pytest.mark.parametrize("filing, released", [(KEPT, "moved"), ("delete", "newer")])
def test_a_newer_version_survives_a_repeated_release(yard, make, filing, released):
    yard.put("f.csv", b"one")
    source = make(yard, filing)
    seen = only(source)
    source.release(seen, FATE)
    yard.put("f.csv", b"two!")
    before = yard.files()
    assert source.release(seen, FATE) == released
    assert yard.files() == before
    assert before["f.csv"] == b"two!"


def test_a_taken_name_in_the_archive_is_never_overwritten(yard, make):
    for path in (f"processed/{FATE.name}", f"processed/{FATE.name}.2"):
        yard.put(path, b"a stranger", age=100)
    yard.put("f.csv", b"one")
    source = make(yard)
    seen = only(source)
    assert source.release(seen, FATE) == "moved"
    assert source.release(seen, FATE) == "moved"
    strangers = {f"processed/{FATE.name}": b"a stranger", f"processed/{FATE.name}.2": b"a stranger"}
    assert yard.files() == {**strangers, f"processed/{FATE.name}.3": b"one"}


def test_a_closed_source_can_be_used_again(yard, make):
    yard.put("f.csv", b"one")
    source = make(yard)
    source.close()
    source.close()
    assert only(source).name == "f.csv"
