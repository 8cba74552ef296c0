"""Groups and custom fields through the whole way: read, booked, told in the letter, exported, and read again without a change."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from tests.flow.installed import DATABASES, installed
from tests.servers import commands

from nightclerk.desk.export import Wish, asked, rows_as_json
from nightclerk.wiring import load_configuration, open_export

SETTINGS = """\
mail: {host: 127.0.0.1, port: 1, security: none, from: "Nightclerk <n@example.com>", operators: [ops@example.com]}
"""
TENANT = """\
tenant: acme
name: Acme SARL
language: fr
timezone: Europe/Paris
source: {kind: folder, path: drops}
report: {to: books@acme.example}
feeds:
  - feed: clients
    files: "clients*.csv"
    entity: customer
    dates: "%d/%m/%Y"
    decimal: ","
    format: {kind: delimited, encoding: utf-8, delimiter: ";"}
    mapping:
      code: Code
      name: Nom
      print_as: Nom
      groups: {from: Groupes, split: [",", "/"]}
    custom_fields:
      agency_manager: {from: Responsable, required_for_new: true, max_length: 20, blank: clear}
      visits: {from: Visites, type: integer, min: 0}
      budget: {from: Budget, type: money, currency: currency}
      vip: {from: VIP, type: boolean}
      last_visit: {from: Visite, type: date}
views:
  gold: {entity: customer, columns: [code, groups, agency_manager, budget], where: "groups = gold and budget > 10", sort: -budget}
"""
FIRST = """\
Code;Nom;Groupes;Responsable;Visites;Budget;VIP;Visite
A;Anna;"gold, export/ gold";Zoé;3;1234,50;oui;21/11/2026
B;Bert;;Max;;;;
C;Carl;silver,gold;Ann;10;9;non;
D;Dora;silver;;1;1;;
"""
SECOND = (
    FIRST.replace('"gold, export/ gold"', "gold/new")
    .replace("Max", "")
    .replace("10;9;", "9;100;")
    .replace("D;Dora;silver;;1;1;;\n", "")
)


@pytest.fixture(params=DATABASES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    shipped = files("nightclerk") / "data" / "entities"
    entities = {name: (shipped / f"{name}.yaml").read_text(encoding="utf-8") for name in ("customer", "group")}
    return installed(tmp_path, request.param, entities, TENANT, SETTINGS)


def nightclerk(folder: Path, *arguments: str) -> str:
    done = commands.run(arguments, folder, timeout=120)
    # 1: a reconciliation that differs; 2: tables that do not fit; 3: no mail server listens
    assert not done.stderr.startswith(("Error", "Traceback")), done.stderr
    return done.stdout


def booked(folder: Path, name: str, text: str | None = None) -> dict[str, Any]:
    if text is not None:
        (folder / name).write_text(text)
    run: dict[str, Any] = json.loads(nightclerk(folder, "import", "acme", name, "--feed", "clients", "--json"))
    return run


def shown(folder: Path, **wish: Any) -> list[dict[str, Any]]:
    """What ``export --json`` prints, without a process for each."""
    configuration, _ = load_configuration(folder / "config")
    with open_export(configuration, "acme") as desk:
        return list(rows_as_json(desk, asked(configuration, Wish("acme", "customer", "xlsx", **wish))))


def test_what_is_booked_is_exported_and_read_again_without_a_change(folder: Path) -> None:
    nightclerk(folder, "tables", "create")
    first = booked(folder, "clients_1.csv", FIRST)
    assert first["effects"] == {"created_on_the_way": {"groups": 3}}
    assert (first["counts"]["created"], [issue["field"] for issue in first["issues"]]) == (3, ["agency_manager"])
    assert first["totals"] == {"budget": {"EUR": {"file": "1244.5000", "booked": "1243.5000", "rejected": "1.0000"}}}
    fields = ("code", "groups", "visits", "budget", "vip", "last_visit")
    assert [tuple(row.values()) for row in shown(folder, columns=fields)] == [
        ("A", "export, gold", 3, "1234.5000", True, "2026-11-21"),
        ("B", None, None, None, None, None),
        ("C", "gold, silver", 10, "9.0000", False, None),
    ]
    assert shown(folder, view="gold") == [{"code": "A", "groups": "export, gold", "agency_manager": "Zoé", "budget": "1234.5000"}]
    nightclerk(folder, "export", "acme", "customer", "--output", "clients_back.csv")
    again = booked(folder, "clients_back.csv")
    assert (again["counts"]["unchanged"], again["issues"], again["effects"]) == (3, [], {})


def test_a_changed_file_is_foretold_reconciled_and_booked(folder: Path) -> None:
    nightclerk(folder, "tables", "create")
    booked(folder, "clients_1.csv", FIRST)
    (folder / "clients_2.csv").write_text(SECOND)
    told = json.loads(nightclerk(folder, "reconcile", "acme", "clients_2.csv", "--json"))
    assert [(one["key"]["code"], one["field"], one["file"], one["tables"]) for one in told["different"]] == [
        ("A", "groups", "gold, new", "export, gold"),
        ("B", "agency_manager", None, "Max"),
        ("C", "visits", 9, 10),
        ("C", "budget", "100.0000", "9.0000"),
    ]
    assert told["sums"] == {}
    sample = json.loads(nightclerk(folder, "preview", "acme", "clients_2.csv", "--json"))["sample"]
    assert sample[0] == {"key": {"code": "A"}, "before": {"groups": "export, gold"}, "after": {"groups": "gold, new"}}
    run = booked(folder, "clients_2.csv")
    assert (run["counts"]["updated"], run["effects"]) == (
        3,
        {"cleared": {"agency_manager": 1}, "created_on_the_way": {"groups": 1}},
    )
    for where, codes in {
        "groups contains EW": ["A"],
        "groups is empty": ["B"],
        "not groups = gold": ["B"],
        "visits >= 9 and vip = false": ["C"],
        "agency_manager is empty": ["B"],
        "last_visit < 2027-01-01": ["A"],
    }.items():
        assert [row["code"] for row in shown(folder, columns=("code",), where=where)] == codes, where
    assert [row["code"] for row in shown(folder, columns=("code",), sort=("-visits", "groups"))] == ["C", "A", "B"]


def test_the_database_is_told_what_does_not_fit(folder: Path) -> None:
    nightclerk(folder, "tables", "create")
    assert "there and fit" in nightclerk(folder, "check", "--connect")
    entity = folder / "config/entities/customer.yaml"
    entity.write_text(entity.read_text().replace("create_missing: true}", "create_missing: true, link: {member: nowhere}}"))
    entity.write_text(entity.read_text().replace("custom_fields: custom", "custom_fields: name2").replace("name2", "extra"))
    found = nightclerk(folder, "check", "--connect")
    assert "customers_groups" in found
    assert "has no column nowhere" in found
    assert "has no column extra" in found
