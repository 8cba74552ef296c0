"""Private keys of every kind and form, made by ssh-keygen itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ed25519
from tests.servers.lacking import lacking

from nightclerk.core.errors import OperatorError
from nightclerk.sources.private_key import private_key


def made(path: Path, kind: str, *more: str, passphrase: str = "") -> bytes:
    if shutil.which("ssh-keygen") is None:
        lacking("needs ssh-keygen")
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-a", "1", "-N", passphrase, "-f", path / "k", *more], check=True)
    return (path / "k").read_bytes()


def print_of(path: Path) -> str:
    return subprocess.run(["ssh-keygen", "-lf", path / "k.pub"], check=True, capture_output=True, text=True).stdout.split()[1]


@pytest.mark.parametrize("passphrase", ["", "geheim é"])
@pytest.mark.parametrize("kind", [
    ("ed25519",), ("ecdsa",), ("ecdsa", "-b", "521"), ("rsa", "-b", "2048"), ("rsa", "-b", "2048", "-m", "PEM"),
    ("ecdsa", "-m", "PEM"), ("rsa", "-b", "2048", "-m", "PKCS8"),
], ids=" ".join)  # fmt: skip
def test_every_kind(tmp_path, kind, passphrase):
    data = made(tmp_path, *kind, passphrase=passphrase)
    given = passphrase.encode() or None
    assert private_key(data, given).fingerprint == print_of(tmp_path)
    assert private_key(data.strip().replace(b"\n", b"\r\n"), given).fingerprint == print_of(tmp_path)


def test_a_passphrase_that_is_not_needed_is_left_unused(tmp_path):
    assert private_key(made(tmp_path, "ed25519"), b"spare").fingerprint == print_of(tmp_path)


@pytest.mark.parametrize("kind", [("ed25519",), ("rsa", "-b", "2048", "-m", "PEM")], ids=" ".join)
def test_a_wrong_or_missing_passphrase(tmp_path, kind):
    data = made(tmp_path, *kind, passphrase="right")
    with pytest.raises(OperatorError, match=r"its passphrase is wrong\. Check source\.key and source\.passphrase"):
        private_key(data, b"wrong")
    with pytest.raises(OperatorError, match=r"Give it under source\.passphrase"):
        private_key(data, None)


@pytest.mark.parametrize("data", [b"", b"ssh-ed25519 AAAA public", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"])
def test_no_key_at_all(data):
    with pytest.raises(OperatorError, match=r"source\.key cannot be read") as caught:
        private_key(data, None)
    assert "AAAA" not in str(caught.value)


def test_other_programs_keys_are_named():
    with pytest.raises(OperatorError, match="is a PuTTY key"):
        private_key(b"PuTTY-User-Key-File-3: ssh-ed25519\n", None)
    old = dsa.generate_private_key(2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(OperatorError, match="no longer used"):
        private_key(old, None)


def test_pkcs8_of_ed25519():
    key = ed25519.Ed25519PrivateKey.generate()
    data = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    assert private_key(data, None).get_name() == "ssh-ed25519"
