"""Sample reports, one for each way a drop can end, for everything that is tested or looked at about letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from nightclerk.core.drop import Drop, Sighting
from nightclerk.core.issue import ROW_CODES
from nightclerk.core.reading import FormatFound
from nightclerk.core.report import RejectFile, Report
from nightclerk.core.run import ControlTotal, Counts, IssueGroup, Run
from nightclerk.core.sentence import Sentence, Value, joined
from nightclerk.core.sentences import about_cell, about_duplicate

SENDER = "Nightclerk <nightclerk@example.com>"
READERS = ("compta@lumiere.example", "ops@lumiere.example")
AT = datetime(2026, 11, 21, 2, 4, 0, tzinfo=UTC)
FORMAT = FormatFound("delimited", "cp1252", ";", '"', 1, "\r\n")
NEW_COLUMN = Sentence.counted(
    "Column %(headers)s is neither mapped nor ignored; it was not read.",
    "Columns %(headers)s are neither mapped nor ignored; they were not read.",
    1,
    headers=("Agence",),
)
MISSING = joined(
    Sentence(
        "The file has no column %(wanted)s, which %(field)s is read from, and none like it.",
        wanted=("Code client",),
        field="code",
    ),
    Sentence("Its columns are %(headers)s.", headers=("Code", "Nom", "Courriel", "Solde")),
)
TOO_MANY = Sentence.counted(
    "%(rejected)s of %(n)s row (%(share)s %%) had something wrong, but at most %(most)s %% may be rejected.",
    "%(rejected)s of %(n)s rows (%(share)s %%) had something wrong, but at most %(most)s %% may be rejected.",
    1204,
    rejected=301,
    share=Decimal("25.1"),
    most=Decimal(5),
)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|' /C calc'!A0",
    "invoice\u202egnp.exe",
    "a\r\nBcc: everybody@example.com\r\n\r\n<b>body</b>",
    "caf\udce9 \x00\x1b[31m \u2028 \ufeff",
    "{{ 7 * 7 }} {% raw %} %(rows)s %s",
    "x" * 5000,
    "&lt;script&gt; &#60;b&#62; </td></tr></table></style>",
)


def drop(name: str = "clients_20261121.csv", **changed: Any) -> Drop:
    """A drop of the tenant credit-lumiere, taken at 02:03 UTC."""
    made = Drop(345, "credit-lumiere", Sighting(name, 84_211, 1795226592), datetime(2026, 11, 21, 2, 3, 12, tzinfo=UTC), 1)
    return replace(made, **changed)


def run(**changed: Any) -> Run:
    """A run that imported 1,204 rows."""
    made = Run(
        id=812,
        key="3f0c9f3e-812",
        drop=345,
        tenant="credit-lumiere",
        feed="clients",
        entity="customer",
        file="clients_20261121.csv",
        size=84_211,
        sha256="ab" * 32,
        started_at=datetime(2026, 11, 21, 2, 3, 13, tzinfo=UTC),
        ended_at=datetime(2026, 11, 21, 2, 3, 15, tzinfo=UTC),
        ending="imported",
        counts=Counts(rows=1204, created=12, updated=30, unchanged=1162),
        attempt=1,
        format=FORMAT,
        columns=("Code client", "Raison sociale", "Courriel", "Solde", "Devise"),
        totals={"balance": {"EUR": ControlTotal("1284310.5500", "1284310.5500", "0.0000")}},
        archived_as="clients_20261121.20261121T020312Z.run812.csv",
    )
    return replace(made, **changed)


def report(*runs: Run, **changed: Any) -> Report:
    """A report about these runs."""
    made = Report(
        tenant="credit-lumiere",
        tenant_name="Crédit Lumière",
        timezone="Europe/Paris",
        language="en",
        drop=drop(),
        runs=runs or (run(),),
        server_place="/export/processed/clients_20261121.20261121T020312Z.run812.csv",
    )
    return replace(made, **changed)


def imported() -> Report:
    return report(
        run(
            notes=(NEW_COLUMN,),
            effects={"kept_blank": {"phone": 14, "email": 1}},
            left_out=3,
        )
    )


def unchanged() -> Report:
    return report(run(counts=Counts(rows=1204, unchanged=1204)))


def about(code: str, header: str, field: str, count: int, *cells: tuple[int, str], template: str, **values: Value) -> IssueGroup:
    """A kind of issue with examples as the reader words them."""
    examples = tuple((line, cell or None, about_cell(line, header, cell, template, values)) for line, cell in cells)
    return IssueGroup(code, header, field, count, examples)


def groups() -> tuple[IssueGroup, ...]:
    no_address = '"%(value)s" is not an email address.'
    no_number = '"%(value)s" is not a number; numbers here look like %(example)s.'
    same_key = (7, "C0042", about_duplicate(7, "C0042", [7, 880]))
    return (
        about("not_an_email", "Courriel", "email", 14, (17, "jean@"), (212, "à demander"), template=no_address),
        about("not_a_number", "Solde", "balance", 2, (40, "1.2.3"), template=no_number, example="1 234,56"),
        about("required", "Raison sociale", "name", 1, (98, ""), template="the value is missing."),
        IssueGroup("duplicate_key", "Code client", "code", 2, (same_key,)),
    )


def reject_file(rows: int = 18, **changed: Any) -> RejectFile:
    content = "Code client;Raison sociale;Courriel\r\nC0042;Église;jean@\r\n".encode("cp1252")
    return replace(RejectFile("clients_20261121.rejected.csv", content, rows), **changed)


def with_rejects(**changed: Any) -> Report:
    made = report(
        run(
            ending="imported_with_rejects",
            counts=Counts(rows=1204, created=12, updated=30, unchanged=1144, rejected=18),
            totals={
                "balance": {
                    "EUR": ControlTotal("1284310.5500", "1281102.1000", "3208.4500"),
                    "USD": ControlTotal("-90112.0000", "-90112.0000", "0.0000"),
                    "": ControlTotal("15.1250", "0.0000", "15.1250"),
                }
            },
            unreadable={"balance": 2},
            issues=19,
            groups=groups(),
        ),
        reject_files=(reject_file(),),
    )
    return replace(made, **changed)


def refused() -> Report:
    return report(
        run(
            ending="refused",
            code="column_missing",
            sentence=MISSING,
            line=1,
            counts=Counts(),
            totals={},
        ),
        server_place="/export/failed/clients_20261121.20261121T020312Z.run812.csv",
    )


def too_many_rejected() -> Report:
    return report(
        run(
            ending="refused",
            code="too_many_rejected",
            sentence=TOO_MANY,
            counts=Counts(rows=1204, skipped=1204),
            totals={},
            issues=301,
            groups=groups(),
        ),
        reject_files=(reject_file(301),),
        server_place="/export/failed/clients_20261121.20261121T020312Z.run812.csv",
    )


def duplicate() -> Report:
    return report(
        run(ending="duplicate", counts=Counts(rows=1204, skipped=1204), totals={}, format=None, effects={"duplicate_of": 790})
    )


def empty() -> Report:
    return report(
        run(ending="empty", size=0, counts=Counts(), totals={}, format=None),
        drop=drop("clients_20261121.csv"),
        server_place="/export/failed/clients_20261121.20261121T020312Z.run812.csv",
    )


def unrecognised() -> Report:
    return report(
        run(ending="unrecognised", feed=None, entity=None, counts=Counts(), totals={}, format=None, archived_as=None),
        drop=drop("Photos de vacances.zip"),
        server_place="/export/Photos de vacances.zip",
    )


def held() -> Report:
    return report(run(ending="held", counts=Counts(rows=1204, held=1204), totals={}), server_place="/export/clients_20261121.csv")


def claimed_twice() -> Report:
    sentence = Sentence(
        "More than one import is set up for the same rows of this file: %(feeds)s.%(setting)s",
        feeds="clients, contacts",
        setting=" Narrow the feeds' `files` patterns, or give each its `sheet`.",
    )
    twice = run(ending="refused", code="claimed_twice", sentence=sentence, counts=Counts(), totals={}, format=None)
    return report(twice, replace(twice, id=813, feed="contacts"), server_place="/export/failed/clients.run812.csv")


def several() -> Report:
    return report(
        run(),
        replace(with_rejects().runs[0], id=813, feed="open-items"),
        replace(refused().runs[0], id=814, feed="contacts"),
        reject_files=(reject_file(),),
    )


def tried_again() -> Report:
    return replace(imported(), runs=(run(attempt=3, corrects=790),))


def hostile(text: str = " ".join(HOSTILE[:6]), **changed: Any) -> Report:
    """Everything that comes from outside is this text."""
    told = about_cell(2, text, text, '"%(value)s" cannot be read.', {})
    kinds = tuple(IssueGroup(code, f"{text}{code}", "email", 1, ((2, text[:200], told),)) for code in ROW_CODES)
    made = report(
        run(
            file=text,
            ending="imported_with_rejects",
            counts=Counts(rows=3, created=1, rejected=2),
            groups=kinds,
            notes=(Sentence("Its columns are %(headers)s.", headers=(text,)),),
            format=FormatFound("delimited", "cp1252", "\u00a6", None, None, "\n"),
            archived_as=text,
            totals={text: {text: ControlTotal("1.0000", "1.0000", "0.0000")}},
            unreadable={text: 3},
            effects={"kept_blank": {text: 1}, "only": [text]},
            sentence=Sentence.verbatim(text),
        ),
        tenant_name=text,
        drop=drop(text),
        server_place=f"/export/{text}",
        reject_files=(RejectFile(f"{text}.csv", b"a;b\r\n", 2, complete=False),),
    )
    return replace(made, **changed)


ALL = {
    made.__name__: made
    for made in (
        imported, unchanged, with_rejects, refused, too_many_rejected, duplicate, empty, unrecognised, held, claimed_twice,
        several, tried_again, hostile,
    )
}  # fmt: skip
