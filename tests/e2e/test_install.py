"""An installation from the files in ``systemd/`` as ops make it, on a pretend machine: users, folders, sshd, and the sandbox."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest
from tests.contract.mail_servers import LOGIN, Mailbox, _let_in, mail_server
from tests.e2e.daemon import eventually
from tests.servers.gnupg import correspondence
from tests.servers.machine import Machine, machine

SYSTEMD = Path(__file__).parents[2] / "systemd"
SANDBOX = Path(__file__).parents[1] / "servers" / "sandbox.py"
NIGHTCLERK = ("/opt/nightclerk/bin/nightclerk", "--config", "/etc/nightclerk/config")
SETTINGS = """\
database: sqlite:////var/lib/nightclerk/app.db
ledger: sqlite:////var/lib/nightclerk/ledger.db
state: /var/lib/nightclerk
mail: {{host: 127.0.0.1, port: {port}, security: none, from: n@example.com, operators: [ops@example.com], username: nightclerk,
  password: {{credential: smtp-password}}}}
"""
TENANT = """\
tenant: {name}
name: {name}
timezone: Europe/Paris
source: {{kind: folder, path: /srv/drops/{name}/inbox}}
ready: {{unchanged_for: 0.2s}}
report: {{to: books@{name}.example}}
feeds:
  - feed: clients
    files: "*.csv"
    entity: customer
    format: {{kind: delimited}}
    mapping: {{code: Code, name: Name, print_as: Name}}
"""


@pytest.fixture(scope="module")
def installed() -> Iterator[Machine]:
    """The machine after the steps of systemd/README.md, with two tenants."""
    with machine() as made:
        for file, place in (("nightclerk.sysusers.conf", "sysusers.d"), ("nightclerk.tmpfiles.conf", "tmpfiles.d")):
            made.write(f"/etc/{place}/nightclerk.conf", (SYSTEMD / file).read_text())
        made.must("systemd-sysusers", "/etc/sysusers.d/nightclerk.conf")
        made.must("systemd-tmpfiles", "--create", "/etc/tmpfiles.d/nightclerk.conf")
        made.must(*NIGHTCLERK, "init")
        (made.root / "etc/nightclerk/config/tenants/example.yaml").unlink()
        folders = (SYSTEMD / "nightclerk-tenant.tmpfiles.conf").read_text()
        for name in ("acme", "zeta"):
            made.must("useradd", "--gid=nightclerk-drops", "--home-dir=/", "--no-create-home", "--shell=/usr/sbin/nologin",
                      "--password=*", name)  # fmt: skip
            made.write(f"/etc/tmpfiles.d/nightclerk-{name}.conf", folders.replace("acme", name))
            made.must("systemd-tmpfiles", "--create", f"/etc/tmpfiles.d/nightclerk-{name}.conf")
            made.write(f"/etc/nightclerk/config/tenants/{name}.yaml", TENANT.format(name=name))
        yield made


@contextmanager
def sshd(made: Machine, keys: dict[str, str]) -> Iterator[int]:
    """The machine's sshd, with the snippet as it stands in its configuration, and the senders' public keys; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    made.write("/etc/ssh/sshd_config.d/nightclerk.conf", (SYSTEMD / "sshd_nightclerk.conf").read_text())
    settings = f"ListenAddress 127.0.0.1\nPort {port}\nHostKey /etc/ssh/test_key\nPidFile none\nUsePAM no\n"
    settings += "Subsystem sftp /usr/lib/openssh/sftp-server\n"  # as Debian has it
    made.write("/etc/ssh/sshd_config", f"Include /etc/ssh/sshd_config.d/nightclerk.conf\n{settings}")
    made.must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/etc/ssh/test_key")
    for name, key in keys.items():
        made.write(f"/etc/ssh/nightclerk-keys/{name}", key)
    server = subprocess.Popen(made.command("/usr/sbin/sshd", "-D", "-E", "/var/log/sshd-test"))
    try:
        assert eventually(lambda: _listens(port))
        yield port
    finally:
        server.terminate()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def connect(port: int, user: str, key: paramiko.PKey) -> paramiko.SSHClient:
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 - the server is our own
    try:
        client.connect("127.0.0.1", port, user, pkey=key, look_for_keys=False, allow_agent=False, timeout=10)
    except BaseException:
        client.close()
        raise
    return client


def put(sftp: paramiko.SFTPClient, name: str, text: str) -> None:
    sftp.putfo(io.BytesIO(text.encode()), f"{name}.part")
    sftp.posix_rename(f"{name}.part", name)


def refused(do: object, *arguments: object) -> bool:
    try:
        do(*arguments)  # type: ignore[operator] # any method of the client
    except (OSError, paramiko.SSHException):
        return True
    return False


@contextmanager
def service(made: Machine, unit: Path, listener: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The unit's ExecStart in the unit's sandbox."""
    credentials = [f"{name}=/etc/nightclerk/credentials/{name}" for name in ("smtp-password", "acme-openpgp")]
    command = [sys.executable, str(SANDBOX), str(unit), *credentials]
    with log.open("wb") as stream:
        process = subprocess.Popen(made.command("env", f"NOTIFY_SOCKET={listener}", *command), stdout=stream, stderr=stream)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.server("sshd")
@pytest.mark.server("gpg")
@pytest.mark.server("systemd-analyze")
def test_from_the_files_to_a_service_that_books_what_chrooted_senders_drop(installed: Machine, tmp_path: Path) -> None:
    box = Mailbox()
    key = {name: paramiko.Ed25519Key.from_private_key_file(str(_key(tmp_path, name))) for name in ("acme", "zeta")}
    public = {name: f"ssh-ed25519 {its.get_base64()}\n" for name, its in key.items()}
    unit = tmp_path / "nightclerk.service"
    unit.write_text(
        (SYSTEMD / "nightclerk.service").read_text().replace("#ReadWritePaths=/srv/drops", "ReadWritePaths=/srv/drops")
    )
    log = tmp_path / "log"

    def said(event: str, **more: object) -> bool:
        lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
        return any({"event": event, **more}.items() <= line.items() for line in lines)

    with (
        correspondence() as people,
        mail_server(box, authenticator=_let_in, auth_required=True, auth_require_tls=False) as mail,
        sshd(installed, public) as port,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager,
    ):
        installed.write("/etc/nightclerk/config/nightclerk.yaml", SETTINGS.format(port=mail))
        installed.write("/etc/nightclerk/credentials/smtp-password", f"{LOGIN[1]}\n", mode=0o600)
        installed.write("/etc/nightclerk/credentials/acme-openpgp", people.private("clerk", tmp_path).read_text(), mode=0o600)
        encrypted = "openpgp: {key: {credential: acme-openpgp}, required: false}\n"
        installed.write(
            "/etc/nightclerk/config/tenants/acme.yaml", TENANT.format(name="acme").replace('"*.csv"', '"*.csv*"') + encrypted
        )
        installed.must("chgrp", "-R", "nightclerk", "/etc/nightclerk/config")
        installed.must(*NIGHTCLERK, "check", user="nightclerk")
        installed.must(*NIGHTCLERK, "tables", "create", user="nightclerk")
        manager.bind(f"\0nightclerk-test-{installed.process}")
        manager.settimeout(30)
        with service(installed, unit, f"@nightclerk-test-{installed.process}", log) as process:
            assert manager.recv(4096).startswith(b"READY=1\n"), log.read_text()
            with connect(port, "acme", key["acme"]) as acme, acme.open_sftp() as sftp:
                _cannot_leave_its_folder(acme, sftp)
                put(sftp, "clients.csv", "Code;Name\r\nA;Anna\r\n")
                assert eventually(lambda: said("put_away", tenant="acme")), log.read_text()
                (archived,) = sftp.listdir("processed")
                assert sftp.open(f"processed/{archived}").read() == b"Code;Name\r\nA;Anna\r\n", (
                    "the sender sees what became of it"
                )
                assert refused(sftp.remove, f"processed/{archived}")
                assert refused(sftp.rename, "processed", "mine")
                assert refused(sftp.putfo, io.BytesIO(b"x"), "processed/mine.csv")
                assert refused(sftp.rename, f"processed/{archived}", "again.csv")
                put(sftp, "clients.csv.asc", people.encrypt(b"Code;Name\r\nE;Eva\r\n", "--armor").decode())
                assert eventually(lambda: said("run_ended", tenant="acme", ending="imported", file="clients.csv.asc")), (
                    log.read_text()
                )
            with connect(port, "zeta", key["zeta"]) as zeta, zeta.open_sftp() as sftp:
                put(sftp, "clients.csv", "Code;Name\r\nZ;Zoe\r\n")
                assert eventually(lambda: said("put_away", tenant="zeta")), log.read_text()
            readers = {("books@acme.example",), ("books@zeta.example",)}
            assert eventually(lambda: readers <= {to for _, to in box.posted}), log.read_text()
            installed.must("/bin/kill", "-HUP", str(process.pid), user="nightclerk")  # as ExecReload does
            assert eventually(lambda: manager.recv(4096).startswith(b"RELOADING=1\n"))
            installed.must("/bin/kill", "-TERM", str(process.pid))
            assert process.wait(20) == 0, log.read_text()
    assert refused(connect, port, "acme", key["acme"]), "the server is gone"


def _key(folder: Path, name: str) -> Path:
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


def _cannot_leave_its_folder(client: paramiko.SSHClient, sftp: paramiko.SFTPClient) -> None:
    assert sftp.normalize(".") == "/inbox"
    assert sorted(sftp.listdir("/")) == ["inbox"]
    assert sorted(sftp.listdir(".")) == ["failed", "processed"]
    for path in ("/../zeta", "/../../srv/drops/zeta/inbox", "/etc/passwd", "/proc/self/root"):
        assert refused(sftp.stat, path), path
    sftp.symlink("/srv/drops/zeta/inbox", "other")  # it may be made, and leads nowhere
    assert refused(sftp.listdir, "other")
    sftp.remove("other")
    assert refused(sftp.mkdir, "/mine")
    assert refused(sftp.chmod, "/inbox", 0o777)
    transport = client.get_transport()
    assert transport is not None
    listening = ("127.0.0.1", transport.getpeername()[1])  # itself: a place where somebody answers, were it let through
    with pytest.raises(paramiko.ChannelException) as caught:
        transport.open_channel("direct-tcpip", listening, ("127.0.0.1", 1))
    assert caught.value.code == paramiko.common.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
    session = transport.open_session()
    assert refused(session.get_pty)
    _, out, _ = client.exec_command("id; cat /etc/passwd")
    began = time.monotonic()
    assert b"root" not in out.read(), "a command is not run: the session speaks SFTP, whatever was asked for"
    assert time.monotonic() - began < 10


@pytest.mark.server("sshd")
def test_a_senders_key_opens_no_other_folder(installed: Machine, tmp_path: Path) -> None:
    acme, zeta = (paramiko.Ed25519Key.from_private_key_file(str(_key(tmp_path, name))) for name in ("acme", "zeta"))
    installed.run("rm", "-f", "/etc/ssh/test_key")
    with sshd(installed, {"acme": f"ssh-ed25519 {acme.get_base64()}\n", "zeta": f"ssh-ed25519 {zeta.get_base64()}\n"}) as port:
        for user in ("zeta", "nightclerk", "root"):
            with pytest.raises(paramiko.AuthenticationException):
                connect(port, user, acme)
        connect(port, "acme", acme).close()
