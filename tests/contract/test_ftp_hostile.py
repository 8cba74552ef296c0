"""FTP servers that lie, hang or never end cost one refusal, bounded in time and memory; half a file is never taken for whole."""

from __future__ import annotations

import io
import resource
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from tests.contract.yards import ftp_settings, read_secret
from tests.servers.certificates import Authority, authority
from tests.servers.liar import FILE, Liar, endless, liar

from nightclerk.core.drop import Sighting
from nightclerk.core.errors import NightclerkError, OperatorError, WeatherError
from nightclerk.sources.deadlines import Deadlines
from nightclerk.sources.ftp import Ftp

SHORT = Deadlines(connect=0.4, greeting=0.4, login=0.4, reply=0.3, idle=0.3, listing=0.8, transfer=0.8, grace=0.3)
SEEN = Sighting("f.csv", 5, 20261121020312000)
BY_LIST = {"FEAT": b"500 what?\r\n"}
ROW = b"-rw-r--r-- 1 u g 5 Nov 21 02:03 f.csv\r\n"

Meet = Callable[..., Ftp]


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def pem(trusted: Authority) -> Path:
    return trusted.sign("127.0.0.1")


@pytest.fixture
def meet(trusted: Authority, pem: Path) -> Iterator[Meet]:
    """Starts a liar and returns a source that believes it to be its server."""
    with ExitStack() as stack:

        def build(lies: Liar, tls: bool = False, deadlines: Deadlines = SHORT) -> Ftp:
            changes: dict[str, object] = {}
            if tls:
                lies.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                lies.context.load_cert_chain(pem)
                changes["ca_file"] = trusted.ca_file
            lies.data = {"MLSD": FILE, "LIST": ROW, "RETR": b"hello", **lies.data}
            stack.enter_context(liar(lies))
            source = Ftp(ftp_settings(lies, **changes), read_secret, deadlines)  # type: ignore[arg-type]  # it is server enough
            stack.callback(source.close)
            return source

        yield build


@contextmanager
def refused(kind: type[NightclerkError], match: str, most: float = 5) -> Iterator[None]:
    started = time.monotonic()
    with pytest.raises(kind, match=match):
        yield
    assert time.monotonic() - started < most


@pytest.mark.parametrize("tls", [False, True])
def test_an_honest_server(meet, tls):
    source = meet(Liar(), tls)
    for _ in range(2):
        assert source.look().sightings == (SEEN,)
        into = io.BytesIO()
        assert source.fetch(SEEN, into, 10) == 5
        assert into.getvalue() == b"hello"


def test_data_come_from_the_server_itself_whatever_address_it_names(meet):
    assert meet(Liar(address="10,11,12,13")).look().sightings == (SEEN,)


@pytest.mark.parametrize("answers, match", [
    ({"GREETING": endless(b"220-hello\r\n")}, "does not end"),
    ({"GREETING": endless(b"hello")}, "line without end"),
    ({"GREETING": b"hello\r\n"}, "The greeting"),
    ({"GREETING": b"421 not now\r\n"}, "not now"),
    ({"GREETING": endless(b"2", pause=0.05)}, "took too long"),
    ({"PASS": b"530 Sorry, the maximum number of clients is connected.\r\n"}, "no place for one more"),
    ({"CWD": b"250 there\r\n226 unasked\r\n"}, "more than it was asked"),
    ({"PASV": b"227 (1,2,3)\r\n"}, "227"),
    ({"PASV": b"227 (127,0,0,1,0,1)\r\n"}, "offers its data.*firewall"),
    ({"MLSD": b"425 cannot\r\n"}, "could not do the listing now: 425 cannot"),
    ({"DONE": b"451 broken off\r\n"}, "451 broken off"),
    ({"PASS": endless(b"2", pause=0.05)}, "The login at .* took too long"),
])  # fmt: skip
def test_a_server_that_talks_nonsense(meet, answers, match):
    source = meet(Liar({"CWD": b"250 \r\n", **answers}))
    with refused(WeatherError, match):
        source.look()


def test_nonsense_about_one_file(meet):
    source = meet(Liar({"MLST": b"250 nothing\r\n"}))
    assert source.look().sightings == (SEEN,)
    with refused(WeatherError, "MLST has no facts"):
        source.again(SEEN)


@pytest.mark.parametrize("answers, match", [
    ({"PASS": b"530 Login incorrect.\r\n"}, r"refused the login of u \(530 Login incorrect\)"),
    ({"USER": b"530 This needs encryption.\r\n"}, r"kind: ftps"),
    ({"PASS": b"332 account?\r\n"}, "wants more than a password"),
])  # fmt: skip
def test_what_ops_must_mend(meet, answers, match):
    source = meet(Liar(answers))
    with refused(OperatorError, match):
        source.look()


def test_a_drop_folder_where_the_login_leads_is_not_changed_to(meet):
    source = meet(Liar({"PWD": b"500 \r\n", "CWD": b"550 \x1b[31mno\xc3\xa9\r\n"}))
    assert source.look().sightings == (SEEN,)


def test_a_refusal_is_told_without_what_would_disturb_a_terminal(meet):
    with pytest.raises(OperatorError) as caught:
        meet(Liar({"PASS": b"530-\x1b[31m" + b"x" * 5000 + b"\r\n530 no\xc3\xa9\r\n"})).look()
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500
    assert caught.value.command == "nightclerk check TENANT --connect"


@pytest.mark.parametrize("command", ["MLSD", "LIST"])
def test_an_endless_listing_costs_no_memory(meet, command):
    line = ROW if command == "LIST" else FILE
    source = meet(Liar(BY_LIST if command == "LIST" else {}, {command: endless(line)}), deadlines=Deadlines())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(OperatorError, match=r"more than 100,000 files\. Clear it up"):
        source.look()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kilobytes"


@pytest.mark.parametrize("command", ["MLSD", "LIST"])
def test_an_endless_line_of_a_listing(meet, command):
    source = meet(Liar(BY_LIST if command == "LIST" else {}, {command: endless(b"x")}))
    with refused(WeatherError, "broke during the listing"):
        source.look()


PLAIN_STEPS = ["GREETING", "USER", "PASS", "FEAT", "PWD", "MLSD", "DONE"]
SILENT = "took too long|did not go on within its time|not begin in time"


@pytest.mark.parametrize(
    "command, tls", [*((step, False) for step in PLAIN_STEPS), *((step, True) for step in [*PLAIN_STEPS, "AUTH", "PROT"])]
)
def test_silence_at_each_step(meet, command, tls):
    source = meet(Liar({command: None}), tls)
    with refused(WeatherError, SILENT):
        source.look()


@pytest.mark.parametrize("tls", [False, True])
def test_silence_when_asked_about_one_file(meet, tls):
    source = meet(Liar({"MLST": None}), tls)
    assert source.look().sightings == (SEEN,)
    with refused(WeatherError, SILENT):
        source.again(SEEN)


def test_silence_in_the_middle_of_data(meet):
    def half(line: socket.socket) -> None:
        line.sendall(b"hel")
        time.sleep(0.6)

    source = meet(Liar(data={"RETR": half}))
    with refused(WeatherError, "did not go on within its time during the download"):
        source.fetch(SEEN, io.BytesIO(), 10)
    assert source.look().sightings == (SEEN,), "and then it goes on with a new connection"


def test_data_that_only_trickle(meet):
    source = meet(Liar(data={"RETR": endless(b"x", pause=0.05)}))
    with refused(WeatherError, "did not go on within its time"):
        source.fetch(Sighting("f.csv", 1000, 0), io.BytesIO(), 1000)


@pytest.mark.parametrize("tls", [False, True])
def test_a_transfer_that_the_server_does_not_vouch_for(meet, tls):
    def away(line: socket.socket) -> None:
        raise OSError("gone")

    source = meet(Liar({"DONE": away}), tls)
    with refused(WeatherError, "broke during the download"):
        source.fetch(SEEN, io.BytesIO(), 10)


def test_a_transfer_that_is_shorter_than_the_server_says(meet):
    source = meet(Liar(data={"RETR": b"hel"}))
    with refused(WeatherError, "after 3 of 5 bytes as if it were whole"):
        source.fetch(SEEN, io.BytesIO(), 10)


def test_a_protected_transfer_that_is_cut_off_is_noticed(meet):
    source = meet(Liar(data={"RETR": b"hel"}, cut=True), tls=True)
    with refused(WeatherError, "broke off the download of f.csv after 3 bytes"):
        source.fetch(SEEN, io.BytesIO(), 10)


def test_a_protected_transfer_that_is_whole_may_end_without_a_farewell(meet):
    source = meet(Liar(cut=True), tls=True)
    assert source.look().sightings == (SEEN,)
    assert source.fetch(SEEN, io.BytesIO(), 10) == 5


def test_a_protected_listing_that_is_cut_within_a_line_shows_no_half_name(meet):
    source = meet(Liar(data={"MLSD": FILE + FILE.replace(b"f.csv\r\n", b"g")}, cut=True), tls=True)
    assert source.look().sightings == (SEEN,)


def test_what_was_said_before_the_protection_began_is_not_believed(meet):
    source = meet(Liar({"AUTH": b"234 go on\r\n230 you are in\r\n"}), tls=True)
    with refused(WeatherError, "before the protection began"):
        source.look()


def test_no_password_is_sent_where_the_protection_is_refused(meet):
    lies = Liar({"AUTH": b"500 what?\r\n"})
    with refused(OperatorError, "offers no TLS"):
        meet(lies, tls=True).look()
    assert lies.commands == ["AUTH TLS"]


@pytest.mark.parametrize(
    "command, tls",
    [*((step, tls) for step in ("GREETING", "PASS", "MLSD", "RETR") for tls in (False, True)), ("AUTH", True)],
)
def test_closing_from_another_thread_breaks_a_hanging_call(meet, command, tls):
    def hang(line: socket.socket) -> None:
        lies.fall_silent(line)

    lies = Liar({command: None} if command != "RETR" else {}, {"RETR": hang} if command == "RETR" else {})
    source = meet(lies, tls, Deadlines())  # with its long deadlines
    timer = threading.Timer(0.2, source.close)
    timer.start()
    with refused(WeatherError, "port|given up"):
        if command == "RETR":
            source.fetch(SEEN, io.BytesIO(), 10)
        else:
            source.look()
    timer.join()
    lies.answers, lies.data["RETR"] = {}, b"hello"
    assert source.look().sightings == (SEEN,)


# ---- servers that are only old ----


def test_unix_columns_are_completed_by_questions(meet):
    source = meet(Liar(BY_LIST))
    assert source.look().sightings == (SEEN,)
    assert source.again(SEEN) == SEEN


def test_columns_of_no_known_way_are_passed_for_names(meet):
    def by_name(line: socket.socket) -> None:
        size = b"550 no\r\n" if lies.commands[-1].endswith("sub") else b"213 5\r\n"
        line.sendall(size)

    lies = Liar({**BY_LIST, "SIZE": by_name}, {"LIST": b"F.CSV;1 5/9 21-NOV-2026\r\n", "NLST": b"./f.csv\r\nsub\r\n"})
    assert meet(lies).look().sightings == (SEEN,)
    assert lies.commands[-2:] == ["CWD sub", "CWD /"]


def test_a_server_without_times_goes_by_size_alone(meet):
    source = meet(Liar({**BY_LIST, "MDTM": b"502 no\r\n"}))
    assert source.look().sightings == (Sighting("f.csv", 5, 0),)


def test_a_server_without_sizes_cannot_be_used(meet):
    source = meet(Liar({**BY_LIST, "SIZE": b"502 no\r\n"}))
    with refused(OperatorError, "neither by MLSD nor by SIZE"):
        source.look()


def test_an_empty_folder_may_be_answered_by_a_refusal(meet):
    assert meet(Liar({**BY_LIST, "LIST": b"550 No files found.\r\n"}, {})).look().sightings == ()


def test_files_that_look_the_same_for_long_are_not_asked_about_again(meet):
    lies = Liar(BY_LIST)
    source = meet(lies)
    source.look()
    (known,) = source._memory.known.values()
    known.since -= 100  # as if it had been seen long before it was asked about
    before = len(lies.commands)
    assert source.look().sightings == (SEEN,)
    assert not any(command.startswith(("SIZE", "MDTM")) for command in lies.commands[before:])
    lies.data["LIST"] = ROW.replace(b"02:03", b"02:04")
    assert source.look().sightings == (SEEN,)
    assert any(command.startswith("SIZE") for command in lies.commands[before:])


def test_a_name_with_a_line_break_hides_no_other(meet):
    listing = meet(Liar(data={"MLSD": FILE.replace(b"f.csv", b"two\r\nlines") + FILE})).look()
    assert [s.name for s in listing.sightings] == ["f.csv", "two"]
    assert [name for name, _ in listing.passed_over] == ["lines"]


def test_a_listing_that_is_none(meet):
    with refused(WeatherError, "no line of the listing has facts"):
        meet(Liar(data={"MLSD": b"<html>\r\n</html>\r\n"})).look()


@pytest.mark.parametrize("tls", [False, True])
def test_a_connection_that_dies_between_two_rounds_is_made_anew_in_silence(meet, tls):
    """Its end is on its way while it still looks whole: it shows in the first command, which is never answered."""
    deaths: list[bytes] = []

    def die(line: socket.socket) -> None:
        line.sendall(b"226 all\r\n")
        if not deaths:
            deaths.append(line.recv(4096))
            line.shutdown(socket.SHUT_RDWR)  # without TLS's farewell
            raise OSError("gone")

    lies = Liar({"DONE": die})
    source = meet(lies, tls)
    assert source.look().sightings == (SEEN,)
    assert source.look().sightings == (SEEN,)
    assert len(deaths) == 1
    assert sum(command.startswith("USER") for command in lies.commands) == 2


def test_after_a_rest_the_server_is_asked_whether_it_is_there(meet):
    lies = Liar()
    source = meet(lies)
    source.look()
    source.again(SEEN)
    assert "NOOP" not in lies.commands
    for answer, logins in ((b"200 yes\r\n", 1), (b"500 what?\r\n", 1), (b"421 over\r\n", 2)):
        lies.answers["NOOP"] = answer
        assert source._talk is not None
        source._talk.client._spoken -= 100  # as if it had rested for so long
        assert source.again(SEEN) == SEEN
        assert sum(command.startswith("USER") for command in lies.commands) == logins
    assert lies.commands.count("NOOP") == 3


def test_a_login_has_one_deadline_for_all_of_its_steps(meet):
    def slowly(line: socket.socket) -> None:
        time.sleep(0.25)
        line.sendall(b"200 ok\r\n")

    with refused(WeatherError, "The login at .* took too long"):
        meet(Liar({"USER": b"331 password\r\n", "PASS": slowly, "FEAT": slowly, "CWD": slowly, "PWD": slowly})).look()


def test_two_names_of_one_file_are_no_drops(meet):
    twice = b"".join(b"type=file;size=5;modify=20261121020312;unique=801g2a; %s\r\n" % name for name in (b"f.csv", b"g.csv"))
    listing = meet(Liar(data={"MLSD": twice})).look()
    assert listing.sightings == ()
    assert [name for name, reason in listing.passed_over if "2 names" in reason] == ["f.csv", "g.csv"]
