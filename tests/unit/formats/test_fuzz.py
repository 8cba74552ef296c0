"""Bytes at random, and files of ``corpus`` with bytes changed, for the scanner and all readers: they read or refuse, and soon.

``NIGHTCLERK_FUZZ`` says how many executions of each (a few hundred), ``NIGHTCLERK_SEED`` which. They are hypothesis', not a
coverage-guided fuzzer's; each prints how many there were.
"""

from __future__ import annotations

import io
import os
import resource
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from tests.unit.formats.reading import job, read

from nightclerk.core.errors import SenderError
from nightclerk.formats.cutter import cut
from nightclerk.formats.dialect import Dialect
from nightclerk.formats.scanner import scan

CORPUS = {path.name: path.read_bytes() for path in sorted((Path(__file__).parent / "corpus").iterdir())}
SEED = int(os.environ.get("NIGHTCLERK_SEED", "20261122"))
WANTED = int(os.environ.get("NIGHTCLERK_FUZZ", "0"))
#: What no single file of a few kB may cost.
MOST_SECONDS = 20
MOST_GROWTH = 400 << 20
TELLING = [
    b'"',
    b"'",
    b"\\",
    b";",
    b",",
    b"\t",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\xef\xbb\xbf",
    b"\x1f",
    b"\xff",
    b"\xc3",
    b"PK\x03\x04",
    b"<",
    b"]]>",
]
DIALECTS = [
    Dialect(b";", b'"'), Dialect(b",", b"'"), Dialect(b";", None), Dialect(b"\t", b'"', b"\r"),
    Dialect(b";", b'"', inner="backslash"), Dialect(b";", b'"', inner="bare"), Dialect(b";", b'"', b"\r", "bare"),
]  # fmt: skip


def executions(few: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Given how many there are in the short form; returns what makes so many of a test, or as many as are asked for."""

    def decorated(test: Callable[..., None]) -> Callable[..., None]:
        unchecked = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
        return seed(SEED)(
            settings(max_examples=WANTED or few, deadline=None, suppress_health_check=unchecked, database=None)(test)
        )

    return decorated


@st.composite
def changed(draw: st.DrawFn, names: list[str]) -> bytes:
    """Draws a file of the corpus with up to a dozen changes: bytes put in, replaced, taken out, doubled, or cut off."""
    content = CORPUS[draw(st.sampled_from(names))]
    if content.startswith(b"PK") and draw(st.integers(0, 3)):
        return _packed_anew(draw, content)
    return _with_changes(draw, content)


def _packed_anew(draw: st.DrawFn, content: bytes) -> bytes:
    """Changes one part of an archive and packs all of them again, so that no check sum gives the change away."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as anew:
        names = archive.namelist()
        hit = draw(st.sampled_from(names))
        for name in names:
            part = archive.read(name)
            anew.writestr(name, _with_changes(draw, part) if name == hit else part)
    return made.getvalue()


def _with_changes(draw: st.DrawFn, content: bytes) -> bytes:
    data = bytearray(content)
    for _ in range(draw(st.integers(0, 12))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 40))
        piece = draw(st.one_of(st.sampled_from(TELLING), st.binary(max_size=6)))
        match draw(st.integers(0, 4)):
            case 0:
                data[at:at] = piece
            case 1:
                data[at : at + len(piece)] = piece
            case 2:
                del data[at : at + length]
            case 3:
                data[at:at] = data[at : at + length] * draw(st.integers(1, 20))
            case _ if length == 7:
                del data[at:]
    return bytes(data)


def named(*endings: str) -> list[str]:
    return [name for name in CORPUS if name.endswith(endings)]


class Counted:
    """Counts executions by how they end, and holds each to its time and all to their memory."""

    def __init__(self) -> None:
        self.ends: Counter[str] = Counter()
        self.before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10

    def read(self, data: bytes) -> None:
        began = time.monotonic()
        try:
            found = read(data, job(4096))
        except SenderError as refused:
            self.ends[refused.code] += 1
        else:
            assert found.finished.rows == len(found.rows) + len(found.rejected)
            self.ends["read"] += 1
        assert time.monotonic() - began < MOST_SECONDS, f"took {time.monotonic() - began:.0f} s"
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10) - self.before
        assert grown < MOST_GROWTH, f"takes {grown} bytes more than before"


@pytest.mark.parametrize(
    ("names", "few"),
    [(named(".csv"), 120), (named(".xlsx"), 50), (named(".ods"), 40), (named(".xls"), 60), (named(".zip", ".gz"), 80)],
    ids=["text", "xlsx", "ods", "xls", "archives"],
)
def test_a_changed_file_is_read_or_refused(names: list[str], few: int) -> None:
    counted = Counted()
    for name in names:
        counted.read(CORPUS[name])

    @executions(few)
    @given(changed(names))
    def run(data: bytes) -> None:
        counted.read(data)

    run()
    print(f"seed {SEED}: {sum(counted.ends.values())} executions: {dict(counted.ends)}")


def test_any_bytes_are_read_or_refused() -> None:
    counted = Counted()

    @executions(60)
    @given(st.one_of(st.binary(max_size=300), st.lists(st.sampled_from([*TELLING, b"a", b"1"]), max_size=60).map(b"".join)))
    def run(data: bytes) -> None:
        counted.read(data)

    run()
    print(f"seed {SEED}: {sum(counted.ends.values())} executions: {dict(counted.ends)}")


def test_the_scanner_and_the_cutter_agree_on_any_bytes() -> None:
    counted: Counter[str] = Counter()
    text = st.one_of(changed(named(".csv")), st.lists(st.sampled_from([*TELLING, b"a", b" "]), max_size=50).map(b"".join))

    @executions(300)
    @given(text, st.sampled_from(DIALECTS), st.integers(0, 400))
    def run(data: bytes, dialect: Dialect, size: int) -> None:
        regular = dialect.regular(data)
        assert len(regular) == len(data)
        whole = scan(regular, dialect, final=True)
        assert whole.consumed == len(data)
        assert [*whole.starts.tolist(), len(data)] == [0, *whole.ends.tolist()]
        for number, start in enumerate(whole.starts.tolist()):
            record = cut(regular, start, dialect)
            assert (record.end, len(record.cells)) == (whole.ends[number], whole.fields[number])
        part = scan(dialect.regular(data[:size]), dialect, final=False)
        # What ends at the very end of a block may mean something else once more bytes come.
        whole_records = max(0, len(part.starts) - (part.consumed == min(size, len(data))))
        assert part.starts.tolist()[:whole_records] == whole.starts.tolist()[:whole_records]
        assert part.ends.tolist()[:whole_records] == whole.ends.tolist()[:whole_records]
        counted["read"] += 1

    run()
    print(f"seed {SEED}: {counted['read']} executions")


@pytest.mark.parametrize("length", [8, 34, 76, 511])
def test_a_compound_file_of_which_only_the_beginning_is_there(length: int) -> None:
    with pytest.raises(SenderError) as refused:
        read(CORPUS["book.xls"][:length], job())
    assert refused.value.code == "incomplete"


def test_texts_of_a_workbook_that_are_no_utf8() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(CORPUS["book.xlsx"])) as archive, zipfile.ZipFile(made, "w") as anew:
        for name in archive.namelist():
            anew.writestr(name, archive.read(name).replace("Zoë".encode(), b"Zo\xff\xff"))
    with pytest.raises(SenderError) as refused:
        read(made.getvalue(), job())
    assert refused.value.code == "damaged_workbook"
