"""The reading of columns that the settings leave to be found: inferred from the whole file, or the file is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nightclerk.core.booking import written_fields
from nightclerk.core.convert.kinds import Locality
from nightclerk.core.entity import Entity
from nightclerk.core.errors import SenderError
from nightclerk.core.feed import Feed
from nightclerk.core.headers import find_columns, folded
from nightclerk.core.inference_candidates import infers
from nightclerk.core.inference_field import FieldInference
from nightclerk.core.inference_told import about_apart, about_differing
from nightclerk.core.reading import FoundReading
from nightclerk.core.sentence import joined
from nightclerk.core.table import TextTable


class Inference:
    """What is known so far of a file's columns whose reading is to be found.

    One reading fits every cell of a column that any reading fits, and no other such reading differs from it in any cell: this one
    is taken. Cells that no reading fits say nothing, and neither do blank ones and dates of zeros.
    """

    def __init__(self, feed: Feed, fields: Sequence[FieldInference]) -> None:
        self._feed = feed
        self._fields = {field.name: field for field in fields}

    @property
    def names(self) -> frozenset[str]:
        """Returns the fields in question."""
        return frozenset(self._fields)

    @property
    def decided(self) -> bool:
        """Whether no cell that may still come can make two readings differ."""
        return all(field.evidence.decided for field in self._fields.values())

    def add(self, table: TextTable, only: Iterable[str] | None = None) -> None:
        """Given rows of the file, and the fields they are to tell of, if not of all; takes in what their cells tell."""
        for name in self._fields if only is None else only:
            self._fields[name].add(table)

    def feed(self) -> Feed:
        """Returns the feed with the readings as far as they are known."""
        changed = {name: field.rule.model_copy(update=field.changes()) for name, field in self._fields.items()}
        return self._feed.model_copy(update={"mapping": self._feed.mapping | changed})

    def found(self) -> tuple[FoundReading, ...]:
        """Returns the readings that the cells have told."""
        found = (field.found() for field in self._fields.values())
        return tuple(reading for reading in found if reading is not None)

    def check(self) -> None:
        """Raises SenderError ``ambiguous_dates`` or ``ambiguous_numbers`` where a column's cells leave two readings, or need two;
        it names every such column."""
        refusals = []
        for field in self._fields.values():
            differing, apart = field.evidence.differing, field.evidence.apart
            if apart is not None:
                refusals.append(about_apart(field, apart))
            elif differing is not None:
                refusals.append(about_differing(field, differing))
        if refusals:
            first = refusals[0]
            raise SenderError(first.code, joined(*(refusal.sentence for refusal in refusals)), first.line)


def plan_inference(
    feed: Feed, entity: Entity, columns: tuple[str, ...], place: Locality, also: tuple[str, ...], known: Sequence[FoundReading]
) -> tuple[Feed, Inference | None]:
    """Given a feed, its entity, the file's headers, the tenant's place, what else the columns may be called, and readings that
    are known without looking; returns the feed with these, and what is to be inferred, None if that is nothing.

    Raises SenderError as ``find_columns`` does.
    """
    written = [name for name in written_fields(feed, entity) if name in feed.mapping]
    keys = {name: infers(feed, entity.fields[name], feed.mapping[name]) for name in written}
    wanted = {name: key for name, key in keys.items() if key is not None}
    if not wanted:
        return feed, None
    places = find_columns(feed, written, columns, also)
    headers = {name: " + ".join(columns[at].strip() for at in places[name]) for name in wanted}
    settled = {one.field: one for one in known if folded(headers.get(one.field, "")) == folded(one.column)}
    for name in wanted.keys() & settled.keys():
        feed = _by(feed, settled[name])
    fields = [
        FieldInference(name, key, entity.fields[name], feed, places[name], headers[name], place)
        for name, key in sorted(wanted.items(), key=lambda one: places[one[0]])
        if name not in settled
    ]
    return feed, Inference(feed, fields) if fields else None


def _by(feed: Feed, known: FoundReading) -> Feed:
    """Returns the feed with a reading that is known."""
    changes = {"dates": list(known.dates)} if known.dates else {"decimal": known.decimal or ".", "thousands": known.thousands}
    rule = feed.mapping[known.field].model_copy(update=changes)
    return feed.model_copy(update={"mapping": feed.mapping | {known.field: rule}})
