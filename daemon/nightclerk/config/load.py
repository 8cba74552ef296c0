"""Reads a configuration folder: everything that can be used of it, and every problem of every file at once."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from nightclerk.config.configuration import Configuration, Found
from nightclerk.config.custom_checks import check_custom_twins
from nightclerk.config.destination_checks import WRITTEN_OPENLY, check_destinations
from nightclerk.config.encryption_checks import check_encryption
from nightclerk.config.entity_checks import check_entity
from nightclerk.config.feed_checks import Entities, check_feeds
from nightclerk.config.files import DAEMON_FILE, NO_SUCH_FILE, ConfigFile, read_file, strays, unreadable_folders, yaml_files
from nightclerk.config.places import base_of, daemon_at, same_place, tenant_at
from nightclerk.config.presets import Presets
from nightclerk.config.problems import Problem
from nightclerk.config.relation_checks import check_relations
from nightclerk.config.rivalry import check_rivals
from nightclerk.config.shape import value_at
from nightclerk.config.starting import read_tenant
from nightclerk.config.view_checks import check_views
from nightclerk.core.daemon import Daemon
from nightclerk.core.entity import Entity
from nightclerk.core.preset import Preset
from nightclerk.core.tenant import Tenant
from nightclerk.core.wording import listed

__all__ = ["Configuration", "load", "survey"]


def load(folder: Path) -> tuple[Configuration | None, list[Problem]]:
    """Given a configuration's folder; returns what can be used of it, and all problems of all files in order. Never raises.

    A tenant with a problem, or with an entity that has one, is left out and the others stay. Without a usable
    ``nightclerk.yaml`` there is no configuration, but the other files' problems are told all the same.
    """
    found = survey(folder)
    problems = list(found.problems)
    if found.daemon is None:
        return None, problems
    return Configuration(folder, found.daemon, found.entities, found.tenants), problems


def survey(folder: Path) -> Found:
    """Given a configuration's folder; returns what it holds, each file for itself, and all problems in order. Never raises."""
    daemon = _daemon(folder)
    entities = _entities(folder)
    presets = Presets(folder, entities)
    tenants = _tenants(folder, entities, presets)
    _refuse_shared_sources(tenants, base_of(folder))
    check_destinations(tenants, daemon.noun, entities, base_of(folder))
    files: list[ConfigFile[Daemon] | ConfigFile[Entity] | ConfigFile[Preset] | ConfigFile[Tenant]] = [daemon, *entities.values()]
    files += [*presets.own.values(), *tenants]
    unreadable = unreadable_folders(folder)
    problems = sorted([problem for file in files for problem in file.problems] + strays(folder) + unreadable)
    base = base_of(folder)
    parts = (folder / DAEMON_FILE, folder / "tenants")
    return Found(
        folder=folder,
        daemon=daemon_at(daemon.noun, base) if daemon.good and daemon.noun is not None else None,
        entities={name: file.noun for name, file in entities.items() if file.good and file.noun is not None},
        tenants={file.noun.tenant: tenant_at(file.noun, base) for file in tenants if file.good and file.noun is not None},
        wrong=frozenset(file.path.stem for file in tenants if not file.good),
        problems=tuple(problems),
        gone=Path(unreadable[0].file) if unreadable else next((part for part in parts if not part.exists()), None),
    )


def _daemon(folder: Path) -> ConfigFile[Daemon]:
    file = read_file(folder / DAEMON_FILE, Daemon)
    if NO_SUCH_FILE in (problem.message for problem in file.problems):
        file.problems.clear()
        file.complain((), "there is no such file; `nightclerk init` writes a configuration to start from.")
    if file.noun is not None:
        resolved = daemon_at(file.noun, base_of(folder))
        if resolved.database.url == resolved.ledger.url and resolved.ledger.url.kind == "sqlite":
            file.complain(("ledger",), "the ledger is a file of its own; name another one than for database.")
        if resolved.ledger.url.kind in {"mysql", "mariadb"}:
            file.complain(
                ("ledger",),
                "the ledger is kept in an SQLite file or on PostgreSQL; write sqlite:///var/ledger.db, or take this out.",
            )
        for key, database in (("database", file.noun.database), ("ledger", file.noun.ledger)):
            if database.url.password is not None:
                inside = isinstance(value_at(file.document.data, (key,)), dict)
                file.warn((key, "url") if inside else (key,), WRITTEN_OPENLY)
    return file


def _entities(folder: Path) -> Entities:
    """Every entity by the name of its file, the wrong ones too: whoever uses one is told so."""
    found: Entities = {}
    for path in yaml_files(folder / "entities"):
        file = read_file(path, Entity)
        file.check_name("entity")
        if file.noun is not None:
            check_entity(file, file.noun)
        found[path.stem] = file
    check_relations(found)
    return found


def _tenants(folder: Path, entities: Entities, presets: Presets) -> list[ConfigFile[Tenant]]:
    found = []
    for path in yaml_files(folder / "tenants"):
        file = read_tenant(path, presets)
        file.check_name("tenant")
        feeds = check_feeds(file, entities)
        check_custom_twins(file, feeds)
        check_rivals(file, feeds)
        check_encryption(file, feeds)
        check_views(file, entities, feeds)
        found.append(file)
    return found


def _refuse_shared_sources(tenants: list[ConfigFile[Tenant]], base: Path) -> None:
    """All who share a folder are refused: which of them is mistaken cannot be known, and one would book the other's files."""
    sharing: dict[tuple[str, ...], list[ConfigFile[Tenant]]] = defaultdict(list)
    for file in tenants:
        if file.noun is not None:
            sharing[same_place(tenant_at(file.noun, base).source)].append(file)
    for files in sharing.values():
        for file in files if len(files) > 1 else ():
            others = listed((str(other.path) for other in files if other is not file), "and")
            file.complain(("source",), f"the same folder is the source in {others}; each tenant needs a folder of its own.")
