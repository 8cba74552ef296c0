"""Which columns of a file that has numbers of its own show them with a decimal comma."""

from __future__ import annotations

from nightclerk.core.feed import Feed
from nightclerk.core.headers import folded


def comma_columns(columns: tuple[str, ...], places: tuple[int, ...], feed: Feed | None) -> frozenset[int]:
    """Given the headers, at which places they stand, and the feed; returns the places where the feed's numbers have a decimal
    comma: there the file's own numbers are written so too, and cannot be mistaken for thousands."""
    if feed is None:
        return frozenset()
    marks = {folded(spelling): feed.decimal_of(rule)
             for rule in feed.mapping.values() for one in rule.alternatives() for spelling in one}  # fmt: skip
    return frozenset(
        place for place, header in zip(places, columns, strict=True) if marks.get(folded(header), feed.decimal) == ","
    )
