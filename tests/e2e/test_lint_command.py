"""``nightclerk lint`` as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.e2e.offices import TENANT, Office, office

GOOD = "Code;Name;Email;Solde\n" + "".join(f"C{n:03};Firm {n};a{n}@a.example;{n},50\n" for n in range(1, 41))
BAD = GOOD + "C007;Firm 41;nobody;n.c.\nc-8;Firm 42; b@a.example;1,00\n"
TOLD = """\
delimited, utf-8, fields between ; quoted by ", lines end with LF, header in record 1
42 rows, 4 columns, key Code (by its header)

column  type            filled  different  longest  example       findings
Code    text            100 %          41        4  C001                 2
Name    text            100 %          42        7  Firm 1
Email   mostly email    100 %          42       13  a1@a.example         2
Solde   mostly decimal  100 %          41        5  1,50                 1

Wrong
  bad_email  Email: 1 value is no email address, first "nobody" in line 42. Write a whole address,
    as in name@example.com.

Doubtful
  duplicate_key  Code: 1 row has the key of another row above, first "C007" in line 42 after line 8.
    Keep one row for each key.
  near_duplicate_key  Code: 1 pair of keys differs only in case, accents, spaces, signs, leading
    zeros, or O and 0: "C008" in line 9 and "c-8" in line 43. If they mean the same, write them in
    one way.
  padded  Email: 1 value begins or ends with a space, first " b@a.example" in line 43. Imports take
    such spaces off; other programs may not.
  no_value_written  Solde: 1 value stands for no value, first "n.c." in line 42. Leave the cell
    blank instead.
"""


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = office(tmp_path_factory.mktemp("acme"))
    made.write("clients_good.csv", GOOD)
    made.write("clients_bad.csv", BAD)
    made.write("broken.csv", 'a,b\n1,"2\n')
    return made


def test_people_read_a_table_and_what_to_do(acme: Office) -> None:
    found = acme.run("lint", "clients_bad.csv")
    assert (found.returncode, found.stderr) == (1, "")
    assert found.stdout == TOLD
    clean = acme.run("lint", "clients_good.csv")
    assert clean.returncode == 0
    assert clean.stdout.endswith("\nNothing was found.\n")


def test_with_a_feed_the_key_is_the_feeds(acme: Office) -> None:
    found = acme.data("lint", "clients_bad.csv", "--tenant", "acme", status=1)
    assert found["key"] == {"columns": ["Code"], "by": "feed"}
    assert ("duplicate_key", "wrong") in [(one["code"], one["level"]) for one in found["findings"]]
    assert acme.data("lint", "clients_good.csv", "--tenant", "acme", "--feed", "clients")["findings"] == []


def test_the_page_is_written_beside_what_is_printed(acme: Office, tmp_path: Path) -> None:
    page = tmp_path / "quality.html"
    found = acme.run("lint", "clients_bad.csv", "--json", "--html", str(page))
    assert len(json.loads(found.stdout)["findings"]) == 5
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    nowhere = acme.run("lint", "clients_bad.csv", "--html", str(tmp_path / "no" / "quality.html"))
    assert (nowhere.returncode, nowhere.stdout) == (2, "")
    assert "cannot be written" in nowhere.stderr


def test_a_refused_file_is_status_1(acme: Office) -> None:
    told = acme.run("lint", "broken.csv")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.endswith(" (line 2)\n")
    assert acme.data("lint", "broken.csv", status=1)["refused"]["code"] == "unbalanced_quote"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere.csv",), "nowhere.csv cannot be opened"),
        (("clients_good.csv", "--feed", "clients"), "give --tenant as well"),
        (("clients_good.csv", "--tenant", "acme", "--delimiter", ";", "--sheet", "2"), "leave out --delimiter, --sheet"),
        (("clients_good.csv", "--tenant", "acne"), "did you mean"),
        (("broken.csv", "--tenant", "acme"), "No feed of tenant acme takes a file named broken.csv"),
        (("clients_good.csv", "--tenant", "two"), "Several feeds read this file: clients, others. Name one with --feed."),
    ],
)
def test_wrong_use_is_status_2(acme: Office, arguments: tuple[str, ...], told: str) -> None:
    two = TENANT.replace("tenant: acme", "tenant: two").replace("drops/acme", "drops/two").replace('"clients*.csv"', '"*.zip"')
    feed = two[two.index("  - feed:") :].replace("feed: clients", "feed: others")
    both = (two + feed.lstrip("\n")).replace("entity: customer\n", "entity: customer\n    members: X\n")
    first, second = both.split("members: X", 1)
    acme.write("config/tenants/two.yaml", first + "members: a.csv" + second.replace("members: X", "members: b.csv"))
    acme.write("books.zip", "")
    given = ("books.zip", *arguments[1:]) if "two" in arguments else arguments
    found = acme.run("lint", *given)
    assert (found.returncode, found.stdout) == (2, "")
    assert told in found.stderr
    assert "Traceback" not in found.stderr
