"""OpenPGP settings that contradict themselves or the feeds, and where their relative paths start."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.e2e.offices import DAEMON, ENTITY, TENANT

from nightclerk.config.load import load
from nightclerk.config.problems import Problem


def problems(folder: Path, more: str = "", files: str = "clients*.csv") -> list[Problem]:
    quoted = files if files.startswith("{") else f'"{files}"'
    tenant = TENANT.replace('"clients*.csv"', quoted)
    assert files in tenant
    for name, text in {"nightclerk.yaml": DAEMON, "entities/customer.yaml": ENTITY, "tenants/acme.yaml": tenant + more}.items():
        path = folder / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return load(folder / "config")[1]


def test_paths_start_where_all_paths_start(tmp_path: Path) -> None:
    assert problems(tmp_path, "\nopenpgp: {key: {file: a.asc}, passphrase: {file: p}, signed_by: [b.asc, /c.asc]}\n") == []
    configuration, _ = load(tmp_path / "config")
    assert configuration is not None
    settings = configuration.tenants["acme"].openpgp
    assert settings is not None
    assert (settings.key.file, settings.passphrase and settings.passphrase.file) == (tmp_path / "a.asc", tmp_path / "p")
    assert settings.signed_by == [tmp_path / "b.asc", Path("/c.asc")]
    assert settings.required


@pytest.mark.parametrize("name", ["clients*.csv.pgp", "clients*.xlsx.GPG", "{regex: 'clients_[0-9]+\\.csv\\.pgp'}"])
def test_files_that_nobody_could_open_are_a_warning(tmp_path: Path, name: str) -> None:
    (found,) = problems(tmp_path, files=name)
    assert (found.warning, found.path) == (True, "feeds[0].files")
    assert "openpgp: {key: {credential: acme-openpgp}}" in found.message
    assert problems(tmp_path, "\nopenpgp: {key: {env: KEY}}\n", files=name) == []


def test_who_must_sign_cannot_send_plain_files(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "\nopenpgp: {key: {env: KEY}, signed_by: a.asc, required: false}\n")
    assert found.path == "openpgp.required"
    assert "whoever cannot sign would send the file without encryption" in found.message


def test_a_key_in_the_file_itself_is_not_repeated(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "\nopenpgp: {key: 'BEGIN PGP 4711'}\n")
    assert "a secret is never written here" in found.message
    assert "4711" not in found.message
