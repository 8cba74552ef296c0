"""Samples of systems of the Americas, and of the CRM: Acomba, Intiza, Freshsales."""

# ruff: noqa: E501, SIM905 - columns and words in a row read better than one a line

from __future__ import annotations

from decimal import Decimal

from facts import amount, day, filled, firms
from files import Aside, Row, Sample


def samples() -> list[Sample]:
    """Returns the samples of this page."""
    return [
        *(_acomba_customers(), _acomba_products(), _accounts(), _contacts(), _deals(), _products()),
        *(_intiza_customers(), _intiza_invoices()),
    ]


def _acomba_customers() -> Sample:
    columns = "No client|Nom|Contact|Téléphone|Cellulaire|Courriel|Adresse|Ville|Province|Code postal|Pays|Langue|Termes|Inactif|Solde".split(
        "|"
    )
    body: list[Row | Aside] = []
    for firm in firms("fr", place="qc"):
        french, active, balance = firm.number % 4 != 0, firm.number % 7 != 2, amount(firm.number + 1)
        cells = {
            "No client": f"{firm.number + 1:06d}", "Nom": firm.name, "Contact": firm.last, "Téléphone": firm.phone, "Courriel": firm.email,
            "Adresse": firm.street, "Ville": firm.city, "Province": "QC", "Code postal": firm.postal_code, "Pays": "Canada",
            "Langue": "Français" if french else "Anglais", "Termes": "Net 30 jours", "Inactif": "Non" if active else "Oui",
            "Solde": float(balance),
        }  # fmt: skip
        values = filled(
            code=f"{firm.number + 1:06d}", name=firm.name, print_as=firm.name, last_name=firm.last, phone=firm.phone, email=firm.email,
            address1=firm.street, city=firm.city, state="QC", postal_code=firm.postal_code, country="CA", language="fr" if french else "en",
            payment_terms="Net 30 jours", currency="CAD", active=active, balance=balance,
        )  # fmt: skip
        body.append(Row(cells, values))
    body[8].cells["Solde"], body[8].values["balance"] = "1234,50", Decimal("1234.5")  # typed as text
    body[9].cells["Courriel"], body[9].faults = "aucun", [("not_an_email", "email")]
    return Sample("acomba-customers", "acomba-customers.xlsx", columns, body, language="fr", sheet="Liste des clients")


def _acomba_products() -> Sample:
    columns = "No produit|Description|Unité|Prix de vente|Coût|Taxes|Catégorie|Compte GL débit|Compte GL crédit|Inactif".split(
        "|"
    )
    body: list[Row | Aside] = []
    for n in range(22):
        price, active = amount(n + 8), n % 9 != 4
        cells = {
            "No produit": f"{n:05d}", "Description": f"Coude ½\" n° {n}", "Unité": "ch", "Prix de vente": float(price),
            "Coût": float(price) if n % 2 else "", "Taxes": "TPS TVQ", "Catégorie": "Plomberie", "Compte GL débit": "0110",
            "Compte GL crédit": "4000", "Inactif": "Non" if active else "Oui",
        }  # fmt: skip
        values = filled(
            code=f"{n:05d}", name=f"Coude ½\" n° {n}", unit="ch", price=price, cost=price if n % 2 else "", currency="CAD", tax_code="TPS TVQ",
            category="Plomberie", gl_debit_account="0110", gl_credit_account="4000", active=active,
        )  # fmt: skip
        body.append(Row(cells, values))
    body[5].cells["Prix de vente"], body[5].faults = "sur demande", [("not_a_number", "price")]
    return Sample("acomba-products", "acomba-products.xlsx", columns, body, language="fr", sheet="Produits")


def _accounts() -> Sample:
    columns = (
        "Name|Address|City|State|Zipcode|Country|Phone|Website|Number of employees|Annual revenue|Sales owner|Created at".split(
            "|"
        )
    )
    body: list[Row | Aside] = []
    for firm in firms("en", place="us"):
        site = "https://www.client.example/shop" if firm.number % 3 else ""
        cells = {
            "Name": firm.name, "Address": firm.street, "City": firm.city, "State": firm.state, "Zipcode": firm.postal_code,
            "Country": "United States", "Phone": firm.phone, "Website": site, "Sales owner": "tess@brightwave.example",
            "Created at": "2026-05-21 09:25",
        }  # fmt: skip
        values = filled(
            code=firm.name, name=firm.name, print_as=firm.name, address1=firm.street, city=firm.city, state=firm.state,
            postal_code=firm.postal_code, country="US", phone=firm.phone, url=site, sales_rep="tess@brightwave.example",
        )  # fmt: skip
        body.append(Row(cells, values))
    body[4].cells["Website"], body[4].faults = "ask them", [("not_a_url", "url")]
    return Sample("freshsales-accounts", "freshsales-accounts.csv", columns, body, bom=True)


def _contacts() -> Sample:
    columns = "First name|Last name|Job title|Emails|Work|Mobile|Accounts|Sales owner|Lifecycle stage".split("|")
    body: list[Row | Aside] = []
    for firm in firms("en", place="us"):
        email = f"{firm.first}.{firm.last}{firm.number}@client.example".lower()
        cells = {
            "First name": firm.first, "Last name": firm.last, "Job title": "Owner", "Emails": email, "Work": firm.phone,
            "Accounts": firm.name, "Sales owner": "tess@brightwave.example", "Lifecycle stage": "Customer",
        }  # fmt: skip
        values = filled(
            customer=firm.name, code=email, name=f"{firm.first} {firm.last}", first_name=firm.first, last_name=firm.last, role="Owner",
            email=email, phone=firm.phone,
        )  # fmt: skip
        body.append(Row(cells, values))
    body[3].cells["Accounts"], body[3].faults = "", [("required", "customer")]
    return Sample("freshsales-contacts", "freshsales-contacts.csv", columns, body, bom=True)


def _deals() -> Sample:
    columns = (
        "Deal name|Deal value|Currency|Account name|Related contacts|Deal pipeline|Deal stage|Probability (%)|Expected close date|"
        "Closed date|Sales owner|Source|Lost reason|Tags|Created at"
    ).split("|")
    body: list[Row | Aside] = []
    for firm in firms("en", place="us"):
        n, value, won = firm.number, amount(firm.number + 9), firm.number % 5 == 4
        cells = {
            "Deal name": f"{firm.name}: Flyers #{n}", "Deal value": str(value), "Currency": "USD", "Account name": firm.name,
            "Related contacts": "a@client.example;b@client.example", "Deal stage": "Won" if won else "Qualification",
            "Probability (%)": "100" if won else "25", "Expected close date": day(n).isoformat(),
            "Closed date": day(n + 1).isoformat() if won else "", "Sales owner": "ella@brightwave.example", "Source": "Café meet-up",
        }  # fmt: skip
        values = filled(
            name=f"{firm.name}: Flyers #{n}", value=value, currency="USD", customer=firm.name, stage=cells["Deal stage"],
            probability=Decimal(100 if won else 25), expected_close=day(n).isoformat(), closed_on=cells["Closed date"],
            owner="ella@brightwave.example", source="Café meet-up",
        )  # fmt: skip
        body.append(Row(cells, values))
    body[6].cells["Probability (%)"], body[6].faults = "110", [("too_large", "probability")]
    return Sample("freshsales-deals", "freshsales-deals.csv", columns, body, bom=True)


def _products() -> Sample:
    columns = "Name|Description|SKU number|Category|Unit price|Currency|Active|Owner".split("|")
    body: list[Row | Aside] = []
    for n in range(20):
        price = amount(n + 10)
        cells = {
            "Name": f"Website plan, {n}", "Description": "", "SKU number": f"{n:04d}", "Category": "Care", "Unit price": str(price),
            "Currency": "USD", "Active": "true" if n % 3 else "false", "Owner": "tess@brightwave.example",
        }  # fmt: skip
        values = filled(
            code=f"{n:04d}", name=f"Website plan, {n}", category="Care", price=price, currency="USD", active=bool(n % 3),
            gl_debit_account="5000", gl_credit_account="4000",
        )  # fmt: skip
        body.append(Row(cells, values))
    body[2].cells["Unit price"], body[2].faults = "12,50,00", [("not_a_number", "price")]
    adds = {"mapping": {"gl_debit_account": {"constant": "5000"}, "gl_credit_account": {"constant": "4000"}}}
    return Sample("freshsales-products", "freshsales-products.csv", columns, body, bom=True, adds=adds)


def _intiza_customers() -> Sample:
    columns = "Código|Razón social|RUT|Correo electrónico|Teléfono|Dirección|Localidad|País|Moneda|Plazo (días)|Límite de crédito".split(
        "|"
    )
    body: list[Row | Aside] = []
    for firm in firms("es"):
        cells = {
            "Código": f"{firm.number + 1:05d}", "Razón social": firm.name, "RUT": f"21{firm.number:010d}", "Correo electrónico": firm.email,
            "Teléfono": firm.phone, "Dirección": firm.street, "Localidad": firm.city, "País": "Uruguay", "Moneda": "UYU",
            "Plazo (días)": 30, "Límite de crédito": 10000,
        }  # fmt: skip
        values = filled(
            code=f"{firm.number + 1:05d}", name=firm.name, print_as=firm.name, legal_id=f"21{firm.number:010d}", email=firm.email,
            phone=firm.phone, address1=firm.street, city=firm.city, country="UY", currency="UYU", payment_days=30,
        )  # fmt: skip
        body.append(Row(cells, values))
    body[7].cells["Moneda"], body[7].faults = "pesitos", [("not_a_currency", "currency")]
    return Sample("intiza-customers", "intiza-customers.xlsx", columns, body, language="es", sheet="Clientes")


def _intiza_invoices() -> Sample:
    """Contracts that are paid in instalments."""
    columns = "Contrato|Cuota|Código de cliente|Tipo|Fecha de emisión|Fecha de vencimiento|Importe|Moneda".split("|")
    kinds = {"FC": "invoice", "NC": "credit_note", "ND": "miscellaneous", "RC": "unallocated_payment"}
    body: list[Row | Aside] = []
    for n in range(24):
        kind, total, issued, due = list(kinds)[n % 4], amount(n + 11), day(n), day(n + 2)
        cells = {
            "Contrato": f"{1500 + n // 3:05d}", "Cuota": str(n % 3 + 1), "Código de cliente": f"{n % 7 + 1:05d}", "Tipo": kind,
            "Fecha de emisión": f"{issued:%d/%m/%Y}", "Fecha de vencimiento": f"{due:%d/%m/%Y}", "Importe": float(total), "Moneda": "UYU",
        }  # fmt: skip
        values = filled(
            number=f"{1500 + n // 3:05d}-{n % 3 + 1}", customer=f"{n % 7 + 1:05d}", type=kinds[kind], issue_date=issued.isoformat(),
            due_date=due.isoformat(), amount=total, currency="UYU", status="open",
        )  # fmt: skip
        body.append(Row(cells, values))
    body[4].cells["Importe"], body[4].values["amount"] = "1.234,56", Decimal("1234.56")
    body[10].cells["Fecha de emisión"], body[10].faults = "pendiente", [("not_a_date", "issue_date")]
    return Sample("intiza-invoices", "intiza-invoices.xlsx", columns, body, language="es", sheet="Facturas")
