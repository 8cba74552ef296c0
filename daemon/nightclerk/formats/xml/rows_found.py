"""Which elements of a file are its rows, as far as the file itself can tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from nightclerk.core.element_path import Steps, ends_with, plain_name
from nightclerk.formats.text import Text
from nightclerk.formats.xml.stream import TOO_DEEP, TOO_MANY_NAMES, Stream
from nightclerk.formats.xml.tree import MOST_DEPTH, is_of_schemas

_MOST_NODES = 20_000
#: What everyone who writes such files means by their rows, by the name of the first element and what its namespace holds: of
#: statements of banks (camt.052 to 054) their entries.
_KNOWN = {
    "FatturaElettronica": ("fattur", "/FatturaElettronica/FatturaElettronicaBody"),
    "Invoice": ("urn:oasis:names:specification:ubl:", "/Invoice"),
    "CreditNote": ("urn:oasis:names:specification:ubl:", "/CreditNote"),
    "CrossIndustryInvoice": ("urn:un:unece:uncefact:", "/CrossIndustryInvoice"),
    "CrossIndustryDocument": ("urn:ferd:", "/CrossIndustryDocument"),
    "Document": ("camt.05", "/Document/*/*/Ntry"),
}


@dataclass
class _Place:
    """All elements of one path. fields: whether they have attributes."""

    name: str
    depth: int
    count: int = 0
    fields: bool = False
    below: dict[str, _Place] = field(default_factory=dict)


class _FoundError(Exception):
    """The parser has come to the first row, so that it may stop."""


@dataclass(frozen=True)
class Candidate:
    """Elements that may be rows: their path from the first element, and how many there are."""

    path: str
    count: int


def first_row(text: Text, written: str) -> Steps | None:
    """Given a text and the path of the row elements, not from the first element; returns where the first of them stands, or None
    where there is none. Raises SenderError where the text before it is no XML."""
    at: list[str] = []

    def start(name: str, _attributes: list[str]) -> None:
        at.append(plain_name(name))
        if ends_with(at, written):
            raise _FoundError
        if len(at) > MOST_DEPTH:
            raise stream.refusal(TOO_DEEP)

    stream = Stream(text, start, lambda _name: at.pop())
    try:
        for _ in stream.parts():
            pass
    except _FoundError:
        return tuple(at)
    return None


def candidates(text: Text) -> list[Candidate]:
    """Given a text; returns the elements that may be its rows, the likeliest first, at least one. Raises SenderError where the
    text is no XML."""
    counter = _Counter(text)
    counter.run()
    paths = [
        ("/" + "/".join(steps), place, above)
        for steps, place, above in _walk(counter.root, ())
        if place.count > above.count and (place.below or place.fields)
    ]
    paths.sort(key=lambda one: (not one[1].below, -one[1].count, one[1].depth))
    found = [Candidate(path, place.count) for path, place, _ in paths]
    known = _standing(counter.root, tuple(counter.known.split("/")[1:])) if counter.known is not None else None
    first = known or (None if found else _innermost(counter.root))
    if first is None:
        return found
    count = next((one.count for one in found if one.path == first), 1)
    return [Candidate(first, count), *(one for one in found if one.path != first)]


class _Counter:
    """Counts the elements of each path."""

    def __init__(self, text: Text) -> None:
        self.root = _Place("", 0, 1)
        self.known: str | None = None
        self._open = [self.root]
        self._places = 0
        self._stream = Stream(text, self._start, lambda _name: self._open.pop())

    def run(self) -> None:
        for _ in self._stream.parts():
            pass

    def _start(self, name: str, attributes: list[str]) -> None:
        above = self._open[-1]
        place = above.below.get(name) or self._grow(above, name, attributes)
        place.count += 1
        self._open.append(place)
        if attributes and not place.fields:
            place.fields = not all(map(is_of_schemas, attributes[::2]))

    def _grow(self, above: _Place, name: str, attributes: list[str]) -> _Place:
        plain = plain_name(name)
        same = above.below.get(plain)
        if same is None:
            self._places += 1
            if self._places > _MOST_NODES:
                raise self._stream.refusal(TOO_MANY_NAMES)
            if above.depth >= MOST_DEPTH:
                raise self._stream.refusal(TOO_DEEP)
            same = above.below[plain] = _Place(plain, above.depth + 1)
            if above is self.root and plain in _KNOWN:
                sign, path = _KNOWN[plain]
                self.known = path if any(sign in value for value in attributes[1::2]) else None
        above.below[name] = same
        return same


def _standing(place: _Place, steps: Steps) -> str | None:
    """Returns the path below a place whose steps are these, of which * may be any; None where there is none in the file."""
    if not steps:
        return ""
    below = {id(one): one for one in place.below.values() if steps[0] in ("*", one.name)}.values()
    found = ((one.name, _standing(one, steps[1:])) for one in below)
    return next((f"/{name}{rest}" for name, rest in found if rest is not None), None)


def _walk(above: _Place, steps: Steps) -> Iterator[tuple[Steps, _Place, _Place]]:
    for place in {id(one): one for one in above.below.values()}.values():
        at = (*steps, place.name)
        yield at, place, above
        yield from _walk(place, at)


def _innermost(root: _Place) -> str:
    """Returns the path down to where more than one kind of element stands, or none that holds any."""
    path, place = "", root
    while len({one.name for one in place.below.values()}) == 1:
        inner = next(iter(place.below.values()))
        if not inner.below and not inner.fields and inner.count == place.count:
            break  # a single value is a field of its element, not a row
        path, place = f"{path}/{inner.name}", inner
    return path or f"/{next(iter(root.below.values())).name}"
