"""Amounts whose row says no currency: counted under none, or under the default where nothing else can be meant, and held against
the tables in the currency that stands there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.flow.installed import DATABASES, installed
from tests.servers import commands

CUSTOMER = """\
entity: customer
table: customers
key: [code]
fields:
  code: {type: text, max_length: 20}
  name: {type: text}
  currency: {type: currency, default: EUR}
  balance: {type: money, currency: currency}
"""
TENANT = """\
tenant: acme
name: Acme
timezone: Europe/Paris
source: {kind: folder, path: drops}
report: {to: a@acme.example}
feeds:
"""
FEED = """\
  - feed: FEED
    files: "FEED_*.csv"
    entity: customer
    format: {kind: delimited, delimiter: ";"}
    duplicates: last_wins
    MODE
    mapping: {code: Code, name: Name, balance: Balance CURRENCY}
"""
FEEDS = {
    "kept": "{from: Currency, blank: keep}",
    "cleared": "{from: Currency, blank: clear}",
    "filled": "{from: Currency, blank: default}",
    "never": "{from: Currency, blank: default, conflict: never}",
    "fill_empty": "{from: Currency, blank: default, conflict: fill_empty}",
    "edited": "{from: Currency, blank: default, conflict: keep_local_edits}",
    "bare": "",
    "new": "Currency",
}
HEADER = "Code;Name;Currency;Balance\n"
FIRST = HEADER + "A;Anna;USD;1.50\nB;Bert;;2.25\nC;Carl;CHF;4.00\n"


@pytest.fixture(params=DATABASES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    feeds = [
        FEED.replace("FEED", name)
        .replace("CURRENCY", f", currency: {rule}" if rule else "")
        .replace("MODE", "mode: create_only" if name == "new" else "mode: upsert")
        for name, rule in FEEDS.items()
    ]
    installed(tmp_path, request.param, {"customer": CUSTOMER}, TENANT + "".join(feeds))
    asked(tmp_path, "tables", "create")
    return tmp_path


def asked(folder: Path, *arguments: str) -> str:
    done = commands.run(arguments, folder, timeout=120)
    # 1: a reconciliation that differs; 3: no mail server listens
    assert done.returncode in (0, 1, 3), done.stderr
    assert not done.stderr.startswith(("Error", "Traceback")), done.stderr
    return done.stdout


def booked(folder: Path, feed: str, text: str) -> dict[str, str]:
    """Books a file; returns what it holds by currency, each amount of which is in a bucket."""
    name = f"{feed}_1.csv"
    (folder / name).write_text(text)
    run = json.loads(asked(folder, "import", "acme", name, "--feed", feed, "--json"))
    for total in run["totals"]["balance"].values():
        buckets = ("booked", "rejected", "skipped", "parked", "held")
        assert sum(float(total.get(bucket, 0)) for bucket in buckets) == float(total["file"])
    return {currency: total["file"] for currency, total in run["totals"]["balance"].items()}


def beside(folder: Path, feed: str, text: str) -> dict[str, tuple[str, str]]:
    """Holds a file against the tables; returns currency → file, tables."""
    (folder / "reconciled.csv").write_text(text)
    found = json.loads(asked(folder, "reconcile", "acme", "reconciled.csv", "--feed", feed, "--json"))
    return {code: (one["file"], one["tables"]) for code, one in found["sums"]["balance"].items()}


def test_an_amount_without_a_currency_counts_under_none(folder: Path) -> None:
    assert booked(folder, "kept", FIRST) == {"CHF": "4.0000", "USD": "1.5000", "": "2.2500"}
    there = {"CHF": ("4.0000", "4.0000"), "EUR": ("2.2500", "2.2500"), "USD": ("1.5000", "1.5000")}
    assert beside(folder, "kept", FIRST) == there, "B has the default"
    silent = HEADER + "A;Anna;;1.50\nB;Bert;;2.25\nC;Carl;;3.00\nC;Carl;;4.00\n"
    for feed in ("kept", "never", "fill_empty"):
        assert booked(folder, feed, silent) == {"": "10.7500"}
    bare = silent.replace(";Currency", "").replace(";;", ";")
    assert booked(folder, "bare", bare) == {"EUR": "10.7500"}, "nothing else is said of them than the default"
    for feed in ("kept", "never"):
        assert beside(folder, feed, silent) == there | {"": ("3.0000", "0.0000")}
    assert beside(folder, "bare", bare) == there | {"EUR": ("5.2500", "2.2500")}, "of which 3.00 in the row that gives way"
    assert booked(folder, "edited", silent) == {"": "10.7500"}
    assert beside(folder, "edited", silent) == {"": ("3.0000", "0.0000"), "EUR": ("7.7500", "7.7500")}, "imports had brought all"
    booked(folder, "kept", FIRST)
    whole = HEADER + "A;Anna;;1.50\nB;Bert;;2.50\nC;Carl;x;4.00\nD;Dora;;8.00\n"
    assert beside(folder, "kept", whole) == {
        "": ("4.0000", "0.0000"), "CHF": ("0.0000", "4.0000"), "EUR": ("10.5000", "2.2500"), "USD": ("1.5000", "1.5000")
    }, "D would get the default; nobody can tell the currency of C"  # fmt: skip


def test_rows_of_the_tables_without_a_currency_are_summed_under_none(folder: Path) -> None:
    booked(folder, "kept", FIRST)
    cleared = FIRST.replace("CHF", "")
    assert booked(folder, "cleared", cleared) == {"USD": "1.5000", "": "6.2500"}
    there = {"": ("6.2500", "6.2500"), "USD": ("1.5000", "1.5000")}
    assert beside(folder, "cleared", cleared) == there
    assert beside(folder, "kept", cleared) == there


def test_what_gets_the_default_for_certain_counts_under_it(folder: Path) -> None:
    there = {"CHF": "4.0000", "EUR": "2.2500", "USD": "1.5000"}
    assert booked(folder, "new", FIRST) == there
    assert booked(folder, "filled", FIRST) == there
    assert beside(folder, "filled", FIRST) == {code: (amount, amount) for code, amount in there.items()}
    assert beside(folder, "new", FIRST) == {code: (amount, amount) for code, amount in there.items()}
