"""Rows that are exported for a feed and read again: none is changed, and none is missing without a word."""

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
  active: {type: boolean}
  left_on: {type: date}
absent: {deactivate: {gone: {active: false, left_on: run_date}, back: {active: true, left_on: null}}}
"""
TENANT = """\
tenant: acme
name: Acme
timezone: Europe/Paris
source: {kind: folder, path: drops}
report: {to: a@acme.example}
feeds:
  - {feed: stock, files: "stock_*.csv", entity: customer, absent: deactivate, mapping: {code: Code, name: Name}}
  - {feed: few, files: "few_*.csv", entity: customer, mapping: {code: Code, name: Name}}
  - {feed: cleared, files: "cleared_*.csv", entity: customer, blank: clear, mapping: {code: Code, currency: Currency}}
  - {feed: filled, files: "filled_*.csv", entity: customer, mapping: {code: Code, currency: {from: Currency, blank: default}}}
"""


@pytest.fixture(params=DATABASES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    installed(tmp_path, request.param, {"customer": CUSTOMER}, TENANT)
    assert commands.run(("tables", "create"), tmp_path, timeout=120).returncode == 0
    return tmp_path


def booked(folder: Path, feed: str, text: str) -> dict[str, int]:
    (folder / f"{feed}_1.csv").write_text(text)
    done = commands.run(("import", "acme", f"{feed}_1.csv", "--feed", feed, "--json"), folder, timeout=120)
    counts: dict[str, int] = json.loads(done.stdout)["counts"]
    return counts


def exported(folder: Path, feed: str, *more: str) -> tuple[str, str]:
    """Returns the file and what is said of it."""
    done = commands.run(("export", "acme", "customer", "--feed", feed, *more), folder, timeout=120)
    assert done.returncode == (0 if done.stdout else 2), done.stderr
    return done.stdout, done.stderr


def test_rows_that_are_gone_are_left_out_and_told_and_no_others(folder: Path) -> None:
    booked(folder, "stock", "Code;Name\nA;Anna\nB;Bert\nC;Carl\nD;Dora\n")
    text, told = exported(folder, "stock")
    assert (len(text.splitlines()), told) == (5, ""), "nothing is left out"
    booked(folder, "stock", "Code;Name\nA;Anna\nB;Bert\n")
    text, told = exported(folder, "stock")
    assert [line[:1] for line in text.splitlines()[1:]] == ["A", "B"]
    assert told == "2 rows that are gone are left out: the feed stock would bring them back.\n"
    assert booked(folder, "stock", text)["unchanged"] == 2
    narrow = exported(folder, "stock", "--where", "code = A or code = C")[1]
    assert narrow == "1 row that is gone is left out: the feed stock would bring it back.\n"
    assert exported(folder, "stock", "--where", "code = A")[1] == ""
    booked(folder, "few", "Code;Name\nE;Emil\n")
    assert exported(folder, "stock") == (
        "",
        "1 row would change when read again, since the feed stock gives every row active true. The first is E, active empty. "
        "Leave such rows out with --where.\n",
    ), "it is not gone, but nothing says that it is there"
    text, told = exported(folder, "stock", "--where", "active is not empty")
    assert (len(text.splitlines()), told[:7]) == (3, "2 rows ")


def test_a_blank_that_would_become_the_default_is_told(folder: Path) -> None:
    booked(folder, "few", "Code;Name\nA;Anna\nB;Bert\n")
    text, told = exported(folder, "filled")
    assert (text.splitlines()[1:], told) == (["A,EUR,", "B,EUR,"], "")
    assert booked(folder, "filled", text)["unchanged"] == 2
    booked(folder, "cleared", 'Code;Currency\nB;""\n')
    assert exported(folder, "filled") == (
        "",
        "1 row would be rejected or changed when read again: nothing that could be written is read by the feed filled as the "
        "currency that stands there. The first is B, currency empty. Leave such rows out with --where, or export for readers, as "
        "with --as pdf.\n",
    )
