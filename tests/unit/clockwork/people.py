"""Parts for the tests of the clockwork: a corridor written by hand, and a way to wait for what other threads do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nightclerk.core.tenant import Tenant
from nightclerk.work.deliver import Delivered
from nightclerk.work.round import Round


def eventually(holds: Callable[[], Any], within: float = 5.0) -> bool:
    """Given a condition; waits until it holds and returns True, or False when it does not within so many seconds."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.005)
    return bool(holds())


def tenant(
    name: str,
    folder: Path,
    every: str = "1h",
    unchanged_for: str = "30s",
    watch: bool = True,
    schedule: object = None,
) -> Tenant:
    """A tenant with a folder source. schedule: instead of ``every``."""
    return Tenant.model_validate(
        {
            "tenant": name,
            "name": name.title(),
            "timezone": "Europe/Paris",
            "source": {"kind": "folder", "path": str(folder), "watch": watch},
            "ready": {"unchanged_for": unchanged_for},
            "schedule": schedule or {"every": every},
            "feeds": [
                {"feed": "clients", "files": "*.csv", "entity": "customer", "format": {"kind": "delimited"},
                 "mapping": {"code": "Code", "name": "Nom"}}
            ],
        }
    )  # fmt: skip


class HandmadeCorridor:
    """Writes down what is asked of it, and answers as told. ``gates``: a tenant's look waits until its gate is opened."""

    def __init__(self) -> None:
        self.looks: list[tuple[str, float]] = []
        self.answers: dict[str, list[Round | Exception]] = {}
        self.gates: dict[str, threading.Event] = {}
        self.deliveries: list[float] = []
        self.delivered: list[Delivered | Exception] = []
        self.recoveries: list[float] = []
        self.recovered: list[Exception] = []
        self.owing: set[str] = set()
        self.kept: dict[str, datetime] = {}
        self.at_once: dict[str, int] = {}
        self.overlapped: set[str] = set()
        self._lock = threading.Lock()

    def look(self, tenant: str) -> Round:
        with self._lock:
            self.looks.append((tenant, time.monotonic()))
            self.at_once[tenant] = self.at_once.get(tenant, 0) + 1
            if self.at_once[tenant] > 1:
                self.overlapped.add(tenant)
            answers = self.answers.get(tenant)
            answer = answers.pop(0) if answers else Round(tenant)
        if tenant in self.gates:
            self.gates[tenant].wait(10)
        with self._lock:
            self.at_once[tenant] -= 1
        if isinstance(answer, Exception):
            raise answer
        return answer

    def deliver(self) -> Delivered:
        self.deliveries.append(time.monotonic())
        answer = self.delivered.pop(0) if self.delivered else Delivered()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def recover(self) -> object:
        self.recoveries.append(time.monotonic())
        if self.recovered:
            raise self.recovered.pop(0)
        return ()

    def owes(self, tenant: str) -> bool:
        return tenant in self.owing

    def kept_until(self, tenant: str) -> datetime:
        return self.kept.get(tenant, datetime.now(UTC))

    def looked_at(self, tenant: str) -> list[float]:
        """Returns when the tenant was looked at."""
        with self._lock:
            return [when for name, when in self.looks if name == tenant]


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)
