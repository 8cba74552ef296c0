"""How each tenant stands now: last run, files that wait, drops under way, letters that wait, trouble."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from nightclerk.config.configuration import Configuration
from nightclerk.config.files import yaml_files
from nightclerk.core.breaker import REFUSED_REST, Refusal, fingerprint
from nightclerk.core.naming import shown
from nightclerk.core.quiet import opens_at
from nightclerk.core.routing import is_done_file, is_temporary
from nightclerk.core.run import Run, in_part
from nightclerk.core.tenant import Tenant
from nightclerk.core.timetable import next_of
from nightclerk.desk.output import moment, run_data
from nightclerk.desk.parked import parked_counts
from nightclerk.ledger.engine import Ledger
from nightclerk.ledger.holds import Holds
from nightclerk.ledger.looks import Looks
from nightclerk.ledger.outbox import Outbox
from nightclerk.ledger.rounds import RoundNotes
from nightclerk.ledger.runs import Runs
from nightclerk.ledger.troubles import Troubles


def standing(configuration: Configuration, ledger: Ledger, now: datetime) -> list[dict[str, Any]]:
    """Given the configuration, the ledger and the present moment; returns one object for each tenant, as ``status --json``
    prints it, those whose files are wrong too.

    ``next_look``: when its written times are due next, None where it is looked at in intervals alone. ``waits_until``: when
    its quiet hours begin, None while they last or where it has none. ``left_alone_until``: its server refused us.
    ``parked_rows``: how many rows wait for others, None where its database cannot be asked.
    """
    runs, looks = Runs(ledger), Looks(ledger)
    troubles = Troubles(ledger).all()
    under_way = runs.unfinished()
    held = Holds(ledger).waiting()
    refusals = RoundNotes(ledger).refusals()
    letters = Outbox(ledger).waiting()
    parked = parked_counts(configuration)
    found = []
    for name in sorted(configuration.tenants.keys() | _with_wrong_files(configuration)):
        tenant = configuration.tenants.get(name)
        last = runs.history([name], limit=1)
        trouble = troubles.get(name)
        found.append(
            {
                "tenant": name,
                "file_wrong": tenant is None,
                "name": name if tenant is None else tenant.name,
                "feeds": [] if tenant is None else [feed.feed for feed in tenant.feeds],
                "last_run": run_data(last[0]) if last else None,
                "waiting_files": [] if tenant is None else _waiting(tenant, looks),
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
                "held": [_held(run) for run in held if run.tenant == name],
                "waiting_letters": letters.get(name, 0),
                "parked_rows": parked.get(name),
                **_times(tenant, refusals.get(name), now),
                "trouble": None if trouble is None else {"message": trouble[0], "since": moment(trouble[1])},
            }
        )
    return found


def _held(run: Run) -> dict[str, Any]:
    return {
        "run": run.id,
        "feed": run.feed,
        "file": run.file,
        "rows": run.counts.held,
        "in_part": in_part(run),
        "since": moment(run.ended_at),
        "until": None if run.held is None else moment(run.held.until),
        "reasons": [] if run.held is None else [reason.code for reason in run.held.reasons],
    }


def _with_wrong_files(configuration: Configuration) -> set[str]:
    """Returns the tenants whose files are there and cannot be used: they are not to vanish from sight because of that."""
    return {path.stem for path in yaml_files(configuration.folder / "tenants")} - configuration.tenants.keys()


def _times(tenant: Tenant | None, refusal: Refusal | None, now: datetime) -> dict[str, str | None]:
    if tenant is None:
        return dict.fromkeys(("next_look", "waits_until", "left_alone_until"))
    return {
        "next_look": _moment_or_none(_next_look(tenant, now)),
        "waits_until": _moment_or_none(opens_at(tenant.process, tenant.zone, now)),
        "left_alone_until": _moment_or_none(_left_alone(tenant, refusal)),
    }


def _next_look(tenant: Tenant, now: datetime) -> datetime | None:
    times = [one for one in tenant.schedules if one.every is None]
    return next_of(times, tenant.zone, now) if times else None


def _left_alone(tenant: Tenant, refusal: Refusal | None) -> datetime | None:
    stands = refusal is not None and refusal.settings == fingerprint(tenant.source)
    return refusal.asked + REFUSED_REST if refusal is not None and stands else None


def _moment_or_none(value: datetime | None) -> str | None:
    return None if value is None else moment(value)


def _waiting(tenant: Tenant, looks: Looks) -> list[dict[str, Any]]:
    return [
        {"file": shown(name), "size": look.sighting.size, "since": moment(look.since)}
        for name, look in sorted(looks.of(tenant.tenant).items())
        if look.drop is None and not is_temporary(tenant.ready, name) and not is_done_file(tenant.ready, name)
    ]
