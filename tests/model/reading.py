"""What a file of a scenario says, and how it is to be read: cells as text, most of them in canonical form, some that nobody can
read. The plain model of the reader, as far as scenarios need one."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.model.scenario import SEPARATOR, Cell, Delivery, Row, Written, mapping_of

FAULTY = {
    "integer": ("x", "1.5", "9223372036854775808"),
    "decimal": ("x", "1.00001", "100000000000000"),
    "money": ("x", "1.00001", "100000000000000"),
    "date": ("31/12/2026", "2026-02-30", "x"),
    "datetime": ("2026-13-01 00:00:00", "x"),
    "boolean": ("maybe",),
    "email": ("nobody",),
    "url": ("nowhere at all",),
    "currency": ("EURO", "ZZQ"),
    "country": ("ZZZ",),
    "text": ("a\x01b", "\x1b[0m"),
}
#: What the reader takes for a fault of the file's making, or for a mark that is no text.
_NOT_IN_FILES = ("\r", "\ufeff")


@dataclass
class Read:
    """A file as it reads. rows: the accepted ones; rejected: the lines of the others; turned_away: the keys of those that have
    one; money: field → line → currency and amount of what can be read."""

    rows: list[tuple[int, Row]] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)
    turned_away: list[tuple[Cell, ...]] = field(default_factory=list)
    money: dict[str, dict[int, tuple[str, Decimal]]] = field(default_factory=dict)


def texts_of(step: Delivery, entity: Written, chance: random.Random, faulty: float) -> list[dict[str, str]]:
    """Given a delivery; returns its rows as the sender writes them, some cells of them as nobody can read them."""
    found = []
    for _, row in step.rows:
        texts = {name: _written(cell) for name, cell in row.items()}
        if chance.random() < faulty:
            name = chance.choice(list(texts))
            texts[name] = chance.choice(FAULTY.get(entity["fields"][name]["type"], (texts[name],)))
        found.append(texts)
    return found


def content_of(rows: list[dict[str, str]], columns: list[str]) -> bytes:
    """Given rows of text; returns the file, in UTF-8, every cell in quotes."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row[name] for name in columns] for row in rows)
    return made.getvalue().encode()


def read(rows: list[dict[str, str]], entity: Written, feed: Written) -> Read:
    """Given a file's rows; returns how they are to be read. A row begins at its line, of which its cells may have several."""
    found, line = Read(), 2
    for texts in rows:
        cells, faulty = {}, set()
        for name, text in texts.items():
            spec = entity["fields"][name]
            cells[name] = _read(text)
            if text in FAULTY.get(spec["type"], ()) or len(str(cells[name] or "")) > spec.get("max_length", 10**9):
                faulty.add(name)
        cells = {
            name: _typed(entity["fields"][name]["type"], cell) if name not in faulty else None for name, cell in cells.items()
        }
        needed = [*entity["key"], *(name for name, spec in entity["fields"].items() if spec.get("required"))]
        if faulty or any(cells[name] is None for name in needed if name in cells):
            found.rejected.append(line)
            if all(cells[name] is not None for name in entity["key"]):
                found.turned_away.append(tuple(cells[name] for name in entity["key"]))
        else:
            found.rows.append((line, cells))
        for name in texts:
            if entity["fields"][name]["type"] == "money" and cells[name] is not None:
                currency = _currency(entity, feed, name, cells, faulty)
                found.money.setdefault(name, {})[line] = currency, Decimal(str(cells[name]))
        line += 1 + sum(text.count("\n") for text in texts.values())
    return found


def _currency(entity: Written, feed: Written, name: str, cells: Mapping[str, Cell], faulty: set[str]) -> str:
    named = entity["fields"][name].get("currency")
    if named not in entity["fields"]:
        return named or ""
    if named in faulty:
        return ""
    rules, default = mapping_of(feed), entity["fields"][named].get("default") or ""
    rule = rules.get(named)
    own = rule if isinstance(rule, dict) else {}
    blank, conflict = own.get("blank", feed.get("blank", "keep")), own.get("conflict", feed.get("conflict", "overwrite"))
    ours = entity["fields"][named].get("owner") != "application"
    certain = ours and (feed.get("mode") == "create_only" or (blank, conflict) == ("default", "overwrite"))
    if named not in rules:
        return str(default)
    return str(cells[named] or (default if certain else ""))


def _written(cell: Cell) -> str:
    text = str(cell).lower() if isinstance(cell, bool) else str("" if cell is None else cell)
    for sign in _NOT_IN_FILES:
        text = text.replace(sign, "")
    return text.replace(SEPARATOR, "|")


def _read(text: str) -> str | None:
    return text.strip() or None


def _typed(kind: str, text: str | None) -> Any:
    if text is None:
        return None
    if kind == "list":
        return SEPARATOR.join(sorted({member.strip() for member in text.split("|")}))
    return {"integer": int, "boolean": "true".__eq__}.get(kind, str)(text)
