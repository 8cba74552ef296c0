"""The product's own corridor in a process of its own, with a kill between any two durable acts, or a planted mistake.

``python -m tests.flow.corridor CONFIG ACTS [--kill-at N] [--mistake NAME] [--approve] [--undo RUN] [--statements]``: recovers,
makes rounds until nothing is left to do, delivers; approves what is held; takes a run back. Writes the name of every moment
between acts into ACTS, and kills itself with SIGKILL at moment N. With --statements each statement that writes to the target is
a moment as well.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from tests.flow import mistakes

from nightclerk.wiring import load_configuration, open_house
from nightclerk.work.decide import decide
from nightclerk.work.deliver import deliver_waiting
from nightclerk.work.house import House
from nightclerk.work.recover import recover
from nightclerk.work.round import look_and_take
from nightclerk.work.undo import undo

DURABLE = {
    "looks": {"keep", "mark_reported"},
    "claims": {"claim", "take_over", "reader_died", "rest", "put_back", "close"},
    "spool": {"receive", "forget"},
    "runs": {"record"},
    "holds": {"decide"},
    "archive": {"put_away"},
    "outbox": {"settle", "postpone", "add"},
    "channel": {"post"},
    "target": set(),
    "source": {"release"},
    "booking": {"book"},
    "undos": {"claim", "record", "give_up"},
    "undoing": {"needs_file", "made", "others", "book"},
}
#: What the target gives out to be carried on, by the call that gives it.
GIVEN = {"begin": "booking", "undo": "undoing"}


class Acts:
    """Counts the moments, and dies at the one that was asked for."""

    def __init__(self, path: Path, kill_at: int | None) -> None:
        self._file = path.open("a")
        self._kill_at = kill_at
        self._count = 0

    def moment(self, name: str) -> None:
        self._file.write(name + "\n")
        self._file.flush()
        if self._count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self._count += 1


class Wall:
    """Has the shape of what it wraps, with a moment before and after each durable act."""

    def __init__(self, inner: Any, name: str, acts: Acts) -> None:
        self._inner = inner
        self._name = name
        self._acts = acts

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._inner, attribute)
        if self._name == "target" and attribute in GIVEN:
            return lambda *a, **k: Wall(found(*a, **k), GIVEN[attribute], self._acts)
        if attribute not in DURABLE[self._name]:
            return found

        def acted(*arguments: Any, **more: Any) -> Any:
            self._acts.moment(f"before {self._name}.{attribute}")
            answer = found(*arguments, **more)
            self._acts.moment(f"after {self._name}.{attribute}")
            return answer

        return acted


def wall_in(house: House, acts: Acts) -> None:
    for name in ("looks", "claims", "spool", "runs", "holds", "undos", "archive", "outbox", "channel", "target"):
        setattr(house, name, Wall(getattr(house, name), name, acts))
    open_source: Callable[[str], Any] = house.source_of
    house.source_of = lambda tenant: Wall(open_source(tenant), "source", acts)
    state = str(house.configuration.daemon.state)

    def on_disk(event: str, arguments: tuple[Any, ...]) -> None:
        if event in {"os.rename", "os.remove", "os.rmdir"} and str(arguments[0]).startswith(state):
            acts.moment(f"before {event} of {Path(str(arguments[0])).suffix or 'folder'}")

    sys.addaudithook(on_disk)


def wall_in_statements(acts: Acts) -> None:
    """Makes a moment of each statement that writes to the target, which is an SQLite file app.db, and of its commits."""

    def executed(connection: Connection, cursor: object, statement: str, *more: object) -> None:
        words = statement.split()
        if words[0] in {"INSERT", "UPDATE", "DELETE"} and "app.db" in str(connection.engine.url):
            acts.moment(f"before statement {' '.join(words[:3])}")

    def committed(connection: Connection) -> None:
        if "app.db" in str(connection.engine.url):
            acts.moment("before commit")

    event.listen(Engine, "before_cursor_execute", executed)
    event.listen(Engine, "commit", committed)


def until_quiet(house: House) -> None:
    """Rounds until every file is taken and every letter accepted."""
    for _ in range(40):
        done = [look_and_take(house, tenant, hurry=True) for tenant in house.configuration.tenants]
        deliver_waiting(house)
        if not any(r.runs or r.again_in is not None or r.trouble for r in done) and house.outbox.next_at() is None:
            return
        time.sleep(max([r.again_in or 0.02 for r in done]))
    raise SystemExit("it never became quiet")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("acts", type=Path)
    parser.add_argument("--kill-at", type=int)
    parser.add_argument("--mistake", default="none")
    parser.add_argument("--with-clock", action="store_true")
    parser.add_argument("--approve", action="store_true")
    parser.add_argument("--undo", type=int)
    parser.add_argument("--statements", action="store_true")
    arguments = parser.parse_args()
    configuration, problems = load_configuration(arguments.config)
    if problems:
        raise SystemExit("\n".join(map(str, problems)))
    with open_house(configuration) as house:
        mistakes.PLANT[arguments.mistake](house)
        acts = Acts(arguments.acts, arguments.kill_at)
        wall_in(house, acts)
        if arguments.statements:
            wall_in_statements(acts)
        recover(house)
        until_quiet(house)
        while arguments.approve and (held := house.holds.waiting()):
            decide(house, held[0].id, "approve", "tester")
            until_quiet(house)
        if arguments.undo is not None:
            run = house.runs.get(arguments.undo)
            if run is not None and run.undone_by is None:
                undo(house, run.id, lambda rows: None)
            until_quiet(house)


if __name__ == "__main__":
    main()
