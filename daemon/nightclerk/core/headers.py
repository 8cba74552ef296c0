"""Which column of the file is meant by which rule: headers are compared without case, accents and spaces."""

from __future__ import annotations

import difflib
import json
import unicodedata
from collections.abc import Iterable, Sequence

from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.mapping import Mapped
from nightclerk.core.naming import shown

#: Columns that our own reject files carry beside the sender's; they come back with corrected rows and are not the sender's.
REJECT_COLUMNS = frozenset({"_line", "_code", "_field", "_value", "_message", "_run"})
_LISTED = 30


def folded(header: str) -> str:
    """Given a header; returns what two spellings of it have in common: no case, accents, spaces, byte order mark."""
    if header.isascii():  # most are, and this is asked of many cells when a header is looked for
        return "".join(header.split()).lower()
    plain = unicodedata.normalize("NFKD", header)
    kept = "".join(c for c in plain if not unicodedata.combining(c) and not c.isspace() and c != "\ufeff")
    # Folding may decompose once more (ΐ), so what it made is taken apart again.
    return "".join(c for c in unicodedata.normalize("NFKD", kept.casefold()) if not unicodedata.combining(c))


def find_columns(feed: Feed, fields: Iterable[str], columns: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Given a feed, the fields to fill and the file's headers in order; returns for each field the positions its rule needs.

    Raises SenderError ``column_missing``, which names every missing column, or ``column_twice``, every ambiguous one.
    """
    by_fold: dict[str, list[int]] = {}
    for position, header in enumerate(columns):
        by_fold.setdefault(folded(header), []).append(position)
    places: dict[str, tuple[int, ...]] = {}
    missing: list[tuple[str, list[str]]] = []
    twice: dict[str, None] = {}
    for name in fields:
        found: list[int] = []
        for spellings in feed.mapping[name].alternatives():
            spelling = next((spelling for spelling in spellings if folded(spelling) in by_fold), None)
            if spelling is None:
                missing.append((name, spellings))
                continue
            positions = by_fold[folded(spelling)]
            if len(positions) > 1:
                twice[", ".join(_quoted(columns[position]) for position in positions)] = None
            found.append(positions[0])
        places[name] = tuple(found)
    if missing:
        raise SenderError("column_missing", _missing_sentence(feed, missing, columns, places))
    if twice:
        raise SenderError(
            "column_twice",
            f"These columns of the file have the same name, not regarding case, accents and spaces: {'; '.join(twice)}."
            " A column that is read may come only once; rename or take out the others.",
        )
    return places


def column_notes(feed: Feed, places: dict[str, tuple[int, ...]], columns: Sequence[str]) -> tuple[str, ...]:
    """Given the feed, the positions in use and the headers; returns a sentence for each column that nobody asked for."""
    used = {position for found in places.values() for position in found}
    ignored = {folded(header) for header in feed.ignore}
    spelled = {
        folded(spelling): columns[places[name][0]]
        for name, rule in feed.mapping.items()
        if rule.join is None and len(rule.source) > 1 and places.get(name)
        for spelling in rule.source
    }
    notes: dict[str, None] = {}
    unread: dict[str, None] = {}
    for position, header in enumerate(columns):
        fold = folded(header)
        if position in used or not fold or fold in ignored or header.strip().lower() in REJECT_COLUMNS:
            continue
        if fold in spelled:
            notes[f"Column {_quoted(header)} was not read, because {_quoted(spelled[fold])} is there as well."] = None
        else:
            unread[_quoted(header)] = None
    return (*notes, *_unread_notes(list(unread)))


def _unread_notes(headers: list[str]) -> list[str]:
    if not headers:
        return []
    if len(headers) == 1:
        return [f"Column {headers[0]} is neither mapped nor ignored; it was not read."]
    return [f"Columns {_enumerated(headers)} are neither mapped nor ignored; they were not read."]


def _enumerated(quoted_headers: Sequence[str]) -> str:
    more = len(quoted_headers) - _LISTED
    return ", ".join(quoted_headers[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _missing_sentence(
    feed: Feed, missing: list[tuple[str, list[str]]], columns: Sequence[str], places: dict[str, tuple[int, ...]]
) -> str:
    used = {position for found in places.values() for position in found}
    free = {folded(header): header for position, header in enumerate(columns) if position not in used and folded(header)}
    sentences = []
    unlike: list[tuple[str, str]] = []
    for name, spellings in missing:
        wanted = " or ".join(_quoted(spelling) for spelling in spellings)
        near = [match for spelling in spellings for match in difflib.get_close_matches(folded(spelling), free, 1, 0.6)]
        if near:
            header = free[near[0]]
            line = _line_to_paste(name, feed.mapping[name], spellings, header.strip())
            sentences.append(
                f"The file has no column {wanted}, which {name} is read from; the nearest is {_quoted(header)}."
                f" If that is meant, the mapping says: `{line}`."
            )
        else:
            unlike.append((wanted, name))
    if len(unlike) == 1:
        wanted, name = unlike[0]
        sentences.append(f"The file has no column {wanted}, which {name} is read from, and none like it.")
    elif unlike:
        told = _enumerated([f"{wanted} (for {name})" for wanted, name in unlike])
        sentences.append(f"The file has none of these columns, and none like them: {told}.")
    return " ".join([*sentences, f"Its columns are {_enumerated([_quoted(header) for header in columns])}."])


def _line_to_paste(name: str, rule: Mapped, spellings: list[str], header: str) -> str:
    """Returns the field's whole rule, with the header found beside or in place of the one that is missing, as a line of YAML."""
    both = [*spellings, header]
    if rule.model_fields_set <= {"source"}:
        return f"{name}: {_flow(both)}"
    keys = rule.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if rule.first_of:
        keys["first_of"] = [header if [one] == spellings else one for one in rule.first_of]
    elif rule.join is not None:
        keys["from"] = [header if [one] == spellings else one for one in rule.source]
    else:
        keys["from"] = both
    return f"{name}: {{{', '.join(f'{key}: {_flow(value)}' for key, value in keys.items())}}}"


def _flow(value: object) -> str:
    # JSON is YAML as well, and quotes whatever could be misread.
    return json.dumps(value, ensure_ascii=False)


def _quoted(header: str) -> str:
    return f'"{shown(header.strip())}"'
