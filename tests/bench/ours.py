"""Our side: a configuration of one tenant, and ``nightclerk import`` as its own process or in one that is at work already."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from tests.bench import exports
from tests.bench.exports import Export
from tests.bench.processes import Measured, watch

SQLITE = "sqlite:///var/app.db"
LEDGER = "sqlite:///var/ledger.db"
DAEMON = """
database: {database}
ledger: {ledger}
state: var
limits: {{file_size: 4GB, memory: 2GB, time: 30m}}
"""
ENTITY = """
entity: customer
table: customers
key: [code]
fields:
  code: {type: text, max_length: 50}
  name: {type: text, required: true}
  print_as: {type: text}
  email: {type: email}
  phone: {type: text}
  address1: {type: text}
  postal_code: {type: text}
  city: {type: text}
  country: {type: country}
  currency: {type: currency}
  active: {type: boolean}
  payment_days: {type: integer, min: 0, max: 365}
  balance: {type: money, currency: currency}
  turnover: {type: money, currency: currency}
  since: {type: date}
  credit_limit: {type: money, currency: currency, owner: application}
"""
TENANT = """
tenant: bench
name: Bench
language: fr
timezone: Europe/Paris
source: {kind: folder, path: drops}
feeds:
  - feed: clients
    files: "*.csv"
    entity: customer
    dates: "%d/%m/%Y"
    decimal: ","
    thousands: " "
    mapping:
      code: Code client
      name: Raison sociale
      print_as: Enseigne
      email: Courriel
      phone: Téléphone
      address1: Adresse
      postal_code: Code postal
      city: Ville
      country: Pays
      currency: Devise
      active: Actif
      payment_days: Délai
      balance: Solde
      turnover: Encours
      since: Depuis
"""


def prepare(folder: Path, database: str = SQLITE, ledger: str = LEDGER, tables: bool = True) -> None:
    """Given an empty folder; writes the configuration there, and makes the tables in the database."""
    write(folder / "config" / "nightclerk.yaml", DAEMON.format(database=database, ledger=ledger))
    write(folder / "config" / "entities" / "customer.yaml", ENTITY)
    write(folder / "config" / "tenants" / "bench.yaml", TENANT)
    (folder / "drops").mkdir()
    (folder / "var").mkdir()
    if tables:
        nightclerk(folder, "tables", "create")


def run(folder: Path, export: Export) -> Measured:
    """Takes in the export: from the start of the process to its end."""
    return watch([sys.executable, "-m", "nightclerk", "--config", str(folder / "config"), "import", "bench", str(export.raw)])


def run_warm(folder: Path, export: Export) -> Measured:
    """As ``run``, but only what an import takes in a process that has already read and booked a file."""
    small = exports.write(folder, "small", 10, export.seed)
    command = [sys.executable, "-m", "tests.bench.warm", str(folder / "config"), str(small.raw), str(export.raw)]
    measured = watch(command, result := folder / "warm.json")
    return replace(measured, seconds=json.loads(result.read_text())["seconds"])


def nightclerk(folder: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "nightclerk", "--config", folder / "config", *words], check=True, stdout=subprocess.DEVNULL
    )


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
