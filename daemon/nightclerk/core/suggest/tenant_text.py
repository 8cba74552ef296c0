"""The text of a tenant's file: YAML that people read, with what is doubtful beside the line that it is about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nightclerk.core.suggest.rule import Proposal, Rule, Start, Unread

_LONGEST = 128
_PLAIN = re.compile(r"[^\W\d_][\w .()/°²%+&'’-]*[\w.)°%]|[^\W\d_]")
#: Words that YAML takes for something else, in one of its versions.
_TAKEN = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"])
_FEED = 4


@dataclass(frozen=True)
class Heading:
    """What stands above the feeds. doubts: about the time zone; left_aside: tables of the samples that became no feed."""

    tenant: str
    name: str
    language: str
    timezone: str
    folder: str
    doubts: tuple[str, ...] = ()
    left_aside: tuple[str, ...] = ()


def tenant_text(heading: Heading, proposals: Sequence[Proposal]) -> str:
    """Given what stands above the feeds, and the feeds; returns the text of the tenant's file."""
    lines = [
        "# yaml-language-server: $schema=../schemas/tenant.json",
        "# Proposed by `nightclerk suggest` from sample files. Look at every line that has a comment, then:",
        f"# nightclerk check {heading.tenant}, and nightclerk preview {heading.tenant} FILE",
        f"tenant: {scalar(heading.tenant)}",
        f"name: {scalar(heading.name)}",
        f"language: {heading.language}",
        *_line(f"timezone: {scalar(heading.timezone)}", heading.doubts, 0),
        "source:",
        "  kind: folder",
        *_line(f"  path: {scalar(heading.folder)}", ("where its files are dropped; or a server, see docs/configuration.md",), 2),
        *(comment for told in heading.left_aside for comment in _comment(f"Left aside: {told}", 0)),
        "feeds:",
    ]
    for proposal in proposals:
        lines += _feed(proposal)
    return "\n".join(lines) + "\n"


def scalar(value: str | bool) -> str:
    """Given a value; returns it as YAML in one line, in quotes wherever it could be misread."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if _PLAIN.fullmatch(value) and value.lower() not in _TAKEN and "  " not in value:
        return value
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in json.dumps(value, ensure_ascii=False))


def _feed(one: Proposal) -> Iterable[str]:
    for doubt in one.doubts:
        yield from _comment(doubt, 2)
    if one.missing:
        yield from _comment(f"NOT WHOLE: no column was found for {', '.join(one.missing)}, which entity {one.entity} requires", 2)
    unsure = () if one.sure else ("its headers say little, so that this is chosen by the values alone",)
    could_be = (f"could also be {' or '.join(one.alternatives)}",) if one.alternatives else ()
    yield f"  - feed: {scalar(one.feed)}"
    yield f"    files: {json.dumps(one.files, ensure_ascii=False)}"
    if one.member is not None:
        yield f"    members: {json.dumps(one.member, ensure_ascii=False)}"
    if one.sheet is not None:
        yield f"    sheet: {scalar(one.sheet)}"
    if one.preset is not None and one.start is not None:
        yield from _started(one, one.preset, one.start)
        return
    yield from _line(f"    entity: {one.entity}", (*unsure, *could_be), _FEED)
    yield from _line(f"    format: {_format(one)}", one.format_doubts, _FEED)
    if one.dates:
        yield f"    dates: {_several(one.dates)}"
    yield f"    decimal: {json.dumps(one.decimal)}"
    if one.thousands is not None:
        yield f"    thousands: {json.dumps(one.thousands)}"
    yield "    mapping:"
    for rule in one.rules:
        yield from _rule(rule)
    yield from _ignore(one.ignore)
    if one.mode != "upsert":
        yield f"    mode: {one.mode}"
    if one.duplicates is not None:
        yield from _line(f"    duplicates: {one.duplicates[0]}", one.duplicates[1:], _FEED)


def _started(one: Proposal, preset: str, start: Start) -> Iterable[str]:
    """Yields what a feed says that starts from a preset: only what differs from it."""
    yield from _line(f"    preset: {scalar(preset)}", (start.told,), _FEED)
    if start.format:
        written = ", ".join(f"{key}: {json.dumps(value)}" for key, value in start.format)
        yield from _line(f"    format: {{{written}}}", one.format_doubts, _FEED)
    if start.dates:
        yield f"    dates: {_several(start.dates)}"
    if start.decimal is not None:
        yield f"    decimal: {json.dumps(start.decimal)}"
    if start.thousands is not None:
        yield f"    thousands: {json.dumps(start.thousands)}"
    if start.without or start.added:
        yield "    mapping:"
    for rule in one.rules:
        if rule.field in start.added:
            yield from _rule(rule)
    for field in start.without:
        yield from _line(f"      {field}: null", ("the preset reads it, but this file has no such column",), 6)
    yield from _ignore(one.ignore)
    if one.duplicates is not None:
        yield from _line(f"    duplicates: {one.duplicates[0]}", one.duplicates[1:], _FEED)


def _format(one: Proposal) -> str:
    found = one.format
    keys = [f"kind: {found.kind}"]
    if found.encoding is not None and found.kind != "xml":
        keys.append(f"encoding: {scalar(found.encoding)}")
    if found.delimiter is not None:
        keys.append(f"delimiter: {json.dumps(found.delimiter)}")
    if found.kind == "delimited" and found.quote not in (None, '"'):
        keys.append(f"quote: {json.dumps(found.quote)}")
    if found.positions:
        keys.append("header_row: 1")
        keys.append("columns: {" + ", ".join(f"{scalar(name)}: {first}-{last}" for name, first, last in found.positions) + "}")
    if found.rows is not None:
        keys.append(f"rows: {scalar(found.rows)}")
    if found.kind in ("delimited", "xlsx", "xls", "ods"):
        keys.append(f"header_row: {found.header_row if found.header_row is not None else 'none'}")
    return "{" + ", ".join(keys) + "}"


def _rule(rule: Rule) -> Iterable[str]:
    values = [f"{scalar(written)}: {scalar(meant)}" for written, meant in rule.values]
    keys = [*_origin(rule), *_reading(rule)]
    short = len(keys) == 1 and len(rule.source) == 1 and not values
    if values and sum(map(len, values)) > 60:
        yield from _line(f"      {rule.field}:", rule.doubts, 6)
        yield from (f"        {key}" for key in keys)
        yield "        values:"
        yield from (f"          {value}" for value in values)
        return
    if values:
        keys.append("values: {" + ", ".join(values) + "}")
    said = scalar(rule.source[0]) if short else "{" + ", ".join(keys) + "}"
    yield from _line(f"      {rule.field}: {said}", rule.doubts, 6)


def _origin(rule: Rule) -> Iterable[str]:
    if rule.constant is not None:
        yield f"constant: {scalar(rule.constant)}"
    elif rule.first_of:
        yield f"first_of: {_several(rule.first_of)}"
    else:
        yield f"from: {_several(rule.source)}"
    if rule.join is not None:
        yield f"join: {json.dumps(rule.join)}"


def _reading(rule: Rule) -> Iterable[str]:
    if rule.split is not None:
        yield f"split: {json.dumps(rule.split)}"
    if rule.extract is not None:
        yield f"extract: {json.dumps(rule.extract)}"
    if rule.dates:
        yield f"dates: {_several(rule.dates)}"
    if rule.decimal is not None:
        yield f"decimal: {json.dumps(rule.decimal)}"
    if rule.thousands is not None:
        yield f"thousands: {json.dumps(rule.thousands)}"
    if rule.round:
        yield "round: true"


def _ignore(columns: Sequence[Unread]) -> Iterable[str]:
    if columns:
        yield "    ignore:                             # columns that fill no field; take out of here what you map"
    for column in columns:
        yield from _line(f"      - {scalar(column.header)}", (column.told,), 6)


def _several(values: Sequence[str]) -> str:
    return scalar(values[0]) if len(values) == 1 else "[" + ", ".join(map(scalar, values)) + "]"


def _line(line: str, doubts: Sequence[str], indent: int) -> Iterable[str]:
    """Returns the line with its doubts behind it, or above it where they are too long."""
    beside = "; ".join(map(_plain, doubts))
    if not beside:
        return [line]
    if len(line) + len(beside) + 3 <= _LONGEST:
        return [f"{line.ljust(38)}  # {beside}"]
    return [*(comment for doubt in doubts for comment in _comment(doubt, indent)), line]


def _comment(text: str, indent: int) -> Iterable[str]:
    line = ""
    for word in _plain(text).split():
        if line and indent + len(line) + len(word) + 3 > _LONGEST:
            yield f"{' ' * indent}# {line}"
            line = ""
        line = f"{line} {word}".strip()
    if line:
        yield f"{' ' * indent}# {line}"


def _plain(text: str) -> str:
    """Comments are one line, and hold nothing that a terminal or YAML would take for an order."""
    return "".join(one if one.isprintable() else " " for one in text)
