# ruff: noqa: E501 - the lines stand here exactly as they are printed
"""Every line that ``check`` prints for settings of a feed that can do nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import ENTITY, FEED, HEAD, loaded

NEVER_WAITS = "no field here is a reference with unknown_reference: park, so that no row ever waits; take it out."
NEVER_CLEARED = "an empty cell clears nothing here, so that never too much is cleared; take it out, or write blank: clear."
NEVER_A_PART = "only changed holds a part of a file, and cleared and emptied where blank: clear clears values; take it out, or write one of them."
NEVER_TWICE = "no field here is read from times without their offset, which may come twice; take it out."
FIELDS = "  parent: {type: reference, to: customer}\nabsent: {deactivate: {gone: {active: false}, back: {active: true}}}\n"
#: What stands behind the feed's mapping, from line 12 on → the problems.
CASES = [
    ("    doubled_hour: first\n", [f"12:19  feeds[0].doubled_hour: {NEVER_TWICE}"]),
    ("      since: Since\n    doubled_hour: reject\n", [f"13:19  feeds[0].doubled_hour: {NEVER_TWICE}"]),
    ("      seen: Seen\n    doubled_hour: first\n", [f"13:19  feeds[0].doubled_hour: {NEVER_TWICE}"]),
    ("      seen: {from: Seen, dates: '%Y-%m-%d %H:%M%z'}\n    doubled_hour: first\n", [
        f"13:19  feeds[0].doubled_hour: {NEVER_TWICE}",
    ]),
    ("      seen: {from: Seen, doubled_hour: first}\n    dates: '%Y-%m-%d %H:%M'\n    doubled_hour: second\n", [
        f"14:19  feeds[0].doubled_hour: {NEVER_TWICE}",
    ]),
    ("      seen: {from: Seen, dates: '%d.%m.%Y', doubled_hour: second}\n", [
        "12:59  feeds[0].mapping.seen.doubled_hour: dates here are written without a time, or with its offset, and never come twice; take it out.",
    ]),
    ("      since: {from: Since, doubled_hour: second}\n", [
        "12:42  feeds[0].mapping.since.doubled_hour: doubled_hour is for datetime; this field is date.",
    ]),
    ("      seen: {constant: 2026-01-01, doubled_hour: second}\n", [
        "12:50  feeds[0].mapping.seen.doubled_hour: doubled_hour has nothing to do beside a constant; take one of the two out.",
    ]),
    ("      seen: {from: Seen, doubled_hour: third, dates: excel}\n", [
        '12:40  feeds[0].mapping.seen.doubled_hour: this must be reject, first or second, not "third".',
    ]),
    ("      seen: Seen\n    dates: ['%d.%m.%Y', '%d.%m.%Y %H:%M']\n    doubled_hour: first\n", []),
    ("      seen: Seen\n    dates: auto\n    doubled_hour: first\n", []),
    ("      seen: {from: Seen, dates: excel, doubled_hour: first}\n", []),
    ("      seen: Seen\n    format: {kind: xlsx}\n    doubled_hour: second\n", []),
    ("    parked_for: 30d\n", [f"12:17  feeds[0].parked_for: {NEVER_WAITS}"]),
    ("    parked_for: 10d\n    unknown_reference: park\n", [f"12:17  feeds[0].parked_for: {NEVER_WAITS}"]),
    ("      parent: Parent\n    parked_for: 10d\n    unknown_reference: reject\n", [
        f"13:17  feeds[0].parked_for: {NEVER_WAITS}",
    ]),
    ("      parent: {from: Parent, unknown_reference: blank}\n    parked_for: 10d\n", [
        f"13:17  feeds[0].parked_for: {NEVER_WAITS}",
    ]),
    ("      parent: Parent\n    parked_for: 10d\n", []),
    ("      parent: {from: Parent, unknown_reference: park}\n    unknown_reference: reject\n    parked_for: 10d\n", []),
    ("    hold: {cleared: {rows: 5}}\n", [f"12:21  feeds[0].hold.cleared: {NEVER_CLEARED}"]),
    ("      email: {from: Mail, blank: keep}\n    blank: default\n    hold: {cleared: {rows: 5}, changed: 5%}\n", [
        f"14:21  feeds[0].hold.cleared: {NEVER_CLEARED}",
    ]),
    ("    hold: {cleared: {rows: 5}}\n    blank: clear\n", []),
    ("      email: {from: Mail, blank: clear}\n    hold: {cleared: {rows: 5}, hold_part: true}\n", []),
    ("      active: Active\n    absent: deactivate\n    hold: {cleared: {rows: 5}, hold_part: true}\n", []),
    ("    hold: {hold_part: true, fewer_rows: 50%}\n", [f"12:23  feeds[0].hold.hold_part: {NEVER_A_PART}"]),
    ("    hold: {hold_part: true, emptied: 50%}\n", [f"12:23  feeds[0].hold.hold_part: {NEVER_A_PART}"]),
    ("    mode: create_only\n    hold: {hold_part: true, changed: 50%}\n", [f"13:23  feeds[0].hold.hold_part: {NEVER_A_PART}"]),
    ("    hold: {hold_part: true, cleared: {rows: 5}}\n", [
        f"12:23  feeds[0].hold.hold_part: {NEVER_A_PART}",
        f"12:38  feeds[0].hold.cleared: {NEVER_CLEARED}",
    ]),
    ("    hold: {hold_part: false}\n", []),
    ("    hold: {hold_part: true, changed: 50%}\n", []),
    ("    blank: clear\n    hold: {hold_part: true, emptied: 50%}\n", []),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), CASES, ids=[str(number) for number in range(len(CASES))])
def test_what_can_do_nothing_in_a_feed(tmp_path: Path, lines: str, expected: list[str]) -> None:
    _, found = loaded(tmp_path, {"acme": HEAD + FEED + lines}, entity=ENTITY + FIELDS)
    assert [line.removeprefix("tenants/acme.yaml:") for line in found] == expected


#: The mapping's further lines, from line 12 on → the problems.
BESIDE = [
    ("      email: [Box, Host]\n      join: '@'\n", [
        '13:7  feeds[0].mapping.join: no field "join" in entity customer; did you mean email: {from: ["Box", "Host"], join: "@"}?',
    ]),
    ("      email: {from: [Box, Host]}\n      join: '@'\n      blank: keep\n", [
        '13:7  feeds[0].mapping.join: no field "join" in entity customer; did you mean email: {…, join: "@"}?',
        '14:7  feeds[0].mapping.blank: no field "blank" in entity customer; did you mean email: {…, blank: "keep"}?',
    ]),
    ("      active: Active\n      case: 1.5\n", [
        '13:7  feeds[0].mapping.case: no field "case" in entity customer; did you mean active: {from: "Active", case: …}?',
        "13:13  feeds[0].mapping.case: this must be a column's header, a list of its spellings, or keys such as {from: Code client}.",
    ]),
    ("      email: Mail\n      constant: x\n", ['13:7  feeds[0].mapping.constant: no field "constant" in entity customer.']),
    ("      email: Mail\n      joint: x\n", ['13:7  feeds[0].mapping.joint: no field "joint" in entity customer.']),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), BESIDE, ids=[str(number) for number in range(len(BESIDE))])
def test_keys_of_a_rule_that_stand_beside_it(tmp_path: Path, lines: str, expected: list[str]) -> None:
    _, found = loaded(tmp_path, {"acme": HEAD + FEED + lines})
    assert [line.removeprefix("tenants/acme.yaml:") for line in found] == expected


def test_a_key_of_no_rule_above_is_a_name_like_others(tmp_path: Path) -> None:
    _, (found,) = loaded(tmp_path, {"acme": HEAD + FEED.replace("      code:", "      join: ' '\n      code:")})
    assert found == 'tenants/acme.yaml:10:7  feeds[0].mapping.join: no field "join" in entity customer.'


def test_what_a_preset_says_may_do_nothing_in_a_feed(tmp_path: Path) -> None:
    said = "entity: customer\nmapping: {code: Code}\nparked_for: 10d\ndoubled_hour: first\nhold: {hold_part: true, cleared: {rows: 5}}\n"
    (tmp_path / "config/presets").mkdir(parents=True)
    (tmp_path / "config/presets/system.yaml").write_text(f"preset: system\nsource: its documentation (2026).\n{said}")
    tenant = HEAD + FEED.replace("    entity:", "    preset: system\n    entity:")
    assert loaded(tmp_path, {"acme": tenant})[1] == []
    own = "    hold: {cleared: {rows: 9}}\n"
    assert loaded(tmp_path, {"acme": tenant + own})[1] == [f"tenants/acme.yaml:13:21  feeds[0].hold.cleared: {NEVER_CLEARED}"]
