"""A small office for the tests of commands: a configuration with one tenant, its drop folder and its tables."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from tests.servers import commands

from nightclerk.core.printed import OUTPUTS

DAEMON = """
database: sqlite:///var/app.db
ledger: sqlite:///var/ledger.db
state: var
"""
ENTITY = """
entity: customer
table: customers
key: [code]
fields:
  code: {type: text, max_length: 50}
  name: {type: text, required: true}
  email: {type: email}
  currency: {type: currency, default: EUR}
  balance: {type: money, currency: currency}
"""
TENANT = """
tenant: acme
name: Acme
timezone: Europe/Paris
source: {kind: folder, path: drops/acme}
ready: {unchanged_for: 0s}
report: {to: books@acme.example}
feeds:
  - feed: clients
    files: "clients*.csv"
    entity: customer
    decimal: ","
    mapping: {code: Code, name: Name, email: Email, balance: Solde}
"""
FILE = "Code;Name;Email;Solde\nA;Anna;anna@a.example;1,50\nB;Bert;no address;2,25\nA2;;x@a.example;3\n"


def check_output(command: str, data: Any) -> None:
    """Given a command and what it printed, as data; raises ValueError where that is not what the schema promises."""
    TypeAdapter(OUTPUTS[command]).validate_python(data)


@dataclass(frozen=True)
class Office:
    """One installation in a folder of its own. Its mail server, if it has one, is away."""

    folder: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command there, as a process."""
        return commands.run(arguments, self.folder)

    def data(self, *arguments: str, status: int = 0) -> Any:
        """Runs a command with ``--json``, which must end with this status; returns what it printed, as the schema has it."""
        done = self.run(*arguments, "--json")
        assert done.returncode == status, done.stderr
        data = json.loads(done.stdout)
        two_words = " ".join(arguments[:2])
        check_output(two_words if two_words in OUTPUTS else arguments[0], data)
        return data

    def write(self, name: str, text: str) -> Path:
        """Writes a file below the folder; returns its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


def office(folder: Path, daemon: str = DAEMON, *, tables: bool = True) -> Office:
    """Given an empty folder; returns an office in it, with its tables if they are wanted."""
    made = Office(folder)
    for name, text in {"nightclerk.yaml": daemon, "entities/customer.yaml": ENTITY, "tenants/acme.yaml": TENANT}.items():
        made.write(f"config/{name}", text)
    (folder / "drops/acme").mkdir(parents=True)
    if tables:
        assert made.run("tables", "create").returncode == 0
    return made
