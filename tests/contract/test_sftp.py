"""What only the SFTP source promises, against a real OpenSSH server: pinned host keys, logins, one connection kept."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator

import paramiko
import pytest
from tests.contract.yards import read_secret, secret, sftp_settings
from tests.servers.lacking import lacking
from tests.servers.sshd import SshServer, sshd

from nightclerk.core.drop import Fate
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.secret import SecretReference
from nightclerk.sources.sftp import Sftp

pytestmark = pytest.mark.server("sshd")
ELSE = "SHA256:" + "A" * 43
Connect = Callable[..., Sftp]


@pytest.fixture(scope="module")
def shared() -> Iterator[SshServer]:
    with sshd(host_key_kinds=("ed25519", "ecdsa", "rsa")) as running:
        running.put("f.csv", b"one")
        yield running


@pytest.fixture
def server(shared: SshServer) -> SshServer:
    return shared


@pytest.fixture
def connect(server: SshServer) -> Iterator[Connect]:
    made: list[Sftp] = []

    def build(to: SshServer = server, **changes: object) -> Sftp:
        made.append(Sftp(sftp_settings(to, **changes), read_secret))
        return made[-1]

    yield build
    for source in made:
        source.close()


def names(source: Sftp) -> list[str]:
    return [s.name for s in source.look().sightings]


# ---- host keys ----


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_any_of_the_servers_keys_may_be_pinned(server, connect, kind):
    assert names(connect(host_keys=[ELSE, server.fingerprint_of(kind)])) == ["f.csv"]


@pytest.mark.parametrize("hashed", [False, True])
def test_known_hosts(server, connect, hashed):
    assert names(connect(host_keys=None, known_hosts=server.known_hosts(hashed))) == ["f.csv"]


def test_known_hosts_with_another_key_only(server, connect, tmp_path):
    lines = server.known_hosts().read_text().splitlines()
    (tmp_path / "known").write_text(next(line for line in lines if "ssh-rsa" in line))
    assert names(connect(host_keys=None, known_hosts=tmp_path / "known")) == ["f.csv"]
    wrong = paramiko.RSAKey.generate(2048)
    (tmp_path / "known").write_text(f"[127.0.0.1]:{server.port} ssh-rsa {wrong.get_base64()}\n")
    with pytest.raises(OperatorError, match="showed the host key") as caught:
        connect(host_keys=None, known_hosts=tmp_path / "known").look()
    assert server.fingerprint_of("rsa") in str(caught.value)
    assert wrong.fingerprint in str(caught.value)


def test_a_changed_key_is_refused_before_anything_is_sent(server, connect):
    before = server.logins()
    with pytest.raises(OperatorError) as caught:
        connect(host_keys=[ELSE]).look()
    sentence = str(caught.value)
    assert "127.0.0.1" in sentence
    assert server.fingerprint in sentence
    assert ELSE in sentence
    assert caught.value.command == "nightclerk trust TENANT"
    assert server.logins() == before
    assert "Failed" not in server.log.read_text()


# ---- logging in ----


@pytest.mark.parametrize(
    "kind", [("ed25519",), ("ecdsa",), ("rsa", "-b", "2048"), ("rsa", "-b", "2048", "-m", "PEM")], ids=" ".join
)
def test_a_key_with_a_passphrase(server, connect, kind):
    key = server.make_key(f"key-{'-'.join(kind)}", kind[0], "geheim", *kind[1:])
    assert names(connect(key=SecretReference(file=key), passphrase=secret("geheim"))) == ["f.csv"]


def test_a_key_that_is_not_let_in(server, connect, tmp_path):
    stranger = server.base / "stranger"
    paramiko.RSAKey.generate(2048).write_private_key_file(str(stranger))
    with pytest.raises(OperatorError, match=rf"refused the login of {server.user} by key"):
        connect(key=SecretReference(file=stranger)).look()


def test_a_key_that_cannot_be_read_names_the_setting(connect, tmp_path):
    (tmp_path / "k").write_bytes(b"rubbish")
    with pytest.raises(OperatorError, match=r"source\.key cannot be read"):
        connect(key=SecretReference(file=tmp_path / "k")).look()


@pytest.fixture
def password(server) -> SecretReference:
    if server.password is None:
        lacking("logging in by password needs a system user made by root")
    return secret(server.password)


def test_a_password(connect, password):
    assert names(connect(key=None, password=password)) == ["f.csv"]


def test_a_wrong_password(server, connect, password):
    with pytest.raises(OperatorError, match=rf"refused the login of {server.user} by password\. .*source\.password") as caught:
        connect(key=None, password=secret("wr0ng-secret")).look()
    assert "wr0ng-secret" not in str(caught.value)


def test_a_refused_key_does_not_keep_the_password_out(server, connect, password):
    stranger = server.base / "stranger2"
    paramiko.RSAKey.generate(2048).write_private_key_file(str(stranger))
    assert names(connect(key=SecretReference(file=stranger), password=password)) == ["f.csv"]


def test_key_and_password_where_both_are_wanted(connect, password):
    with sshd(methods="publickey,password") as strict:
        given = secret(strict.password or "")
        assert names(connect(strict, password=given)) == []
        with pytest.raises(OperatorError, match=r"refused the login of \w+ by key\. It wants password\."):
            connect(strict).look()
        with pytest.raises(OperatorError, match="refused the login"):
            connect(strict, key=None, password=given).look()


# ---- one connection ----


def test_one_login_for_many_rounds(server, connect):
    source = connect()
    before = server.logins()
    for _ in range(5):
        (seen,) = source.look().sightings
        source.again(seen)
        source.fetch(seen, io.BytesIO(), 100)
    with pytest.raises(WeatherError):
        source.fetch(seen.__class__("absent", 1, 1), io.BytesIO(), 100)
    source.look()
    assert server.logins() == before + 1


def test_a_server_that_went_and_came_back(connect):
    with sshd() as own:
        own.put("f.csv", b"one")
        source = connect(own)
        assert names(source) == ["f.csv"]
        own.stop()
        with pytest.raises(WeatherError, match=f"127.0.0.1 port {own.port}"):
            source.look()
        with pytest.raises(WeatherError, match="could not be reached: Connection refused"):
            source.look()
        own.start()
        assert names(source) == ["f.csv"]
        own.stop()
        own.start()
        time.sleep(0.3)
        assert names(source) == ["f.csv"], "a connection found broken is made anew in silence"


def test_a_name_that_cannot_be_looked_up(connect):
    with pytest.raises(WeatherError, match=r"nowhere\.invalid could not be looked up.*check source\.host"):
        connect(host="nowhere.invalid").look()


# ---- what the server does not allow ----


def test_a_missing_folder_is_named(server, connect):
    with pytest.raises(OperatorError, match=r"/absent does not exist at 127\.0\.0\.1"):
        connect(folder=f"{server.folder}/absent").look()


@pytest.fixture
def root() -> None:
    """For tests in which a file or folder belongs to another user than the server's."""
    if os.getuid() != 0:
        lacking("only root can give files and folders to another user")


@pytest.mark.usefixtures("root")
def test_a_folder_that_may_not_be_changed(connect):
    with sshd() as own:
        own.put("f.csv", b"one")
        os.chown(own.drop, 0, 0)
        source = connect(own)
        (seen,) = source.look().sightings
        with pytest.raises(OperatorError, match=r"archive folder processed .* cannot be made"):
            source.release(seen, Fate("processed", "f.run1.csv"))
        (own.drop / "processed").mkdir()
        own.hand_over(own.drop / "processed")
        with pytest.raises(OperatorError, match="does not allow putting away"):
            source.release(seen, Fate("processed", "f.run1.csv"))
        own.drop.chmod(0o700)
        with pytest.raises(OperatorError, match="does not allow the listing"):
            source.look()
        assert (own.drop / "f.csv").exists()


@pytest.mark.usefixtures("root")
def test_a_file_of_another_user_can_be_put_away(connect):
    """OpenSSH renames by a hard link, which Linux forbids here; a program on the server often writes under its own user."""
    with sshd() as own:
        own.put("f.csv", b"one").chmod(0o644)
        os.chown(own.drop / "f.csv", 0, 0)
        source = connect(own)
        (seen,) = source.look().sightings
        assert source.release(seen, Fate("processed", "f.run1.csv")) == "moved"
        assert (own.drop / "processed" / "f.run1.csv").exists()
