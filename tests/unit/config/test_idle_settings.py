# ruff: noqa: E501 - the lines stand here exactly as they are printed
"""Every line that ``check`` prints for settings of a feed that can do nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import FEED, HEAD, problems_of

NEVER_TWICE = "no field here is read from times without their offset, which may come twice; take it out."
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
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), CASES, ids=[str(number) for number in range(len(CASES))])
def test_what_can_do_nothing_in_a_feed(tmp_path: Path, lines: str, expected: list[str]) -> None:
    assert problems_of(tmp_path, HEAD + FEED + lines) == expected
