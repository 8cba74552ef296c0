"""The demonstration's servers alone: real clients against real servers on loopback."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import paramiko
import pytest

from nightclerk.demo.mailbox import Mailbox
from nightclerk.demo.sender import Sender
from nightclerk.demo.sftp_server import Account, SftpServer, new_key_pair

PRIVATE, PUBLIC = new_key_pair()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SftpServer]:
    (tmp_path / "server" / "export").mkdir(parents=True)
    accounts = (Account("reader", public_key=PUBLIC), Account("sender", password="right"))
    server = SftpServer(tmp_path / "server", accounts)
    yield server
    server.close()


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    mailbox = Mailbox(tmp_path / "letters")
    yield mailbox
    mailbox.close()


@pytest.mark.parametrize("manner", ["renamed", "in_place"])
def test_an_upload_arrives_whole_under_its_own_name(server: SftpServer, tmp_path: Path, manner: str) -> None:
    file = tmp_path / "clients.csv"
    file.write_bytes(b"a;b\r\n" * 40_000)
    Sender(server, "sender", "right", "/export", manner, pause=0.01).upload(file)  # type: ignore[arg-type]
    assert [path.name for path in (server.root / "export").iterdir()] == ["clients.csv"]
    assert (server.root / "export" / "clients.csv").read_bytes() == file.read_bytes()


def test_the_reader_logs_in_with_its_key_and_sees_nothing_above_its_folder(server: SftpServer, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("outside")
    (server.root / "export" / "a.csv").write_text("a")
    key = paramiko.Ed25519Key.from_private_key_file(str(_written(tmp_path, PRIVATE)))
    with paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.connect(username="reader", pkey=key)
        assert transport.get_remote_server_key().fingerprint == server.fingerprint
        with paramiko.SFTPClient.from_transport(transport) as sftp:  # type: ignore[union-attr]
            assert sftp.listdir("/") == ["export"]
            assert sftp.listdir("/../..") == ["export"]
            with pytest.raises(OSError, match="No such file"):
                sftp.open("/../secret")
            sftp.mkdir("/export/processed")
            sftp.rename("/export/a.csv", "/export/processed/a.csv")
    assert (server.root / "export" / "processed" / "a.csv").exists()


@pytest.mark.parametrize(("username", "password"), [("sender", "wrong"), ("reader", "right"), ("nobody", "right")])
def test_nobody_else_comes_in(server: SftpServer, username: str, password: str) -> None:
    with (
        paramiko.Transport(("127.0.0.1", server.port)) as transport,
        pytest.raises(paramiko.AuthenticationException),
    ):
        transport.connect(username=username, password=password)


def test_closing_ends_connections_that_are_still_open(tmp_path: Path) -> None:
    server = SftpServer(tmp_path, (Account("sender", password="right"),))
    with paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.connect(username="sender", password="right")
        server.close()
        transport.join(5)
        assert not transport.is_active()


def test_letters_are_kept_with_what_can_be_looked_at(mailbox: Mailbox) -> None:
    _post(mailbox, _letter("1@x", "Première", attach=True), "a@x.example", "b@x.example")
    _post(mailbox, _letter("2@x", "Second"), "c@x.example")
    first, second = mailbox.letters()
    assert (first.subject, first.recipients) == ("Première", ("a@x.example", "b@x.example"))
    assert [path.name for path in first.files] == ["1.eml", "1.html", "1.rejected.csv"]
    assert first.files[1].read_text(encoding="utf-8").strip() == "<p>é</p>"
    assert first.files[2].read_bytes() == b"a;b\r\n"
    assert [path.name for path in second.files] == ["2.eml", "2.html"]


def test_one_letter_that_comes_once_for_each_reader_is_one_letter(mailbox: Mailbox) -> None:
    for reader in ("a@x.example", "b@x.example", "a@x.example"):
        _post(mailbox, _letter("1@x", "Once"), reader)
    assert [(letter.subject, letter.recipients) for letter in mailbox.letters()] == [("Once", ("a@x.example", "b@x.example"))]
    assert len(list(mailbox.folder.glob("*.eml"))) == 1


def test_an_attachment_cannot_leave_the_folder(mailbox: Mailbox) -> None:
    letter = _letter("1@x", "Sly")
    letter.add_attachment(b"x", maintype="text", subtype="csv", filename="../../sly.csv")
    _post(mailbox, letter, "a@x.example")
    assert all(path.parent == mailbox.folder for path in mailbox.letters()[0].files)


def _letter(message_id: str, subject: str, attach: bool = False) -> EmailMessage:
    letter = EmailMessage()
    letter["Message-ID"], letter["Subject"], letter["From"] = f"<{message_id}>", subject, "n@x.example"
    letter.set_content("é")
    letter.add_alternative("<p>é</p>", subtype="html")
    if attach:
        letter.add_attachment(b"a;b\r\n", maintype="text", subtype="csv", filename="rejected.csv")
    return letter


def _post(mailbox: Mailbox, letter: EmailMessage, *recipients: str) -> None:
    with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as smtp:
        assert smtp.send_message(letter, to_addrs=list(recipients)) == {}


def _written(folder: Path, key: str) -> Path:
    path = folder / "key"
    path.write_text(key)
    return path
