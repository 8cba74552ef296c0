"""A house whose sources are the memory twin and whose clock is set by hand; all else is real."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from structlog.testing import capture_logs
from tests.e2e.daemon import Site

from nightclerk.channels.memory import Memory as Mailbox
from nightclerk.config.load import load
from nightclerk.config.reaching import driver_url
from nightclerk.core.run import Run
from nightclerk.core.source import Archive, Filing
from nightclerk.sources.memory import Memory
from nightclerk.targets.tables import create_tables
from nightclerk.wiring import open_house
from nightclerk.work.decide import decide
from nightclerk.work.house import House
from nightclerk.work.round import Round, look_and_take

ARCHIVE = Archive()
NONE: Mapping[str, str] = {}


class HandClock:
    """Stands still until it is set forward or back."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
        self.passed = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.passed

    def wait(self, seconds: float) -> bool:
        self.forward(seconds=seconds)
        return False

    def forward(self, **time: float) -> None:
        self.moment += timedelta(**time)
        self.passed += timedelta(**time).total_seconds()


class Desk:
    """What a test does with the house: drops files at tenants, does rounds, reads the letters that wait."""

    def __init__(self, house: House, clock: HandClock, sources: dict[str, Memory]) -> None:
        self.house = house
        self.clock = clock
        self.sources = sources

    def round(self, tenant: str = "acme", hurry: bool = False, **later: float) -> Round:
        """One round, so much later."""
        self.clock.forward(**later)
        return look_and_take(self.house, tenant, hurry)

    def take(self, tenant: str = "acme") -> Round:
        """Two looks, far enough apart."""
        self.round(tenant)
        return self.round(tenant, minutes=1)

    def held(self, run: Run, *codes: str) -> str:
        """Given a run that must be held for these reasons; refuses it and returns why it was held."""
        assert (run.ending, run.code) == ("held", None)
        assert run.held is not None
        assert [reason.code for reason in run.held.reasons] == list(codes)
        assert decide(self.house, run.id, "refuse", "tester")[0].code == "refused_by_hand"
        return " ".join(str(reason.sentence) for reason in run.held.reasons)

    def letters(self, kind: str = "operators") -> list[str]:
        """Returns the texts of the letters of this kind written so far."""
        rows = self.house.outbox.due(self.clock.now() + timedelta(days=999), most=1000)
        messages = [email.message_from_bytes(row.message, policy=email.policy.default) for row in rows if row.kind == kind]
        bodies = [message.get_body(("plain",)) for message in messages]
        return [" ".join(body.get_content().split()) for body in bodies if body is not None]


@contextmanager
def desk(
    root: Path,
    *tenants: str,
    ready: str = "",
    kind: str = "folder",
    feeds: str = "",
    archive: Filing = ARCHIVE,
    ledger: str = "sqlite:///var/ledger.db",
    limits: str = "",
    entities: Mapping[str, str] = NONE,
) -> Iterator[Desk]:
    """Given an empty folder; yields a desk with these tenants (``acme`` where none is named). ready: more keys of ``ready``;
    kind: what the configuration says the sources are; feeds: more feeds; ledger: its address; limits: what one file
    may cost; entities: name → file, in place of those that are shipped."""
    site = Site(root)
    for name, text in entities.items():
        (site.config / "entities" / f"{name}.yaml").write_text(text)
    daemon = site.config / "nightclerk.yaml"
    mail = "mail: {host: 127.0.0.1, port: 9, security: none, from: n@example.com, operators: [ops@example.com]}\n"
    mail += f"limits: {{{limits}}}\n" if limits else ""
    daemon.write_text(daemon.read_text().replace("sqlite:///var/ledger.db", ledger) + mail)
    for name in tenants or ("acme",):
        folder = site.tenant(name)
        file = site.config / "tenants" / f"{name}.yaml"
        text = file.read_text().replace("unchanged_for: 0.2s", f"unchanged_for: 30s{ready}").replace("report:", f"{feeds}report:")
        if kind == "sftp":
            sftp = f"{{kind: sftp, host: sftp.example.com, username: u, password: {{env: P}}, host_keys: ['SHA256:{'a' * 43}']}}"
            text = text.replace(f"{{kind: folder, path: {folder}}}", sftp)
        file.write_text(text)
    configuration, problems = load(site.config)
    assert configuration is not None, problems
    assert not problems, [str(problem) for problem in problems]
    create_tables(driver_url(configuration.daemon.database), configuration.entities.values())
    with capture_logs(), open_house(configuration) as house:
        sources = {name: Memory(archive) for name in configuration.tenants}
        clock = HandClock()
        house.clock, house.source_of, house.channel = clock, sources.__getitem__, Mailbox()
        yield Desk(house, clock, sources)
