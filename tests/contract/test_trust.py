"""``nightclerk trust`` against real servers: all keys and certificates, beside what is configured; nobody logs in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.offices import check_output
from tests.servers.certificates import Authority, authority, fingerprint
from tests.servers.sshd import SshServer, sshd
from tests.servers.vsftpd import vsftpd

from nightclerk.cli import main

ELSE = "SHA256:" + "A" * 43
KINDS = ("ed25519", "ecdsa", "rsa")

Trust = Callable[..., tuple[int, str]]


@pytest.fixture
def trust(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Trust:
    """Given a source, runs the command for a tenant that says nothing else; returns its status and what it wrote."""
    (tmp_path / "config/tenants").mkdir(parents=True)

    def run(source: dict[str, Any], *more: str) -> tuple[int, str]:
        (tmp_path / "config/tenants/acme.yaml").write_text(f"tenant: acme\nsource: {json.dumps(source)}\nfeedss: []\n")
        status = main(["--config", str(tmp_path / "config"), "trust", "acme", *more])
        written = capsys.readouterr()
        return status, written.out + written.err

    return run


@pytest.fixture(scope="module")
def server() -> Iterator[SshServer]:
    with sshd(host_key_kinds=KINDS) as running:
        yield running


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


def sftp(server: SshServer, **more: object) -> dict[str, Any]:
    return {"kind": "sftp", "host": server.host, "port": server.port, **more}


@pytest.mark.server("sshd")
def test_all_keys_are_shown_before_any_is_configured(trust, server):
    before = server.logins()
    status, text = trust(sftp(server))
    assert status == 0
    for kind in KINDS:
        assert f"      - {server.fingerprint_of(kind)}  # " in text
    assert text.count("not configured") == 3
    assert server.logins() == before
    assert "Failed" not in server.log.read_text()


@pytest.mark.server("sshd")
def test_a_key_that_is_configured_is_enough(trust, server):
    status, text = trust(sftp(server, host_keys=[server.fingerprint_of("ecdsa")]))
    assert (status, text.count("matches"), text.count("CHANGED")) == (0, 1, 0)
    assert "Nothing is to be done" in text


@pytest.mark.server("sshd")
def test_keys_that_were_changed(trust, server):
    status, text = trust(sftp(server, host_keys=[ELSE]))
    assert (status, text.count("differs: CHANGED")) == (1, 3)
    assert f"Configured, but no key of this server: {ELSE}" in text
    assert "somebody stands in between" in text


@pytest.mark.server("sshd")
def test_a_known_hosts_file_and_the_lines_for_it(trust, server, tmp_path):
    status, text = trust(sftp(server, known_hosts=str(server.known_hosts())))
    assert (status, text.count("matches")) == (0, 3)
    status, text = trust(sftp(server, known_hosts="known"))
    lines = [line.strip() for line in text.splitlines() if line.startswith(f"  [127.0.0.1]:{server.port} ")]
    (tmp_path / "known").write_text("\n".join(lines))
    status, text = trust(sftp(server, known_hosts="known"))
    assert (status, text.count("matches")) == (0, 3)


@pytest.mark.server("sshd")
def test_keys_as_json(trust, server):
    status, text = trust(sftp(server, host_keys=[server.fingerprint, ELSE]), "--json")
    told = json.loads(text)
    check_output("trust", told)
    assert status == 0
    assert [key["status"] for key in told["keys"]] == ["matches", "not configured", "not configured"]
    assert told["keys"][0]["fingerprint"] == server.fingerprint
    assert (told["tenant"], told["unseen"], told["changed"]) == ("acme", [ELSE], False)


@pytest.mark.server("sshd")
def test_an_old_server_shows_its_key_where_it_is_allowed(trust):
    with sshd(host_key_kinds=("rsa",), settings="HostKeyAlgorithms ssh-rsa") as old:
        status, text = trust(sftp(old))
        assert status == 2
        assert "legacy: true" in text
        status, text = trust(sftp(old, legacy=True))
        assert status == 0
        assert old.fingerprint in text


@pytest.mark.server("vsftpd")
@pytest.mark.parametrize("tls", ["explicit", "implicit"])
def test_a_certificate_that_is_trusted(trust, trusted, tls):
    pem = trusted.sign("127.0.0.1", "ftp.acme.example")
    with vsftpd(pem, implicit=tls == "implicit") as server:
        source = {"kind": "ftps", "host": server.host, "port": server.port, "tls": tls, "ca_file": str(trusted.ca_file)}
        status, text = trust(source)
        assert status == 0
        assert fingerprint(pem) in text
        assert "names      ftp.acme.example, 127.0.0.1" in text
        assert "trusted    yes" in text
        told = json.loads(trust(source, "--json")[1])
        check_output("trust", told)
        assert (told["fingerprint"], told["trusted"], told["refusal"]) == (fingerprint(pem), True, None)
        assert "USER" not in server.log.read_text()


@pytest.mark.server("vsftpd")
def test_a_certificate_of_its_own_can_be_copied_and_is_trusted_then(trust, trusted, tmp_path):
    pem = trusted.sign("127.0.0.1", self_signed=True)
    with vsftpd(pem) as server:
        source = {"kind": "ftps", "host": server.host, "port": server.port}
        status, text = trust(source)
        assert status == 1
        assert "trusted    no: self-signed certificate" in text
        assert "ca_file: /etc/nightclerk/acme-ca.pem" in text
        (tmp_path / "copied.pem").write_text(text[text.index("-----BEGIN") :])
        assert trust({**source, "ca_file": "copied.pem"})[0] == 0


@pytest.mark.server("vsftpd")
@pytest.mark.parametrize("made, expected", [
    ({"names": ("ftp.acme.example",)}, "does not name 127.0.0.1"),
    ({"names": ("127.0.0.1",), "days": -2}, "Only its owner can renew it"),
    ({"names": ("127.0.0.1",)}, "save the certificate of CN=Test authority"),
])  # fmt: skip
def test_what_to_do_about_a_certificate_that_is_not_trusted(trust, trusted, made, expected):
    with vsftpd(trusted.sign(*made.pop("names"), **made)) as server:
        ca_file = {} if "save" in expected else {"ca_file": str(trusted.ca_file)}
        status, text = trust({"kind": "ftps", "host": server.host, "port": server.port, **ca_file})
    assert status == 1
    assert expected in text


@pytest.mark.parametrize("source, status, expected", [
    ({"kind": "folder", "path": "drops"}, 2, "There is nothing to trust: the source of acme is a folder on this machine."),
    ({"kind": "ftp", "host": "h"}, 2, "plain FTP, which shows nothing that could be trusted"),
    ({"kind": "sftp"}, 2, "source.host: this key is missing"),
    ({"kind": "sftp", "host": "127.0.0.1", "port": 1}, 3, "could not be reached: Connection refused"),
    ({"kind": "ftps", "host": "127.0.0.1", "port": 1}, 3, "could not be reached: Connection refused"),
])  # fmt: skip
def test_what_cannot_be_shown(trust, source, status, expected):
    found, text = trust(source)
    assert found == status
    assert expected in text


def test_a_tenant_that_does_not_exist(trust, tmp_path, capsys):
    trust({"kind": "folder", "path": "drops"})
    assert main(["--config", str(tmp_path / "config"), "trust", "acne"]) == 2
    assert capsys.readouterr().err == 'There is no tenant "acne"; did you mean "acme"?\n'
