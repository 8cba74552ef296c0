"""Senders as accounting programs are: temporary names, slices in place, done files, re-used names, the same file twice."""

from __future__ import annotations

import io
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from tests.flow.checking import Sent, Upload

#: What the senders' disks say about when a file was made. Each has its own, and all are long past.
MADE_AT = 1_790_000_000
#: More files than this waiting in a folder, and a sender has a rest: the load is to be steady, not to pile up.
ENOUGH = 15


@dataclass
class Sender:
    """Drops files at one tenant until told to stop. own: makes a file the server's user's; pace: files per second.

    copies: where Nightclerk keeps its copies, by which a sender whose files are left sees what was taken.
    """

    name: str
    sent: Sent
    chance: random.Random
    own: Callable[[Path], None]
    copies: Path
    done_files: bool = False
    workbooks: bool = False
    pace: float = 2.0
    number: int = 0

    def drop_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            began = time.monotonic()
            if self._waiting() < ENOUGH:
                self.drop()
            stop.wait(max(0.0, self.chance.uniform(0, 2 / self.pace) - (time.monotonic() - began)))

    def _waiting(self) -> int:
        if self.sent.filing == "leave":
            return len(self.sent.uploads) - len(list(self.copies.rglob("*.csv")))
        return len(list(self.sent.folder.iterdir()))

    def drop(self) -> None:
        """Drops one file, finished when this returns."""
        self.number += 1
        ending = "xlsx" if self.workbooks and self.chance.random() < 0.4 else "csv"
        again = [upload for upload in self.sent.uploads if not upload.replaced]
        if again and self.chance.random() < 0.04:  # somebody is not sure whether it was sent
            known = self.chance.choice(again[-3:])
            content, ending = known.content, known.name.rpartition(".")[2]
        else:
            content = self._content(ending)
        name = f"{self.name}_{self.number:05}.{ending}"
        if self.chance.random() < 0.25:
            name = self._reused(ending, content) or name
        self._send(name, content)

    def _reused(self, ending: str, content: bytes) -> str | None:
        """Returns the name of every day, if it is free or the version that has it is to be replaced by one of another size."""
        name = f"{self.name}_daily.{ending}"
        path = self.sent.folder / name
        if self.done_files:
            return None if path.exists() or path.with_suffix(".ok").exists() else name
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            return name
        if size == len(content) or (self.sent.filing != "leave" and self.chance.random() < 0.8):
            return None
        # It may be taken this very moment: then both versions are to be booked.
        next(upload for upload in reversed(self.sent.uploads) if upload.name == name).replaced = True
        return name

    def _send(self, name: str, content: bytes) -> None:
        path = self.sent.folder / name
        in_place = self.done_files and self.chance.random() < 0.5
        being_written = path if in_place else path.with_name(f"{name}.part")
        with being_written.open("wb") as file:
            self.own(being_written)
            cut = self.chance.randrange(len(content))
            file.write(content[:cut])
            file.flush()
            time.sleep(self.chance.uniform(0, 0.1))
            file.write(content[cut:])
        os.utime(being_written, (MADE_AT + self.number,) * 2)
        # Noted before anybody can take it, so that whoever looks at the uploads has all that can be found.
        self.sent.uploads.append(Upload(name, content))
        if not in_place:
            being_written.rename(path)
        if self.done_files:
            done = path.with_suffix(".ok")
            done.touch()
            self.own(done)

    def _content(self, ending: str) -> bytes:
        sizes = [1, 3, 40, 400] if ending == "xlsx" else [1, 3, 40, 400, 20_000]
        size = self.chance.choices(sizes, [30, 30, 30, 9, 1][: len(sizes)])[0]
        this = f"{self.name}-{self.number}"
        rows = [(f"{this}x{row}", f"Client {row} of {this}") for row in range(size)]
        if self.chance.random() < 0.3:  # customers that everybody writes about
            rows += [(f"{self.name}-shared-{number}", f"As {this} has it") for number in range(3)]
        if size > 1 and self.chance.random() < 0.1:
            rows.append((f"{this}-nobody", ""))
        return _workbook(rows) if ending == "xlsx" else _text(rows)


def _text(rows: list[tuple[str, str]]) -> bytes:
    return "\r\n".join(["Code;Nom", *(f"{code};{name}" for code, name in rows), ""]).encode()


def _workbook(rows: list[tuple[str, str]]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Clients")
        for number, row in enumerate([("Code", "Nom"), *rows]):
            sheet.write_row(number, 0, row)
    return stream.getvalue()
