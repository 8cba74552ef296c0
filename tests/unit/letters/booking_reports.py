"""Sample reports of what booking does beyond rows that go in: rows that wait, records that are gone, values that are kept,
files that are held."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.unit.letters.reports import drop, reject_file, report, run

from nightclerk.core.approval import beyond_approval
from nightclerk.core.booking import Change
from nightclerk.core.feed import Feed
from nightclerk.core.guard import reasons_to_hold
from nightclerk.core.parked import StillWaiting
from nightclerk.core.report import Report
from nightclerk.core.run import Awaited, ControlTotal, Counts, Decision, Held, IssueGroup, Run, Waited
from nightclerk.core.sentences import about_cell

SINCE = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
UNTIL = datetime(2026, 11, 28, 2, 3, tzinfo=UTC)
CUSTOMERS = Awaited("customer", "customer", 14, 12, ("00001054", "00001302", "00001185", "00001243", "00001130"), fed=True)
ACCOUNT = Awaited("gl_debit_account", "gl_account", 1, 1, ("1190",), fed=False)
HEADERS = {
    (812, "customer"): "Code client",
    (812, "gl_debit_account"): "Compte GL débit",
    (812, "balance"): "Reste dû",
    (812, "groups"): "Agences commerciales",
    (812, "phone"): "Téléphone",
}
FEED = Feed.model_validate(
    {
        "feed": "postes",
        "files": "postes_*.csv",
        "entity": "invoice",
        "mapping": {"number": "N° pièce", "phone": "Téléphone"},
        "hold": {"fewer_rows": "50%", "changed": "30%", "cleared": {"rows": 5, "share": "10%"}, "absent": {"rows": 100}},
    }
)


def items(*runs: Run, **changed: Any) -> Report:
    """A report about open items."""
    name = "postes_20261121.csv"
    return report(
        *(replace(one, feed="postes", entity="invoice", file=name) for one in runs), drop=drop(name), headers=HEADERS, **changed
    )


def some_parked() -> Report:
    counts = Counts(rows=1206, created=30, updated=25, unchanged=1136, parked=15)
    totals = {"balance": {"EUR": ControlTotal("4051033.6900", "4056411.2500", "0.0000", parked="-5377.5600")}}
    earlier = {812: StillWaiting(1, SINCE, (replace(CUSTOMERS, rows=1, values=1, examples=("00009999",)),))}
    return items(run(counts=counts, totals=totals, awaits=(CUSTOMERS, ACCOUNT)), waiting=earlier)


def all_parked() -> Report:
    one = replace(CUSTOMERS, rows=3, values=1, examples=("00009999",))
    return items(run(counts=Counts(rows=3, parked=3), totals={}, awaits=(one,)))


def one_parked() -> Report:
    return items(run(counts=Counts(rows=1, parked=1), totals={}, awaits=(ACCOUNT,)))


def went_in() -> Report:
    waited = Waited(SINCE, came=(CUSTOMERS,))
    return items(run(counts=Counts(rows=14, created=14), retries=790, waited=waited, archived_as=None))


def one_went_in() -> Report:
    came = replace(CUSTOMERS, rows=1, values=1, examples=("00009999",))
    return items(run(counts=Counts(rows=1, created=1), retries=790, waited=Waited(SINCE, came=(came,)), archived_as=None))


def given_up() -> Report:
    never = replace(CUSTOMERS, rows=2, values=1, examples=("00009999",))
    message = about_cell(17, "Code client", "00009999", "the row has waited for too long.", {})
    group = IssueGroup("unknown_reference", "Code client", "customer", 2, ((17, "00009999", message),))
    waited = Waited(SINCE, given_up=2, never_came=(never,))
    made = run(
        ending="imported_with_rejects", counts=Counts(rows=2, rejected=2), retries=790, waited=waited, groups=(group,), issues=2
    )
    return items(made, reject_files=(reject_file(2),))


def absent() -> Report:
    counts = Counts(rows=1181, updated=3, unchanged=1178)
    return items(run(counts=counts, effects={"absent": {"cleared": 15}, "reopened": 3}))


def one_absent() -> Report:
    return items(run(counts=Counts(rows=20, unchanged=20), effects={"absent": {"deactivated": 1}, "reopened": 1}))


def kept() -> Report:
    effects = {
        "kept_blank": {"phone": 3},
        "kept_edited": {"phone": 1},
        "kept_filled": {"phone": 2},
        "kept_never": {"phone": 1},
        "cleared": {"phone": 6},
        "defaulted": {"phone": 1},
        "created_on_the_way": {"groups": 2},
        "reference_blanked": {"customer": 1},
    }
    return items(run(effects=effects))


def _waits(booked: Counts, effects: dict[str, Any], sample: tuple[Change, ...]) -> tuple[Run, Held]:
    would = run(counts=booked, effects=effects, totals={})
    before = run(counts=Counts(rows=1193, unchanged=1193))
    return would, Held(reasons_to_hold(would, FEED, [before]), booked, UNTIL, sample=sample, effects=effects)


def held_absent() -> Report:
    sample = (
        Change(
            -1, {"number": "AVO26000087"}, {"balance": "-5463.2300", "status": "open"}, {"balance": "0.0000", "status": "cleared"}
        ),
        Change(2, {"number": "FAC26001000"}, None, {"balance": "12.0000"}),
    )
    would, held = _waits(Counts(rows=300, created=1, unchanged=299), {"absent": {"cleared": 893}}, sample)
    return items(replace(would, ending="held", counts=Counts(rows=300, held=300), effects={}, held=held))


def held_part() -> Report:
    sample = (Change(7, {"number": "C0042"}, {"phone": "+33 1 55 00 01 02"}, {"phone": None}),)
    would, held = _waits(Counts(rows=22, created=2, updated=10, unchanged=10), {"cleared": {"phone": 10}}, sample)
    totals = {"balance": {"EUR": ControlTotal("1284.5500", "1000.0000", "0.0000", held="284.5500")}}
    counts = Counts(rows=22, created=2, unchanged=10, held=10)
    return items(replace(would, ending="held", counts=counts, totals=totals, effects={}, held=held))


def not_as_approved() -> Report:
    _, held = _waits(Counts(rows=300, unchanged=300), {"absent": {"cleared": 893}}, ())
    refusal = beyond_approval(held.reasons, held.reasons[:1])
    assert refusal is not None
    made = replace(
        run(counts=Counts(rows=300, skipped=300), totals={}), ending="refused", code=refusal.code, sentence=refusal.sentence
    )
    decision = Decision("approve", SINCE, "ops")
    return items(replace(made, held=held, decision=decision), server_place="/export/failed/postes_20261121.csv")


def approved() -> Report:
    would, held = _waits(Counts(rows=300, unchanged=300), {"absent": {"cleared": 893}}, ())
    return items(replace(would, held=held, decision=Decision("approve", SINCE, "ops")))


ALL = {
    made.__name__: made
    for made in (
        some_parked, all_parked, one_parked, went_in, one_went_in, given_up, absent, one_absent, kept, held_absent, held_part,
        not_as_approved, approved,
    )
}  # fmt: skip
