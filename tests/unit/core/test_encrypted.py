"""Whether a file is encrypted, by its name and by its first bytes."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nightclerk.core.encrypted import is_encrypted, may_be_encrypted, name_inside, named_encrypted
from nightclerk.core.members import ending_of, may_be_zip
from nightclerk.core.naming import shown
from nightclerk.core.reject_name import reject_name, returned

PKESK = b"\x85\x01\x0c\x03" + b"k" * 267  # the old way to write a length, 268 bytes
SKESK = b"\xc3\x0d\x04\x09\x03\x08saltsalt\xff"
DATA = b"\xd2\xc0\x10\x01" + b"x" * 300


def test_messages_are_known() -> None:
    assert is_encrypted(PKESK + DATA)
    assert is_encrypted(PKESK + PKESK + DATA)
    assert is_encrypted(SKESK + DATA)
    assert is_encrypted(b"\xca\x03PGP" + PKESK + DATA)
    assert is_encrypted(PKESK + b"\xc9\xff\x00\x00\x10\x00")  # without protection: encrypted all the same
    assert is_encrypted(b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQ==")
    assert is_encrypted(b"\xef\xbb\xbf\n -----BEGIN PGP MESSAGE-----  \nVersion: 1\n")


@pytest.mark.parametrize(
    "head",
    [
        b"",
        PKESK,  # cut before its content
        PKESK[:3],
        b"\x85",
        b"-----BEGIN PGP SIGNED MESSAGE-----\n",
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
        b"PK\x03\x04",
        b"\x1f\x8b\x08\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"\x83\x1a\x04\x1c" + bytes(200),  # DBF tables with memo fields
        b"\x8b\x1a\x04\x1c" + bytes(200),
        b"\x8c\x1a\x04\x1c\x03\x00\x00\x00\xe1\x02" + bytes(200),
        b"\xf5\x1a\x0b\x16\x03\x00\x00\x00\xe1\x02" + bytes(200),
        "Код;Имя\r\n1;Ирина\r\n".encode("cp1251"),
        "Á;É\r\n".encode("cp1250"),
        "Ærø;Åse\r\n".encode("cp850"),
        codecs.BOM_UTF16_LE + "Code;Nom\r\n".encode("utf-16-le"),
    ],
)
def test_other_files_are_not_taken_for_messages(head: bytes) -> None:
    assert not is_encrypted(head)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x24F) | st.sampled_from("\r\n\t"), max_size=300))
@example("Ã\r")
def test_no_text_is_taken_for_a_message(text: str) -> None:
    for encoding in ("utf-8", "cp1252", "cp1250", "cp850", "utf-16-le", "utf-16-be"):
        assert not is_encrypted(text.encode(encoding, "ignore"))


@given(st.binary(max_size=40))
def test_any_bytes_have_an_answer(head: bytes) -> None:
    assert is_encrypted(head) in (True, False)


def test_only_a_key_or_armor_says_that_a_file_may_be_encrypted() -> None:
    assert [may_be_encrypted(head) for head in (PKESK, b"Good day\n-----BEGIN PGP MESSAGE-----\n")] == [True, True]
    assert not may_be_encrypted("Électricité;Montant\n".encode("cp1252"))


def test_names() -> None:
    assert [named_encrypted(name) for name in ("a.csv.PGP", "a.gpg", "a.asc", "a.csv", "pgp")] == [True, True, True, False, False]
    assert [name_inside(name) for name in ("a.csv.PGP", "a.csv.asc", "a.csv")] == ["a.csv", "a.csv", "a.csv"]
    assert ending_of("clients_*.XLSX.pgp", None) == "xlsx"
    assert ending_of("clients_*.csv.gz.gpg", None) == "csv"
    assert may_be_zip("clients_*.zip.pgp")
    assert not may_be_zip("clients_*.csv.pgp")
    assert shown("a.csv.pgp") == "a.csv.pgp"


@pytest.mark.parametrize(
    ("name", "workbook", "feed", "rejects"),
    [
        ("c_1.csv.pgp", False, None, "c_1.csv.pgp.rejected.csv"),
        ("c_1.xlsx.gpg", True, None, "c_1.xlsx.gpg.rejected.xlsx"),
        ("c_1.csv.asc", False, "items", "c_1.csv.asc.items.rejected.csv"),
    ],
)
def test_rejected_rows_of_an_encrypted_file_come_back_plain_or_encrypted(
    name: str, workbook: bool, feed: str | None, rejects: str
) -> None:
    assert reject_name(name, workbook, feed) == rejects
    for back in (rejects, f"{rejects}.pgp"):
        found = returned(back)
        assert found is not None
        assert name in (found.own if feed is None else found.by_feed)
        assert reject_name(back, workbook) == rejects
