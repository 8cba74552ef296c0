"""``nightclerk trust``: what a tenant's server shows of itself, to be compared and copied into the configuration."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nightclerk.cli.exits import EXIT_GOOD, EXIT_OTHER_ENDING
from nightclerk.cli.options import Settings, options

if TYPE_CHECKING:
    from nightclerk.core.source import FtpsServer, SftpServer
    from nightclerk.sources.certificate import ShownCertificate
    from nightclerk.sources.shown_keys import ShownKey, ShownKeys


@click.command(short_help="Shows a server's host keys, or its certificate.")
@click.argument("tenant")
@options
def command(settings: Settings, tenant: str) -> int:
    """Shows a server's host keys, or its certificate.

    Nobody logs in and no secret is sent. The tenant's file need not be right yet: its source with kind and host is enough.
    What is configured already is marked. Ends with 1 when the server has none of the keys that are configured, or when its
    certificate is not trusted.
    """
    from nightclerk.config.servers import server_of
    from nightclerk.core.approach import SftpApproach

    server = server_of(settings.config, tenant)
    about = {"tenant": tenant, "kind": server.kind, "host": server.host, "port": server.port}
    file = settings.config / "tenants" / f"{tenant}.yaml"
    if isinstance(server, SftpApproach):
        return _trust_keys(settings, server, about, file)
    return _trust_certificate(settings, server, about, file)


def _trust_keys(settings: Settings, server: SftpServer, about: dict[str, Any], file: Path) -> int:
    from nightclerk.cli.terminal import print_json
    from nightclerk.sources.shown_keys import shown_keys

    shown = shown_keys(server)
    if settings.json:
        print_json({**about, **asdict(shown), "changed": shown.changed})
    else:
        _tell_keys(server, shown, file)
    return EXIT_OTHER_ENDING if shown.changed else EXIT_GOOD


def _tell_keys(server: SftpServer, shown: ShownKeys, file: Path) -> None:
    from nightclerk.cli.terminal import print_table

    click.echo(f"{server.host} port {server.port} shows these host keys:\n")
    print_table(("kind", "bits", "fingerprint", ""), [(k.kind, k.bits, k.fingerprint, _marked(k)) for k in shown.keys])
    for fingerprint in shown.unseen:
        click.echo(f"Configured, but no key of this server: {fingerprint}")
    if shown.changed:
        click.echo("\nNone of the configured keys is among them: they were changed, or somebody stands in between.")
    if not shown.unseen and any(key.status == "matches" for key in shown.keys):
        click.echo("\nWhat is configured is right. Nothing is to be done.")
        return
    click.echo("\nAsk whoever runs the server whether these are its keys. On the server itself this prints them:\n")
    click.echo('  for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done\n')
    if server.known_hosts is not None:
        click.echo(f"One of them is enough. Write it into {server.known_hosts}:\n")
        for key in shown.keys:
            click.echo(f"  {key.line}")
        return
    click.echo(f"One of them is enough. Write it into {file}:\n\n  source:\n    host_keys:")
    for key in shown.keys:
        click.echo(f"      - {key.fingerprint}  # {key.kind}")


def _marked(key: ShownKey) -> str:
    if key.status == "differs":
        return click.style("differs: CHANGED", fg="red", bold=True)
    return click.style(key.status, fg="green") if key.status == "matches" else key.status


def _trust_certificate(settings: Settings, server: FtpsServer, about: dict[str, Any], file: Path) -> int:
    from nightclerk.cli.terminal import print_json
    from nightclerk.sources.certificate import shown_certificate

    shown = shown_certificate(server)
    if settings.json:
        print_json({**about, **asdict(shown), "trusted": shown.refusal is None})
    else:
        _tell_certificate(server, shown, file)
    return EXIT_GOOD if shown.refusal is None else EXIT_OTHER_ENDING


def _tell_certificate(server: FtpsServer, shown: ShownCertificate, file: Path) -> None:
    from nightclerk.core.naming import shown as on_one_line

    trusted = (
        click.style("yes", fg="green") if shown.refusal is None else click.style(f"no: {shown.refusal}", fg="red", bold=True)
    )
    click.echo(f"{server.host} port {server.port} shows this certificate:\n")
    for name, value in (
        ("SHA-256", shown.fingerprint),
        ("subject", on_one_line(shown.subject)),
        ("names", ", ".join(map(on_one_line, shown.names)) or "none"),
        ("issued by", "itself" if shown.self_signed else on_one_line(shown.issuer)),
        ("valid", f"{shown.valid_from:%Y-%m-%d %H:%M} to {shown.valid_to:%Y-%m-%d %H:%M} UTC"),
        ("trusted", trusted),
    ):
        click.echo(f"  {name:<9}  {value}")
    if shown.refusal is None:
        click.echo("\nIt is verified anew at every connection. Nothing is to be done.")
        return
    click.echo("\nAsk whoever runs the server whether this is its certificate. On the server itself this prints its SHA-256:\n")
    click.echo("  openssl x509 -in CERTIFICATE.pem -noout -fingerprint -sha256\n")
    if "mismatch" in shown.refusal:
        click.echo(f"It does not name {server.host}. Write one of its names as source.host, or have its owner renew it.")
        return
    if "expired" in shown.refusal:
        click.echo("Only its owner can renew it.")
        return
    whose = (
        "this certificate"
        if shown.self_signed
        else f"the certificate of {on_one_line(shown.issuer)}, which its owner can give you"
    )
    click.echo(f"To trust it, save {whose}, and name the file in {file}:\n\n  source:\n    ca_file: {_suggested(file)}")
    if shown.self_signed:
        click.echo(f"\n{shown.pem.strip()}")


def _suggested(file: Path) -> str:
    return f"/etc/nightclerk/{file.stem}-ca.pem"
