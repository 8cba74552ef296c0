"""Samples of systems whose exports are in English: Xero, QuickBooks, FreshBooks, Zoho Books, Sage."""

# ruff: noqa: E501, SIM905 - columns and words in a row read better than one a line

from __future__ import annotations

from decimal import Decimal

from facts import Firm, amount, day, filled, firms, grouped
from files import Aside, Row, Sample

XERO_CONTACTS = (
    "*ContactName AccountNumber EmailAddress FirstName LastName POAttentionTo POAddressLine1 POAddressLine2 POAddressLine3 "
    "POAddressLine4 POCity PORegion POPostalCode POCountry SAAttentionTo SAAddressLine1 SAAddressLine2 SAAddressLine3 "
    "SAAddressLine4 SACity SARegion SAPostalCode SACountry PhoneNumber FaxNumber MobileNumber DDINumber SkypeName BankAccountName "
    "BankAccountNumber BankAccountParticulars TaxNumber AccountsReceivableTaxCodeName AccountsPayableTaxCodeName Website "
    "LegalName Discount CompanyNumber DueDateBillDay DueDateBillTerm DueDateSalesDay DueDateSalesTerm SalesAccount "
    "PurchasesAccount TrackingName1 SalesTrackingOption1 PurchasesTrackingOption1 TrackingName2 SalesTrackingOption2 "
    "PurchasesTrackingOption2 BrandingTheme DefaultTaxBills DefaultTaxSales Person1FirstName Person1LastName Person1Email"
).split()
XERO_INVOICES = (
    "ContactName EmailAddress POAddressLine1 POAddressLine2 POAddressLine3 POAddressLine4 POCity PORegion POPostalCode POCountry "
    "InvoiceNumber Reference InvoiceDate DueDate Total TaxTotal InvoiceAmountPaid InvoiceAmountDue InventoryItemCode Description "
    "Quantity UnitAmount Discount LineAmount AccountCode TaxType TaxAmount TrackingName1 TrackingOption1 TrackingName2 "
    "TrackingOption2 Currency Type Sent Status"
).split()
QUICKBOOKS_CUSTOMERS = (
    "|Active Status|Customer|Balance|Balance Total|Company|Mr./Ms./...|First Name|M.I.|Last Name|Primary Contact|Main Phone|Fax|"
    "Alt. Phone|Secondary Contact|Job Title|Main Email|Bill to 1|Bill to 2|Bill to 3|Bill to 4|Bill to 5|Ship to 1|Ship to 2|"
    "Ship to 3|Ship to 4|Ship to 5|Customer Type|Terms|Rep|Sales Tax Code|Tax item|Resale Num|Account No.|Credit Limit|Job Status|"
    "Job Type|Job Description|Start Date|Projected End|End Date"
).split("|")
INTACCT = (
    "DONOTIMPORT CUSTOMER_ID NAME PRINT_AS FIRST_NAME LAST_NAME EMAIL1 PHONE1 ADDRESS1 ADDRESS2 CITY STATE ZIP COUNTRY TERM_NAME "
    "ACTIVE CREDIT_LIMIT COMMENTS"
).split()
SAGE_50 = (
    "A/C|Name|Address Line 1|Address Line 2|Address Line 3|Address Line 4|Address Line 5|Contact Name|Telephone|Fax|Analysis 1|"
    "Analysis 2|Analysis 3|Department|VAT Number|M.T.D.|Y.T.D.|Prior Y.T.D.|Credit Limit|Trading Terms Text"
).split("|")


def samples() -> list[Sample]:
    """Returns the samples of this page."""
    return [
        *(_xero_contacts(), _xero_invoices(), _quickbooks_customers(), _quickbooks_invoices(), _freshbooks()),
        *(_zoho_contacts(), _zoho_invoices(), _sage_intacct(), _sage_50()),
    ]


def _address(firm: Firm, country: str) -> dict[str, str]:
    """The fields of an address that most systems have."""
    return {"address1": firm.street, "city": firm.city, "state": firm.state, "postal_code": firm.postal_code, "country": country}


def _xero_contacts() -> Sample:
    body: list[Row | Aside] = []
    for firm in firms("en"):
        number = f"{firm.number:05d}" if firm.number % 3 else ""
        country = "United Kingdom" if firm.number % 2 else ""
        cells = {
            "*ContactName": firm.name, "AccountNumber": number, "EmailAddress": firm.email, "FirstName": firm.first,
            "LastName": firm.last, "POAddressLine1": firm.street, "POCity": firm.city, "PORegion": firm.state,
            "POPostalCode": firm.postal_code, "POCountry": country, "PhoneNumber": firm.phone, "DueDateSalesDay": "20",
            "DueDateSalesTerm": "of the following month", "BankAccountNumber": "12-3456-7890123-00", "TaxNumber": "",
        }  # fmt: skip
        values = filled(
            code=firm.name, name=firm.name, print_as=firm.name, account_number=number, email=firm.email, first_name=firm.first,
            last_name=firm.last, phone=firm.phone, payment_terms="20 of the following month", **_address(firm, "GB" if country else ""),
        )  # fmt: skip
        body.append(Row(cells, values))
    body[5].cells["POAddressLine1"], body[5].values["address1"] = "Level 2\n9 Pier Road", "Level 2\n9 Pier Road"
    body[7].cells["EmailAddress"], body[7].faults = "accounts at birch", [("not_an_email", "email")]
    body[9].cells["POCountry"], body[9].faults = "Atlantis", [("not_a_country", "country")]
    return Sample("xero-contacts", "xero-contacts.csv", XERO_CONTACTS, body)


def _xero_invoices() -> Sample:
    """Eight invoices of one to four lines, two credit notes, a draft."""
    names = [firm.name for firm in firms("en")]
    body: list[Row | Aside] = []
    for n in range(11):
        kind, status = (
            ("Sales credit note", "Paid") if n in (4, 8) else ("Sales invoice", "Draft" if n == 6 else "Awaiting Payment")
        )
        total, issued = amount(n + 1), day(n)
        for line in range(1 + n % 4):
            cells = {
                "ContactName": names[n], "InvoiceNumber": f"INV-{n:04d}", "InvoiceDate": f"{issued:%d/%m/%Y}",
                "DueDate": f"{day(n + 30):%d/%m/%Y}", "Total": f"{total:.4f}", "TaxTotal": "0.0000", "InvoiceAmountDue": f"{total:.4f}",
                "Description": f"Item {line + 1}, as ordered", "Quantity": "1.0000", "LineAmount": "1.0000", "Currency": "NZD",
                "Type": kind, "Status": status, "Sent": "Sent", "Reference": "" if n % 2 else f"PO {n}",
            }  # fmt: skip
            values = filled(
                number=f"INV-{n:04d}", customer=names[n], type="credit_note" if "credit" in kind else "invoice",
                issue_date=issued.isoformat(), due_date=day(n + 30).isoformat(), amount=total, amount_remaining=total, currency="NZD",
                reference="" if n % 2 else f"PO {n}", status="cleared" if status == "Paid" else "open",
            )  # fmt: skip
            body.append(Row(cells, values, [("not_in_values", "status")] if status == "Draft" else []))
    return Sample("xero-invoices", "xero-invoices.csv", XERO_INVOICES, body)


def _quickbooks_customers() -> Sample:
    body: list[Row | Aside] = []
    for firm in firms("en", place="us"):
        balance, active = amount(firm.number) if firm.number % 4 else Decimal(0), firm.number % 6 != 2
        company = firm.name if firm.number % 3 else ""
        code = f"{firm.last} {firm.number:02d}"
        where = f"{firm.city}, {firm.state} {firm.postal_code}"
        cells = {
            "Active Status": "Active" if active else "Not-active", "Customer": code, "Balance": grouped(balance, ",", "."),
            "Balance Total": grouped(balance, ",", "."), "Company": company, "First Name": firm.first, "Last Name": firm.last,
            "Main Phone": firm.phone, "Main Email": firm.email, "Bill to 1": firm.street, "Bill to 2": where, "Terms": "Net 30",
            "Rep": "RE", "Account No.": f"{firm.number:04d}", "Credit Limit": "5,000.00",
        }  # fmt: skip
        values = filled(
            code=code, name=company or code, print_as=company or code, account_number=f"{firm.number:04d}", first_name=firm.first,
            last_name=firm.last, email=firm.email, phone=firm.phone, address1=firm.street, address2=where, currency="USD",
            payment_terms="Net 30", sales_rep="RE", active=active, balance=balance,
        )  # fmt: skip
        body.append(Row(cells, values))
    body[3].cells["Balance"], body[3].values["balance"] = "-1,250.00", Decimal("-1250.00")
    body[8].cells["Balance"], body[8].faults = "see memo", [("not_a_number", "balance")]
    return Sample("quickbooks-customers", "quickbooks-customers.csv", QUICKBOOKS_CUSTOMERS, body, encoding="cp1252")


def _quickbooks_invoices() -> Sample:
    """The report with its frame: three lines of title, a total that is right, the hour of the report."""
    columns = ["", *"Date|Transaction Type|Num|Name|Memo/Description|Due Date|Amount|Open Balance".split("|")]
    body: list[Row | Aside] = []
    for firm in firms("en", place="us"):
        n, credit = firm.number, firm.number % 7 == 3
        total = amount(n + 2) * (-1 if credit else 1)
        rest = total if n % 2 else Decimal(0)
        issued, due = day(n), day(n + 3)
        cells = {
            "Date": f"{issued:%m/%d/%Y}", "Transaction Type": "Credit Memo" if credit else "Invoice", "Num": f"{1000 + n}",
            "Name": firm.name, "Memo/Description": "" if n % 3 else "Spring, second part", "Due Date": f"{due:%m/%d/%Y}",
            "Amount": grouped(total, ",", "."), "Open Balance": grouped(rest, ",", "."),
        }  # fmt: skip
        values = filled(
            number=f"{1000 + n}", customer=firm.name, type="credit_note" if credit else "invoice", issue_date=issued.isoformat(),
            due_date=due.isoformat(), amount=total, amount_remaining=rest, currency="USD",
            reference="" if n % 3 else "Spring, second part",
        )  # fmt: skip
        body.append(Row(cells, values))
    sums = [sum(row.values[name] for row in body) for name in ("amount", "amount_remaining")]
    body.append(Aside(["TOTAL", "", "", "", "", "", "", *(grouped(total, ",", ".") for total in sums)], "total, verified"))
    body.append(Aside(["", *[""] * 8], "blank row"))
    body.append(Aside(["Friday, November 20, 2026 10:20 AM GMT-5"], "footer"))
    above = [
        Aside([title], "above the header") for title in ("Harbour Supply, LLC", "Invoice List", "January 1 - November 20, 2026")
    ]
    above.append(Aside([""], "blank row"))
    return Sample("quickbooks-invoices", "quickbooks-invoices.csv", columns, body, above, bom=True)


def _freshbooks() -> Sample:
    columns = "First Name|Last Name|Company Name|Email Address|Phone Number|Address Line 1|Address Line 2|City|State|Zip Code|Country".split(
        "|"
    )
    body: list[Row | Aside] = []
    for firm in firms("en", place="us"):
        company = firm.name if firm.number % 5 == 0 or firm.number % 2 else ""
        cells = {
            "First Name": firm.first, "Last Name": firm.last, "Company Name": company, "Email Address": firm.email,
            "Phone Number": firm.phone, "Address Line 1": firm.street, "City": firm.city, "State": firm.state,
            "Zip Code": firm.postal_code, "Country": "United States",
        }  # fmt: skip
        values = filled(
            code=company or firm.email, name=company or firm.last, print_as=company or firm.last, first_name=firm.first,
            last_name=firm.last, email=firm.email, phone=firm.phone, **_address(firm, "US"),
        )  # fmt: skip
        body.append(Row(cells, values))
    body[10].cells["Company Name"], body[10].cells["Email Address"] = "", ""
    body[10].faults = [("required", "code")]
    body.insert(12, Aside([""] * len(columns), "blank row"))
    return Sample("freshbooks-clients", "freshbooks-clients.csv", columns, body)


def _zoho_contacts() -> Sample:
    columns = (
        "Created Time|Contact ID|Display Name|Company Name|Salutation|First Name|Last Name|Phone|Currency Code|Notes|Website|Status|"
        "Opening Balance|EmailID|MobilePhone|Payment Terms|Payment Terms Label|Billing Address|Billing City|Billing State|"
        "Billing Country|Billing Code|Contact Type"
    ).split("|")
    body: list[Row | Aside] = []
    for firm in firms("en"):
        code, active = f"42716680000000{95000 + firm.number}", firm.number % 8 != 1
        days = (0, 15, 30, 45)[firm.number % 4]
        label = "Due on Receipt" if not days else f"Net {days}"
        cells = {
            "Created Time": "2026-01-09 10:11:12", "Contact ID": code, "Display Name": firm.name, "Company Name": firm.name,
            "First Name": firm.first, "Last Name": firm.last, "Phone": firm.phone, "Currency Code": "GBP",
            "Website": "http://www.client.example" if firm.number % 2 else "", "Status": "Active" if active else "Inactive",
            "EmailID": firm.email, "Payment Terms": str(days), "Payment Terms Label": label, "Billing Address": firm.street,
            "Billing City": firm.city, "Billing State": firm.state, "Billing Country": "United Kingdom",
            "Billing Code": firm.postal_code, "Contact Type": "customer",
        }  # fmt: skip
        values = filled(
            code=code, name=firm.name, print_as=firm.name, first_name=firm.first, last_name=firm.last, phone=firm.phone,
            currency="GBP", url=cells["Website"], active=active, email=firm.email, payment_days=days, payment_terms=label,
            **_address(firm, "GB"),
        )  # fmt: skip
        body.append(Row(cells, values))
    body[6].cells["Notes"], body[6].values["notes"] = (
        'Calls itself "the 6th";\nasks for paper',
        'Calls itself "the 6th";\nasks for paper',
    )
    body[11].cells["Payment Terms"], body[11].faults = "-3", [("too_small", "payment_days")]
    return Sample("zoho-books-contacts", "zoho-books-contacts.csv", columns, body)


def _zoho_invoices() -> Sample:
    columns = (
        "Invoice Date|Invoice ID|Invoice Number|Invoice Status|Customer ID|Customer Name|Due Date|PurchaseOrder|Currency Code|"
        "Exchange Rate|Item Name|Item Desc|Quantity|Item Price|Item Total|SubTotal|Total|Balance|Shipping Charge|Adjustment"
    ).split("|")
    words = ("Sent", "Overdue", "Paid", "PartiallyPaid", "Void", "Draft")
    body: list[Row | Aside] = []
    for n in range(12):
        status, total, issued = words[n % 6], amount(n + 4), day(n)
        rest = Decimal(0) if status == "Paid" else total
        for line in range(1 + n % 3):
            cells = {
                "Invoice Date": issued.isoformat(), "Invoice ID": f"42716680000000{77000 + n}", "Invoice Number": f"INV-{n:06d}",
                "Invoice Status": status, "Customer ID": f"42716680000000{95000 + n}", "Customer Name": firms("en")[n].name,
                "Due Date": day(n + 9).isoformat(), "PurchaseOrder": f"PO-{n}", "Currency Code": "GBP", "Exchange Rate": "1.00000000",
                "Item Name": f"Item {line + 1}", "Quantity": "2.00", "Item Price": "1.00", "Item Total": "2.00", "SubTotal": str(total),
                "Total": str(total), "Balance": str(rest),
            }  # fmt: skip
            values = filled(
                number=f"INV-{n:06d}", customer=f"42716680000000{95000 + n}", type="invoice", issue_date=issued.isoformat(),
                due_date=day(n + 9).isoformat(), amount=total, amount_remaining=rest, currency="GBP", reference=f"PO-{n}",
                status="cleared" if status == "Paid" else "open",
            )  # fmt: skip
            body.append(Row(cells, values, [("not_in_values", "status")] if status in ("Void", "Draft") else []))
    return Sample("zoho-books-invoices", "zoho-books-invoices.csv", columns, body)


def _sage_intacct() -> Sample:
    """The template with its second row, a row marked as not to be imported and a comment."""
    explained = [
        "Leave blank. Put a # here to skip the row on import", "Unique customer ID, up to 20 characters. Required",
        "Customer name, up to 100 characters. Required", "Name as it prints on invoices. Required for new customers",
        "First name of the primary contact", "Last name of the primary contact", "Primary email address of the customer",
        "Primary phone number with its area code", "First line of the billing address", "Second line of the billing address",
        "City of the billing address", "State or territory, two letters", "ZIP or postal code of the address",
        "Country or its code in two letters", "Name of a term that exists in the company", "TRUE or FALSE; blank means TRUE",
        "Credit limit in the base currency", "Any comments, up to 200 characters",
    ]  # fmt: skip
    body: list[Row | Aside] = [Aside(list(explained), "description of the columns")]
    for firm in firms("en", place="us"):
        active = firm.number % 5 != 3
        cells = {
            "CUSTOMER_ID": f"{firm.number:06d}", "NAME": firm.name, "PRINT_AS": firm.name.upper(), "FIRST_NAME": firm.first,
            "LAST_NAME": firm.last, "EMAIL1": firm.email, "PHONE1": firm.phone, "ADDRESS1": firm.street, "CITY": firm.city,
            "STATE": firm.state, "ZIP": firm.postal_code, "COUNTRY": "US", "TERM_NAME": "2/10 Net 30",
            "ACTIVE": "TRUE" if active else "FALSE", "CREDIT_LIMIT": "11000",
        }  # fmt: skip
        values = filled(
            code=f"{firm.number:06d}", name=firm.name, print_as=firm.name.upper(), first_name=firm.first, last_name=firm.last,
            email=firm.email, phone=firm.phone, payment_terms="2/10 Net 30", active=active, **_address(firm, "US"),
        )  # fmt: skip
        body.append(Row(cells, values))
    skipped = ["#" if place == 0 else cell for place, cell in enumerate(["", "999999", "Not this one, Inc.", *[""] * 15])]
    body.insert(4, Aside(skipped, "comment"))
    body.insert(9, Aside(["x", "999998", "Nor this one", *[""] * 15], "marked as not to be imported"))
    body[14].cells["NAME"], body[14].faults = "", [("required", "name")]
    return Sample("sage-intacct-customers", "sage-intacct-customers.csv", INTACCT, body, bom=True)


def _sage_50() -> Sample:
    body: list[Row | Aside] = []
    for firm in firms("en"):
        code = f"{firm.last[:5].upper()}{firm.number:03d}"
        vat = f"GB{123456700 + firm.number}" if firm.number % 2 else ""
        cells = {
            "A/C": code, "Name": firm.name, "Address Line 1": firm.street, "Address Line 3": firm.city, "Address Line 4": firm.state,
            "Address Line 5": firm.postal_code, "Contact Name": f"{firm.first} {firm.last}", "Telephone": firm.phone,
            "Department": "0", "VAT Number": vat, "M.T.D.": "0.00", "Y.T.D.": "1234.00", "Credit Limit": "4000.00",
            "Trading Terms Text": "30 Days End of Month",
        }  # fmt: skip
        values = filled(
            code=code, name=firm.name, print_as=firm.name, address1=firm.street, city=firm.city, state=firm.state,
            postal_code=firm.postal_code, last_name=f"{firm.first} {firm.last}", phone=firm.phone, vat_id=vat,
            payment_terms="30 Days End of Month", currency="GBP",
        )  # fmt: skip
        body.append(Row(cells, values))
    body[2].cells["Name"], body[2].faults = "", [("required", "name")]
    return Sample("sage-50-customers", "sage-50-customers.csv", SAGE_50, body, encoding="cp1252")
