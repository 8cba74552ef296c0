"""What policies cost: the same export into the same tables with policies and without, in turn, on each database.

Policies are: ``keep_local_edits`` on two fields, ``fill_empty`` on another, ``blank: clear`` for the
feed. Measured by themselves, since each brings work of its own: a reference to 5,000 rows of another entity, ``absent: clear``, a
list of three members, which stand in tables of their own. Without them the reference and the list are texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.bench import ours, postgresql
from tests.bench.exports import Export
from tests.bench.figures import PAIR_COLUMNS
from tests.bench.sides import InFolder, Side, in_turn
from tests.bench.stage import Stage

AGENTS, GROUPS = 5_000, 40
BAR = 1.2
"""Beside the same load without."""
HEADERS = "Représentant;Groupes"
AGENT = "entity: agent\ntable: agents\nkey: [code]\nfields:\n  code: {type: text, max_length: 20}\n"
GROUP = "entity: group\ntable: groups\nkey: [name]\nfields:\n  name: {type: text, max_length: 60}\n"
FIELDS = "  agent: {agent}\n  groups: {groups}\n"
FEED = """      agent: Représentant
      groups: {groups}
  - feed: agents
    files: agents.txt
    entity: agent
    mapping: {{code: Code}}
"""
ABSENT = "  standing: {type: text}\nabsent:\n  clear: {gone: {standing: gone}, back: {standing: here}}\n"
CASES = {"plain": "", "policies": "policies", "reference": "a reference", "absence": "absence", "list": "a list"}
POLICIES = {
    "email": "conflict: keep_local_edits",
    "phone": "conflict: keep_local_edits",
    "city": "conflict: fill_empty",
}


def measure_sqlite(stage: Stage) -> None:
    room = stage.room("sqlite-policies")
    _measure(stage, "SQLite", lambda case: InFolder(room / case, ours.run, lambda folder: prepare(case, folder, ours.SQLITE)))


def measure_postgresql(stage: Stage) -> None:
    room = stage.room("postgresql-policies")
    with postgresql.server() as running:

        def side(case: str) -> Side:
            return postgresql.OnServer(room / case, ours.run, running, case, lambda folder, url: prepare(case, folder, url))

        _measure(stage, "PostgreSQL", side)


def _measure(stage: Stage, database: str, side: Callable[[str], Side]) -> None:
    show, exports = stage.figures, [widened(export, stage.folder) for export in (stage.first, stage.again)]
    sides = {case: side(case) for case in ("plain", *stage.cases)}
    show.title(f"{database}, {stage.rows:,} rows, policies", "with", "without", *PAIR_COLUMNS)
    for name, export, before in zip(("first load", "re-drop, 98 % same"), exports, (None, exports[0]), strict=True):
        sides["plain"].build(before)
        for case in stage.cases:
            sides[case].build(before)
            bar = BAR if case == "policies" else None
            show.pairs(f"{name}, {CASES[case]}", in_turn(sides[case], sides["plain"], export, stage.repeat), "without", bar, bar)


def prepare(case: str, folder: Path, database: str) -> None:
    """Given a case, an empty folder and a database; writes the configuration and makes the tables, agents included."""
    ours.prepare(folder, database, tables=False)
    entities, tenant = folder / "config" / "entities", folder / "config" / "tenants" / "bench.yaml"
    ours.write(entities / "agent.yaml", AGENT)
    ours.write(entities / "group.yaml", GROUP)
    named = "{type: reference, to: agent}" if case == "reference" else "{type: text}"
    listed = "{type: list, of: group, create_missing: true}" if case == "list" else "{type: text}"
    more = ABSENT if case == "absence" else ""
    ours.write(entities / "customer.yaml", ours.ENTITY + FIELDS.format(agent=named, groups=listed) + more)
    text = ours.TENANT + FEED.format(groups='{from: Groupes, split: ","}' if case == "list" else "Groupes")
    feed = {"policies": "    blank: clear\n", "absence": "    absent: clear\n    absent_despite_rejects: true\n"}.get(case, "")
    text = text.replace("    dates:", f"{feed}    dates:", 1)
    for name, policy in POLICIES.items() if case == "policies" else ():
        text = re.sub(rf"(?m)^(      {name}): (.*)$", rf"\1: {{from: \2, {policy}}}", text)
    ours.write(tenant, text)
    ours.nightclerk(folder, "tables", "create")
    agents = folder / "agents.txt"
    agents.write_text("Code;Nom\n" + "".join(f"A{number:04};Agent {number}\n" for number in range(AGENTS)))
    ours.nightclerk(folder, "import", "bench", str(agents))


def widened(export: Export, folder: Path) -> Export:
    """Given an export; returns it with two columns more: whom a customer belongs to, and three groups."""
    wide = folder / f"{export.raw.stem}.wide.csv"
    if not wide.exists():
        with export.raw.open(encoding="utf-8", newline="") as rows, wide.open("w", encoding="utf-8", newline="") as out:
            out.write(f"{next(rows).rstrip()};{HEADERS}\r\n")
            for row in rows:
                number = int(row[: row.index(";")])
                groups = ",".join(f"G{number * step % GROUPS:02}" for step in (1, 3, 7))
                out.write(f"{row.rstrip()};A{number % AGENTS:04};{groups}\r\n")
    return Export(wide, wide, export.rows, export.bad, export.seed)
