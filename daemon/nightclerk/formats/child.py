"""The reader child's life: one job, its answers, then the rows that are asked for again, until the other end closes."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Sequence
from errno import EDQUOT, ENOSPC
from pathlib import Path

from nightclerk.core.errors import SenderError
from nightclerk.core.reading import Job, Refused
from nightclerk.formats.ahead import Ahead
from nightclerk.formats.opening import open_reader
from nightclerk.formats.packing import packed
from nightclerk.formats.pipe import Ask, Failed, LateRows, Pipe, PipeClosed


def serve(pipe: Pipe, file: int, scratch: Sequence[int]) -> None:
    """Given the pipe and the descriptors of the file and of empty scratch files; does the job that comes through the pipe.

    Every way out is told to the other end: a refusal as ``Refused``, a failure of our own as ``Failed``.
    """
    gc.disable()  # blocks come and go without cycles; a collection would only walk through them
    try:
        _read(pipe, file, scratch)
    except SenderError as refusal:
        pipe.send(Refused(refusal.code, refusal.sentence, refusal.line))
    except PipeClosed:
        return
    except Exception as error:  # noqa: BLE001 - a fault of our own must reach the log: by its place, without any value
        pipe.send(Failed(_place(error), full=getattr(error, "errno", None) in {ENOSPC, EDQUOT}))


def _read(pipe: Pipe, file: int, scratch: Sequence[int]) -> None:
    keys, copy, room = scratch
    job = pipe.receive(Job)
    reader = open_reader(file, keys, copy, room, job)
    pipe.send(reader.opened)
    with Ahead(pipe) as ahead:
        for portion in reader.portions():
            for block in packed(portion, job.csv):
                ahead.send(block)
    pipe.send(reader.finished())
    while True:
        asked = pipe.receive(Ask)
        for rows in reader.late(asked.lines):
            pipe.send(LateRows(rows, last=False))
        pipe.send(LateRows([], last=True))


def _place(error: BaseException) -> str:
    """Returns the error's kind and the last of our own lines it passed, without its message, which may hold a cell."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "nightclerk" in frame.filename] or frames
    return f"{type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else type(error).__name__
