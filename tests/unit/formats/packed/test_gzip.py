"""Tables within gz files."""

from __future__ import annotations

import gzip
import io
import random
import tarfile

from tests.unit.formats.packed.archives import CSV, zipped
from tests.unit.formats.packed.test_zip import ROWS, opened, refused
from tests.unit.formats.workbook.files import by_openpyxl

from nightclerk.core.errors import SenderError


def named(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with gzip.GzipFile(name, "wb", fileobj=stream) as file:
        file.write(content)
    return stream.getvalue()


def test_it_is_read_as_if_it_had_come_without() -> None:
    found = opened(gzip.compress(CSV))
    assert (found.rows, found.opened.format.member) == (ROWS, "")
    assert opened(named("clients.csv", CSV)).opened.format.member == "clients.csv"
    assert opened(named("échéances.csv", CSV)).opened.format.member == "échéances.csv"
    assert opened(gzip.compress(by_openpyxl({"S": [["Code", "Nom"], ["1", "Ann"]]}))).rows == {2: ("1", "Ann")}


def test_several_members_are_one_file() -> None:
    assert opened(gzip.compress(CSV[:13]) + gzip.compress(b"") + gzip.compress(CSV[13:])).rows == ROWS
    assert opened(b"".join(gzip.compress(CSV[at : at + 1]) for at in range(len(CSV)))).rows == ROWS
    assert opened(gzip.compress(CSV) + b"\0" * 1000).rows == ROWS  # padding, as tapes and some transfers add


def test_something_else_behind_its_end_is_never_left_out_in_silence() -> None:
    whole = gzip.compress(CSV)
    assert refused(whole + b"3;Cy\r\n") == "damaged_archive"
    assert refused(whole + b"\0" * 300_000 + b"x") == "damaged_archive"
    assert refused(whole + b"\x1f") == "incomplete"
    assert refused(whole + whole[:-1]) == "incomplete"


def test_a_cut_one_is_not_whole() -> None:
    whole = named("clients.csv", CSV * 50)
    for at in range(2, len(whole)):
        assert refused(whole[:at]) == "incomplete"


def test_damage_anywhere_is_refused_or_changes_nothing() -> None:
    seed = 20261122
    luck = random.Random(seed)
    whole = named("clients.csv", b"Code;Nom\r\n" + b"".join(b"%d;Nom%d\r\n" % (at, luck.randrange(10**6)) for at in range(300)))
    right = opened(whole).rows
    for _ in range(600):
        data = bytearray(whole)
        data[luck.randrange(2, len(data))] ^= 1 << luck.randrange(8)
        try:
            found = opened(bytes(data))
        except SenderError as error:
            assert error.code in {"incomplete", "damaged_archive"}, (seed, error.code)  # noqa: PT017 - either way out is right
        else:
            assert found.rows == right, seed


def test_it_is_bounded() -> None:
    bomb = gzip.compress(bytes(64 << 20))
    assert refused(bomb, most=1 << 20) == "file_too_large"
    assert refused(gzip.compress(CSV) * 100_000, most=1 << 20) == "file_too_large"


def test_archives_within_are_refused() -> None:
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.csv"), io.BytesIO(b""))
    assert refused(gzip.compress(tar.getvalue())) == "packed_twice"
    assert refused(gzip.compress(gzip.compress(CSV))) == "packed_twice"
    assert refused(gzip.compress(zipped({"a.csv": CSV}))) == "packed_twice"
    assert refused(tar.getvalue()) == "wrong_kind"


def test_members_belong_to_zip_archives_but_do_no_harm_here() -> None:
    assert opened(gzip.compress(CSV), "clients*").rows == ROWS
