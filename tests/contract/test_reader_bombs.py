"""Files that are made to cost far more than they weigh: each costs one refused file, told in plain words, and nothing of ours.

They are small enough for every day; NIGHTCLERK_BOMB_MB makes the large ones as large as it says (1000: one line of a gigabyte).
"""

from __future__ import annotations

import gc
import gzip
import os
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import reduce
from itertools import chain, repeat
from pathlib import Path

import pytest
from tests.unit.formats.packed.archives import zipped
from tests.unit.formats.workbook.files import sheet_parts

from nightclerk.core.errors import SenderError
from nightclerk.core.issue import Issue
from nightclerk.core.reading import Finished, Job
from nightclerk.formats.fence import Fence

JOB = Job("fr", "Europe/Paris")
MEGABYTES = int(os.environ.get("NIGHTCLERK_BOMB_MB", "70"))
UNPACKED = 64 * 10**6
MOST_SECONDS = 30 + MEGABYTES / 10
#: How much larger the daemon's own process may become over one file, in kB.
MOST_GROWTH = 10_000
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
ROW = '<row r="{0}"><c r="A{0}"><v>1</v></c><c r="B{0}"><v>2</v></c></row>'


@pytest.fixture(scope="module")
def fence() -> Iterator[Fence]:
    made = Fence(memory=10**9, time=timedelta(seconds=MOST_SECONDS), unpacked=UNPACKED)
    made.start()
    yield made
    made.close()


def _memory(key: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key))


@contextmanager
def without_cost_to_us() -> Iterator[None]:
    """Asserts that this process, which stands for the daemon, never becomes much larger, and that no long time goes by."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, began = _memory("VmRSS"), time.monotonic()
    yield
    assert time.monotonic() - began < MOST_SECONDS
    assert _memory("VmHWM") - before < MOST_GROWTH


def refused(fence: Fence, path: Path) -> tuple[str, str]:
    with without_cost_to_us(), path.open("rb") as file, fence.read(file, JOB) as reading:
        with pytest.raises(SenderError) as told:
            for _ in reading.blocks():
                pass
        return told.value.code, str(told.value)


def whole(fence: Fence, path: Path) -> tuple[Finished, list[Issue]]:
    issues: list[Issue] = []
    with without_cost_to_us(), path.open("rb") as file, fence.read(file, JOB) as reading:
        for block in reading.blocks():
            issues += block.issues
        return reading.finished(), issues


def pack(path: Path, parts: Mapping[str, str | bytes], name: str, chunk: bytes, times: int) -> None:
    """Writes an archive in which one part holds a chunk many times; where it has an ``@``, there. It is never held as a whole."""
    begin, _, end = (part if isinstance(part := parts.get(name, b"@"), bytes) else part.encode()).partition(b"@")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for other in parts.keys() - {name}:
            made.writestr(other, parts[other])
        with made.open(name, "w") as part:
            for piece in chain([begin], repeat(chunk, times), [end]):
                part.write(piece)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "drop"


def test_an_archive_that_is_nothing_but_air(fence: Fence, path: Path) -> None:
    pack(path, {}, "clients.csv", b"a;b\r\n" * 200_000, MEGABYTES)
    assert path.stat().st_size < MEGABYTES * 10**4
    assert refused(fence, path) == ("file_too_large", "Unpacked, the file is larger than the 64 MB that are allowed.")


def test_archives_in_archives(fence: Fence, path: Path) -> None:
    data = b"a;b\r\n1;2\r\n"
    for kind, packed in (
        ("gzip", gzip.compress(data)),
        ("zip", reduce(lambda within, _: zipped({"f": within}), range(50), data)),
    ):
        path.write_bytes(zipped({"f": packed}))
        told = f"What is packed in the archive is a {kind} archive once more. Pack the file only once and send it again."
        assert refused(fence, path) == ("packed_twice", told)


def test_a_cell_in_the_very_last_place_costs_nothing_and_is_told(fence: Fence, path: Path) -> None:
    last = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path.write_bytes(zipped(sheet_parts(HEAD + ROW.format(2) + last)))
    found, _ = whole(fence, path)
    assert (found.rows, found.left_out_more) == (1, 1_048_574 - 1000)
    assert found.notes == ("1 cell to the right of the last header was not read: XFD1048576.",)


def test_a_header_in_the_very_last_column_is_too_wide(fence: Fence, path: Path) -> None:
    wide = HEAD.replace("</row>", '<c r="XFD1" t="inlineStr"><is><t>c</t></is></c></row>')
    path.write_bytes(zipped(sheet_parts(wide + ROW.format(2))))
    assert refused(fence, path) == ("too_many_columns", "The file has 16,384 columns; at most 2,000 are accepted.")


def test_ten_million_shared_texts(fence: Fence, path: Path) -> None:
    row = ROW.format(2).replace("<c ", '<c t="s" ').replace("<v>1<", "<v>9999999<")
    some = b"".join(b"<si><t>%d</t></si>" % number for number in range(0, 10**7, 100))
    pack(path, sheet_parts(HEAD + row, strings="@"), "xl/t.xml", some, 100)
    assert whole(fence, path)[0].rows == 1
    pack(path, sheet_parts(HEAD + row, strings="@"), "xl/t.xml", b"<si/>" * 10**5, 100)
    assert refused(fence, path)[0] == "damaged_workbook"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/s.xml"])
def test_a_billion_laughs(fence: Fence, path: Path, part: str) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    parts = sheet_parts(HEAD)
    parts[part] = f'<!DOCTYPE l [<!ENTITY l0 "ha">{laughs}]>' + str(parts[part]).replace('name="S"', 'name="&l9;"')
    path.write_bytes(zipped(parts))
    assert refused(fence, path)[0] == "damaged_workbook"


def test_fifty_thousand_columns(fence: Fence, path: Path) -> None:
    path.write_bytes(b";".join(b"c%d" % place for place in range(50_000)) + b"\r\n" + b"1;" * 49_999 + b"1\r\n")
    told = "The first line has more than the 2,000 columns that are accepted, or its end is missing."
    assert refused(fence, path) == ("too_many_columns", told)
    path.write_bytes(b";" * 49_999 + b"\r\n" + b"a;b" + b";" * 49_998 + b"\r\n")
    assert refused(fence, path) == ("too_many_columns", "The file has 50,000 columns; at most 2,000 are accepted.")


@pytest.mark.parametrize("chunk", [b"x", b"x;", b'"'])
def test_one_line_without_end(fence: Fence, path: Path, chunk: bytes) -> None:
    for before in (b"", b"a;b\r\n1;2\r\n"):
        with path.open("wb") as file:
            file.writelines(chain([before], repeat(chunk * (10**6 // len(chunk)), MEGABYTES)))
        if not before:
            assert refused(fence, path)[0] == ("too_many_columns" if chunk == b"x;" else "no_header")
            continue
        found, issues = whole(fence, path)
        assert (found.rows, [(issue.line, issue.code) for issue in issues]) == (2, [(3, "record_too_long")])


@pytest.mark.parametrize("blank", [b"\r\n", b" ; \n"])
def test_a_million_blank_rows(fence: Fence, path: Path, blank: bytes) -> None:
    path.write_bytes(b"a;b\r\n" + blank * 10**6 + b"1;2\r\n")
    found, issues = whole(fence, path)
    assert (found.rows, found.left_out_more, issues) == (1, 10**6 - 1000, [])


def test_a_million_blank_rows_of_a_workbook(fence: Fence, path: Path) -> None:
    rows = "".join(f'<row r="{row}"><c r="A{row}" s="0"/></row>' for row in range(2, 1_000_002))
    path.write_bytes(zipped(sheet_parts(HEAD + rows + ROW.format(1_000_002))))
    del rows
    assert whole(fence, path)[0].rows == 1
