"""How a file quotes its fields, and the quotes inside them: as declared, or found from its beginning by consistency.

The rules of RFC 4180 hold unless the file's beginning breaks them again and again and keeps to others.
What is found otherwise is named in a note, and a row that does not keep to it is damaged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

import numpy as np

from nightclerk.core.sentence import Sentence
from nightclerk.formats.dialect import Dialect, InnerQuotes
from nightclerk.formats.header import is_of_rejects
from nightclerk.formats.scanner import scan
from nightclerk.formats.sniff import Sample

#: How many records must break the rules before quotes that nothing marks are taken for a habit, not for damage.
_HABIT = 2
#: For how many records that break the rules one may break the habit: it is damaged.
_AGAINST_ONE = 20
#: How many records must have all their words in quotes to show that no word goes without; of so many, one may be damaged.
_ENOUGH_QUOTED, _OF_WHICH_ONE = 5, 20
_EDGES = b"\t;|,~^:#\x01\x1e\x1f"
#: Single quotes at the beginning and at the end of what may be a field. The quote stands first, so that it alone is searched for:
#: a pattern that begins with a look behind would look behind every byte.
_OPENED = re.compile(rb"'(?:(?<=[\r\n" + re.escape(_EDGES) + rb"]')|(?<=\A'))(?=[^'])")
_CLOSED = re.compile(rb"'(?<=[^']')(?=[\r\n" + re.escape(_EDGES) + rb"]|\Z)")
#: A whole field in single quotes, with those inside written twice, and the beginning of one in double quotes.
_EDGE = rb"[\r\n" + re.escape(_EDGES) + rb"]"
_WHOLE = re.compile(rb"'(?:(?<=" + _EDGE + rb"')|(?<=\A'))(?:[^']|'')*+'(?=" + _EDGE + rb"|\Z)")
_OPENED_OTHERWISE = re.compile(rb'"(?:(?<=' + _EDGE + rb'")|(?<=\A"))')


def quote_of(sample: Sample, declared: str) -> tuple[bytes | None, tuple[Sentence, ...]]:
    """Given a sample, and the quote, ``none`` or ``auto``; returns the quote, with a note where it is not the usual one."""
    if declared != "auto":
        return (None if declared == "none" else declared.encode("ascii")), ()
    data = sample.data
    if b"'" not in data or _OPENED_OTHERWISE.search(data) is not None:
        return b'"', ()
    opened, closed, whole = (len(pattern.findall(data)) for pattern in (_OPENED, _CLOSED, _WHOLE))
    # A field may end with an apostrophe, and so may a word before a comma.
    alike = abs(opened - closed) * _AGAINST_ONE <= opened or (opened - whole) * _AGAINST_ONE <= whole
    if not alike or opened < max(_ENOUGH_QUOTED, len(data.splitlines()) - 1):
        return b'"', ()
    return b"'", (
        Sentence("The fields are in single quotes, as the first lines show.%(setting)s", setting=_setting("quote", '"\'"')),
    )


def find_quoting(
    sample: Sample, dialect: Dialect, quote: str, inner: InnerQuotes | Literal["auto"]
) -> tuple[Dialect, tuple[Sentence, ...]]:
    """Given a sample, its dialect by the rules, and what is declared of the quotes; returns the dialect as the file keeps to it,
    with a note where that is not by the rules."""
    first = sample.records(dialect)[:1]
    if dialect.quote is None or (first and is_of_rejects(sample.cells(first[0]))):
        return dialect, ()  # a reject file of ours keeps to the rules, whatever the sender's files do
    if inner != "auto":
        return _strict(sample, replace(dialect, inner=inner)), ()
    by_rules = _Look.at(sample, dialect)
    if not by_rules.strays and not by_rules.open:
        return _strict(sample, dialect), ()
    return _by_backslash(sample, dialect, by_rules) or _bare(sample, dialect, quote, by_rules) or (_strict(sample, dialect), ())


@dataclass(frozen=True)
class _Look:
    """A sample read in one way. strays: how many records have text behind a closing quote; uneven: how many have not as many
    fields as most, and of these without_strays. odd: how many have literal quotes. open: a quote is open at the end.
    """

    strays: int
    uneven: int
    without_strays: int
    odd: int
    open: bool

    def against(self, by_rules: _Look) -> int:
        """Given the same sample read by the rules; returns how many records speak against this way, and not against that one."""
        return self.strays + self.open + max(0, self.uneven - by_rules.without_strays)

    @classmethod
    def at(cls, sample: Sample, dialect: Dialect) -> _Look:
        found = scan(dialect.regular(sample.data), dialect, final=sample.whole)
        stray = np.zeros(len(found.starts), bool)
        for code in ("text_after_quote", "stray_quote"):
            stray[found.faults.get(code, found.starts[:0])] = True
        fields = found.fields[~found.blank & ~stray]
        usual = int(np.bincount(fields).argmax()) if len(fields) else 0
        uneven = ~found.blank & (found.fields != usual)
        return cls(
            strays=int(stray.sum()),
            uneven=int(uneven.sum()),
            without_strays=int((uneven & ~stray).sum()),
            odd=len(found.odd),
            open=sample.whole and found.open_quote is not None,
        )


def _by_backslash(sample: Sample, dialect: Dialect, by_rules: _Look) -> tuple[Dialect, tuple[Sentence, ...]] | None:
    if b"\\" + (dialect.quote or b"") not in sample.data:
        return None
    otherwise = replace(dialect, inner="backslash", strict=True)
    look = _Look.at(sample, otherwise)
    if (look.against(by_rules) + look.odd) * _AGAINST_ONE > by_rules.strays:
        return None
    note = Sentence(
        "Quotes inside the fields stand behind a backslash, as the first lines show.%(setting)s",
        setting=_setting("inner_quotes", "backslash"),
    )
    return otherwise, (note,)


def _bare(sample: Sample, dialect: Dialect, quote: str, by_rules: _Look) -> tuple[Dialect, tuple[Sentence, ...]] | None:
    """Quotes that nothing marks: inside quoted fields, or as text in a file that quotes nothing."""
    if by_rules.strays < _HABIT:
        return None
    otherwise = replace(dialect, inner="bare")
    look = _Look.at(sample, otherwise)
    if look.against(by_rules) * _AGAINST_ONE <= by_rules.strays:
        note = Sentence(
            "Quotes inside the fields are written as they are, as the first lines show.%(setting)s",
            setting=_setting("inner_quotes", "bare"),
        )
        return otherwise, (note,)
    text = replace(dialect, quote=None)
    if quote != "auto" or _quotes_fields(sample.data, dialect) or _Look.at(sample, text).against(by_rules):
        return None
    told = Sentence(
        "No field is in quotes, as the first lines show; quotes are text.%(setting)s", setting=_setting("quote", "none")
    )
    return text, (told,)


def _quotes_fields(data: bytes, dialect: Dialect) -> bool:
    """Whether any field is in quotes as a whole, or begins with a quote and has no other."""
    quote, edges = re.escape(dialect.quote or b""), re.escape(dialect.delimiter) + rb"\r\n"
    lone = rb"(?:\A|(?<=[" + edges + b"]))" + quote + b"[^" + quote + edges + rb"]*+(?=[" + edges + rb"]|\Z)"
    return _whole_field(dialect).search(data) is not None or re.search(lone, data) is not None


def _strict(sample: Sample, dialect: Dialect) -> Dialect:
    """Returns the dialect, strict where the sample shows that no quote stands in a field without quotes.

    That is where quotes are doubled inside fields, at least as often as records have single ones, or where all words are in
    quotes.
    """
    quote = dialect.quote or b""
    if dialect.inner == "bare" or quote not in sample.data:
        return dialect
    data = dialect.regular(sample.data)
    found = scan(data, dialect, final=sample.whole)
    if quote == b"'" and len(found.odd) * _AGAINST_ONE > len(found.starts):
        return dialect  # they are apostrophes
    edge = b"[^" + re.escape(quote + dialect.delimiter) + rb"\r\n]"
    enough = max(len(found.odd), 1)
    if sum(1 for _ in islice(re.finditer(edge + quote * 2 + edge, data), enough)) == enough:
        return replace(dialect, strict=True)
    beginning = data[: int(found.ends[: _OF_WHICH_ONE * _ENOUGH_QUOTED][-1])] if len(found.ends) else b""
    lines = _whole_field(dialect).sub(quote * 2, beginning).split(dialect.record_end)
    in_quotes = quoted = plain = 0
    for line in lines:
        rest = line.replace(quote * 2, b"")
        worded = re.search(rb"[A-Za-z\x80-\xff]", rest) is not None
        quoted += quote in rest
        plain += worded and quote not in rest
        in_quotes += not worded and quote * 2 in line
    all_words = in_quotes >= _ENOUGH_QUOTED and plain <= 1 and (quoted - 1) * _OF_WHICH_ONE <= in_quotes
    return replace(dialect, strict=True) if all_words else dialect


def _whole_field(dialect: Dialect) -> re.Pattern[bytes]:
    quote, delimiter = re.escape(dialect.quote or b""), re.escape(dialect.delimiter)
    before = rb"(?:\A|(?<=[\r\n" + delimiter + b"]))"
    return re.compile(
        before + quote + b"(?:[^" + quote + b"]|" + quote * 2 + b")*+" + quote + rb"(?=[\r\n" + delimiter + rb"]|\Z)"
    )


def _setting(key: str, value: str) -> str:
    return f" To hold all files to that, write `{key}: {value}` in the feed's format."
