"""Which column of the file is meant by which rule: headers are compared without case, accents and spaces."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import reduce

from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.mapping import Mapped
from nightclerk.core.margin_words import COMMENT_COLUMN
from nightclerk.core.naming import shown
from nightclerk.core.rule_line import flow, line_with
from nightclerk.core.sentence import Sentence, Value, joined

#: Columns that our own reject files carry beside the sender's; they come back with corrected rows and are not the sender's.
REJECT_COLUMNS = frozenset({"_line", "_code", "_field", "_value", "_message", "_run"})
#: The column, always empty, that marks rows which ``export`` wrote to be read again: they come back as rejected rows do.
EXPORT_COLUMN = "_nightclerk"
OUR_COLUMNS = REJECT_COLUMNS | {EXPORT_COLUMN}
_LISTED = 30


def folded(header: str) -> str:
    """Given a header; returns what two spellings of it have in common: no case, accents, spaces, byte order mark."""
    if header.isascii():  # most are, and this is asked of many cells when a header is looked for
        return "".join(header.split()).lower()
    kept = "".join(_without_accents(header).replace("\ufeff", "").split())
    # Folding may decompose once more (ΐ), so what it made is taken apart again.
    return kept.lower() if kept.isascii() else _without_accents(kept.casefold())


def _without_accents(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    for accent in [c for c in set(plain) if unicodedata.combining(c)]:
        plain = plain.replace(accent, "")
    return plain


def find_columns(
    feed: Feed, fields: Iterable[str], columns: Sequence[str], also: Sequence[str] = ()
) -> dict[str, tuple[int, ...]]:
    """Given a feed, the fields to fill, the file's headers in order and what else the columns may be called; returns for each
    field the positions its rule needs. A column without a header is called by its place, as ``column 5``.

    Raises SenderError ``column_missing``, which names every missing column, or ``column_twice``, every ambiguous one.
    """
    by_fold: dict[str, list[int]] = {}
    for position, header in enumerate(columns):
        by_fold.setdefault(folded(header), []).append(position)
    others: dict[str, list[int]] = {}
    for position, header in enumerate(also):
        others.setdefault(folded(header), []).append(position)
    for position, header in enumerate(columns, 1):
        if not folded(header):
            others.setdefault(folded(f"column {position}"), [position - 1])
    by_fold = others | by_fold
    places: dict[str, tuple[int, ...]] = {}
    missing: list[tuple[str, list[str]]] = []
    twice: dict[tuple[str, ...], None] = {}
    for name in fields:
        found: list[int] = []
        for spellings in feed.mapping[name].alternatives():
            spelling = next((spelling for spelling in spellings if folded(spelling) in by_fold), None)
            if spelling is None:
                missing.append((name, spellings))
                continue
            positions = by_fold[folded(spelling)]
            if len(positions) > 1:
                twice[tuple(_shown(columns[position]) for position in positions)] = None
            found.append(positions[0])
        places[name] = tuple(found)
    if missing:
        raise SenderError("column_missing", _missing_sentence(feed, missing, columns, places))
    if twice:
        raise SenderError(
            "column_twice",
            Sentence(
                "These columns of the file have the same name, not regarding case, accents and spaces: %(headers)s."
                " A column that is read may come only once; rename or take out the others.",
                headers=tuple(header for same in twice for header in same),
            ),
        )
    return places


def header_of(feed: Feed, field: str, columns: Sequence[str]) -> str | None:
    """Given a feed, one of its fields and a file's headers; returns the header that the field is read from, as the file writes
    it, several with `` + `` between them; None where the field is read from none of them."""
    rule = feed.mapping.get(field)
    by_fold = {folded(header): header.strip() for header in reversed(columns)}
    found: dict[str, None] = {}
    for spellings in rule.alternatives() if rule is not None else ():
        found |= dict.fromkeys([by_fold[folded(spelling)] for spelling in spellings if folded(spelling) in by_fold][:1])
    return " + ".join(found) or None


def column_notes(feed: Feed, places: dict[str, tuple[int, ...]], columns: Sequence[str]) -> tuple[Sentence, ...]:
    """Given the feed, the positions in use and the headers; returns a sentence for each column that nobody asked for."""
    used = {position for found in places.values() for position in found}
    ignored = {folded(header) for header in feed.ignore}
    spelled = {
        folded(spelling): columns[places[name][0]]
        for name, rule in feed.mapping.items()
        if rule.join is None and len(rule.source) > 1 and places.get(name)
        for spelling in rule.source
    }
    notes: dict[Sentence, None] = {}
    unread: dict[str, None] = {}
    for position, header in enumerate(columns):
        fold = folded(header)
        if position in used or not fold or fold in ignored or header.strip().lower() in OUR_COLUMNS or fold == COMMENT_COLUMN:
            continue
        if fold in spelled:
            notes[_read_by_another(header, spelled[fold])] = None
        else:
            unread[_shown(header)] = None
    return (*notes, *_unread_notes(tuple(unread)))


def _read_by_another(header: str, other: str) -> Sentence:
    return Sentence(
        'Column "%(header)s" was not read, because "%(other)s" is there as well.', header=_shown(header), other=_shown(other)
    )


def _unread_notes(headers: tuple[str, ...]) -> tuple[Sentence, ...]:
    if not headers:
        return ()
    return (
        Sentence.counted(
            "Column %(headers)s is neither mapped nor ignored; it was not read.",
            "Columns %(headers)s are neither mapped nor ignored; they were not read.",
            len(headers),
            headers=_enumerated(headers),
        ),
    )


def _enumerated(names: tuple[str, ...]) -> Value:
    more = len(names) - _LISTED
    return names if more <= 0 else Sentence("%(names)s and %(more)s more", names=names[:_LISTED], more=more)


def _missing_sentence(
    feed: Feed, missing: list[tuple[str, list[str]]], columns: Sequence[str], places: dict[str, tuple[int, ...]]
) -> Sentence:
    used = {position for found in places.values() for position in found}
    every = {folded(header): header for header in columns if folded(header)}
    free = {folded(header) for position, header in enumerate(columns) if position not in used and folded(header)}
    sentences = []
    unlike: list[tuple[tuple[str, ...], str]] = []
    for name, spellings in missing:
        wanted = tuple(map(_shown, spellings))
        # A column that feeds another field may be meant as well, but one that nobody uses is more likely.
        near = _nearest(spellings, free) or _nearest(spellings, every)
        if near is not None:
            header = every[near]
            line = _line_to_paste(name, feed.mapping[name], spellings, header.strip())
            sentences.append(
                Sentence(
                    'The file has no column %(wanted)s, which %(field)s is read from; the nearest is "%(header)s".%(setting)s',
                    wanted=_any_of(wanted),
                    field=name,
                    header=_shown(header),
                    setting=f" If that is meant, the mapping says: `{line}`.",
                )
            )
        else:
            unlike.append((wanted, name))
    if len(unlike) == 1:
        wanted, name = unlike[0]
        sentences.append(
            Sentence(
                "The file has no column %(wanted)s, which %(field)s is read from, and none like it.",
                wanted=_any_of(wanted),
                field=name,
            )
        )
    elif unlike:
        sentences.append(
            Sentence("The file has none of these columns, and none like them: %(wanted)s.", wanted=_all_unlike(unlike))
        )
    if feed.format.kind == "xml":
        paths = [spellings[0] for _, spellings in missing]
        sentences.append(
            Sentence(
                "What a whole file may lack must be agreed.%(setting)s",
                setting=f" The feed's format names it: `optional: {flow(paths)}`.",
            )
        )
    return joined(*sentences, Sentence("Its columns are %(headers)s.", headers=_enumerated(tuple(map(_shown, columns)))))


def _nearest(spellings: list[str], headers: Collection[str]) -> str | None:
    """Given the spellings of a column and folded headers; returns the header that is most like one of them, if any is."""
    found = (match for one in spellings for match in difflib.get_close_matches(folded(one), headers, 1, 0.6))
    return next(found, None)


def _any_of(spellings: tuple[str, ...]) -> Value:
    if len(spellings) == 1:
        return spellings
    return Sentence('%(names)s or "%(last)s"', names=spellings[:-1], last=spellings[-1])


def _all_unlike(unlike: list[tuple[tuple[str, ...], str]]) -> Sentence:
    named = [Sentence("%(wanted)s (for %(field)s)", wanted=_any_of(wanted), field=name) for wanted, name in unlike[:_LISTED]]
    listed = reduce(lambda before, one: Sentence("%(before)s, %(one)s", before=before, one=one), named)
    more = len(unlike) - _LISTED
    return listed if more <= 0 else Sentence("%(names)s and %(more)s more", names=listed, more=more)


def _line_to_paste(name: str, rule: Mapped, spellings: list[str], header: str) -> str:
    """Returns the field's whole rule, with the header found beside or in place of the one that is missing, as a line of YAML."""
    both = [*spellings, header]
    if set(rule.model_dump(exclude_defaults=True)) <= {"source"}:
        return f"{name}: {flow(both)}"
    if rule.first_of:
        return line_with(name, rule, {"first_of": [header if [one] == spellings else one for one in rule.first_of]})
    if rule.join is not None:
        return line_with(name, rule, {"from": [header if [one] == spellings else one for one in rule.source]})
    return line_with(name, rule, {"from": both})


def _shown(header: str) -> str:
    return shown(header.strip())
