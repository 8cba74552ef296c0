"""Tables within zip archives: read as if they had come without, or refused."""

from __future__ import annotations

import random
import stat
import zipfile
import zlib

import pytest
from tests.unit.formats.packed.archives import CSV, raw_zip, streamed, zipped
from tests.unit.formats.reading import Read, read
from tests.unit.formats.workbook.files import by_odfpy, by_openpyxl, by_xlwt

from nightclerk.core.errors import SenderError
from nightclerk.core.reading import Job

ROWS = {2: ("1", "Ann"), 3: ("2", "Bob")}


def job(member: str | None = None, most: int = 1 << 26) -> Job:
    return Job("fr", "Europe/Paris", member=member, unpacked_bytes=most)


def opened(data: bytes, member: str | None = None, most: int = 1 << 26) -> Read:
    return read(data, job(member, most))


def refused(data: bytes, member: str | None = None, most: int = 1 << 26) -> str:
    with pytest.raises(SenderError) as told:
        opened(data, member, most)
    assert str(told.value).endswith(".")
    return told.value.code


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_only_file_is_read_as_if_it_had_come_alone(method: int) -> None:
    found = opened(
        zipped({"export/": b"", "export/clients.csv": CSV, "__MACOSX/export/._clients.csv": b"\0\5", ".DS_Store": b"x"}, method)
    )
    assert found.rows == ROWS
    assert found.opened.format.member == "export/clients.csv"
    assert found.opened.format.delimiter == ";"


def test_a_pattern_says_which_of_several() -> None:
    both = zipped({"clients.csv": CSV, "items.csv": b"Art;Prix\r\nA;1\r\n"})
    assert opened(both, "clients*").rows == ROWS
    assert opened(both, "items.csv").opened.columns == ("Art", "Prix")
    assert refused(both) == "several_members"
    assert refused(both, "*.csv") == "several_members"
    assert refused(both, "others*") == "no_member"
    assert refused(zipped({})) == "no_member"
    assert refused(CSV, "clients*") == "wrong_kind"


@pytest.mark.parametrize(("kind", "write"), [("xlsx", by_openpyxl), ("ods", by_odfpy), ("xls", by_xlwt)])
def test_workbooks_within_are_workbooks_and_alone_are_no_archives(kind: str, write: object) -> None:
    book = write({"S": [["Code", "Nom"], ["1", "Ann"]]})  # type: ignore[operator]
    assert opened(book).opened.format.member is None
    found = opened(zipped({f"clients.{kind}": book}))
    assert (found.opened.format.kind, found.opened.format.member) == (kind, f"clients.{kind}")
    assert found.rows == {2: ("1", "Ann")}
    assert opened(zipped({f"clients.{kind}": book}, zipfile.ZIP_STORED)).rows == {2: ("1", "Ann")}


def test_archives_of_every_honest_program() -> None:
    assert opened(streamed({"a.csv": CSV})).rows == ROWS  # sizes behind the member
    assert opened(zipped({"a.csv": CSV}) + b"\0" * 300).rows == ROWS  # a transfer that fills up blocks
    assert opened(b"PK00" + zipped({"a.csv": CSV})).rows == ROWS  # a spanned archive of one part
    large = opened(zipped({"a.csv": b"a;b\n" + b"1;2\n" * 200_000}))
    assert large.finished.rows == 200_000


def test_zip64_is_read(tmp_path: object) -> None:
    import io

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w", force_zip64=True) as member:
        member.write(CSV)
    assert opened(stream.getvalue()).rows == ROWS


@pytest.mark.parametrize(
    ("name", "flags", "told"),
    [
        (b"clients.csv", 0, "clients.csv"),
        ("échéances.csv".encode("cp437"), 0, "échéances.csv"),
        ("échéances.csv".encode(), 0x800, "échéances.csv"),
        ("échéances.csv".encode(), 0, "échéances.csv"),  # macOS says nothing of its UTF-8
        (b"/etc/passwd", 0, "/etc/passwd"),
        (b"..\\..\\a.csv", 0, "..\\..\\a.csv"),
        (b"a\x1b[31m\0.csv", 0, "a?[31m?.csv"),
        (b"", 0, ""),
        (b"n" * 60_000, 0, "n" * 254 + "…"),
    ],
)
def test_names_are_data(name: bytes, flags: int, told: str) -> None:
    found = opened(raw_zip(name, CSV, flags=flags))
    assert (found.rows, found.opened.format.member) == (ROWS, told)


def test_a_name_that_is_not_what_it_says_is_damage() -> None:
    assert refused(raw_zip(b"caf\xe9.csv", CSV, flags=0x800)) == "damaged_archive"


def test_what_is_encrypted_linked_or_packed_in_unknown_ways_is_told() -> None:
    assert refused(raw_zip(b"a.csv", CSV, flags=1)) == "password_protected"
    assert refused(raw_zip(b"a.csv", CSV, flags=1, method=99)) == "password_protected"
    assert refused(raw_zip(b"a.csv", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)) == "wrong_kind"
    assert refused(raw_zip(b"a.csv", b"", mode=stat.S_IFIFO | 0o777)) == "wrong_kind"
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert refused(zipped({"a.csv": CSV}, method)) == "wrong_kind"
    assert refused(raw_zip(b"a.csv", CSV, method=93)) == "wrong_kind"


def test_lengths_and_check_sums_that_lie_are_damage() -> None:
    assert refused(raw_zip(b"a.csv", CSV, crc=1)) == "damaged_archive"
    assert refused(raw_zip(b"a.csv", CSV, claimed=len(CSV) + 1)) == "damaged_archive"
    assert refused(raw_zip(b"a.csv", CSV, claimed=0)) == "damaged_archive"
    # The check sum fits what it says it holds, and there is more: read so far, the last customer would be lost in silence.
    part = CSV[: CSV.index(b"2;")]
    assert refused(raw_zip(b"a.csv", CSV, claimed=len(part), crc=zlib.crc32(part))) == "damaged_archive"
    assert refused(raw_zip(b"a.csv", CSV, claimed=len(part), crc=zlib.crc32(part), method=0)) == "damaged_archive"


def test_archives_within_archives_are_refused() -> None:
    import gzip

    assert refused(zipped({"a.zip": zipped({"a.csv": CSV})})) == "packed_twice"
    assert refused(zipped({"a.csv.gz": gzip.compress(CSV)})) == "packed_twice"
    assert refused(zipped({"a.csv": b"7z\xbc\xaf\x27\x1c\0\4"})) == "packed_twice"


@pytest.mark.parametrize(
    "head",
    [
        b"7z\xbc\xaf\x27\x1c\0\4", b"Rar!\x1a\x07\x01\0", b"BZh91AY&SY", b"\xfd7zXZ\0\0", b"\x28\xb5\x2f\xfd\4",
        b"\x04\x22\x4d\x18\x64\x40", b"\x1f\x9d\x90A", b"MSCF\0\0\0\0", b"\x60\xea\x2b\0\x22\x0b",
        b"\x24\xe0-lh5-" + b"\x11" * 13 + b"\1",
    ],
)  # fmt: skip
def test_other_archives_are_told_by_name(head: bytes) -> None:
    assert refused(head + b"\0" * 100) == "wrong_kind"


def test_a_picture_is_told_as_what_it_is() -> None:
    for head in (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff\xe0\0\x10JFIF\0", b"II*\0\x08\0"):
        with pytest.raises(SenderError, match="picture"):
            opened(head + bytes(range(256)))


def test_the_text_bz_is_no_archive() -> None:
    assert opened(b"BZh9;Nom\r\n1;Ann\r\n").opened.columns == ("BZh9", "Nom")


# --- bombs -----------------------------------------------------------------------------------------------------------------


def test_what_would_be_too_large_is_refused_by_what_it_says_and_by_what_it_is() -> None:
    bomb = b"a;b\n" + b"1;2\n" * (1 << 20)
    assert refused(zipped({"a.csv": bomb}), most=1 << 20) == "file_too_large"
    assert refused(raw_zip(b"a.csv", bomb, claimed=10), most=1 << 20) == "file_too_large"
    assert opened(zipped({"a.csv": bomb}), most=len(bomb)).finished.rows == 1 << 20
    assert refused(zipped({"a.csv": bomb}), most=len(bomb) - 1) == "file_too_large"


def test_members_that_are_not_meant_cost_nothing() -> None:
    archive = zipped({"a.csv": CSV, "bomb.bin": bytes(32 << 20)})
    assert opened(archive, "a.csv", most=1 << 20).rows == ROWS


@pytest.mark.parametrize("times", [10_001, 100_000, 1_000_000])
def test_more_members_than_anyone_packs_are_refused_before_they_are_counted(times: int) -> None:
    assert refused(raw_zip(b"a.csv", CSV, times=times), "a*") == "several_members"


def test_many_members_are_no_fault() -> None:
    members = {f"page_{at}.txt": b"x" for at in range(5000)} | {"clients.csv": CSV}
    assert opened(zipped(members, zipfile.ZIP_STORED), "clients*").rows == ROWS


def test_entries_over_the_same_bytes_are_each_a_member_and_multiply_nothing() -> None:
    assert refused(raw_zip(b"a.csv", CSV, times=500), "a*") == "several_members"


# --- damage ----------------------------------------------------------------------------------------------------------------


def test_a_cut_archive_is_not_whole() -> None:
    whole = zipped({"a.csv": CSV * 100, "b.csv": CSV})
    for at in range(30, len(whole) - 1):
        assert refused(whole[:at], "a.csv") in {"incomplete", "damaged_archive"}
    assert refused(whole[: len(whole) // 2], "a.csv") == "incomplete"


def test_two_archives_in_one_file_are_not_read_as_the_last_of_them() -> None:
    other = zipped({"a.csv": b"Code;Nom\r\n3;Eve\r\n"})
    for joined in (other + zipped({"a.csv": CSV}), other + zipped({}), zipped({"a.csv": CSV}) + b"3;Eve\r\n"):
        assert refused(joined) == "damaged_archive"
    assert refused(zipped({"a.csv": CSV}) + other[:-30]) == "damaged_archive"
    assert opened(zipped({"a.csv": CSV})[:-2] + b"\5\0a;b;c").rows == ROWS  # a comment


def test_damage_anywhere_is_refused_or_changes_nothing() -> None:
    seed = 20261122
    luck = random.Random(seed)
    rows = b"Code;Nom\r\n" + b"".join(b"%d;Nom%d\r\n" % (at, luck.randrange(10**6)) for at in range(300))
    whole = zipped({"a.csv": rows})
    right = opened(whole, "*.csv").rows
    codes = {
        "incomplete",
        "damaged_archive",
        "no_member",
        "several_members",
        "wrong_kind",
        "password_protected",
        "file_too_large",
    }
    for _ in range(600):
        data = bytearray(whole)
        for _ in range(luck.randrange(1, 4)):
            data[luck.randrange(4, len(data))] = luck.randrange(256)
        try:
            found = opened(bytes(data), "*.csv")
        except SenderError as error:
            assert error.code in codes, (seed, error.code, str(error))  # noqa: PT017 - either way out is right
        else:
            assert found.rows == right, seed
