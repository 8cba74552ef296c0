"""How the demonstration is told: short, aligned, coloured on a terminal and plain in a pipe."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from nightclerk.demo.application import rows_before
from nightclerk.demo.evidence import FirstRows
from nightclerk.demo.mailbox import Arrived
from nightclerk.demo.sender import SLICES
from nightclerk.demo.stage import Dropped, Stage

PIPE_WIDTH = 160
#: From how many columns on the endings stand in the list of runs.
ROOMY = 112
SHARES = {"file": "in the file", "booked": "booked", "rejected": "rejected", "skipped": "left aside"}
RunKey = tuple[str, str, str]
"""Tenant, file, feed."""
MANNERS = {"renamed": "as .part, renamed", "in_place": f"in {SLICES} slices"}


def open_console(quiet: bool = False) -> Console:
    """Returns the console for standard output; in a pipe it has room for whole lines and no colours."""
    console = Console(highlight=False, markup=False, emoji=False, quiet=quiet)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    return console


def show_start(console: Console, stage: Stage) -> None:
    """Tells what is going to happen."""
    tenants = len({sample.tenant for sample in stage.samples})
    told = f": {tenants} tenants drop {len(stage.samples)} files; everything runs on this machine."
    console.print(Text.assemble(("Nightclerk demo", "bold"), told), soft_wrap=True)
    console.print(f"Rows are booked into {stage.place.title}.{_stood(stage)}", soft_wrap=True)


def show_drops(console: Console, drops: list[Dropped]) -> None:
    """Tells which files were uploaded, and how."""
    table = _table("", "", ">", "")
    for drop in drops:
        size = drop.sample.file.stat().st_size
        table.add_row(drop.sample.tenant, drop.sample.file.name, _size(size), MANNERS[drop.sender.manner])
    _section(console, "Dropped over SFTP", table)


def show_runs(console: Console, stage: Stage, runs: dict[RunKey, dict[str, Any]], wrong: Collection[RunKey]) -> None:
    """Tells each run's ending and counts; those in ``wrong`` are marked. A narrow terminal has no room for the endings."""
    expected = [(sample, run) for sample in stage.samples for run in sample.runs]
    told = [name for name in expected[0][1].counts if any(run["counts"][name] for run in runs.values())]
    roomy = console.width >= ROOMY
    heads = ("", "tenant", "feed", *(["ending"] if roomy else []), *told)
    table = _table(*(">" if head in told else "" for head in heads), heads=heads, gap=2 if roomy else 1)
    for sample, one in expected:
        key = sample.tenant, sample.file.name, one.feed
        run = runs.get(key)
        mark = Text("✗", "bold red") if key in wrong else Text("✓", "bold green")
        ending = [run["ending"].replace("_", " ") if run else "no run"] if roomy else []
        table.add_row(mark, sample.tenant, one.feed, *ending, *(f"{run['counts'][name]:,}" if run else "" for name in told))
    _section(console, "Booked by the daemon", table)


def show_totals(console: Console, stage: Stage, runs: dict[RunKey, dict[str, Any]]) -> None:
    """Tells the control totals of each tenant's first feed: what the file holds was booked, rejected, or left aside."""
    first = {(name, tenant.feeds[0].feed) for name, tenant in stage.configuration.tenants.items()}
    totals = {key[0]: run["totals"] for key, run in sorted(runs.items()) if (key[0], key[2]) in first}
    all_sums = [sums for fields in totals.values() for currencies in fields.values() for sums in currencies.values()]
    shares = {share: head for share, head in SHARES.items() if any(share in sums for sums in all_sums)}
    table = _table("", "", "", *(">" * len(shares)), heads=("tenant", "field", "", *shares.values()))
    for tenant, fields in totals.items():
        told = tenant
        for field, currencies in fields.items():
            for currency, sums in currencies.items():
                amounts = (f"{Decimal(sums[share]):,.2f}" if share in sums else "" for share in shares)
                table.add_row(told, field, currency or "none", *amounts)
                told = ""
    _section(console, "Control totals of each tenant's first feed", table)


def show_tables(console: Console, glimpses: list[FirstRows]) -> None:
    """Tells the first rows of each tenant's first table."""
    for glimpse in glimpses:
        fitting = _fitting(glimpse, console.width - 2)
        sides = (">" if number else "" for number in glimpse.numbers[:fitting])
        table = _table(*sides, heads=glimpse.columns[:fitting])
        for row in glimpse.rows:
            table.add_row(*(Text(cell.replace("\n", " ")) for cell in row[:fitting]))
        _section(console, f"Table {glimpse.table}: {glimpse.count:,} rows of {glimpse.tenant}, the first of them", table)


def show_files(console: Console, on_servers: dict[str, list[str]], archived: list[str]) -> None:
    """Tells where the files lie now."""
    console.print()
    console.print("Where the files lie now", style="bold")
    for tenant, paths in on_servers.items():
        console.print(f"  on {tenant}'s server")
        for path in paths:
            console.print(f"    {path}", soft_wrap=True)
    console.print("  and a copy of each in the local archive, such as")
    for path in archived[:1]:
        console.print(f"    {path}", soft_wrap=True)


def show_letters(console: Console, letters: list[Arrived]) -> None:
    """Tells the letters: subject, readers, and the files to look at."""
    console.print()
    console.print("Letters", style="bold")
    for letter in letters:
        console.print(Text("  " + letter.subject, "cyan"), soft_wrap=True)
        told = f"    to {', '.join(letter.recipients)}: {', '.join(file.name for file in letter.files)}"
        console.print(told, style="dim", soft_wrap=True)


def show_end(console: Console, stage: Stage, wrong: list[str], seconds: float) -> None:
    """Tells whether all is as expected, and where to look further."""
    console.print()
    for sentence in wrong:
        console.print(Text("✗ " + sentence, "bold red"), soft_wrap=True)
    if not wrong:
        counted = len(stage.samples)
        told = f"✓ {counted} of {counted} files ended as expected, each with its letter, in {seconds:.0f} seconds."
        console.print(Text(told, "bold green"))
    console.print(f"The letters stay; open {stage.letters / 'index.html'} in a browser.", soft_wrap=True)
    if wrong:
        console.print(f"Everything else stays in {stage.folder}; what the daemon said is in daemon.log.", soft_wrap=True)


def show_ways_in(console: Console, stage: Stage) -> None:
    """Tells how to look around while everything is still up."""
    console.print()
    console.print("Everything stays up until Ctrl-C. Look around:", style="bold")
    for line in (
        f"{stage.place.given}nightclerk --config {stage.config} runs",
        stage.place.look,
        f"tail -f {stage.log}",
        *(
            f"sftp -P {sender.server.port} {sender.username}@127.0.0.1:{sender.folder}    # {name}, password {sender.password}"
            for name, sender in stage.senders.items()
        ),
    ):
        console.print("  " + line, soft_wrap=True)


def _stood(stage: Stage) -> str:
    """What the applications had before."""
    told = [f"{stood.tenant}'s application has {len(rows_before(stood.file))} {stood.entity}s already" for stood in stage.before]
    return f" {'; '.join(told)}." if told else ""


def _section(console: Console, title: str, table: Table) -> None:
    console.print()
    console.print(title, style="bold", soft_wrap=True)
    with console.capture() as captured:
        console.print(Padding(table, (0, 0, 0, 2), expand=False))
    for line in captured.get().splitlines():
        console.print(Text.from_ansi(line.rstrip()), soft_wrap=True)  # rich fills the last column up with spaces


def _table(*sides: str, heads: tuple[str, ...] = (), gap: int = 2) -> Table:
    """Given for each column ``>`` for numbers or nothing, and the headers; returns an empty table without lines."""
    table = Table(box=None, show_header=bool(heads), pad_edge=False, padding=(0, gap, 0, 0), header_style="dim")
    for place, side in enumerate(sides):
        head = heads[place] if heads else ""
        table.add_column(head, justify="right" if side else "left", no_wrap=True, overflow="ellipsis")
    return table


def _fitting(glimpse: FirstRows, width: int) -> int:
    """Returns how many of the columns fit side by side, uncut."""
    fitting = 0
    for place in range(len(glimpse.columns)):
        width -= 2 + max(len(line[place]) for line in (glimpse.columns, *glimpse.rows))
        fitting += width >= -2  # the last column needs no gap after it
    return max(fitting, 1)


def _size(size: int) -> str:
    return f"{size / 10**6:.1f} MB" if size >= 10**6 else f"{size / 10**3:.0f} kB"
