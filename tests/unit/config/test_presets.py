"""Feeds that start from a preset: what the two make together, and at which line of which file a problem is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import ENTITY, HEAD, write

from nightclerk.config.fingerprint import fingerprint
from nightclerk.config.load import load, survey
from nightclerk.config.presets import brought
from nightclerk.config.renewal import renew
from nightclerk.core.feed import Feed
from nightclerk.core.format import Delimited, Workbook

PRESET = """\
preset: shop-clients
source: The shop's handbook.
entity: customer
format: {delimiter: ";", encoding: cp1252}
dates: "%d/%m/%Y"
decimal: ","
thousands: " "
mapping:
  code: Code
  name: [Name, Nom]
  email: {from: Mail, case: lower}
  balance: Balance
  currency: {constant: EUR}
  since: Since
ignore: [Internal, Phone]
tolerate: {rejected: 5%}
"""

BEGUN = """\
feeds:
  - feed: clients
    files: "clients_*.csv"
    preset: shop-clients
"""


def problems_with(folder: Path, feed: str = "", preset: str = PRESET, entity: str = ENTITY) -> list[str]:
    """Given what the feed says besides, and the preset; returns the problems, relative to the configuration's folder."""
    config = made(folder, feed, preset, entity)
    _, problems = load(config)
    return [str(problem).replace(f"{config}/", "") for problem in problems]


def made(folder: Path, feed: str = "", preset: str = PRESET, entity: str = ENTITY) -> Path:
    lines = "".join(f"    {line}\n" for line in feed.splitlines())
    config = write(folder, {"acme": HEAD + BEGUN + lines}, entity=entity)
    (config / "presets").mkdir(exist_ok=True)
    (config / "presets" / "shop-clients.yaml").write_text(preset)
    return config


def feed_of(folder: Path, feed: str = "", preset: str = PRESET) -> Feed:
    configuration, problems = load(made(folder, feed, preset))
    assert problems == []
    assert configuration is not None
    return configuration.tenants["acme"].feeds[0]


# --- what the two make together --------------------------------------------------------------------------------------------


def test_a_feed_is_what_its_preset_says(tmp_path: Path) -> None:
    feed = feed_of(tmp_path)
    assert (feed.feed, feed.files, feed.preset) == ("clients", "clients_*.csv", "shop-clients")
    assert (feed.entity, feed.dates, feed.decimal, feed.ignore) == ("customer", ["%d/%m/%Y"], ",", ["Internal", "Phone"])
    assert feed.format == Delimited(delimiter=";", encoding="cp1252")
    assert feed.mapping["email"].case == "lower"
    assert feed.tolerate.rejected == 0.05


def test_what_the_feed_says_goes_before_it(tmp_path: Path) -> None:
    feed = feed_of(
        tmp_path, 'dates: "%Y-%m-%d"\nformat: {encoding: utf-8}\ntolerate: {at_least_rows: 9}\nmapping: {email: E-Mail}'
    )
    assert feed.dates == ["%Y-%m-%d"]
    assert feed.format == Delimited(delimiter=";", encoding="utf-8")
    assert (feed.tolerate.rejected, feed.tolerate.at_least_rows) == (0.05, 9)
    assert (feed.mapping["email"].source, feed.mapping["email"].case) == (["E-Mail"], None), "a rule is taken whole"
    assert feed.mapping["name"].source == ["Name", "Nom"]
    assert feed.ignore == ["Internal", "Phone", "Mail"], "the column is known, and nobody wants it now"


def test_null_takes_out_what_the_preset_says(tmp_path: Path) -> None:
    feed = feed_of(tmp_path, "mapping: {since: null}\nthousands: null\nformat: {encoding: ~}\ntolerate: null")
    assert "since" not in feed.mapping
    assert feed.thousands is None
    assert feed.format == Delimited(delimiter=";")
    assert feed.tolerate.rejected is None
    assert feed.ignore == ["Internal", "Phone", "Since"]


def test_ignored_columns_are_added_and_a_mapped_one_is_not_ignored(tmp_path: Path) -> None:
    feed = feed_of(tmp_path, "ignore: Notes\nmapping: {active: {from: phone, values: {'': false}}}")
    assert feed.ignore == ["Notes", "Internal"]


@pytest.mark.parametrize(
    ("said", "format_"),
    [
        ('files: "clients_*.xlsx"', Workbook(kind="xlsx")),
        ("format: {kind: xls}", Workbook(kind="xls")),
        ("format: {kind: delimited}", Delimited(delimiter=";", encoding="cp1252")),
    ],
)
def test_of_another_kind_of_file_only_what_it_knows_is_taken(tmp_path: Path, said: str, format_: object) -> None:
    config = made(tmp_path, said)
    path = config / "tenants" / "acme.yaml"
    path.write_text(path.read_text().replace('    files: "clients_*.csv"\n', "", 1 if said.startswith("files") else 0))
    configuration, problems = load(config)
    assert problems == []
    assert configuration is not None
    assert configuration.tenants["acme"].feeds[0].format == format_


def test_a_workbooks_preset_reads_the_same_list_saved_as_csv(tmp_path: Path) -> None:
    assert feed_of(
        tmp_path, preset=PRESET.replace('{delimiter: ";", encoding: cp1252}', "{kind: xlsx, header_row: 2}")
    ).format == (Delimited(header_row=2))


def test_presets_that_are_brought_need_no_file_and_give_way_to_one(tmp_path: Path) -> None:
    feed = feed_of(tmp_path, "preset: xero-contacts".replace("preset", "blank").replace("xero-contacts", "keep"))
    assert feed.mapping["code"].source == ["Code"]
    config = made(tmp_path / "other")
    path = config / "tenants" / "acme.yaml"
    path.write_text(
        path.read_text().replace("preset: shop-clients", "preset: sap-kna1") + "    mapping: {mobile: null, print_as: null}\n"
    )
    entities = Path(brought()[0]).parents[1] / "entities"
    config.joinpath("entities/group.yaml").write_text((entities / "group.yaml").read_text())
    config.joinpath("entities/customer.yaml").write_text(
        (entities / "customer.yaml").read_text().replace("required_for_new: true", "default: x")
    )
    (config / "presets" / "shop-clients.yaml").unlink()
    configuration, problems = load(config)
    assert problems == []
    assert configuration is not None
    assert configuration.tenants["acme"].feeds[0].mapping["code"].source == ["KUNNR"]
    (config / "presets" / "sap-kna1.yaml").write_text(PRESET.replace("shop-clients", "sap-kna1"))
    path.write_text(path.read_text().replace("mobile: null, print_as: null", "since: null"))
    configuration, problems = load(config)
    assert problems == []
    assert configuration is not None
    assert configuration.tenants["acme"].feeds[0].mapping["code"].source == ["Code"]


# --- where a problem is told -----------------------------------------------------------------------------------------------


def test_a_wrong_preset_is_told_once_and_named_by_its_users(tmp_path: Path) -> None:
    assert problems_with(tmp_path, preset=PRESET.replace("preset: shop-clients", "preset: shop-client")) == [
        'presets/shop-clients.yaml:1:9  preset: the file is named "shop-clients.yaml"; name it "shop-client.yaml", '
        "or change this.",
        "tenants/acme.yaml:8:13  feeds[0].preset: preset shop-clients is wrong itself; mend presets/shop-clients.yaml first.",
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("shop-cleints", 'no preset "shop-cleints"; did you mean "shop-clients"?'),
        ("xero-contact", 'no preset "xero-contact"; did you mean "xero-contacts"?'),
    ],
)
def test_did_you_mean(tmp_path: Path, name: str, told: str) -> None:
    config = made(tmp_path)
    path = config / "tenants" / "acme.yaml"
    path.write_text(path.read_text().replace("preset: shop-clients", f"preset: {name}"))
    assert [str(problem).replace(f"{config}/", "") for problem in load(config)[1]] == [
        f"tenants/acme.yaml:8:13  feeds[0].preset: {told}"
    ]


def test_a_preset_is_checked_though_nobody_uses_it(tmp_path: Path) -> None:
    config = write(tmp_path, {})
    (config / "tenants").mkdir()
    (config / "presets").mkdir()
    text = PRESET.replace("email:", "emial:").replace('thousands: " "', "thousands: 0").replace("ignore:", "ignor:")
    (config / "presets" / "shop-clients.yaml").write_text(text)
    assert [str(problem).replace(f"{config}/presets/shop-clients.yaml:", "") for problem in load(config)[1]] == [
        '7:12  thousands: "0" cannot part thousands; write one sign, as in " " or ".".',
        '11:3  mapping.emial: no field "emial" in entity customer; did you mean "email"?',
        '15:1  ignor: no key "ignor" here; did you mean "ignore"?',
    ]


def test_a_preset_need_not_have_all_that_the_entity_needs_but_the_feed_must(tmp_path: Path) -> None:
    assert problems_with(tmp_path, preset=PRESET.replace("  code: Code\n", "")) == [
        "tenants/acme.yaml:8:13  feeds[0].mapping: the key of entity customer is not mapped, "
        "and without it no row can be found: code."
    ]


def test_what_the_feed_takes_out_is_missed_in_the_feed(tmp_path: Path) -> None:
    assert problems_with(tmp_path, "mapping: {code: null}") == [
        "tenants/acme.yaml:9:14  feeds[0].mapping: the key of entity customer is not mapped, "
        "and without it no row can be found: code."
    ]


def test_what_only_together_is_wrong_is_told_where_it_stands_and_for_whom(tmp_path: Path) -> None:
    """The feed's mark for decimals is the preset's for thousands; its mode has nothing to do with the preset's blank."""
    by = 'It is so in feed "clients" of tenants/acme.yaml, which starts from this preset.'
    assert problems_with(tmp_path, 'decimal: "."', PRESET.replace('thousands: " "', 'thousands: "."')) == [
        'presets/shop-clients.yaml:7:12  thousands: "." is the decimal mark; they must differ. ' + by
    ]
    assert problems_with(tmp_path, "mode: create_only", PRESET + "blank: clear\n") == [
        "presets/shop-clients.yaml:17:8  blank: blank is about rows that are known already, and create_only never touches them; "
        "take one of the two out. " + by
    ]


def test_a_rule_of_the_preset_that_does_not_fit_the_feeds_entity_is_told_at_its_line(tmp_path: Path) -> None:
    config = made(tmp_path, "entity: client")
    text = (
        ENTITY.replace("entity: customer", "entity: client")
        .replace("  email: {type: email}\n", "")
        .replace("table: customers", "table: c")
    )
    (config / "entities" / "client.yaml").write_text(text)
    assert [str(problem).replace(f"{config}/", "") for problem in load(config)[1]] == [
        'presets/shop-clients.yaml:11:3  mapping.email: no field "email" in entity client. '
        'It is so in feed "clients" of tenants/acme.yaml, which starts from this preset.'
    ]


def test_what_is_wrong_in_the_feed_itself_stays_there(tmp_path: Path) -> None:
    assert problems_with(tmp_path, "mapping: {email: {from: Mail, case: uper}, since: }\nblank: nope") == [
        'tenants/acme.yaml:9:41  feeds[0].mapping.email.case: this must be upper or lower, not "uper"; did you mean "upper"?',
        "tenants/acme.yaml:9:55  feeds[0].mapping.since: this must be a column's header, a list of its spellings, or keys such "
        "as {from: Code client}.",
        'tenants/acme.yaml:10:12  feeds[0].blank: this must be keep, clear or default, not "nope".',
    ]


# --- reload ----------------------------------------------------------------------------------------------------------------


def test_a_changed_preset_changes_those_who_use_it_and_their_hash(tmp_path: Path) -> None:
    config = made(tmp_path)
    other = HEAD.replace("acme", "beta").replace("drops", "drops/beta") + BEGUN.replace("preset: shop-clients", "preset: x")
    (config / "tenants" / "beta.yaml").write_text(
        other.replace("    preset: x\n", "    entity: customer\n    mapping: {code: C, name: N}\n")
    )
    before, _ = load(config)
    assert before is not None
    looked, hashed = fingerprint(config), before.feed_hash("acme", "clients")
    (config / "presets" / "shop-clients.yaml").write_text(PRESET.replace("code: Code", "code: Number"))
    assert fingerprint(config) != looked
    renewal = renew(before, survey(config))
    assert renewal.changed == ("acme",)
    assert renewal.configuration.feed_hash("acme", "clients") != hashed
    assert renewal.configuration.tenants["acme"].feeds[0].mapping["code"].source == ["Number"]


def test_a_preset_that_went_wrong_leaves_its_users_as_they_were(tmp_path: Path) -> None:
    config = made(tmp_path)
    before, _ = load(config)
    assert before is not None
    (config / "presets" / "shop-clients.yaml").write_text(PRESET.replace("code: Code", "coode: Code"))
    renewal = renew(before, survey(config))
    assert (renewal.kept, renewal.changed) == (("acme",), ())
    assert renewal.configuration.tenants["acme"] == before.tenants["acme"]
    assert [Path(problem.file).name for problem in renewal.problems] == ["shop-clients.yaml", "acme.yaml"]
