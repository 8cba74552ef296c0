"""Pinned host keys: fingerprints, and the lines of a known_hosts file."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path

import pytest

from nightclerk.core.errors import OperatorError
from nightclerk.core.secret import SecretReference
from nightclerk.core.source import SftpSource
from nightclerk.sources.host_keys import ALL_KINDS, HostKeys

ONE, TWO = base64.b64encode(b"key one").decode(), base64.b64encode(b"key two").decode()


def print_of(blob: str) -> str:
    return "SHA256:" + base64.b64encode(hashlib.sha256(base64.b64decode(blob)).digest()).decode().rstrip("=")


def hashed(name: str) -> str:
    salt = b"0123456789abcdefghij"
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


def keys(tmp_path: Path, text: str, host: str = "sftp.acme.example", port: int = 22) -> HostKeys:
    file = tmp_path / "known_hosts"
    file.write_text(text)
    settings = SftpSource(kind="sftp", host=host, port=port, username="u", password=SecretReference(env="P"), known_hosts=file)
    return HostKeys(settings)


@pytest.mark.parametrize("line, host, port", [
    ("sftp.acme.example ssh-ed25519 {}", "sftp.acme.example", 22),
    ("sftp.acme.example,10.0.0.1 ssh-ed25519 {} comment", "SFTP.acme.example", 22),
    ("[sftp.acme.example]:2222 ssh-ed25519 {}", "sftp.acme.example", 2222),
    ("*.acme.example ssh-ed25519 {}", "sftp.acme.example", 22),
    ("[*.acme.example]:2222 ssh-ed25519 {}", "sftp.acme.example", 2222),
    (hashed("sftp.acme.example") + " ssh-ed25519 {}", "sftp.acme.example", 22),
    (hashed("[sftp.acme.example]:2222") + " ssh-ed25519 {}", "sftp.acme.example", 2222),
])  # fmt: skip
def test_a_line_that_names_the_server(tmp_path, line, host, port):
    pinned = keys(tmp_path, "# comment\n\nnonsense\n" + line.format(ONE) + "\n", host, port)
    assert pinned.accepts(print_of(ONE))
    assert not pinned.accepts(print_of(TWO))
    assert pinned.asks() == [("ssh-ed25519",)]


@pytest.mark.parametrize("line", [
    "sftp.acme.example ssh-ed25519 {}", "[other.example]:2222 ssh-ed25519 {}", "*.example,!*.acme.example ssh-ed25519 {}",
    "[sftp.acme.example]:2223 ssh-ed25519 {}", "@cert-authority [sftp.acme.example]:2222 ssh-ed25519 {}",
    "[sftp.acme.example]:2222 ssh-ed25519 not*base64", "[sftp.acme.example]:2222 ssh-ed25519", "|1|x|y ssh-ed25519 {}",
    "|1| ssh-ed25519 {}",
])  # fmt: skip
def test_a_line_that_does_not(tmp_path, line):
    with pytest.raises(OperatorError, match=r"has no key for \[sftp\.acme\.example\]:2222"):
        keys(tmp_path, line.format(ONE), port=2222)


def test_two_keys_of_one_kind_while_one_is_being_rotated(tmp_path):
    pinned = keys(tmp_path, f"sftp.acme.example ssh-rsa {ONE}\nsftp.acme.example ssh-rsa {TWO}\n")
    assert pinned.accepts(print_of(ONE))
    assert pinned.accepts(print_of(TWO))
    assert pinned.asks() == [("rsa-sha2-512", "rsa-sha2-256")]


def test_a_revoked_key_is_not_accepted_though_it_is_listed(tmp_path):
    pinned = keys(tmp_path, f"* ssh-ed25519 {ONE}\n@revoked * ssh-ed25519 {ONE}\nsftp.acme.example ssh-ed25519 {TWO}\n")
    assert not pinned.accepts(print_of(ONE))
    assert pinned.accepts(print_of(TWO))


def test_a_file_that_cannot_be_read(tmp_path):
    settings = SftpSource(kind="sftp", host="h", username="u", password=SecretReference(env="P"), known_hosts=tmp_path / "absent")
    with pytest.raises(OperatorError, match=r"absent .*cannot be read: No such file"):
        HostKeys(settings)


def test_several_fingerprints_and_the_refusal_names_all():
    settings = SftpSource(
        kind="sftp", host="h", username="u", password=SecretReference(env="P"), host_keys=[print_of(ONE) + "=", print_of(TWO)]
    )
    pinned = HostKeys(settings, "acme")
    assert pinned.accepts(print_of(ONE))
    assert pinned.accepts(print_of(TWO))
    assert pinned.asks()[0] == ALL_KINDS
    shown = print_of(base64.b64encode(b"third").decode())
    refusal = pinned.refusal([shown])
    assert all(word in str(refusal) for word in (shown, print_of(ONE), print_of(TWO), "h port 22", "source.host_keys"))
    assert refusal.command == "nightclerk trust acme"
