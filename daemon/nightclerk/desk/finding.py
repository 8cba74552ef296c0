"""What a check of the systems finds: one sentence each, with its place in the configuration where there is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from nightclerk.config.files import DAEMON_FILE, ConfigFile, read_file
from nightclerk.config.problems import KeyPath, Problem
from nightclerk.core.daemon import Daemon
from nightclerk.core.entity import Entity
from nightclerk.core.errors import NightclerkError, WeatherError
from nightclerk.core.tenant import Tenant
from nightclerk.desk.parallel import Question

Level = Literal["fine", "doubtful", "wrong", "away"]
_NAMED = re.compile(r"\b(source|openpgp|mail|database|ledger|report|state)((?:\.[a-z_]+)*)\b")

#: What the daemon does about it, and a check does not.
_PROMISE = re.compile(r" (It is tried again later|The next look tries anew|It will be tried again)\.$")

#: The command that reaches the systems.
_CHECK = re.compile(r"nightclerk (--config \S+ )?check\b.* --connect\b")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. level: all is well, all works and ops should look at it, ops must mend it, or the
    system is away. system: what was asked, in a few words.

    file and path: the place in the configuration, file below its folder. command: what helps, if a command does.
    """

    level: Level
    system: str
    sentence: str
    file: str = DAEMON_FILE
    path: KeyPath = ()
    command: str | None = None


def of_error(error: NightclerkError, system: str, file: str, path: KeyPath) -> Finding:
    """Given what a system was answered with, and the place that stands for it in the configuration; returns the finding, at
    the very key that the sentence names where it names one."""
    sentence = _PROMISE.sub("", str(error))
    named = _NAMED.search(sentence)
    if named is not None and path[:1] == (named[1],) and named[2]:
        path = (named[1], *named[2].removeprefix(".").split("."))
    command = getattr(error, "command", None)
    if command is not None and _CHECK.match(command):
        command = None  # a check is what is being done: it would lead in a circle
    return Finding("away" if isinstance(error, WeatherError) else "wrong", system, sentence, file, path, command)


def question(
    system: str,
    ask: Callable[[str], list[Finding]],
    patience: float,
    path: KeyPath,
    file: str = DAEMON_FILE,
    give_up: Callable[[], None] = lambda: None,
) -> Question[list[Finding]]:
    """Given a system, what asks it, and the place that stands for it in the configuration; returns the question, to which its
    errors are findings too. patience: the seconds that it is given. give_up: lets go of a system that does not answer."""

    def asked() -> list[Finding]:
        try:
            return ask(system)
        except NightclerkError as error:
            return [of_error(error, system, file, path)]

    def late() -> list[Finding]:
        give_up()
        return [Finding("away", system, f"The {system} gave no answer within {patience:g} s.", file, path)]

    return Question(asked, late)


@dataclass
class Pages:
    """The configuration's files, read once more for the places of their keys."""

    folder: Path
    _read: dict[str, ConfigFile[Daemon] | ConfigFile[Tenant] | ConfigFile[Entity]] = field(default_factory=dict)

    def problems(self, findings: Iterable[Finding]) -> list[Problem]:
        """Given findings; returns those that are not fine as problems, each at its line."""
        found: dict[Problem, None] = {}
        for finding in findings:
            if finding.level != "fine":
                page = self._page(finding.file)
                page.problems.clear()
                tell = page.warn if finding.level == "doubtful" else page.complain
                tell(finding.path, finding.sentence + (f" Run: {finding.command}" if finding.command else ""))
                found |= dict.fromkeys(page.problems)
        return sorted(found)

    def _page(self, file: str) -> ConfigFile[Daemon] | ConfigFile[Tenant] | ConfigFile[Entity]:
        if file not in self._read:
            path = self.folder / file
            part = file.partition("/")[0]
            self._read[file] = (
                read_file(path, Tenant)
                if part == "tenants"
                else read_file(path, Entity)
                if part == "entities"
                else read_file(path, Daemon)
            )
        return self._read[file]
