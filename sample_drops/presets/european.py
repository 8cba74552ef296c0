"""Samples of systems of Europe: My DSO Manager, Odoo, Dolibarr, DATEV, the French FEC, SAP."""

# ruff: noqa: E501, SIM905 - columns and words in a row read better than one a line

from __future__ import annotations

from decimal import Decimal

from facts import amount, day, filled, firms, grouped
from files import Aside, Row, Sample

DEBITORS = (
    "Konto|Name (Adressattyp Unternehmen)|Unternehmensgegenstand|Name (Adressattyp natürl. Person)|"
    "Vorname (Adressattyp natürl. Person)|Name (Adressattyp keine Angabe)|Adressattyp|Kurzbezeichnung|EU-Land|EU-UStID|Anrede|Titel/Akad. Grad|"
    "Adelstitel|Namensvorsatz|Adressart|Straße|Postfach|Postleitzahl|Ort|Land|Versandzusatz|Adresszusatz|Abweichende Anrede|"
    "Abw. Zustellbezeichnung 1|Abw. Zustellbezeichnung 2|Kennz. Korrespondenzadresse|Adresse Gültig von|Adresse Gültig bis|Telefon|"
    "Bemerkung (Telefon)|Telefon GL|Bemerkung (Telefon GL)|E-Mail|Bemerkung (E-Mail)|Internet|Bemerkung (Internet)|Fax|Bemerkung (Fax)|"
    "Sonstige|Bemerkung (Sonstige)|Kundennummer|Steuernummer|Sprache|Ansprechpartner|Vertreter|Sachbearbeiter|Diverse-Konto|Ausgabeziel|"
    "Währungssteuerung|Kreditlimit (Debitor)|Zahlungsbedingung|Fälligkeit in Tagen (Debitor)|Skonto in Prozent (Debitor)"
).split("|")
JOURNAL = (
    "Umsatz (ohne Soll/Haben-Kz)|Soll/Haben-Kennzeichen|WKZ Umsatz|Kurs|Basis-Umsatz|WKZ Basis-Umsatz|Konto|"
    "Gegenkonto (ohne BU-Schlüssel)|BU-Schlüssel|Belegdatum|Belegfeld 1|Belegfeld 2|Skonto|Buchungstext|Postensperre|"
    "Diverse Adressnummer|Geschäftspartnerbank|Sachverhalt|Zinssperre|Beleglink"
).split("|")
FEC = (
    "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib PieceRef PieceDate EcritureLib Debit Credit "
    "EcritureLet DateLet ValidDate Montantdevise Idevise"
).split()
KNA1 = "KUNNR MANDT LAND1 NAME1 NAME2 ORT01 PSTLZ REGIO SORTL STRAS TELF1 TELFX ERDAT ERNAM KTOKD LOEVM SPRAS STCD1 STCEG TELF2".split()
TYPES = {
    "FAC": "invoice", "AVO": "credit_note", "RGL": "unallocated_payment", "ODI": "miscellaneous", "TRT": "draft",
    "DPA": "down_payment_request",
}  # fmt: skip


def samples() -> list[Sample]:
    """Returns the samples of this page."""
    return [_dso_items(), _dso_clients(), _odoo(), _dolibarr(), _datev_debitors(), _datev_journal(), _fec(), _kna1()]


def _dso_items() -> Sample:
    columns = "N° pièce|Code client|Type|Date pièce|Échéance|Montant TTC|Devise|Libellé".split("|")
    body: list[Row | Aside] = []
    for n in range(24):
        kind = list(TYPES)[n % 6]
        total = amount(n + 3) * (-1 if kind in ("AVO", "RGL") else 1)
        issued, due = day(n), day(n + 4)
        written = f"{issued:%d/%m/%Y}" if n % 5 else f"{issued:%Y/%m/%d}"
        cells = {
            "N° pièce": f"{kind}2600{n:04d}", "Code client": f"{n % 9:08d}", "Type": kind, "Date pièce": written,
            "Échéance": f"{due:%d/%m/%Y}", "Montant TTC": grouped(total, "\xa0" if n % 2 else " ", ","), "Devise": "EUR",
            "Libellé": "Relance n°2" if n % 4 == 0 else "",
        }  # fmt: skip
        values = filled(
            number=f"{kind}2600{n:04d}", customer=f"{n % 9:08d}", type=TYPES[kind], issue_date=issued.isoformat(),
            due_date=due.isoformat(), amount=total, currency="EUR", status="open",
        )  # fmt: skip
        body.append(Row(cells, values))
    body[7].cells["Type"], body[7].faults = "XYZ", [("not_in_values", "type")]
    body[13].cells["Date pièce"], body[13].faults = "31/02/2026", [("not_a_date", "issue_date")]
    return Sample(
        "my-dso-manager-items", "my-dso-manager-items.csv", columns, body, language="fr", delimiter=";", encoding="cp1252"
    )


def _dso_clients() -> Sample:
    columns = "Code client|Raison sociale|SIREN|Adresse|Code postal|Ville|Pays|Devise|Délai de paiement|Groupes|Plafond de crédit".split(
        "|"
    )
    body: list[Row | Aside] = []
    for firm in firms("fr"):
        cells = {
            "Code client": f"{firm.number:08d}", "Raison sociale": firm.name, "SIREN": f"{732829320 + firm.number}",
            "Adresse": firm.street, "Code postal": firm.postal_code, "Ville": firm.city, "Pays": "France", "Devise": "EUR",
            "Délai de paiement": str(30 + firm.number % 3 * 15), "Groupes": "Nord,Grands comptes", "Plafond de crédit": "10 000,00",
        }  # fmt: skip
        values = filled(
            code=f"{firm.number:08d}", name=firm.name, print_as=firm.name, legal_id=f"{732829320 + firm.number}",
            address1=firm.street, postal_code=firm.postal_code, city=firm.city, country="FR", currency="EUR",
            payment_days=30 + firm.number % 3 * 15,
        )  # fmt: skip
        body.append(Row(cells, values))
    body[4].cells["Code client"], body[4].values["code"] = "1E464", "1E464"
    body[9].cells["Délai de paiement"], body[9].faults = "fin de mois", [("not_an_integer", "payment_days")]
    above = [Aside(["Export clients du 20/11/2026"], "above the header"), Aside([""], "blank row")]
    return Sample(
        "my-dso-manager",
        "my-dso-manager.csv",
        columns,
        body,
        above,
        language="fr",
        delimiter=";",
        encoding="cp1252",
    )


def _odoo() -> Sample:
    columns = "id name is_company parent_id ref email phone website street street2 zip city country_id vat lang property_payment_term_id".split()
    body: list[Row | Aside] = []
    for firm in firms("fr"):
        code = f"__export__.res_partner_{40 + firm.number}_1f0c{firm.number:04x}"
        vat = f"FR{10 + firm.number}{732829320 + firm.number}" if firm.number % 3 else ""
        cells = {
            "id": code, "name": firm.name, "is_company": "TRUE", "ref": f"C{firm.number:04d}" if firm.number % 2 else "",
            "email": firm.email, "phone": firm.phone, "website": "", "street": firm.street, "street2": "Bâtiment B" if firm.number % 7 == 0 else "",
            "zip": firm.postal_code, "city": firm.city, "country_id": "France", "vat": vat, "lang": "fr_FR",
            "property_payment_term_id": "30 jours",
        }  # fmt: skip
        values = filled(
            code=code, name=firm.name, print_as=firm.name, account_number=cells["ref"], email=firm.email, phone=firm.phone,
            address1=firm.street, address2=cells["street2"], postal_code=firm.postal_code, city=firm.city, country="FR", vat_id=vat,
            language="fr_FR", payment_terms="30 jours",
        )  # fmt: skip
        body.append(Row(cells, values))
    body[6].cells["country_id"], body[6].values["country"] = "Royaume-Uni", "GB"
    body[8].cells["country_id"], body[8].faults = "Syldavie", [("not_a_country", "country")]
    return Sample("odoo-partners", "odoo-partners.csv", columns, body, language="fr", line_end="\n")


def _dolibarr() -> Sample:
    """A third party with two sales representatives has two rows."""
    columns = (
        "Nom|Code client|Code compta client|Id. prof. 1|N° TVA|Email|Téléphone|Adresse|Code postal|Ville|Code pays|Conditions de règlement|"
        "Mode de règlement|Date création|Statut|Identifiant commercial"
    ).split("|")
    body: list[Row | Aside] = []
    for firm in firms("fr", 22):
        active, since = firm.number % 6 != 5, day(firm.number)
        street = firm.street + ("\nZone artisanale" if firm.number % 5 == 1 else "")
        cells = {
            "Nom": firm.name, "Code client": f"CU2601-{firm.number:05d}", "Code compta client": f"411{firm.last[:5].upper()}",
            "Id. prof. 1": f"{732829320 + firm.number}", "N° TVA": "", "Email": firm.email, "Téléphone": firm.phone, "Adresse": street,
            "Code postal": firm.postal_code, "Ville": firm.city, "Code pays": "FR", "Conditions de règlement": "30 jours",
            "Mode de règlement": "Virement", "Date création": since.isoformat(), "Statut": "1" if active else "0",
            "Identifiant commercial": "amelie",
        }  # fmt: skip
        values = filled(
            code=f"CU2601-{firm.number:05d}", name=firm.name, print_as=firm.name, account_number=cells["Code compta client"],
            legal_id=f"{732829320 + firm.number}", email=firm.email, phone=firm.phone, address1=street, postal_code=firm.postal_code,
            city=firm.city, country="FR", payment_terms="30 jours", payment_method="Virement", since=since.isoformat(), active=active,
        )  # fmt: skip
        body.append(Row(cells, values))
        if firm.number in (3, 11):
            body.append(Row({**cells, "Identifiant commercial": "herve"}, dict(values)))
    body[7].cells["Statut"], body[7].faults = "2", [("not_in_values", "active")]
    return Sample("dolibarr-third-parties", "dolibarr-third-parties.csv", columns, body, language="fr")


def _datev_debitors() -> Sample:
    """Debtors, firms and people, and three creditors, which are no customers."""
    head = '"EXTF"|700|16|"Debitoren/Kreditoren"|5|20261120093352970||"RE"|"Admin"|""|1001|1|20260101|4|||""|""||||""||""||""|||""|""'
    body: list[Row | Aside] = []
    for firm in firms("de"):
        account, person = str(10000 + firm.number) if firm.number % 9 != 8 else str(70000 + firm.number), firm.number % 4 == 2
        country, vat = ("AT", f"U{12345670 + firm.number}") if firm.number % 5 == 0 else ("DE", f"{133546770 + firm.number}")
        cells = {
            "Konto": account, "Name (Adressattyp Unternehmen)": "" if person else firm.name, "Adressattyp": "1" if person else "2",
            "Name (Adressattyp natürl. Person)": firm.last if person else "", "Vorname (Adressattyp natürl. Person)": firm.first if person else "",
            "EU-Land": country, "EU-UStID": vat, "Straße": firm.street, "Postleitzahl": firm.postal_code, "Ort": firm.city, "Land": country,
            "Adressart": "STR", "Telefon": firm.phone, "E-Mail": firm.email, "Steuernummer": "", "Fälligkeit in Tagen (Debitor)": "14",
            "Kreditlimit (Debitor)": "0,00", "Adresse Gültig von": "01012012",
        }  # fmt: skip
        values = filled(
            code=account, account_number=account, name=firm.last if person else firm.name, print_as=firm.last if person else firm.name,
            first_name=firm.first if person else "", last_name=firm.last if person else "", vat_id=country + vat, address1=firm.street,
            postal_code=firm.postal_code, city=firm.city, country=country, phone=firm.phone, email=firm.email, payment_days=14,
        )  # fmt: skip
        body.append(Row(cells, values, [("no_match", "code")] if account.startswith("7") else []))
    above = [Aside([head.replace("|", ";")], "above the header", as_it_is=True)]
    return Sample("datev-debitors", "datev-debitors.csv", DEBITORS, body, above, language="de", delimiter=";", encoding="cp1252")


def _datev_journal() -> Sample:
    """Bookings of 2026: days without a year, which stands in the first line."""
    head = '"EXTF"|700|21|"Buchungsstapel"|13|20261120100000000||"RE"||""|1001|1|20260101|4|20260101|20261120|"Verkauf"||1|0|0|"EUR"||""|||"03"|||""|""'
    body: list[Row | Aside] = []
    for firm in firms("de"):
        n, when, total = firm.number, day(firm.number), abs(amount(firm.number + 5))
        side = "H" if n % 4 == 1 else "S"
        written = f"{total:.2f}".replace(".", ",")
        cells = {
            "Umsatz (ohne Soll/Haben-Kz)": written, "Soll/Haben-Kennzeichen": side, "WKZ Umsatz": "EUR" if n % 2 else "",
            "Konto": str(10000 + n), "Gegenkonto (ohne BU-Schlüssel)": "8400", "BU-Schlüssel": "9" if n % 6 == 0 else "",
            "Belegdatum": f"{when:%d%m}", "Belegfeld 1": f"RE-{n:04d}", "Buchungstext": firm.name,
        }  # fmt: skip
        code = "/".join((f"{when:%d%m}", f"RE-{n:04d}", str(10000 + n), "8400", written, side, firm.name))
        values = filled(
            code=code, date=when.isoformat(), account=str(10000 + n), counter_account="8400", amount=total * (-1 if side == "H" else 1),
            currency="EUR", tax_code=cells["BU-Schlüssel"], reference=f"RE-{n:04d}", text=firm.name,
        )  # fmt: skip
        body.append(Row(cells, values))
    body[12].cells["Belegdatum"], body[12].faults = "3102", [("not_a_date", "date")]
    above = [Aside([head.replace("|", ";")], "above the header", as_it_is=True)]
    return Sample("datev-journal", "datev-journal.csv", JOURNAL, body, above, language="de", delimiter=";", encoding="cp1252")


def _fec() -> Sample:
    """Entries of two and three lines; each row ends two fields early, as some programs write it where no other currency is used."""
    body: list[Row | Aside] = []
    for firm in firms("fr", 8):
        n, when, net = firm.number, day(firm.number), abs(amount(firm.number + 6))
        vat = (net * 20 / 100).quantize(Decimal("0.01"))
        lines = [
            ("4110000", "Clients", net + vat, Decimal(0)),
            ("7060000", "Prestations", Decimal(0), net),
            ("4457100", "TVA collectée", Decimal(0), vat),
        ]
        for account, label, debit, credit in lines:
            sub = (f"CLI{n:03d}", firm.name) if account.startswith("411") else ("", "")
            sides = [f"{side:.2f}".replace(".", ",") for side in (debit, credit)]
            cells = {
                "JournalCode": "VE", "JournalLib": "Journal des ventes", "EcritureNum": f"{n + 1:05d}", "EcritureDate": f"{when:%Y%m%d}",
                "CompteNum": account, "CompteLib": label, "CompAuxNum": sub[0], "CompAuxLib": sub[1], "PieceRef": f"FA2026-{n:03d}",
                "PieceDate": f"{when:%Y%m%d}", "EcritureLib": f"Facture {firm.name}", "Debit": sides[0], "Credit": sides[1],
                "EcritureLet": "A" if n % 2 and sub[0] else "", "ValidDate": f"{when:%Y%m%d}",
            }  # fmt: skip
            parts = ("VE", f"{n + 1:05d}", account, sub[0], f"FA2026-{n:03d}", f"Facture {firm.name}", *sides)
            values = filled(
                code="/".join(part for part in parts if part), journal="VE", number=f"{n + 1:05d}", date=when.isoformat(), account=account,
                account_name=label, sub_account=sub[0], sub_account_name=sub[1], reference=f"FA2026-{n:03d}", document_date=when.isoformat(),
                text=f"Facture {firm.name}", debit=debit, credit=credit, matching=cells["EcritureLet"], currency="EUR",
            )  # fmt: skip
            body.append(Row(cells, values))
    body[10].cells["Debit"], body[10].faults = "douze", [("not_a_number", "debit")]
    return Sample("fec", "fec.txt", FEC, body, language="fr", delimiter="\t", short_by=2)


def _kna1() -> Sample:
    body: list[Row | Aside] = []
    for firm in firms("de"):
        since = f"{day(firm.number):%Y%m%d}" if firm.number % 4 else "00000000"
        cells = {
            "KUNNR": f"{firm.number:010d}" if firm.number % 6 else f"CA{firm.number:03d}", "MANDT": "800", "LAND1": "DE", "NAME1": firm.name,
            "NAME2": "Zentrale" if firm.number % 3 == 0 else "", "ORT01": firm.city, "PSTLZ": firm.postal_code, "REGIO": "09",
            "STRAS": firm.street, "TELF1": firm.phone, "ERDAT": since, "ERNAM": "SCHMITT", "KTOKD": "0001", "SPRAS": "D",
            "STCEG": f"DE{133546770 + firm.number}",
        }  # fmt: skip
        values = filled(
            code=cells["KUNNR"], name=firm.name, print_as=f"{firm.name} {cells['NAME2']}".strip(), address1=firm.street,
            postal_code=firm.postal_code, city=firm.city, state="09", country="DE", phone=firm.phone, vat_id=cells["STCEG"],
            since=day(firm.number).isoformat() if firm.number % 4 else "",
        )  # fmt: skip
        body.append(Row(cells, values))
    body[5].cells["LAND1"], body[5].values["country"] = "USA", "US"
    body[11].cells["ERDAT"], body[11].faults = "20261301", [("not_a_date", "since")]
    return Sample("sap-kna1", "sap-kna1.txt", [name.lower() for name in KNA1], _lowered(body), language="de", delimiter="|")


def _lowered(body: list[Row | Aside]) -> list[Row | Aside]:
    """An extractor writes the names of the fields in lower case."""
    for row in body:
        if isinstance(row, Row):
            row.cells = {name.lower(): cell for name, cell in row.cells.items()}
    return body
