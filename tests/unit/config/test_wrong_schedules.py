# ruff: noqa: E501 - the lines stand here exactly as they are printed
"""Every line that ``check`` prints for a schedule, or for quiet hours, that cannot be kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.config.configurations import FEED, HEAD, loaded, problems_of

#: What stands in line 5 → the problems.
LINES = [
    ("schedule: {}", ['5:11  schedule: write when to look: every, cron or at, as in {every: 5m} or {at: ["02:00"], days: mon-fri}.']),
    ("schedule: 5m", ['5:11  schedule: this must be a group of keys, not "5m", as in {every: 5m}.']),
    ("schedule: []", ["5:11  schedule: at least one must be given here."]),
    ("schedule: {evry: 5m}", ['5:12  schedule.evry: no key "evry" here; did you mean "every"?']),
    ("schedule: {every: 5}", ['5:19  schedule.every: "5" is not a duration; write a number with s, m, h or d, as in 30s or 5m.']),
    ("schedule: {every: 0s}", ["5:19  schedule.every: this must be more than nothing."]),
    ('schedule: {every: 5m, cron: "0 2 * * *"}', ["5:29  schedule.cron: every and cron stand together here; keep one, or write a list of schedules."]),
    ('schedule: {at: "02:00", cron: "0 2 * * *"}', ["5:16  schedule.at: cron and at stand together here; keep one, or write a list of schedules."]),
    ("schedule: {every: 5m, days: mon}", ["5:29  schedule.days: days belong to at; every knows no days."]),
    ('schedule: {cron: "0 2 * * *", days: mon}', ["5:37  schedule.days: days belong to at; cron names its days itself, in the last field."]),
    ('schedule: {cron: "0 2 * * 1"}', ['5:18  schedule.cron: write days by name, as in mon-fri: what day "1" is, programs do not agree on.']),
    ('schedule: {cron: "0 2 * * mon-5"}', ['5:18  schedule.cron: write days by name, as in mon-fri: what day "5" is, programs do not agree on.']),
    ('schedule: {cron: "0 2 * * Montag"}', ['5:18  schedule.cron: no day "Montag"; did you mean "mon"?']),
    ('schedule: {cron: "0 2 * * */2"}', ['5:18  schedule.cron: "*/2" is no day of the week; write * alone, or names, as in mon-fri.']),
    ('schedule: {cron: "0 2 * * mon#6"}', ['5:18  schedule.cron: "mon#6" is no day of a month; write mon#1 for the first Monday, up to mon#5.']),
    ('schedule: {cron: "60 2 * * *"}', ['5:18  schedule.cron: "60 2 * * *" is no cron line: the minute is 0 to 59.']),
    ('schedule: {cron: "0 0 30 feb *"}', ['5:18  schedule.cron: "0 0 30 feb *" is no cron line: the day of the month is 1 to 31, or L for the last one, and must come in the months that are named.']),
    ('schedule: {cron: "@daily"}', ['5:18  schedule.cron: "@daily" is no cron line: write five fields, minute, hour, day, month and weekday, as in "30 2 * * mon-fri".']),
    ('schedule: {at: ["24:00"]}', ['5:17  schedule.at[0]: "24:00" is no time of the day; write hours and minutes, from "00:00" to "23:59".']),
    ("schedule: {at: []}", ["5:16  schedule.at: at least one must be given here."]),
    ('schedule: {at: "2:00", days: mon-fry}', ['5:30  schedule.days: no day "fry"; did you mean "fri"?']),
    ('schedule: {at: "2:00", days: [mon, 2]}', ['5:30  schedule.days: write days by name, as in mon-fri: what day "2" is, programs do not agree on.']),
    ("schedule: [{every: 5m}, {every: 1h}]", ["5:33  schedule[1].every: only one schedule of a tenant may have every; the shorter one would do for both."]),
    ('schedule: [{every: 5m}, {att: "2:00"}]', ['5:26  schedule[1].att: no key "att" here; did you mean "at"?']),
    ("process: {between: [20:00]}", ['5:20  process.between: write two times, the first and the last, as in ["20:00", "06:00"].']),
    ("process: {between: [20:00, 20:00]}", ["5:20  process.between: from 20:00 to 20:00 is no time at all; leave process out where files need not wait."]),
    ("process: {between: [20:00, 6]}", ['5:28  process.between[1]: "6" is no time of the day; write hours and minutes, from "00:00" to "23:59".']),
    ("process: {}", ["5:10  process.between: this key is missing; write it as in between: [20:00, 06:00]."]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "problems"), LINES, ids=[line for line, _ in LINES])
def test_a_wrong_schedule_is_told_at_its_place(tmp_path: Path, line: str, problems: list[str]) -> None:
    assert problems_of(tmp_path, HEAD + line + "\n" + FEED) == problems


@pytest.mark.parametrize(
    "line",
    [
        "schedule: {every: 5m}",
        'schedule: {cron: "30 2 * * mon-fri"}',
        'schedule: {cron: "*/5 6-20 1,15 jan-jun FRI-MON"}',
        'schedule: {at: ["02:00"], days: mon-fri}',
        "schedule: {at: 2:00, days: [sat-sun, wed]}",
        "schedule:\n  - {at: [06:00, 13:30]}\n  - {cron: 0 22 * * sun}\n  - {every: 6h}",
        'process: {between: ["20:00", "06:00"]}',
    ],
)
def test_schedules_as_people_write_them(tmp_path: Path, line: str) -> None:
    configuration, problems = loaded(tmp_path, {"acme": HEAD + line + "\n" + FEED})
    assert problems == []
    assert configuration is not None
    assert configuration.tenants["acme"].schedules
