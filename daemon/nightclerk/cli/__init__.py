"""The command line. Only click is imported before a command is chosen, so that ``nightclerk --help`` answers at once."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import click

from nightclerk.cli.exits import EXIT_BROKEN_PIPE, EXIT_GOOD, EXIT_INTERRUPTED, EXIT_OTHER_ENDING, EXIT_WRONG_USE
from nightclerk.cli.options import Settings, options

__all__ = ["COMMANDS", "EXIT_GOOD", "EXIT_OTHER_ENDING", "EXIT_WRONG_USE", "main", "nightclerk"]


class Entry(NamedTuple):
    """Where a command is found, ``attribute command`` of a module in this room, and what the list says about it."""

    module: str
    short_help: str


#: In the order of the list. ``tests/drift/test_help.py`` compares the texts with the commands' own.
COMMANDS = {
    "demo": Entry("demo", "Shows everything at work on this machine, in a temporary folder."),
    "init": Entry("init", "Writes a commented starter configuration."),
    "check": Entry("check", "Checks the configuration."),
    "serve": Entry("serve", "Runs the daemon."),
    "round": Entry("round", "Does one round now, then ends."),
    "import": Entry("import_file", "Runs one local file through the whole way."),
    "inspect": Entry("inspect", "Shows how a file reads without any configuration."),
    "lint": Entry("lint", "Looks for what is wrong with the data of a file."),
    "suggest": Entry("suggest", "Proposes a tenant's file from samples."),
    "preview": Entry("preview", "Shows what an import would make of a file."),
    "reconcile": Entry("reconcile", "Holds a file against the tables."),
    "status": Entry("status", "Shows what is going on."),
    "runs": Entry("runs", "Shows the history."),
    "run": Entry("run", "Shows one run in full."),
    "rejected": Entry("rejected", "Writes a run's rejected rows as a file."),
    "parked": Entry("parked", "Shows the rows that wait for others."),
    "approve": Entry("approve", "Books a held file."),
    "refuse": Entry("refuse", "Refuses a held file."),
    "undo": Entry("undo", "Takes a run back."),
    "replay": Entry("replay", "Books the archived file of a run again."),
    "export": Entry("export", "Writes an entity's rows as CSV, XLSX, PDF or DOCX."),
    "trust": Entry("trust", "Shows a server's host keys, or its certificate."),
    "post": Entry("post", "Sends, lists or shows the letters that wait."),
    "tables": Entry("tables", "Makes the tables."),
    "doctor": Entry("doctor", "Checks files, ledger, tables and folders."),
    "schema": Entry("schema", "Prints a JSON Schema."),
}


class ReaderGoneError(Exception):
    """Who read our output went away. No OSError, of which click would make status 1: an ending, to our callers."""


class Commands(click.Group):
    """The group of all commands, each imported when it is chosen."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the chosen command; raises ReaderGoneError when its output has nowhere to go any more."""
        try:
            returned = super().invoke(ctx)
            if sys.stdout is not None:  # it is None where the caller has closed it
                sys.stdout.flush()
        except BrokenPipeError as error:
            raise ReaderGoneError from error
        return returned

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the commands in the order of the list."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Given a name; returns the command, imported now, or None."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command = importlib.import_module(f"nightclerk.cli.{entry.module}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"nightclerk.cli.{entry.module}.command is no click command")
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Given what follows the options; returns the command. A name that does not exist is answered with the nearest."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            ctx.fail(f"There is no command {args[0]!r}; " + (f"did you mean {near[0]!r}?" if near else "see nightclerk --help."))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.short_help) for name, entry in COMMANDS.items()])


def _version(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"nightclerk {version('nightclerk')}")
        ctx.exit(EXIT_GOOD)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit.")
@options
def nightclerk(_settings: Settings) -> None:
    """Takes accounting exports from drop folders, books them, files them away and reports."""
    from nightclerk import log

    log.configure(log.WARNING)


def main(arguments: Sequence[str] | None = None) -> int:
    """Given the arguments (those of the process by default); runs the command and returns the exit status.

    0: imported, imported with rejects, duplicate, or nothing to do; 1: any other ending; 2: wrong use or configuration;
    3: a system is unreachable; 70: a fault of ours; 130: interrupted; 141: the reader of our output went away.
    """
    settings = Settings()
    try:
        returned: Any = nightclerk.main(arguments, prog_name="nightclerk", standalone_mode=False, obj=settings)
    except (click.Abort, KeyboardInterrupt):  # the first is what click makes of Ctrl-C
        return EXIT_INTERRUPTED
    except ReaderGoneError:
        _let_go_of_output()
        return EXIT_BROKEN_PIPE
    except click.ClickException as error:
        error.show()
        return EXIT_WRONG_USE
    except Exception as error:  # noqa: BLE001 - the last place where it can be told in words; told and recorded there
        from nightclerk.cli import failures

        return failures.tell(error, settings)
    return returned if isinstance(returned, int) and not isinstance(returned, bool) else EXIT_GOOD


def _let_go_of_output() -> None:
    """Gives the interpreter's last flush somewhere to go."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
