"""Every command of docs/getting-started.md does what the page says, in the order in which it stands there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.mail_servers import LOGIN, Mailbox, certificate, mail_server
from tests.e2e.pages import Reader, follow, standing_for
from tests.servers.postgres import shared_server
from tests.servers.sshd import sshd

PAGE = Path(__file__).parents[2] / "docs" / "getting-started.md"


@pytest.mark.server("sshd")
@pytest.mark.server("sqlite3")
def test_the_page_from_its_first_line_to_its_last(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    home = tmp_path / "home"
    home.mkdir()
    reader = Reader(home)
    box = Mailbox()
    sections = {
        "Mail the reports": mail_of(reader, tmp_path, box),
        "Take the files from an SFTP server": sftp_of(reader),
        "Book into PostgreSQL": postgresql_of(reader),
    }
    follow(PAGE, reader, request.config.getoption("--update-golden"), sections)
    assert {recipient for _, recipients in box.posted for recipient in recipients} == {"compta@acme.example"}


@contextlib.contextmanager
def mail_of(reader: Reader, folder: Path, box: Mailbox) -> Iterator[None]:
    """The mail server of the page."""
    context, trusted = certificate(folder)
    with mail_server(box, "starttls", context) as port:
        names = {
            "THE PASSWORD": LOGIN[1],
            "host: smtp.example.com\n  port: 587": f"host: localhost\n  port: {port}\n  ca_file: {trusted}",
            "smtp.example.com:587": f"localhost:{port}",
            "smtp.example.com port 587": f"localhost port {port}",
            "smtp.example.com": "localhost",
        }
        with standing_for(reader, names):
            yield


@contextlib.contextmanager
def sftp_of(reader: Reader) -> Iterator[None]:
    """The SFTP server of the page. The key that the page makes is let in where its public half is handed over."""
    with sshd() as server:
        names = {
            "host: sftp.acme.example": f"host: 127.0.0.1\n  port: {server.port}",
            "cat secrets/acme-key.pub": f"cat secrets/acme-key.pub | tee -a {server.base}/authorized_keys",
            "sftp.acme.example port 22": f"127.0.0.1 port {server.port}",
            "sftp.acme.example": "127.0.0.1",
            "acme-books": server.user,
            "SHA256:uNiVztksCsDhcc0u9e8BrVqVVZBgVcdkOyyoiBQyiqE": server.fingerprint,
            "/export": server.folder,
        }
        with standing_for(reader, names):
            yield


@contextlib.contextmanager
def postgresql_of(reader: Reader) -> Iterator[None]:
    """The PostgreSQL server of the page, which takes any password."""
    server = shared_server()
    database = server.create_database()
    names = {
        "postgresql://nightclerk@db.example.com/app": server.url(database),
        "app on db.example.com": f"{database} on {server.host}:{server.port}",
        "grep db.example.com": f"grep {server.port}",
    }
    with standing_for(reader, names):
        yield
