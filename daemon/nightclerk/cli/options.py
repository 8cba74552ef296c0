"""``--config DIR`` and ``--json``: the same on every command, before or after its name."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def _default_config() -> Path:
    return Path(os.environ.get("NIGHTCLERK_CONFIG") or "config")


@dataclass
class Settings:
    """What the shared options say: where the configuration is, and whether data is printed as JSON; and how many problems of the
    configuration were told while the command went on without what is wrong.

    One object for the whole command line, kept in click's ``context.obj``: the group's options fill it first, the command's
    own then have the last word.
    """

    config: Path = field(default_factory=_default_config)
    json: bool = False
    problems: int = 0


def options(function: Command) -> Command:
    """Gives a group or a command ``--config DIR`` and ``--json``, and hands it ``Settings`` as its first argument.

    Below ``@click.command`` or ``@click.group``, and alone (it holds ``json_option``)::

        @click.command()
        @click.argument("tenants", nargs=-1)
        @options
        def command(settings: Settings, tenants: tuple[str, ...]) -> None: ...
    """
    config = click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="DIR",
        expose_value=False,
        callback=_keep_config,
        help="The configuration's folder.  [default: $NIGHTCLERK_CONFIG, or config]",
    )
    return config(json_option(function))


def json_option(function: Command) -> Command:
    """As ``options``, for a command that needs no configuration: it has ``--json`` alone, and is handed ``Settings``."""

    @functools.wraps(function)
    @click.pass_context
    def with_settings(context: click.Context, /, *arguments: Any, **named: Any) -> Any:
        return context.invoke(function, context.ensure_object(Settings), *arguments, **named)

    as_json = click.option(
        "--json",
        is_flag=True,
        default=None,
        expose_value=False,
        callback=_keep_json,
        help="Print data as JSON.",
    )
    return as_json(with_settings)  # type: ignore[return-value]  # click's decorators keep the function they are given


def _keep_config(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    settings = context.ensure_object(Settings)
    if value is not None:
        settings.config = value


def _keep_json(context: click.Context, _: click.Parameter, value: bool | None) -> None:
    settings = context.ensure_object(Settings)
    if value is not None:
        settings.json = value
