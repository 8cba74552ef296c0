"""A tenant's file, proposed from samples of what the tenant sends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import available_timezones

from nightclerk.config.patterns import common_name, covers
from nightclerk.core.entity import Entity
from nightclerk.core.errors import SenderError
from nightclerk.core.format import WORKBOOK_KINDS, Delimited
from nightclerk.core.headers import folded
from nightclerk.core.naming import shown, slug
from nightclerk.core.preset import Preset
from nightclerk.core.sentence import Sentence
from nightclerk.core.suggest.column import columns_of
from nightclerk.core.suggest.file_pattern import feed_name, literal_name, pattern_of
from nightclerk.core.suggest.preset_start import known_as, started
from nightclerk.core.suggest.proposal import Table, languages, propose
from nightclerk.core.suggest.rule import Proposal
from nightclerk.core.suggest.sample import Sample
from nightclerk.core.suggest.tenant_text import Heading, tenant_text
from nightclerk.core.suggest.vocabulary import Vocabulary
from nightclerk.core.tenant import TenantLanguage
from nightclerk.core.wording import did_you_mean, quoted
from nightclerk.desk.inspect import Asked, Inspection, inspect
from nightclerk.ports import Format

_MOST_SHEETS = 30
_ZONES = {
    "fr": "Europe/Paris", "es": "Europe/Madrid", "de": "Europe/Berlin", "it": "Europe/Rome", "pt": "Europe/Lisbon",
    "nl": "Europe/Amsterdam", "en": "Europe/London",
}  # fmt: skip
#: More columns than this are not compared with the words; nobody maps them all.
_MOST_COLUMNS = 400
#: So much (in hundredths of a header) of the first row must be words for columns, that it is taken for the header.
_CERTAIN = 300
_WITHOUT_COLUMNS = (
    "It seems to be text of fixed width, and nothing in it tells where its columns begin. Take the positions from the program's"
    " description and write them into the feed, as in `format: {kind: fixed_width, columns: {Code: 1-8, Name: 9-38}}`."
)


@dataclass(frozen=True)
class Samples:
    """What a person hands in: files, and as much of the tenant as is known already. entity: what all of them hold,
    if it is known."""

    paths: tuple[Path, ...]
    tenant: str
    name: str | None = None
    folder: str | None = None
    language: str | None = None
    timezone: str | None = None
    entity: str | None = None


@dataclass(frozen=True)
class Known:
    """What the samples are compared with."""

    entities: Mapping[str, Entity]
    vocabulary: Vocabulary
    presets: tuple[Preset, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """text: the tenant's file. left_aside: tables that became no feed, in words."""

    tenant: str
    language: str
    text: str
    feeds: tuple[Proposal, ...]
    left_aside: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether everything that is required was found."""
        return not any(feed.missing for feed in self.feeds)


@dataclass(frozen=True)
class _Read:
    path: Path
    found: Inspection
    sample: Sample
    member: str | None
    several_sheets: bool


def fault_of(samples: Samples, known: Known) -> str | None:
    """Given what a person hands in; returns what is wrong with it apart from the files, or None."""
    try:
        slug(samples.tenant)
    except ValueError as error:
        return f"{error}."
    if samples.entity is not None and samples.entity not in known.entities:
        return f"There is no entity {quoted(samples.entity)}{did_you_mean(samples.entity, known.entities)}"
    if samples.language is not None and samples.language not in get_args(TenantLanguage):
        return f"There is no language {quoted(samples.language)} here; write two letters, as in fr."
    if samples.timezone is not None and samples.timezone not in available_timezones():
        return f"There is no time zone {quoted(samples.timezone)}{did_you_mean(samples.timezone, available_timezones())}"
    return None


def suggest(reader: Format, samples: Samples, known: Known) -> Suggestion:
    """Given a reader, samples, and what to compare them with; returns the tenant's file that reads them.

    Raises SenderError when one of them is refused, OperatorError when it cannot be opened.
    """
    first = samples.language or "en"
    read = [_under_its_header(reader, one, known, first) for path in samples.paths for one in _tables(reader, path, first)]
    spoken: Counter[str] = Counter()
    for one in read:
        spoken += languages(one.found.columns, known.entities, known.vocabulary)
    language = samples.language or (spoken.most_common(1)[0][0] if spoken else "en")
    proposals = [(one, _proposal(one, samples, known, language)) for one in read]
    kept, left_aside = _worth_keeping(proposals)
    feeds = tuple(_with_names(kept))
    heading = Heading(
        samples.tenant,
        samples.name or samples.tenant.replace("-", " ").replace("_", " ").title(),
        language,
        samples.timezone or _ZONES.get(language, "Europe/London"),
        samples.folder or f"drops/{samples.tenant}",
        () if samples.timezone else ("where the tenant is? Written times and reports go by it",),
        left_aside,
    )
    return Suggestion(samples.tenant, language, tenant_text(heading, feeds), feeds, left_aside)


def suggestion_data(found: Suggestion) -> dict[str, Any]:
    """Given a suggestion; returns the object that ``suggest --json`` prints."""
    return {
        "tenant": found.tenant,
        "language": found.language,
        "yaml": found.text,
        "feeds": [_feed_data(feed) for feed in found.feeds],
        "left_aside": list(found.left_aside),
    }


def _feed_data(feed: Proposal) -> dict[str, Any]:
    return {
        "feed": feed.feed,
        "files": feed.files,
        "members": feed.member,
        "sheet": feed.sheet,
        "entity": feed.entity,
        "preset": feed.preset,
        "mapping": {
            rule.field: {"columns": list(rule.columns), "constant": rule.constant, "doubts": list(rule.doubts)}
            for rule in feed.rules
        },
        "ignored": [column.header for column in feed.ignore],
        "missing": list(feed.missing),
        "doubts": [*feed.format_doubts, *feed.doubts],
    }


# --- reading -----------------------------------------------------------------------------------------------------------------


def _tables(reader: Format, path: Path, language: str) -> Iterator[_Read]:
    try:
        first = _table(reader, path, language)
    except SenderError as refusal:
        members = refusal.sentence.values.get("members") if refusal.code == "several_members" else None
        if not isinstance(members, tuple):
            raise
        for member in members:
            if member != "…":
                yield _table(reader, path, language, member=literal_name(member.replace("\\", "/").rpartition("/")[2]))
        return
    if first.found.format.kind not in WORKBOOK_KINDS:
        yield first
        return
    sheets = [first, *_other_sheets(reader, path, language, first.found.format.sheet)]
    sheets = [one for one in sheets if one.found.rows and len(one.found.columns) > 1] or [first]
    yield from (replace(one, several_sheets=len(sheets) > 1 or one is not first) for one in sheets)


def _other_sheets(reader: Format, path: Path, language: str, known: str | None) -> Iterator[_Read]:
    for number in range(1, _MOST_SHEETS + 1):
        try:
            one = _table(reader, path, language, sheet=number)
        except SenderError as refusal:
            if refusal.code == "no_sheet":
                return
            continue  # an empty sheet, or one without a table, is none of the tenant's feeds
        if one.found.format.sheet != known:
            yield one


def _table(
    reader: Format,
    path: Path,
    language: str,
    sheet: str | int | None = None,
    member: str | None = None,
    header_row: int | Literal["auto"] = "auto",
) -> _Read:
    sample = Sample()
    asked = Asked(path, Delimited(header_row=header_row), language, sheet, member)
    found = inspect(reader, asked, lambda block: sample.add(block.columns))
    if found.format.positions == ():
        raise SenderError("no_delimiter", Sentence.verbatim(_WITHOUT_COLUMNS))
    return _Read(path, found, sample, member, several_sheets=False)


def _under_its_header(reader: Format, one: _Read, known: Known, language: str) -> _Read:
    """Reads the file again where its first row holds what columns are called, though it looked like one of the others."""
    if one.found.format.header_row is not None or one.found.format.kind not in ("delimited", *WORKBOOK_KINDS):
        return one
    first = next(one.sample.rows.head(1).iter_rows(), ())
    if sum(languages(first, known.entities, known.vocabulary).values()) < _CERTAIN:
        return one
    again = _table(reader, one.path, language, one.found.format.sheet, one.member, header_row=1)
    return replace(again, several_sheets=one.several_sheets)


# --- proposing ---------------------------------------------------------------------------------------------------------------


def _proposal(one: _Read, samples: Samples, known: Known, language: str) -> Proposal:
    found = one.found
    own_values = found.format.kind in (*WORKBOOK_KINDS, "dbf")
    columns = columns_of(
        found.columns[:_MOST_COLUMNS],
        found.names[:_MOST_COLUMNS],
        found.profiles[:_MOST_COLUMNS],
        one.sample,
        language,
        own_values,
    )
    sheet = found.format.sheet if one.several_sheets else None
    table = Table(one.path.name, found.format, columns, one.sample.rows, found.doubts, one.member, sheet)
    presets = [one for one in known.presets if one.entity in known.entities and samples.entity in (None, one.entity)]
    if (preset := known_as(table, presets)) is not None:
        mine = propose(table, known.entities, known.vocabulary, language, preset.entity)
        if (feed := started(table, preset, known.entities[preset.entity], mine)) is not None:
            return feed
    return propose(table, known.entities, known.vocabulary, language, samples.entity)


def _worth_keeping(proposals: Sequence[tuple[_Read, Proposal]]) -> tuple[list[tuple[_Read, Proposal]], tuple[str, ...]]:
    """Of the sheets of a workbook those are kept that are lists of something known, or the first where none is; of files of one
    kind one is enough."""
    kept: list[tuple[_Read, Proposal]] = []
    left_aside = []
    seen = set()
    for one, proposal in proposals:
        kind = (pattern_of(one.path.name), proposal.sheet, one.member, frozenset(map(folded, one.found.columns)))
        good = proposal.sure and not proposal.missing
        others = any(other.path == one.path and found.sure and not found.missing for other, found in proposals)
        if one.several_sheets and not good and others:
            left_aside.append(
                f'{shown(one.path.name)}, sheet "{shown(one.found.format.sheet or "")}": no list of something known'
            )
        elif kind not in seen:
            seen.add(kind)
            kept.append((one, proposal))
    if not any(found.sure and not found.missing for _, found in kept):
        several = [pair for pair in kept if pair[0].several_sheets]
        kept = [pair for pair in kept if pair not in several[1:]]
    return kept, tuple(left_aside)


def _with_names(kept: Sequence[tuple[_Read, Proposal]]) -> Iterator[Proposal]:
    """Gives each feed a name of its own, and a pattern that no other feed's files fit."""
    patterns = [pattern_of(one.path.name) for one, _ in kept]
    for (first, (one, _)), (second, (other, _)) in combinations(enumerate(kept), 2):
        if one.path.name != other.path.name and _overlap(patterns[first], patterns[second]):
            patterns[first], patterns[second] = literal_name(one.path.name), literal_name(other.path.name)
    taken: set[str] = set()
    for (one, proposal), files in zip(kept, patterns, strict=True):
        stem = proposal.sheet or (one.member if one.member is not None else one.path.name)
        name = base = feed_name(stem) or proposal.entity
        number = 2
        while name in taken:
            name, number = f"{base}-{number}", number + 1
        taken.add(name)
        member = pattern_of(one.member) if one.member is not None else None
        yield replace(proposal, feed=name, files=files, member=member)


def _overlap(one: str, other: str) -> bool:
    return covers(one, other) or covers(other, one) or common_name(one, other) is not None
