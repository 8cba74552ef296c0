"""``nightclerk lint``: how good the data of a file is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nightclerk.cli.exits import EXIT_GOOD, EXIT_OTHER_ENDING
from nightclerk.cli.file_options import asked_for, file_options, named_in
from nightclerk.cli.options import Settings, options

if TYPE_CHECKING:
    from nightclerk.desk.inspect import Asked
    from nightclerk.desk.lint import AsFeed, Linted


@click.command(short_help="Looks for what is wrong with the data of a file.")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--tenant", metavar="TENANT", help="Whose file it is: a feed then says how it is written and what its key is.")
@click.option("--feed", metavar="FEED", help="The tenant's feed to read it as, where its name does not tell.")
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), metavar="PAGE", help="Write it as a page with charts as well."
)
@file_options
@options
@click.pass_context
def command(
    context: click.Context,
    /,
    settings: Settings,
    file: Path,
    tenant: str | None,
    feed: str | None,
    html: Path | None,
    **given: Any,
) -> int:
    """Looks for what is wrong with the data of a file.

    Before the first import, or whenever. Every column is looked through for days that do not exist, bad email addresses and check
    digits (SIREN, SIRET, VAT numbers, IBANs), dates and numbers written in several ways, outliers, spaces and signs that nobody
    sees, and several spellings of one value; keys and names for duplicates and for what is nearly one. Nothing is changed.

    Ends with status 0 when nothing was found, and with 1 when something was, or when the file does not read.
    """
    if feed is not None and tenant is None:
        raise click.UsageError("--feed names a feed of a tenant; give --tenant as well.")
    if tenant is not None and (written := named_in(context)):
        raise click.UsageError(f"The feed says how the file is written; leave out {', '.join(written)}.")
    asked, configured = asked_for(file, given), None
    if tenant is not None:
        asked, configured = _configured(settings, asked, tenant, feed)
    return _lint(settings, asked, configured, html)


def _configured(settings: Settings, asked: Asked, tenant: str, feed: str | None) -> tuple[Asked, AsFeed]:
    from dataclasses import replace

    from nightclerk.cli.opening import configuration_of
    from nightclerk.desk.lint import AsFeed
    from nightclerk.work.hand_in import feeds_for

    configuration = configuration_of(settings, [tenant])
    noun = configuration.tenants[tenant]
    chosen = feeds_for(noun, asked.path, feed)
    if len(chosen) > 1:
        raise click.UsageError(f"Several feeds read this file: {', '.join(chosen)}. Name one with --feed.")
    found = next(one for one in noun.feeds if one.feed == chosen[0])
    return replace(asked, language=noun.language), AsFeed(found, configuration.entity_of(tenant, found.feed))


def _lint(settings: Settings, asked: Asked, configured: AsFeed | None, html: Path | None) -> int:
    from nightclerk.cli.progress import shown
    from nightclerk.cli.quality import show
    from nightclerk.cli.terminal import print_json
    from nightclerk.core.errors import SenderError
    from nightclerk.wiring import open_reader

    try:
        with open_reader() as reader:
            from nightclerk.desk.inspect import refusal_data
            from nightclerk.desk.lint import lint, lint_data  # while the reader loads the same

            found = lint(shown(reader), asked, configured)
    except SenderError as refusal:
        if not settings.json:
            raise
        print_json(refusal_data(refusal))
        return EXIT_OTHER_ENDING
    if html is not None:
        _write(found, html)
    if settings.json:
        print_json(lint_data(found))
    else:
        show(found)
    return EXIT_OTHER_ENDING if found.quality.findings else EXIT_GOOD


def _write(found: Linted, html: Path) -> None:
    from nightclerk.core.errors import OperatorError
    from nightclerk.desk.lint_page import lint_page

    try:
        html.write_text(lint_page(found), encoding="utf-8")
    except OSError as error:
        raise OperatorError(
            f"{html} cannot be written: {error.strerror}. Name a file in a folder that you may write to."
        ) from error
