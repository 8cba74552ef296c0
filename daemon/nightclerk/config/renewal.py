"""What follows from a configuration in use and what its folder holds now: who begins, changes, stays, leaves. Pure.

Each tenant is taken with its entities, or stays with those it has: never a part. So does ``nightclerk.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace

from nightclerk.config.configuration import Configuration, Found
from nightclerk.config.files import DAEMON_FILE
from nightclerk.config.places import same_place
from nightclerk.config.problems import Problem
from nightclerk.core.daemon import Daemon
from nightclerk.core.entity import Entity
from nightclerk.core.tenant import Tenant
from nightclerk.core.wording import listed

#: What of ``nightclerk.yaml`` can be changed while the daemon runs. All else is opened at its start.
LIVE = frozenset({"mail", "workers", "limits"})


@dataclass(frozen=True, slots=True)
class Renewal:
    """What is to be done. configuration: what is in use from now on; the one in use itself where nothing changes.

    By tenants' names: started, changed, removed (no more looks; what they left open is finished by their last version), ended
    (finished with), kept (wrong now, and served by their last good version), refused (wrong, and there is no good version),
    waiting (taken as soon as another tenant has let go of their folder).
    settings: the keys of nightclerk.yaml that are taken up. restart: those that want a restart, for which all of that file
    waits. warnings: what is wrong and keeps nothing from being used. gone: the folder is not there as it should be, so that
    nothing of it is taken.
    """

    configuration: Configuration
    started: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    gone: bool = False


def renew(
    running: Configuration,
    found: Found,
    held: Mapping[tuple[str, ...], str] | None = None,
    finished: Set[str] = frozenset(),
) -> Renewal:
    """Given the configuration in use and what the folder holds; returns what is to be done.

    held: folders (``places.same_place``) that a tenant may still be working in under an earlier version, with its name.
    finished: of the tenants that are leaving, those that have left nothing open.
    """
    if found.gone is not None and running.tenants:
        return Renewal(running, problems=_with_absence(found), gone=True)
    settings, restart = _settings(running.daemon, found.daemon)
    present = running.tenants.keys() - running.leaving
    blocked = _blocked(running, found, held or {})
    takes = {name: tenant for name, tenant in found.tenants.items() if name not in blocked}
    waiting = {name for name in blocked if _will_be_free(name, blocked, takes, found, held or {})}
    stays = (found.wrong | blocked.keys()) & present
    leaving = running.tenants.keys() - takes.keys() - stays - (finished & running.leaving)
    old = {name: running.tenants[name] for name in stays | leaving}
    configuration = replace(
        running,
        daemon=found.daemon if found.daemon is not None and settings and not restart else running.daemon,
        entities=found.entities,
        tenants=dict(sorted((takes | old).items())),
        kept=_kept(running, found.entities, old),
        leaving=frozenset(leaving),
    )
    names = {name: _as_it_was(running, configuration, name) for name in takes.keys() & present}
    return Renewal(
        configuration=running if configuration == running else configuration,
        started=tuple(sorted(takes.keys() - present)),
        changed=tuple(sorted(name for name, same in names.items() if not same)),
        removed=tuple(sorted(leaving - running.leaving)),
        ended=tuple(sorted(running.tenants.keys() - configuration.tenants.keys())),
        kept=tuple(sorted(stays - waiting)),
        refused=tuple(sorted((found.wrong | blocked.keys()) - stays - waiting)),
        waiting=tuple(sorted(waiting)),
        settings=() if restart else settings,
        restart=restart,
        problems=tuple(sorted([*_grave(found), *_in_the_way(found, blocked, waiting)])),
        warnings=tuple(problem for problem in found.problems if problem.warning),
    )


def _settings(running: Daemon, found: Daemon | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the keys that differ, and those of them that want a restart."""
    if found is None:
        return (), ()
    differ = tuple(key for key in Daemon.model_fields if getattr(running, key) != getattr(found, key))
    return differ, tuple(key for key in differ if key not in LIVE)


def _blocked(running: Configuration, found: Found, held: Mapping[tuple[str, ...], str]) -> dict[str, str]:
    """Returns the tenants that want a folder in which another one works until now: two would take the same files."""
    holders = {**held, **{same_place(tenant.source): name for name, tenant in running.tenants.items()}}
    wanted = {name: holders.get(same_place(tenant.source), name) for name, tenant in found.tenants.items()}
    return {name: holder for name, holder in wanted.items() if holder != name}


def _will_be_free(
    name: str, blocked: Mapping[str, str], takes: Mapping[str, Tenant], found: Found, held: Mapping[tuple[str, ...], str]
) -> bool:
    """Whether the folder that a blocked tenant wants will be free by itself: not where the two want each other's, for one."""
    seen = set[str]()
    while name in blocked and name not in seen:
        seen.add(name)
        if held.get(same_place(found.tenants[name].source)) == blocked[name]:
            return True
        name = blocked[name]
    return name not in blocked and (name in takes or name not in found.wrong)


def _in_the_way(found: Found, blocked: Mapping[str, str], waiting: Set[str]) -> list[Problem]:
    return [
        Problem(
            str(found.folder / "tenants" / f"{name}.yaml"),
            1,
            1,
            "source",
            f"the folder is still that of tenant {holder}, which does not leave it; let {holder} go to another one first.",
        )
        for name, holder in blocked.items()
        if name not in waiting
    ]


def _kept(running: Configuration, entities: Mapping[str, Entity], old: Mapping[str, Tenant]) -> dict[str, dict[str, Entity]]:
    """Returns for each tenant that stays as it is its entities that are not the present ones."""
    used = {name: running.entities_of(name) for name in sorted(old)}
    differing = {name: {key: its for key, its in found.items() if entities.get(key) != its} for name, found in used.items()}
    return {name: its for name, its in differing.items() if its}


def _as_it_was(running: Configuration, now: Configuration, name: str) -> bool:
    same = running.tenants[name] == now.tenants[name]
    return same and running.entities_of(name) == now.entities_of(name)


def _grave(found: Found) -> tuple[Problem, ...]:
    return tuple(problem for problem in found.problems if not problem.warning)


def _with_absence(found: Found) -> tuple[Problem, ...]:
    problems, gone = _grave(found), str(found.gone)
    if any(problem.file == gone for problem in problems):
        return problems
    return (
        *problems,
        Problem(gone, 1, 1, "", "the folder is not there any more; bring it back, or stop Nightclerk if that is meant."),
    )


#: So many tenants are named in a sentence; the problems name them all.
_NAMED = 10


def told(renewal: Renewal) -> str:
    """Given what was decided; returns in a few sentences for ops what of the folder is not in use; nothing where all of it is."""
    sentences = []
    if renewal.problems:
        count = len(renewal.problems)
        sentences.append(f"The configuration has {count} problems." if count > 1 else "The configuration has a problem.")
    if renewal.gone:
        return " ".join(
            [*sentences, "Nothing is taken from its folder until it is whole again; all tenants are served as before."]
        )
    if renewal.kept:
        sentences.append(f"Served by their last good version: {_named(renewal.kept)}.")
    if renewal.refused:
        sentences.append(f"Not served until their files are right: {_named(renewal.refused)}.")
    if any(problem.file.endswith(f"/{DAEMON_FILE}") for problem in renewal.problems):
        sentences.append(f"The settings of {DAEMON_FILE} stay as they were.")
    if renewal.restart:
        changed = listed(renewal.restart, "and")
        sentences.append(
            f"A change of {changed} in {DAEMON_FILE} takes a restart; until then all settings of that file stay as they were."
        )
    if sentences:
        sentences.append("Everything else goes by the files as they are now.")
    return " ".join(sentences)


def _named(tenants: tuple[str, ...]) -> str:
    more = len(tenants) - _NAMED
    return listed([*tenants[:_NAMED], f"{more} others"] if more > 0 else tenants, "and")
