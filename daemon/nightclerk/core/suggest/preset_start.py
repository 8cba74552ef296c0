"""Whether a table is the export that a preset knows, and the feed that starts from it and says only what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from nightclerk.core.contents import AUTO
from nightclerk.core.entity import Entity
from nightclerk.core.format import WORKBOOK_KINDS, Delimited
from nightclerk.core.headers import folded
from nightclerk.core.mapping import Mapped
from nightclerk.core.preset import Preset
from nightclerk.core.suggest.column import Column
from nightclerk.core.suggest.matching import addressable
from nightclerk.core.suggest.proposal import Table
from nightclerk.core.suggest.rule import Proposal, Rule, Start, Unread
from nightclerk.core.wording import quoted

#: A preset knows so much of a file's headers, and the file has so many of the columns that the preset reads.
_KNOWN, _THERE = 0.8, 0.75
#: With fewer columns in common anything could be anything.
_FEWEST = 5
#: So much of a column must be of its field's kind, and so much words that the preset knows: it may leave some out on purpose.
_MOSTLY, _WORDS_KNOWN = 0.7, 0.5
_WORDS_NAMED = 5
_DATES = frozenset({"date", "datetime"})
_NUMBERS = frozenset({"money", "decimal", "integer"})


def known_as(table: Table, presets: Iterable[Preset]) -> Preset | None:
    """Given a table and all presets; returns the one whose columns these are, by their headers, or None."""
    columns = {folded(column.header) for column in addressable(table.columns)}
    ranked = sorted(
        ((_in_common(columns, preset), preset.preset, preset) for preset in presets if _same_kind(table.format.kind, preset)),
        key=lambda one: (one[0], one[1]),
    )
    return ranked[-1][2] if ranked and ranked[-1][0] >= _FEWEST else None


def started(table: Table, preset: Preset, entity: Entity, mine: Proposal) -> Proposal | None:
    """Given a table, the preset whose columns it has, their entity, and the feed that was found without a preset; returns the
    feed that starts from the preset, or None where too much differs, so that nothing is gained by it."""
    columns = {folded(column.header): column for column in addressable(table.columns)}
    read = {name: _found(rule, columns) for name, rule in preset.mapping.items()}
    gone = [name for name, rule in preset.mapping.items() if read[name] is None]
    needed = [name for name, spec in entity.fields.items() if spec.required or spec.required_for_new or name in entity.key]
    own = {rule.field: rule for rule in mine.rules}
    lacking = [name for name in _lacking(entity, preset, needed) if name in gone or name not in preset.mapping]
    if any(name not in own for name in lacking):
        return None
    there = {name: found for name, found in read.items() if found is not None and name not in lacking}
    if any(not _readable(entity, preset, name, found) for name, found in there.items()):
        return None
    dates = _other_dates(entity, preset, there, mine, table.format.sheet is not None)
    marks = _other_marks(entity, preset, there)
    if dates is None or marks is None:
        return None
    more = (*lacking, *_also(table, preset, there, mine))
    added = tuple(_written_out(own[name], entity.fields[name].type, mine) for name in entity.fields if name in more)
    rules = tuple(_as_rule(name, preset.mapping[name], found) for name, found in there.items())
    used = {folded(header) for rule in (*rules, *added) for header in rule.columns}
    known = {folded(header) for header in preset.ignore} | used | _spelled(preset)
    told = "the headers are those of this preset; look at what its file calls assumed"
    strange = [
        f"{name}: the preset does not know {', '.join(map(quoted, words[:_WORDS_NAMED]))}, so that such rows are rejected"
        for name, found in there.items()
        if len(found) == 1 and (words := _unknown_words(preset.mapping[name], found[0]))
    ]
    nulls = tuple(name for name in gone if name not in lacking)
    return replace(
        mine,
        entity=preset.entity,
        preset=preset.preset,
        start=Start(_other_format(table, preset), dates, marks[0], marks[1], nulls, tuple(rule.field for rule in added), told),
        rules=(*rules, *added),
        ignore=tuple(Unread(one.header, one.told) for one in mine.ignore if folded(one.header) not in known),
        mode="upsert",
        duplicates=mine.duplicates if preset.duplicates == "reject" else None,
        missing=(),
        doubts=(*(doubt for doubt in mine.doubts if not doubt.startswith("no column was found for")), *strange),
        sure=True,
        alternatives=(),
    )


def _in_common(columns: set[str], preset: Preset) -> int:
    """Returns how many of the headers the preset knows; 0 where these are not its columns."""
    wanted = [[folded(name) for name in names] for rule in preset.mapping.values() for names in rule.alternatives()]
    there = sum(any(name in columns for name in names) for names in wanted)
    known = len(columns & (_spelled(preset) | {folded(header) for header in preset.ignore}))
    return known if columns and known >= _KNOWN * len(columns) and there >= _THERE * len(wanted) else 0


def _spelled(preset: Preset) -> set[str]:
    return {folded(name) for rule in preset.mapping.values() for names in rule.alternatives() for name in names}


def _same_kind(kind: str, preset: Preset) -> bool:
    tables = ("delimited", *WORKBOOK_KINDS)
    if kind in tables and preset.format.kind in tables:
        return not (isinstance(preset.format, Delimited) and preset.format.header_row == "none")
    return kind == preset.format.kind


def _found(rule: Mapped, columns: dict[str, Column]) -> list[Column] | None:
    """Returns the columns that a rule reads, none for a constant; None where one of them is not there."""
    found = [next((columns[folded(name)] for name in names if folded(name) in columns), None) for names in rule.alternatives()]
    return None if None in found else [column for column in found if column is not None]


def _lacking(entity: Entity, preset: Preset, needed: Sequence[str]) -> list[str]:
    """Returns the fields that the entity needs and for which the preset may have nothing."""
    currencies = {
        spec.currency for name, spec in entity.fields.items() if name in preset.mapping and spec.currency in entity.fields
    }
    return [name for name in entity.fields if (name in needed and entity.fields[name].default is None) or name in currencies]


def _readable(entity: Entity, preset: Preset, name: str, columns: Sequence[Column]) -> bool:
    """Whether what stands in the columns is what the preset expects there: the kind of its field, and its words."""
    if name not in entity.fields:
        return False
    if len(columns) != 1 or columns[0].empty:
        return name not in entity.key or not all(column.empty for column in columns)
    rule, kind, column = preset.mapping[name], entity.fields[name].type, columns[0]
    if rule.values is not None:
        return not _unknown_words(rule, column) or column.share_of(_knows(rule)) >= _WORDS_KNOWN
    if kind in _DATES:
        return rule.extract is not None or bool(column.dates.formats) or (preset.year is not None and _are_days(column))
    if kind not in _NUMBERS or rule.extract is not None:
        return True
    rounded = preset.round if rule.round is None else rule.round
    return column.numbers.share >= _MOSTLY and (rounded or not column.numbers.dust)


def _are_days(column: Column) -> bool:
    """Whether these can be days and months without a year, as in ``3101``."""
    return column.share_of(lambda value: value.isdecimal() and len(value) in (3, 4)) >= _MOSTLY


def _knows(rule: Mapped) -> Callable[[str], bool]:
    known = {str(word).strip().casefold() for word in rule.values or {}}
    return lambda value: value.strip().casefold() in known


def _unknown_words(rule: Mapped, column: Column) -> list[str]:
    knows = _knows(rule)
    return [value for value in column.values or () if not knows(value)] if rule.values is not None else []


def _also(table: Table, preset: Preset, read: dict[str, list[Column]], mine: Proposal) -> list[str]:
    """Returns the fields beyond the preset for which the file has a column whose header says so: no preset knows what a company
    adds, or wants."""
    used = {folded(column.header) for columns in read.values() for column in columns}
    if preset.duplicates != "reject":  # what differs between the rows of one thing is left out for a reason
        used |= {folded(header) for header in preset.ignore}
    few = {doubt.message for doubt in table.doubts if doubt.code == "mixed_types"}  # a wrong cell makes no wrong column
    return [
        rule.field
        for rule in mine.rules
        if rule.field not in preset.mapping
        and rule.columns
        and few.issuperset(rule.doubts)
        and used.isdisjoint(map(folded, rule.columns))
    ]


def _written_out(rule: Rule, kind: str, mine: Proposal) -> Rule:
    """Returns a rule that says itself what its own feed would have said of dates and numbers."""
    if kind in _DATES:
        return replace(rule, dates=rule.dates or mine.dates)
    if kind in _NUMBERS and rule.columns:
        return replace(rule, decimal=rule.decimal or mine.decimal, thousands=rule.thousands or mine.thousands)
    return rule


def _other_dates(
    entity: Entity, preset: Preset, read: dict[str, list[Column]], mine: Proposal, own_values: bool
) -> tuple[str, ...] | None:
    """Returns how the feed says that dates are written, nothing where the preset says it; None where a feed alone cannot."""
    other = False
    for name, columns in read.items():
        rule = preset.mapping[name]
        if entity.fields[name].type not in _DATES or rule.extract is not None or not columns or columns[0].empty:
            continue
        written = columns[0].dates
        ways = set(written.formats) - ({"%Y-%m-%d"} if own_values else set())
        said = set(rule.dates or preset.dates)
        if AUTO in said or ways <= said or (written.month_first in said and len(ways) == 1):
            continue
        if rule.dates or not ways <= set(mine.dates):
            return None
        other = True
    return mine.dates if other else ()


def _other_marks(entity: Entity, preset: Preset, read: dict[str, list[Column]]) -> tuple[str | None, str | None] | None:
    """Returns the decimal and the thousands mark that the feed says, None for what the preset says as well; None where they are
    not the same in all columns, so that a feed alone cannot say it."""
    decimals, groups = set[str](), set[str]()
    for name, columns in read.items():
        rule = preset.mapping[name]
        if entity.fields[name].type not in _NUMBERS or not columns or columns[0].empty:
            continue
        decimal, thousands = columns[0].numbers.decimal, columns[0].numbers.thousands
        said, between = rule.decimal or preset.decimal, rule.thousands or preset.thousands
        if said == AUTO:
            continue
        if rule.decimal is not None and decimal not in (None, said):
            return None
        decimals.update({decimal} if decimal is not None else ())
        groups.update({thousands} if thousands is not None and thousands != between else ())
    if len(decimals) > 1 or len(groups) > 1:
        return None
    mark, between = next(iter(decimals), None), next(iter(groups), None)
    mark = None if mark == preset.decimal else mark
    if mark is not None and between is None and preset.thousands == mark:
        between = " "  # the preset's thousands mark is the file's decimal mark, so both are said
    return mark, between


def _other_format(table: Table, preset: Preset) -> tuple[tuple[str, str], ...]:
    """Returns what the feed says of the file's format beyond the preset, as keys and values."""
    found, said = table.format, preset.format
    keys = [("kind", found.kind)] if found.kind != said.kind else []
    if found.evidence is not None and found.evidence.by == "guess" and found.encoding is not None:
        keys.append(("encoding", found.encoding))
    if isinstance(said, Delimited) and said.delimiter != AUTO and found.delimiter not in (None, said.delimiter):
        keys.append(("delimiter", str(found.delimiter)))
    return tuple(keys)


def _as_rule(name: str, rule: Mapped, columns: Sequence[Column]) -> Rule:
    headers = tuple(column.header for column in columns)
    values = tuple((str(word), meant) for word, meant in (rule.values or {}).items() if isinstance(meant, str | bool))
    constant = rule.constant if isinstance(rule.constant, str | bool) else None
    if rule.first_of:
        return Rule(name, first_of=headers, values=values)
    return Rule(name, headers, join=rule.join, constant=constant, values=values)
