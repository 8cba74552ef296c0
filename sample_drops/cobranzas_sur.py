"""cobranzas-sur, first night: the customers that changed and the open instalments, as workbooks of a collections system."""

# ruff: noqa: SIM905 - words in a row read better than one word a line

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import words
from nights import Books, Night
from planting import Dice, Row, Sheet
from workbook import Code, Formula, Workbook

NIGHT = date(2026, 11, 20)
MADE = datetime(2026, 11, 20, 21, 40)  # noqa: DTZ001 - a workbook's properties know no zone
KNOWN = 140
CHANGED, UNCHANGED, NEW = 34, 10, 20
INSTALMENTS = 260
CUSTOMER_COLUMNS = (
    "Código|Razón social|Nombre de fantasía|RUT|Nombre de contacto|Apellido de contacto|Correo electrónico|Teléfono|Celular|"
    "Dirección|Localidad|Departamento|Código postal|País|Moneda|Condición de pago|Plazo (días)|Vendedor|Activo|Saldo|"
    "Cliente desde|Límite de crédito|Zona interna|Observaciones"
).split("|")
INSTALMENT_COLUMNS = (
    "Contrato|Cuota|Código de cliente|Tipo|Fecha de emisión|Fecha de vencimiento|Importe|Saldo pendiente|Moneda|Referencia|Canal"
).split("|")
TYPES = (("FC", "invoice"), ("NC", "credit_note"), ("RC", "unallocated_payment"), ("ND", "miscellaneous"))


def drops(dice: Dice) -> list[Workbook]:
    """Returns the night's two files."""
    customers = Sheet("cobranzas-sur", "clientes", "customer", "customers", "code", CUSTOMER_COLUMNS)
    customers.before = [_customer(dice, 101 + 7 * number) | _of_the_application(dice) for number in range(KNOWN)]
    for at in range(CHANGED + UNCHANGED):
        stood = customers.before[3 * at + 1]
        customers.rows.append(_row(dice, _changed(dice, stood) if at < CHANGED else stood, stood))
    customers.rows += [_row(dice, _customer(dice, 2001 + number), None) for number in range(NEW)]
    customers.rows.sort(key=lambda row: str(row.values["code"]))
    _spoil_customers(customers)
    codes = sorted({str(row["code"]) for row in customers.before} | {str(row.values["code"]) for row in customers.rows})
    instalments = Sheet("cobranzas-sur", "facturas", "invoice", "invoices", "number", INSTALMENT_COLUMNS)
    instalments.rows = _instalments(dice, codes)
    _spoil_instalments(instalments)
    cover = (
        "Portada",
        ["Exportación de clientes", "Solo altas y modificaciones desde la última exportación", "20/11/2026 21:40"],
    )
    return [
        Workbook("clientes_20261120.xlsx", {"Clientes": customers}, "dd/mm/yyyy", MADE, cover),
        Workbook("facturas_20261120.xlsx", {"Facturas": instalments}, "dd/mm/yyyy", MADE),
    ]


def _customer(dice: Dice, number: int) -> dict[str, Any]:
    code = f"{number:05d}"
    first, last = dice.pick(words.SPANISH_FIRST), dice.pick(words.SPANISH_LAST)
    name = f"{dice.pick(words.SPANISH_TRADES)} {last} {dice.pick(words.SPANISH_FORMS)}"
    town = dice.pick(words.SPANISH_TOWNS)
    return {
        "code": code,
        "name": name,
        "print_as": f"Lo de {first}" if dice.chance(25) else name,
        "legal_id": f"00{dice.digits(10)}",  # numbers that nobody has
        "first_name": first,
        "last_name": last,
        "email": f"pagos{code}@cliente.example" if dice.chance(85) else None,
        "phone": f"2900 {dice.digits(4)}" if dice.chance(80) else None,
        "mobile": f"099 {dice.digits(3)} {dice.digits(3)}" if dice.chance(50) else None,
        "address1": f"{dice.pick(words.SPANISH_STREETS)} {dice.between(100, 4900)}",
        "city": town[0],
        "state": town[1],
        "postal_code": str(town[2]),
        "country": "UY",
        "currency": "USD" if dice.chance(15) else "UYU",
        "payment_terms": dice.pick(("Contado", "Crédito", "Crédito")),
        "payment_days": dice.pick((0, 30, 30, 60)),
        "sales_rep": f"{dice.pick(words.SPANISH_FIRST)} {dice.pick(words.SPANISH_LAST)}",
        "active": not dice.chance(5),
        "balance": Decimal(dice.between(-50_000, 9_000_000)) / 100,
        "since": (date(2009, 3, 2) + timedelta(days=dice.below(6_000))).isoformat(),
        "notes": dice.pick((None,) * 5 + ("Paga los días 10; llamar antes", "Año nuevo: cerrado por licencia")),
    }


def _of_the_application(dice: Dice) -> dict[str, Any]:
    """What was typed into the application and no file holds."""
    return {"credit_limit": Decimal(dice.between(2, 60) * 5_000) if dice.chance(70) else None}


def _changed(dice: Dice, stood: dict[str, Any]) -> dict[str, Any]:
    moved = dice.pick(words.SPANISH_TOWNS)
    last = dice.pick(words.SPANISH_LAST)
    new = dice.pick((
        {"balance": stood["balance"] + Decimal(dice.between(1_000, 900_000)) / 100},
        {"email": f"tesoreria{stood['code']}@cliente.example", "last_name": f"{last}-{last[0]}"},
        {"payment_days": 45, "payment_terms": "Crédito a 45 días"},
        {"address1": "Ruta 5 km 23", "city": moved[0], "state": moved[1], "postal_code": str(moved[2])},
    ))  # fmt: skip
    return {**stood, **new}


def _row(dice: Dice, values: dict[str, Any], stood: dict[str, Any] | None) -> Row:
    """Writes the row. A blank cell says nothing: what the application has of it is kept."""
    values = {name: value for name, value in values.items() if name != "credit_limit"}
    cells: dict[str, Any] = {
        "Código": values["code"] if dice.chance(50) else Code(int(values["code"]), 5),  # typed as a text, or dressed as a code
        "Razón social": values["name"],
        "Nombre de fantasía": values["print_as"] if values["print_as"] != values["name"] else None,
        "RUT": values["legal_id"],
        "Nombre de contacto": values["first_name"],
        "Apellido de contacto": values["last_name"],
        "Correo electrónico": values["email"],
        "Teléfono": None if stood is not None and dice.chance(20) else values["phone"],
        "Celular": values["mobile"],
        "Dirección": values["address1"],
        "Localidad": values["city"],
        "Departamento": values["state"],
        "Código postal": int(values["postal_code"]),
        "País": values["country"],
        "Moneda": values["currency"],
        "Condición de pago": values["payment_terms"],
        "Plazo (días)": values["payment_days"],
        "Vendedor": values["sales_rep"],
        "Activo": "Sí" if values["active"] else "No",
        "Saldo": values["balance"],
        "Cliente desde": date.fromisoformat(values["since"]),
        "Límite de crédito": Decimal(dice.between(1, 9) * 10_000),
        "Zona interna": dice.pick(("A1", "B2", "C3")),
        "Observaciones": values["notes"],
    }
    return Row(values, cells, values["currency"], {"balance": values["balance"]}, stood=stood)


def _spoil_customers(sheet: Sheet) -> None:
    rows = sheet.rows
    rows[5].spoil("Saldo", Formula("=VLOOKUP(A7,Saldos!A:B,2,0)", "#N/A"), "cell_error", "balance")
    rows[5].money["balance"] = None
    rows[13].spoil("Correo electrónico", "pagos@cliente", "not_an_email", "email")
    rows[21].spoil("Plazo (días)", Formula("=30*2", None), "formula_uncomputed", "payment_days")
    rows[30].cells["Nombre de fantasía"] = "La Esquina"
    rows[30].spoil("Razón social", None, "required", "name")
    rows[38].spoil("Cliente desde", "31/02/2020", "not_a_date", "since")
    rows[38].spoil("Moneda", "PESOS", "not_a_currency", "currency")
    rows[38].currency = ""
    rows[50].spoil("Activo", "a veces", "not_a_boolean", "active")


def _instalments(dice: Dice, codes: list[str]) -> list[Row]:
    """A contract is paid in instalments, each of which is an invoice: instalment 2 of contract 1501 is 01501-2."""
    rows: list[Row] = []
    contract = 1500
    while len(rows) < INSTALMENTS:
        contract += dice.between(1, 4)
        begun = NIGHT - timedelta(days=dice.between(20, 200))
        amount = Decimal(dice.between(90_000, 4_500_000)) / 100
        customer, currency = dice.pick(codes), "USD" if dice.chance(15) else "UYU"
        parts = min(dice.between(1, 4), INSTALMENTS - len(rows))
        rows += [_instalment(dice, contract, part, customer, begun, amount, currency) for part in range(1, parts + 1)]
    return rows


def _instalment(dice: Dice, contract: int, part: int, customer: str, begun: date, amount: Decimal, currency: str) -> Row:
    roll = dice.below(100)
    code, kind = TYPES[0 if roll < 85 else 1 if roll < 92 else 2 if roll < 97 else 3]
    amount = -amount if code in {"NC", "RC"} else amount
    open_part = amount if dice.chance(75) else (amount / 3).quantize(Decimal("0.01"))
    due = begun + timedelta(days=30 * part)
    values: dict[str, Any] = {
        "number": f"{contract:05d}-{part}",
        "customer": customer,
        "type": kind,
        "issue_date": begun.isoformat(),
        "due_date": due.isoformat(),
        "amount": amount,
        "amount_remaining": open_part,
        "currency": currency,
        "reference": dice.pick((None, None, f"Cuota {part} según convenio", "Intereses por mora incluidos")),
        "status": "open",
    }
    cells: dict[str, Any] = {
        "Contrato": Code(contract, 5),
        "Cuota": part,
        "Código de cliente": customer if dice.chance(50) else Code(int(customer), 5),
        "Tipo": code,
        "Fecha de emisión": begun,
        "Fecha de vencimiento": due,
        "Importe": amount,
        "Saldo pendiente": Formula(f"={float(open_part)!r}*1", float(open_part)) if dice.chance(10) else open_part,
        "Moneda": currency,
        "Referencia": values["reference"],
        "Canal": dice.pick(("Web", "Sucursal", "Cobrador")),
    }
    return Row(values, cells, currency, {"amount": amount, "amount_remaining": open_part})


def _spoil_instalments(sheet: Sheet) -> None:
    rows = sheet.rows
    rows[17].spoil("Importe", Formula("=H19/0", "#DIV/0!"), "cell_error", "amount")
    rows[17].money["amount"] = None
    rows[64].spoil("Tipo", "XX", "not_in_values", "type")
    rows[102].spoil("Código de cliente", None, "required", "customer")
    rows[155].spoil("Fecha de vencimiento", "a convenir", "not_a_date", "due_date")
    rows[198].spoil("Saldo pendiente", Formula("=G200-1000", None), "formula_uncomputed", "amount_remaining")
    rows[198].money["amount_remaining"] = None
    rows[231].spoil("Importe", "s/d", "not_a_number", "amount")
    rows[231].money["amount"] = None


def later(dice: Dice, books: Books, _first: Sequence[Workbook]) -> list[Night]:
    """Returns the nights after the first one."""
    return [_second(dice, books), _third(dice, books)]


def _list(dice: Dice, books: Books, codes: Sequence[str], changed: Callable[[dict[str, Any]], dict[str, Any]]) -> Sheet:
    """A partial list of known customers. changed: what became of one of them."""
    sheet = Sheet("cobranzas-sur", "clientes", "customer", "customers", "code", CUSTOMER_COLUMNS)
    known = books.stand("customer")
    sheet.rows = [_row(dice, changed(known[code]), known[code]) for code in codes]
    return sheet


def _kept_blank(sheet: Sheet) -> dict[str, int]:
    """How many phone numbers stay because their cells are blank."""
    count = sum(row.stood is not None and row.stood["phone"] is not None and not row.cells["Teléfono"] for row in sheet.rows)
    return {"phone": count} if count else {}


def _second(dice: Dice, books: Books) -> Night:
    """A partial list once more: some changed, some as they were, some new. A phone number that somebody typed in here meanwhile
    is kept, although the list has the old one."""
    night = Night(2, datetime(2026, 11, 22, 0, 45, tzinfo=UTC))
    known = books.stand("customer")
    chosen = sorted(known)[4:40:3]
    called = next(code for code in chosen if known[code]["phone"] is not None)
    old = known[called]["phone"]
    night.edit("customer", called, {"phone": "2900 1234"})
    known[called]["phone"] = "2900 1234"
    sheet = _list(dice, books, chosen, lambda stood: _changed(dice, stood) if dice.chance(66) else stood)
    next(row for row in sheet.rows if row.values["code"] == called).cells["Teléfono"] = old
    sheet.rows += [_row(dice, _customer(dice, 3001 + number), None) for number in range(3)]
    blank = _kept_blank(sheet)
    sheet.effects = {**({"kept_blank": blank} if blank else {}), "kept_edited": {"phone": 1}}
    night.drop(Workbook("clientes_20261121.xlsx", {"Clientes": sheet}, "dd/mm/yyyy", MADE))
    books.book(sheet)
    night.ends(books)
    return night


def _third(dice: Dice, books: Books) -> Night:
    """A list with amounts in hundredths, which nobody saw in time: it is taken back, and the right one is booked."""
    night = Night(3, datetime(2026, 11, 23, 0, 45, tzinfo=UTC))
    codes = sorted(books.stand("customer"))[6:36:2]
    wrong = _list(dice, books, codes, lambda stood: {**stood, "balance": stood["balance"] * 100})
    wrong.effects = {"kept_blank": blank} if (blank := _kept_blank(wrong)) else {}
    drop = Workbook("clientes_20261122.xlsx", {"Clientes": wrong}, "dd/mm/yyyy", MADE)
    night.drop(drop)
    night.decide("undo", drop.file, "clientes", {"ending": "undo"})
    right = _list(dice, books, codes, lambda stood: {**stood, "balance": stood["balance"] + 100})
    right.effects = {"kept_blank": blank} if (blank := _kept_blank(right)) else {}
    night.drop(Workbook("clientes_20261122_corregido.xlsx", {"Clientes": right}, "dd/mm/yyyy", MADE))
    books.book(right)
    night.ends(books)
    return night
