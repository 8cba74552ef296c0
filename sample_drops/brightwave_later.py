"""brightwave, the night after the first one: what waited for customers goes in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from brightwave import CUSTOMER_COLUMNS, INVOICE_COLUMNS, INVOICES, invoice
from delimited import TextFile
from nights import Books, Night
from planting import COUNTS, Dice, Sheet


def later(dice: Dice, books: Books, first: Sequence[TextFile]) -> list[Night]:
    """Returns the night after the first one: the customers that were rejected come back corrected, so that the invoices and the
    deals that waited for them go in; the day's invoices follow."""
    night = Night(2, datetime(2026, 11, 23, 3, 40, tzinfo=UTC))  # Sunday evening in New York
    listed, _, invoiced, pipeline = (drop.sheet for drop in first)
    stand = books.stand("customer")
    customers = Sheet("brightwave", "customers", "customer", "customers", "code", CUSTOMER_COLUMNS)
    for at, row in enumerate(listed.rows):
        stood = stand.get(str(row.values["code"]))
        customers.rows.append(row.again({}, {}, stood))
        if at % 30 == 4 and stood is not None:
            customers.rows[-1] = row.again({"payment_terms": "Net 60"}, {"Terms": "Net 60"}, stood)
    night.drop(TextFile("quickbooks_customers_20261122.csv", customers, ",", "cp1252"))
    books.book(customers)
    for entity, key, sheet in (("invoice", "number", invoiced), ("opportunity", "name", pipeline)):
        waiting = [row for row in sheet.rows if row.bucket == "parked"]
        told = dict.fromkeys(COUNTS, 0) | {"rows": len(waiting), "created": len(waiting)}
        night.follows(sheet.feed, {"ending": "imported", "counts": told})
        books.arrive(entity, waiting, key)
    ledger = books.stand("invoice")
    invoices = Sheet("brightwave", "invoices", "invoice", "invoices", "number", INVOICE_COLUMNS)
    seen: set[str] = set()
    for row in invoiced.rows:
        number = str(row.values["number"])
        invoices.rows.append(row.again({}, {}, ledger.get(number)))
        invoices.rows[-1].gives_way = number in seen
        seen.add(number)
    names = sorted(str(row.values["code"]) for row in listed.rows)
    invoices.rows += [row for number in range(12) for row in invoice(dice, INVOICES + number, dice.pick(names))]
    invoices.effects = {"gave_way": sum(row.gives_way for row in invoices.rows)}
    night.drop(TextFile("xero_invoices_20261122.csv", invoices, ",", "utf-8"))
    books.book(invoices)
    night.ends(books)
    return [night]
