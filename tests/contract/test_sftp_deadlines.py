"""An SFTP server that hangs, lies or dies at each step costs its deadline and no more; the next call starts afresh."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator

import paramiko
import pytest
from tests.contract.yards import read_secret, sftp_settings
from tests.servers.sshd import SshServer, sshd
from tests.servers.toxic import Toxic, toxic

from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.secret import SecretReference
from nightclerk.sources.deadlines import Deadlines
from nightclerk.sources.reaching import reach
from nightclerk.sources.sftp import Sftp

pytestmark = pytest.mark.server("sshd")
SHORT = Deadlines(connect=0.5, greeting=0.6, login=0.7, reply=0.4, idle=0.4, listing=1, transfer=1, grace=0.3)
SIZE = 8_000_000


@pytest.fixture(scope="module")
def server() -> Iterator[SshServer]:
    with sshd() as running:
        running.put("big.csv", b"x" * SIZE)
        yield running


@pytest.fixture
def proxy(server: SshServer) -> Iterator[Toxic]:
    with toxic(server.host, server.port) as between:
        yield between


@pytest.fixture
def source(server: SshServer, proxy: Toxic) -> Iterator[Sftp]:
    made = Sftp(sftp_settings(server, port=proxy.port), read_secret, SHORT)
    yield made
    made.close()


@pytest.fixture(scope="module")
def steps(server: SshServer) -> dict[str, int]:
    """How many bytes the server has sent when it is about to greet, agree on keys, answer the login, open its service, list."""
    stranger = server.base / "stranger"
    paramiko.RSAKey.generate(2048).write_private_key_file(str(stranger))
    with toxic(server.host, server.port) as between:
        source = Sftp(sftp_settings(server, port=between.port), read_secret)
        source.look()
        listed = between.passed
        source.close()
        between.passed = 0
        with pytest.raises(OperatorError):
            Sftp(sftp_settings(server, port=between.port, key=SecretReference(file=stranger)), read_secret).look()
        # A refusal takes 52 bytes and an admission 36, so this lies within either.
        answered = between.passed - 40
    return {"nothing": 0, "greeting": 30, "keys": 1200, "login": answered, "service": listed - 700, "listing": listed - 100}


def took(seconds: float, at_least: float = 0) -> Timing:
    return Timing(at_least, seconds)


class Timing:
    """Fails when what stands under it takes shorter or longer than promised."""

    def __init__(self, least: float, most: float) -> None:
        self.least, self.most = least, most

    def __enter__(self) -> None:
        self.started = time.monotonic()

    def __exit__(self, *error: object) -> None:
        assert self.least <= time.monotonic() - self.started <= self.most or error[0] is not None


@pytest.mark.parametrize("fault", ["hole_after", "cut_after", "reset_after"])
@pytest.mark.parametrize("step", ["nothing", "greeting", "keys", "login", "service", "listing"])
def test_a_fault_at_each_step_of_a_look(source, proxy, steps, step, fault):
    setattr(proxy, fault, steps[step])
    with took(2), pytest.raises(WeatherError) as caught:
        source.look()
    assert f"127.0.0.1 port {proxy.port}" in str(caught.value)
    if step == "login":
        assert "let us in within 0.7 s" in str(caught.value) or fault != "hole_after"
    proxy.heal()
    assert [s.name for s in source.look().sightings] == ["big.csv"]


@pytest.mark.parametrize("fault", ["hole_after", "cut_after", "reset_after"])
def test_a_fault_in_mid_transfer(source, proxy, fault):
    (seen,) = source.look().sightings
    setattr(proxy, fault, proxy.passed + SIZE // 2)
    into = io.BytesIO()
    with took(1.5), pytest.raises(WeatherError, match=r"the download of big\.csv"):
        source.fetch(seen, into, SIZE)
    assert 0 < len(into.getvalue()) < SIZE
    proxy.heal()
    assert source.fetch(seen, io.BytesIO(), SIZE) == SIZE


def test_a_transfer_that_only_trickles(source, proxy):
    (seen,) = source.look().sightings
    proxy.rate = 1_000_000
    with took(2, at_least=1), pytest.raises(WeatherError, match="did not go on within its time"):
        source.fetch(seen, io.BytesIO(), SIZE)


def test_silence_at_a_release(source, proxy):
    (seen,) = source.look().sightings
    proxy.hole_after = proxy.passed
    with took(1), pytest.raises(WeatherError):
        source.again(seen)


def test_a_server_that_accepts_and_says_nothing(server):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        source = Sftp(sftp_settings(server, port=mute.getsockname()[1]), read_secret, SHORT)
        with took(1.2, at_least=0.6), pytest.raises(WeatherError, match=r"did not greet us within 0\.6 s"):
            source.look()


def test_a_server_that_speaks_something_else(server):
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            with other.accept()[0] as line:
                line.sendall(b"220 smtp ready\r\n" * 200)
                line.recv(1000)

        thread = threading.Thread(target=answer)
        thread.start()
        source = Sftp(sftp_settings(server, port=other.getsockname()[1]), read_secret, SHORT)
        with (
            took(1.2),
            pytest.raises(WeatherError, match=r"does not speak SSH to us\. .* check source\.host and source\.port\.$"),
        ):
            source.look()
        thread.join()


def test_a_server_too_busy_to_take_the_connection():
    """Nobody accepts and the queue is full: the system sends nothing back at all."""
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for line in waiting:
            line.setblocking(False)
            line.connect_ex(busy.getsockname())
        with took(1, at_least=0.5), pytest.raises(WeatherError, match=r"could not be reached within 0\.5 s"):
            reach("127.0.0.1", busy.getsockname()[1], 0.5, 30, lambda line: None)
        for line in waiting:
            line.close()


@pytest.mark.parametrize("step", ["nothing", "keys", "login", "listing", "transfer"])
def test_closing_from_another_thread_breaks_a_hanging_call(server, proxy, steps, step):
    source = Sftp(sftp_settings(server, port=proxy.port), read_secret)  # with its long deadlines
    call = source.look
    if step == "transfer":
        (seen,) = source.look().sightings
        proxy.hole_after = proxy.passed + SIZE // 2
        call = lambda: source.fetch(seen, io.BytesIO(), SIZE)  # noqa: E731 - two calls of one shape
    else:
        proxy.hole_after = steps[step]
    timer = threading.Timer(0.3, source.close)
    timer.start()
    with took(1.5, at_least=0.25), pytest.raises(WeatherError):
        call()
    timer.join()
    proxy.heal()
    assert [s.name for s in source.look().sightings] == ["big.csv"]
    source.close()
