"""atlas-supply, first night: 25,000 customers as a North American accounting system exports them."""

# ruff: noqa: SIM905 - words in a row read better than one word a line

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import words
from delimited import TextFile
from nights import Books, Night
from planting import Dice, Row, Sheet

ROWS = 25_000
COLUMNS = (
    "CUSTOMER_ID NAME PRINT_AS FIRST_NAME LAST_NAME EMAIL1 PHONE1 ADDRESS1 CITY STATE ZIP COUNTRY CURRENCY TERM_NAME "
    "SALES_REP ACTIVE BALANCE CREDIT_LIMIT CREATED_ON COMMENTS"
).split()
NOTES = ('Called "the annex", ring twice', "Ship to rear dock\nafter 2 pm", "Café account – résumé on file")


def drops(dice: Dice) -> list[TextFile]:
    """Returns the night's one file."""
    sheet = Sheet("atlas-supply", "customers", "customer", "customers", "code", COLUMNS)
    sheet.rows = [_customer(dice, f"{number:06d}") for number in range(1, ROWS - 1)]
    _spoil(sheet)
    return [TextFile("customers_20261120.csv", sheet, ",", "utf-8-sig")]


def _customer(dice: Dice, code: str) -> Row:
    first, last = dice.pick(words.ENGLISH_FIRST), dice.pick(words.ENGLISH_LAST)
    name = f"{dice.pick(words.ENGLISH_PLACES)} {dice.pick(words.ENGLISH_TRADES)} {dice.pick(words.ENGLISH_FORMS)}"
    name = name.replace(" Inc.", ", Inc.")
    town = dice.pick(words.ENGLISH_TOWNS)
    currency = "CAD" if dice.chance(2) else "USD"
    balance = Decimal(dice.between(-50_000, 5_000_000)) / 100 if dice.chance(40) else None
    created = date(2004, 1, 2) + timedelta(days=dice.below(8_000))
    values: dict[str, Any] = {
        "code": code,
        "name": name,
        "print_as": name.upper().rstrip(".") if dice.chance(20) else name,
        "first_name": first if dice.chance(60) else None,
        "last_name": last if dice.chance(60) else None,
        "email": f"ap{code}@example.com" if dice.chance(70) else None,
        "phone": f"({dice.digits(3)}) 555-01{dice.digits(2)}" if dice.chance(50) else None,
        "address1": f"{dice.between(1, 9900)} {dice.pick(words.ENGLISH_STREETS)}",
        "city": town[0],
        "state": town[1],
        "postal_code": town[2],
        "country": "US",
        "currency": currency,
        "payment_terms": dice.pick(("Net 30", "Net 30", "Net 45", "Due on receipt", "2/10 Net 30")),
        "sales_rep": f"{dice.pick(words.ENGLISH_FIRST)} {dice.pick(words.ENGLISH_LAST)}" if dice.chance(30) else None,
        "active": not dice.chance(6),
        "balance": balance,
        "since": created.isoformat(),
        "notes": dice.pick((None,) * 39 + NOTES),
    }
    cells = _cells(values) | {"CREDIT_LIMIT": str(dice.between(1, 50) * 1000) if dice.chance(30) else ""}
    return Row(values, cells, currency, {"balance": balance})


def _cells(values: Mapping[str, Any]) -> dict[str, str]:
    """Given a customer by field; returns it as it is written, without the credit limit."""
    named = {
        "CUSTOMER_ID": "code", "NAME": "name", "PRINT_AS": "print_as", "FIRST_NAME": "first_name", "LAST_NAME": "last_name",
        "EMAIL1": "email", "PHONE1": "phone", "ADDRESS1": "address1", "CITY": "city", "STATE": "state", "ZIP": "postal_code",
        "COUNTRY": "country", "CURRENCY": "currency", "TERM_NAME": "payment_terms", "SALES_REP": "sales_rep", "COMMENTS": "notes",
    }  # fmt: skip
    cells = {column: "" if values[of] is None else str(values[of]) for column, of in named.items()}
    return cells | {
        "ACTIVE": "TRUE" if values["active"] else "FALSE",
        "BALANCE": "" if values["balance"] is None else f"{values['balance']:,.2f}",
        "CREATED_ON": f"{date.fromisoformat(values['since']):%m/%d/%Y}",
    }


def _spoil(sheet: Sheet) -> None:
    """Plants faults in rows far apart, so that each row has those faults alone that are meant."""
    rows = sheet.rows
    for row in rows[499:5_500:500]:
        row.spoil("PRINT_AS", "", "required_for_new", "print_as")
    for number, row in enumerate(rows[5_999:10_500:500]):
        written = ("ap at example.com", "ap@", "@example.com", "ap@exam ple.com")[number % 4]
        row.spoil("EMAIL1", written, "not_an_email", "email")
    for row in rows[10_999:13_000:500]:
        row.spoil("NAME", "", "required", "name")
    for row in rows[13_499:15_000:500]:
        row.spoil("CREATED_ON", "02/30/2021", "not_a_date", "since")
    for row in rows[15_499:16_500:500]:
        row.spoil("ACTIVE", "MAYBE", "not_a_boolean", "active")
    for row in rows[16_999:18_000:500]:
        row.spoil("BALANCE", "see note", "not_a_number", "balance")
        row.money["balance"] = None
    rows[18_499].spoil("COUNTRY", "U.S.", "not_a_country", "country")
    rows[18_999].spoil("CREATED_ON", "13/12/2021", "not_a_date", "since")
    rows[18_999].spoil("EMAIL1", "none", "not_an_email", "email")
    for row in rows[19_499:20_500:500]:  # an address with a comma that nobody quoted
        _damage(row, lambda record: record.replace(",US,", ",Suite 4,US,", 1), "too_many_fields")
    _damage(rows[20_999], lambda record: ",".join(record.split(",")[:6]), "too_few_fields")
    rows[21_499].cells["NAME"] = "The Big Depot"
    _damage(rows[21_499], lambda record: record.replace("The Big Depot", '"The "Big" Depot"'), "text_after_quote")
    sheet.duplicate(of=22_499, at=22_900, column="PHONE1")
    sheet.duplicate(of=23_499, at=23_500, column="PHONE1")


def _damage(row: Row, how: Callable[[str], str], code: str) -> None:
    """Spoils the record as it is written. Its amount is left blank: of a row that has shifted nobody can say which cell it is."""
    row.cells["BALANCE"], row.money["balance"] = "", None
    row.damage = how
    row.faults.append((code, None))


def later(dice: Dice, books: Books, first: Sequence[TextFile]) -> list[Night]:
    """Returns the nights after the first one."""
    corrected = [row for row in first[0].sheet.rows if row.faults]
    return [_branch_alone(dice, books), _everyone(dice, books, corrected)]


def _branch_alone(dice: Dice, books: Books) -> Night:
    """The template of the import itself: a row that explains the headers, rows that are not to be imported. It holds one branch
    only, so that it waits until somebody has said that this is meant."""
    night = Night(2, datetime(2026, 11, 22, 1, 10, tzinfo=UTC))  # 19:10 in Chicago
    sheet = Sheet("atlas-supply", "customers", "customer", "customers", "code", ["DONOTIMPORT", *COLUMNS])
    known = books.stand("customer")
    for at, code in enumerate(sorted(known)[:9_000:3]):
        stood = known[code]
        values = dict(stood)
        if at % 10 == 0:
            values["balance"] = Decimal(dice.between(1, 5_000_000)) / 100
        if at % 300 == 0:
            values["phone"] = None
        sheet.rows.append(Row(values, _cells(values), str(values["currency"]), {"balance": values["balance"]}, stood=stood))
    explained = '"A # here: the row is not imported",Unique ID,' + ",".join(["Required", *[""] * (len(COLUMNS) - 2)])
    left_out = "#,999999,Test customer - do not import," + "," * (len(COLUMNS) - 3)
    sheet.rows[5].damage = lambda record: f"{record}\r\n{left_out}"
    cleared = sum(row.stood is not None and row.stood["phone"] is not None and row.values["phone"] is None for row in sheet.rows)
    sheet.effects = {"cleared": {"phone": cleared}}
    sheet.ending = "held"
    drop = TextFile("customers_20261121.csv", sheet, ",", "utf-8-sig", below=[explained])
    night.drop(drop)
    books.book(sheet)
    night.decide("approve", drop.file, "customers", sheet.outcome())
    night.ends(books)
    return night


def _everyone(dice: Dice, books: Books, corrected: Sequence[Row]) -> Night:
    """All customers again, those of the first night's faulty rows corrected: nearly all of them are as they were."""
    night = Night(3, datetime(2026, 11, 23, 1, 10, tzinfo=UTC))
    sheet = Sheet("atlas-supply", "customers", "customer", "customers", "code", COLUMNS)
    known = books.stand("customer")
    wanted = {str(row.values["code"]): row.values for row in corrected} | known
    for at, code in enumerate(sorted(wanted)):
        values = dict(wanted[code])
        if at % 500 == 7:
            values["payment_terms"] = dice.pick(("Net 15", "Net 60"))
        sheet.rows.append(
            Row(values, _cells(values), str(values["currency"]), {"balance": values["balance"]}, stood=known.get(code))
        )
    night.drop(TextFile("customers_20261122.csv", sheet, ",", "utf-8-sig"))
    books.book(sheet)
    night.ends(books)
    return night
