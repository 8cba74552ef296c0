"""What follows from a changed configuration folder: decided for each tenant by itself, and never in part."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e.daemon import Site

from nightclerk.config.configuration import Configuration, Found
from nightclerk.config.fingerprint import fingerprint
from nightclerk.config.load import load, survey
from nightclerk.config.places import same_place
from nightclerk.config.renewal import LIVE, Renewal, renew, told
from nightclerk.core.daemon import Daemon
from nightclerk.core.entity import Entity
from nightclerk.core.tenant import Tenant

ENTITY = "config/entities/customer.yaml"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Two tenants, acme and beta."""
    made = Site(tmp_path)
    made.tenant("acme")
    made.tenant("beta")
    return made


def running(site: Site) -> Configuration:
    configuration, problems = load(site.config)
    assert configuration is not None, problems
    assert not problems
    return configuration


def change(site: Site, name: str, before: str, after: str) -> None:
    path = site.root / name if "/" in name else site.config / "tenants" / f"{name}.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def found(site: Site) -> Found:
    return survey(site.config)


def done(renewal: Renewal) -> dict[str, tuple[str, ...]]:
    """What the renewal does, without what it does not."""
    groups = ("started", "changed", "removed", "ended", "kept", "refused", "waiting", "settings", "restart")
    return {group: names for group in groups if (names := getattr(renewal, group))}


def taken(configuration: Configuration, tenant: str) -> tuple[Tenant, dict[str, Entity]]:
    """All that a tenant goes by."""
    return configuration.tenants[tenant], configuration.entities_of(tenant)


def test_nothing_changed_keeps_the_configuration_itself(site: Site) -> None:
    before = running(site)
    renewal = renew(before, found(site))
    assert renewal.configuration is before
    assert (done(renewal), told(renewal)) == ({}, "")


def test_a_changed_tenant_is_taken_and_the_others_are_not_touched(site: Site) -> None:
    before = running(site)
    change(site, "acme", "Nom\n", "Raison sociale\n")
    renewal = renew(before, found(site))
    assert done(renewal) == {"changed": ("acme",)}
    assert renewal.configuration.feed_hash("acme", "clients") != before.feed_hash("acme", "clients")
    assert taken(renewal.configuration, "beta") == taken(before, "beta")


def test_a_wrong_tenant_keeps_its_last_good_version_while_another_changes(site: Site) -> None:
    before = running(site)
    change(site, "acme", "mapping:", "maping:")
    change(site, "beta", "Nom\n", "Raison sociale\n")
    renewal = renew(before, found(site))
    assert done(renewal) == {"changed": ("beta",), "kept": ("acme",)}
    assert renewal.configuration.tenants["acme"] == before.tenants["acme"]
    assert [problem.path for problem in renewal.problems] == ["feeds[0].mapping", "feeds[0].maping"]
    words = "The configuration has 2 problems. Served by their last good version: acme. "
    assert told(renewal) == words + "Everything else goes by the files as they are now."


def test_a_wrong_entity_keeps_all_who_use_it_as_they_were(site: Site) -> None:
    before = running(site)
    change(site, ENTITY, "key: [code]", "key: [kode]")
    change(site, "acme", "Nom\n", "Raison sociale\n")
    renewal = renew(before, found(site))
    assert done(renewal) == {"kept": ("acme", "beta")}
    for name in ("acme", "beta"):
        assert taken(renewal.configuration, name) == taken(before, name)


def test_a_tenant_that_stays_as_it_was_keeps_its_entities_while_another_takes_the_new_ones(site: Site) -> None:
    before = running(site)
    change(site, ENTITY, "max_length: 50}", "max_length: 60}")
    change(site, "acme", "mapping:", "maping:")
    renewal = renew(before, found(site))
    assert done(renewal) == {"changed": ("beta",), "kept": ("acme",)}
    now = renewal.configuration
    assert now.entities_of("acme")["customer"].fields["code"].max_length == 50
    assert now.entities_of("beta")["customer"].fields["code"].max_length == 60
    assert taken(now, "acme") == taken(before, "acme")
    # And on from there: acme mended takes the new entity, though it says what it said at first.
    change(site, "acme", "maping:", "mapping:")
    renewal = renew(now, found(site))
    assert done(renewal) == {"changed": ("acme",)}
    assert renewal.configuration.kept == {}
    assert renewal.configuration.entities_of("acme")["customer"].fields["code"].max_length == 60


def test_a_new_tenant_begins_unless_it_is_wrong(site: Site) -> None:
    before = running(site)
    site.tenant("gamma")
    site.tenant("delta")
    change(site, "delta", "mapping:", "maping:")
    renewal = renew(before, found(site))
    assert done(renewal) == {"started": ("gamma",), "refused": ("delta",)}
    assert list(renewal.configuration.tenants) == ["acme", "beta", "gamma"]
    assert "Not served until their files are right: delta." in told(renewal)


def test_a_tenant_whose_file_is_gone_leaves_when_it_has_left_nothing_open(site: Site) -> None:
    before = running(site)
    away = (site.config / "tenants" / "acme.yaml").rename(site.root / "acme.yaml")
    first = renew(before, found(site))
    assert done(first) == {"removed": ("acme",)}
    assert first.configuration.leaving == {"acme"}
    assert first.configuration.feed_hash("acme", "clients") == before.feed_hash("acme", "clients")
    still = renew(first.configuration, found(site))
    assert still.configuration is first.configuration
    over = renew(first.configuration, found(site), finished={"acme"})
    assert done(over) == {"ended": ("acme",)}
    assert list(over.configuration.tenants) == ["beta"]
    shutil.copy(away, site.config / "tenants" / "acme.yaml")
    back = renew(first.configuration, found(site), finished={"acme"})
    assert done(back) == {"started": ("acme",)}
    assert back.configuration.leaving == frozenset()


def test_a_settings_file_that_wants_a_restart_waits_as_a_whole_while_tenants_change(site: Site) -> None:
    before = running(site)
    change(site, "config/nightclerk.yaml", "var/ledger.db", "var/other.db")
    change(site, "config/nightclerk.yaml", "workers: 1", "workers: 3")
    change(site, "acme", "Nom\n", "Raison sociale\n")
    renewal = renew(before, found(site))
    assert done(renewal) == {"changed": ("acme",), "restart": ("ledger",)}
    assert renewal.configuration.daemon == before.daemon
    assert told(renewal).startswith("A change of ledger in nightclerk.yaml takes a restart; until then all settings of that file")


def test_settings_that_can_be_changed_are_taken(site: Site) -> None:
    before = running(site)
    change(site, "config/nightclerk.yaml", "workers: 1", "workers: 3")
    renewal = renew(before, found(site))
    assert done(renewal) == {"settings": ("workers",)}
    assert renewal.configuration.daemon.workers == 3


def test_wrong_settings_stay_as_they_were_while_tenants_change(site: Site) -> None:
    before = running(site)
    change(site, "config/nightclerk.yaml", "workers: 1", "workers: none")
    change(site, "acme", "Nom\n", "Raison sociale\n")
    renewal = renew(before, found(site))
    assert done(renewal) == {"changed": ("acme",)}
    assert renewal.configuration.daemon == before.daemon
    assert "The settings of nightclerk.yaml stay as they were." in told(renewal)


def test_it_is_known_of_every_setting_whether_it_can_be_changed_while_the_daemon_runs() -> None:
    at_start_only = {"database", "ledger", "state"}
    assert set(Daemon.model_fields) == LIVE | at_start_only, "decide it, and see to it in House.take where it is LIVE"


def _without_settings(site: Site) -> None:
    (site.config / "nightclerk.yaml").unlink()


def _without_tenants(site: Site) -> None:
    (site.config / "tenants").rename(site.root / "elsewhere")


def _without_all(site: Site) -> None:
    site.config.rename(site.root / "elsewhere")


@pytest.mark.parametrize("lose", [_without_settings, _without_tenants, _without_all])
def test_a_folder_that_is_gone_is_no_order_to_serve_nobody(site: Site, lose: Callable[[Site], None]) -> None:
    before = running(site)
    lose(site)
    renewal = renew(before, found(site))
    assert renewal.configuration is before
    assert renewal.problems
    assert "all tenants are served as before" in told(renewal)


def folder_of(site: Site, name: str) -> str:
    return str(site.root / "drops" / name)


def test_a_copied_file_with_the_folder_left_in_neither_stops_the_first_nor_begins(site: Site) -> None:
    before = running(site)
    copy = (site.config / "tenants" / "acme.yaml").read_text().replace("tenant: acme", "tenant: copy")
    (site.config / "tenants" / "copy.yaml").write_text(copy)
    renewal = renew(before, found(site))
    assert done(renewal) == {"kept": ("acme",), "refused": ("copy",)}


def test_a_tenant_waits_for_the_folder_that_another_one_is_leaving(site: Site) -> None:
    before = running(site)
    change(site, "acme", folder_of(site, "acme"), folder_of(site, "new"))
    change(site, "beta", folder_of(site, "beta"), folder_of(site, "acme"))
    first = renew(before, found(site))
    assert done(first) == {"changed": ("acme",), "waiting": ("beta",)}
    assert told(first) == ""
    held = {same_place(before.tenants["acme"].source): "acme"}
    assert done(renew(first.configuration, found(site), held)) == {"waiting": ("beta",)}, "acme's last round is under way"
    assert done(renew(first.configuration, found(site))) == {"changed": ("beta",)}


def test_tenants_that_want_each_others_folders_are_told_so(site: Site) -> None:
    before = running(site)
    change(site, "acme", folder_of(site, "acme"), folder_of(site, "beta"))
    change(site, "beta", folder_of(site, "beta") + "}", folder_of(site, "acme") + "}")
    renewal = renew(before, found(site))
    assert done(renewal) == {"kept": ("acme", "beta")}
    assert "still that of tenant beta" in renewal.problems[0].message


def test_a_new_tenant_does_not_take_the_folder_that_a_kept_one_still_works_in(site: Site) -> None:
    before = running(site)
    change(site, "acme", folder_of(site, "acme"), folder_of(site, "new"))
    change(site, "acme", "mapping:", "maping:")
    text = (site.config / "tenants" / "beta.yaml").read_text()
    text = text.replace("tenant: beta", "tenant: gamma").replace(folder_of(site, "beta"), folder_of(site, "acme"))
    (site.config / "tenants" / "gamma.yaml").write_text(text)
    renewal = renew(before, found(site))
    assert done(renewal) == {"kept": ("acme",), "refused": ("gamma",)}


def test_the_fingerprint_differs_after_every_way_in_which_a_file_changes(site: Site) -> None:
    path = site.config / "tenants" / "acme.yaml"
    text, seen = path.read_text(), {fingerprint(site.config)}

    def differs() -> bool:
        count = len(seen)
        seen.add(fingerprint(site.config))
        return len(seen) > count

    assert not differs()
    path.write_text(text + "\n")
    assert differs(), "written in place"
    status = path.stat()
    part = path.with_name("acme.yaml.new")
    part.write_text(text + " ")
    os.utime(part, ns=(status.st_atime_ns, status.st_mtime_ns))
    part.rename(path)
    assert differs(), "replaced by one of the same size and time, as an editor may do"
    path.chmod(0o600)
    assert differs(), "it may be readable now"
    path.rename(path.with_name(".acme.yaml"))
    assert differs(), "taken away"
    (site.config / "tenants" / "dangling.yaml").symlink_to("nowhere")
    assert differs(), "added"
    shutil.move(site.config, site.root / "elsewhere")
    assert differs(), "all gone"
