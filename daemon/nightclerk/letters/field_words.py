"""What the fields and tables of the shipped entities are called where people read them and no file has a word for them."""

from __future__ import annotations

from nightclerk.core.report import Report
from nightclerk.core.run import Run
from nightclerk.letters.language import NP_, Language

_FIELDS: dict[str, str] = {
    "customer": NP_("column", "Customer"),
    "code": NP_("column", "Code"),
    "name": NP_("column", "Name"),
    "first_name": NP_("column", "First name"),
    "last_name": NP_("column", "Last name"),
    "role": NP_("column", "Role"),
    "email": NP_("column", "Email"),
    "phone": NP_("column", "Phone"),
    "mobile": NP_("column", "Mobile"),
    "active": NP_("column", "Active"),
    "print_as": NP_("column", "Print as"),
    "account_number": NP_("column", "Account number"),
    "legal_id": NP_("column", "Legal ID"),
    "vat_id": NP_("column", "VAT ID"),
    "url": NP_("column", "URL"),
    "address1": NP_("column", "Address 1"),
    "address2": NP_("column", "Address 2"),
    "address3": NP_("column", "Address 3"),
    "city": NP_("column", "City"),
    "state": NP_("column", "State"),
    "postal_code": NP_("column", "Postal code"),
    "country": NP_("column", "Country"),
    "currency": NP_("column", "Currency"),
    "language": NP_("column", "Language"),
    "payment_terms": NP_("column", "Payment terms"),
    "payment_days": NP_("column", "Payment days"),
    "payment_method": NP_("column", "Payment method"),
    "sales_rep": NP_("column", "Sales rep"),
    "groups": NP_("column", "Groups"),
    "balance": NP_("column", "Balance"),
    "since": NP_("column", "Since"),
    "notes": NP_("column", "Notes"),
    "credit_limit": NP_("column", "Credit limit"),
    "insurer_guarantee": NP_("column", "Insurer guarantee"),
    "other_guarantees": NP_("column", "Other guarantees"),
    "number": NP_("column", "Number"),
    "kind": NP_("column", "Kind"),
    "type": NP_("column", "Type"),
    "issue_date": NP_("column", "Issue date"),
    "due_date": NP_("column", "Due date"),
    "amount": NP_("column", "Amount"),
    "amount_remaining": NP_("column", "Amount remaining"),
    "business_case": NP_("column", "Business case"),
    "reference": NP_("column", "Reference"),
    "status": NP_("column", "Status"),
    "cleared_on": NP_("column", "Cleared on"),
    "journal": NP_("column", "Journal"),
    "date": NP_("column", "Date"),
    "account": NP_("column", "Account"),
    "account_name": NP_("column", "Account name"),
    "counter_account": NP_("column", "Counter account"),
    "sub_account": NP_("column", "Sub account"),
    "sub_account_name": NP_("column", "Sub account name"),
    "document_date": NP_("column", "Document date"),
    "text": NP_("column", "Text"),
    "debit": NP_("column", "Debit"),
    "credit": NP_("column", "Credit"),
    "tax_code": NP_("column", "Tax code"),
    "matching": NP_("column", "Matching"),
    "value": NP_("column", "Value"),
    "stage": NP_("column", "Stage"),
    "probability": NP_("column", "Probability"),
    "expected_close": NP_("column", "Expected close"),
    "closed_on": NP_("column", "Closed on"),
    "owner": NP_("column", "Owner"),
    "source": NP_("column", "Source"),
    "invoice": NP_("column", "Invoice"),
    "method": NP_("column", "Method"),
    "description": NP_("column", "Description"),
    "unit": NP_("column", "Unit"),
    "price": NP_("column", "Price"),
    "cost": NP_("column", "Cost"),
    "category": NP_("column", "Category"),
    "gl_debit_account": NP_("column", "GL debit account"),
    "gl_credit_account": NP_("column", "GL credit account"),
}
_TABLES: dict[str, str] = {
    "contacts": NP_("table", "Contacts"),
    "customers": NP_("table", "Customers"),
    "gl_accounts": NP_("table", "GL accounts"),
    "groups": NP_("table", "Groups"),
    "invoices": NP_("table", "Invoices"),
    "journal_entries": NP_("table", "Journal entries"),
    "opportunities": NP_("table", "Opportunities"),
    "payments": NP_("table", "Payments"),
    "products": NP_("table", "Products"),
}


def field_words(field: str, language: Language) -> str:
    """Given a field; returns what a column of it is called, in the language where it is a shipped one, else its name as words."""
    return language.pgettext("column", _FIELDS[field]) if field in _FIELDS else _words(field)


def column_words(run: Run, report: Report, field: str, language: Language) -> str:
    """Given one of our fields in a run; returns the sender's own header for it where the file has one, else its words."""
    return report.headers.get((run.id, field)) or field_words(field, language)


def table_words(table: str, language: Language) -> str:
    """Given a table; returns what its rows are called together, likewise."""
    return language.pgettext("table", _TABLES[table]) if table in _TABLES else _words(table)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
