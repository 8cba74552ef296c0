"""The demonstration from the first upload to the last line."""

from __future__ import annotations

import contextlib
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from nightclerk.demo import page
from nightclerk.demo.evidence import files_in_archive, files_on_servers, first_rows
from nightclerk.demo.samples import find_project
from nightclerk.demo.stage import Dropped, Stage

Run = dict[str, Any]
Wrong = dict[str, list[str]]


def show(configuration: Path, keep: bool, quiet: bool) -> tuple[list[Run], Wrong]:
    """Given the configuration folder; plays the demonstration and tells it on standard output, unless ``quiet``.

    Returns the runs as ``runs --json`` tells them, and by file what did not end as expected. With ``keep`` everything stays up
    until the process is interrupted.
    """
    project = find_project(configuration)
    console = page.open_console(quiet)
    begun = time.monotonic()
    with ExitStack() as stack:
        with console.status("Starting SFTP servers, a mailbox and the daemon…"):
            stage = stack.enter_context(Stage(project))
        page.show_start(console, stage)
        page.show_drops(console, _drop_all(console, stage))
        with console.status("The daemon waits until the files rest, books them, puts them away and reports…"):
            stage.wait()
            runs = stage.runs()
        wrong = _tell(console, stage, runs)
        page.show_end(console, stage, wrong, time.monotonic() - begun)
        stage.keep_all = bool(wrong)
        if keep:
            page.show_ways_in(console, stage)
            _stay(stage)
    return list(runs.values()), wrong


def _drop_all(console: Console, stage: Stage) -> list[Dropped]:
    drops = []
    for sample in stage.samples:
        with console.status(f"{sample.tenant} uploads {sample.file.name}…"):
            drops.append(stage.drop(sample))
    return drops


def _tell(console: Console, stage: Stage, runs: dict[tuple[str, str], Run]) -> Wrong:
    """Shows what came of the drops; returns by file a sentence for each thing that is not as expected."""
    wrong = {}
    for sample in stage.samples:
        run = runs.get((sample.tenant, sample.file.name))
        wrong[sample.file.name] = sample.differences(run) if run else [f"{sample.file.name} has no run."]
    wrong = {file: sentences for file, sentences in wrong.items() if sentences}
    page.show_runs(console, stage, runs, set(wrong))
    page.show_totals(console, runs)
    page.show_tables(console, first_rows(stage))
    page.show_files(console, files_on_servers(stage), files_in_archive(stage))
    page.show_letters(console, stage.reports())
    return wrong


def _stay(stage: Stage) -> None:
    """Returns when the person has had enough (Ctrl-C), or the daemon ended."""
    with contextlib.suppress(KeyboardInterrupt):
        while stage.serving():
            time.sleep(0.5)
