"""Files that are encrypted with OpenPGP, opened by the real program: what is taken, what is refused, and what is left behind."""

from __future__ import annotations

import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.servers.gnupg import PASSPHRASE, Correspondence, correspondence

from nightclerk.config.secrets import resolve
from nightclerk.core.errors import NightclerkError, OperatorError, SenderError, StoppingError
from nightclerk.core.openpgp import Encryption
from nightclerk.filing.openpgp.decryption import Decryption

pytestmark = pytest.mark.server("gpg")
CONTENT = b"Code;Nom\r\n" + b"".join(b"%d;Ann %d\r\n" % (n, n * 7919) for n in range(20_000))
MOST = 2_000_000


@pytest.fixture(scope="module")
def people() -> Iterator[Correspondence]:
    with correspondence() as made:
        yield made


class Bench:
    """One opener with the clerk's key, and a folder in which nothing may be left."""

    def __init__(self, folder: Path, people: Correspondence, short: str) -> None:
        self.folder, self.people, self.short = folder, people, short
        self.scratch = folder / ("a long name " * 12) / "spool"  # longer than a socket's path may be
        self.scratch.mkdir(parents=True)
        self.stop = threading.Event()
        self.opener = Decryption(resolve, self.stop)
        self.key = people.private("clerk", folder)

    def settings(self, key: Path | None = None, signed_by: tuple[str, ...] = (), passphrase: str | None = None) -> Encryption:
        given: dict[str, object] = {"key": {"file": str(key or self.key)}}
        given["signed_by"] = [str(self.people.public(name, self.folder)) for name in signed_by]
        if passphrase is not None:
            path = self.folder / "passphrase"
            path.write_text(f"{passphrase}\n")
            path.chmod(0o600)
            given["passphrase"] = {"file": str(path)}
        return Encryption.model_validate(given)

    def open(self, message: bytes, by: Encryption | None = None, most: int = MOST, seconds: float = 30) -> bytes:
        path = self.folder / "message"
        path.write_bytes(message)
        try:
            with self.opener.decrypt(path, by or self.settings(), self.scratch, most, seconds) as file:
                return file.read()
        finally:
            assert list(self.scratch.iterdir()) == [], "nothing of it has a name, whatever happened"
            assert _running(self.short) == []

    def refusal(self, message: bytes, by: Encryption | None = None, **limits: float) -> tuple[str, str]:
        with pytest.raises(SenderError) as caught:
            self.open(message, by, **limits)  # type: ignore[arg-type]  # numbers, both of them
        return caught.value.code, str(caught.value)


def _running(folder: str) -> list[str]:
    """Returns the command lines of the processes that were started for something in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            found.append((process / "cmdline").read_text(errors="replace"))
    return [line for line in found if folder in line]


@pytest.fixture
def bench(tmp_path: Path, people: Correspondence, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as short:  # a place of its own for what lies in the system's temporary folder
        monkeypatch.setattr(tempfile, "tempdir", short)
        yield Bench(tmp_path, people, short)
        assert list(Path(short).iterdir()) == []


@pytest.mark.parametrize(
    "more", [(), ("--armor",), ("--compress-algo", "bzip2"), ("--compress-algo", "none"), ("--throw-keyids",)]
)
def test_what_is_encrypted_comes_out_byte_for_byte(bench: Bench, people: Correspondence, more: tuple[str, ...]) -> None:
    assert bench.open(people.encrypt(CONTENT, *more)) == CONTENT


def test_a_signature_of_an_agreed_key_is_good_and_only_one_of_an_agreed_key(bench: Bench, people: Correspondence) -> None:
    agreed = bench.settings(signed_by=("sender", "late"))
    assert bench.open(people.encrypt(CONTENT, by=("sender",)), agreed) == CONTENT
    assert bench.refusal(people.encrypt(CONTENT), agreed)[0] == "not_signed"
    code, told = bench.refusal(people.encrypt(CONTENT, by=("stranger",)), agreed)
    assert (code, people.keys["stranger"] in told) == ("wrong_signature", True)
    assert bench.refusal(people.encrypt(CONTENT, by=("sender", "stranger")), agreed)[0] == "wrong_signature"
    assert bench.refusal(people.encrypt(CONTENT, by=("clerk",)), agreed)[0] == "wrong_signature", "our own key signs nothing"
    late = people.encrypt(CONTENT, "--faked-system-time", "20240201T000000", by=("late",))
    assert bench.refusal(late, agreed) == (
        "wrong_signature", "The file's signature, or the key that it was made with, has expired.",
    )  # fmt: skip


def test_without_agreed_signers_signatures_are_not_looked_at(bench: Bench, people: Correspondence) -> None:
    assert bench.open(people.encrypt(CONTENT, by=("stranger",))) == CONTENT


def test_what_is_signed_and_not_encrypted_is_refused(bench: Bench, people: Correspondence) -> None:
    signed = people.gpg("--local-user", people.keys["sender"], "--sign", given=CONTENT)
    agreed = bench.settings(signed_by=("sender",))
    assert bench.refusal(signed, agreed)[0] == "not_encrypted"
    assert (
        bench.refusal(people.gpg("--local-user", people.keys["sender"], "--clearsign", given=CONTENT), agreed)[0]
        == "not_encrypted"
    )
    assert bench.refusal(CONTENT)[0] == "not_encrypted"
    assert bench.refusal(b"")[0] == "not_encrypted"


def test_a_message_for_another_key_or_a_password_alone_is_refused(bench: Bench, people: Correspondence) -> None:
    code, told = bench.refusal(people.encrypt(CONTENT, to="sender"))
    assert (code, "not encrypted for the agreed key, but for" in told) == ("not_decrypted", True)
    by = bench.settings(passphrase=PASSPHRASE)
    symmetric = people.gpg("--symmetric", given=CONTENT, passphrase=PASSPHRASE)
    assert "with a password alone" in bench.refusal(symmetric, by)[1], "even with the very passphrase of the key"


@pytest.mark.parametrize("by", [(), ("sender",)], ids=["unsigned", "signed"])
def test_a_cut_message_leaves_nothing(bench: Bench, people: Correspondence, by: tuple[str, ...]) -> None:
    whole = people.encrypt(CONTENT, by=by)
    agreed = bench.settings(signed_by=by)
    for length in (30, 100, 200, len(whole) // 2, len(whole) - 300, len(whole) - 22, len(whole) - 1):
        code, told = bench.refusal(whole[:length], agreed)
        assert code in {"not_decrypted", "not_encrypted"} if length < 100 else code == "not_decrypted", (length, told)
        assert "agreed key" not in told, "it is the sender's key, and he is not told otherwise"


def test_no_changed_byte_is_taken(bench: Bench, people: Correspondence) -> None:
    whole = people.encrypt(CONTENT, "--compress-algo", "none", by=("sender",))
    agreed, seed = bench.settings(signed_by=("sender",)), random.randrange(10**9)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for at in [chance.randrange(len(whole)) for _ in range(12)] + [len(whole) - 1, len(whole) // 2]:
        changed = bytearray(whole)
        changed[at] ^= 1 << chance.randrange(8)
        try:
            assert bench.open(bytes(changed), agreed) == CONTENT, at  # some bits, as of a key's version, change nothing
        except SenderError as error:
            assert error.code in {"not_decrypted", "not_encrypted", "wrong_signature"}, (at, str(error))  # noqa: PT017


def test_what_stands_behind_or_beside_the_message_is_never_read_as_content(bench: Bench, people: Correspondence) -> None:
    message = people.encrypt(CONTENT)
    assert bench.refusal(message + CONTENT)[0] == "not_decrypted"
    assert bench.refusal(message + message)[0] == "not_decrypted"
    literal = people.gpg("--store", given=b"Code;Nom\r\n666;Mallory\r\n")
    assert bench.refusal(message + literal)[0] == "not_decrypted"
    assert bench.refusal(literal + message)[0] in {"not_decrypted", "not_encrypted"}


def test_a_message_that_cannot_show_that_it_is_whole_is_refused(bench: Bench, people: Correspondence) -> None:
    old = people.encrypt(CONTENT, "--rfc2440", "--disable-mdc", "--cipher-algo", "3DES")
    code, told = bench.refusal(old)
    assert (code, "without protection against changes" in told) == ("not_decrypted", True)


@pytest.mark.parametrize("known", [True, False], ids=["length told", "length not told"])
def test_a_bomb_is_stopped_at_the_limit(bench: Bench, people: Correspondence, tmp_path: Path, known: bool) -> None:
    zeros = bytes(40_000_000)
    if known:
        file = tmp_path / "zeros"
        file.write_bytes(zeros)
        bomb = people.gpg("--output", "-", "--recipient", people.keys["clerk"], "--encrypt", str(file))
    else:
        bomb = people.encrypt(zeros)
    assert len(bomb) < 200_000
    assert bench.refusal(bomb)[0] == "file_too_large"
    exact = people.encrypt(CONTENT)
    assert bench.open(exact, most=len(CONTENT)) == CONTENT
    assert bench.refusal(exact, most=len(CONTENT) - 1)[0] == "file_too_large"


@pytest.mark.parametrize("more", range(6))
def test_armor_without_a_checksum_is_whole_and_with_a_wrong_one_is_not(bench: Bench, people: Correspondence, more: int) -> None:
    """Current programs write no checksum any more (RFC 9580); GnuPG loses the end of some messages then, by their lengths."""
    content = CONTENT + bytes(range(65, 65 + more))
    lines = people.encrypt(content, "--armor", by=("sender",)).splitlines(keepends=True)
    without = b"".join(line for line in lines if not line.startswith(b"="))
    assert bench.open(without) == content
    assert bench.open(b"".join([without, b"\r\n \n"]), bench.settings(signed_by=("sender",))) == content
    wrong = b"".join(b"=AAAA\n" if line.startswith(b"=") else line for line in lines)
    cut = b"".join(line for number, line in enumerate(without.splitlines(keepends=True)) if number != 30)
    for message in (wrong, cut):
        code, told = bench.refusal(message)
        assert (code, "damaged" in told) == ("not_decrypted", True)
    assert bench.refusal(without * 2)[0] == "not_decrypted"


def test_a_recipient_who_is_not_named_does_no_harm(bench: Bench, people: Correspondence) -> None:
    message = people.encrypt(CONTENT, "--hidden-recipient", people.keys["stranger"])
    assert bench.open(message) == CONTENT
    assert bench.refusal(message[:-40])[0] == "not_decrypted"


def test_a_key_in_the_place_of_a_message_is_refused(bench: Bench, people: Correspondence) -> None:
    for key in (bench.key, people.public("sender", bench.folder)):
        assert bench.refusal(key.read_bytes())[0] == "not_encrypted"


def test_a_message_for_countless_keys_is_opened_or_refused_and_is_nothing_for_ops(bench: Bench, people: Correspondence) -> None:
    """GnuPG opens some of these, and says too much about others."""
    message = people.encrypt(b"Code;Nom\r\n")
    try:
        assert bench.open(message[: 2 + message[1]] * 40_000 + message) == b"Code;Nom\r\n"
    except SenderError as refusal:
        assert (refusal.code, "damaged" in str(refusal)) == ("not_decrypted", True)  # noqa: PT017 - one of two good ends


def test_a_key_with_a_passphrase(bench: Bench, people: Correspondence) -> None:
    key, message = people.private("locked", bench.folder), people.encrypt(CONTENT, to="locked")
    assert bench.open(message, bench.settings(key, passphrase=PASSPHRASE)) == CONTENT
    for wrong in (None, "wrong"):
        with pytest.raises(OperatorError, match=r"openpgp\.passphrase does not open the private key"):
            bench.open(message, bench.settings(key, passphrase=wrong))


def test_a_key_that_is_none_is_told_to_ops(bench: Bench, people: Correspondence) -> None:
    message = people.encrypt(CONTENT)
    with pytest.raises(OperatorError, match=r"openpgp\.key is no private key as text"):
        bench.open(message, bench.settings(_private(people.public("clerk", bench.folder))))
    damaged = bench.folder / "damaged.asc"
    damaged.write_text(bench.key.read_text()[:200])
    with pytest.raises(OperatorError, match=r"openpgp\.key holds no private key that GnuPG can use"):
        bench.open(message, bench.settings(_private(damaged)))
    with pytest.raises(OperatorError, match=r"openpgp\.signed_by: .* cannot be read"):
        bench.open(message, bench.settings().model_copy(update={"signed_by": [bench.folder / "nobody.asc"]}))
    with pytest.raises(OperatorError, match=r"openpgp\.signed_by: .* holds no public key"):
        bench.open(message, bench.settings().model_copy(update={"signed_by": [bench.folder / "message"]}))


def _private(path: Path) -> Path:
    path.chmod(0o600)
    return path


def test_several_keys_in_one_file_while_one_is_being_replaced(bench: Bench, people: Correspondence) -> None:
    both = bench.folder / "both.asc"
    both.write_bytes(bench.key.read_bytes() + people.private("stranger", bench.folder).read_bytes())
    by = bench.settings(_private(both))
    assert [bench.open(people.encrypt(CONTENT, to=name), by) for name in ("clerk", "stranger")] == [CONTENT, CONTENT]


def test_it_gives_up_when_the_house_closes_or_the_time_is_over(bench: Bench, people: Correspondence) -> None:
    slow = people.encrypt(bytes(400_000_000), "--compress-level", "1")
    began = time.monotonic()
    assert bench.refusal(slow, most=10**9, seconds=0.3)[0] == "reader_time"
    timer = threading.Timer(0.2, bench.stop.set)
    timer.start()
    with pytest.raises(StoppingError):
        bench.open(slow, most=10**9)
    timer.join()
    assert time.monotonic() - began < 15


def test_secrets_are_in_no_command_line_and_no_variable(bench: Bench, people: Correspondence, tmp_path: Path) -> None:
    """A program in the place of gpg-agent writes down what it is started with, and starts the real one."""
    seen = tmp_path / "seen"
    programs = tmp_path / "programs"
    programs.mkdir()
    spy = programs / "gpg-agent"
    spy.write_text(f'#!/bin/sh\n(env; echo "$0 $@") >> "{seen}"\nexec /usr/bin/gpg-agent "$@"\n')
    spy.chmod(0o755)
    path, os.environ["PATH"] = os.environ["PATH"], f"{programs}:{os.environ['PATH']}"
    try:
        message = people.encrypt(CONTENT, to="locked")
        by = bench.settings(people.private("locked", bench.folder), passphrase=PASSPHRASE)
        assert bench.open(message, by) == CONTENT
    finally:
        os.environ["PATH"] = path
    told = seen.read_text()
    assert "--decrypt" in told
    assert PASSPHRASE not in told
    assert "PRIVATE KEY" not in told


def test_without_the_program_ops_are_told_how_to_get_it(bench: Bench, people: Correspondence) -> None:
    message, by = people.encrypt(CONTENT), bench.settings()
    path, os.environ["PATH"] = os.environ["PATH"], str(bench.folder)
    try:
        with pytest.raises(OperatorError, match="there is no program gpg ") as caught:
            bench.opener.decrypt(_written(bench, message), by, bench.scratch, MOST, 30)
    finally:
        os.environ["PATH"] = path
    assert caught.value.command == "apt-get install gnupg"


def _written(bench: Bench, message: bytes) -> Path:
    path = bench.folder / "message"
    path.write_bytes(message)
    return path


def test_what_a_crash_left_of_keys_goes_with_the_next_call(bench: Bench, people: Correspondence) -> None:
    left = bench.scratch / "gnupg-left"
    left.mkdir()
    (left / "pubring.kbx").write_text("x")
    assert bench.open(people.encrypt(CONTENT)) == CONTENT


def test_keys_are_looked_at_by_opening_a_message(bench: Bench, people: Correspondence) -> None:
    found = bench.opener.examine(bench.settings(signed_by=("sender", "late")), 30)
    assert {(key.fingerprint, key.own, key.expires is None, key.revoked) for key in found} == {
        (people.keys["clerk"], True, True, False),
        (people.keys["sender"], False, True, False),
        (people.keys["late"], False, False, False),
    }
    assert next(key.user for key in found if key.own) == "clerk <clerk@example.com>"
    late = bench.opener.examine(bench.settings(people.private("late", bench.folder)), 30)
    assert [(key.own, key.expires is None) for key in late] == [(True, False)], "an expired key is shown, not tried"
    with pytest.raises(NightclerkError, match="passphrase"):
        bench.opener.examine(bench.settings(people.private("locked", bench.folder)), 30)
