"""plomberie-boreal: one workbook a night with the customers and the products, as an accounting program's spreadsheet mode
("mode chiffrier") writes them. The application keeps the customers since the cut-over: new ones come from there alone."""

# ruff: noqa: SIM905 - words in a row read better than one word a line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import words
from nights import Books, Night
from planting import Dice, Row, Sheet
from workbook import Code, Formula, Workbook

MADE = datetime(2026, 11, 20, 18, 5)  # noqa: DTZ001 - a workbook's properties know no zone
KNOWN, NEWCOMERS, PRODUCTS = 164, 4, 118
CUSTOMER_COLUMNS = (
    "No client|Nom|Contact|Téléphone|Cellulaire|Courriel|Adresse|Adresse (suite)|Ville|Province|Code postal|Pays|Langue|Termes|"
    "Échéance (jours)|Vendeur|Inactif|Solde|Limite de crédit|Remarque"
).split("|")
PRODUCT_COLUMNS = (
    "No produit|Description|Description détaillée|Unité|Prix de vente|Coût|Taxes|Catégorie|Compte GL débit|Compte GL crédit|"
    "Quantité en main|Inactif"
).split("|")


ACCOUNTS = {
    "1100": "Clients", "0110": "Clients, chantiers", "4100": "Ventes de pièces", "0410": "Ventes, chantiers", "4200": "Services",
}  # fmt: skip
NEW_ACCOUNT = "1190"


def drops(dice: Dice) -> list[Workbook]:
    """Returns the night's one file."""
    customers = Sheet("plomberie-boreal", "clients", "customer", "customers", "code", CUSTOMER_COLUMNS)
    customers.before = [_customer(dice, 1001 + 3 * number) for number in range(KNOWN)]
    customers.rows = [_customer_row(dice, stood) for stood in customers.before]
    for number in range(NEWCOMERS):
        newcomer = _customer_row(dice, _customer(dice, 1002 + 90 * number), known=False)
        newcomer.faults.append(("unknown_key", "code"))
        customers.rows.append(newcomer)
    customers.rows.sort(key=lambda row: str(row.values["code"]))
    _spoil_customers([row for row in customers.rows if not row.faults])
    products = Sheet("plomberie-boreal", "produits", "product", "products", "code", PRODUCT_COLUMNS)
    products.rows = [_product(dice, number) for number in range(PRODUCTS - 1)]
    _spoil_products(products)
    products.parents = {"gl_account": [{"number": number, "name": name} for number, name in ACCOUNTS.items()]}
    return [Workbook("plannit_20261120.xlsx", {"Clients": customers, "Produits et services": products}, "yyyy-mm-dd", MADE)]


def _customer(dice: Dice, number: int) -> dict[str, Any]:
    code, last = f"{number:06d}", dice.pick(words.QUEBEC_LAST)
    town = dice.pick(words.QUEBEC_TOWNS)
    return {
        "code": code,
        "name": f"{dice.pick(words.QUEBEC_KINDS)} {last} {dice.pick(words.QUEBEC_FORMS)}",
        "last_name": last,
        "phone": f"({dice.pick(('418', '514', '819'))}) 555-01{dice.digits(2)}",  # kept free for fiction
        "mobile": f"(581) 555-01{dice.digits(2)}" if dice.chance(40) else None,
        "email": f"comptes{code}@client.example" if dice.chance(75) else None,
        "address1": f"{dice.between(1, 9800)}, {dice.pick(words.QUEBEC_STREETS)}",
        "address2": dice.pick((None, None, "bureau 200", "app. 4", "C.P. 17")),
        "city": town[0],
        "state": "QC",
        "postal_code": town[1],
        "country": "CA",
        "language": "en" if dice.chance(12) else "fr",
        "currency": "CAD",
        "payment_terms": dice.pick(("Net 30 jours", "Net 30 jours", "2 % 10, net 30", "Payable à la livraison")),
        "payment_days": dice.pick((0, 30, 30, 45)),
        "sales_rep": dice.pick(("Maëlle", "Régis", "Zoé")),
        "active": not dice.chance(7),
        "balance": Decimal(dice.between(-20_000, 1_500_000)) / 100,
        "credit_limit": Decimal(dice.between(1, 20) * 1_000),
        "print_as": f"Client {code}",
    }


def _customer_row(dice: Dice, stood: dict[str, Any], known: bool = True) -> Row:
    values = {name: value for name, value in stood.items() if name not in {"credit_limit", "print_as"}}
    if known and dice.chance(30):
        values["balance"] = Decimal(dice.between(0, 1_500_000)) / 100
    if known and dice.chance(8):
        values["phone"] = f"(367) 555-01{dice.digits(2)}"
    cells = {"No client": values["code"] if dice.chance(30) else Code(int(values["code"]), 6)}
    cells |= _cells(values)
    cells |= {
        "Limite de crédit": Decimal(dice.between(1, 40) * 500),
        "Remarque": dice.pick(("", "", "Clé chez le concierge", "Facturer à l'étape")),
    }
    return Row(values, cells, "CAD", {"balance": values["balance"]}, stood=stood if known else None)


def _cells(values: Mapping[str, Any]) -> dict[str, Any]:
    """Given a customer by field; returns how it is written, but for its number, and what only the file has."""
    return {
        "Nom": values["name"],
        "Contact": values["last_name"],
        "Téléphone": values["phone"],
        "Cellulaire": values["mobile"],
        "Courriel": values["email"],
        "Adresse": values["address1"],
        "Adresse (suite)": values["address2"],
        "Ville": values["city"],
        "Province": values["state"],
        "Code postal": values["postal_code"],
        "Pays": "Canada",
        "Langue": {"fr": "Français", "en": "Anglais"}[values["language"]],
        "Termes": values["payment_terms"],
        "Échéance (jours)": values["payment_days"],
        "Vendeur": values["sales_rep"],
        "Inactif": "Non" if values["active"] else "Oui",
        "Solde": values["balance"],
    }


def _spoil_customers(known: list[Row]) -> None:
    known[11].spoil("Courriel", "comptes.client.example", "not_an_email", "email")
    known[47].spoil("Solde", Formula("=R49+#REF!", "#REF!"), "cell_error", "balance")
    known[47].money["balance"] = None
    known[83].spoil("Nom", None, "required", "name")
    known[120].spoil("Échéance (jours)", 400, "too_large", "payment_days")


def _product(dice: Dice, number: int) -> Row:
    service = number % 4 == 3
    goods, unit = dice.pick(words.QUEBEC_GOODS)
    name = dice.pick(words.QUEBEC_SERVICES) if service else goods
    code = f"S{number:04d}" if service else f"{number * 10:05d}"
    cost = Decimal(dice.between(150, 40_000)) / 100
    detail = dice.pick((None, None, "Garantie de un an", "Selon le code de plomberie en vigueur"))
    values: dict[str, Any] = {
        "code": code,
        "name": name,
        "description": detail,
        "unit": "heure" if service else unit,
        "price": (cost * Decimal("1.6")).quantize(Decimal("0.01")),
        "cost": cost,
        "currency": "CAD",
        "tax_code": "TPS-TVQ",
        "category": "Services" if service else "Pièces",
        "gl_debit_account": dice.pick(("1100", "0110")),  # accounts with leading zeros too
        "gl_credit_account": "4200" if service else dice.pick(("4100", "0410")),
        "active": not dice.chance(5),
    }
    cells: dict[str, Any] = {
        "No produit": code if service or dice.chance(30) else Code(number * 10, 5),
        "Description": name,
        "Description détaillée": detail,
        "Unité": values["unit"],
        "Prix de vente": values["price"],
        "Coût": cost,
        "Taxes": values["tax_code"],
        "Catégorie": values["category"],
        "Compte GL débit": values["gl_debit_account"],
        "Compte GL crédit": values["gl_credit_account"],
        "Quantité en main": None if service else dice.between(0, 400),
        "Inactif": "Non" if values["active"] else "Oui",
    }
    return Row(values, cells, "CAD", {"price": values["price"], "cost": cost})


def _spoil_products(sheet: Sheet) -> None:
    rows = sheet.rows
    for at in (14, 58):
        rows[at].spoil("Compte GL crédit", None, "required_for_new", "gl_credit_account")
    rows[33].spoil("Prix de vente", Formula("=F35*1.6", None), "formula_uncomputed", "price")
    rows[33].money["price"] = None
    rows[71].spoil("Description", None, "required", "name")
    rows[90].spoil("Coût", "à venir", "not_a_number", "cost")
    rows[90].money["cost"] = None
    rows[47].values["gl_debit_account"] = NEW_ACCOUNT
    rows[47].spoil("Compte GL débit", NEW_ACCOUNT, "unknown_reference", "gl_debit_account")
    rows[47].right.clear()  # what is written is right: the account is made a night later
    sheet.duplicate(of=25, at=101, column="Description détaillée")


def later(dice: Dice, books: Books, first: Sequence[Workbook]) -> list[Night]:
    """Returns the night after the first one: the account that a product wanted has been made, and the product goes in with the
    next file; a customer that nobody made in the application is turned away."""
    night = Night(2, datetime(2026, 11, 23, 23, 35, tzinfo=UTC))
    known, made = first[0].sheets
    stand = books.stand("customer")
    customers = Sheet("plomberie-boreal", "clients", "customer", "customers", "code", CUSTOMER_COLUMNS)
    for at, code in enumerate(sorted(stand)):
        stood = stand[code]
        row = next(one for one in known.rows if one.values["code"] == code)
        standing = {name: stood[name] for name in row.values}
        changes = {"payment_terms": "Net 15 jours"} if at % 40 == 2 else {}
        cells = _cells(standing | changes) | {"No client": row.cells["No client"]}
        customers.rows.append(Row(standing | changes, {**row.cells, **cells}, "CAD", {"balance": stood["balance"]}, stood=stood))  # type: ignore[dict-item]
    newcomer = _customer_row(dice, _customer(dice, 1900), known=False)
    newcomer.faults.append(("unknown_key", "code"))
    customers.rows.append(newcomer)
    account = {"number": NEW_ACCOUNT, "name": "Inventaire en transit"}
    night.enter("gl_account", account)
    books.stand("gl_account")[NEW_ACCOUNT] = dict(account)
    shelf = books.stand("product")
    products = Sheet("plomberie-boreal", "produits", "product", "products", "code", PRODUCT_COLUMNS)
    once = {str(row.values["code"]): row for row in made.rows}
    products.rows = [row.again({}, {}, shelf.get(code)) for code, row in once.items()]
    night.drop(Workbook("plannit_20261123.xlsx", {"Clients": customers, "Produits et services": products}, "yyyy-mm-dd", MADE))
    books.book(customers)
    books.book(products)
    night.ends(books)
    return [night]
