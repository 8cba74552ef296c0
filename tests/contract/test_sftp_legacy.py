"""``legacy: true`` speaks with a server that knows nothing newer than SHA-1, and nobody else does because of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import paramiko
import pytest
from tests.contract.yards import read_secret, sftp_settings
from tests.servers.sshd import SshServer, sshd

from nightclerk.core.errors import OperatorError
from nightclerk.sources.legacy import LegacyTransport, old_key
from nightclerk.sources.sftp import Sftp

pytestmark = pytest.mark.server("sshd")
OLD = (
    "HostKeyAlgorithms ssh-rsa\nKexAlgorithms diffie-hellman-group14-sha1\nCiphers aes128-cbc\nMACs hmac-sha1\n"
    "PubkeyAcceptedAlgorithms ssh-rsa,ssh-ed25519"
)


@pytest.fixture(scope="module")
def old() -> Iterator[SshServer]:
    with sshd(host_key_kinds=("rsa",), settings=OLD) as running:
        running.put("f.csv", b"one")
        yield running


def look(server: SshServer, **changes: object) -> list[str]:
    source = Sftp(sftp_settings(server, **changes), read_secret)
    try:
        return [s.name for s in source.look().sightings]
    finally:
        source.close()


def test_an_old_server_is_refused_unless_it_is_allowed_and_refused_again_afterwards(old):
    for _ in range(2):
        with pytest.raises(OperatorError, match=r"legacy: true|of no kind that is pinned"):
            look(old)
        assert look(old, legacy=True) == ["f.csv"]


def test_an_rsa_key_signs_with_sha1_where_the_server_does_not_say_what_it_takes():
    """No server of today can be made not to say it."""
    key = old_key(paramiko.RSAKey.generate(2048))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        transport = LegacyTransport(ours)
        assert transport.preferred_pubkeys[0] == "ssh-rsa"
        transport.server_extensions = {"server-sig-algs": b"rsa-sha2-256"}
        assert transport.preferred_pubkeys[-1] == "ssh-rsa"
        transport.close()
    signature = key.sign_ssh_data(b"data", "ssh-rsa")
    assert key.verify_ssh_sig(b"data", paramiko.Message(signature.asbytes()))
    assert not paramiko.RSAKey(data=key.asbytes()).verify_ssh_sig(b"data", paramiko.Message(signature.asbytes()))


def test_a_known_hosts_file_pins_an_old_key_too(old):
    assert look(old, legacy=True, host_keys=None, known_hosts=old.known_hosts()) == ["f.csv"]


def test_a_changed_key_is_refused_with_legacy_too(old):
    with pytest.raises(OperatorError, match=f"showed the host key {old.fingerprint.split('+')[0][:12]}"):
        look(old, legacy=True, host_keys=["SHA256:" + "A" * 43])


@pytest.mark.parametrize("part", [line.split()[0] for line in OLD.splitlines()[:3]])
def test_each_old_part_alone_needs_it(part):
    line = next(line for line in OLD.splitlines() if line.startswith(part))
    with sshd(host_key_kinds=("rsa",), settings=line) as server:
        with pytest.raises(OperatorError):
            look(server)
        assert look(server, legacy=True) == []


def test_a_server_of_today_is_spoken_to_as_usual():
    with sshd(host_key_kinds=("ed25519", "rsa")) as server:
        assert look(server, legacy=True) == []
        assert "ssh-rsa" not in server.log.read_text()
