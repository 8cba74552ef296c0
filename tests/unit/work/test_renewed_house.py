"""A house that is given another configuration while work is under way in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.e2e.daemon import Site

from nightclerk.config.load import load
from nightclerk.wiring import open_house
from nightclerk.work.round import Round, look_and_take


def test_what_is_under_way_sees_one_configuration_and_what_begins_sees_the_new_one(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.tenant("acme")
    before, problems = load(site.config)
    assert before is not None, problems
    with open_house(before) as house:
        under_way = house.present()
        daemon = before.daemon.model_copy(update={"workers": 3})
        after = replace(before, daemon=daemon, tenants={})
        house.take(after)
        assert under_way.configuration is before
        assert under_way.claims is house.claims
        assert under_way.at_work("acme") is house.at_work("acme")
        assert house.present().configuration is after
        assert [house.workers.take(0) for _ in range(4)] == [True, True, True, False]
        assert look_and_take(house, "acme") == Round("acme"), "a round that was asked for before, of a tenant that is gone"


def test_a_source_is_kept_while_its_settings_stay_and_made_anew_when_they_change(tmp_path: Path) -> None:
    site = Site(tmp_path)
    acme = site.tenant("acme")
    before, problems = load(site.config)
    assert before is not None, problems
    tenant = before.tenants["acme"]
    renamed = replace(before, tenants={"acme": tenant.model_copy(update={"name": "Acme & Fils"})})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    source = tenant.source.model_copy(update={"path": elsewhere})
    moved = replace(before, tenants={"acme": tenant.model_copy(update={"source": source})})
    with open_house(before) as house:
        first = house.source_of("acme")
        (acme / "clients_1.csv").write_text("x")
        assert [one.name for one in first.look().sightings] == ["clients_1.csv"]
        house.take(renamed)
        assert house.source_of("acme") is first
        house.take(moved)
        assert house.source_of("acme") is not first
        assert house.source_of("acme").look().sightings == ()
