"""What FTP servers write about files: columns of several systems, facts, and anything else that may come over a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightclerk.sources.ftp_listing import (
    LONGEST_LINE,
    MOST_LINES,
    EndlessLineError,
    EndlessListingError,
    Entry,
    by_columns,
    by_facts,
    lines,
    moment,
)

NAMES = st.binary(min_size=1, max_size=60).filter(lambda name: not set(name) & set(b"\r\n\0/"))


def told(entry: Entry | None) -> tuple[str, str | None, int | None] | None:
    return None if entry is None else (entry.name, entry.why_not, entry.size)


@pytest.mark.parametrize("line, name, size", [
    # vsftpd, ProFTPD, pyftpdlib, wu-ftpd
    (b"-rw-r--r--    1 0        0              10 Nov 22 05:02 f.csv", "f.csv", 10),
    (b"-rw-r--r--   1 u g 10 Nov  2  2025 f.csv", "f.csv", 10),
    # an access list, an owner and a group with blanks, a large file
    (b"-rwxrwx---+  1 Domain Users  BUILTIN Admins 12345678901 Jan 01 10:00 f.csv", "f.csv", 12345678901),
    # no group; numbers for people
    (b"-rw-r--r-- 1 1000 512 Nov 22 05:02 f.csv", "f.csv", 512),
    (b"-rw-r--r-- 1 1000 1000 512 Nov 22 05:02 f.csv", "f.csv", 512),
    # other languages, day before month, ISO dates
    ("-rw-r--r-- 1 u g 10 févr. 22 05:02 f.csv".encode(), "f.csv", 10),
    (b"-rw-r--r-- 1 u g 10 22 Nov 05:02 f.csv", "f.csv", 10),
    (b"-rw-r--r-- 1 u g 10 22. Nov 2025 f.csv", "f.csv", 10),
    (b"-rw-r--r-- 1 u g 10 2026-11-22 05:02 f.csv", "f.csv", 10),
    (b"-rw-r--r-- 1 u g 10 2026-11-22 05:02:11.123456789 +0100 f.csv", "f.csv", 10),
    # names that look like something else
    (b"-rw-r--r-- 1 u g 10 Nov 22 05:02  two blanks", " two blanks", 10),
    (b"-rw-r--r-- 1 u g 10 Nov 22 05:02 f.csv ", "f.csv ", 10),
    (b"-rw-r--r-- 1 u g 10 Nov 22 05:02 a -> b", "a -> b", 10),
    (b"-rw-r--r-- 1 u g 10 Nov 22 05:02 5 Nov 21 02:03 x", "5 Nov 21 02:03 x", 10),
    (b"-rw-r--r-- 1 u g 10 Nov 22 05:02 caf\xe9", "caf\udce9", 10),
    # DOS, as IIS writes it
    (b"11-22-26  05:02AM                 1234 f.csv", "f.csv", 1234),
    (b"11-22-2026  05:02PM                    0  f.csv", " f.csv", 0),
    (b"2026-11-22  17:02                 1234 with blank.csv", "with blank.csv", 1234),
])  # fmt: skip
def test_columns_of_a_file(line, name, size):
    assert told(by_columns(line)) == (name, None, size)


@pytest.mark.parametrize("line, name, why_not", [
    (b"drwxr-xr-x 2 u g 4096 Nov 22 05:02 processed", "processed", ""),
    (b"lrwxrwxrwx 1 u g 5 Nov 22 05:02 link -> f.csv", "link", "symbolic link"),
    (b"prw-r--r-- 1 u g 0 Nov 22 05:02 pipe", "pipe", "pipe"),
    (b"crw-rw-rw- 1 root root 1, 3 Nov 22 05:02 null", "null", "device"),
    (b"srwxr-xr-x 1 u g 0 Nov 22 05:02 s", "s", "socket"),
    (b"-rw-r--r-- 1 u g 5 Nov 22 05:02 line\nbreak", "line\nbreak", "line break"),
    (b"-rw-r--r-- 1 u g 5 Nov 22 05:02 carriage\rreturn", "carriage\rreturn", "line break"),
    (b"11-22-26  05:02AM       <DIR>          processed", "processed", ""),
    (b"11-22-26  05:02AM       <SYMLINKD>     link [x]", "link [x]", "symbolic link"),
])  # fmt: skip
def test_columns_of_what_is_no_drop(line, name, why_not):
    entry = by_columns(line)
    assert entry is not None
    assert entry.name == name
    assert entry.why_not is not None
    assert why_not in entry.why_not
    assert (why_not == "") == (entry.why_not == "")


@pytest.mark.parametrize("line", [b"total 12", b"", b"F.CSV;1  5/9  21-NOV-2026", b"-rw-r--r-- f.csv", b"+i1,m2,/,\tx"])
def test_other_lines_are_not_guessed_at(line):
    assert by_columns(line) is None


@pytest.mark.parametrize("line, expected", [
    (b"type=file;size=5;modify=20261121020312; f.csv", Entry("f.csv", None, 5, 20261121020312000)),
    (b"Size=5;Type=FILE;Modify=20261121020312.25;UNIX.mode=0644;  f ", Entry(" f ", None, 5, 20261121020312250)),
    (b"type=file;size=5;modify=20261121020312;unique=801g2A; f", Entry("f", None, 5, 20261121020312000, "801g2A")),
    (b"type=file;size=5;modify=20261121020312;unique=session-7; f", Entry("f", None, 5, 20261121020312000)),
    (b"type=cdir;size=5; .", Entry(".", "", 5)),
    (b"type=pdir; ..", Entry("..", "")),
    (b"type=dir;modify=20261121020312; processed", Entry("processed", "", None, 20261121020312000)),
    (b"type=file;size=99999999999999999999;modify=x; f", Entry("f", None)),
])  # fmt: skip
def test_facts(line, expected):
    entry = by_facts(line)
    assert entry is not None
    assert (entry.name, entry.why_not, entry.size, entry.stamp, entry.mark) == (
        expected.name, expected.why_not, expected.size, expected.stamp, expected.mark,
    )  # fmt: skip


@pytest.mark.parametrize("kind", [b"OS.unix=slink:/etc/passwd", b"OS.unix=symlink", b"OS.unix=slink"])
def test_links_by_facts(kind):
    entry = by_facts(b"type=" + kind + b";size=5; l")
    assert entry is not None
    assert entry.why_not is not None
    assert "symbolic link" in entry.why_not


@pytest.mark.parametrize("line", [b"", b"f.csv", b"type=file;", b"type=file; ", b"type=file f.csv"])
def test_lines_without_facts(line):
    assert by_facts(line) is None


@given(name=NAMES, size=st.integers(0, 10**15))
def test_any_name_survives_facts_and_columns(name, size):
    expected = (name.decode("utf-8", "surrogateescape"), None, size)
    assert told(by_facts(b"type=file;size=%d;modify=20261121020312; %s" % (size, name))) == expected
    assert told(by_columns(b"-rw-r--r--    1 0        0        %d Nov 22 05:02 %s" % (size, name))) == expected


@given(line=st.binary(max_size=200))
def test_no_line_breaks_the_reading(line):
    for read in (by_facts, by_columns):
        entry = read(line)
        assert entry is None or entry.name.encode("utf-8", "surrogateescape") in line


@given(
    names=st.lists(st.binary(min_size=1, max_size=30).filter(lambda n: b"\r" not in n and n != b"\n"), min_size=1), data=st.data()
)
def test_lines_are_the_same_however_they_are_cut(names, data):
    whole = b"".join(name + b"\r\n" for name in names)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert list(lines(pieces)) == names


def test_lines_that_end_with_a_line_feed_alone():
    assert list(lines([b"a\nb", b"b\nc"])) == [b"a", b"bb", b"c"]


def test_what_does_not_end_is_given_up():
    with pytest.raises(EndlessLineError):
        list(lines([b"x" * LONGEST_LINE, b"x" * 10]))
    with pytest.raises(EndlessLineError):
        list(lines([b"x" * 10_000 + b"\r\n"]))
    with pytest.raises(EndlessListingError):
        list(lines([b"x\r\n" * (MOST_LINES + 1)]))


@pytest.mark.parametrize("written, expected", [
    ("20261121020312", 20261121020312000),
    (" 20261121020312.5 ", 20261121020312500),
    ("20261121020312.123456", 20261121020312123),
    ("191261121020312", 20261121020312000),
    ("2026-11-21", None),
    ("", None),
])  # fmt: skip
def test_moments(written, expected):
    assert moment(written) == expected


@given(st.datetimes(), st.datetimes())
def test_moments_grow_with_time(one, two):
    def written(at):
        return f"{at.year:04}{at:%m%d%H%M%S}.{at.microsecond // 1000:03}"

    first, second = moment(written(one)), moment(written(two))
    assert first is not None
    assert second is not None
    assert (first < second) == (written(one) < written(two))
    assert second < 1 << 63
