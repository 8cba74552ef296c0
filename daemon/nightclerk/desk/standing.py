"""How each tenant stands now: last run, files that wait, drops under way, letters that wait, trouble."""

from __future__ import annotations

from typing import Any

from nightclerk.config.configuration import Configuration
from nightclerk.core.naming import shown
from nightclerk.core.routing import is_done_file, is_temporary
from nightclerk.core.tenant import Tenant
from nightclerk.desk.output import moment, run_data
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.looks import Looks
from nightclerk.ledger.outbox import Outbox
from nightclerk.ledger.runs import Runs
from nightclerk.ledger.troubles import Troubles


def standing(configuration: Configuration, ledger: Ledger) -> list[dict[str, Any]]:
    """Given the configuration and the ledger; returns one object for each tenant, as ``status --json`` prints it."""
    runs, looks = Runs(ledger), Looks(ledger)
    troubles = Troubles(ledger).all()
    under_way = runs.unfinished()
    letters = Outbox(ledger).listing(limit=10_000)
    found = []
    for name, tenant in configuration.tenants.items():
        last = runs.history([name], limit=1)
        trouble = troubles.get(name)
        found.append(
            {
                "tenant": name,
                "name": tenant.name,
                "feeds": [feed.feed for feed in tenant.feeds],
                "last_run": run_data(last[0]) if last else None,
                "waiting_files": _waiting(tenant, looks),
                "under_way": [
                    {
                        "drop": drop["id"],
                        "file": shown(drop["name"]),
                        "state": drop["state"],
                        "since": moment(drop["claimed_at"]),
                        "attempt": drop["attempt"],
                    }
                    for drop in under_way
                    if drop["tenant"] == name
                ],
                "waiting_letters": sum(letter["tenant"] == name for letter in letters),
                "trouble": None if trouble is None else {"message": trouble[0], "since": moment(trouble[1])},
            }
        )
    return found


def _waiting(tenant: Tenant, looks: Looks) -> list[dict[str, Any]]:
    return [
        {"file": shown(name), "size": look.sighting.size, "since": moment(look.since)}
        for name, look in sorted(looks.of(tenant.tenant).items())
        if look.drop is None and not is_temporary(tenant.ready, name) and not is_done_file(tenant.ready, name)
    ]
