"""One suite for every channel, the twin included; then what only a network can do wrong."""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from tests.contract.mail_servers import LOGIN, Mailbox, certificate, mail_server, scripted_server

from nightclerk.channels.email import Email
from nightclerk.channels.folder import Folder
from nightclerk.channels.memory import Memory
from nightclerk.core.daemon import Mail
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.report import Refusal
from nightclerk.ports import Channel

ANNE, BERT = "anne@acme.example", "bert@acme.example"


def letter(text: str = "Bonjour.", message_id: str = "<one@nightclerk.example>", attached: bytes = b"") -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "Nightclerk <nightclerk@example.com>"
    message["To"] = f"{ANNE}, {BERT}"
    message["Date"] = "Sat, 21 Nov 2026 02:03:12 +0000"
    message["Message-ID"] = message_id
    message["Subject"] = "Crédit Lumière"
    message.set_content(text, cte="quoted-printable")
    if attached:
        message.add_attachment(attached, maintype="text", subtype="csv", filename="rejets.csv")
    return message.as_bytes()


@dataclass
class Rig:
    """A channel and how to see what came out at its other end."""

    channel: Channel
    posted: Callable[[], list[bytes]]
    refuse: Callable[[str, Refusal], None]


def settings(port: int, security: str = "none", trusted: Path | None = None, host: str = "127.0.0.1") -> Mail:
    login = {"username": LOGIN[0], "password": {"env": "MAIL"}} if security != "none" else {}
    return Mail.model_validate(
        {"host": host, "port": port, "security": security, "ca_file": trusted, "from": "Nightclerk <n@example.com>", **login}
    )


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    return certificate(tmp_path_factory.mktemp("certificate"))


def _email(security: str, tls: tuple[ssl.SSLContext, Path]) -> Iterator[Rig]:
    box = Mailbox()
    with mail_server(box, security, tls[0]) as port:
        yield Rig(
            Email(settings(port, security, tls[1]), lambda: LOGIN[1], timeout=10),
            lambda: [message for message, _ in box.posted],
            lambda address, why: box.refuse.update({address: why.words}),
        )


NETWORKED = ["memory", "email none", "email starttls", "email tls"]


@pytest.fixture(params=["folder", *NETWORKED])
def rig(request: pytest.FixtureRequest, tmp_path: Path, tls: tuple[ssl.SSLContext, Path]) -> Iterator[Rig]:
    match request.param.split():
        case ["memory"]:
            memory = Memory()
            yield Rig(memory, lambda: [p.message for p in memory.posted], lambda a, why: memory.refuse.update({a: why}))
        case ["folder"]:
            yield Rig(
                Folder(tmp_path / "mails"), lambda: [p.read_bytes() for p in sorted((tmp_path / "mails").glob("*"))], _never
            )
        case [_, security]:
            yield from _email(security, tls)


def _never(address: str, why: Refusal) -> None:
    raise AssertionError("a folder refuses nobody")


def test_a_letter_arrives_byte_for_byte(rig: Rig) -> None:
    message = letter("Première ligne.\n.\n..point\nFrom ici\n" + "long " * 500)
    assert rig.channel.post(message, (ANNE, BERT)) == {}
    assert rig.posted() == [message]


def test_a_large_attachment_arrives_byte_for_byte(rig: Rig) -> None:
    message = letter(attached=bytes(range(256)) * 20_000)
    assert rig.channel.post(message, (ANNE,)) == {}
    assert rig.posted() == [message]


def test_a_repeated_letter_has_the_same_message_id_and_bytes(rig: Rig) -> None:
    for _ in range(2):
        assert rig.channel.post(letter(), (ANNE,)) == {}
    assert set(rig.posted()) == {letter()}


def test_several_letters_stay_apart(rig: Rig) -> None:
    sent = [letter(f"Nummer {n}", f"<{n}@nightclerk.example>") for n in range(3)]
    for message in sent:
        rig.channel.post(message, (ANNE,))
    assert sorted(rig.posted()) == sorted(sent)


def test_no_readers_means_no_letter(rig: Rig) -> None:
    assert rig.channel.post(letter(), ()) == {}
    assert rig.posted() == []


@pytest.mark.parametrize("rig", NETWORKED, indirect=True)
@pytest.mark.parametrize("why", [Refusal("550 No such user here", True), Refusal("450 Mailbox busy", False)])
def test_one_refused_recipient_does_not_stop_the_other(rig: Rig, why: Refusal) -> None:
    rig.refuse(BERT, why)
    assert rig.channel.post(letter(), (BERT, ANNE)) == {BERT: why}
    assert rig.posted() == [letter()]


@pytest.mark.parametrize("rig", NETWORKED, indirect=True)
def test_answers_about_recipients_are_values_also_when_nobody_is_left(rig: Rig) -> None:
    gone, busy = Refusal("550 No such user here", True), Refusal("450 Mailbox busy", False)
    rig.refuse(ANNE, gone)
    rig.refuse(BERT, busy)
    assert rig.channel.post(letter(), (ANNE, BERT)) == {ANNE: gone, BERT: busy}
    assert rig.posted() == []


# Only the folder ------------------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_written_is_for_ops(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OperatorError, match="could not be written"):
        Folder(tmp_path / "file").post(letter(), (ANNE,))


def test_a_folder_holds_whole_letters_only(tmp_path: Path) -> None:
    Folder(tmp_path).post(letter(), (ANNE,))
    Folder(tmp_path).post(b"no headers at all", (ANNE,))
    names = sorted(p.name for p in tmp_path.iterdir())
    assert len(names) == 2
    assert names[0].startswith("20261121T020312-")
    assert names[1].startswith("undated-")
    assert all(name.endswith(".eml") for name in names)


# Only the twin --------------------------------------------------------------------------------------------------------


def test_the_twin_fails_as_a_server_would() -> None:
    memory = Memory(failure=WeatherError("The mail server is away."))
    with pytest.raises(WeatherError):
        memory.post(letter(), (ANNE,))
    memory.failure = None
    assert memory.post(letter(), (ANNE,)) == {}


# Only the network -----------------------------------------------------------------------------------------------------


def plain(port: int, timeout: float = 10) -> Email:
    return Email(settings(port), lambda: None, timeout=timeout)


def test_a_refused_login_is_for_ops(tls: tuple[ssl.SSLContext, Path]) -> None:
    with mail_server(Mailbox(), "starttls", tls[0]) as port:
        channel = Email(settings(port, "starttls", tls[1]), lambda: "wrong")
        with pytest.raises(OperatorError, match="refuses the login of nightclerk: 535"):
            channel.post(letter(), (ANNE,))


def test_a_server_that_repeats_the_password_does_not_get_it_into_our_sentences() -> None:
    def echo(server: object, session: object, envelope: object, mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=False, handled=False, message=f"535 no login {given.login.decode()}/{given.password.decode()}")

    away = Email(settings(1).model_copy(update={"username": "u"}), lambda: "Pl4nted")
    assert "Pl4nted" not in repr(vars(away))
    server = mail_server(Mailbox(), authenticator=echo, auth_required=True, auth_require_tls=False)
    with server as port, pytest.raises(OperatorError) as caught:
        Email(settings(port).model_copy(update={"username": "u"}), lambda: "Pl4nted").post(letter(), (ANNE,))
    assert "refuses the login of u: 535 no login u/***." in str(caught.value)
    assert caught.value.command == "nightclerk post"


def test_a_missing_or_unspeakable_password_is_for_ops_and_asks_nobody(tls: tuple[ssl.SSLContext, Path]) -> None:
    for secret, sentence in ((None, "is not there"), ("pässword", "outside ASCII")):
        with pytest.raises(OperatorError, match=sentence):
            Email(settings(1, "starttls", tls[1]), lambda s=secret: s).post(letter(), (ANNE,))


def test_a_server_that_wants_a_login_is_for_ops() -> None:
    server = mail_server(Mailbox(), auth_required=True, auth_require_tls=False)
    with server as port, pytest.raises(OperatorError, match="without a login: 530"):
        plain(port).post(letter(), (ANNE,))


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["unknown", "other name"])
def test_a_wrong_certificate_is_for_ops_and_gets_no_password(
    security: str, wrong: str, tls: tuple[ssl.SSLContext, Path], tmp_path: Path
) -> None:
    shown, trusted = certificate(tmp_path, "elsewhere.example")
    box = Mailbox()
    with mail_server(box, security, shown, require_starttls=False, auth_required=False) as port:
        channel = Email(settings(port, security, tls[1] if wrong == "unknown" else trusted), lambda: LOGIN[1])
        with pytest.raises(OperatorError, match="certificate that is not trusted"):
            channel.post(letter(), (ANNE,))
    assert box.posted == []


def test_a_certificate_file_that_is_none_is_for_ops(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("no certificate")
    for file in (tmp_path / "none.pem", tmp_path / "missing.pem"):
        with pytest.raises(OperatorError, match="cannot be read as certificates"):
            Email(settings(1, "tls", file), lambda: "x").post(letter(), (ANNE,))


def test_no_tls_where_it_was_asked_for_is_for_ops(tls: tuple[ssl.SSLContext, Path]) -> None:
    with mail_server(Mailbox()) as port:
        with pytest.raises(OperatorError, match="does not offer TLS by STARTTLS"):
            Email(settings(port, "starttls", tls[1]), lambda: "x").post(letter(), (ANNE,))
        with pytest.raises(OperatorError, match="does not speak TLS as expected"):
            Email(settings(port, "tls", tls[1]), lambda: "x").post(letter(), (ANNE,))


def test_no_login_where_one_was_asked_for_is_for_ops() -> None:
    wanted = Mail.model_validate(
        {"host": "127.0.0.1", "port": 25, "security": "none", "username": "n", "password": {"env": "X"}, "from": "n@example.com"}
    )
    with mail_server(Mailbox()) as port, pytest.raises(OperatorError, match="does not offer a login"):
        Email(wanted.model_copy(update={"port": port}), lambda: "x").post(letter(), (ANNE,))


def test_a_refused_sender_is_for_ops_and_a_busy_server_is_weather() -> None:
    box = Mailbox(refuse_sender="553 5.7.1 Not allowed to send as this address")
    with mail_server(box) as port:
        with pytest.raises(OperatorError, match=r"refuses letters from n@example\.com: 553"):
            plain(port).post(letter(), (ANNE,))
        box.refuse_sender = "451 Try again later"
        with pytest.raises(WeatherError, match="451 Try again later"):
            plain(port).post(letter(), (ANNE,))


def test_a_letter_that_is_too_large_is_refused_for_good_and_says_so() -> None:
    with mail_server(Mailbox(), data_size_limit=1000) as port:
        refused = plain(port).post(letter(attached=b"x" * 5000), (ANNE, BERT))
    assert set(refused) == {ANNE, BERT}
    assert all(why.permanent and why.words.startswith("552") for why in refused.values())


def test_a_letter_refused_for_its_content_is_a_value_and_later_is_weather() -> None:
    box = Mailbox(data="554 5.7.1 Looks like spam\x1b[31m to us")
    with mail_server(box) as port:
        assert plain(port).post(letter(), (ANNE,)) == {ANNE: Refusal("554 5.7.1 Looks like spam?[31m to us", permanent=True)}
        box.data = "451 Greylisted"
        with pytest.raises(WeatherError, match="451 Greylisted"):
            plain(port).post(letter(), (ANNE,))


def test_a_server_that_closes_in_the_middle_of_the_recipients_is_weather() -> None:
    box = Mailbox(refuse={BERT: "421 Shutting down"})
    with mail_server(box) as port, pytest.raises(WeatherError, match="421 Shutting down"):
        plain(port).post(letter(), (ANNE, BERT, "c@acme.example"))


def test_nobody_there_is_weather() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(WeatherError, match="cannot be reached"):
        plain(port).post(letter(), (ANNE,))
    with pytest.raises(WeatherError, match="cannot be reached"):
        Email(settings(25, host="no-such-host.invalid"), lambda: None, timeout=2).post(letter(), (ANNE,))


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_silent_server_is_weather_within_the_time_out(security: str, tls: tuple[ssl.SSLContext, Path]) -> None:
    def silent(talk: socket.socket) -> None:
        while talk.recv(1000):
            pass

    with scripted_server(silent) as port:
        began = time.monotonic()
        with pytest.raises(WeatherError):
            Email(settings(port, security, tls[1]), lambda: "x", timeout=0.3).post(letter(), (ANNE,))
        assert time.monotonic() - began < 5


def test_a_server_that_drips_is_weather_within_the_whole_deadline() -> None:
    def drip(talk: socket.socket) -> None:
        for sign in b"220-" + b"x" * 1000:
            talk.sendall(bytes([sign]))
            time.sleep(0.1)

    with scripted_server(drip) as port:
        began = time.monotonic()
        with pytest.raises(WeatherError, match="took too long"):
            plain(port, timeout=0.4).post(letter(), (ANNE,))
        assert time.monotonic() - began < 10


def _answering(until: bytes, then: Callable[[socket.socket], None]) -> Callable[[socket.socket], None]:
    """Answers every line kindly; after the line that starts with ``until`` does something else."""

    def script(talk: socket.socket) -> None:
        talk.sendall(b"220 here\r\n")
        with talk.makefile("rb") as lines:
            for line in lines:
                if line.upper().startswith(until):
                    then(talk)
                    return
                talk.sendall(b"250 kindly\r\n")

    return script


def _drop_in_the_middle(talk: socket.socket) -> None:
    talk.sendall(b"354 go on\r\n")
    talk.recv(100)
    talk.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def _never_answer(talk: socket.socket) -> None:
    talk.sendall(b"354 go on\r\n")
    while talk.recv(65536):
        pass


@pytest.mark.parametrize("step", [b"EHLO", b"MAIL", b"RCPT", b"DATA"])
def test_a_server_that_drops_at_any_step_is_weather_at_once(step: bytes) -> None:
    def drop(talk: socket.socket) -> None:
        pass

    with scripted_server(_answering(step, drop)) as port:
        began = time.monotonic()
        with pytest.raises(WeatherError, match="broke the connection"):
            plain(port).post(letter(), (ANNE,))
        assert time.monotonic() - began < 5


def test_a_server_that_drops_in_the_middle_of_the_letter_is_weather_at_once() -> None:
    with scripted_server(_answering(b"DATA", _drop_in_the_middle)) as port:
        began = time.monotonic()
        with pytest.raises(WeatherError):
            plain(port).post(letter(attached=b"x" * 5_000_000), (ANNE,))
        assert time.monotonic() - began < 5


def test_a_server_that_never_says_whether_it_took_the_letter_is_weather() -> None:
    with scripted_server(_answering(b"DATA", _never_answer)) as port:
        began = time.monotonic()
        with pytest.raises(WeatherError):
            plain(port, timeout=0.4).post(letter(), (ANNE,))
        assert time.monotonic() - began < 5


def test_an_accepted_letter_is_accepted_though_nobody_says_goodbye() -> None:
    def hang(talk: socket.socket) -> None:
        while talk.recv(65536):
            pass

    def take(talk: socket.socket) -> None:
        talk.sendall(b"354 go on\r\n")
        got = b""
        while not got.endswith(b"\r\n.\r\n"):
            got += talk.recv(65536)
        talk.sendall(b"250 taken\r\n")
        hang(talk)

    with scripted_server(_answering(b"DATA", take)) as port:
        assert plain(port).post(letter(), (ANNE,)) == {}


@pytest.mark.parametrize(
    "address",
    ["", "@", "nobody", "a@", "@b", "jörg@acme.example", "a b@acme.example", "a@acme.example\r\nRCPT TO:<x@y>", "a@" + "b" * 70],
)
def test_an_address_no_server_understands_is_refused_and_the_others_go(address: str) -> None:
    box = Mailbox()
    with mail_server(box) as port:
        refused = plain(port).post(letter(), (address, ANNE))
    assert set(refused) == {address}
    assert refused[address].permanent
    assert [to for _, to in box.posted] == [(ANNE,)]


def test_a_domain_with_umlauts_is_written_as_servers_know_it() -> None:
    box = Mailbox(refuse={"anne@xn--mller-kva.example": "550 unknown"})
    with mail_server(box) as port:
        assert set(plain(port).post(letter(), ("anne@müller.example",))) == {"anne@müller.example"}


def test_a_sender_without_an_address_is_for_ops() -> None:
    with pytest.raises(OperatorError, match=r"mail\.from"):
        Email(settings(25).model_copy(update={"sender": "Nightclerk <n at example.com>"}), lambda: None).post(letter(), (ANNE,))


def test_nothing_is_left_running_and_nothing_is_logged(capfd: pytest.CaptureFixture[str]) -> None:
    with mail_server(Mailbox()) as port, contextlib.suppress(WeatherError):
        plain(port).post(letter(), (ANNE,))
    with pytest.raises(WeatherError):
        plain(port).post(letter(), (ANNE,))
    assert not [thread for thread in threading.enumerate() if thread.name == "mail-deadline"]
    assert all(isinstance(handler, logging.NullHandler) for handler in logging.getLogger("yagmail.log").handlers)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_reaching_the_server_logs_in_and_sends_nothing(security: str, tls: tuple[ssl.SSLContext, Path]) -> None:
    box = Mailbox()
    with mail_server(box, security, tls[0]) as port:
        Email(settings(port, security, tls[1]), lambda: LOGIN[1], timeout=10).reach()
        if security != "none":
            with pytest.raises(OperatorError, match=r"refuses the login of nightclerk.*Check mail\.username"):
                Email(settings(port, security, tls[1]), lambda: "wrong", timeout=10).reach()
    assert box.posted == []
    with pytest.raises(WeatherError, match="cannot be reached"):
        Email(settings(port), lambda: None, timeout=10).reach()
