"""The two sides that are compared, ours and the sqlite3 program, each in a folder that is set back before each measurement."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench import exports
from tests.bench.exports import Export
from tests.bench.processes import Measured, watch

CONFIG = {
    "nightclerk.yaml": """
database: sqlite:///var/app.db
ledger: sqlite:///var/ledger.db
state: var
limits: {file_size: 4GB, memory: 2GB, time: 30m}
""",
    "entities/customer.yaml": """
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
""",
    "tenants/bench.yaml": """
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
""",
}


Run = Callable[[Path, Export], Measured]


@dataclass
class Side:
    """One of the two: a folder whose state is set back before each measurement."""

    folder: Path
    run: Run
    prepare: Callable[[Path], None]

    def build(self, before: Export | None, run: Run) -> None:
        """Makes the state from which each measurement starts: nothing, or what ``run`` made of an earlier export."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.prepare(self.folder)
        if before is not None:
            run(self.folder, before)
        kept = self.folder.with_suffix(".kept")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.folder, kept)

    def measure(self, export: Export) -> Measured:
        """Sets the folder back and takes in the export."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.folder.with_suffix(".kept"), self.folder)
        os.sync()
        return self.run(self.folder, export)


def prepare_ours(folder: Path) -> None:
    for name, text in CONFIG.items():
        path = folder / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "drops").mkdir()
    (folder / "var").mkdir()
    nightclerk(folder, "tables", "create")


def prepare_s1(folder: Path) -> None:
    types = ", ".join(f"{name.strip()} TEXT" for name in exports.COLUMNS.split(","))
    sql = f"PRAGMA journal_mode=WAL; CREATE TABLE customers (tenant TEXT, {types}, credit_limit TEXT, UNIQUE (tenant, code));"
    subprocess.run(["sqlite3", folder / "app.db", sql], check=True, stdout=subprocess.DEVNULL)


def run_ours(folder: Path, export: Export) -> Measured:
    return watch([sys.executable, "-m", "nightclerk", "--config", str(folder / "config"), "import", "bench", str(export.raw)])


def run_warm(folder: Path, export: Export) -> Measured:
    """As ``run_ours``, but only what an import takes in a process that has already read and booked a file."""
    small = exports.write(folder, "small", 10, export.seed)
    command = [sys.executable, "-m", "tests.bench.warm", str(folder / "config"), str(small.raw), str(export.raw)]
    measured = watch(command, result := folder / "warm.json")
    return replace(measured, seconds=json.loads(result.read_text())["seconds"])


def run_s1(folder: Path, export: Export) -> Measured:
    columns = [name.strip() for name in exports.COLUMNS.split(",")]
    listed, staged = ", ".join(columns), ", ".join(f"{name} TEXT" for name in columns)
    others = [name for name in columns if name != "code"]
    script = folder / "s1.sql"
    script.write_text(
        f"PRAGMA synchronous=FULL;\nBEGIN IMMEDIATE;\nCREATE TEMP TABLE staged ({staged});\n.mode csv\n"
        f".import {export.clean} staged\n"
        f"INSERT INTO customers (tenant, {listed}) SELECT 'bench', {listed} FROM staged WHERE true ON CONFLICT (tenant, code)\n"
        f"DO UPDATE SET {', '.join(f'{name}=excluded.{name}' for name in others)}\n"
        f"WHERE ({', '.join(others)}) IS NOT ({', '.join(f'excluded.{name}' for name in others)});\nCOMMIT;\n"
    )
    return watch(["sqlite3", "-bail", str(folder / "app.db")], commands=script)


def nightclerk(folder: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "nightclerk", "--config", folder / "config", *words], check=True, stdout=subprocess.DEVNULL
    )
