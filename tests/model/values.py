"""Values at the edges, by the type of their field, in canonical form."""

from __future__ import annotations

from tests.model.scenario import Cell

ANNA = ("Anna", "anna", "ANNA", " Anna", "Anna ", "Ann\u0061\u0301", "Ann\u00e1")
ODD = (
    "", " ", "'", '"', '""', "o'Neil", 'say "when"', "\\", "a\\b", "\\N", "\\.", "{}", "[1]", "null", "NULL", "true", "007",
    "1e3", "0x1F", "%s", "%(a)s", ":name", "?", "$1", "{{x}}", "--", "/* x */", "a,b", "a;b", "a|b", "\t", "two\nlines",
    "cr\r\nlf\r", "\u00a0", "\u2028", "\ufeffmark", "stra\u00dfe", "STRASSE", "\u0130i\u0131I", "\ufb01", "\u212b",
    "\u00c5", "\U0001f9fe", "\U0001f469\u200d\U0001f467", "\ud7ff", "\uffff", "\U0010ffff", "z" * 300,
)  # fmt: skip
CONTROLS = ("\x01", "a\x7fb", "\x1b[0m", "\x85")
AMOUNTS = ("0.0000", "12.5000", "-99999999999999.9999", "99999999999999.9999", "0.0001", "-0.0001", "1.0000", "10.0000", "0.3000")

EDGES: dict[str, tuple[Cell, ...]] = {
    "text": (*ANNA, *ODD, *CONTROLS),
    "integer": (0, 1, -1, 7, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)),
    "decimal": AMOUNTS,
    "money": AMOUNTS,
    "date": ("0001-01-01", "9999-12-31", "2024-02-29", "1582-10-10", "1900-01-01", "2026-11-21", "1969-12-31"),
    "datetime": (
        "0001-01-01 00:00:00", "9999-12-31 23:59:59", "2026-03-29 02:30:00", "1969-12-31 23:59:59", "2026-11-21 00:00:00",
        "1582-10-10 12:00:00",
    ),
    "boolean": (True, False),
    "email": ("a@b.example", "A@b.example", "o'neil+x@b.example"),
    "url": ("https://b.example/a?b=%20c&d=1#e", "http://b.example"),
    "currency": ("EUR", "USD", "JPY"),
    "country": ("FR", "DE"),
}  # fmt: skip

KEYS: dict[str, tuple[Cell, ...]] = {
    "text": ("A", "a", "A ", " A", "\u00e9", "e\u0301", "01", "1", "'", "\\", '"', "", "A,B", "\u00df", "ss", "\U0001f9fe"),
    "integer": (0, 1, -1, 2**63 - 1, -(2**63)),
    "decimal": ("0.0000", "1.0000", "-1.0000", "99999999999999.9999"),
    "date": ("0001-01-01", "9999-12-31", "2026-11-21"),
    "datetime": ("0001-01-01 00:00:00", "2026-03-29 02:30:00"),
    "currency": ("EUR", "USD"),
}
"""Few of them, so that the nights meet the same rows again."""
