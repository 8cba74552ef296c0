"""brightwave, first night: customers and products out of QuickBooks, invoices out of Xero, deals out of a CRM, as text files.

The headers are those that these systems write, their quirks included: a blank first column in QuickBooks' customer list, one line
for each item of an invoice with the invoice's total in every line in Xero's.
"""

# ruff: noqa: SIM905 - words in a row read better than one word a line

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import words
from delimited import TextFile
from planting import Dice, Row, Sheet

NIGHT = date(2026, 11, 20)
CUSTOMERS, INVOICES, DEALS = 180, 210, 140
CUSTOMER_COLUMNS = (
    "|Active Status|Customer|Balance|Balance Total|Company|Mr./Ms./...|First Name|M.I.|Last Name|Primary Contact|Main Phone|Fax|"
    "Alt. Phone|Secondary Contact|Job Title|Main Email|Bill to 1|Bill to 2|Bill to 3|Bill to 4|Bill to 5|Ship to 1|Ship to 2|"
    "Ship to 3|Ship to 4|Ship to 5|Customer Type|Terms|Rep|Sales Tax Code|Tax item|Resale Num|Account No.|Credit Limit|"
    "Job Status|Job Type|Job Description|Start Date|Projected End|End Date"
).split("|")
PRODUCT_COLUMNS = (
    "Product/Service Name|Sales Description|SKU|Type|Sales Price / Rate|Taxable|Income Account|Purchase Description|"
    "Purchase Cost|Expense Account|Quantity On Hand|Reorder Point|Inventory Asset Account|Quantity as-of Date"
).split("|")
INVOICE_COLUMNS = (
    "ContactName|EmailAddress|POAddressLine1|POAddressLine2|POAddressLine3|POAddressLine4|POCity|PORegion|POPostalCode|POCountry|"
    "SAAddressLine1|SAAddressLine2|SAAddressLine3|SAAddressLine4|SACity|SARegion|SAPostalCode|SACountry|InvoiceNumber|Reference|"
    "InvoiceDate|DueDate|PlannedDate|Total|TaxTotal|InvoiceAmountPaid|InvoiceAmountDue|InventoryItemCode|Description|Quantity|"
    "UnitAmount|Discount|LineAmount|AccountCode|TaxType|TaxAmount|TrackingName1|TrackingOption1|TrackingName2|TrackingOption2|"
    "Currency|Type|Sent|Status"
).split("|")
DEAL_COLUMNS = (
    "Deal name|Deal value|Currency|Account name|Related contacts|Deal pipeline|Deal stage|Probability (%)|Expected close date|"
    "Closed date|Sales owner|Source|Lost reason|Tags|Created at"
).split("|")
STAGES = (("New", 10), ("Qualification", 25), ("Proposal", 50), ("Negotiation", 75), ("Won", 100), ("Lost", 0))


ACCOUNTS = {
    "4000": "Services", "4100": "Products", "4110": "Hardware", "5000": "Subcontractors", "5100": "Cost of goods sold",
}  # fmt: skip


def drops(dice: Dice) -> list[TextFile]:
    """Returns the night's four files."""
    names = _names(dice)
    customers = Sheet("brightwave", "customers", "customer", "customers", "code", CUSTOMER_COLUMNS)
    customers.rows = [_customer(dice, name, number) for number, name in enumerate(names)]
    _spoil_customers(customers)
    products = Sheet("brightwave", "products", "product", "products", "code", PRODUCT_COLUMNS)
    products.rows = [_product(dice, number) for number in range(8 * len(words.AGENCY_GOODS))]
    _spoil_products(products)
    invoices = Sheet("brightwave", "invoices", "invoice", "invoices", "number", INVOICE_COLUMNS)
    invoices.rows = [row for number in range(INVOICES) for row in invoice(dice, number, dice.pick(names))]
    _spoil_invoices(invoices)
    deals = Sheet("brightwave", "deals", "opportunity", "opportunities", "name", DEAL_COLUMNS)
    deals.rows = [_deal(dice, number, dice.pick(names)) for number in range(DEALS)]
    _spoil_deals(deals)
    products.parents = {"gl_account": [{"number": number, "name": name} for number, name in ACCOUNTS.items()]}
    rejected = {str(row.values["code"]) for row in customers.rows if row.faults}
    for row in (*invoices.rows, *deals.rows):  # whose customer was rejected
        row.waits = row.values["customer"] in rejected
    return [
        TextFile("quickbooks_customers_20261120.csv", customers, ",", "cp1252"),
        TextFile("quickbooks_products_20261120.csv", products, ",", "utf-8"),
        TextFile("xero_invoices_20261120.csv", invoices, ",", "utf-8"),
        TextFile("deals_20261120.csv", deals, ",", "utf-8-sig"),
    ]


def _names(dice: Dice) -> list[str]:
    """QuickBooks, Xero and the CRM know a customer by its name, so no two share one."""
    found: dict[str, None] = {}
    while len(found) < CUSTOMERS:
        found[f"{dice.pick((*words.ENGLISH_PLACES, *words.ENGLISH_LAST))} {dice.pick(words.AGENCY_CLIENTS)}"] = None
    return [*found]


def _customer(dice: Dice, name: str, number: int) -> Row:
    first, last = dice.pick(words.ENGLISH_FIRST), dice.pick(words.ENGLISH_LAST)
    town = dice.pick(words.ENGLISH_TOWNS)
    company = f"{name}, {dice.pick(('LLC', 'Inc.'))}" if dice.chance(60) else None
    balance = Decimal(dice.between(-20_000, 2_500_000)) / 100 if dice.chance(70) else Decimal(0)
    values: dict[str, Any] = {
        "code": name,
        "name": company or name,
        "print_as": company or name,
        "account_number": f"BW-{number:04d}" if dice.chance(80) else None,
        "first_name": first if dice.chance(70) else None,
        "last_name": last,
        "email": f"billing{number}@client.example" if dice.chance(85) else None,
        "phone": f"({dice.digits(3)}) 555-01{dice.digits(2)}",
        "address1": f"{dice.between(1, 9900)} {dice.pick(words.ENGLISH_STREETS)}",
        "address2": f"{town[0]}, {town[1]} {town[2]}",
        "country": "US",
        "currency": "USD",
        "payment_terms": dice.pick(("Net 15", "Net 30", "Net 30", "Due on receipt")),
        "sales_rep": f"{dice.pick(words.ENGLISH_FIRST)[0]}{dice.pick(words.ENGLISH_LAST)[0]}",
        "active": not dice.chance(8),
        "balance": balance,
    }
    cells = {
        "Active Status": "Active" if values["active"] else "Not-active",
        "Customer": name,
        "Balance": f"{balance:,.2f}",
        "Balance Total": f"{balance:,.2f}",
        "Company": company or "",
        "First Name": values["first_name"] or "",
        "Last Name": last,
        "Primary Contact": f"{first} {last}",
        "Main Phone": values["phone"],
        "Main Email": values["email"] or "",
        "Bill to 1": values["address1"],
        "Bill to 2": values["address2"],
        "Customer Type": dice.pick(("Retainer", "Project", "")),
        "Terms": values["payment_terms"],
        "Rep": values["sales_rep"],
        "Sales Tax Code": "Tax",
        "Account No.": values["account_number"] or "",
        "Credit Limit": str(dice.between(1, 20) * 1000) if dice.chance(30) else "",
        "Job Status": "None",
    }
    return Row(values, cells, "USD", {"balance": balance})


def _spoil_customers(sheet: Sheet) -> None:
    rows = sheet.rows
    rows[22].spoil("Main Email", "billing22 at client.example", "not_an_email", "email")
    rows[61].spoil("Balance", "see AR", "not_a_number", "balance")
    rows[61].money["balance"] = None
    rows[97].spoil("Active Status", "Dormant", "not_in_values", "active")
    rows[133].right["Company"] = rows[133].cells["Company"]
    rows[133].cells["Company"] = "Unnamed Ventures, LLC"
    rows[133].spoil("Customer", "", "required", "code")


def _product(dice: Dice, number: int) -> Row:
    code, name, kind = words.AGENCY_GOODS[number % len(words.AGENCY_GOODS)]
    edition = number // len(words.AGENCY_GOODS) + 1
    price = Decimal(dice.between(2_000, 900_000)) / 100
    cost = (price * Decimal("0.4")).quantize(Decimal("0.01")) if kind != "Service" else None
    accounts = {"Service": ("5000", "4000"), "Non-inventory": ("5100", "4100"), "Inventory": ("5100", "4110")}[kind]
    values: dict[str, Any] = {
        "code": f"{code}-{edition:02d}",
        "name": f"{name} ({edition})" if edition > 1 else name,
        "description": f'{name}: "done in a week"' if dice.chance(10) else None,
        "price": price,
        "cost": cost,
        "currency": "USD",
        "category": kind,
        "gl_debit_account": accounts[0],
        "gl_credit_account": accounts[1],
    }
    cells = {
        "Product/Service Name": values["name"],
        "Sales Description": values["description"] or "",
        "SKU": values["code"],
        "Type": kind,
        "Sales Price / Rate": f"{price:.2f}",
        "Taxable": "yes" if kind == "Inventory" else "no",
        "Income Account": accounts[1],
        "Purchase Cost": "" if cost is None else f"{cost:.2f}",
        "Expense Account": accounts[0],
        "Quantity On Hand": str(dice.between(0, 90)) if kind == "Inventory" else "",
    }
    return Row(values, cells, "USD", {"price": price, "cost": cost})


def _spoil_products(sheet: Sheet) -> None:
    rows = sheet.rows
    rows[17].spoil("Income Account", "", "required_for_new", "gl_credit_account")
    rows[40].spoil("Sales Price / Rate", "on request", "not_a_number", "price")
    rows[40].money["price"] = None
    rows[77].spoil("Product/Service Name", "", "required", "name")


def invoice(dice: Dice, number: int, customer: str) -> list[Row]:
    """One line for each item, the first of which tells all there is to know of the invoice: the others give way to it."""
    issued = NIGHT - timedelta(days=dice.below(120))
    due = issued + timedelta(days=dice.pick((15, 30, 30)))
    items = dice.pick((1, 1, 1, 2, 2, 3))
    credit = dice.chance(8)
    amounts = [Decimal(dice.between(5_000, 400_000)) / 100 for _ in range(items)]
    total = -sum(amounts) if credit else sum(amounts)
    due_part = total if dice.chance(70) else Decimal(0) if dice.chance(50) else (total / 2).quantize(Decimal("0.01"))
    currency = "GBP" if dice.chance(12) else "USD"
    reference = dice.pick(("", "", f"PO {dice.digits(5)}", "Phase 2, design"))
    values: dict[str, Any] = {
        "number": f"{'CN' if credit else 'INV'}-{number + 1:04d}",
        "customer": customer,
        "type": "credit_note" if credit else "invoice",
        "issue_date": issued.isoformat(),
        "due_date": due.isoformat(),
        "amount": total,
        "amount_remaining": due_part,
        "currency": currency,
        "reference": reference or None,
        "status": "open" if due_part else "cleared",
    }
    rows = []
    for item, amount in enumerate(amounts):
        code, name, _ = dice.pick(words.AGENCY_GOODS)
        cells = {
            "ContactName": customer,
            "EmailAddress": "",
            "POCountry": "USA",
            "InvoiceNumber": values["number"],
            "Reference": reference,
            "InvoiceDate": f"{issued:%d/%m/%Y}",
            "DueDate": f"{due:%d/%m/%Y}",
            "Total": f"{total:.4f}",
            "TaxTotal": "0.0000",
            "InvoiceAmountPaid": f"{total - due_part:.4f}",
            "InvoiceAmountDue": f"{due_part:.4f}",
            "InventoryItemCode": f"{code}-01",
            "Description": name,
            "Quantity": "1.0000",
            "UnitAmount": f"{amount:.4f}",
            "LineAmount": f"{amount:.4f}",
            "AccountCode": "4000",
            "TaxType": "Tax Exempt",
            "TaxAmount": "0.0000",
            "Currency": currency,
            "Type": "Sales credit note" if credit else "Sales invoice",
            "Sent": "Sent",
            "Status": "Awaiting Payment" if due_part else "Paid",
        }
        money: dict[str, Decimal | None] = {"amount": total, "amount_remaining": due_part}
        rows.append(Row(values, cells, currency, money, gives_way=item > 0))
    return rows


def _spoil_invoices(sheet: Sheet) -> None:
    """Spoils invoices of one line, far apart."""
    numbers = [row.values["number"] for row in sheet.rows]
    alone = [row for row in sheet.rows if numbers.count(row.values["number"]) == 1]
    alone[9].spoil("DueDate", "31/11/2026", "not_a_date", "due_date")
    alone[30].spoil("Total", "TBC", "not_a_number", "amount")
    alone[30].money["amount"] = None
    alone[51].spoil("Currency", "$", "not_a_currency", "currency")
    alone[51].currency = ""
    alone[70].spoil("Status", "Draft", "not_in_values", "status")


def _deal(dice: Dice, number: int, customer: str) -> Row:
    stage, probability = dice.pick(STAGES)
    value = Decimal(dice.between(100_000, 9_000_000)) / 100
    created = NIGHT - timedelta(days=dice.below(200))
    expected = created + timedelta(days=dice.between(30, 180))
    closed = created + timedelta(days=dice.between(5, 30)) if stage in {"Won", "Lost"} else None
    owner = f"{dice.pick(words.ENGLISH_FIRST).lower()}@brightwave.example"
    values: dict[str, Any] = {
        "name": f"{customer}: {dice.pick(words.AGENCY_GOODS)[1]} #{number + 1}",
        "customer": customer,
        "value": value,
        "currency": "USD",
        "stage": stage,
        "probability": Decimal(probability),
        "expected_close": expected.isoformat(),
        "closed_on": closed and closed.isoformat(),
        "owner": owner,
        "source": dice.pick((None, "Referral", "Web form", "Café meet-up")),
    }
    cells = {
        "Deal name": values["name"],
        "Deal value": f"{value:.2f}",
        "Currency": "USD",
        "Account name": customer,
        "Deal pipeline": "Default Pipeline",
        "Deal stage": stage,
        "Probability (%)": str(probability),
        "Expected close date": expected.isoformat(),
        "Closed date": closed.isoformat() if closed else "",
        "Sales owner": owner,
        "Source": values["source"] or "",
        "Lost reason": "Price" if stage == "Lost" else "",
        "Created at": f"{created.isoformat()} 09:{dice.between(10, 59)}",
    }
    return Row(values, cells, "USD", {"value": value})


def _spoil_deals(sheet: Sheet) -> None:
    rows = sheet.rows
    rows[28].spoil("Probability (%)", "120", "too_large", "probability")
    rows[66].spoil("Account name", "", "required", "customer")
    rows[101].spoil("Expected close date", "next spring", "not_a_date", "expected_close")
    sheet.duplicate(of=75, at=120, column="Source")
