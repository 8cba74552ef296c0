"""Bytes at random, and files of ``corpus`` with bytes changed, for the scanner and all readers: they read or refuse, and soon.

``NIGHTCLERK_FUZZ`` says how many executions of each (a few hundred), ``NIGHTCLERK_SEED`` which. They are hypothesis', not a
coverage-guided fuzzer's; each prints how many there were.
"""

from __future__ import annotations

import io
import os
import resource
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from tests.fuzz.changes import CORPUS, TELLING, changed, named
from tests.fuzz.tables import KINDS, walk
from tests.unit.formats.reading import job, read

from nightclerk.core.errors import SenderError
from nightclerk.formats.cutter import cut
from nightclerk.formats.dialect import Dialect
from nightclerk.formats.scanner import scan

SEED = int(os.environ.get("NIGHTCLERK_SEED", "20261122"))
WANTED = int(os.environ.get("NIGHTCLERK_FUZZ", "0"))
#: What no single file of a few kB may cost.
MOST_SECONDS = 20
MOST_GROWTH = 400 << 20
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


def changes_of(names: list[str]) -> st.SearchStrategy[bytes]:
    """Draws files of the corpus with changes."""
    return st.builds(changed, st.randoms(), st.sampled_from(names).map(CORPUS.__getitem__))


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
    @given(changes_of(names))
    def run(data: bytes) -> None:
        counted.read(data)

    run()
    print(f"seed {SEED}: {sum(counted.ends.values())} executions: {dict(counted.ends)}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_table_is_read_or_refused(kind: str) -> None:
    ends: Counter[str] = Counter()

    @executions(60)
    @given(changes_of(named(*KINDS[kind])), st.integers(0, 11))
    def run(data: bytes, choice: int) -> None:
        with tempfile.TemporaryFile(buffering=0) as file, tempfile.TemporaryFile() as copy:
            file.write(data)
            try:
                walk(file.fileno(), copy.fileno(), kind, choice)
            except SenderError as refused:
                ends[refused.code] += 1
            else:
                ends["read"] += 1

    run()
    assert ends["read"]
    print(f"seed {SEED}: {ends.total()} executions: {dict(ends)}")


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
    text = st.one_of(changes_of(named(".csv")), st.lists(st.sampled_from([*TELLING, b"a", b" "]), max_size=50).map(b"".join))

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
