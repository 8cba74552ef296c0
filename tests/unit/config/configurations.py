"""Configuration folders for the tests of this room: sound ones, in which each test spoils one thing."""

from __future__ import annotations

from pathlib import Path

from nightclerk.config.load import Configuration, load

DAEMON = "database: sqlite:///var/app.db\n"

ENTITY = """\
entity: customer
table: customers
key: [code]
fields:
  code: {type: text, max_length: 50}
  name: {type: text, required: true}
  print_as: {type: text, required_for_new: true, default: none}
  email: {type: email}
  active: {type: boolean}
  payment_days: {type: integer, min: 0, max: 365}
  currency: {type: currency}
  balance: {type: money, currency: currency}
  since: {type: date}
  seen: {type: datetime}
  credit_limit: {type: money, currency: currency, owner: application}
"""

HEAD = """\
tenant: acme
name: Acme
timezone: UTC
source: {kind: folder, path: drops}
"""

FEED = """\
feeds:
  - feed: clients
    files: "clients_*.csv"
    entity: customer
    mapping:
      code: Code
      name: Name
"""


def write(folder: Path, tenants: dict[str, str | bytes], daemon: str = DAEMON, entity: str = ENTITY) -> Path:
    """Given a folder and the files' texts; writes a configuration there and returns its folder."""
    config = folder / "config"
    for name, text in {"nightclerk.yaml": daemon, "entities/customer.yaml": entity, **_named(tenants)}.items():
        path = config / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return config


def _named(tenants: dict[str, str | bytes]) -> dict[str, str | bytes]:
    return {f"tenants/{name}.yaml": text for name, text in tenants.items()}


def loaded(
    folder: Path, tenants: dict[str, str | bytes], daemon: str = DAEMON, entity: str = ENTITY
) -> tuple[Configuration | None, list[str]]:
    """Given the texts; returns what the load makes of them, and the problems as lines, relative to ``config``."""
    config = write(folder, tenants, daemon, entity)
    configuration, problems = load(config)
    return configuration, [str(problem).replace(f"{config}/", "") for problem in problems]


def problems_of(folder: Path, tenant: str | bytes) -> list[str]:
    """Given the text of one tenant's file ``acme.yaml``; returns its problems without the file's name."""
    configuration, lines = loaded(folder, {"acme": tenant})
    assert configuration is not None
    assert all(line.startswith("tenants/acme.yaml:") for line in lines)
    assert bool(lines) == ("acme" not in configuration.tenants)
    return [line.removeprefix("tenants/acme.yaml:") for line in lines]
