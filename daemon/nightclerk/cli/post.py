"""``nightclerk post``: the letters that wait, sent, listed or shown."""

from __future__ import annotations

import click

from nightclerk.cli.exits import EXIT_GOOD, status_of_post
from nightclerk.cli.opening import open_for, records_of
from nightclerk.cli.options import Settings, options


@click.command(short_help="Sends, lists or shows the letters that wait.")
@click.option("--list", "list_only", is_flag=True, help="Only list them.")
@click.option("--all", "all_letters", is_flag=True, help="With --list: also those that were accepted or refused.")
@click.option("--show", type=int, metavar="N", help="Only print the letter with this number, as --list names it.")
@click.option("--html", is_flag=True, help="With --show: the page instead of the text, to be opened in a browser.")
@options
def command(settings: Settings, list_only: bool, all_letters: bool, show: int | None, html: bool) -> int:
    """Sends, lists or shows the letters that wait.

    Letters wait in the outbox until the mail server has accepted them. This sends them now, whatever their next time is.
    """
    if show is not None:
        return _show(settings, show, "html" if html else "plain")
    return _list(settings, all_letters) if list_only else _post(settings)


def _list(settings: Settings, all_letters: bool) -> int:
    from nightclerk.cli.terminal import print_json, print_table
    from nightclerk.desk.output import moment
    from nightclerk.ledger.outbox import Outbox

    with records_of(settings) as (_, ledger):
        letters = Outbox(ledger).listing(waiting_only=not all_letters)
    if settings.json:
        print_json(list(letters))
    elif not letters:
        click.echo("No letters." if all_letters else "No letters wait.")
    else:
        print_table(
            ("letter", "written (UTC)", "to", "state", "tries", "subject", "the server's words"),
            [
                (
                    *(letter["letter"], moment(letter["written_at"]), recipient["address"], recipient["state"]),
                    *(recipient["attempts"], letter["subject"], recipient["words"]),
                )
                for letter in letters
                for recipient in letter["recipients"]
            ],
        )
    return EXIT_GOOD


def _show(settings: Settings, number: int, kind: str) -> int:
    from nightclerk.cli.terminal import print_json
    from nightclerk.core.errors import OperatorError
    from nightclerk.desk.letter import read_letter
    from nightclerk.ledger.outbox import Outbox

    with records_of(settings) as (_, ledger):
        message = Outbox(ledger).message(number)
    if message is None:
        raise OperatorError(f"There is no letter {number}.", command="nightclerk post --list --all")
    letter = read_letter(message)
    if settings.json:
        print_json({"letter": number, **letter})
    elif kind == "html":
        click.echo(letter["html"], nl=False)
    else:
        for label in ("from", "to", "date", "subject", "attached"):
            if letter[label]:
                click.echo(f"{label.capitalize()}: {letter[label]}")
        click.echo(f"\n{letter['text']}", nl=False)
    return EXIT_GOOD


def _post(settings: Settings) -> int:
    from nightclerk.cli.terminal import print_json
    from nightclerk.core.errors import OperatorError
    from nightclerk.work.deliver import deliver_waiting

    with open_for(settings) as house:
        if house.channel is None:
            raise OperatorError("No mail server is configured, so letters wait. Add `mail:` to nightclerk.yaml.")
        house.outbox.hasten(house.clock.now())
        done = deliver_waiting(house)
    if settings.json:
        print_json({"accepted": done.accepted, "refused": done.refused, "postponed": done.postponed, "trouble": done.trouble})
    else:
        click.echo(f"{done.accepted} accepted, {done.refused} refused, {done.postponed} waiting.")
    if done.trouble is not None:
        click.echo(done.trouble, err=True)
    return status_of_post(done)
