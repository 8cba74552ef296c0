"""What only the FTP source promises, against real servers: verified certificates, logins, one connection kept, rights."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.contract.yards import AnyFtpServer, ftp_settings, read_secret, secret
from tests.servers.certificates import Authority, authority
from tests.servers.ftpd import ftpd
from tests.servers.vsftpd import FtpServer, vsftpd

from nightclerk.core.drop import Fate
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.sources.ftp import Ftp

FATE = Fate("processed", "f.run1.csv")
Connect = Callable[..., Ftp]


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(trusted: Authority) -> Iterator[FtpServer]:
    with vsftpd(trusted.sign("127.0.0.1")) as running:
        put(running, "f.csv", b"one")
        yield running


@pytest.fixture
def connect(trusted: Authority) -> Iterator[Connect]:
    made: list[Ftp] = []

    def build(to: AnyFtpServer, **changes: object) -> Ftp:
        if getattr(to, "certificate", None) is not None and changes.get("kind") != "ftp":
            changes = {"kind": "ftps", "ca_file": trusted.ca_file, **changes}
        made.append(Ftp(ftp_settings(to, **{k: v for k, v in changes.items() if v is not None}), read_secret, tenant="acme"))
        return made[-1]

    yield build
    for source in made:
        source.close()


def put(server: AnyFtpServer, name: str, data: bytes) -> Path:
    path = server.drop / name
    path.write_bytes(data)
    server.hand_over(path)
    return path


def names(source: Ftp) -> list[str]:
    return [s.name for s in source.look().sightings]


# ---- certificates ----


@pytest.mark.server("vsftpd")
@pytest.mark.parametrize("latest", ["TLSv1.2", "TLSv1.3"])
def test_both_versions_of_tls_reuse_the_session(trusted, connect, latest):
    with vsftpd(trusted.sign("127.0.0.1"), latest=latest) as own:
        put(own, "f.csv", b"one")
        source = connect(own)
        for _ in range(3):
            (seen,) = source.look().sightings
            assert source.fetch(seen, io.BytesIO(), 10) == 3
        assert source._talk is not None
        line = source._talk.client.sock
        assert getattr(line, "version", str)() == latest
        assert own.logins() == 1


@pytest.mark.server("vsftpd")
@pytest.mark.parametrize("made, host, match", [
    ({"names": ("127.0.0.1",), "self_signed": True}, "127.0.0.1", "self-signed certificate"),
    ({"names": ("127.0.0.1",), "days": -1}, "127.0.0.1", "certificate has expired"),
    ({"names": ("ftp.acme.example",)}, "127.0.0.1", "IP address mismatch"),
    ({"names": ("ftp.acme.example",)}, "localhost", "Hostname mismatch"),
])  # fmt: skip
def test_a_certificate_that_is_not_trusted_is_refused_before_anything_is_sent(trusted, connect, made, host, match):
    with vsftpd(trusted.sign(*made.pop("names"), **made)) as own:
        with pytest.raises(OperatorError, match=rf"certificate that is not trusted: .*{match}.*Nothing was sent") as caught:
            connect(own, host=host).look()
        assert caught.value.command == "nightclerk trust acme"
        assert "USER" not in own.log.read_text()


@pytest.mark.server("vsftpd")
def test_certificates_of_the_system_are_trusted_and_ours_is_none_of_them(server, connect):
    with pytest.raises(OperatorError, match="unable to get local issuer certificate"):
        connect(server, ca_file=None, tls="explicit").look()


def test_a_file_of_certificates_that_cannot_be_read(connect, tmp_path):
    (tmp_path / "rubbish").write_text("rubbish")
    with ftpd() as own:
        for path in (tmp_path / "absent", tmp_path / "rubbish"):
            with pytest.raises(OperatorError, match=r"\(source\.ca_file\) cannot be read"):
                connect(own, kind="ftps", ca_file=path).look()


@pytest.mark.server("vsftpd")
def test_the_wrong_way_of_beginning_tls_is_named(server, connect):
    with pytest.raises(OperatorError, match=r"does not speak TLS where it should begin\. Check source\.port and source\.tls"):
        connect(server, tls="implicit").look()


def test_a_server_without_tls_is_never_talked_to_in_the_open(connect, trusted):
    with ftpd() as own, pytest.raises(OperatorError, match="offers no TLS"):
        connect(own, kind="ftps", ca_file=trusted.ca_file).look()


# ---- logging in ----


@pytest.mark.server("vsftpd")
def test_a_wrong_password(server, connect):
    with pytest.raises(
        OperatorError, match=r"refused the login of anonymous \(530 Login incorrect\)\. .*source\.password"
    ) as caught:
        connect(server, password=secret("wr0ng-secret")).look()
    assert "wr0ng-secret" not in str(caught.value)
    assert caught.value.command == "nightclerk check acme --connect"


@pytest.mark.server("vsftpd")
def test_plain_ftp_where_the_server_wants_tls(server, connect):
    with pytest.raises(OperatorError, match=r"refused the login .*write `kind: ftps`"):
        connect(server, kind="ftp").look()


@pytest.mark.parametrize("password", ["two\nlines", "nul\0"])
def test_a_password_that_ftp_cannot_send(connect, password):
    with ftpd() as own, pytest.raises(OperatorError, match="line break within it"):
        connect(own, password=secret(password)).look()


def test_a_password_of_any_other_bytes(connect):
    with ftpd() as own:
        own.stop()
        own.password = "pä$$ wörd"
        own.start()
        assert names(connect(own)) == []


# ---- one connection ----


@pytest.mark.server("vsftpd")
def test_one_login_for_many_rounds(server, connect):
    source = connect(server)
    before = server.logins()
    for _ in range(5):
        (seen,) = source.look().sightings
        source.again(seen)
        source.fetch(seen, io.BytesIO(), 100)
    with pytest.raises(WeatherError):
        source.fetch(seen.__class__("absent", 1, 1), io.BytesIO(), 100)
    source.look()
    assert server.logins() == before + 1


@pytest.mark.server("vsftpd")
def test_a_connection_that_the_server_gave_up_is_made_anew_in_silence(trusted, connect):
    with vsftpd(trusted.sign("127.0.0.1"), settings="idle_session_timeout=1") as own:
        source = connect(own)
        assert names(source) == []
        time.sleep(1.5)
        assert names(source) == []
        assert own.logins() == 2


@pytest.mark.server("vsftpd")
def test_a_server_that_went_and_came_back(trusted, connect):
    with vsftpd(trusted.sign("127.0.0.1")) as own:
        source = connect(own)
        assert names(source) == []
        own.stop()
        with pytest.raises(WeatherError, match="could not be reached: Connection refused"):
            source.look()
        own.start()
        assert names(source) == []


@pytest.mark.server("vsftpd")
def test_what_the_limit_stopped_costs_one_connection(server, connect):
    source = connect(server)
    put(server, "big.csv", b"x" * 3_000_000)
    big = next(s for s in source.look().sightings if s.name == "big.csv")
    before = server.logins()
    believed = big.__class__(big.name, 10, big.stamp)
    with pytest.raises(Exception, match="too large"):
        source.fetch(believed, io.BytesIO(), 100_000)
    (server.drop / "big.csv").unlink()
    assert names(source) == ["f.csv"]
    assert server.logins() == before + 1


# ---- what the server does not allow ----


@pytest.mark.server("vsftpd")
def test_a_missing_folder_is_named(server, connect):
    with pytest.raises(OperatorError, match=r"/absent does not exist at 127\.0\.0\.1"):
        connect(server, folder="/absent").look()


@pytest.mark.server("vsftpd")
def test_a_folder_that_was_removed_is_not_an_empty_one(trusted, connect):
    with vsftpd(trusted.sign("127.0.0.1")) as own:
        source = connect(own)
        assert names(source) == []
        own.drop.rmdir()
        with pytest.raises(OperatorError, match="/export does not exist"):
            source.look()


@pytest.mark.server("vsftpd")
@pytest.mark.parametrize("settings, match", [
    ("anon_mkdir_write_enable=NO", r"archive folder processed .* cannot be made"),
    ("anon_other_write_enable=NO", r"does not allow putting away f\.csv: 550 Permission denied"),
])  # fmt: skip
def test_rights_that_are_missing(trusted, connect, settings, match):
    with vsftpd(trusted.sign("127.0.0.1"), settings=settings) as own:
        path = put(own, "f.csv", b"one")
        source = connect(own)
        (seen,) = source.look().sightings
        with pytest.raises(OperatorError, match=match):
            source.release(seen, FATE)
        assert path.exists()


@pytest.mark.server("vsftpd")
def test_a_file_that_may_not_be_read_stays_and_is_named(server, connect):
    path = put(server, "closed.csv", b"one")
    path.chmod(0)
    os.chown(path, 0, 0)
    source = connect(server)
    closed = next(s for s in source.look().sightings if s.name == "closed.csv")
    with pytest.raises(WeatherError, match=r"could not do the download of closed\.csv: 550 Failed to open file"):
        source.fetch(closed, io.BytesIO(), 10)
    path.unlink()


# ---- speed ----


def test_a_thousand_files_are_seen_in_one_round_trip(connect):
    with ftpd() as own:
        for number in range(1000):
            put(own, f"{number}.csv", b"x")
        source = connect(own)
        source.look()
        started = time.monotonic()
        assert len(source.look().sightings) == 1000
        assert time.monotonic() - started < 1, "0.02 s here"
