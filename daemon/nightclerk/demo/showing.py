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
from nightclerk.demo.letter_list import write_list
from nightclerk.demo.samples import find_project
from nightclerk.demo.stage import Stage

Run = dict[str, Any]
#: What was not as expected: sentences by tenant, file and feed.
Wrong = dict[tuple[str, str, str], list[str]]


def show(configuration: Path, keep: bool, quiet: bool, database: str) -> tuple[list[Run], Wrong]:
    """Given the configuration folder and where to book (see ``open_place``); plays the demonstration and tells it on standard
    output, unless ``quiet``.

    Returns the runs as ``runs --json`` tells them, and for each run that did not end as expected why. With ``keep`` everything
    stays up until the process is interrupted.
    """
    project = find_project(configuration)
    console = page.open_console(quiet)
    begun = time.monotonic()
    with ExitStack() as stack:
        with console.status("Starting SFTP servers, a mailbox and the daemon…"):
            stage = stack.enter_context(Stage(project, database))
        page.show_start(console, stage)
        with console.status("The tenants upload their files…"):
            drops = stage.drop_all()
        page.show_drops(console, drops)
        with console.status("The daemon waits until the files rest, books them, puts them away and reports…"):
            stage.wait()
            runs = stage.runs()
        wrong = _tell(console, stage, runs)
        sentences = [sentence for found in wrong.values() for sentence in found]
        page.show_end(console, stage, sentences, time.monotonic() - begun)
        stage.keep_all = bool(wrong)
        if keep:
            page.show_ways_in(console, stage)
            _stay(stage)
    return list(runs.values()), wrong


def _tell(console: Console, stage: Stage, runs: dict[tuple[str, str, str], Run]) -> Wrong:
    """Shows what came of the drops; returns a sentence for each thing that is not as expected."""
    wrong = {}
    for sample in stage.samples:
        for expected in sample.runs:
            key = sample.tenant, sample.file.name, expected.feed
            wrong[key] = expected.differences(runs.get(key))
    wrong = {key: sentences for key, sentences in wrong.items() if sentences}
    page.show_runs(console, stage, runs, set(wrong))
    page.show_totals(console, stage, runs)
    page.show_tables(console, first_rows(stage))
    page.show_files(console, files_on_servers(stage), files_in_archive(stage))
    letters = stage.reports()
    page.show_letters(console, letters)
    write_list(stage.letters, letters)
    return wrong


def _stay(stage: Stage) -> None:
    """Returns when the person has had enough (Ctrl-C), or the daemon ended."""
    with contextlib.suppress(KeyboardInterrupt):
        while stage.serving():
            time.sleep(0.5)
