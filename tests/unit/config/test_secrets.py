"""Secrets are looked up where the reference says, and shown nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightclerk.config.secrets import LARGEST_SECRET, resolve
from nightclerk.core.errors import OperatorError
from nightclerk.core.secret import SecretReference


def test_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_PASSWORD", "hunter2\n")
    assert resolve(SecretReference(env="ACME_PASSWORD")) == b"hunter2"


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        (b"hunter2", b"hunter2"),
        (b"hunter2\n", b"hunter2"),
        (b"hunter2\r\n", b"hunter2"),
        (b" a\n\n", b" a\n"),
        (b"\xff\xfe\n", b"\xff\xfe"),
    ],
)
def test_a_file_without_the_line_end_that_editors_leave(tmp_path: Path, content: bytes, secret: bytes) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(0o640)
    assert resolve(SecretReference(file=path)) == secret


def test_a_credential_of_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme-key").write_bytes(b"hunter2\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert resolve(SecretReference(credential="acme-key")) == b"hunter2"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "NOT_SET",
            "The environment variable NOT_SET is not set, and the configuration expects a secret there; "
            "set it where Nightclerk is started.",
        ),
        ("EMPTY", "The environment variable EMPTY is empty, and the configuration expects a secret there; fill it in."),
    ],
)  # fmt: skip
def test_a_variable_that_is_not_there(monkeypatch: pytest.MonkeyPatch, name: str, sentence: str) -> None:
    monkeypatch.setenv("EMPTY", "\n")
    with pytest.raises(OperatorError) as raised:
        resolve(SecretReference(env=name))
    assert str(raised.value) == sentence


def test_a_file_that_everyone_may_read_is_refused_with_the_command_that_helps(tmp_path: Path) -> None:
    path = tmp_path / "the secret"
    path.write_bytes(b"hunter2")
    path.chmod(0o644)
    with pytest.raises(OperatorError) as raised:
        resolve(SecretReference(file=path))
    assert str(raised.value) == f"The secret's file {path} may be read by everyone on this machine; take that right away."
    assert raised.value.command == f"chmod o-rwx '{path}'"


def test_files_that_hold_no_secret(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * (LARGEST_SECRET + 1))
    (tmp_path / "large").chmod(0o600)
    for name, words in {
        "gone": "cannot be read: No such file or directory",
        ".": "is not a regular file",
        "large": "more than 64 KB",
    }.items():
        with pytest.raises(OperatorError, match=words):
            resolve(SecretReference(file=tmp_path / name))


def test_credentials_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(OperatorError, match="CREDENTIALS_DIRECTORY is not set"):
        resolve(SecretReference(credential="acme-key"))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(OperatorError, match="add LoadCredential=acme-key:PATH to its unit"):
        resolve(SecretReference(credential="acme-key"))
