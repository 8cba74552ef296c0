"""credit-lumiere, first night: customers and open items as a French credit-management system exports them."""

# ruff: noqa: SIM905 - words in a row read better than one word a line

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import words
from delimited import TextFile
from planting import Dice, Row, Sheet

NBSP = "\u00a0"
NIGHT = date(2026, 11, 20)
CLIENTS = 396
ITEMS = 1206
TYPES = (
    ("FAC", "invoice"), ("AVO", "credit_note"), ("RGL", "unallocated_payment"), ("ODI", "miscellaneous"), ("TRT", "draft"),
    ("DPA", "down_payment_request"),
)  # fmt: skip
CLIENT_COLUMNS = (
    "Code client|Raison sociale|Enseigne|SIREN|N° TVA|Contact prénom|Contact nom|Courriel|Téléphone|Adresse|Complément|"
    "Code postal|Ville|Pays|Devise|Délai de paiement|Mode de règlement|Commercial|Agence|Compte auxiliaire|Agences commerciales|"
    "Bloqué|Solde|Plafond de crédit|Garantie assureur|Autres garanties|Client depuis|Observations"
).split("|")
ITEM_COLUMNS = ("N° pièce|Code client|Type|Date pièce|Échéance|Montant TTC|Reste dû|Devise|Affaire|Libellé|Lettrage").split("|")


def drops(dice: Dice) -> list[TextFile]:
    """Returns the night's two files."""
    clients = Sheet("credit-lumiere", "clients", "customer", "customers", "code", CLIENT_COLUMNS)
    codes = [f"{number:08d}" for number in range(1042, 1042 + CLIENTS - 2)]
    codes[7], codes[19] = "1E464", "200011-"  # codes that a guessing reader would turn into numbers
    clients.rows = [client(dice, code) for code in codes]
    _spoil_clients(clients)
    items = Sheet("credit-lumiere", "postes", "invoice", "invoices", "number", ITEM_COLUMNS)
    items.rows = [item(dice, number, dice.pick(codes)) for number in range(ITEMS)]
    _spoil_items(items)
    rejected = {str(row.values["code"]) for row in clients.rows if row.faults}
    for row in items.rows:  # whose customer was rejected
        row.waits = row.values["customer"] in rejected
    return [
        TextFile("clients_20261120.csv", clients, ";", "cp1252", titles("20/11/2026")),
        TextFile("postes_20261120.csv", items, ";", "cp1252"),
    ]


def titles(day: str) -> list[str]:
    """Given the day as it is written; returns the lines above the headers of the customers."""
    return ["Crédit Lumière - Balance auxiliaire clients", f"Édité le {day} à 23:10", ""]


def euros(dice: Dice, amount: Decimal) -> str:
    """Given an amount; returns it as French exports write it: decimal comma, thousands apart by a hard or plain space."""
    return f"{amount:,.2f}".replace(",", dice.pick((NBSP, " "))).replace(".", ",")


def french(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _with_check_digit(eight: str) -> str:
    """Given the first eight digits of a French company's number; returns it with the last one, by Luhn's rule."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(eight)]
    return f"{eight}{-sum(number // 10 + number % 10 for number in doubled) % 10}"


def client(dice: Dice, code: str) -> Row:
    """Given a code that is not used yet; returns a customer."""
    last, first = dice.pick(words.FRENCH_LAST), dice.pick(words.FRENCH_FIRST)
    name = f"{dice.pick(words.FRENCH_TRADES)} {last} {dice.pick(words.FRENCH_FORMS)}"
    shop = f"Chez {first}" if dice.chance(25) else "NA" if dice.chance(1) else None
    siren = _with_check_digit("000" + dice.digits(6)[:-1])  # numbers that nobody has
    town = dice.pick(words.FRENCH_TOWNS)
    street = f"{dice.between(1, 99)} {dice.pick(words.FRENCH_STREETS)}"
    currency = "CHF" if dice.chance(6) else "EUR"
    balance = Decimal(dice.between(-90_000, 4_000_000)) / 100 if dice.chance(85) else None
    since = date(1998, 1, 5) + timedelta(days=dice.below(10_000))
    agency, account = dice.pick(("NORD", "SUD", "OUEST")), f"411{dice.digits(5)}"
    blocked, limit = dice.chance(8), Decimal(dice.between(1, 80) * 50_000) / 100
    dice.digits(2)  # was the key of the VAT number, before that was reckoned: what is drawn behind it stays as it was
    values: dict[str, Any] = {
        "code": code,
        "name": name,
        "print_as": shop or name,
        "account_number": f"{agency}-{account}",
        "legal_id": siren,
        "vat_id": f"FR{(12 + 3 * (int(siren) % 97)) % 97:02}{siren}",
        "first_name": first,
        "last_name": last,
        "email": f"compta{code.strip('-').lower()}@client.example" if dice.chance(90) else None,
        "phone": f"01 99 00 {dice.digits(2)} {dice.digits(2)}",  # kept free for fiction
        "address1": street,
        "address2": "Bâtiment B\nPorte 12" if dice.chance(3) else dice.pick((None, None, "Z.A. des Prés", "BP 40")),
        "postal_code": town[0],
        "city": town[1],
        "country": "CH" if currency == "CHF" else "FR",
        "currency": currency,
        "payment_days": dice.pick((0, 30, 30, 45, 60)),
        "payment_method": dice.pick(("Virement", "Prélèvement", "Chèque", "LCR")),
        "sales_rep": f"{dice.pick(words.FRENCH_FIRST)} {dice.pick(words.FRENCH_LAST)}",
        "active": not blocked,
        "balance": balance,
        "since": since.isoformat(),
        "notes": dice.pick((None,) * 9 + ('Dit "le patron" ; rappeler', "Réglé en €, début\nde mois", "Cœur de cible")),
    }
    cells = _client_cells(dice, values, since)
    offices = dice.pick(("Paris, Lyon", "Nantes", ""))
    cells |= {
        "Enseigne": shop or "",
        "Agence": agency,
        "Compte auxiliaire": account,
        "Agences commerciales": offices,
        "Bloqué": "1" if blocked else "0",
        "Plafond de crédit": euros(dice, limit),
        "Garantie assureur": euros(dice, limit / 2),
        "Autres garanties": "",
    }
    if dice.chance(3):
        cells["Raison sociale"] = f"  {name} "
    return Row(values, cells, currency, {"balance": balance}, beside={"groups": members(offices), "agency": agency})


def members(cell: str) -> tuple[str, ...] | None:
    """Given the offices as they are written; returns the groups, in the order of their names."""
    return tuple(sorted(name.strip() for name in cell.split(","))) if cell else None


def _client_cells(dice: Dice, values: dict[str, Any], since: date) -> dict[str, str]:
    columns = {
        "Code client": "code", "Raison sociale": "name", "SIREN": "legal_id", "N° TVA": "vat_id", "Contact prénom": "first_name",
        "Contact nom": "last_name", "Courriel": "email", "Téléphone": "phone", "Adresse": "address1", "Complément": "address2",
        "Code postal": "postal_code", "Ville": "city", "Pays": "country", "Devise": "currency",
        "Délai de paiement": "payment_days", "Mode de règlement": "payment_method", "Commercial": "sales_rep",
        "Observations": "notes",
    }  # fmt: skip
    cells = {column: "" if values[name] is None else str(values[name]) for column, name in columns.items()}
    cells["Solde"] = "" if values["balance"] is None else euros(dice, values["balance"])
    cells["Client depuis"] = french(since)
    return cells


def _spoil_clients(sheet: Sheet) -> None:
    rows = sheet.rows
    rows[41].spoil("Raison sociale", "", "required", "name")
    rows[88].spoil("Courriel", "compta@client", "not_an_email", "email")
    rows[143].spoil("Délai de paiement", "999", "too_large", "payment_days")
    rows[143].spoil("Client depuis", "31/02/2019", "not_a_date", "since")
    rows[201].spoil("Bloqué", "peut-être", "not_in_values", "active")
    rows[260].right["Solde"] = rows[260].cells["Solde"]
    rows[260].cells["Solde"], rows[260].money["balance"] = "", None
    rows[260].damage = lambda record: ";".join(record.split(";")[:12])
    rows[260].faults.append(("too_few_fields", None))
    sheet.duplicate(of=12, at=330, column="Observations")
    sheet.rows.append(rows.pop(300))  # exports are not always in the order of their codes


def item(dice: Dice, number: int, of: str) -> Row:
    """Given a number that is not used yet and the customer's code; returns an open item."""
    roll = dice.below(100)
    code, kind = TYPES[0 if roll < 72 else 1 if roll < 82 else 2 if roll < 90 else 3 if roll < 93 else 4 if roll < 97 else 5]
    issued = NIGHT - timedelta(days=dice.below(150))
    due = issued + timedelta(days=dice.pick((30, 45, 60))) if code in {"FAC", "TRT", "DPA"} else None
    sign = -1 if code in {"AVO", "RGL"} else 1
    amount = sign * Decimal(dice.between(1_500, 1_250_000)) / 100
    open_part = amount if dice.chance(80) else (amount / 2).quantize(Decimal("0.01"))
    currency = "CHF" if dice.chance(4) else "EUR"
    values: dict[str, Any] = {
        "number": f"{code}{issued:%y}{number:06d}",
        "customer": of,
        "type": kind,
        "issue_date": issued.isoformat(),
        "due_date": due and due.isoformat(),
        "amount": amount,
        "amount_remaining": open_part,
        "currency": currency,
        "business_case": f"AFF-{dice.digits(4)}" if dice.chance(30) else None,
        "reference": dice.pick((None, "Suivant devis signé", "Chantier « Les Cèdres »", "Fourniture ; pose comprise")),
        "status": "open",
    }
    cells = {
        "N° pièce": values["number"],
        "Code client": of,
        "Type": code,
        "Date pièce": french(issued),
        "Échéance": french(due) if due else "",
        "Montant TTC": euros(dice, amount),
        "Reste dû": euros(dice, open_part),
        "Devise": currency,
        "Affaire": values["business_case"] or "",
        "Libellé": values["reference"] or "",
    }
    return Row(values, cells, currency, {"amount": amount, "amount_remaining": open_part})


def _spoil_items(sheet: Sheet) -> None:
    rows = sheet.rows
    rows[150].spoil("Échéance", "30/02/2026", "not_a_date", "due_date")
    rows[377].spoil("Montant TTC", "n.c.", "not_a_number", "amount")
    rows[377].money["amount"] = None
    rows[702].spoil("Type", "VIR", "not_in_values", "type")
    rows[933].spoil("Code client", "", "required", "customer")
    rows[1100].spoil("Devise", "EU", "not_a_currency", "currency")
    rows[1100].currency = ""
