"""Who must act when something fails: nobody (weather), the sender, or ops.

Faults of single rows are values (``core.issue.Issue``), never exceptions.
"""

from __future__ import annotations

from nightclerk.core.sentence import Sentence


class NightclerkError(Exception):
    """A failure with a sentence for a person. ``str(error)`` is that sentence."""


class WeatherError(NightclerkError):
    """A system is away, slow or lost a connection: trying again later is the answer."""


class StoppingError(WeatherError):
    """The house is to close: what was begun is left in order for the next start."""

    def __init__(self) -> None:
        super().__init__("Nightclerk is stopping; the next start goes on from here.")


class SenderError(NightclerkError):
    """The file as a whole cannot be taken; the tenant's accounting side must act.

    ``code`` names the reason (one of ``core.issue.REFUSALS``), ``sentence`` says it and can say it in other languages
    (``core.sentence`` tells how to write one), ``line`` is where in the file, where one can be named.
    """

    def __init__(self, code: str, sentence: Sentence, line: int | None = None) -> None:
        super().__init__(str(sentence))
        self.code = code
        self.sentence = sentence
        self.line = line


class OperatorError(NightclerkError):
    """Ops must act: wrong configuration, refused login, changed host key, wrong use of a command.

    ``command`` is the exact command that helps, where there is one.
    """

    def __init__(self, sentence: str, command: str | None = None) -> None:
        super().__init__(sentence)
        self.command = command


class RefusedError(OperatorError):
    """A server refuses us, or we it: the login, its host key, its certificate. It is not asked again until something changed."""


class FaultError(NightclerkError):
    """A fault of ours stopped one file; the log has its traceback. Other files and tenants go on."""


class ReaderDiedError(NightclerkError):
    """The reader child ended without a word: no answer, no reason. Tried again a few times, then refused."""


class BookkeepingError(NightclerkError):
    """Counts or control totals do not add up: our own fault, so nothing of the file is booked."""
