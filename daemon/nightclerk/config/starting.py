"""Feeds that start from a preset: the whole feed is made of what is written in both, and each part keeps its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from nightclerk.config.document import Borrowed, Document
from nightclerk.config.files import ConfigFile, read_file
from nightclerk.config.presets import Presets
from nightclerk.config.problems import KeyPath, spelled
from nightclerk.config.shape import alternatives, keys_of, kinds
from nightclerk.core.contents import Contents, kind_told
from nightclerk.core.feed import Feed
from nightclerk.core.headers import folded
from nightclerk.core.mapping import Mapped
from nightclerk.core.model import Noun
from nightclerk.core.name_expression import as_glob
from nightclerk.core.preset import Preset
from nightclerk.core.tenant import Tenant
from nightclerk.core.wording import quoted

#: What a preset must say, so that a feed that could not start from one lacks it without any fault of its own.
_GIVEN = tuple(name for name, field in Contents.model_fields.items() if field.is_required())
_GROUPS = ("format", "tolerate")
_TEXT_ENDINGS = ("csv", "tsv")

Lend: TypeAlias = Callable[[KeyPath, KeyPath], None]
"""Given a path within the feed and one within the preset: notes that what stands at the first was taken from the second."""


def read_tenant(path: Path, presets: Presets) -> ConfigFile[Tenant]:
    """Given a tenant's file and all presets; returns it with its feeds whole. A preset that cannot be used is a problem."""
    wrong: dict[int, str] = {}
    file = read_file(path, Tenant, lambda document: wrong.update(_start(document, presets, path)))
    for index, message in wrong.items():
        at: KeyPath = ("feeds", index)
        missing = {spelled((*at, key)) for key in _GIVEN if (*at, key) not in file.document.values}
        file.problems[:] = [problem for problem in file.problems if problem.path not in missing]
        file.complain((*at, "preset"), message)
    return file


def _start(document: Document, presets: Presets, path: Path) -> Iterator[tuple[int, str]]:
    """Makes the feeds whole, in place; yields those that cannot start from what they name, with the reason."""
    raw = document.data.get("feeds") if isinstance(document.data, dict) else None
    for index, feed in enumerate(raw if isinstance(raw, list) else ()):
        name = feed.get("preset") if isinstance(feed, dict) else None
        if isinstance(name, bool) or not isinstance(name, str | int):
            continue  # the model says what it must be
        found = presets.find(str(name))
        if isinstance(found, str):
            yield index, found
        else:
            by = f"It is so in feed {quoted(feed.get('feed', index + 1))} of {path}, which starts from this preset."
            _join(document, ("feeds", index), feed, found, by)


def _join(document: Document, at: KeyPath, feed: dict[str, Any], preset: ConfigFile[Preset], by: str) -> None:
    theirs = {key: value for key, value in preset.document.data.items() if key not in ("preset", "source")}

    def lend(here: KeyPath, there: KeyPath) -> None:
        document.borrowed[(*at, *here)] = Borrowed(str(preset.path), preset.document, there, by)

    _ignore(feed, theirs, lend)
    theirs["format"] = _fitting_format(feed, theirs)
    for key, value in theirs.items():
        own = feed.get(key)
        if key == "mapping" or key in _GROUPS:
            if isinstance(own, dict) or key not in feed:
                feed[key] = _group(own or {}, value, key, lend)
                document.values.setdefault((*at, key), document.place((*at, "preset")))
        elif key not in feed:
            feed[key] = value
            lend((key,), (key,))
    _take_out(document, at, feed)


def _group(own: dict[str, Any], theirs: dict[str, Any], key: str, lend: Lend) -> dict[str, Any]:
    for name in theirs.keys() - own.keys():
        lend((key, name), (key, name))
    return {**theirs, **own}


def _take_out(document: Document, at: KeyPath, feed: dict[str, Any]) -> None:
    """Takes out what the feed says ``null`` of; but not where nothing at all is written, which is a problem."""
    groups = [(feed[key], (*at, key)) for key in ("mapping", *_GROUPS) if isinstance(feed.get(key), dict)]
    for group, path in [(feed, at), *groups]:
        for name in [name for name, value in group.items() if value is None and (*path, name) not in document.blank]:
            del group[name]


def _ignore(feed: dict[str, Any], theirs: dict[str, Any], lend: Lend) -> None:
    """Adds to the columns that the feed ignores those that the preset ignores, and those of the fields that are taken another way
    in the feed: they are known. What the feed's mapping uses is ignored nowhere."""
    own = feed.get("ignore", [])
    ignored = _list(theirs.pop("ignore", []))
    known: list[tuple[str, KeyPath]] = [(str(one), ("ignore", place)) for place, one in enumerate(ignored)]
    written = feed.get("mapping")
    mapping: dict[str, Any] = written if isinstance(written, dict) else {}
    for name in theirs["mapping"].keys() & mapping.keys():
        known += [(column, ("mapping", name)) for column in _columns(theirs["mapping"][name])]
    if not known or ("ignore" in feed and not isinstance(own, list | str)):
        return
    whole = {**theirs["mapping"], **mapping}
    said = {folded(column) for rule in whole.values() for column in _columns(rule)} | {folded(str(one)) for one in _list(own)}
    columns = list(_list(own))
    for column, there in known:
        if folded(column) not in said:
            said.add(folded(column))
            lend(("ignore", len(columns)), there)
            columns.append(column)
    feed["ignore"] = columns


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _columns(rule: Any) -> list[str]:
    """Returns the columns that a rule takes, as far as it is one."""
    try:
        read = Mapped.model_validate(rule, by_alias=True, by_name=False)
    except ValueError:
        return []  # told where the whole feed is checked
    return [column for names in read.alternatives() for column in names]


def _fitting_format(feed: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Returns what of the preset's format the feed's kind of file knows: the same export is at times saved as another kind."""
    format_ = theirs.get("format", {})
    given = feed.get("format", {})
    kind = kind_told(feed, given) if isinstance(given, dict) else None
    ending = as_glob(feed.get("files", "")).lower().rpartition(".")[2]
    if kind is None and ending in _TEXT_ENDINGS and kind_told({}, format_) not in (None, "fixed_width"):
        kind = "delimited"
    if kind is None:
        return dict(format_)
    known = {key for noun in _formats() if kind in kinds(noun) for key in keys_of(noun)}
    return {**{key: value for key, value in format_.items() if key in known}, "kind": kind}


def _formats() -> list[type[Noun]]:
    return list(alternatives(Feed.model_fields["format"].annotation))
