"""Whether the columns of a file still hold what they held in the feed's last one: a doubt, or a reason to refuse the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.headers import OUR_COLUMNS, folded, header_of
from nightclerk.core.judging import Refusal
from nightclerk.core.naming import shown
from nightclerk.core.run import IssueGroup, Run
from nightclerk.core.sentence import N_, Sentence, joined

#: Fewer filled cells tell nothing of a column.
FEWEST = 10
#: A column holds a kind of text if so many of its cells do; a typed one has changed where most cells cannot be read any more.
_MOSTLY, _UNREAD, _READ = 0.95, 0.5, 0.1
_UNREADABLE = frozenset(
    {
        "not_an_integer", "not_a_number", "not_a_date", "not_a_datetime", "not_a_boolean", "not_an_email", "not_a_url",
        "not_a_currency", "not_a_country", "not_in_values", "no_match",
    }
)  # fmt: skip
_HELD = {
    "email": N_("email addresses"),
    "url": N_("web addresses"),
    "digits": N_("digits alone"),
    "date": N_("dates"),
    "amount": N_("amounts"),
    "phone": N_("telephone numbers"),
    "words": N_("words without digits"),
    "mixed": N_("words with digits"),
}
#: Kinds that pass into each other as numbers go on: ``99`` and ``100.50``, ``0123`` and ``01 23``; codes of a key may be any.
_ALIKE = ({"digits", "amount"}, {"digits", "phone"}, {"mixed", "words"}, {"mixed", "digits"}, {"mixed", "phone"})
_CODES = {"digits", "words", "mixed", "phone"}
_ELSE = N_("Its values may stand under the wrong header.")


@dataclass(frozen=True)
class Drift:
    """refusal: why the file is refused, or None; notes: doubts for its report."""

    refusal: Refusal | None
    notes: tuple[Sentence, ...]


def gone_columns(last: Run | None, columns: Sequence[str], feed: Feed) -> tuple[Sentence, ...]:
    """Given the run of the feed's last file, the headers of this one and the feed; returns the note that names the columns that
    are not there any more and were not read anyway. Those that are read are missed already."""
    if last is None:
        return ()
    known = {folded(header) for header in (*columns, *feed.spellings(), *feed.ignore, *OUR_COLUMNS)}
    gone = tuple(
        dict.fromkeys(shown(header.strip()) for header in last.columns if folded(header) and folded(header) not in known)
    )
    if not gone:
        return ()
    return (
        Sentence.counted(
            "Column %(headers)s of the file before this one is not there any more; it was not read.",
            "Columns %(headers)s of the file before this one are not there any more; they were not read.",
            len(gone),
            headers=gone,
        ),
    )


def drift(
    last: Run | None, feed: Feed, entity: Entity, columns: Sequence[str], rows: int, groups: Sequence[IssueGroup],
    contents: dict[str, dict[str, int]],
) -> Drift:  # fmt: skip
    """Given the run of the feed's last file that was booked (None if there is none), the feed and its entity, the headers of this
    file, its rows, what is wrong in them, and the kinds of text in its first rows; returns what has changed in its columns.

    It refuses the file where the column of a required field or of the key has changed.
    """
    notes: list[Sentence] = []
    refused: list[Refusal] = []
    changed = [*_unread(last, rows, groups), *_other_text(last, feed, entity, columns, contents)]
    for name, refusal in changed:
        if last is not None and (name in entity.key or entity.fields[name].required):
            refused.append(refusal)
        else:
            notes.append(refusal.sentence)
    told = joined(*(refusal.sentence for refusal in refused)) if refused else None
    return Drift(replace(refused[0], sentence=told) if told is not None else None, tuple(notes))


def _unread(last: Run | None, rows: int, groups: Sequence[IssueGroup]) -> Iterator[tuple[str, Refusal]]:
    """Yields the typed fields whose cells cannot be read any more."""
    if last is None or rows < FEWEST or not last.counts.rows:
        return
    before = {group.field: group.count for group in last.groups if group.code in _UNREADABLE}
    for group in groups:
        if group.code not in _UNREADABLE or group.field is None or group.count < _UNREAD * rows:
            continue
        if before.get(group.field, 0) <= _READ * last.counts.rows:
            line = group.examples[0][0]
            told = Sentence(
                '%(count)s of %(rows)s values in column "%(header)s" cannot be read, the first in line %(line)s; in'
                " the file before this one they could. %(told)s",
                count=group.count,
                rows=rows,
                header=shown(group.column or ""),
                line=str(line),
                told=Sentence(_ELSE),
            )
            yield group.field, Refusal("column_changed", told)


def _other_text(
    last: Run | None, feed: Feed, entity: Entity, columns: Sequence[str], contents: dict[str, dict[str, int]]
) -> Iterator[tuple[str, Refusal]]:
    """Yields the fields that take any text and now get another kind of it."""
    before = last.habits.contents if last is not None and last.habits is not None else {}
    for name, counts in contents.items():
        now, then = _kind(counts), _kind(before.get(name, {}))
        if now is None or feed.mapping[name].content == "any":
            continue
        header = shown(header_of(feed, name, columns) or name)
        if then is not None and not _alike(now, then, key=name in entity.key):
            told = Sentence(
                'Column "%(header)s" holds %(now)s; in the file before this one it held %(before)s. %(told)s%(setting)s',
                header=header,
                now=Sentence(_HELD[now]),
                before=Sentence(_HELD[then]),
                told=Sentence(_ELSE),
                setting=f" If that is right, the mapping says `content: any` for {name}.",
            )
            yield name, Refusal("column_changed", told)
        elif last is None and entity.fields[name].required and now in {"date", "amount"}:
            told = Sentence(
                'Column "%(header)s" holds %(now)s, though any text may stand there. %(told)s',
                header=header,
                now=Sentence(_HELD[now]),
                told=Sentence(_ELSE),
            )
            yield name, Refusal("column_changed", told)


def _kind(counts: dict[str, int]) -> str | None:
    """Returns the kind of nearly all cells, or None."""
    filled = sum(counts.values())
    if filled < FEWEST:
        return None
    kind = max(counts, key=lambda one: counts[one])
    return kind if counts[kind] >= _MOSTLY * filled else None


def _alike(one: str, other: str, *, key: bool) -> bool:
    pair = {one, other}
    return one == other or pair in _ALIKE or (key and pair <= _CODES)
