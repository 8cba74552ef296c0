"""Many changed files in little time: ``python -m tests.fuzz --executions 1000000 --seed 7``.

The tests of ``tests/unit/formats/test_fuzz.py`` shrink what they find and read each file to its last row, some dozens a second.
Here the same corpus is changed by a plain seeded generator and handed straight to the parts that hostile bytes meet first: the
scanner and the cutter, the walkers of archives, the readers of workbooks down to their cells, and those of DBF tables, XML
exports and text of fixed width down to their records; ``--target dbf`` takes one alone. Every execution must end in a result or
in a SenderError, and within its time; anything else stops the run and leaves the bytes in a file.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.fuzz.changes import CORPUS, changed, named
from tests.fuzz.tables import KINDS, contents, walk
from tests.unit.formats.test_fuzz import DIALECTS, MOST_SECONDS

from nightclerk.core.errors import SenderError
from nightclerk.formats.cutter import cut
from nightclerk.formats.packed.unpacking import unpacked
from nightclerk.formats.scanner import scan
from nightclerk.formats.workbook.opening import open_book

_MOST = 8 << 20
#: Of a hundred executions so many are of each target: the quick ones bear the number.
_SHARES = {"scanner": 40, "archives": 20, "workbooks": 15, "dbf": 9, "xml": 8, "fixed_width": 8}


def main() -> None:
    """Runs as many executions as are asked for, and prints how they ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--executions", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--target", choices=list(_SHARES))
    asked = parser.parse_args()
    shares = _SHARES if asked.target is None else {asked.target: 1}
    chance = random.Random(asked.seed)
    ends: dict[str, Counter[str]] = {target: Counter() for target in shares}
    began, slowest = time.monotonic(), 0.0
    with _files() as (file, scratch):
        for number in range(asked.executions):
            target = chance.choices(list(shares), list(shares.values()))[0]
            data, run = _drawn(target, chance, file, scratch)
            started = time.monotonic()
            ends[target][_end_of(data, run, number)] += 1
            slowest = max(slowest, time.monotonic() - started)
            if slowest > MOST_SECONDS:
                sys.exit(f"Execution {number} took {slowest:.0f} s; its bytes lie in {_kept(data, number)}.")
    print(f"seed {asked.seed}: {asked.executions:,} executions in {time.monotonic() - began:.0f} s, slowest {slowest:.2f} s")
    for target, counted in ends.items():
        print(f"  {target}: {counted.total():,}: {dict(counted.most_common())}")


def _drawn(target: str, chance: random.Random, file: int, scratch: int) -> tuple[bytes, Callable[[bytes], object]]:
    """Returns changed bytes and what reads them."""
    if target == "scanner":
        dialect = chance.choice(DIALECTS)
        return _changed(chance, named(".csv"), 600), lambda data: _scan(dialect.regular(data), dialect)
    if target == "archives":
        return _changed(chance, named(".zip", ".gz")), lambda data: unpacked(_written(file, data), scratch, None, _MOST)
    if target in KINDS:
        choice, content = chance.randrange(60), changed(chance, chance.choice(contents(target)))
        return content, lambda data: walk(_written(file, data), _written(scratch, b""), target, choice)
    kind = chance.choice(("xlsx", "ods", "xls"))
    return _changed(chance, named(f".{kind}")), lambda data: _walk(_written(file, data), kind)


def _scan(data: bytes, dialect: object) -> None:
    found = scan(data, dialect, final=True)  # type: ignore[arg-type]
    if found.consumed != len(data):
        raise AssertionError(f"{found.consumed} of {len(data)} bytes were taken")
    for number, start in enumerate(found.starts.tolist()[:20]):
        record = cut(data, start, dialect)  # type: ignore[arg-type]
        if record.end != found.ends[number]:
            raise AssertionError(f"record {number} ends at {found.ends[number]} for the scanner, at {record.end} for the cutter")


def _walk(file: int, kind: str) -> None:
    book = open_book(file, kind)
    book.dress()
    for place in range(min(3, len(book.sheets))):
        for _ in book.stretches(place):
            pass


def _changed(chance: random.Random, names: list[str], most: int | None = None) -> bytes:
    """Returns a file of the corpus, or a part of it as large as ``most``, with up to a dozen changes."""
    content = CORPUS[chance.choice(names)]
    if most is not None:
        first = chance.randrange(max(1, len(content) - most))
        content = content[first : first + most]
    return changed(chance, content)


def _end_of(data: bytes, run: Callable[[bytes], object], number: int) -> str:
    try:
        run(data)
    except SenderError as refused:
        return refused.code
    except BaseException:
        print(f"Execution {number} failed; its bytes lie in {_kept(data, number)}.", file=sys.stderr)
        raise
    return "read"


def _kept(data: bytes, number: int) -> Path:
    path = Path(f"fuzz-{number}.bytes")
    path.write_bytes(data)
    return path


def _written(file: int, data: bytes) -> int:
    os.ftruncate(file, 0)
    os.pwrite(file, data, 0)
    return file


@contextmanager
def _files() -> Iterator[tuple[int, int]]:
    with closing(tempfile.TemporaryFile()) as file, closing(tempfile.TemporaryFile()) as scratch:
        yield file.fileno(), scratch.fileno()


if __name__ == "__main__":
    main()
