"""``nightclerk status``: what is going on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from nightclerk.cli.opening import records_of
from nightclerk.cli.options import Settings, options


@click.command(short_help="Shows what is going on.")
@options
def command(settings: Settings) -> None:
    """Shows what is going on.

    For each tenant its last run, the files seen in its folder and not taken yet, drops under way, files that are held, rows
    that wait for others, letters that wait, and what is wrong with its source. Where it has times to be looked at, the next
    one; whether files wait for the quiet hours, and whether its server refused us and is left alone.
    """
    from nightclerk.cli.terminal import print_json, print_table
    from nightclerk.desk.standing import standing

    with records_of(settings) as (configuration, ledger):
        tenants = standing(configuration, ledger, datetime.now(UTC))
    if settings.json:
        print_json(tenants)
        return
    print_table(
        (
            "tenant",
            "last run",
            "ended (UTC)",
            "ending",
            "waiting files",
            "under way",
            "held",
            "waiting letters",
            "next look (UTC)",
        ),
        [_line(one) for one in tenants],
    )
    for one in tenants:
        if one["file_wrong"]:
            click.echo(
                f"\n{one['tenant']}: its file is wrong, as nightclerk check {one['tenant']} says. A daemon that runs serves it "
                "by its last good version; one that is started anew does not serve it."
            )
        if one["waiting_files"] and one["waits_until"] is not None:
            click.echo(f"\n{one['tenant']}: files wait for the quiet hours, which begin at {one['waits_until']}.")
        for held in one["held"]:
            why = ", ".join(reason.replace("_", " ") for reason in held["reasons"])
            rows = f"{held['rows']} row{'' if held['rows'] == 1 else 's'} of it" if held["in_part"] else "the whole of it"
            until = f"and waits for a decision until {held['until']}"
            told = f"{one['tenant']}: {held['file']} is held ({why}), {rows}, {until}"
            click.echo(f"\n{told}. What would change: nightclerk run {held['run']}")
        if rows := one["parked_rows"]:
            told = "1 row waits for what it names" if rows == 1 else f"{rows} rows wait for what they name"
            click.echo(f"\n{one['tenant']}: {told}: nightclerk parked {one['tenant']}")
        if one["left_alone_until"] is not None:
            until = f"{one['tenant']}: its server refused us and is not asked again before {one['left_alone_until']}"
            click.echo(f"\n{until}. When it is mended: nightclerk round {one['tenant']}")
        if one["trouble"] is not None:
            click.echo(f"\n{one['tenant']} since {one['trouble']['since']}: {one['trouble']['message']}")


def _line(one: dict[str, Any]) -> tuple[object, ...]:
    last = one["last_run"] or {}
    return (
        one["tenant"],
        last.get("run"),
        last.get("ended_at"),
        last.get("ending", "").replace("_", " "),
        len(one["waiting_files"]),
        len(one["under_way"]),
        len(one["held"]),
        one["waiting_letters"],
        one["next_look"],
    )
