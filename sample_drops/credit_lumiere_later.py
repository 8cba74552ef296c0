"""credit-lumiere, the nights after the first one. The items come in stock mode: what is not in the file any more is settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from credit_lumiere import CLIENT_COLUMNS, ITEM_COLUMNS, client, euros, item, titles
from delimited import TextFile
from nights import Books, Night
from planting import COUNTS, Dice, Row, Sheet

NEWCOMER = "00009999"


def later(dice: Dice, books: Books, first: Sequence[TextFile]) -> list[Night]:
    """Returns the nights after the first one."""
    clients, items = (drop.sheet for drop in first)
    known = {str(row.values["code"]): row for row in reversed(clients.rows)}
    waiting = [row for row in items.rows if row.bucket == "parked"]
    second, sheet, paid = _second(dice, books, known, items.rows, waiting)
    back = [row for row in items.rows if row.values["number"] in paid[:3]]
    return [second, _third(dice, books, known, sheet, back)]


def _second(
    dice: Dice, books: Books, known: dict[str, Row], items: Sequence[Row], waiting: Sequence[Row]
) -> tuple[Night, Sheet, list[str]]:
    """The rejected customers come back corrected, and the items that waited for them go in. A new office makes a group. What was
    paid is not in the file any more. Two items are of a customer that nobody knows yet."""
    night = Night(2, datetime(2026, 11, 21, 21, 40, tzinfo=UTC))
    stand = books.stand("customer")
    limited = sorted(stand)[3]
    night.edit("customer", limited, {"credit_limit": Decimal(12_000)})  # decided here: the file has another one
    stand[limited]["credit_limit"] = Decimal(12_000)
    clients = Sheet("credit-lumiere", "clients", "customer", "customers", "code", CLIENT_COLUMNS)
    for at, code in enumerate(sorted(known)):
        row = known[code].again({}, {}, stand.get(code))
        if at % 17 == 3:
            row.values["sales_rep"] = row.cells["Commercial"] = "Inès Valadier"
        if at % 29 == 5:
            row.cells["Agences commerciales"], row.beside = "Paris,Lyon Est", {**row.beside, "groups": ("Lyon Est", "Paris")}
        clients.rows.append(row)
        known[code] = row
    clients.effects = {"created_on_the_way": {"groups": 1}}
    night.drop(TextFile("clients_20261121.csv", clients, ";", "cp1252", titles("21/11/2026")))
    books.book(clients)
    night.follows("postes", _came(len(waiting)))
    books.arrive("invoice", [replace(row, waits=False) for row in waiting], "number")
    open_items = books.stand("invoice")
    sheet = Sheet("credit-lumiere", "postes", "invoice", "invoices", "number", ITEM_COLUMNS)
    paid = sorted(open_items)[5:1000:25]
    for at, row in enumerate(items):
        number = str(row.values["number"])
        if number in paid:
            continue
        changed = {"amount_remaining": (row.values["amount"] / 4).quantize(Decimal("0.01"))} if at % 50 == 1 else {}  # type: ignore[operator]
        written = {"Reste dû": euros(dice, changed["amount_remaining"])} if changed else {}
        sheet.rows.append(row.again(changed, written, open_items.get(number)))
    codes = sorted(stand)
    sheet.rows += [item(dice, 2000 + number, dice.pick(codes)) for number in range(25)]
    for number in range(2):
        early = item(dice, 2100 + number, NEWCOMER)
        early.waits = True
        sheet.rows.append(early)
    sheet.effects = {"absent": {"cleared": len(paid)}}
    night.drop(TextFile("postes_20261121.csv", sheet, ";", "cp1252"))
    books.book(sheet)
    _settle(books, paid, "2026-11-21")
    night.ends(books)
    return night, sheet, paid


def _third(dice: Dice, books: Books, known: dict[str, Row], before: Sheet, back: Sequence[Row]) -> Night:
    """The new customer comes, and its items go in. The items' file is cut off: it would settle nearly all of them, so it waits,
    and is refused. The whole one settles a few, and three that had been settled are open again."""
    night = Night(3, datetime(2026, 11, 22, 21, 40, tzinfo=UTC))
    stand = books.stand("customer")
    clients = Sheet("credit-lumiere", "clients", "customer", "customers", "code", CLIENT_COLUMNS)
    clients.rows = [known[code].again({}, {}, stand[code]) for code in sorted(known)]
    clients.rows.append(client(dice, NEWCOMER))
    night.drop(TextFile("clients_20261122.csv", clients, ";", "cp1252", titles("22/11/2026")))
    books.book(clients)
    arrived = [row for row in before.rows if row.waits]
    night.follows("postes", _came(len(arrived)))
    books.arrive("invoice", arrived, "number")
    open_items = books.stand("invoice")
    whole = Sheet("credit-lumiere", "postes", "invoice", "invoices", "number", ITEM_COLUMNS)
    paid = [str(row.values["number"]) for row in before.rows if not row.waits][3:600:40]
    for row in before.rows:
        number = str(row.values["number"])
        if number not in paid:
            whole.rows.append(row.again({}, {}, open_items[number]))
    whole.rows += [row.again({"cleared_on": None}, {}, open_items[str(row.values["number"])]) for row in back]
    whole.effects = {"absent": {"cleared": len(paid)}, "reopened": len(back)}
    cut = replace(whole, rows=whole.rows[:300], ending="held")
    night.drop(TextFile("postes_20261122.csv", cut, ";", "cp1252"))
    refused = dict.fromkeys(COUNTS, 0) | {"rows": len(cut.rows), "skipped": len(cut.rows)}
    night.decide("refuse", "postes_20261122.csv", "postes", {"ending": "refused", "counts": refused})
    night.drop(TextFile("postes_20261122_complet.csv", whole, ";", "cp1252"))
    books.book(whole)
    _settle(books, paid, "2026-11-22")
    night.ends(books)
    return night


def _came(rows: int) -> dict[str, Any]:
    """What the run tells in which so many waiting rows went in."""
    return {"ending": "imported", "counts": dict.fromkeys(COUNTS, 0) | {"rows": rows, "created": rows}}


def _settle(books: Books, numbers: Sequence[str], day: str) -> None:
    table = books.stand("invoice")
    for number in numbers:  # anew: rows of earlier nights tell what stood then
        table[number] = table[number] | {"status": "cleared", "cleared_on": day, "amount_remaining": Decimal(0)}
