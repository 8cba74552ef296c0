"""Reading alone: a file through the fenced child as the daemon does it, mapped and validated, and nothing booked."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tests.bench.processes import Measured, peak

from nightclerk.config.load import load
from nightclerk.core.reading import Job
from nightclerk.formats.fence import Fence


@contextlib.contextmanager
def reader(job: Job, small: Path) -> Iterator[Fence]:
    """Yields a reader that has its libraries loaded and has read a small file."""
    fence = Fence(1 << 30, timedelta(minutes=10))
    try:
        fence.start()
        read(fence, job, small)
        yield fence
    finally:
        fence.close()


def read(fence: Fence, job: Job, file: Path) -> Measured:
    """Reads a file to its end; ends the bench when not a single row was accepted."""
    began = time.monotonic()
    with file.open("rb") as opened, fence.read(opened, job) as reading:
        accepted = sum(len(block.lines) for block in reading.blocks())
        reading.finished()
        seconds, most = time.monotonic() - began, peak(reading.process)
    if not accepted:
        raise SystemExit(f"No row of {file.name} was accepted.")
    return Measured(seconds, reader=most)


def job_of(folder: Path) -> Job:
    """Given a configuration; returns what the bench's tenant asks of the reader, as the booking does."""
    configuration, _ = load(folder)
    assert configuration is not None, "the bench writes it"
    tenant = configuration.tenants["bench"]
    feed = tenant.feeds[0]
    return Job(
        language=tenant.language,
        timezone=tenant.timezone,
        feed=feed.model_dump_json(by_alias=True),
        entity=configuration.entity_of("bench", feed.feed).model_dump_json(by_alias=True),
    )
