"""``nightclerk suggest``: a tenant's file, proposed from samples."""

from __future__ import annotations

from pathlib import Path

import click

from nightclerk.cli.exits import EXIT_GOOD, EXIT_OTHER_ENDING
from nightclerk.cli.options import Settings, options


@click.command(short_help="Proposes a tenant's file from samples.")
@click.argument("files", type=click.Path(path_type=Path, readable=False), nargs=-1, required=True, metavar="FILE...")
@click.option("--entity", metavar="ENTITY", help="What the rows are.  [default: found]")
@click.option("--tenant", default="example", show_default=True, help="The tenant's name, which is that of its file too.")
@click.option("--name", help="The tenant as people call it.  [default: made of --tenant]")
@click.option("--folder", help="Where its files are dropped.  [default: drops/TENANT]")
@click.option("--language", help="The language of the files, as in fr.  [default: found in the headers]")
@click.option("--timezone", help="The tenant's time zone, as in Europe/Paris.  [default: by the language]")
@options
def command(
    settings: Settings,
    files: tuple[Path, ...],
    entity: str | None,
    tenant: str,
    name: str | None,
    folder: str | None,
    language: str | None,
    timezone: str | None,
) -> int:
    """Proposes a tenant's file from samples.

    Each FILE, and each sheet of a workbook that is a list of something, becomes a feed: how it is written, what its rows are, and
    which column fills which field, by its header in seven languages and by what stands under it. Whatever is doubtful has a
    comment on its line. What is printed passes `nightclerk check` as it stands: look at the comments, then at `nightclerk
    preview`.

    Ends with status 1 where a field that is required was not found; the comments then say which.
    """
    from nightclerk.cli.progress import shown
    from nightclerk.cli.terminal import print_json
    from nightclerk.config.words import brought_vocabulary, entities_at, presets_at
    from nightclerk.wiring import open_reader

    with open_reader() as reader:
        from nightclerk.desk.suggest import Known, Samples, fault_of, suggest, suggestion_data  # while the reader loads the same

        entities = entities_at(settings.config)
        known = Known(entities, brought_vocabulary(), presets_at(settings.config, entities))
        samples = Samples(files, tenant, name, folder, language, timezone, entity)
        if (fault := fault_of(samples, known)) is not None:
            raise click.UsageError(fault)
        found = suggest(shown(reader), samples, known)
    if settings.json:
        print_json(suggestion_data(found))
    else:
        click.echo(found.text, nl=False)
    for feed in found.feeds:
        if feed.missing:
            told = f"Feed {feed.feed}: no column was found for {', '.join(feed.missing)}, which entity {feed.entity} requires."
            click.echo(f"{told} Map it by hand, or name another entity with --entity.", err=True)
    return EXIT_GOOD if found.whole else EXIT_OTHER_ENDING
