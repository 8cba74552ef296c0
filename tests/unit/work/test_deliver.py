"""The post: a server that is away is not asked for every letter, and one letter never stops the others."""

from __future__ import annotations

from pathlib import Path

from tests.flow.houses import Desk, desk

from nightclerk.channels.memory import Memory as Mailbox
from nightclerk.core.errors import OperatorError, WeatherError
from nightclerk.core.report import Letter, Refusal
from nightclerk.work.deliver import deliver_waiting


class Counting(Mailbox):
    """Counts how often it is asked; breaks at one letter as told."""

    asked = 0
    breaks_at: bytes | None = None
    breaks_with: Exception = ZeroDivisionError()

    def post(self, message: bytes, recipients: tuple[str, ...]) -> dict[str, Refusal]:
        self.asked += 1
        if message == self.breaks_at:
            raise self.breaks_with
        return super().post(message, recipients)


def with_letters(at: Desk, count: int = 30) -> Counting:
    for number in range(count):
        letter = Letter(f"<{number}@x>", "report", ("a@example.com",), "s", b"letter %d" % number)
        at.house.outbox.add(letter, "acme", at.clock.now())
    channel = at.house.channel = Counting()
    return channel


def test_a_server_that_is_away_is_not_asked_for_every_letter(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        channel = with_letters(at)
        channel.failure = WeatherError("smtp.example.com is away.")
        done = deliver_waiting(at.house)
        assert (channel.asked, done.postponed, done.trouble) == (2, 30, "smtp.example.com is away.")
        assert done.next_in is not None
        assert 15 <= done.next_in < 31
        channel.failure = OperatorError("The mail server refused the login.")
        at.clock.forward(minutes=2)
        assert (deliver_waiting(at.house).postponed, channel.asked) == (30, 3)
        channel.failure = None
        at.clock.forward(hours=1)
        assert deliver_waiting(at.house).accepted == 30


def test_one_letter_never_stops_the_others(tmp_path: Path) -> None:
    for number, error in enumerate((ZeroDivisionError("planted"), WeatherError("The connection broke in the middle of it."))):
        with desk(tmp_path / str(number)) as at:
            channel = with_letters(at)
            channel.breaks_at, channel.breaks_with = b"letter 0", error
            done = deliver_waiting(at.house)
            assert (done.accepted, done.postponed) == (29, 1)
