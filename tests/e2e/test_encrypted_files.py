"""What docs/operations.md tells of encrypted files works as it stands there."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.e2e.test_operations import EXPORT, Site, blocks
from tests.servers.gnupg import Correspondence, correspondence

SECTION = "Encrypted files"


def _site(root: Path, folder: Path, people: Correspondence) -> Site:
    """An installation whose key was made as the page says, and whose tenant is set up so."""
    (command,), (settings,) = blocks(SECTION, "sh"), blocks(SECTION, "yaml")
    (folder / "keys").mkdir(parents=True)
    people.public("sender", folder / "keys").rename(folder / "keys/acme-sender.asc")
    script = command.text.replace("/etc/nightclerk", str(folder))
    done = subprocess.run(["bash", "-euc", script], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    site = Site(root, "database: sqlite:///var/app.db\nledger: sqlite:///var/ledger.db\nstate: var\n")
    tenant = root / "config/tenants/acme.yaml"
    tenant.write_text(tenant.read_text().replace("*.csv", "*.csv.pgp") + settings.text.replace("/etc/nightclerk", str(folder)))
    assert site.run("tables", "create")[0] == 0
    return site


@pytest.mark.server("gpg")
def test_a_key_made_by_the_page_opens_what_is_encrypted_with_its_public_half(tmp_path: Path) -> None:
    with correspondence() as people:
        site = _site(tmp_path, tmp_path / "etc", people)
        assert (tmp_path / "etc/credentials/acme-openpgp").stat().st_mode & 0o077 == 0
        status, told = site.run("check", "--connect", "acme")
        assert (status, told.count("opens files"), told.count("signs files")) == (0, 1, 1), told
        people.gpg("--import", str(tmp_path / "nightclerk-for-acme.asc"))
        for_us = ["--recipient", "nightclerk@example.com", "--encrypt"]
        message = people.gpg("--local-user", people.keys["sender"], "--sign", *for_us, given=EXPORT.encode())
        file = tmp_path / "clients_a.csv.pgp"
        file.write_bytes(message)
        status, told = site.run("preview", "acme", str(file), "--json")
        assert (status, json.loads(told)["counts"]["created"]) == (0, 2), told
        status, told = site.run("import", "acme", str(file))
        assert (status, "4 rows: 2 created, 2 rejected" in told) == (0, True), told
        file.write_bytes(people.gpg(*for_us, given=EXPORT.encode()))
        status, told = site.run("preview", "acme", str(file), "--json")
        assert (status, json.loads(told)["refused"]["code"]) == (1, "not_signed"), told
        file.write_text(EXPORT)
        status, told = site.run("import", "acme", str(file))
        assert (status, "not encrypted" in told) == (1, True), told
